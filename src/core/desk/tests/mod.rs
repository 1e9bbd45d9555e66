//! A receptionist's day as stories, without a window.

mod counter;
mod new_pin;
mod owners;
mod register;
mod steer;
mod wait;

use uuid::Uuid;

use super::*;
use crate::core::clock::zone_of;
use crate::core::language::Text;
use crate::core::site::{ConsentPurpose, Drink, Notice, VisitPurpose};
use crate::core::visit::VisitState;

fn at(minute: i64) -> Millis {
    Millis::parse_rfc3339("2026-11-23T06:00:00Z")
        .unwrap()
        .plus_minutes(minute)
}

const fn id(n: u128) -> VisitId {
    VisitId(Uuid::from_u128(n))
}

fn showroom() -> Showroom {
    let purpose = |id: &str, zh: &str| ConsentPurpose {
        id: id.into(),
        text: Text::zh_en(zh, id),
    };
    Showroom {
        name: Text::zh_en("云栖府", "Cloud Residence"),
        zone: zone_of("2026-11-23T14:00:00+08:00").unwrap(),
        languages: vec![Language::ZhCn, Language::En],
        notice: Notice {
            version: "2026-01".into(),
            hash: "ab12".into(),
            text: Text::zh_en("告知全文", "The notice"),
            purposes: vec![
                purpose("reception", "接待"),
                purpose("follow_up_call", "电话回访"),
            ],
        },
        purposes: vec![VisitPurpose {
            id: "view_homes".into(),
            line: Line::New,
            text: Text::zh_en("看房", "View homes"),
        }],
        drinks: vec![Drink {
            id: "tea".into(),
            text: Text::zh_en("绿茶", "Green tea"),
        }],
        managers: vec![(AgentId::new("lin"), "林主任".into())],
        staff: vec![
            (AgentId::new("lin"), "林主任".into()),
            (AgentId::new("陈静"), "陈静".into()),
        ],
        recipient_is_pinned: true,
    }
}

fn agent(name: &str, status: &str, turn: u32) -> Agent {
    Agent {
        id: AgentId::new(name),
        name: name.into(),
        place: turn.to_string(),
        status: status.into(),
        away: None,
        announced: None,
        since: at(0),
        ticket: None,
        received: 3,
        served: 2,
        owed: 1,
        prepaid: 0,
        phone: PhoneCounts::default(),
        turn: Some(turn),
        penalties: 0,
        suspended_until: None,
    }
}

fn visit(n: u128, state: VisitState, actions: &[Action]) -> Visit {
    let assigned = state.has_agent().then(|| Assigned {
        agent: AgentId::new("陈静"),
        name: "陈静".into(),
        place: "3".into(),
        reason: "轮到".into(),
    });
    Visit {
        id: id(n),
        ticket: format!("A{n:03}"),
        line: Line::New,
        state,
        checked_in_at: at(0),
        since: at(0),
        wait: (state == VisitState::Waiting).then(|| Wait {
            since: at(0),
            patience_ends: at(40),
        }),
        language: Language::ZhCn,
        first_visit: true,
        purpose: "view_homes".into(),
        party_size: 3,
        drink: Some("tea".into()),
        address_form: Private("李女士".into()),
        asked_for: None,
        assigned,
        waits_for: None,
        accept_by: (state == VisitState::Offered).then(|| at(1)),
        recalls: 0,
        actions: actions.to_vec(),
        paper: "printed".into(),
        paper_problem: None,
        belongs_to: None,
        co_owners: Vec::new(),
        courtesy: false,
        learned_owner: None,
        chores: Vec::new(),
        wait_range: None,
        also: None,
    }
}

fn picture(visits: Vec<Visit>) -> Picture {
    Picture {
        visits,
        agents: vec![
            agent("陈静", "ready", 2),
            agent("周岩", "ready", 1),
            agent("吴凡", "serving", 3),
        ],
        next: Some(AgentId::new("周岩")),
        printer: Printer {
            state: "ready".into(),
            queued: 0,
            failed_today: 0,
            unknown_today: 0,
        },
        outbox: Outbox {
            backlog: 0,
            oldest: None,
            state: "ok".into(),
        },
        served_today: 2,
        lapses: Vec::new(),
        appointments: Vec::new(),
        registrations: Vec::new(),
        alarms: Vec::new(),
        kiosks: Vec::new(),
        hands: Vec::new(),
        closed: None,
        sheet_signed: None,
        acknowledged: Default::default(),
        rules: Rules {
            ready_needs_pin: false,
            reason_lead_seconds: 120,
            owed_cap: 2,
            by_list: true,
        },
    }
}

