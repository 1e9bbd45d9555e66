//! Clocks that are set, days of 23 and of 25 hours.

use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use yingbin::core::site::Site;
use yingbin::floor::{CentreLine, Clock, FloorSettings};
use yingbin::http::ready::Readiness;
use yingbin::http::serve::Transport;
use yingbin::protocol::agent::{StatusChange, StatusRequest};

use crate::support::centre;
use crate::support::floor::{DESK, KIOSK, TestFloor};
use crate::support::house::{House, client, desk_of};
use crate::support::office::until;
use crate::support::site::{party, site};

#[tokio::test(flavor = "multi_thread")]
async fn k9_a_clock_set_back_an_hour_stops_nothing_and_opens_no_day_twice() {
    let house = House::new(1).await;
    // The floor's last hour was by a clock that is an hour ahead of this machine's.
    let ahead = yingbin::wall_clock::now().plus_minutes(60);
    let (hand, clock) = watch::channel(ahead);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let settings = FloorSettings {
        data: house.data(),
        warn_free: 0,
        centre: Some(CentreLine {
            url: house.centre.url.clone(),
            floor: "f1".into(),
            token: centre::TOKEN.into(),
            root_pem: None,
            recognise_within: std::time::Duration::ZERO,
        }),
        public_url: "http://floor.example".into(),
        rules: None,
        printer: None,
        clock: Clock::Manual(clock),
        ready: Readiness::at_once(),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let transport = Transport::default();
    let running = tokio::spawn(yingbin::floor::serve(
        settings,
        listener,
        transport,
        async {
            let _ = stopped.await;
        },
    ));
    let desk = desk_of(&url).await;
    // A morning, not a single moment.
    hand.send_modify(|now| *now = now.plus_seconds(30));
    client(&url, KIOSK).check_in("k1", &party()).await.unwrap();
    let before = desk.desk().await.unwrap();
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();

    let floor = house.floor();
    let url = floor.says("floor:");
    let (desk, kiosk) = (desk_of(&url).await, client(&url, KIOSK));
    let now = desk.desk().await.unwrap();
    assert_eq!(now.day, before.day);
    assert!(
        now.version > before.version,
        "no screen takes the restart for the past"
    );
    assert!(now.at >= before.at, "{} after {}", now.at, before.at);
    let second = kiosk.check_in("k2", &party()).await.unwrap();
    assert_eq!(second.ticket.number, "A002");
    // Timers go on although the clock on the wall is an hour behind the book.
    let ready = StatusRequest {
        status: StatusChange::Ready,
        reason: None,
    };
    let agent = desk.agents().await.unwrap().agents.remove(0).id;
    desk.set_status(&agent, &ready).await.unwrap();
    until("the offer to lapse", async || {
        (!desk.desk().await.ok()?.lapses.is_empty()).then_some(())
    })
    .await;
    until("an empty outbox", async || {
        (desk.desk().await.ok()?.outbox.backlog == 0).then_some(())
    })
    .await;
    let events = house.centre.events();
    let days = events.iter().filter(|e| e["body"]["kind"] == "day_opened");
    assert_eq!(days.count(), 1);
    let times: Vec<&str> = events.iter().filter_map(|e| e["at"].as_str()).collect();
    assert!(times.is_sorted(), "time never runs backwards");
}

/// Lets the day pass by half hours, with a guest in each; gives its numbers and the times in the book.
async fn a_day(floor: &TestFloor, day: &str, hours: usize) -> Vec<String> {
    for n in 0..hours * 2 {
        let answer = floor.check_in(&format!("{day}-{n}"), &party()).await;
        assert_eq!(answer.ticket.number, format!("A{:03}", n + 1), "{day}");
        assert_eq!(floor.desk().await.day, day);
        floor.let_pass(30 * 60);
    }
    let (_, book) = floor
        .get(DESK, &format!("/api/v1/turn-book?day={day}"))
        .await;
    let lines = book["lines"].as_array().unwrap();
    let arrivals = lines.iter().filter(|l| l["code"] == "checked_in");
    arrivals
        .map(|l| l["at"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn k9_a_day_of_25_hours_and_one_of_23_open_once_each() {
    for (begin, days, jump) in [
        // The hour from two to three comes twice.
        (
            "2026-10-24T22:00:00Z",
            [("2026-10-25", 25), ("2026-10-26", 24)],
            ["2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00"],
        ),
        // It does not come at all.
        (
            "2027-03-27T23:00:00Z",
            [("2027-03-28", 23), ("2027-03-29", 24)],
            ["2027-03-28T01:30:00+01:00", "2027-03-28T03:00:00+02:00"],
        ),
    ] {
        let berlin = Site {
            time_zone: "Europe/Berlin".into(),
            ..site()
        };
        let floor = TestFloor::start_at(berlin, begin).await;
        for (n, (day, hours)) in days.into_iter().enumerate() {
            let times = a_day(&floor, day, hours).await;
            assert_eq!(times.len(), hours * 2, "{day}");
            if n == 0 {
                assert!(times.windows(2).any(|pair| pair == jump), "{times:?}");
            }
        }
        floor.desk_until(|d| d.outbox.backlog == 0).await;
        let events = floor.centre.events();
        let opened: Vec<&Value> = events
            .iter()
            .filter(|e| e["body"]["kind"] == "day_opened")
            .map(|e| &e["body"]["day"])
            .collect();
        assert_eq!(opened[..2], [&json!(days[0].0), &json!(days[1].0)]);
        let mut once = opened.clone();
        once.dedup();
        assert_eq!(once, opened);
    }
}
