//! Everything the desk steers beside the rows: slips taken back, things to do, bookings, the day, the
//! manager.

use super::*;
use crate::core::chore::Chore;
use crate::core::floor::ManagersOrder;
use crate::core::floor::day::Rest;
use crate::core::rota::RotaKind;
use crate::core::visit::NotABuyer;

fn labels(choices: &[Choice]) -> Vec<&str> {
    choices.iter().map(|c| c.label.as_str()).collect()
}

fn sheet(desk: &Desk) -> SheetView {
    desk.view(at(0)).sheet.expect("a sheet is open")
}

fn choose(desk: &mut Desk, label: &str) -> Vec<Effect> {
    let index = sheet(desk).choices.iter().position(|c| c.label == label);
    let index = index.unwrap_or_else(|| panic!("no {label} in {:?}", labels(&sheet(desk).choices)));
    desk.update(Message::Choose(index), at(0))
}

fn pick(desk: &mut Desk, label: &str) -> Vec<Effect> {
    for (group, list) in sheet(desk).groups.iter().enumerate() {
        if let Some(index) = list.choices.iter().position(|c| c.label == label) {
            return desk.update(Message::Pick { group, index }, at(0));
        }
    }
    panic!("no {label}")
}

fn deed(effects: Vec<Effect>) -> Deed {
    match effects.as_slice() {
        [Effect::Do(deed)] => deed.clone(),
        other => panic!("{other:?}"),
    }
}

fn typed(text: &str) -> Message {
    let text = text.to_owned();
    Message::TypeText { field: 0, text }
}

fn did(desk: &mut Desk, deed: Deed, outcome: Outcome) {
    let result = Ok(outcome);
    desk.update(Message::Did { deed, result }, at(0));
}

#[test]
fn k6_a_slip_is_taken_back_within_ten_seconds() {
    let mut desk = desk_with(vec![visit(1, VisitState::Serving, &[Action::Finish])]);
    desk.update(press(id(1), Action::Finish), at(0));
    assert_eq!(desk.view(at(0)).undo.text, "", "not done yet");
    let acted = |result| Message::Acted {
        visit: id(1),
        result,
    };
    desk.update(acted(Ok(())), at(0).plus_seconds(1));
    let undo = desk.view(at(0).plus_seconds(2)).undo;
    assert_eq!(undo.text, "已结束 A001");
    assert_eq!(undo.press, "撤销 8");
    let sent = desk.update(Message::Undo, at(0).plus_seconds(3));
    assert_eq!(acts(&sent)[0].0, Action::Undo);
    assert_eq!(desk.view(at(0).plus_seconds(3)).undo.text, "");
    let refused = Err(Trouble::Refused {
        code: "too_late_to_undo".into(),
    });
    desk.update(acted(refused), at(0).plus_seconds(4));
    let note = desk.view(at(0).plus_seconds(4)).note;
    assert!(note.text.contains("不能撤销"), "{}", note.text);
}

#[test]
fn k6_the_undo_bar_goes_by_itself_and_never_shows_for_what_was_refused() {
    let mut desk = desk_with(vec![visit(1, VisitState::Called, &[Action::Start])]);
    desk.update(press(id(1), Action::Start), at(0));
    let done = Message::Acted {
        visit: id(1),
        result: Ok(()),
    };
    desk.update(done, at(0));
    desk.update(Message::Tick, at(0).plus_seconds(10));
    assert_eq!(desk.view(at(0).plus_seconds(10)).undo.text, "");
    assert_eq!(desk.update(Message::Undo, at(0).plus_seconds(10)), []);

    let mut desk = desk_with(vec![visit(1, VisitState::Called, &[Action::Start])]);
    desk.update(press(id(1), Action::Start), at(0));
    let refused = Message::Acted {
        visit: id(1),
        result: Err(Trouble::Busy),
    };
    desk.update(refused, at(0));
    assert_eq!(desk.view(at(0)).undo.text, "");
}

