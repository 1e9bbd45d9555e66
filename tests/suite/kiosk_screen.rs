//! The kiosk's very window: touched by its accessible labels, and seen.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use slint::ComponentHandle;
use yingbin::core::kiosk::{
    Before, Effect, Failure, Kiosk, Message, Paper, Settings, SiteInfo, Step,
};
use yingbin::core::language::Language;
use yingbin::core::time::Millis;
use yingbin::screens::kiosk::Screen;
use yingbin_ui::{KioskState, KioskWindow, Theme};

use super::support::kiosk::{Table, site, ticket};
use super::support::screens::{labelled, tap, touch_faults, touchables};
use super::support::snapshot::{in_memory, looks, resize};

const PORTRAIT: (u32, u32) = (1080, 1920);
const LANDSCAPE: (u32, u32) = (1920, 1080);

/// An open window on a kiosk whose effects are only noted.
struct Stage {
    screen: Rc<Screen>,
    now: Rc<Cell<i64>>,
    effects: Rc<RefCell<Vec<Effect>>>,
}

impl Stage {
    fn open((width, height): (u32, u32)) -> Self {
        in_memory();
        let window = KioskWindow::new().unwrap();
        let now = Rc::new(Cell::new(0));
        let effects = Rc::new(RefCell::new(Vec::new()));
        let kiosk = Kiosk::new(Settings::default(), Arc::new(Table));
        let clock = Rc::clone(&now);
        let noted = Rc::clone(&effects);
        let screen = Screen::connect(
            window,
            kiosk,
            Box::new(move || Millis(clock.get())),
            Box::new(move |effect| noted.borrow_mut().push(effect)),
        );
        screen.window.global::<KioskState>().set_still(true);
        screen.window.show().unwrap();
        resize(screen.window.window(), width, height);
        screen.tell(Message::SiteFetched(Box::new(site())));
        Self {
            screen,
            now,
            effects,
        }
    }

    fn tap(&self, label: &str) -> &Self {
        tap(&self.screen.window, label);
        self
    }

    fn tell(&self, message: Message) -> &Self {
        self.screen.tell(message);
        self
    }

    fn wait(&self, seconds: i64) -> &Self {
        for _ in 0..seconds * 4 {
            self.now.set(self.now.get() + 250);
            self.screen.tell(Message::Tick);
        }
        self
    }

    fn answered(&self) -> &Self {
        let key = self.key();
        let ticket = Box::new(ticket());
        self.tell(Message::CheckedIn { key, ticket })
    }

    fn key(&self) -> String {
        let effects = self.effects.borrow();
        let sent = effects.iter().rev().find_map(|effect| match effect {
            Effect::CheckIn(parts) => Some(parts.key.clone()),
            _ => None,
        });
        sent.expect("a check-in was sent")
    }
}

#[test]
fn k1_a_guest_checks_in_by_touch_alone() {
    let stage = Stage::open(PORTRAIT);
    stage
        .tap("轻触开始登记")
        .tap("来过")
        .tap("吴波")
        .tap("下一步")
        .tap("接待登记：用您的称呼接待您: 同意")
        .tap("电话回访: 不同意")
        .tap("下一步")
        .tap("已满 14 周岁");
    for key in ["l", "i", "李", "女士", "下一步"] {
        stage.tap(key);
    }
    for key in "13800138000".chars() {
        stage.tap(&key.to_string());
    }
    stage
        .tap("下一步")
        .tap("看房")
        .tap("一共几位？ 3")
        .tap("龙井茶")
        .tap("领取号票");
    {
        let effects = stage.effects.borrow();
        let Some(Effect::CheckIn(parts)) = effects.last() else {
            panic!("no check-in: {effects:?}");
        };
        let personal = parts.personal.as_ref().unwrap();
        assert_eq!(personal.address_form, "李女士");
        assert_eq!(personal.phone.as_deref(), Some("13800138000"));
        assert_eq!(parts.asked_for.as_ref().unwrap().as_str(), "wu-bo");
        assert_eq!((parts.party_size, parts.drink.as_deref()), (3, Some("tea")));
        assert_eq!(parts.key.len(), 22, "a random key of 128 bits");
    }
    stage.answered();
    assert_eq!(read_qr(&stage), ticket().url);
    stage.wait(1).tap("结束");
    let state = stage.screen.window.global::<KioskState>();
    assert_eq!(state.get_surname(), "");
    assert_eq!(state.get_phone(), "");
    assert_eq!(state.get_ticket().number, "");
}

