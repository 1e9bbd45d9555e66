//! Several kiosks, displays and desks on one floor.

use futures_util::StreamExt;
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::support::floor::{
    DESK, DISPLAY, KIOSK, OTHER_DESK, OTHER_DISPLAY, OTHER_KIOSK, TestFloor,
};
use crate::support::site::party;

#[tokio::test]
async fn k10_two_kiosks_at_once_share_one_row_of_numbers_and_one_rota() {
    let floor = TestFloor::open().await;
    let body = party();
    let answers = join_all((0..12).map(|n| {
        let (floor, body) = (&floor, &body);
        let kiosk = if n % 2 == 0 { KIOSK } else { OTHER_KIOSK };
        // The same keys on both: a device's keys are its own.
        async move {
            floor
                .try_check_in(kiosk, &format!("key-{}", n / 2), body)
                .await
        }
    }))
    .await;
    assert!(
        answers
            .iter()
            .all(|(status, _)| *status == StatusCode::CREATED)
    );
    let numbers: BTreeSet<&str> = answers
        .iter()
        .map(|(_, a)| a["ticket"]["number"].as_str().unwrap())
        .collect();
    let expected: BTreeSet<String> = (1..=12).map(|n| format!("A{n:03}")).collect();
    assert_eq!(numbers, expected.iter().map(String::as_str).collect());
    let agents: BTreeSet<&str> = answers
        .iter()
        .filter_map(|(_, a)| a["assignment"]["agent"].as_str())
        .collect();
    assert_eq!(agents.len(), 3, "each consultant got one guest");
    let own = |kiosk, answer: &Value| {
        let path = format!("/api/v1/visits/{}", answer["visit_id"].as_str().unwrap());
        let floor = &floor;
        async move { floor.get(kiosk, &path).await.0 }
    };
    assert_eq!(own(KIOSK, &answers[0].1).await, StatusCode::OK);
    assert_eq!(own(OTHER_KIOSK, &answers[0].1).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn k10_two_displays_show_the_same_board() {
    let floor = TestFloor::open().await;
    let mut one = floor.stream(DISPLAY, "/api/v1/board/stream", "board").await;
    let mut other = floor
        .stream(OTHER_DISPLAY, "/api/v1/board/stream", "board")
        .await;
    let visit = floor.check_in("k", &party()).await.visit_id.to_string();
    floor.step(&visit, "accept").await;
    let calls = |board: &Value| board["now_calling"][0]["ticket"] == "A001";
    let mut seen = Vec::new();
    for display in [&mut one, &mut other] {
        seen.push(loop {
            let board = display.next().await.expect("a board");
            if calls(&board) {
                break board;
            }
        });
    }
    assert_eq!(seen[0], seen[1], "version and time included");
}

#[tokio::test]
async fn k10_of_two_desks_that_press_at_once_one_is_told_that_things_have_changed() {
    let floor = TestFloor::open().await;
    let visit = floor.check_in("k", &party()).await.visit_id;
    let path = format!("/api/v1/visits/{visit}/actions");
    floor.step(&visit.to_string(), "accept").await;
    let press = |desk| floor.post(desk, &path, json!({"action": "start"}));
    let (one, other) = tokio::join!(press(DESK), press(OTHER_DESK));
    let mut statuses = [one.0.as_u16(), other.0.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = [one, other]
        .into_iter()
        .find(|a| a.0 == StatusCode::CONFLICT);
    assert_eq!(refused.unwrap().1["code"], "impossible_step");
    let views = [DESK, OTHER_DESK].map(|desk| floor.get(desk, "/api/v1/desk"));
    let views = join_all(views).await;
    assert_eq!(views[0], views[1]);
}

#[tokio::test]
async fn k10_the_desk_sees_which_kiosk_is_silent_and_what_it_still_holds() {
    let floor = TestFloor::open().await;
    let kiosks = floor.desk().await.kiosks;
    let ids: Vec<_> = kiosks
        .iter()
        .map(|k| (k.id.as_str(), k.series.as_deref()))
        .collect();
    assert_eq!(ids, [("kiosk-1", Some("K1")), ("kiosk-2", Some("K2"))]);
    assert!(
        kiosks
            .iter()
            .all(|k| k.last_seen.is_none() && k.offline_since.is_none())
    );

    let standing = json!({"backlog": 3, "set_aside": 1});
    let told = floor
        .call(KIOSK, Method::PUT, "/api/v1/kiosk")
        .json(&standing)
        .send()
        .await
        .unwrap();
    assert_eq!(told.status(), StatusCode::NO_CONTENT);
    let by_desk = floor
        .call(DESK, Method::PUT, "/api/v1/kiosk")
        .json(&standing);
    assert_eq!(
        by_desk.send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let first = floor.desk().await.kiosks[0].clone();
    assert_eq!((first.backlog, first.set_aside), (3, 1));
    assert_eq!(
        first.last_seen.as_deref(),
        Some("2026-11-23T09:00:00+08:00")
    );
    assert_eq!(first.offline_since, None);

    floor.let_pass(60);
    assert_eq!(
        floor.get(OTHER_KIOSK, "/api/v1/site").await.0,
        StatusCode::OK
    );
    let kiosks = floor.desk().await.kiosks;
    assert_eq!(kiosks[0].offline_since, first.last_seen);
    assert_eq!(kiosks[1].offline_since, None);
    assert_eq!(
        kiosks[1].last_seen.as_deref(),
        Some("2026-11-23T09:01:00+08:00")
    );
    assert_eq!(floor.get(KIOSK, "/api/v1/site").await.0, StatusCode::OK);
    assert_eq!(floor.desk().await.kiosks[0].offline_since, None);
}
