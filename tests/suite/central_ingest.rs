//! A floor's log reaches the centre exactly once in effect, whatever is in it.

use serde_json::{Value, json};
use yingbin::core::consent::Manner;
use yingbin::core::floor::event::Event;
use yingbin::core::language::Language;
use yingbin::core::time::Millis;
use yingbin::core::visit::VisitState;
use yingbin::protocol::ingest::Batch;
use yingbin::store::central::consents::{self, ConsentRow};
use yingbin::store::central::events;

use crate::support::central::{MORNING, Office, PASSWORD, Running, SITE, USER, problem, value};
use crate::support::floor_log::{FloorLog, Guest};

const WANG: Guest = Guest {
    surname: "王",
    given_name: "小满",
    phone: Some("13800135678"),
};

async fn accepted(office: &Office, batch: &Batch) -> u64 {
    let answer = office.deliver(batch).await;
    let status = answer.status();
    let answer = value(answer).await;
    assert_eq!(status, 200, "{answer}");
    answer["accepted_through"].as_u64().unwrap()
}

async fn arrived(office: &Office) -> u64 {
    let mut tx = office.running.central.db.read().await.unwrap();
    events::count(&mut *tx, &office.floor).await.unwrap()
}

async fn visits(office: &Office) -> u64 {
    let found = office.search(json!({"tail": "5678"})).await;
    found["customers"][0]["visits"].as_u64().unwrap_or(0)
}

#[tokio::test]
async fn k9_repetition_is_harmless_also_of_a_part_and_after_a_restart() {
    let mut office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let visit = log.arrive(WANG, &office.recipient);
    log.serve(visit);
    assert_eq!(accepted(&office, &log.batch()).await, 5);
    assert_eq!(accepted(&office, &log.batch()).await, 5);
    assert_eq!(accepted(&office, &log.batch_from(2)).await, 5);
    assert_eq!((arrived(&office).await, visits(&office).await), (5, 1));

    office.running.stop().await;
    office.running = Running::start(office.data.path()).await;
    let again = value(office.running.sign_in(USER, PASSWORD).await).await;
    office.admin = again["token"].as_str().unwrap().to_owned();
    log.arrive(WANG, &office.recipient);
    assert_eq!(accepted(&office, &log.batch()).await, 6);
    assert_eq!((arrived(&office).await, visits(&office).await), (6, 2));
    assert!(office.quarantine().await.is_empty());
}

#[tokio::test]
async fn k9_a_gap_stops_the_log_with_the_number_expected() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    for _ in 0..3 {
        log.arrive(WANG, &office.recipient);
    }
    let mut first = log.batch();
    first.events.truncate(1);
    assert_eq!(accepted(&office, &first).await, 1);
    let answer = office.deliver(&log.batch_from(2)).await;
    assert_eq!(answer.status(), 409);
    let answer = value(answer).await;
    assert_eq!(answer["code"], "gap");
    assert_eq!(answer["expected_seq"], 2);
    let path = format!("/api/v1/sites/{SITE}/floors");
    let floors = |office: &Office| {
        let (running, admin) = (&office.running, office.admin.clone());
        let path = path.clone();
        let get = running.request(reqwest::Method::GET, &path, &admin);
        async move { value(get.send().await.unwrap()).await["floors"][0].clone() }
    };
    assert_eq!(floors(&office).await["trouble"], "gap");
    assert_eq!(accepted(&office, &log.batch_from(1)).await, 3);
    assert_eq!(floors(&office).await["trouble"], Value::Null);
}

#[tokio::test]
async fn k9_a_forked_log_and_a_second_epoch_are_refused_and_leave_nothing() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    log.arrive(WANG, &office.recipient);
    accepted(&office, &log.batch()).await;

    // A restored floor writes another second event after the same first one.
    let mut copy = log.batch();
    log.arrive(WANG, &office.recipient);
    accepted(&office, &log.batch()).await;
    copy.events.push(log.events[1].clone());
    copy.events[1].id = uuid::Uuid::now_v7();
    let forked = (409, "forked".to_owned());
    assert_eq!(problem(office.deliver(&copy).await).await, forked);

    // The next event does not follow on the last.
    log.arrive(WANG, &office.recipient);
    let mut broken = log.batch_from(2);
    broken.events[0].prev = "0".repeat(64);
    assert_eq!(problem(office.deliver(&broken).await).await, forked);

    let mut other = FloorLog::new(&office.notice_hash);
    other.arrive(WANG, &office.recipient);
    assert_eq!(problem(office.deliver(&other.batch()).await).await, forked);
    assert_eq!((arrived(&office).await, visits(&office).await), (2, 2));
}

#[tokio::test]
async fn k9_a_version_from_the_future_stops_the_log_and_takes_nothing_of_its_batch() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    log.arrive(WANG, &office.recipient);
    log.arrive(WANG, &office.recipient);
    let mut batch = log.batch();
    batch.events[1].v += 1;
    let stopped = problem(office.deliver(&batch).await).await;
    assert_eq!(stopped, (409, "unknown_version".to_owned()));
    assert_eq!(arrived(&office).await, 0);
}