#[test]
fn p2_refusing_and_agreeing_look_alike_and_nothing_is_ticked() {
    let stage = Stage::open(PORTRAIT);
    stage.tap("轻触开始登记").tap("第一次来");
    for purpose in ["接待登记：用您的称呼接待您", "电话回访", "短信通知"] {
        let [yes, no] = ["同意", "不同意"]
            .map(|answer| labelled(&stage.screen.window, &format!("{purpose}: {answer}")));
        assert_eq!(
            (yes.accessible_checked(), no.accessible_checked()),
            (Some(false), Some(false))
        );
        assert_eq!(
            (yes.size().width, yes.size().height),
            (no.size().width, no.size().height)
        );
        assert!((yes.absolute_position().y - no.absolute_position().y).abs() < 1.0);
    }
    stage.tap("电话回访: 同意");
    let checked = |label| labelled(&stage.screen.window, label).accessible_checked();
    assert_eq!(checked("电话回访: 同意"), Some(true));
    assert_eq!(
        checked("短信通知: 同意"),
        Some(false),
        "one control a purpose"
    );
    stage.tap("电话回访: 不同意");
    assert_eq!(checked("电话回访: 同意"), Some(false));
}

#[test]
fn k1_a_double_tap_on_the_last_button_sends_once() {
    let stage = Stage::open(PORTRAIT);
    stage
        .tap("轻触开始登记")
        .tap("第一次来")
        .tap("下一步")
        .tap("看房")
        .tap("一共几位？ 1");
    let button = labelled(&stage.screen.window, "领取号票");
    let at = button.absolute_position();
    stage.tap("领取号票");
    let position = slint::LogicalPosition::new(at.x + 200.0, at.y + 40.0);
    let left = slint::platform::PointerEventButton::Left;
    let window = stage.screen.window.window();
    window.dispatch_event(slint::platform::WindowEvent::PointerPressed {
        position,
        button: left,
    });
    window.dispatch_event(slint::platform::WindowEvent::PointerReleased {
        position,
        button: left,
    });
    let effects = stage.effects.borrow();
    let sent = effects
        .iter()
        .filter(|e| matches!(e, Effect::CheckIn(_)))
        .count();
    assert_eq!(sent, 1);
}

#[test]
fn k1_the_language_switches_live_from_the_window() {
    let stage = Stage::open(PORTRAIT);
    stage
        .tap("English")
        .tap("Touch to check in")
        .tap("繁體中文")
        .tap("第一次來");
    assert_eq!(
        stage
            .screen
            .window
            .global::<KioskState>()
            .get_notice_title(),
        "個人資料處理告知"
    );
}

#[test]
fn p6_the_countdown_covers_the_screen_and_any_touch_ends_it() {
    let stage = Stage::open(PORTRAIT);
    stage.tap("轻触开始登记").wait(32);
    let state = stage.screen.window.global::<KioskState>();
    assert_eq!(state.get_countdown(), 8);
    stage.tap("继续登记");
    assert_eq!(state.get_countdown(), -1);
    stage.wait(41).tap("轻触开始登记");
}

#[test]
fn k10_the_kiosks_own_ticket_and_its_word_about_another_floor_look_as_agreed() {
    for (folder, size) in [("kiosk", PORTRAIT), ("kiosk-wide", LANDSCAPE)] {
        let stage = Stage::open(size);
        walk_to_sending(&stage);
        let own = yingbin::core::kiosk::TicketInfo {
            number: "K12-107".into(),
            ahead: 0,
            wait_seconds: 0,
            wait_range: None,
            consultant: None,
            url: String::new(),
            printing: false,
            ..ticket()
        };
        let (key, ticket) = (stage.key(), Box::new(own));
        stage.tell(Message::CheckedIn { key, ticket });
        let window = stage.screen.window.window();
        looks(window, &format!("{folder}/own_ticket-zh-CN"), 2).unwrap();
        stage.wait(46).tell(Message::OtherFloor);
        looks(window, &format!("{folder}/other_floor-zh-CN"), 2).unwrap();
    }
}

fn walk_to_sending(stage: &Stage) {
    stage
        .tell(Message::Start {
            key: "key-1".into(),
        })
        .tell(Message::Before(Before::No))
        .tell(Message::Next)
        .tell(Message::Purpose("view_homes".into()))
        .tell(Message::PartySize(2))
        .tell(Message::Next);
}

/// What a phone reads from the picture on the screen.
fn read_qr(stage: &Stage) -> String {
    let shot = stage.screen.window.window().take_snapshot().unwrap();
    let (width, height) = (shot.width() as usize, shot.height() as usize);
    let pixels = shot.as_slice();
    let grey = |x: usize, y: usize| pixels[y * width + x].g;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    let found = picture.detect_grids();
    found
        .first()
        .expect("a QR on the screen")
        .decode()
        .expect("it is readable")
        .1
}

