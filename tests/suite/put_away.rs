//! Guests who left long ago are no longer in the floor's memory, and are there for whoever asks.

use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::floor::{DESK, KIOSK, TestFloor};
use crate::support::site::{agreed, party};

/// More than the desk shows of those that are over, twice over what is looked through at once.
const CROWD: usize = 200;

/// More than the last calls that the display shows.
const SERVED: usize = 9;

async fn serve(floor: &TestFloor, visit: &str) {
    for step in ["accept", "start", "finish"] {
        floor.step(visit, step).await;
    }
}

async fn crowd(floor: &TestFloor, name: &str) {
    for n in 0..CROWD {
        let visit = floor.check_in(&format!("{name}-{n}"), &party()).await;
        floor.step(&visit.visit_id.to_string(), "leave").await;
    }
    floor.let_pass(60);
}

fn is_put_away(data: &Path, visit: &str) -> bool {
    let db = rusqlite::Connection::open(data.join("floor.db")).unwrap();
    let sql = "SELECT count(*) FROM put_away WHERE visit = ?1";
    let rows: i64 = db.query_row(sql, [visit], |r| r.get(0)).unwrap();
    rows > 0
}

async fn visit(floor: &TestFloor, id: &str) -> Value {
    let (status, view) = floor.get(DESK, &format!("/api/v1/visits/{id}")).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

#[tokio::test]
async fn k10_whoever_left_long_ago_is_still_there_for_whoever_asks() {
    let mut floor = TestFloor::open().await;
    let mut guest = party();
    guest.consents = vec![agreed("reception")];
    guest.address_form = Some("慕容先生".into());
    let served = floor.check_in("served", &guest).await;
    let id = served.visit_id.to_string();
    serve(&floor, &id).await;
    let gone = floor.check_in("gone", &party()).await.visit_id.to_string();
    floor.step(&gone, "leave").await;
    floor.let_pass(60);
    floor.check_in("later", &party()).await;
    let (before, gone_before) = (visit(&floor, &id).await, visit(&floor, &gone).await);
    let answer = floor.try_check_in(KIOSK, "served", &guest).await.1;
    let page = ticket_page(&floor, &served.ticket.token).await;
    assert_eq!(before["address_form"], "慕容先生");
    for n in 0..SERVED {
        let visit = floor.check_in(&format!("served-{n}"), &party()).await;
        serve(&floor, &visit.visit_id.to_string()).await;
    }
    crowd(&floor, "behind").await;
    crowd(&floor, "after").await;

    for begun_anew in [false, true] {
        if begun_anew {
            floor.stop().await;
            floor.begin();
        }
        for known in [&id, &gone] {
            assert!(is_put_away(floor.data.path(), known), "{known}");
        }
        assert_eq!(visit(&floor, &id).await, before);
        assert_eq!(visit(&floor, &gone).await, gone_before);
        assert_eq!(ticket_page(&floor, &served.ticket.token).await, page);
        let again = floor.try_check_in(KIOSK, "served", &guest).await;
        assert_eq!(again, (StatusCode::OK, answer.clone()));
        let other = floor.try_check_in(KIOSK, "served", &party()).await;
        assert_eq!(other.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, refused) = floor.act(&id, json!({"action": "start"})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{refused}");
        assert_eq!(refused["code"], "impossible_step");
        assert_eq!(floor.desk().await.served_today as usize, SERVED + 1);
    }

    // What becomes of them later survives a cut of the power, too.
    let cancel = json!({"action": "cancel", "reason": "测试"});
    let (status, cancelled) = floor.act(&gone, cancel).await;
    assert_eq!(
        (status, &cancelled["state"]),
        (StatusCode::OK, &json!("cancelled"))
    );
    let chores = format!("/api/v1/visits/{id}/chores");
    let (status, _) = floor.post(DESK, &chores, json!({"chore": "drink"})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let mut before = before;
    before["chores"] = json!(["drink"]);
    let disk = tempfile::tempdir().unwrap();
    copy(floor.data.path(), disk.path());
    floor.begin_with(floor.settings(disk.path()));
    assert_eq!(visit(&floor, &gone).await["state"], "cancelled");
    assert_eq!(visit(&floor, &id).await, before);
    let next = floor.check_in("next", &party()).await.ticket.number;
    assert_eq!(next, format!("A{:03}", 2 * CROWD + SERVED + 4));
}

async fn ticket_page(floor: &TestFloor, token: &str) -> String {
    let page = floor.call(KIOSK, Method::GET, &format!("/t/{token}"));
    let page = page.send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    page.text().await.unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}
