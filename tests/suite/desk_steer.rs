//! What the desk steers beside the rows, worked by mouse, finger and keyboard.

use i_slint_backend_testing::{AccessibleRole, ElementHandle};
use slint::ComponentHandle;
use slint::platform::{Key, PointerEventButton, WindowEvent};
use yingbin::client::live::Live;
use yingbin::core::chore::Chore;
use yingbin::core::desk::{Deed, Effect, Message, Outcome, Registered};
use yingbin::core::floor::day::Rest;
use yingbin::core::id::AgentId;
use yingbin::core::language::Language;
use yingbin::core::reception::HandKind;
use yingbin::core::visit::{Action, VisitState};
use yingbin::protocol::desk::{DeskView, HandView};
use yingbin::protocol::kiosk::KioskView;
use yingbin::protocol::visit::VisitView;
use yingbin::screens::desk::intake;

use super::desk_screen::Stage;
use super::support::desk_picture::{at, busy, id};
use super::support::snapshot::{resize, settle};

/// A busy afternoon on which many things want a hand.
fn much_to_do() -> DeskView {
    use Action::*;
    let mut view = busy();
    for visit in &mut view.visits {
        match visit.id {
            // Comes for the agent who is at lunch.
            v if v == id(3) => {
                visit.courtesy = true;
                visit.wanted = Some(yingbin::protocol::visit::WantedView {
                    agent: AgentId::new("lin-xiao"),
                    rule: yingbin::core::turn_book::Rule::Owner,
                    source: None,
                    time: None,
                    broker: None,
                    refused: false,
                });
            }
            v if v == id(6) => {
                visit
                    .actions
                    .extend([NotABuyer, Appointment, Channel, Owner, Join]);
                visit.learned_owner = Some(AgentId::new("zhao-min"));
            }
            _ => {}
        }
    }
    view.hands = vec![HandView {
        visit: id(3),
        ticket: "A003".into(),
        agent: AgentId::new("wu-fan"),
        name: "吴凡".into(),
        place: "2".into(),
        kind: HandKind::Manager,
        since: at(28),
    }];
    view.kiosks = vec![KioskView {
        id: yingbin::core::id::DeviceId::new("kiosk-2"),
        series: Some("K2".into()),
        last_seen: Some(at(20)),
        offline_since: Some(at(21)),
        backlog: 0,
        set_aside: 0,
        handed_over: 0,
    }];
    view.agents[4].penalties = 2;
    view.agents[5].status = "suspended".into();
    view.agents[5].suspended_until = Some(at(59));
    view.printer.state = "ready".into();
    view.outbox.state = "forked".into();
    view
}

fn steps_done(stage: &Stage) {
    for effect in stage.effects.borrow_mut().drain(..) {
        let message = match effect {
            Effect::Act { visit, .. } => Message::Acted {
                visit,
                result: Ok(()),
            },
            Effect::Do(deed) => Message::Did {
                deed,
                result: Ok(Outcome::Done),
            },
            other => panic!("{other:?}"),
        };
        stage.screen.receive(message);
    }
    settle();
}

fn ctrl_z(stage: &Stage) {
    let window = stage.screen.window.window();
    let control = slint::SharedString::from(Key::Control);
    for event in [
        WindowEvent::KeyPressed {
            text: control.clone(),
        },
        WindowEvent::KeyPressed { text: "z".into() },
        WindowEvent::KeyReleased { text: "z".into() },
        WindowEvent::KeyReleased { text: control },
    ] {
        window.dispatch_event(event);
    }
    settle();
}

#[test]
fn k6_a_slip_is_taken_back_by_press_and_by_key() {
    let stage = Stage::new(Language::ZhCn);
    stage.press("A003 接待完成");
    steps_done(&stage);
    stage.looks("zh-CN-undo");
    stage
        .button("撤销")
        .mock_single_click(PointerEventButton::Left);
    let Effect::Act { visit, action, .. } = stage.effect() else {
        panic!()
    };
    assert_eq!((visit, action), (id(3), Action::Undo));
    stage.screen.receive(Message::Acted {
        visit,
        result: Ok(()),
    });
    assert!(!stage.has_button("撤销"));

    for by_letter in [true, false] {
        stage.press("A006 开始接待");
        steps_done(&stage);
        if by_letter {
            ctrl_z(&stage);
        } else {
            stage.key(Key::F8);
        }
        let Effect::Act { action, .. } = stage.effect() else {
            panic!()
        };
        assert_eq!(action, Action::Undo);
        stage.screen.receive(Message::Acted {
            visit: id(6),
            result: Ok(()),
        });
    }
}

