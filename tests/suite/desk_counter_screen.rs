//! The counter's sheets as they look and as they are worked: a consultant's own PIN, a broker's paper,
//! an order for one rota, the sheet of a closed day.

use i_slint_backend_testing::ElementHandle;
use slint::ComponentHandle;
use slint::platform::Key;
use yingbin::client::live::Live;
use yingbin::core::desk::{Brought, Deed, Effect, Message, OneTimeCode, Outcome, Private};
use yingbin::core::language::Language;
use yingbin::protocol::booking::RegistrationEntry;
use yingbin::protocol::desk::DeskView;
use yingbin::screens::desk::intake;

use super::desk_screen::Stage;
use super::support::desk_picture::{at, busy};
use super::support::snapshot::{resize, settle};

/// 何清 has not come on duty; one broker's registration is known.
fn morning() -> DeskView {
    let mut view = busy();
    view.registrations = vec![RegistrationEntry {
        id: "BJ-1107".into(),
        broker: "安居经纪".into(),
        agent: "zhou-yan".into(),
        registered: "2026-11-20T09:00:00+08:00".into(),
        expires: "2026-12-20T00:00:00+08:00".into(),
    }];
    view.agents[4].phone.owed = 1;
    view
}

#[test]
fn k6_a_consultant_types_the_own_pin_by_touch_or_keys_and_nobody_reads_it() {
    let stage = Stage::with(Language::ZhCn, morning());
    stage.key(Key::F7);
    stage.press("何清");
    for digit in ["8", "2", "4", "6", "1", "3"] {
        stage.press(digit);
    }
    stage.looks("zh-CN-agent-pin");
    let field = ElementHandle::find_by_accessible_label(&stage.screen.window, "PIN 码");
    for field in field {
        assert_eq!(
            field.accessible_value().unwrap_or_default(),
            "",
            "not read aloud"
        );
    }
    stage.press("确定");
    let Effect::Do(Deed::AgentReady { agent, pin }) = stage.effect() else {
        panic!()
    };
    assert_eq!((agent.as_str(), pin.0.as_str()), ("he-qing", "824613"));
    stage.key(Key::Escape);
    stage.press("EN");
    stage.key(Key::F7);
    stage.looks("en-agent-pin");
}

#[test]
fn k6_a_new_pin_is_reached_from_the_sign_in_and_set_under_dots() {
    for (language, no_pin, give, name) in [
        (
            Language::ZhCn,
            "忘记或尚未设定 PIN 码",
            "发放一次性代码",
            "zh-CN",
        ),
        (
            Language::En,
            "No PIN yet, or forgotten",
            "Give a one-time code",
            "en",
        ),
    ] {
        let stage = Stage::with(language, morning());
        stage.key(Key::F7);
        stage.press("何清");
        stage.press(no_pin);
        stage.manager_signs_in();
        stage.looks(&format!("{name}-new-pin"));
        stage.press(give);
        let Effect::Do(deed @ Deed::PinCode { .. }) = stage.effect() else {
            panic!()
        };
        let expires = yingbin::core::time::Millis::parse_rfc3339(&at(30)).unwrap();
        let result = Ok(Outcome::Code(OneTimeCode {
            code: Private("7F3K-9QWZ".into()),
            expires: expires.plus_minutes(24 * 60),
        }));
        stage.screen.receive(Message::Did { deed, result });
        for field in 0..2 {
            let text = "481516".to_owned();
            stage.screen.receive(Message::TypeText { field, text });
        }
        settle();
        stage.looks(&format!("{name}-new-pin-code"));
    }
}

#[test]
fn k6_where_the_house_wants_the_pin_the_row_asks_for_it() {
    let mut view = morning();
    view.rules.ready_needs_pin = true;
    let stage = Stage::with(Language::ZhCn, view);
    stage.press("何清 上岗");
    assert!(stage.effects.borrow().is_empty());
    assert!(stage.has_button("确定"), "the PIN pad is open");
}

