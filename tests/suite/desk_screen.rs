//! The desk's window, worked by mouse, keyboard and screen reader.

use std::cell::RefCell;
use std::rc::Rc;

use i_slint_backend_testing::{AccessibleRole, ElementHandle};
use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString};
use yingbin::client::live::Live;
use yingbin::core::desk::{Attend, Deed, Desk, Effect, Message, Outcome, Registered, Showroom};
use yingbin::core::id::AgentId;
use yingbin::core::language::Language;
use yingbin::core::time::Millis;
use yingbin::core::visit::Action;
use yingbin::core::words::known;
use yingbin::protocol::desk::DeskView;
use yingbin::screens::desk::{Screen, intake};

use super::support::desk_picture::{at, busy, id, site};
use super::support::snapshot::{assert_looks, in_memory, resize, settle};

pub(super) struct Stage {
    pub screen: Rc<Screen>,
    pub effects: Rc<RefCell<Vec<Effect>>>,
}

impl Stage {
    pub fn new(language: Language) -> Self {
        Self::with(language, busy())
    }

    pub fn with(language: Language, picture: DeskView) -> Self {
        in_memory();
        let effects = Rc::new(RefCell::new(Vec::new()));
        let done = Rc::clone(&effects);
        let screen = Screen::new(
            Desk::new(language),
            Box::new(move |effect| done.borrow_mut().push(effect)),
            Box::new(|| Millis::parse_rfc3339(&at(30)).unwrap()),
        )
        .unwrap();
        screen.window.show().unwrap();
        resize(screen.window.window(), 1920, 1080);
        let stage = Self { screen, effects };
        stage.showroom(|_| {});
        stage.screen.receive(intake::message(Live::View(picture)));
        settle();
        stage
    }

    /// The made-up showroom, with `change`.
    pub fn showroom(&self, change: impl FnOnce(&mut Showroom)) {
        let mut showroom = intake::showroom(site("age1pinned"), "age1pinned").unwrap();
        showroom.managers = vec![(AgentId::new("lin"), "林主任".into())];
        showroom.staff = vec![
            (AgentId::new("lin"), "林主任".into()),
            (AgentId::new("he-qing"), "何清".into()),
        ];
        showroom.zone = yingbin::core::clock::zone_of(&at(0)).unwrap();
        change(&mut showroom);
        self.screen.receive(Message::Site(Box::new(showroom)));
        settle();
    }

    /// The manager types the PIN on the open sheet, and the floor takes it.
    pub fn manager_signs_in(&self) {
        let text = "824613".to_owned();
        self.screen.receive(Message::TypeText { field: 0, text });
        self.screen.receive(Message::Confirm);
        let Effect::Do(deed @ Deed::SignIn { .. }) = self.effect() else {
            panic!("no sign-in")
        };
        let result = Ok(Outcome::Signed {
            name: "林主任".into(),
            manager: true,
        });
        self.screen.receive(Message::Did { deed, result });
        settle();
    }

    pub fn button(&self, label: &str) -> ElementHandle {
        settle();
        ElementHandle::find_by_accessible_label(&self.screen.window, label)
            .find(|e| e.accessible_role() == Some(AccessibleRole::Button))
            .unwrap_or_else(|| panic!("no button {label}"))
    }

    pub fn press(&self, label: &str) {
        self.button(label).invoke_accessible_default_action();
        settle();
    }

    pub fn has_button(&self, label: &str) -> bool {
        ElementHandle::find_by_accessible_label(&self.screen.window, label)
            .any(|e| e.accessible_role() == Some(AccessibleRole::Button))
    }

    pub fn type_into(&self, label: &str, text: &str) {
        settle();
        ElementHandle::find_by_accessible_label(&self.screen.window, label)
            .find(|e| e.accessible_role() == Some(AccessibleRole::TextInput))
            .unwrap_or_else(|| panic!("no field {label}"))
            .set_accessible_value(text);
        settle();
    }

    pub fn key(&self, key: Key) {
        let text = SharedString::from(key);
        let window = self.screen.window.window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
        settle();
    }

    pub fn effect(&self) -> Effect {
        let mut effects = self.effects.borrow_mut();
        assert_eq!(effects.len(), 1, "{effects:?}");
        effects.remove(0)
    }

    pub fn looks(&self, name: &str) {
        assert_looks(self.screen.window.window(), &format!("desk/{name}"));
    }
}

#[test]
fn k6_the_next_step_of_a_row_is_one_press_by_mouse() {
    let stage = Stage::new(Language::ZhCn);
    stage
        .button("A007 接受")
        .mock_single_click(slint::platform::PointerEventButton::Left);
    let Effect::Act { visit, action, .. } = stage.effect() else {
        panic!()
    };
    assert_eq!((visit, action), (id(7), Action::Accept));
    assert_eq!(stage.button("A007 接受").accessible_enabled(), Some(false));
}

#[test]
fn k6_each_row_offers_its_own_step_and_the_others_in_a_sheet() {
    let stage = Stage::new(Language::En);
    for label in [
        "A006 Start",
        "A006 Call again",
        "A003 Finish",
        "A005 Back in line",
    ] {
        assert!(stage.has_button(label), "{label}");
    }
    stage.press("A006 More");
    assert_eq!(
        stage.button("Did not come").accessible_enabled(),
        Some(false),
        "not all recalls are made"
    );
    stage.press("Keep number");
    let Effect::Act { visit, action, .. } = stage.effect() else {
        panic!()
    };
    assert_eq!((visit, action), (id(6), Action::Park));
    assert!(!stage.has_button("Keep number"), "the sheet closed");
}