#[test]
fn k6_a_thing_to_do_is_answered_by_one_press() {
    let stage = Stage::with(Language::ZhCn, much_to_do());
    stage.press("取号机 K2 自 14:21 起无联络 知道了");
    let Effect::Do(Deed::Acknowledge { key }) = stage.effect() else {
        panic!()
    };
    assert!(key.starts_with("kiosk:K2:"), "{key}");
    assert!(!stage.has_button("取号机 K2 自 14:21 起无联络 知道了"));
    stage.key(Key::F6);
    let answered = |label: &str| {
        stage.press(label);
        match stage.effect() {
            Effect::Do(deed) => deed,
            other => panic!("{other:?}"),
        }
    };
    let (visit, chore) = (id(3), Chore::Drink);
    assert_eq!(
        answered("已送  A003 2号洽谈桌：请送咖啡"),
        Deed::Chore { visit, chore }
    );
    let kind = HandKind::Manager;
    assert_eq!(
        answered("已到场  吴凡（2号洽谈桌）：请经理"),
        Deed::GiveHand { visit, kind }
    );
    assert!(stage.has_button("补打号票  A009 号票：未打印 · 缺纸"));
    stage.looks("zh-CN-todo");
}

#[test]
fn k6_an_afternoon_with_much_to_do_looks_as_agreed() {
    Stage::with(Language::ZhCn, much_to_do()).looks("zh-CN-much-to-do");
    let stage = Stage::with(Language::ZhTw, much_to_do());
    stage.looks("zh-TW-much-to-do");
    let stage = Stage::with(Language::En, much_to_do());
    resize(stage.screen.window.window(), 1280, 800);
    stage.looks("en-much-to-do-small");
}

#[test]
fn k6_a_visits_sheet_offers_everything_that_can_be_done() {
    let stage = Stage::with(Language::ZhCn, much_to_do());
    stage.press("A006 更多");
    for label in [
        "非购房客户",
        "预约到访",
        "渠道报备",
        "更正原顾问",
        "合为一组",
        "分为两组",
        "补打号票",
    ] {
        assert!(stage.has_button(label), "{label}");
    }
    stage.looks("zh-CN-sheet-all");
    stage.press("更正原顾问");
    stage.press("不属于任何顾问");
    stage.press("更正原顾问");
    let Effect::Act {
        action, details, ..
    } = stage.effect()
    else {
        panic!()
    };
    assert_eq!((action, details.agent), (Action::Owner, None));
}

#[test]
fn k6_an_agents_sheet_says_what_each_away_costs() {
    let stage = Stage::with(Language::ZhCn, much_to_do());
    stage.press("赵敏 更多");
    assert!(stage.has_button("私事  错过的轮次轮空，不补"));
    stage.looks("zh-CN-agent");
    stage.key(Key::Escape);
    stage.press("繁");
    stage.press("赵敏 更多");
    stage.looks("zh-TW-agent");
    stage.key(Key::Escape);
    stage.press("EN");
    stage.press("赵敏 More");
    stage.looks("en-agent");
}

#[test]
fn k6_the_managers_orders_stand_behind_the_managers_own_sign_in() {
    let stage = Stage::with(Language::ZhCn, much_to_do());
    stage.press("林晓 更多");
    stage.press("暂停轮排");
    stage.looks("zh-CN-manager-pin");
    stage.manager_signs_in();
    stage.press("2 小时");
    stage.press("违反轮排规定");
    stage.looks("zh-CN-order");
    stage.press("暂停轮排");
    let Effect::Do(Deed::Order { reason, .. }) = stage.effect() else {
        panic!()
    };
    assert_eq!(reason, "违反轮排规定");
    assert!(!stage.has_button("违反轮排规定"), "the sheet closed");
}