fn news(picture: Picture) -> Message {
    Message::News {
        picture: Box::new(picture),
        zone: zone_of("2026-11-23T14:00:00+08:00"),
    }
}

fn desk_with(visits: Vec<Visit>) -> Desk {
    let mut desk = Desk::new(Language::ZhCn);
    desk.update(Message::Site(Box::new(showroom())), at(0));
    desk.update(news(picture(visits)), at(0));
    desk
}

fn press(visit: VisitId, action: Action) -> Message {
    Message::Press { visit, action }
}

fn acts(effects: &[Effect]) -> Vec<(Action, Details)> {
    effects
        .iter()
        .map(|e| match e {
            Effect::Act {
                action, details, ..
            } => (*action, details.clone()),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn k6_the_flow_stands_in_columns_with_the_next_step_on_each_row() {
    use Action::*;
    let desk = desk_with(vec![
        visit(1, VisitState::Serving, &[Finish, Refuse, Cancel]),
        visit(2, VisitState::Called, &[Recall, Start, Park, Leave, Cancel]),
        visit(3, VisitState::Offered, &[Accept, Call, Park, Cancel]),
        visit(4, VisitState::Waiting, &[Park, Leave, Cancel]),
        visit(5, VisitState::Parked, &[Resume, Leave, Cancel]),
        visit(6, VisitState::Finished, &[]),
    ]);
    let view = desk.view(at(5));
    let main = |column: usize| -> Vec<Option<Action>> {
        view.columns[column]
            .iter()
            .map(|r| r.main.as_ref().map(|b| b.action))
            .collect()
    };
    assert_eq!(main(0), [None]);
    assert_eq!(main(1), [Some(Start), Some(Accept)]);
    assert_eq!(main(2), [Some(Finish)]);
    assert_eq!(main(3), [Some(Resume), None]);
    let row = &view.columns[0][0];
    assert_eq!(row.guest.0, "李女士");
    assert_eq!(row.about, "看房 · 3 人 · 首次");
    let printed_twice = Visit {
        also: Some("A012".into()),
        ..visit(7, VisitState::Waiting, &[])
    };
    let about = desk.visit_row(&printed_twice, at(5)).about;
    assert_eq!(about, "同 A012 · 看房 · 3 人 · 首次");
    assert_eq!(row.drink, "绿茶");
    assert_eq!(row.lasted, "5 分钟");
    assert_eq!(view.headings[1], "请接待 · 已叫号 2");
}

#[test]
fn k6_a_step_the_floor_does_not_list_is_never_sent() {
    let mut desk = desk_with(vec![visit(1, VisitState::Called, &[Action::Recall])]);
    let row = &desk.view(at(0)).columns[1][0];
    assert!(row.main.is_none(), "start is not listed");
    assert_eq!(desk.update(press(id(1), Action::Start), at(0)), []);
    assert_eq!(desk.update(press(id(9), Action::Recall), at(0)), []);
}

#[test]
fn k6_a_step_is_sent_once_and_its_row_rests_until_the_answer() {
    let mut desk = desk_with(vec![visit(1, VisitState::Called, &[Action::Start])]);
    let first = desk.update(press(id(1), Action::Start), at(0));
    assert_eq!(acts(&first), [(Action::Start, Details::default())]);
    assert_eq!(desk.update(press(id(1), Action::Start), at(0)), []);
    assert!(desk.view(at(0)).columns[1][0].busy);

    let result = Err(Trouble::Refused {
        code: "impossible_step".into(),
    });
    desk.update(
        Message::Acted {
            visit: id(1),
            result,
        },
        at(0),
    );
    let view = desk.view(at(0));
    assert!(!view.columns[1][0].busy);
    assert_eq!(view.note.text, "情况刚刚有变，此步骤已不适用");
    desk.update(Message::Tick, at(1));
    assert_eq!(desk.view(at(1)).note.text, "", "a note goes by itself");
}

#[test]
fn k6_an_unreachable_floor_is_said_politely_in_the_receptionists_language() {
    let mut desk = desk_with(vec![visit(1, VisitState::Called, &[Action::Start])]);
    desk.update(Message::SetLanguage(Language::En), at(0));
    desk.update(
        Message::Acted {
            visit: id(1),
            result: Err(Trouble::Unreachable),
        },
        at(0),
    );
    let view = desk.view(at(0));
    assert!(view.note.text.starts_with("The floor could not be reached"));
    assert_eq!(view.columns[1][0].main.as_ref().unwrap().label, "Start");
}

#[test]
fn k6_cancelling_asks_for_a_reason() {
    let mut desk = desk_with(vec![visit(1, VisitState::Waiting, &[Action::Cancel])]);
    assert_eq!(desk.update(press(id(1), Action::Cancel), at(0)), []);
    assert!(!desk.view(at(0)).sheet.unwrap().can_confirm);
    assert_eq!(desk.update(Message::Confirm, at(0)), []);

    desk.update(Message::QuickReason(1), at(0));
    let sheet = desk.view(at(0)).sheet.unwrap();
    assert_eq!(sheet.reason, "重复取号");
    assert!(sheet.reasons[1].chosen);
    let sent = desk.update(Message::Confirm, at(0));
    assert_eq!(acts(&sent)[0].1.reason.as_deref(), Some("重复取号"));
    assert!(desk.view(at(0)).sheet.is_none());
}

#[test]
fn k6_reassigning_needs_a_free_agent_and_a_reason() {
    let mut desk = desk_with(vec![visit(1, VisitState::Called, &[Action::Reassign])]);
    desk.update(press(id(1), Action::Reassign), at(0));
    let sheet = desk.view(at(0)).sheet.unwrap();
    let free: Vec<_> = sheet.choices.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(free, ["周岩"], "not the holder, not the one with a guest");
    desk.update(Message::Choose(0), at(0));
    assert_eq!(desk.update(Message::Confirm, at(0)), []);
    desk.update(Message::TypeReason("  ".into()), at(0));
    assert_eq!(desk.update(Message::Confirm, at(0)), []);
    desk.update(Message::TypeReason("语言需要".into()), at(0));

    let mut meanwhile = picture(vec![visit(1, VisitState::Called, &[Action::Reassign])]);
    meanwhile.agents[1].status = "serving".into();
    desk.update(news(meanwhile), at(0));
    assert_eq!(
        desk.update(Message::Confirm, at(0)),
        [],
        "the chosen agent got a guest meanwhile"
    );
    desk.update(
        news(picture(vec![visit(
            1,
            VisitState::Called,
            &[Action::Reassign],
        )])),
        at(0),
    );
    let (action, details) = acts(&desk.update(Message::Confirm, at(0))).remove(0);
    assert_eq!(action, Action::Reassign);
    assert_eq!(details.agent, Some(AgentId::new("周岩")));
}

#[test]
fn k6_transferring_names_the_line_and_no_reason() {
    let mut desk = desk_with(vec![visit(1, VisitState::Waiting, &[Action::Transfer])]);
    desk.update(press(id(1), Action::Transfer), at(0));
    assert_eq!(desk.update(Message::Confirm, at(0)), []);
    desk.update(Message::Choose(2), at(0));
    let (_, details) = acts(&desk.update(Message::Confirm, at(0))).remove(0);
    assert_eq!(details.line, Some(Line::Signing));
    assert_eq!(details.reason, None);
}

#[test]
fn k6_no_show_rests_until_all_recalls_are_made() {
    let early = visit(1, VisitState::Called, &[Action::Recall, Action::Start]);
    let mut desk = desk_with(vec![early]);
    desk.update(Message::OpenVisit(id(1)), at(0));
    let sheet = desk.view(at(0)).sheet.unwrap();
    let last = sheet.choices.len() - 1;
    assert_eq!(sheet.choices[last].label, "来宾未到");
    assert!(!sheet.choices[last].enabled);
    assert!(!sheet.hint.is_empty());
    assert_eq!(desk.update(Message::Choose(last), at(0)), []);

    let late = visit(1, VisitState::Called, &[Action::Recall, Action::NoShow]);
    desk.update(news(picture(vec![late])), at(3));
    let sheet = desk.view(at(3)).sheet.unwrap();
    let index = sheet.choices.iter().position(|c| c.label == "来宾未到");
    let sent = desk.update(Message::Choose(index.unwrap()), at(3));
    assert_eq!(acts(&sent)[0].0, Action::NoShow);
}

#[test]
fn k6_a_sheet_closes_when_its_visit_is_gone() {
    let mut desk = desk_with(vec![visit(1, VisitState::Waiting, &[Action::Leave])]);
    desk.update(Message::OpenVisit(id(1)), at(0));
    desk.update(news(picture(vec![])), at(0));
    assert!(desk.view(at(0)).sheet.is_none());
}

#[test]
fn k6_agents_stand_in_the_order_of_turns_with_status_and_counts() {
    let view = desk_with(vec![]).view(at(2));
    let names: Vec<_> = view.agents.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["周岩", "陈静", "吴凡"]);
    assert!(view.agents[0].is_next);
    assert_eq!(view.next, "下一位：周岩");
    assert_eq!(
        view.agents[0].counts,
        "接\u{a0}3 · 完\u{a0}2 · 补\u{a0}1 · 预\u{a0}0"
    );
    assert_eq!(view.agents[0].status, "就绪 · 2 分钟");
}

#[test]
fn k6_an_agent_is_set_ready_away_with_a_reason_or_off() {
    let mut desk = desk_with(vec![]);
    let agent = AgentId::new("陈静");
    desk.update(Message::OpenAgent(agent.clone()), at(0));
    let sheet = desk.view(at(0)).sheet.unwrap();
    let labels: Vec<_> = sheet.choices.iter().map(|c| c.label.as_str()).collect();
    assert!(labels.contains(&"用餐") && labels.contains(&"下班"));
    assert!(!labels.contains(&"未应答"), "only the floor finds that");
    let lunch = labels.iter().position(|l| *l == "用餐").unwrap();
    assert_eq!(
        desk.update(Message::Choose(lunch), at(0)),
        [Effect::Attend {
            agent: agent.clone(),
            to: Attend::Away(AwayReason::Lunch),
        }]
    );
    let again = Message::Attend {
        agent: agent.clone(),
        to: Attend::Off,
    };
    assert_eq!(desk.update(again, at(0)), [], "one request at a time");
    desk.update(
        Message::Attended {
            agent: agent.clone(),
            result: Ok(()),
        },
        at(0),
    );
    let off = Message::Attend {
        agent,
        to: Attend::Off,
    };
    assert_eq!(desk.update(off, at(0)).len(), 1);
}

#[test]
fn k6_an_agent_with_a_guest_can_only_announce_a_break() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenAgent(AgentId::new("吴凡")), at(0));
    let sheet = desk.view(at(0)).sheet.unwrap();
    assert!(sheet.choices.iter().all(|c| c.label != "下班"));
    assert!(!sheet.hint.is_empty());
}