#[test]
fn k6_cancelling_waits_for_its_reason() {
    let stage = Stage::new(Language::ZhCn);
    stage.press("A008 更多");
    stage.press("取消号码");
    assert_eq!(stage.button("取消号码").accessible_enabled(), Some(false));
    stage.type_into("原因", "来宾去停车");
    stage.press("取消号码");
    let Effect::Act {
        action, details, ..
    } = stage.effect()
    else {
        panic!()
    };
    assert_eq!(action, Action::Cancel);
    assert_eq!(details.reason.as_deref(), Some("来宾去停车"));
}

#[test]
fn k6_an_agent_is_set_ready_at_once_and_away_from_the_sheet() {
    let stage = Stage::new(Language::ZhCn);
    stage.press("何清 上岗");
    let ready = Effect::Attend {
        agent: AgentId::new("he-qing"),
        to: Attend::Ready,
    };
    assert_eq!(stage.effect(), ready);
    stage.press("赵敏 更多");
    stage.press("下班  让出轮次；补接、待扣轮次保留到下次上岗");
    let off = Effect::Attend {
        agent: AgentId::new("zhao-min"),
        to: Attend::Off,
    };
    assert_eq!(stage.effect(), off);
}

#[test]
fn k6_the_keyboard_opens_and_closes_what_stands_over_the_flow() {
    let stage = Stage::new(Language::ZhCn);
    stage.key(Key::F2);
    assert!(stage.has_button("取号"));
    stage.key(Key::Escape);
    assert!(!stage.has_button("取号"));
    stage.press("A008 更多");
    assert!(stage.has_button("来宾离开"));
    stage.key(Key::Escape);
    assert!(!stage.has_button("来宾离开"));
    stage.key(Key::F2);
    assert!(stage.has_button("取号"), "the keys still work");
}

#[test]
fn k6_the_language_switches_at_once() {
    let stage = Stage::new(Language::ZhCn);
    stage.press("EN");
    assert!(stage.has_button("Register a guest"));
    assert!(stage.has_button("A007 Accept"));
    stage.press("繁");
    assert!(stage.has_button("代客登記"));
}

#[test]
fn k6_a_party_is_registered_by_hand_with_each_consent_asked() {
    let stage = Stage::new(Language::ZhCn);
    stage.key(Key::F2);
    stage.press("是否首次到访？ 是");
    stage.press("来访目的 看房");
    stage.press("同行人数 +1");
    stage.press("饮品（可不选） 绿茶");
    assert!(
        !stage.has_button("为接待您使用您的称呼 同意"),
        "no notice yet"
    );
    stage.press("出示告知");
    stage.press("来宾已阅");
    stage.press("来宾已满 14 周岁？ 是");
    stage.press("为接待您使用您的称呼 同意");
    stage.press("电话回访 不同意");
    assert_eq!(stage.button("取号").accessible_enabled(), Some(false));
    stage.press("短信联系 不同意");
    stage.type_into("姓", "欧阳");
    stage.press("女士");
    stage.press("取号");
    let Effect::Register { key, registration } = stage.effect() else {
        panic!()
    };
    assert_eq!(registration.party_size, 2);
    assert_eq!(registration.drink.as_deref(), Some("tea"));
    let given: Vec<bool> = registration.consents.iter().map(|c| c.given).collect();
    assert_eq!(given, [true, false, false]);
    assert_eq!(registration.person.unwrap().surname.0, "欧阳");

    let result = Ok(Registered {
        visit: id(10),
        ticket: "A010".into(),
        ahead: 0,
        wait_s: 0,
        wait_range: None,
        agent: Some(("赵敏".into(), "4".into())),
    });
    stage.screen.receive(Message::Registered { key, result });
    assert!(stage.has_button("再登记一位"));
    stage.looks("zh-CN-registered");
}

#[test]
fn k6_a_busy_afternoon_looks_as_agreed_in_chinese() {
    Stage::new(Language::ZhCn).looks("zh-CN-busy");
}

#[test]
fn k6_a_busy_afternoon_looks_as_agreed_in_english_on_a_small_screen() {
    let stage = Stage::new(Language::En);
    resize(stage.screen.window.window(), 1280, 800);
    stage.looks("en-busy-small");
}

#[test]
fn k10_kiosks_own_numbers_stand_whole_in_the_flow() {
    let stage = Stage::new(Language::ZhCn);
    let mut view = busy();
    for (visit, number) in view.visits.iter_mut().zip(["K12-107", "K12-108", "K2-07"]) {
        visit.ticket = number.into();
    }
    stage.screen.receive(intake::message(Live::View(view)));
    stage.looks("zh-CN-kiosk-numbers");
}

#[test]
fn k6_a_visits_sheet_looks_as_agreed() {
    let stage = Stage::new(Language::ZhCn);
    stage.press("A006 更多");
    stage.looks("zh-CN-sheet");
}

#[test]
fn k6_reassigning_looks_as_agreed_in_english() {
    let stage = Stage::new(Language::En);
    stage.press("A006 More");
    stage.press("Give to…");
    stage.press("赵敏  Table 4");
    stage.press("Language");
    stage.looks("en-reassign");
}

#[test]
fn k6_the_form_looks_as_agreed_in_english() {
    let stage = Stage::new(Language::En);
    stage.press("Register a guest");
    stage.press("First visit? Yes");
    stage.press("Purpose View homes");
    stage.press("Show the notice");
    stage.press("The guest has read it");
    stage.press("Is the guest 14 or older? Yes");
    stage.press("Your name, to receive you Agrees");
    stage.press("Follow-up by telephone Declines");
    stage.looks("en-form");
}

#[test]
fn k6_every_fixed_word_of_the_desk_is_in_the_translation_files() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/desk");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for name in source.split("DeskWords.t(\"").skip(1) {
            let name = name.split('"').next().unwrap();
            assert!(known(&format!("desk.{name}")), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}