#[test]
fn k6_each_step_of_the_sheet_asks_for_what_it_needs() {
    use Action::*;
    let all = [NotABuyer, Appointment, Channel, Owner, Join];
    let mut seen = picture(vec![
        visit(1, VisitState::Waiting, &all),
        visit(2, VisitState::Called, &[]),
    ]);
    seen.appointments = vec![Booked {
        id: "b1".into(),
        agent: AgentId::new("陈静"),
        time: at(30),
        visit: None,
    }];
    seen.registrations = vec![booking::Registration {
        id: "BJ-2291".into(),
        broker: "安居".into(),
        agent: AgentId::new("周岩"),
        registered: at(-600),
        expires: at(6000),
    }];
    let mut desk = desk_with(vec![]);
    desk.update(news(seen), at(0));
    let mut step = |action, choice: &str| {
        desk.update(Message::OpenVisit(id(1)), at(0));
        desk.update(press(id(1), action), at(0));
        assert!(!sheet(&desk).can_confirm, "{action:?} needs something");
        choose(&mut desk, choice);
        let sent = desk.update(Message::Confirm, at(0));
        let done = Message::Acted {
            visit: id(1),
            result: Ok(()),
        };
        desk.update(done, at(0));
        acts(&sent).remove(0).1
    };
    assert_eq!(
        step(NotABuyer, "市调").kind,
        Some(crate::core::visit::NotABuyer::Surveyor)
    );
    assert_eq!(
        step(Appointment, "14:30").appointment.as_deref(),
        Some("b1")
    );
    let broker = step(Channel, "安居 BJ-2291").registration;
    assert_eq!(broker.map(|r| r.id).as_deref(), Some("BJ-2291"));
    assert_eq!(step(Owner, "吴凡").agent, Some(AgentId::new("吴凡")));
    assert_eq!(step(Owner, "不属于任何顾问").agent, None);
    assert_eq!(step(Join, "A002").into, Some(id(2)));
}

#[test]
fn k6_a_part_of_a_party_goes_by_itself() {
    let mut desk = desk_with(vec![visit(1, VisitState::Waiting, &[Action::Leave])]);
    desk.update(Message::OpenVisit(id(1)), at(0));
    choose(&mut desk, "分为两组");
    let form = desk.view(at(0)).form.unwrap();
    assert!(form.about.contains("A001"));
    assert_eq!(form.largest_party, 2, "smaller than the party of three");
    for _ in 0..5 {
        desk.update(Message::Edit(Edit::Party(1)), at(0));
    }
    let submit = Message::Submit {
        fresh_key: "k".into(),
    };
    let Some(Effect::Register { registration, .. }) = desk.update(submit, at(0)).pop() else {
        panic!()
    };
    assert_eq!(registration.split_from, Some(id(1)));
    assert_eq!(registration.party_size, 2);
}

#[test]
fn k6_an_aways_cost_is_said_before_it_is_chosen() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenAgent(AgentId::new("陈静")), at(0));
    let open = sheet(&desk);
    let cost = |label: &str| {
        let found = open.choices.iter().find(|c| c.label == label);
        found.map(|c| c.detail.clone()).unwrap_or_default()
    };
    assert!(cost("用餐").contains("2 分钟后") && cost("用餐").contains("补接"));
    assert!(cost("请假").contains("轮空，不补"));
    assert!(cost("下班").contains("让出轮次"));

    let mut full = picture(vec![]);
    full.agents[0].owed = 2;
    desk.update(news(full), at(0));
    let lunch = sheet(&desk).choices.into_iter().find(|c| c.label == "用餐");
    assert!(lunch.unwrap().detail.contains("补接已满 2 次"));
}

#[test]
fn k6_the_manager_signs_in_before_an_order_and_gives_its_reason() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenAgent(AgentId::new("陈静")), at(0));
    pick(&mut desk, "扣轮");
    let open = sheet(&desk);
    assert_eq!(open.title, "经理登录");
    assert_eq!(labels(&open.choices), ["林主任"]);
    for digit in ["8", "2", "0"] {
        pick(&mut desk, digit);
    }
    pick(&mut desk, "删除");
    desk.update(typed("824 613"), at(0));
    let sign_in = deed(pick(&mut desk, "确定"));
    let Deed::SignIn { staff, pin } = &sign_in else {
        panic!()
    };
    assert_eq!((staff.as_str(), pin.0.as_str()), ("lin", "824613"));
    assert!(!format!("{sign_in:?}").contains("824613"), "never in a log");
    let wrong = Message::Did {
        deed: sign_in.clone(),
        result: Err(Trouble::Refused {
            code: "wrong_pin".into(),
        }),
    };
    desk.update(wrong, at(0));
    assert_eq!(sheet(&desk).fields[0].text.0, "", "typed again");

    desk.update(typed("824613"), at(0));
    let sign_in = deed(desk.update(Message::Confirm, at(0)));
    let signed = Outcome::Signed {
        name: "林主任".into(),
        manager: true,
    };
    did(&mut desk, sign_in, signed);
    assert!(sheet(&desk).title.contains("扣轮"), "on with the order");
    choose(&mut desk, "2 轮");
    assert_eq!(desk.update(Message::Confirm, at(0)), [], "a reason first");
    desk.update(Message::QuickReason(1), at(0));
    let order = deed(desk.update(Message::Confirm, at(0)));
    assert_eq!(
        order,
        Deed::Order {
            order: ManagersOrder::Penalise {
                agent: AgentId::new("陈静"),
                turns: 2,
                rota: RotaKind::WalkIn,
            },
            reason: "违反轮排规定".into(),
        }
    );
    assert!(desk.view(at(0)).manager.contains("林主任"));
    let out = desk.update(Message::Tick, at(2));
    assert_eq!(deed(out), Deed::SignOut, "nobody stays signed in");
    assert_eq!(desk.view(at(2)).manager, "");
}

