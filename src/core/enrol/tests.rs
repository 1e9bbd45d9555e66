use super::*;
use crate::core::words::known;

fn settings(floor: Option<&str>) -> Settings {
    Settings {
        screen: Screen::Kiosk,
        why: Why::New,
        language: Language::ZhCn,
        floor: floor.map(str::to_owned),
        last_floor: None,
        in_clear: false,
        held: 0,
        command: "yingbin enrol kiosk --config kiosk.toml".to_owned(),
    }
}

struct Page {
    enrol: Enrol,
    now: Millis,
}

impl Page {
    fn with(settings: Settings) -> Self {
        let (enrol, now) = (Enrol::new(settings), Millis(1_000_000));
        Self { enrol, now }
    }

    fn tell(&mut self, message: Message) -> Option<Effect> {
        self.enrol.update(message, self.now)
    }

    fn types(&mut self, text: &str) -> &mut Self {
        for key in text.chars() {
            assert_eq!(self.tell(Message::Key(key)), None);
        }
        self
    }

    fn signs(&self) -> String {
        self.enrol.view().signs.into_iter().collect()
    }
}

fn sends(floor: Option<&str>, code: &str) -> Option<Effect> {
    Some(Effect::Enrol {
        floor: floor.map(str::to_owned),
        code: code.to_owned(),
    })
}

#[test]
fn k10_a_code_is_typed_as_people_type_and_sent_once() {
    let mut page = Page::with(settings(Some("https://10.0.0.9:7710")));
    assert!(!page.enrol.view().can_enrol);
    page.types("7k3md-ol");
    assert_eq!(page.tell(Message::Enrol), None, "not whole yet");
    page.types("u!号z xww");
    assert_eq!(page.signs(), "7K3MD01ZXW");
    assert!(page.enrol.view().can_enrol);
    assert_eq!(page.tell(Message::Enrol), sends(None, "7K3MD-01ZXW"));
    let view = page.enrol.view();
    assert!(view.busy && !view.can_enrol);
    assert_eq!((view.tone, view.button.as_str()), (Tone::Busy, "正在登记…"));
    // A second press, and keys that fall meanwhile, change nothing.
    assert_eq!(page.tell(Message::Enrol), None);
    page.types("A");
    page.tell(Message::Clear);
    assert_eq!(page.signs(), "7K3MD01ZXW");
    page.tell(Message::Enrolled("kiosk-9".into()));
    let view = page.enrol.view();
    assert_eq!((view.tone, view.signs.len()), (Tone::Good, 0));
    assert!(view.status.contains("kiosk-9") && !page.enrol.is_free());
}

#[test]
fn k10_a_pasted_code_fills_the_field() {
    let mut page = Page::with(settings(Some("https://10.0.0.9:7710")));
    page.tell(Message::Paste(" 7K3MD-01ZXW\n".into()));
    assert_eq!(page.signs(), "7K3MD01ZXW");
    page.tell(Message::Backspace);
    assert_eq!(page.signs(), "7K3MD01ZX");
    page.tell(Message::Clear);
    assert_eq!(page.signs(), "");
}

#[test]
fn k10_the_floors_address_is_asked_for_where_the_configuration_names_none() {
    let mut page = Page::with(settings(None));
    let view = page.enrol.view();
    assert!(view.asks_for_address && view.field == Field::Address);
    assert_eq!(page.tell(Message::Enrol), None);
    page.types("192.168.1.20");
    assert!(
        page.enrol
            .view()
            .understood
            .contains("https://192.168.1.20:7710")
    );
    assert_eq!(page.tell(Message::Enrol), None, "on to the code");
    assert_eq!(page.enrol.view().field, Field::Code);
    page.types("7K3MD01ZXW");
    let whole = Some("https://192.168.1.20:7710");
    assert_eq!(page.tell(Message::Enrol), sends(whole, "7K3MD-01ZXW"));

    // Nobody there: the address is what to look at, and the code stays.
    page.tell(Message::Failed(Failure::Unreachable));
    let view = page.enrol.view();
    assert_eq!((view.field, view.tone), (Field::Address, Tone::Bad));
    page.tell(Message::Backspace);
    assert_eq!(page.enrol.view().status, "", "it goes with the next key");
    page.types("1");
    let whole = Some("https://192.168.1.21:7710");
    assert_eq!(page.tell(Message::Enrol), sends(whole, "7K3MD-01ZXW"));
}

