//! People at the counter: agents who sign in with their own PIN, brokers' clients, two desks side by
//! side, and the sheet of a day that is over.

use super::*;
use crate::core::floor::ManagersOrder;
use crate::core::rota::RotaKind;

fn sheet(desk: &Desk) -> SheetView {
    desk.view(at(0)).sheet.expect("a sheet is open")
}

fn choose(desk: &mut Desk, label: &str) -> Vec<Effect> {
    let open = sheet(desk);
    let index = open.choices.iter().position(|c| c.label == label);
    desk.update(Message::Choose(index.expect("the choice")), at(0))
}

fn pick(desk: &mut Desk, label: &str) -> Vec<Effect> {
    for (group, list) in sheet(desk).groups.iter().enumerate() {
        if let Some(index) = list.choices.iter().position(|c| c.label == label) {
            return desk.update(Message::Pick { group, index }, at(0));
        }
    }
    panic!("no {label}")
}

fn write(desk: &mut Desk, field: usize, text: &str) {
    let text = text.to_owned();
    desk.update(Message::TypeText { field, text }, at(0));
}

fn deed(effects: &[Effect]) -> Deed {
    match effects {
        [Effect::Do(deed)] => deed.clone(),
        other => panic!("{other:?}"),
    }
}

fn did(desk: &mut Desk, deed: Deed, result: Result<Outcome, Trouble>) {
    desk.update(Message::Did { deed, result }, at(0));
}

fn refused(code: &str) -> Result<Outcome, Trouble> {
    let code = code.to_owned();
    Err(Trouble::Refused { code })
}

/// 陈静 has not come on duty yet.
fn one_off(needs_pin: bool) -> Desk {
    let mut seen = picture(vec![]);
    seen.agents[0].status = "off".into();
    seen.agents[0].turn = None;
    seen.rules.ready_needs_pin = needs_pin;
    let mut desk = desk_with(vec![]);
    desk.update(news(seen), at(0));
    desk
}

#[test]
fn k6_an_agent_signs_in_at_the_desk_with_the_own_pin() {
    let mut desk = one_off(false);
    desk.update(Message::OpenSignIn, at(0));
    let open = sheet(&desk);
    assert_eq!(open.title, "顾问签到");
    let names: Vec<_> = open.choices.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(names, ["陈静"], "who is on duty already is not asked");
    assert!(open.fields[0].hidden);
    choose(&mut desk, "陈静");
    write(&mut desk, 0, "824613");
    let sign_in = deed(&pick(&mut desk, "确定"));
    let Deed::AgentReady { agent, pin } = &sign_in else {
        panic!("{sign_in:?}")
    };
    assert_eq!((agent.as_str(), pin.0.as_str()), ("陈静", "824613"));
    assert!(!format!("{sign_in:?}").contains("824613"), "never in a log");

    for (code, words) in [
        ("wrong_pin", "请再输一次"),
        ("locked", "已暂时锁定"),
        ("no_pin", "一次性代码"),
    ] {
        did(&mut desk, sign_in.clone(), refused(code));
        let view = desk.view(at(0));
        assert!(view.note.text.contains(words), "{}", view.note.text);
        let open = view.sheet.expect("the sheet stays");
        assert_eq!(open.fields[0].text.0, "", "typed again");
        write(&mut desk, 0, "824613");
    }
    did(&mut desk, sign_in, Ok(Outcome::Done));
    let view = desk.view(at(0));
    assert!(view.sheet.is_none());
    assert_eq!(view.note.text, "陈静已上岗");
}

#[test]
fn k6_a_pin_left_half_typed_is_forgotten() {
    let mut desk = one_off(false);
    desk.update(Message::OpenSignIn, at(0));
    choose(&mut desk, "陈静");
    write(&mut desk, 0, "82461");
    desk.update(Message::Tick, at(0).plus_seconds(59));
    assert_eq!(sheet(&desk).fields[0].text.0, "82461");
    desk.update(Message::Tick, at(1));
    assert_eq!(sheet(&desk).fields[0].text.0, "");
}