#[test]
fn k6_somebody_who_is_no_manager_decides_nothing() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenAgent(AgentId::new("陈静")), at(0));
    pick(&mut desk, "补一轮");
    desk.update(typed("111222"), at(0));
    let sign_in = deed(desk.update(Message::Confirm, at(0)));
    let signed = Outcome::Signed {
        name: "陈静".into(),
        manager: false,
    };
    did(&mut desk, sign_in, signed);
    let view = desk.view(at(0));
    assert!(view.sheet.is_none() && view.manager.is_empty());
    assert!(view.note.text.contains("不是经理"));
}

#[test]
fn k6_the_manager_sets_the_order_of_turns_one_after_the_other() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenMenu, at(0));
    choose(&mut desk, "排定轮排次序");
    desk.update(typed("824613"), at(0));
    let sign_in = deed(desk.update(Message::Confirm, at(0)));
    let signed = Outcome::Signed {
        name: "林主任".into(),
        manager: true,
    };
    did(&mut desk, sign_in, signed);
    choose(&mut desk, "吴凡");
    desk.update(Message::TypeReason("经理安排".into()), at(0));
    let Deed::Order { order, .. } = deed(desk.update(Message::Confirm, at(0))) else {
        panic!()
    };
    let ManagersOrder::SetOrder { agents } = order else {
        panic!()
    };
    let names: Vec<_> = agents.iter().map(AgentId::as_str).collect();
    assert_eq!(names, ["吴凡", "周岩", "陈静"], "the others as they stand");
}

#[test]
fn k6_what_wants_a_hand_is_listed_with_the_press_that_answers_it() {
    let mut long = visit(1, VisitState::Waiting, &[]);
    long.drink = None;
    let mut alone = visit(2, VisitState::Called, &[Action::Recall]);
    alone.since = at(36);
    let mut thirsty = visit(3, VisitState::Serving, &[]);
    thirsty.since = at(36);
    let mut unprinted = visit(4, VisitState::Waiting, &[]);
    unprinted.wait = Some(Wait {
        since: at(39),
        patience_ends: at(79),
    });
    unprinted.paper = "unknown".into();
    unprinted.paper_problem = Some("timeout".into());
    let mut owned = visit(5, VisitState::Serving, &[]);
    owned.drink = None;
    owned.courtesy = true;
    owned.belongs_to = Some((AgentId::new("吴凡"), "owner".into()));
    let mut learned = visit(6, VisitState::Called, &[Action::Owner]);
    learned.drink = None;
    learned.since = at(39);
    learned.learned_owner = Some(AgentId::new("周岩"));
    let mut seen = picture(vec![long, alone, thirsty, unprinted, owned, learned]);
    seen.agents[2].status = "away".into();
    let mut desk = desk_with(vec![]);
    desk.update(news(seen), at(40));

    let todo = desk.view(at(40)).todo;
    let texts: Vec<_> = todo.iter().map(|t| t.text.as_str()).collect();
    assert!(texts[0].starts_with("A001 已等候 40 分钟"), "{texts:?}");
    let answer = |desk: &mut Desk, part: &str| {
        let todo = desk.view(at(40)).todo;
        let found = todo.iter().find(|t| t.text.contains(part));
        let key = found.unwrap_or_else(|| panic!("{part}")).key.clone();
        desk.update(Message::AnswerTodo(key), at(40))
    };
    assert_eq!(
        acts(&answer(&mut desk, "A002 叫号已 4 分钟"))[0].0,
        Action::Recall
    );
    let drink = deed(answer(&mut desk, "请送绿茶"));
    let (visit, chore) = (id(2), Chore::Drink);
    assert_eq!(drink, Deed::Chore { visit, chore });
    assert_eq!(
        deed(answer(&mut desk, "A004 号票：打印结果未知 · 打印机无应答")),
        Deed::Reprint { visit: id(4) }
    );
    let told = deed(answer(&mut desk, "请告知吴凡"));
    let (visit, chore) = (id(5), Chore::OwnerTold);
    assert_eq!(told, Deed::Chore { visit, chore });
    let (action, details) = acts(&answer(&mut desk, "A006 原是周岩")).remove(0);
    assert_eq!(
        (action, details.agent),
        (Action::Owner, Some(AgentId::new("周岩")))
    );
    answer(&mut desk, "A001 已等候");
    assert_eq!(sheet(&desk).title, "A001");
}