#[test]
fn k4_a_brokers_paper_is_typed_while_registering_by_hand() {
    let stage = Stage::with(Language::ZhCn, morning());
    stage.key(Key::F2);
    stage.press("是否首次到访？ 是");
    stage.press("来访目的 看房");
    stage.press("渠道报备（可不选） 其他报备，手工填写");
    stage.type_into("渠道公司", "云桥渠道");
    stage.type_into("报备编号", "BJ-2291");
    stage.type_into("报备时间", "11-20 09:00");
    stage.type_into("有效期至", "12-20");
    stage.press("渠道顾问 周岩");
    stage.looks("zh-CN-form-broker");
    // On a small screen the keyboard's focus brings what is below into sight.
    resize(stage.screen.window.window(), 1280, 800);
    for _ in 0..23 {
        stage.key(Key::Tab);
    }
    stage.screen.window.window().take_snapshot().unwrap();
    settle();
    stage.looks("zh-CN-form-broker-small");
    stage.press("取号");
    let Effect::Register { registration, .. } = stage.effect() else {
        panic!()
    };
    let Some(Brought::Shown(shown)) = registration.channel else {
        panic!()
    };
    assert_eq!(shown.agent.as_str(), "zhou-yan");
}

#[test]
fn k4_a_brokers_paper_in_english_and_in_traditional_chinese() {
    let stage = Stage::with(Language::En, morning());
    stage.key(Key::F2);
    stage.press("Broker's registration (optional) Another one, typed");
    stage.looks("en-form-broker");
    stage.key(Key::Escape);
    stage.press("繁");
    stage.key(Key::F2);
    stage.press("渠道報備（可不選） 安居经纪 BJ-1107");
    stage.looks("zh-TW-form-broker");
}

#[test]
fn k6_the_manager_chooses_between_visits_and_calls() {
    let stage = Stage::with(Language::En, morning());
    stage.press("林晓 More");
    stage.looks("en-agent-away");
    stage.press("Take a turn");
    stage.manager_signs_in();
    assert_eq!(stage.button("Calls").accessible_enabled(), Some(true));
    stage.press("Calls");
    stage.press("Puts a mistake right");
    stage.looks("en-order-rota");
    stage.press("Take a turn");
    let Effect::Do(Deed::Order { order, .. }) = stage.effect() else {
        panic!()
    };
    let order = serde_json::to_value(order).unwrap();
    assert_eq!(order["rota"], "phone");
}

#[test]
fn k4_the_signed_sheet_is_opened_from_the_things_to_do_and_from_the_menu() {
    let mut view = busy();
    view.visits.clear();
    view.closed = Some(at(10));
    view.sheet_signed = Some(at(20));
    view.lapses.clear();
    view.printer.state = "ready".into();
    let stage = Stage::with(Language::ZhCn, view.clone());
    stage.looks("zh-CN-closed");
    stage.press("今日轮排表已签名（14:20），请打印签字存档 打开");
    let opened = stage.effects.borrow_mut().remove(0);
    let language = Language::ZhCn;
    assert_eq!(opened, Effect::Do(Deed::TurnSheet { language }));
    stage.effects.borrow_mut().clear();
    stage.screen.receive(Message::Did {
        deed: Deed::TurnSheet { language },
        result: Ok(Outcome::Page {
            address: String::new(),
            opened: true,
        }),
    });
    view.acknowledged = vec![format!("sheet:{}", 1_795_414_800_000_i64)];
    stage.screen.receive(intake::message(Live::View(view)));
    stage.press("EN");
    stage.key(Key::F9);
    stage.looks("en-menu-closed");
    stage.press("Today's turn sheet  Opens the sheet to print and sign");
    let language = Language::En;
    assert_eq!(stage.effect(), Effect::Do(Deed::TurnSheet { language }));
}
