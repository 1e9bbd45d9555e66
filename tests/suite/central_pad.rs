//! What the pads bring to the centre: steps, needs, sealed notes; and what the centre hands down for
//! them: one-time codes.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use yingbin::core::reception::{Fact, HandKind, Next, NextStep, ReceptionStep, SkipReason};
use yingbin::core::time::Millis;
use yingbin::crypto::pin;
use yingbin::protocol::ingest::Batch;

use crate::support::central::{MORNING, Office, SITE, value};
use crate::support::floor_log::{FloorLog, Guest};

const WANG: Guest = Guest {
    surname: "王",
    given_name: "小满",
    phone: Some("13800135678"),
};
const SAID: &str = "王女士的父亲也来，想看低楼层";

async fn accepted(office: &Office, batch: &Batch) {
    let answer = office.deliver(batch).await;
    let status = answer.status();
    assert_eq!(status, StatusCode::OK, "{}", value(answer).await);
}

async fn timeline(office: &Office, language: &str) -> Vec<(String, String)> {
    let found = office.search(json!({"tail": "5678"})).await;
    let id = found["customers"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/customers/{id}/timeline");
    let request = office.running.request(Method::GET, &path, &office.admin);
    let request = request.header("Accept-Language", language);
    let told = value(request.send().await.unwrap()).await;
    let text = |e: &Value, field: &str| e[field].as_str().unwrap().to_owned();
    let entries = told["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|e| (text(e, "kind"), text(e, "text")))
        .collect()
}

#[tokio::test]
async fn s3_1_steps_needs_and_what_was_agreed_stand_on_the_customers_timeline() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let visit = log.arrive(WANG, &office.recipient);
    let done_at = Millis::parse_rfc3339(MORNING).unwrap();
    let step = ReceptionStep::Welcome;
    log.fact(visit, Fact::StepDone { step, done_at });
    let step = ReceptionStep::Negotiate;
    let reason = SkipReason::GuestDeclined;
    log.fact(visit, Fact::StepSkipped { step, reason });
    log.note(visit, SAID, &office.recipient);
    let hand = HandKind::Drinks;
    log.fact(visit, Fact::HandAsked { hand });
    let next = NextStep {
        next: Next::Revisit,
        day: Some("2026-11-28".into()),
    };
    log.fact(visit, Fact::NextAgreed { next });
    accepted(&office, &log.batch()).await;
    // Once more changes nothing.
    accepted(&office, &log.batch()).await;
    assert_eq!(office.quarantine().await, Vec::<String>::new());
    let told = timeline(&office, "zh-CN").await;
    let has = |kind: &str, text: &str| told.contains(&(kind.to_owned(), text.to_owned()));
    assert!(has("step", "接待：迎接入座，送上饮品"), "{told:?}");
    assert!(has("step", "接待：协商洽谈未做，客户不需要"), "{told:?}");
    assert!(
        has("needs", &format!("需求：居室 三居、{SAID}")),
        "{told:?}"
    );
    assert!(has("next", "约定：再次到访 2026-11-28"), "{told:?}");
    for (_, text) in timeline(&office, "en").await {
        assert!(
            !text.contains("pad.") && !text.contains("timeline."),
            "{text}"
        );
    }
    // In no file of the centre is it readable.
    for entry in std::fs::read_dir(office.data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(SAID.len()).any(|w| w == SAID.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn p7_a_note_that_is_missing_damaged_or_moved_is_set_aside_and_the_log_goes_on() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let visit = log.arrive(WANG, &office.recipient);
    let other = log.arrive(WANG, &office.recipient);
    let missing = log.note(visit, SAID, &office.recipient);
    log.profiles.remove(&missing);
    let sealed_elsewhere = age::x25519::Identity::generate().to_public().to_string();
    log.note(visit, SAID, &sealed_elsewhere);
    let moved = log.note(visit, SAID, &office.recipient);
    log.fact(
        other,
        Fact::NeedsNoted {
            needs: Default::default(),
            note: Some(moved),
        },
    );
    log.serve(visit);
    accepted(&office, &log.batch()).await;
    let mut aside = office.quarantine().await;
    aside.sort();
    assert_eq!(aside, ["note_missing", "note_moved", "note_unopenable"]);
}

#[tokio::test]
async fn k0_a_one_time_code_is_shown_once_and_travels_as_a_slow_hash() {
    let office = Office::open().await;
    let path = format!("/api/v1/sites/{SITE}/staff/chen-jing/pin-code");
    let issue = async |path: &str| {
        let body = json!({});
        let answer = office
            .running
            .send(Method::POST, path, &office.admin, &body);
        let answer = answer.await;
        (answer.status(), value(answer).await)
    };
    let codes = async || {
        let items = office.feed(0).await;
        let item = items.into_iter().find(|i| i["kind"] == "pin_codes");
        item.map_or(Vec::new(), |i| i["codes"].as_array().unwrap().clone())
    };
    assert!(codes().await.is_empty());
    let (status, first) = issue(&path).await;
    assert_eq!(status, StatusCode::CREATED);
    let (_, second) = issue(&path).await;
    let handed = codes().await;
    assert_eq!(handed.len(), 1, "one at a time");
    let hash = handed[0]["hash"].as_str().unwrap();
    assert!(pin::verify_code(second["code"].as_str().unwrap(), hash));
    assert!(!pin::verify_code(first["code"].as_str().unwrap(), hash));
    let (status, _) = issue(&path.replace("chen-jing", "nobody")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let body = json!({});
    let stranger = office.running.send(Method::POST, &path, "", &body).await;
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    // Out of time, it is handed down no more.
    office.running.pass_minutes(pin::CODE_HOURS * 60);
    let staff = format!("/api/v1/sites/{SITE}/staff/chen-jing/pin-code");
    let (_, third) = issue(&staff).await;
    assert_eq!(codes().await.len(), 1);
    assert!(third["code"].is_string());
}
