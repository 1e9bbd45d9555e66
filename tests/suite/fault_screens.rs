//! Several screens at the same time.

use futures_util::StreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::floor::{DESK, DISPLAY, TestFloor};
use crate::support::site::party;

/// Whether exactly one of two answers is a yes, and the other a conflict with a code.
fn one_wins(answers: [(StatusCode, Value); 2]) -> bool {
    let yes = answers.iter().filter(|a| a.0 == StatusCode::OK).count();
    let no = answers.iter().filter(|a| a.0 == StatusCode::CONFLICT);
    let mut codes = no.map(|a| a.1["code"].as_str().is_some_and(|c| !c.is_empty()));
    yes == 1 && codes.next() == Some(true)
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_two_desks_pressing_at_once_do_a_thing_once() {
    let floor = TestFloor::open().await;
    for round in 0..15 {
        let guest = floor.check_in(&format!("k{round}"), &party()).await;
        let visit = guest.visit_id.to_string();
        for step in ["accept", "start", "finish"] {
            let press = || floor.act(&visit, json!({"action": step}));
            let (left, right) = tokio::join!(press(), press());
            assert!(one_wins([left, right]), "{step}");
        }
        // Two different wishes: the second one hears what has become of the visit.
        let guest = floor.check_in(&format!("c{round}"), &party()).await;
        let visit = guest.visit_id.to_string();
        let leave = floor.act(&visit, json!({"action": "leave"}));
        let accept = floor.act(&visit, json!({"action": "accept"}));
        let (left, accepted) = tokio::join!(leave, accept);
        // A guest may leave after being called, but nobody is called who has left.
        assert_eq!(left.0, StatusCode::OK);
        if accepted.0 != StatusCode::OK {
            assert_eq!(accepted.1["code"], "impossible_step");
        }
    }
    let desk = floor.desk().await;
    assert_eq!(desk.served_today, 15);
    let (_, book) = floor.get(DESK, "/api/v1/turn-book").await;
    let lines = book["lines"].as_array().unwrap();
    let count = |code: &str| lines.iter().filter(|l| l["code"] == code).count();
    assert_eq!(
        (count("started"), count("finished"), count("left")),
        (15, 15, 15)
    );
}

#[tokio::test]
async fn k5_a_display_switched_off_and_on_shows_what_is_now() {
    let mut floor = TestFloor::open().await;
    let first = floor.check_in("k1", &party()).await.visit_id.to_string();
    let path = "/api/v1/board/stream";
    let mut display = floor.stream(DISPLAY, path, "board").await;
    let before = display.next().await.unwrap();
    assert_eq!(before["now_calling"], json!([]));
    drop(display);
    floor.let_pass(30);
    floor.step(&first, "accept").await;
    let second = floor.check_in("k2", &party()).await.visit_id.to_string();
    floor.step(&second, "accept").await;
    let now = floor.stream(DISPLAY, path, "board").await.next().await;
    let now = now.unwrap();
    assert_eq!(now["now_calling"].as_array().unwrap().len(), 2);
    assert!(now["version"].as_u64() > before["version"].as_u64());
    // The floor too was off, and its clock was set back.
    floor.stop().await;
    floor.let_pass(-3600);
    floor.begin();
    let again = floor.stream(DISPLAY, path, "board").await.next().await;
    let again = again.unwrap();
    assert_eq!(again["now_calling"], now["now_calling"]);
    assert!(again["version"].as_u64() > before["version"].as_u64());
}
