//! The page on which a screen is enrolled: how it looks, what can be touched, what the keys do.

use std::cell::RefCell;
use std::rc::Rc;

use i_slint_backend_testing::ElementHandle;
use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString};
use yingbin::core::enrol::{self, Effect, Enrol, Failure, Field, Message, Settings, Why};
use yingbin::core::language::Language;
use yingbin::core::time::Millis;
use yingbin::screens::enrol::Screen;
use yingbin_ui::{EnrolWindow, KioskState, Theme};

use super::support::screens::{labelled, tap, touch_faults, touchables};
use super::support::snapshot::{in_memory, looks, resize, settle};

const KIOSK: (u32, u32) = (1080, 1920);
const TELEVISION: (u32, u32) = (1920, 1080);
const DESK: (u32, u32) = (1280, 800);
const SMALL: (u32, u32) = (1280, 720);

slint::slint! {
    // Another program, from which is copied.
    export component Elsewhere inherits Window {
        public function copy(text: string) {
            field.text = text;
            field.select-all();
            field.copy();
        }
        field := TextInput { }
    }
}

fn settings(screen: enrol::Screen, why: Why) -> Settings {
    Settings {
        screen,
        why,
        language: Language::ZhCn,
        floor: None,
        last_floor: None,
        in_clear: false,
        held: 0,
        command: format!("yingbin enrol {0} --config {0}.toml", screen.name()),
    }
}

struct Stage {
    screen: Rc<Screen>,
    effects: Rc<RefCell<Vec<Effect>>>,
}

impl Stage {
    fn open((width, height): (u32, u32), settings: Settings) -> Self {
        in_memory();
        let effects = Rc::new(RefCell::new(Vec::new()));
        let noted = Rc::clone(&effects);
        let window = EnrolWindow::new().unwrap();
        window
            .global::<KioskState>()
            .set_brand_name("云栖府".into());
        let screen = Screen::connect(
            window,
            Enrol::new(settings),
            Box::new(|| Millis(1_000)),
            Box::new(move |effect| noted.borrow_mut().push(effect)),
        );
        screen.window.show().unwrap();
        resize(screen.window.window(), width, height);
        Self { screen, effects }
    }

    fn key(&self, key: impl Into<SharedString>) -> &Self {
        let text = key.into();
        let window = self.screen.window.window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
        settle();
        self
    }

    fn types(&self, text: &str) -> &Self {
        for key in text.chars() {
            self.key(key);
        }
        self
    }

    fn tap(&self, label: &str) -> &Self {
        tap(&self.screen.window, label);
        settle();
        self
    }

    fn tell(&self, message: Message) -> &Self {
        self.screen.tell(message);
        settle();
        self
    }

    fn looks(&self, name: &str) -> Option<String> {
        looks(self.screen.window.window(), &format!("enrol/{name}"), 2).err()
    }

    fn sent(&self) -> Vec<(Option<String>, String)> {
        let effects = self.effects.borrow();
        let sent = effects.iter().map(|effect| {
            let Effect::Enrol { floor, code } = effect;
            (floor.clone(), code.clone())
        });
        sent.collect()
    }
}

fn sent(floor: Option<&str>, code: &str) -> Vec<(Option<String>, String)> {
    vec![(floor.map(str::to_owned), code.to_owned())]
}

#[test]
fn k10_a_screen_is_enrolled_by_keyboard_alone() {
    let stage = Stage::open(DESK, settings(enrol::Screen::Desk, Why::New));
    stage.types("192.168.1.2").key(Key::Backspace).types("20");
    stage
        .key(Key::Tab)
        .types("7k3md-01zxx")
        .key(Key::Backspace)
        .types("w");
    stage.key(Key::F2).key(Key::F2);
    let view = stage.screen.view();
    assert_eq!(view.language, Language::En);
    assert_eq!(view.understood, "Will connect to https://192.168.1.20:7710");
    assert!(stage.sent().is_empty());
    stage.key(Key::Return).key(Key::Return);
    assert_eq!(
        stage.sent(),
        sent(Some("https://192.168.1.20:7710"), "7K3MD-01ZXW"),
        "once"
    );
    stage
        .tell(Message::Failed(Failure::Refused))
        .key(Key::Escape);
    assert!(stage.screen.is_free(), "the code is gone");
    stage.key(Key::Tab);
    assert_eq!(stage.screen.view().field, Field::Address);
}

#[test]
fn k10_a_screen_is_enrolled_by_touch_alone() {
    let stage = Stage::open(KIOSK, settings(enrol::Screen::Kiosk, Why::New));
    for key in "floor.lan:443".chars() {
        stage.tap(&key.to_string());
    }
    for key in "33".chars() {
        stage.tap(&key.to_string());
    }
    stage.tap("删除").tap("English").tap("Code");
    for key in "7K3MD01ZXY".chars() {
        stage.tap(&key.to_string());
    }
    stage.tap("Backspace").tap("W").tap("Enrol");
    assert_eq!(
        stage.sent(),
        sent(Some("https://floor.lan:4433"), "7K3MD-01ZXW")
    );
    // While it is on its way, nothing takes a touch.
    stage.tap("Clear").tap("Enrolling…");
    assert_eq!(stage.sent().len(), 1);
    stage.tell(Message::Failed(Failure::TooMany)).tap("Clear");
    assert!(stage.screen.view().signs.is_empty());
    let code = labelled(&stage.screen.window, "Code");
    assert_eq!(code.accessible_value().as_deref(), Some(""));
}