#[test]
fn k6_what_was_put_aside_comes_back_when_it_happens_anew() {
    let with = |state: &str| {
        let mut picture = picture(vec![]);
        picture.printer.state = state.into();
        news(picture)
    };
    let mut desk = desk_with(vec![]);
    desk.update(with("paper_out"), at(0));
    let todo = desk.view(at(0)).todo;
    assert_eq!(todo[0].text, "打印机缺纸");
    desk.update(Message::AnswerTodo(todo[0].key.clone()), at(0));
    assert!(desk.view(at(0)).todo.is_empty());
    desk.update(with("paper_out"), at(1));
    assert!(desk.view(at(1)).todo.is_empty());
    desk.update(with("ready"), at(2));
    desk.update(with("paper_out"), at(3));
    assert_eq!(desk.view(at(3)).todo.len(), 1);
}

#[test]
fn k6_guests_with_nobody_on_duty_are_said_loudly() {
    let mut empty = picture(vec![visit(1, VisitState::Waiting, &[])]);
    for agent in &mut empty.agents {
        agent.status = "off".into();
    }
    let mut desk = desk_with(vec![]);
    desk.update(news(empty), at(0));
    let todo = desk.view(at(0)).todo;
    assert_eq!(todo[0].text, "无顾问上岗，1 组来宾在等候");
    assert_eq!(todo[0].tone, Tone::Bad);
}

#[test]
fn k6_a_call_is_one_press_and_shows_whom_it_goes_to() {
    let mut desk = desk_with(vec![]);
    let call = |key: &str| Message::PhoneCall {
        fresh_key: key.into(),
    };
    let sent = desk.update(call("c1"), at(0));
    let [Effect::Register { key, registration }] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(registration.purpose, "phone_call");
    assert!(registration.consents.is_empty() && registration.person.is_none());
    assert_eq!(desk.update(call("c2"), at(0)), [], "a double press is one");
    let result = Ok(Registered {
        visit: id(9),
        ticket: "P001".into(),
        ahead: 0,
        wait_s: 0,
        wait_range: None,
        agent: Some(("周岩".into(), "3".into())),
    });
    let key = key.clone();
    desk.update(Message::Registered { key, result }, at(0));
    let note = desk.view(at(0)).note;
    assert!(note.text.contains("P001：请转周岩"), "{}", note.text);
    assert_eq!(note.tone, Tone::Good);
}

#[test]
fn k6_an_appointment_is_made_and_its_guest_registered() {
    let mut seen = picture(vec![]);
    seen.appointments = vec![Booked {
        id: "b1".into(),
        agent: AgentId::new("陈静"),
        time: at(30),
        visit: None,
    }];
    let mut desk = desk_with(vec![]);
    desk.update(news(seen), at(0));
    desk.update(Message::OpenAppointments, at(0));
    pick(&mut desk, "新增预约");
    choose(&mut desk, "周岩");
    assert!(!sheet(&desk).can_confirm);
    desk.update(typed("25:00"), at(0));
    assert!(!sheet(&desk).can_confirm, "no such time");
    pick(&mut desk, "14:30");
    let made = deed(desk.update(Message::Confirm, at(0)));
    let (agent, time) = (AgentId::new("周岩"), at(30));
    assert_eq!(made, Deed::Appoint { agent, time });

    choose(&mut desk, "14:30");
    let form = desk.view(at(0)).form.unwrap();
    assert!(form.about.contains("14:30") && form.about.contains("陈静"));
    desk.update(Message::Edit(Edit::FirstVisit(false)), at(0));
    let submit = Message::Submit {
        fresh_key: "k".into(),
    };
    let Some(Effect::Register { registration, .. }) = desk.update(submit, at(0)).pop() else {
        panic!()
    };
    assert_eq!(registration.appointment.as_deref(), Some("b1"));
}