#[test]
fn k6_where_the_house_says_so_nobody_comes_on_duty_by_the_desks_word() {
    let agent = AgentId::new("陈静");
    let ready = Message::Attend {
        agent: agent.clone(),
        to: Attend::Ready,
    };
    let mut desk = one_off(false);
    let sent = desk.update(ready.clone(), at(0));
    assert!(
        matches!(sent.as_slice(), [Effect::Attend { .. }]),
        "the desk's word counts"
    );

    let mut desk = one_off(true);
    assert_eq!(desk.update(ready, at(0)), []);
    assert_eq!(sheet(&desk).title, "顾问签到");
    assert!(sheet(&desk).choices[0].chosen, "only the PIN is missing");
    desk.update(Message::CloseSheet, at(0));
    desk.update(Message::OpenAgent(agent), at(0));
    let offered = sheet(&desk).choices;
    let labels: Vec<_> = offered.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["凭 PIN 码上岗"]);
    choose(&mut desk, "凭 PIN 码上岗");
    assert_eq!(sheet(&desk).title, "顾问签到");
}

#[test]
fn k6_the_manager_decides_for_visits_or_for_calls() {
    let mut seen = picture(vec![]);
    seen.agents[0].owed = 0;
    seen.agents[0].phone.owed = 1;
    let mut desk = desk_with(vec![]);
    desk.update(news(seen), at(0));
    let sign_in = Deed::SignIn {
        staff: AgentId::new("lin"),
        pin: Private::default(),
    };
    desk.update(Message::OpenMenu, at(0));
    choose(&mut desk, "经理登录");
    let name = "林主任".to_owned();
    did(
        &mut desk,
        sign_in,
        Ok(Outcome::Signed {
            name,
            manager: true,
        }),
    );

    let mut order = |kind: &str, rota: Option<&str>| {
        desk.update(Message::OpenAgent(AgentId::new("陈静")), at(0));
        pick(&mut desk, kind);
        if let Some(rota) = rota {
            pick(&mut desk, rota);
        }
        let choices = sheet(&desk).groups[0].choices.clone();
        desk.update(Message::QuickReason(2), at(0));
        let sent = deed(&desk.update(Message::Confirm, at(0)));
        did(&mut desk, sent.clone(), Ok(Outcome::Done));
        let Deed::Order { order, .. } = sent else {
            panic!("{sent:?}")
        };
        (order, choices)
    };
    let agent = AgentId::new("陈静");
    let grant = |rota| ManagersOrder::GrantTurn {
        agent: agent.clone(),
        rota,
    };
    assert_eq!(order("补一轮", None).0, grant(RotaKind::WalkIn));
    assert_eq!(order("补一轮", Some("来电")).0, grant(RotaKind::Phone));
    // A turn is owed for calls alone: the other rota rests.
    let (taken, choices) = order("扣补接", Some("来访"));
    let rota = RotaKind::Phone;
    assert_eq!(
        taken,
        ManagersOrder::TakeTurn {
            agent: agent.clone(),
            rota
        }
    );
    let rests: Vec<_> = choices.iter().map(|c| (c.enabled, c.chosen)).collect();
    assert_eq!(rests, [(false, false), (true, true)]);
}

fn broker(desk: &mut Desk, line: BrokerLine, text: &str) {
    desk.update(Message::Edit(Edit::BrokerLine(line, text.into())), at(0));
}