#[test]
fn k10_a_code_copied_in_the_console_is_pasted() {
    let floor = Some("https://192.168.1.20:7710".to_owned());
    let stage = Stage::open(
        DESK,
        Settings {
            floor,
            ..settings(enrol::Screen::Desk, Why::New)
        },
    );
    let window = stage.screen.window.window();
    let control = SharedString::from(Key::Control);
    let elsewhere = Elsewhere::new().unwrap();
    elsewhere.invoke_copy(" 7K3MD-01ZXW ".into());
    window.dispatch_event(WindowEvent::KeyPressed {
        text: control.clone(),
    });
    stage.key("v");
    window.dispatch_event(WindowEvent::KeyReleased { text: control });
    stage.key(Key::Return);
    assert_eq!(stage.sent(), sent(None, "7K3MD-01ZXW"));
}

/// What leads from one page to the next.
type Go = fn(&Stage);

fn pages() -> [(&'static str, Go); 5] {
    [
        ("new", |_| {}),
        ("code", |stage| {
            stage.types("192.168.1.20").key(Key::Return).types("7K3MD");
        }),
        ("running", |stage| {
            stage.types("01ZXW").key(Key::Return);
        }),
        ("refused", |stage| {
            stage.tell(Message::Failed(Failure::Refused));
        }),
        ("done", |stage| {
            stage.tell(Message::Enrolled("screen-2".into()));
        }),
    ]
}

fn every_page_looks(folder: &str, size: (u32, u32), screen: enrol::Screen, language: Language) {
    let stage = Stage::open(
        size,
        Settings {
            language,
            ..settings(screen, Why::New)
        },
    );
    let mut wrong = Vec::new();
    for (page, go) in pages() {
        go(&stage);
        wrong.extend(stage.looks(&format!("{folder}-{page}-{}", language.tag())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn k10_the_page_looks_as_agreed_on_a_kiosk() {
    every_page_looks("kiosk", KIOSK, enrol::Screen::Kiosk, Language::ZhCn);
    every_page_looks("kiosk", KIOSK, enrol::Screen::Kiosk, Language::En);
}

#[test]
fn k10_the_page_looks_as_agreed_on_a_desk() {
    every_page_looks("desk", DESK, enrol::Screen::Desk, Language::ZhCn);
    every_page_looks("desk", DESK, enrol::Screen::Desk, Language::En);
}

#[test]
fn k10_the_page_looks_as_agreed_on_a_television() {
    every_page_looks(
        "display",
        TELEVISION,
        enrol::Screen::Display,
        Language::ZhTw,
    );
}

#[test]
fn k10_the_page_of_a_revoked_screen_looks_as_agreed() {
    let mut wrong = Vec::new();
    for (folder, size, screen) in [
        ("kiosk", KIOSK, enrol::Screen::Kiosk),
        ("desk", SMALL, enrol::Screen::Desk),
    ] {
        for language in [Language::ZhCn, Language::En] {
            let held = if folder == "kiosk" { 3 } else { 0 };
            let settings = Settings {
                language,
                floor: Some("https://192.168.1.20:7710".into()),
                held,
                ..settings(screen, Why::Unknown)
            };
            let stage = Stage::open(size, settings);
            wrong.extend(stage.looks(&format!("{folder}-revoked-{}", language.tag())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Everything said at the greatest length: each failure under the longest reason.
#[test]
fn k10_everything_that_can_be_touched_is_large_labelled_and_on_the_screen() {
    for size in [KIOSK, TELEVISION, DESK, SMALL] {
        for large in [1.0, 1.2] {
            for screen in [enrol::Screen::Kiosk, enrol::Screen::Display] {
                let settings = Settings {
                    language: Language::En,
                    held: 12,
                    ..settings(screen, Why::Unknown)
                };
                let stage = Stage::open(size, settings);
                // The desk and other small windows have no large type.
                if size == KIOSK || size == TELEVISION {
                    stage.screen.window.global::<Theme>().set_scale(large);
                }
                settle();
                for field in [Field::Address, Field::Code] {
                    stage.tell(Message::Focus(field));
                    let window = &stage.screen.window;
                    assert!(touchables(window) > 30);
                    let faults = touch_faults(window, 64.0);
                    assert!(faults.is_empty(), "{size:?} {field:?}: {faults:#?}");
                    for label in ["Enrol", "Clear", "Backspace", "0", "English"] {
                        let button = labelled(window, label);
                        let (at, has) = (button.absolute_position(), button.size());
                        let (right, bottom) = (at.x + has.width, at.y + has.height);
                        let inside = right <= size.0 as f32 && bottom <= size.1 as f32;
                        assert!(inside && at.y >= 0.0, "{size:?} {label}: {right} {bottom}");
                    }
                    assert!(nothing_overlaps(window), "{size:?} ×{large}: {screen:?}");
                }
            }
        }
    }
}

/// The guests' line, or the last of the words, ends above the fields or the window's end.
fn nothing_overlaps(window: &EnrolWindow) -> bool {
    let words = |start: &str| {
        ElementHandle::find_by_accessible_label(window, start)
            .next()
            .map(|e| {
                let (at, has) = (e.absolute_position(), e.size());
                (at.y, at.y + has.height)
            })
    };
    let size = window.window().size();
    let guests = yingbin::core::words::say(Language::En, "enrol.guests", &[]);
    let note = yingbin::core::words::say(Language::En, "enrol.note", &[]);
    let end = if size.width > size.height {
        size.height as f32
    } else {
        860.0
    };
    let note_ends = words(&note).map_or(0.0, |(_, bottom)| bottom);
    match words(&guests) {
        Some((top, bottom)) => note_ends <= top && bottom <= end,
        None => note_ends <= end,
    }
}
