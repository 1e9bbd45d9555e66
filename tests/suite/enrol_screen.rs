//! A screen from its first start on: its code typed at its own window, at a real floor.

use axum::Router;
use serde_json::json;
use slint::platform::Key;
use yingbin::client::cut_off::{CutOff, Patience};
use yingbin::client::own_series::OwnSeries;
use yingbin::core::enrol::standing::Shown;
use yingbin::core::enrol::{Effect, Failure, Message};
use yingbin::core::time::Millis;
use yingbin::screens::enrol::run;

use crate::enrolment::{CODE, OTHER_CODE, encrypted, floor_with, grant, hand_down};
use crate::support::floor::{MORNING, TestFloor};
use crate::support::joining::{Place, Program, words};
use crate::support::line::Line;
use crate::support::site::party;

#[tokio::test(flavor = "multi_thread")]
async fn k10_a_new_kiosk_is_enrolled_at_its_own_window_and_never_asks_again() {
    let floor = floor_with(vec![
        grant("kiosk-9", "kiosk", "e1", CODE),
        grant("desk-9", "desk", "e2", OTHER_CODE),
    ])
    .await;
    let place = Place::new("");
    let mut kiosk = Program::start(&place);
    assert_eq!(kiosk.joining.shown(), Some(Shown::Page));
    assert!(kiosk.view().asks_for_address);
    kiosk.types(floor.url.strip_prefix("http://").unwrap());
    kiosk.key(Key::Return);

    kiosk.types("7K3MD-01ZXY");
    assert_eq!(kiosk.refused().await, words("refused"));
    assert_eq!(place.kept(), None);
    // Somebody else's code.
    kiosk.key(Key::Escape);
    kiosk.types(OTHER_CODE);
    let said = kiosk.refused().await;
    assert!(
        said.contains("for a desk") && said.contains("this kiosk"),
        "{said}"
    );
    assert_eq!(place.kept(), None);

    kiosk.types(CODE);
    kiosk.enrols().await;
    assert!(kiosk.client().site().await.is_ok());
    let kept = place.kept().unwrap();
    assert_eq!(kept["device"].as_str(), Some("kiosk-9"));
    assert_eq!(
        kept["floor"].as_str(),
        Some(&*floor.url),
        "the configuration names none"
    );
    assert!(!format!("{kept:?}").contains(CODE));
    assert_eq!(
        std::fs::read_dir(place.folder.path()).unwrap().count(),
        3,
        "kiosk.db too"
    );

    let mut next = Program::start(&place);
    assert_eq!(
        next.joining.shown(),
        Some(Shown::Work),
        "it does not ask again"
    );
    next.hear().await;
    assert_eq!(next.joining.shown(), Some(Shown::Work));
    assert!(next.client().site().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_over_tls_the_page_pins_the_floors_key_and_a_configured_address_is_not_kept_twice() {
    let floor = encrypted(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let place = Place::new(&format!("floor = \"{}\"\n", floor.url));
    let mut kiosk = Program::start(&place);
    assert_eq!(kiosk.view().address, floor.url);
    kiosk.types(CODE);
    kiosk.enrols().await;
    assert!(kiosk.client().site().await.is_ok());
    let kept = place.kept().unwrap();
    assert!(kept.contains_key("floor_key") && !kept.contains_key("floor"));
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_a_revoked_kiosk_asks_for_a_code_when_its_guest_has_gone_and_loses_no_promise() {
    let kiosk_9 = || grant("kiosk-9", "kiosk", "e1", CODE);
    let floor = floor_with(vec![kiosk_9()]).await;
    let place = Place::new(&format!("floor = \"{}\"\n", floor.url));
    place.membership().join(None, CODE).await.unwrap();
    let mut program = Program::start(&place);
    let old = program.client();
    // A number of the kiosk's own, promised while the floor was away.
    let clock = || Millis::parse_rfc3339(MORNING).unwrap();
    let series = OwnSeries::open(place.folder.path()).unwrap();
    series.keep_site(&old.site().await.unwrap()).unwrap();
    let promised = series.issue("k", &party(), clock()).unwrap().ticket.number;

    program.free.set(false);
    hand_down(&floor, vec![]).await;
    let handing = CutOff::new(old.clone(), series, None, clock, Patience::default());
    assert!(
        handing.hand_over().await.is_err(),
        "the floor does not know it"
    );
    for _ in 0..3 {
        program.hear().await;
        assert_eq!(
            program.joining.shown(),
            Some(Shown::Work),
            "a guest is there"
        );
    }
    program.free.set(true);
    program.until(Shown::Page).await;
    let reason = program.view().reason;
    assert!(
        reason.contains(&words("why_unknown")) && reason.contains('1'),
        "{reason}"
    );
    assert_eq!(place.held(), 1);

    // Another enrolment has another number.
    let mut again = grant("kiosk-9", "kiosk", "e2", OTHER_CODE);
    again["number"] = json!(4);
    hand_down(&floor, vec![again]).await;
    program.types(OTHER_CODE);
    program.enrols().await;
    let series = OwnSeries::open(place.folder.path()).unwrap();
    let handing = CutOff::new(program.client(), series, None, clock, Patience::default());
    handing.hand_over().await.unwrap();
    assert_eq!(place.held(), 0);
    let visits = floor.desk().await.visits;
    assert_eq!(
        visits.iter().map(|v| &*v.ticket).collect::<Vec<_>>(),
        [promised]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_the_page_goes_by_itself_when_the_floor_knows_the_screen_again() {
    let kiosk_9 = || grant("kiosk-9", "kiosk", "e1", CODE);
    let floor = floor_with(vec![kiosk_9()]).await;
    let line = Line::to(&floor.url).await;
    let place = Place::new(&format!("floor = \"{}\"\n", line.url()));
    place.membership().join(None, CODE).await.unwrap();
    let mut program = Program::start(&place);
    assert_eq!(program.joining.shown(), Some(Shown::Work));
    // Led to a floor that has not heard of its screens.
    let other = TestFloor::start().await;
    line.lead_to(&other.url);
    program.until(Shown::Page).await;
    line.lead_to(&floor.url);
    // Whoever is typing is not interrupted.
    program.types("7K");
    for _ in 0..3 {
        program.hear().await;
        assert_eq!(program.joining.shown(), Some(Shown::Page));
    }
    program.key(Key::Escape);
    program.until(Shown::Work).await;
    assert!(program.client().site().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_the_page_goes_by_itself_when_the_screen_is_enrolled_by_command() {
    let floor = floor_with(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let place = Place::new(&format!("floor = \"{}\"\n", floor.url));
    let mut program = Program::start(&place);
    assert_eq!(program.joining.shown(), Some(Shown::Page));
    place.membership().join(None, CODE).await.unwrap();
    program.until(Shown::Work).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_an_enrolment_that_cannot_be_used_leads_to_the_page() {
    let floor = floor_with(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    for kept in [
        "no toml",
        "device = \"d\"\nrole = \"desk\"\ntoken = \"t\"\n",
    ] {
        let place = Place::new(&format!("floor = \"{}\"\n", floor.url));
        std::fs::write(place.folder.path().join("kiosk.enrolment"), kept).unwrap();
        let program = Program::start(&place);
        assert_eq!(program.view().reason, words("why_unusable"));
    }
    // A floor that was replaced: nothing is asked of it, and the page says so.
    let ours = encrypted(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let line = Line::to(&ours.url).await;
    let place = Place::new(&format!("floor = \"https://{}\"\n", line.address));
    place.membership().join(None, CODE).await.unwrap();
    let other = encrypted(vec![grant("kiosk-9", "kiosk", "e1", OTHER_CODE)]).await;
    line.lead_to(&other.url);
    let mut program = Program::start(&place);
    program.until(Shown::Page).await;
    assert_eq!(program.view().reason, words("why_other_floor"));
    program.types(OTHER_CODE);
    program.enrols().await;
    assert!(program.client().site().await.is_ok());
}

/// What the page says of a floor at `address`.
async fn failure(place: &Place, address: &str) -> Failure {
    let effect = Effect::Enrol {
        floor: Some(address.to_owned()),
        code: CODE.to_owned(),
    };
    match run(&place.membership(), effect).await {
        Message::Failed(failure) => failure,
        other => panic!("{address}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_the_page_tells_apart_what_is_wrong_with_an_address() {
    let place = Place::new("");
    let stranger = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = stranger.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(stranger, Router::new()).await });
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = nobody.local_addr().unwrap();
    drop(nobody);
    for (wrong, expected) in [
        ("http://".to_owned(), Failure::NotAnAddress),
        ("https://10.0.0.9:port".to_owned(), Failure::NotAnAddress),
        ("http://10.0.0.9:7710".to_owned(), Failure::InClear),
        (format!("http://{gone}"), Failure::Unreachable),
        (format!("https://{gone}"), Failure::Unreachable),
        (format!("https://{address}"), Failure::Tls),
        (format!("http://{address}"), Failure::NotAFloor),
    ] {
        assert_eq!(failure(&place, &wrong).await, expected, "{wrong}");
    }
    // A floor that has heard nothing from its office.
    let mut new = TestFloor::start().await;
    new.stop().await;
    let empty = tempfile::tempdir().unwrap();
    let mut settings = new.settings(empty.path());
    settings.centre = None;
    new.begin_with(settings);
    assert_eq!(failure(&place, &new.url).await, Failure::Starting);
    assert_eq!(place.kept(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_where_nothing_can_be_kept_the_code_is_not_used_up() {
    let floor = floor_with(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let gone = Place::new("");
    let membership = gone.membership();
    drop(gone);
    let enrol = || Effect::Enrol {
        floor: Some(floor.url.clone()),
        code: CODE.to_owned(),
    };
    assert_eq!(
        run(&membership, enrol()).await,
        Message::Failed(Failure::NoPlace)
    );
    let place = Place::new("");
    let done = run(&place.membership(), enrol()).await;
    assert_eq!(done, Message::Enrolled("kiosk-9".into()));
}