#[test]
fn k6_printer_and_outbox_are_said_in_words_with_their_urgency() {
    let mut picture = picture(vec![]);
    picture.printer.state = "paper_out".into();
    picture.printer.queued = 2;
    picture.outbox = Outbox {
        backlog: 12,
        oldest: Some(at(-3)),
        state: "unreachable".into(),
    };
    picture.lapses = vec![Lapse {
        ticket: "A004".into(),
        agent: AgentId::new("陈静"),
        at: at(1),
    }];
    let mut desk = desk_with(vec![]);
    desk.update(news(picture), at(2));
    let view = desk.view(at(2));
    assert_eq!(view.printer.text, "打印机缺纸 · 排队 2 张");
    assert_eq!(view.printer.tone, view::Tone::Bad);
    assert_eq!(view.outbox.text, "总部暂时连不上 · 积压 12 条（自 13:57）");
    assert!(view.lapses.contains("A004"));
}

#[test]
fn k6_a_silent_floor_is_shown_as_such_and_the_last_picture_stays() {
    let mut desk = Desk::new(Language::ZhCn);
    assert_eq!(desk.view(at(0)).stale, "正在连接现场主机，请稍候");
    let waiting = visit(1, VisitState::Waiting, &[]);
    desk.update(news(picture(vec![waiting])), at(1));
    assert_eq!(desk.view(at(1)).stale, "");
    desk.update(Message::Silent { refused: false }, at(2));
    let view = desk.view(at(3));
    assert!(view.stale.contains("14:01"), "{}", view.stale);
    assert_eq!(view.columns[0].len(), 1);
    desk.update(Message::Silent { refused: true }, at(4));
    assert!(desk.view(at(4)).stale.contains("未获授权"));
    desk.update(Message::OtherFloor, at(5));
    assert!(desk.view(at(5)).stale.contains("不是登记时的那一台"));
    desk.update(Message::Silent { refused: false }, at(6));
    assert!(desk.view(at(6)).stale.contains("14:01"));
}
