//! What the centre makes of screens that enrolled and of kiosks that were cut off.

use serde_json::json;
use yingbin::central::visits;
use yingbin::core::floor::devices::EnrolledDevice;
use yingbin::core::floor::event::Event;
use yingbin::core::id::{DeviceId, VisitId};
use yingbin::core::ticket::{Line, TicketNumber};
use yingbin::core::time::Millis;
use yingbin::core::visit::{Issued, VisitState};
use yingbin::crypto::token;

use crate::support::central::{MORNING, Office, SITE, value};
use crate::support::floor_log::FloorLog;

async fn accepted(office: &Office, log: &FloorLog) {
    let answer = office.deliver(&log.batch()).await;
    assert_eq!(answer.status(), 200);
    assert!(office.quarantine().await.is_empty());
}

const fn number(count: u32) -> TicketNumber {
    TicketNumber::Kiosk { kiosk: 1, count }
}

fn at(seconds: i64) -> Millis {
    let morning = Millis::parse_rfc3339(MORNING).unwrap();
    morning.plus_seconds(seconds)
}

/// A check-in handed over; its page's token is its number.
fn hand_over(log: &mut FloorLog, count: u32, at: Millis, day: &str) -> VisitId {
    let mut check_in = log.check_in();
    check_in.token_hash = token::hash(&number(count).to_string());
    check_in.issued = Some(Issued {
        ticket: number(count),
        at,
        day: day.into(),
    });
    let visit = check_in.visit;
    log.push(&Event::CheckedIn {
        check_in: Box::new(check_in),
        ticket: number(count),
        line: Some(Line::Returning),
        wanted: None,
    });
    visit
}

#[tokio::test]
async fn k10_promised_numbers_stand_where_their_parties_came() {
    let office = Office::open().await;
    let central = &office.running.central;
    let mut log = FloorLog::new(&office.notice_hash);
    let mut before = log.check_in();
    before.token_hash = token::hash("before");
    log.push_check_in(before);
    for _ in 0..10 {
        log.push(&Event::TimersShifted { by_ms: 1 });
    }
    let mut after = log.check_in();
    after.token_hash = token::hash("after");
    log.push_check_in(after);
    hand_over(&mut log, 7, at(5), "2026-11-23");
    hand_over(&mut log, 8, at(6), "2026-11-23");
    let yesterday = hand_over(&mut log, 9, at(-86_400), "2026-11-22");
    log.push(&Event::Left {
        visit: yesterday,
        by_new_day: true,
    });
    accepted(&office, &log).await;
    for (page, number, ahead) in [
        ("before", "A001", 0),
        ("K1-07", "K1-07", 1),
        ("K1-08", "K1-08", 2),
        ("after", "A002", 3),
    ] {
        let ticket = visits::ticket_by_token(central, page)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((&*ticket.number, ticket.ahead), (number, Some(ahead)));
    }
    let day = visits::today(central, SITE).await.unwrap();
    assert_eq!(
        day.by_state,
        [(VisitState::Waiting, 4)],
        "yesterday's is yesterday's"
    );
}

#[tokio::test]
async fn k10_a_visit_with_two_numbers_has_one_page_under_both_tokens() {
    let office = Office::open().await;
    let central = &office.running.central;
    let mut log = FloorLog::new(&office.notice_hash);
    let mut check_in = log.check_in();
    check_in.token_hash = token::hash("first");
    let visit = log.push_check_in(check_in);
    log.push(&Event::Renumbered {
        visit,
        ticket: number(7),
        token_hash: token::hash("second"),
    });
    accepted(&office, &log).await;
    for page in ["first", "second"] {
        let ticket = visits::ticket_by_token(central, page)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(ticket.number, "K1-07");
    }
    assert_eq!(visits::today(central, SITE).await.unwrap().visits.len(), 1);
}

#[tokio::test]
async fn k10_a_used_code_is_gone_and_every_floor_hears_of_the_token() {
    let office = Office::open().await;
    let running = &office.running;
    let path = format!("/api/v1/sites/{SITE}/devices");
    let device = json!({"id": "kiosk-1", "role": "kiosk"});
    let made = running.send(reqwest::Method::POST, &path, &office.admin, &device);
    assert_eq!(made.await.status(), 201);
    let before = office.feed(0).await;
    let grant = before.last().unwrap()["devices"][0].clone();
    let enrolment = grant["enrolment"]["id"].as_str().unwrap();
    let enrolled = |enrolment: &str, hash: &str| Event::DeviceEnrolled {
        device: DeviceId::new("kiosk-1"),
        enrolled: EnrolledDevice {
            enrolment: enrolment.into(),
            token_hash: hash.into(),
        },
    };
    let mut log = FloorLog::new(&office.notice_hash);
    log.push(&enrolled("of another time", "wrong"));
    log.push(&enrolled(enrolment, "hash"));
    log.push(&enrolled(enrolment, "late"));
    accepted(&office, &log).await;

    let after = office.feed(0).await;
    let grant = &after.last().unwrap()["devices"][0];
    assert_eq!(grant["token_hash"], "hash");
    assert_eq!(grant["enrolment"]["id"], enrolment);
    assert_eq!(grant["enrolment"]["key"], json!(null));
    let devices = value(running.get(&path, &office.admin).await).await;
    let shown = &devices["devices"][0];
    assert_eq!(shown["enrolled_at"], "2026-11-23T02:00:02.000Z");
    assert_eq!(shown["number"], 1);
}