#[test]
fn k4_a_brokers_registration_is_typed_with_the_registration_by_hand() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    for edit in [Edit::FirstVisit(true), Edit::Purpose(0), Edit::Broker(0)] {
        desk.update(Message::Edit(edit), at(0));
    }
    let form = |desk: &Desk| desk.view(at(0)).form.unwrap();
    assert!(form(&desk).missing.contains("完整的渠道报备"));
    broker(&mut desk, BrokerLine::Firm, "安居经纪");
    broker(&mut desk, BrokerLine::Number, "BJ-2291");
    broker(&mut desk, BrokerLine::Registered, "昨天");
    broker(&mut desk, BrokerLine::Expires, "12-20");
    let wrong: Vec<_> = form(&desk).broker_fields.iter().map(|f| f.wrong).collect();
    assert_eq!(wrong, [false, false, true, false]);
    broker(&mut desk, BrokerLine::Registered, "11-20 09:00");
    let agent = AgentId::new("周岩");
    desk.update(Message::Edit(Edit::BrokerAgent(agent.clone())), at(0));
    assert_eq!(form(&desk).broker_words, "报备有效：由周岩接待，不占轮次");
    assert!(form(&desk).can_submit);
    let submit = Message::Submit {
        fresh_key: "k".into(),
    };
    let sent = desk.update(submit, at(0));
    let [Effect::Register { registration, .. }] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    let time = |text: &str| Millis::parse_rfc3339(text).unwrap();
    let shown = booking::Registration {
        id: "BJ-2291".into(),
        broker: "安居经纪".into(),
        agent,
        registered: time("2026-11-20T09:00:00+08:00"),
        expires: time("2026-12-21T00:00:00+08:00"),
    };
    assert_eq!(registration.channel, Some(Brought::Shown(shown)));
}

#[test]
fn k4_a_registration_that_does_not_count_is_said_before_it_is_sent() {
    let mut desk = desk_with(vec![visit(1, VisitState::Waiting, &[Action::Channel])]);
    desk.update(Message::OpenVisit(id(1)), at(0));
    desk.update(press(id(1), Action::Channel), at(0));
    choose(&mut desk, "其他报备，手工填写");
    for (field, text) in ["安居", "BJ-1", "11-23 14:05", "11-30"].iter().enumerate() {
        write(&mut desk, field, text);
    }
    assert!(!sheet(&desk).can_confirm, "whose client?");
    pick(&mut desk, "吴凡");
    assert!(
        sheet(&desk).hint.starts_with("到访后才报备"),
        "came at 14:00"
    );
    write(&mut desk, 2, "11-22");
    assert!(sheet(&desk).hint.starts_with("报备有效"));
    let sent = desk.update(Message::Confirm, at(0));
    let details = acts(&sent).remove(0).1;
    assert_eq!(details.registration.unwrap().agent, AgentId::new("吴凡"));
}

#[test]
fn k10_what_was_seen_at_one_desk_rests_at_the_other() {
    let with = |seen_elsewhere: bool| {
        let mut picture = picture(vec![]);
        picture.lapses = vec![Lapse {
            ticket: "A004".into(),
            agent: AgentId::new("周岩"),
            at: at(-5),
        }];
        if seen_elsewhere {
            let key = format!("lapse:A004:{}", at(-5).0);
            picture.acknowledged = [key].into();
        }
        news(picture)
    };
    let mut one = desk_with(vec![]);
    one.update(with(false), at(0));
    let key = one.view(at(0)).todo[0].key.clone();
    let sent = deed(&one.update(Message::AnswerTodo(key.clone()), at(0)));
    assert_eq!(sent, Deed::Acknowledge { key });
    assert!(one.view(at(0)).todo.is_empty(), "here at once");
    let mut other = desk_with(vec![]);
    other.update(with(false), at(0));
    assert_eq!(other.view(at(0)).todo.len(), 1);
    other.update(with(true), at(0));
    assert!(other.view(at(0)).todo.is_empty());
}

#[test]
fn k4_the_signed_sheet_of_a_closed_day_waits_to_be_printed() {
    let mut closed = picture(vec![]);
    closed.closed = Some(at(0));
    closed.sheet_signed = Some(at(20));
    let mut desk = desk_with(vec![]);
    desk.update(news(closed), at(21));
    let todo = desk.view(at(21)).todo.remove(0);
    assert_eq!(todo.text, "今日轮排表已签名（14:20），请打印签字存档");
    let sent = desk.update(Message::AnswerTodo(todo.key.clone()), at(21));
    let language = Language::ZhCn;
    let key = todo.key;
    let wanted = [Deed::TurnSheet { language }, Deed::Acknowledge { key }];
    assert_eq!(sent, wanted.map(Effect::Do));
    assert!(desk.view(at(21)).todo.is_empty());
}
