//! The floor's line to the centre, and what stays on the floor.

use std::path::Path;

use base64::Engine;
use serde_json::json;
use yingbin::crypto::{chain, seal};
use yingbin::protocol::profile::{PROFILE_VERSION, Profile, Title};

use crate::support::floor::TestFloor;
use crate::support::site::{agreed, party};

#[tokio::test]
async fn k9_after_an_outage_everything_is_delivered_once_and_in_order() {
    let floor = TestFloor::open().await;
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    floor.centre.cut_off(true);
    for n in 0..20 {
        floor.check_in(&format!("k{n}"), &party()).await;
    }
    floor.centre.turned_away().await;
    let cut = floor.desk_until(|d| d.outbox.state == "unreachable").await;
    assert!(cut.outbox.backlog >= 20, "{:?}", cut.outbox);
    assert!(cut.outbox.oldest.is_some());
    floor.centre.cut_off(false);
    let whole = floor.desk_until(|d| d.outbox.backlog == 0).await;
    assert_eq!(
        (whole.outbox.state.as_str(), whole.outbox.oldest),
        ("ok", None)
    );
    let delivered = floor.centre.events();
    let check_ins = delivered
        .iter()
        .filter(|e| e["body"]["kind"] == "checked_in");
    let numbers: Vec<&str> = check_ins
        .filter_map(|e| e["body"]["ticket"].as_str())
        .collect();
    let expected: Vec<String> = (1..=20).map(|n| format!("A{n:03}")).collect();
    assert_eq!(numbers, expected);
    let actors: Vec<&str> = delivered
        .iter()
        .filter_map(|e| e["actor"].as_str())
        .collect();
    for actor in ["centre", "floor", "desk-1", "kiosk-1"] {
        assert!(actors.contains(&actor), "{actor} in {actors:?}");
    }
}

#[tokio::test]
async fn p7_a_sealed_profile_travels_with_its_check_in_and_is_gone_once_the_centre_has_it() {
    let floor = TestFloor::open().await;
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    floor.centre.cut_off(true);
    let centre_key = age::x25519::Identity::generate();
    let profile = Profile {
        v: PROFILE_VERSION,
        surname: "慕容".into(),
        given_name: Some("云笙".into()),
        title: Title::Mr,
        phone: Some("13900001234".into()),
        idempotency_key: "k".into(),
        notice_hash: "h".into(),
    };
    let sealed = seal::seal(&profile, &centre_key.to_public().to_string()).unwrap();
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("慕容先生".into());
    body.sealed_profile = Some(base64::engine::general_purpose::STANDARD.encode(&sealed));
    floor.check_in("k", &body).await;

    let db = rusqlite::Connection::open(floor.data.path().join("floor.db")).unwrap();
    let blobs = || -> i64 {
        let count = "SELECT count(*) FROM profiles";
        db.query_row(count, [], |r| r.get(0)).unwrap()
    };
    assert_eq!(blobs(), 1);
    for clear in ["慕容", "云笙", "13900001234"] {
        assert_eq!(found(floor.data.path(), clear.as_bytes()), None, "{clear}");
    }
    floor.centre.cut_off(false);
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    assert_eq!(blobs(), 0);
    let delivered = floor.centre.profiles();
    let blob = &delivered[&chain::sha256_hex(&sealed)];
    let blob = base64::engine::general_purpose::STANDARD
        .decode(blob)
        .unwrap();
    assert!(seal::open(&blob, &centre_key).unwrap() == profile);
}

#[tokio::test]
async fn p7_after_the_log_is_tidied_no_file_holds_the_sealed_profile_any_more() {
    let mut floor = TestFloor::open().await;
    let mark = b"age-encryption.org/v1\nmade-up-but-findable";
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.sealed_profile = Some(base64::engine::general_purpose::STANDARD.encode(mark));
    floor.check_in("k", &body).await;
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    floor.stop().await;
    assert_eq!(found(floor.data.path(), b"made-up-but-findable"), None);
}

#[tokio::test]
async fn k9_a_credential_the_centre_does_not_know_is_seen_at_the_desk() {
    let mut floor = TestFloor::open().await;
    floor.stop().await;
    let mut settings = floor.settings(floor.data.path());
    if let Some(centre) = &mut settings.centre {
        centre.token = "revoked".into();
    }
    floor.begin_with(settings);
    floor.desk_until(|d| d.outbox.state == "unauthorised").await;
    floor.check_in("k", &party()).await;
}

#[tokio::test]
async fn k9_rules_from_the_centre_hold_from_then_on_and_only_a_change_is_an_event() {
    let floor = TestFloor::open().await;
    let rules = json!({"kind": "rules", "rules": {"accept_seconds": 15}});
    floor.centre.hand_down(rules.clone());
    let twice = floor.centre.hand_down(rules);
    // A kind of a later version blocks nothing.
    let later = floor
        .centre
        .hand_down(json!({"kind": "weather", "sunny": true}));
    assert!(later > twice);
    floor.centre.heard(later).await;
    floor.check_in("k", &party()).await;
    floor.let_pass(15);
    floor.desk_until(|d| d.lapses.len() == 1).await;
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    let events = floor.centre.events();
    let changes = events
        .iter()
        .filter(|e| e["body"]["kind"] == "rules_changed");
    assert_eq!(changes.count(), 1);
}

/// The first file under `dir` that holds `needle`.
fn found(dir: &Path, needle: &[u8]) -> Option<std::path::PathBuf> {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if let Some(hit) = found(&path, needle) {
                return Some(hit);
            }
        } else {
            let bytes = std::fs::read(&path).unwrap();
            if bytes.windows(needle.len()).any(|w| w == needle) {
                return Some(path);
            }
        }
    }
    None
}