#[test]
fn k10_a_configured_address_is_shown_and_not_touched() {
    let mut page = Page::with(settings(Some("https://10.0.0.9:7710")));
    page.tell(Message::OtherField);
    page.tell(Message::Focus(Field::Address));
    page.types("7");
    let view = page.enrol.view();
    assert_eq!(
        (view.address.as_str(), view.field),
        ("https://10.0.0.9:7710", Field::Code)
    );
    assert!(!view.asks_for_address);
    page.tell(Message::Failed(Failure::Unreachable));
    assert_eq!(page.enrol.view().field, Field::Code);
}

#[test]
fn k10_the_address_of_the_last_enrolment_is_there_to_begin_with() {
    let mut page = Page::with(Settings {
        last_floor: Some("https://10.0.0.9:7710".into()),
        why: Why::Unknown,
        held: 3,
        ..settings(None)
    });
    let view = page.enrol.view();
    assert_eq!(
        (view.address.as_str(), view.field),
        ("https://10.0.0.9:7710", Field::Code)
    );
    assert_eq!(view.understood, "");
    assert!(
        view.reason.contains('3'),
        "what it still holds is not lost: {}",
        view.reason
    );
    page.tell(Message::OtherField);
    assert_eq!(page.enrol.view().field, Field::Address);
}

#[test]
fn k10_every_failure_has_its_sentence_in_every_language_and_a_code_of_no_more_use_is_wiped() {
    use Failure::*;
    let all = [
        NotAnAddress,
        InClear,
        Refused,
        TooMany,
        OtherRole(None),
        OtherRole(Some(Screen::Desk)),
        Untrue,
        Unreachable,
        Tls,
        NotAFloor,
        Starting,
        NoPlace,
        NotKept,
    ];
    let mut said = Vec::new();
    for failure in all {
        let mut page = Page::with(settings(Some("https://10.0.0.9:7710")));
        page.types("7K3MD01ZXW").tell(Message::Enrol);
        page.tell(Message::Failed(failure));
        assert_eq!(page.enrol.is_free(), failure.wants_another(), "{failure:?}");
        for _ in Language::ALL {
            page.tell(Message::NextLanguage);
            let view = page.enrol.view();
            assert_eq!(view.tone, Tone::Bad);
            assert!(
                !view.status.is_empty() && !view.status.starts_with("enrol."),
                "{failure:?}"
            );
            assert!(!view.status.contains('{'), "{}", view.status);
            said.push(view.status);
        }
        assert_eq!(page.enrol.view().language, Language::ZhCn, "once around");
    }
    let count = said.len();
    said.sort();
    said.dedup();
    assert_eq!(said.len(), count, "each says something of its own");
}

#[test]
fn k10_a_code_left_on_the_screen_is_wiped() {
    let mut page = Page::with(settings(Some("https://10.0.0.9:7710")));
    page.tell(Message::Language(Language::En));
    page.types("7K3MD");
    page.now = page.now.plus_seconds(IDLE_SECONDS - 1);
    page.tell(Message::Tick);
    assert_eq!(page.signs(), "7K3MD");
    assert!(!page.enrol.is_free());
    page.now = page.now.plus_seconds(1);
    page.tell(Message::Tick);
    assert_eq!((page.signs().as_str(), page.enrol.is_free()), ("", true));
    assert_eq!(page.enrol.view().language, Language::ZhCn);
    // Never while it is on its way.
    page.types("7K3MD01ZXW").tell(Message::Enrol);
    page.now = page.now.plus_seconds(IDLE_SECONDS);
    page.tell(Message::Tick);
    assert_eq!(page.signs(), "7K3MD01ZXW");
}

#[test]
fn k10_every_screen_and_reason_has_its_words() {
    for screen in [Screen::Kiosk, Screen::Display, Screen::Desk] {
        assert_eq!(Screen::from_name(screen.name()), Some(screen));
        for why in [Why::New, Why::Unknown, Why::OtherFloor, Why::Unusable] {
            let page = Page::with(Settings {
                screen,
                why,
                ..settings(None)
            });
            let shown = format!("{:?}", page.enrol.view());
            assert!(
                !shown.contains("enrol.") || shown.contains("yingbin enrol"),
                "{shown}"
            );
            assert_eq!(page.enrol.view().reason.is_empty(), why == Why::New);
        }
    }
    assert!(known("enrol.title_kiosk"));
}