#[tokio::test]
async fn k9_what_is_wrong_inside_an_event_is_set_aside_and_the_log_goes_on() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let seal = |log: &mut FloorLog| {
        let mut check_in = log.check_in();
        log.seal(&mut check_in, WANG, &office.recipient);
        check_in
    };
    let mut codes = Vec::new();

    log.push_raw(r#"{"kind":"from_nowhere"}"#.to_owned());
    codes.push("body_unreadable");

    let mut other_key = seal(&mut log);
    other_key.idempotency_key = "another check-in".to_owned();
    log.push_check_in(other_key);
    codes.push("profile_moved");

    let mut other_notice = seal(&mut log);
    other_notice.notice.hash = "0".repeat(64);
    log.push_check_in(other_notice);
    codes.push("profile_notice");

    let mut refused = seal(&mut log);
    refused.consents[0].given = false;
    log.push_check_in(refused);
    codes.push("profile_without_consent");

    let mut lost = log.check_in();
    lost.profile_hash = Some("1".repeat(64));
    log.push_check_in(lost);
    codes.push("profile_missing");

    let swapped = seal(&mut log);
    let hash = swapped.profile_hash.clone().unwrap();
    log.profiles.insert(hash, "AAAA".to_owned());
    log.push_check_in(swapped);
    codes.push("profile_hash");

    let mut stranger = log.check_in();
    let someone = age::x25519::Identity::generate().to_public().to_string();
    log.seal(&mut stranger, WANG, &someone);
    log.push_check_in(stranger);
    codes.push("profile_unopenable");

    let ghost = log.check_in().visit;
    log.push(&Event::Left {
        visit: ghost,
        by_new_day: false,
    });
    codes.push("visit_unknown");

    let good = log.arrive(WANG, &office.recipient);
    let count = log.events.len() as u64;
    assert_eq!(accepted(&office, &log.batch()).await, count);
    assert_eq!(accepted(&office, &log.batch()).await, count);

    let mut found = office.quarantine().await;
    found.sort();
    codes.sort_unstable();
    assert_eq!(found, codes);
    let found = office.search(json!({"phone": "138 0013 5678"})).await;
    assert_eq!(found["customers"].as_array().unwrap().len(), 1);
    assert_eq!(found["customers"][0]["visits"], 1, "only {good} is hers");
}

#[tokio::test]
async fn k2_a_consent_is_recorded_in_full_also_of_a_guest_without_a_name() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let mut check_in = log.check_in();
    check_in.language = Language::En;
    check_in.consent_manner = Manner::Aloud;
    let visit = log.push_check_in(check_in);
    accepted(&office, &log.batch()).await;

    let mut tx = office.running.central.db.read().await.unwrap();
    let rows = consents::of_visit(&mut *tx, &visit.to_string())
        .await
        .unwrap();
    let row = |purpose: &str, given| ConsentRow {
        visit: visit.to_string(),
        purpose: purpose.to_owned(),
        given,
        notice_version: "2026-1".to_owned(),
        notice_hash: office.notice_hash.clone(),
        language: Language::En,
        at: Millis::parse_rfc3339(MORNING).unwrap().plus_seconds(1),
        site: SITE.to_owned(),
        floor: office.floor.clone(),
        device: "kiosk-1".to_owned(),
        receipt: "R-0001".to_owned(),
        manner: Manner::Aloud,
    };
    assert_eq!(rows, [row("follow_up_call", false), row("reception", true)]);
}

#[tokio::test]
async fn k8_a_tickets_page_and_the_day_follow_the_log() {
    use yingbin::central::visits;
    use yingbin::crypto::token;

    let office = Office::open().await;
    let central = &office.running.central;
    let mut log = FloorLog::new(&office.notice_hash);
    let first = log.arrive(WANG, &office.recipient);
    let mut check_in = log.check_in();
    check_in.token_hash = token::hash("second");
    let second = log.push_check_in(check_in);
    accepted(&office, &log.batch()).await;
    let ticket = || async {
        let ticket = visits::ticket_by_token(central, "second").await.unwrap();
        ticket.unwrap()
    };
    let waiting = ticket().await;
    assert_eq!(waiting.number, "A002");
    assert_eq!(
        (waiting.state, waiting.ahead),
        (VisitState::Waiting, Some(1))
    );
    assert_eq!(visits::ticket_by_token(central, "x").await.unwrap(), None);

    log.serve(first);
    log.offer(second);
    accepted(&office, &log.batch()).await;
    let offered = ticket().await;
    assert_eq!((offered.state, offered.ahead), (VisitState::Offered, None));
    assert_eq!(offered.agent_name.as_deref(), Some("陈静"));

    let day = visits::today(central, SITE).await.unwrap();
    assert_eq!(day.day, "2026-11-23");
    assert_eq!(
        day.by_state,
        [(VisitState::Finished, 1), (VisitState::Offered, 1)]
    );
    assert_eq!((day.by_agent[0].received, day.by_agent[0].finished), (2, 1));
    assert_eq!(day.visits.len(), 2);
    assert!(day.visits[1].ended_at.is_some());
}