/// A page and how to come there from the one before.
type Page = (&'static str, fn(&Stage));

/// Every page in the order of the way.
const PAGES: [Page; 16] = [
    ("welcome", |_| {}),
    ("by_name", |s| {
        s.tell(Message::Start {
            key: "key-1".into(),
        })
        .tell(Message::Before(Before::ByName));
    }),
    ("before", |s| {
        s.tell(Message::Before(Before::Yes)).tell(Message::AskFor(
            site().consultants.first().map(|c| c.id.clone()),
        ));
    }),
    ("notice", |s| {
        s.tell(Message::Next)
            .tell(agree("reception", true))
            .tell(agree("follow_up_sms", false));
    }),
    ("age", |s| {
        s.tell(Message::Next);
    }),
    ("under_age", |s| {
        s.tell(Message::OfAge(false));
    }),
    ("name", |s| {
        s.tell(Message::Back)
            .tell(Message::OfAge(true))
            .tell(Message::Surname("欧阳".into()))
            .tell(Message::Title(yingbin::core::guest_name::Title::Ms))
            .tell(Message::Focus(yingbin::core::kiosk::Field::GivenName));
        for key in "zi".chars() {
            s.tell(Message::Key(key));
        }
    }),
    ("phone", |s| {
        s.tell(Message::Next);
        for key in "1380013".chars() {
            s.tell(Message::Key(key));
        }
        s.tell(Message::Next);
    }),
    ("visit", |s| {
        s.tell(Message::Clear)
            .tell(Message::Next)
            .tell(Message::Purpose("view_homes".into()))
            .tell(Message::PartySize(2))
            .tell(Message::Drink(Some("tea".into())));
    }),
    ("idle", |s| {
        s.wait(32);
    }),
    ("sending", |s| {
        s.tell(Message::Next);
    }),
    ("trouble", |s| {
        for seconds in [1, 2, 4, 8, 0] {
            let key = s.key();
            s.tell(Message::CheckInFailed {
                key,
                failure: Failure::Temporary,
            })
            .wait(seconds);
        }
    }),
    ("ticket", |s| {
        s.tell(Message::Retry).answered();
        s.tell(Message::Paper {
            visit: ticket().visit,
            paper: Paper::Missing,
        });
    }),
    ("another", |s| {
        s.tell(Message::WishAnother);
    }),
    ("connecting", |s| {
        s.wait(1)
            .tell(Message::Leave)
            .tell(Message::SiteFailed)
            .tell(Message::SiteFailed);
    }),
    ("closed", |s| {
        let closed = SiteInfo {
            closed: true,
            ..site()
        };
        s.tell(Message::SiteFetched(Box::new(closed)));
    }),
];

fn agree(purpose: &str, given: bool) -> Message {
    Message::Consent {
        purpose: purpose.into(),
        given,
    }
}

/// The language is chosen anew where a wipe set it back.
fn speak(stage: &Stage, language: Language) {
    stage.tell(Message::Language(language));
}

fn every_page_looks(folder: &str, size: (u32, u32), language: Language) {
    let stage = Stage::open(size);
    let mut wrong = Vec::new();
    for (page, go) in PAGES {
        go(&stage);
        if matches!(page, "welcome" | "connecting" | "closed") {
            speak(&stage, language);
        }
        let name = format!("{folder}/{page}-{}", language.tag());
        wrong.extend(looks(stage.screen.window.window(), &name, 2).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn k1_every_page_looks_as_agreed_in_simplified_chinese() {
    every_page_looks("kiosk", PORTRAIT, Language::ZhCn);
}

#[test]
fn k1_every_page_looks_as_agreed_in_english() {
    every_page_looks("kiosk", PORTRAIT, Language::En);
}

#[test]
fn k1_every_page_looks_as_agreed_on_a_wide_screen() {
    every_page_looks("kiosk-wide", LANDSCAPE, Language::ZhTw);
}

#[test]
fn k1_everything_that_can_be_touched_is_large_and_labelled() {
    for (size, language) in [
        (PORTRAIT, Language::ZhCn),
        (PORTRAIT, Language::En),
        (LANDSCAPE, Language::En),
    ] {
        let stage = Stage::open(size);
        for (page, go) in PAGES {
            go(&stage);
            if page == "welcome" {
                speak(&stage, language);
            }
            assert!(touchables(&stage.screen.window) > 0, "{page}");
            let faults = touch_faults(&stage.screen.window, 64.0);
            assert!(faults.is_empty(), "{page} {}: {faults:#?}", language.tag());
        }
    }
}

#[test]
fn k1_large_type_leaves_every_button_on_the_screen() {
    let stage = Stage::open(PORTRAIT);
    stage.screen.window.global::<Theme>().set_scale(1.2);
    for (page, go) in PAGES {
        go(&stage);
        if page == "welcome" {
            speak(&stage, Language::En);
        }
        if matches!(
            page,
            "before" | "notice" | "age" | "name" | "phone" | "visit"
        ) {
            let back = labelled(&stage.screen.window, "Back");
            let bottom = back.absolute_position().y + back.size().height;
            assert!(bottom <= 1920.0, "{page}: {bottom}");
        }
    }
    assert_eq!(stage.screen.step(), Step::Welcome, "closed for today");
}