#[test]
fn k6_a_call_an_appointment_and_the_closing_are_at_hand() {
    let stage = Stage::with(Language::ZhCn, much_to_do());
    stage.key(Key::F3);
    let Effect::Register { key, .. } = stage.effect() else {
        panic!()
    };
    let result = Ok(Registered {
        visit: id(20),
        ticket: "P001".into(),
        ahead: 0,
        wait_s: 0,
        wait_range: None,
        agent: Some(("赵敏".into(), "4".into())),
    });
    stage.screen.receive(Message::Registered { key, result });
    stage.key(Key::F4);
    stage.looks("zh-CN-appointments");
    stage.press("14:45  陈静");
    assert!(stage.has_button("取号"), "the form is open");
    stage.key(Key::Escape);

    stage.key(Key::F9);
    stage.looks("zh-CN-menu");
    stage.press("闭店  查看尚未办完的事，结束今日迎宾");
    stage.looks("zh-CN-close");
    stage.press("闭店  在店来宾照常接待完毕");
    let Effect::Do(deed) = stage.effect() else {
        panic!()
    };
    assert_eq!(deed, Deed::CloseDay { rest: Rest::Serve });
}

#[test]
fn k6_everything_is_reached_by_the_keyboard_alone() {
    let stage = Stage::with(Language::ZhCn, much_to_do());
    // The arrow keys walk over the rows, Enter takes the step, Space opens the sheet.
    stage.key(Key::DownArrow);
    stage.key(Key::RightArrow);
    stage.key(Key::Return);
    let Effect::Act { visit, action, .. } = stage.effect() else {
        panic!()
    };
    assert_eq!((visit, action), (id(6), Action::Start));
    stage.key(Key::DownArrow);
    stage.key(Key::Space);
    assert!(stage.has_button("来宾离开"), "the sheet of A007");
    // In the sheet the arrow keys go from one control to the next, Enter presses.
    stage.key(Key::DownArrow);
    stage.key(Key::DownArrow);
    stage.looks("zh-CN-keys");
    stage.key(Key::Return);
    let Effect::Act { visit, action, .. } = stage.effect() else {
        panic!()
    };
    assert_eq!((visit, action), (id(7), Action::Accept));
    stage.key(Key::F9);
    stage.key(Key::Escape);
    assert!(!stage.has_button("取号"));
    // Tab reaches the header first; Return presses.
    stage.key(Key::Tab);
    stage.key(Key::Tab);
    stage.key(Key::Tab);
    stage.key(Key::Tab);
    stage.key(Key::Return);
    assert!(matches!(stage.effect(), Effect::Register { .. }), "a call");
}

#[test]
fn k6_three_hundred_waiting_guests_stay_usable() {
    let mut view = much_to_do();
    let template = view.visits[3].clone();
    assert_eq!(template.state, VisitState::Waiting);
    view.visits.extend((0..300).map(|n| VisitView {
        id: id(1000 + n),
        ticket: format!("A{}", 1000 + n),
        since: at(29),
        checked_in_at: at(29),
        waits_since: Some(at(29)),
        patience_ends: Some(at(59)),
        ..template.clone()
    }));
    let stage = Stage::with(Language::ZhCn, view.clone());
    let shown = |stage: &Stage| {
        ElementHandle::find_by_element_type_name(&stage.screen.window, "VisitCard").count()
    };
    assert!(shown(&stage) < 40, "only what is seen is made");
    for _ in 0..302 {
        stage.screen.receive(Message::Select { across: 0, down: 1 });
    }
    // The list learns the height of its rows by drawing them.
    for _ in 0..3 {
        stage.screen.window.window().take_snapshot().unwrap();
        settle();
    }
    assert!(
        stage.has_button("A1299 更多"),
        "the last one has come into sight"
    );
    stage.screen.receive(intake::message(Live::View(view)));
    assert!(stage.has_button("A1299 更多"), "and stays there");
    stage.looks("zh-CN-300-waiting");
}

#[test]
fn k6_whatever_can_be_touched_is_large_enough_and_has_a_name() {
    let stage = Stage::with(Language::ZhCn, much_to_do());
    for open in [None, Some("A006 更多"), Some("赵敏 更多"), Some("代客登记")] {
        if let Some(label) = open {
            stage.press(label);
        }
        for button in ElementHandle::find_by_element_type_name(&stage.screen.window, "Press") {
            if button.accessible_role() != Some(AccessibleRole::Button) {
                continue;
            }
            let (size, name) = (button.size(), button.accessible_label().unwrap_or_default());
            assert!(!name.is_empty());
            assert!(size.height >= 64. && size.width >= 64., "{name}: {size:?}");
        }
        stage.key(Key::Escape);
    }
}