#[test]
fn k6_the_day_closes_after_what_is_open_was_shown() {
    let mut desk = desk_with(vec![
        visit(1, VisitState::Waiting, &[Action::Leave]),
        visit(2, VisitState::Serving, &[Action::Finish]),
    ]);
    desk.update(Message::OpenMenu, at(0));
    choose(&mut desk, "闭店");
    let open = sheet(&desk);
    assert_eq!(open.facts[0].value, "1");
    let here: Vec<_> = open.groups[0].choices.iter().collect();
    assert_eq!(
        (here[0].label.as_str(), here[0].detail.as_str()),
        ("A001", "等候")
    );
    assert_eq!(labels(&open.choices), ["闭店", "闭店清场"]);
    let rest = Rest::Leave;
    assert_eq!(deed(choose(&mut desk, "闭店清场")), Deed::CloseDay { rest });

    let mut closed = picture(vec![]);
    closed.closed = Some(at(5));
    desk.update(news(closed), at(5));
    assert!(desk.view(at(5)).closed.contains("14:05"));
    desk.update(Message::OpenCloseDay, at(5));
    assert_eq!(deed(choose(&mut desk, "重新开店")), Deed::ReopenDay);
}

#[test]
fn k6_somebody_at_the_door_who_is_no_buyer_is_noted() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenMenu, at(0));
    choose(&mut desk, "非购房来访");
    let kind = NotABuyer::Courier;
    let noted = deed(choose(&mut desk, "快递、送货"));
    assert_eq!(noted, Deed::NotABuyer { kind });
}

#[test]
fn k6_a_drink_is_served_and_a_ticket_printed_again_from_the_sheet() {
    let mut desk = desk_with(vec![visit(1, VisitState::Serving, &[Action::Finish])]);
    desk.update(Message::OpenVisit(id(1)), at(0));
    let (visit, chore) = (id(1), Chore::Drink);
    let served = deed(choose(&mut desk, "饮品已送"));
    assert_eq!(served, Deed::Chore { visit, chore });
    desk.update(Message::OpenVisit(id(1)), at(0));
    let again = deed(choose(&mut desk, "补打号票"));
    assert_eq!(again, Deed::Reprint { visit });
    did(&mut desk, again, Outcome::Done);
    assert!(desk.view(at(0)).note.text.contains("补打"));
}

#[test]
fn k6_the_arrow_keys_point_at_a_row_and_enter_takes_its_step() {
    let mut desk = desk_with(vec![
        visit(1, VisitState::Waiting, &[]),
        visit(2, VisitState::Waiting, &[]),
        visit(3, VisitState::Serving, &[Action::Finish]),
    ]);
    let select = |across, down| Message::Select { across, down };
    assert_eq!(desk.view(at(0)).selected, None);
    desk.update(select(0, 1), at(0));
    assert_eq!(desk.view(at(0)).selected, Some((0, 0)));
    desk.update(select(0, 1), at(0));
    desk.update(select(0, 1), at(0));
    assert_eq!(desk.view(at(0)).selected, Some((0, 1)), "the last one");
    desk.update(select(1, 0), at(0));
    assert_eq!(
        desk.view(at(0)).selected,
        Some((2, 0)),
        "over the empty one"
    );
    let sent = desk.update(Message::Enter, at(0));
    assert_eq!(acts(&sent)[0].0, Action::Finish);
    desk.update(select(-1, 0), at(0));
    desk.update(Message::Enter, at(0));
    assert_eq!(sheet(&desk).title, "A001", "no step of its own: its sheet");
    desk.update(news(picture(vec![])), at(0));
    assert_eq!(desk.view(at(0)).selected, None);
}

#[test]
fn k4_a_refusal_is_of_whoever_stood_there_when_it_was_begun() {
    let refusable = || visit(1, VisitState::Offered, &[Action::Refuse]);
    let mut desk = desk_with(vec![refusable()]);
    desk.update(press(id(1), Action::Refuse), at(0));
    // Another desk has said the same meanwhile, and the next in turn has the visit.
    let mut next = refusable();
    next.assigned.as_mut().unwrap().agent = AgentId::new("吴波");
    desk.update(news(picture(vec![next])), at(0));
    let sent = desk.update(Message::Confirm, at(0));
    assert_eq!(acts(&sent)[0].1.agent, Some(AgentId::new("陈静")));
}
