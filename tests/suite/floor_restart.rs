//! What a floor promised holds after a restart, a crash and a failed commit.

use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};
use yingbin::protocol::desk::DeskView;

use crate::support::floor::{DESK, KIOSK, TestFloor};
use crate::support::site::{agreed, party};

/// The desk's picture without what differs from one moment to the next.
async fn picture(floor: &TestFloor) -> DeskView {
    let mut desk = floor.desk_until(|d| d.outbox.backlog == 0).await;
    desk.version = 0;
    desk.at.clear();
    desk.outbox.state.clear();
    desk.kiosks.clear();
    desk.alarms.clear();
    desk
}

async fn book(floor: &TestFloor) -> Value {
    floor.get(DESK, "/api/v1/turn-book").await.1
}

/// Guests in many states.
async fn busy_morning(floor: &TestFloor) {
    let mut ids = Vec::new();
    for n in 0..6 {
        let mut body = party();
        body.consents = vec![agreed("reception")];
        body.address_form = Some("慕容先生".into());
        ids.push(
            floor
                .check_in(&format!("k{n}"), &body)
                .await
                .visit_id
                .to_string(),
        );
    }
    floor.step(&ids[0], "accept").await;
    floor.step(&ids[0], "start").await;
    floor.step(&ids[0], "finish").await;
    floor.step(&ids[1], "accept").await;
    floor.step(&ids[5], "park").await;
    let cancel = json!({"action": "cancel", "reason": "测试"});
    assert_eq!(floor.act(&ids[4], cancel).await.0, StatusCode::OK);
}

#[tokio::test]
async fn k9_a_restart_gives_the_same_floor_the_same_book_and_the_same_answers() {
    let mut floor = TestFloor::open().await;
    busy_morning(&floor).await;
    let (before, book_before) = (picture(&floor).await, book(&floor).await);
    let first = {
        let mut body = party();
        body.consents = vec![agreed("reception")];
        body.address_form = Some("慕容先生".into());
        body
    };
    let (_, answer) = floor.try_check_in(KIOSK, "k0", &first).await;
    floor.stop().await;
    // The centre is not needed: devices and site are known.
    floor.centre.cut_off(true);
    floor.begin();
    assert_eq!(picture(&floor).await, before);
    assert_eq!(book(&floor).await, book_before);
    let again = floor.try_check_in(KIOSK, "k0", &first).await;
    assert_eq!(again, (StatusCode::OK, answer));
    assert_eq!(floor.check_in("new", &party()).await.ticket.number, "A007");
}

#[tokio::test]
async fn k9_a_crash_loses_nothing_that_was_answered() {
    let mut floor = TestFloor::open().await;
    busy_morning(&floor).await;
    let (before, book_before) = (picture(&floor).await, book(&floor).await);
    // The disk as it is at this moment, without an orderly end.
    let disk = tempfile::tempdir().unwrap();
    copy(floor.data.path(), disk.path());
    floor.begin_with(floor.settings(disk.path()));
    assert_eq!(picture(&floor).await, before);
    assert_eq!(book(&floor).await, book_before);
}

#[tokio::test]
async fn k4_no_offer_runs_out_while_the_floor_is_down() {
    let mut floor = TestFloor::open().await;
    floor.check_in("k", &party()).await;
    floor.let_pass(50);
    floor.stop().await;
    floor.let_pass(3600);
    floor.begin();
    assert_eq!(floor.desk().await.lapses, []);
    floor.let_pass(9);
    assert_eq!(floor.desk().await.lapses, []);
    floor.let_pass(1);
    floor.desk_until(|d| d.lapses.len() == 1).await;
}

#[tokio::test]
async fn k9_a_commit_that_fails_is_answered_503_and_leaves_nothing_behind() {
    let floor = TestFloor::open().await;
    floor.check_in("k1", &party()).await;
    let (before, book_before) = (picture(&floor).await, book(&floor).await);
    let disk = rusqlite::Connection::open(floor.data.path().join("floor.db")).unwrap();
    disk.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON turn_lines BEGIN SELECT raise(ABORT, 'disk full'); END",
    )
    .unwrap();
    let body = party();
    let answers = futures_util::future::join_all((0..8).map(|n| {
        let (floor, body) = (&floor, &body);
        async move { floor.try_check_in(KIOSK, &format!("lost{n}"), body).await }
    }))
    .await;
    for (status, problem) in answers {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(problem["code"], "not_stored");
    }
    let away = json!({"status": "away", "reason": "lunch"});
    let (status, _) = floor
        .post(DESK, "/api/v1/agents/he-lian/status", away)
        .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    floor.desk_until(|d| d.alarms.is_empty()).await;
    assert_eq!(picture(&floor).await, before);
    assert_eq!(book(&floor).await, book_before);

    disk.execute_batch("DROP TRIGGER full").unwrap();
    let numbers = [
        floor.check_in("lost0", &body).await,
        floor.check_in("lost1", &body).await,
    ]
    .map(|a| a.ticket.number);
    assert_eq!(numbers, ["A002", "A003"], "no number was used up");
}

#[tokio::test]
async fn k9_a_log_that_was_edited_is_not_built_upon() {
    let mut floor = TestFloor::open().await;
    floor.check_in("k", &party()).await;
    let disk = tempfile::tempdir().unwrap();
    copy(floor.data.path(), disk.path());
    floor.stop().await;
    let db = rusqlite::Connection::open(disk.path().join("floor.db")).unwrap();
    db.execute("UPDATE events SET actor = 'nobody' WHERE seq = 4", [])
        .unwrap();
    drop(db);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let transport = yingbin::http::serve::Transport::default();
    let settings = floor.settings(disk.path());
    let ended = yingbin::floor::serve(settings, listener, transport, std::future::pending()).await;
    let error = ended.unwrap_err().to_string();
    assert!(error.contains("broken at 5"), "{error}");
}

#[tokio::test]
async fn two_floors_never_share_a_folder() {
    let floor = TestFloor::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let transport = yingbin::http::serve::Transport::default();
    let settings = floor.settings(floor.data.path());
    let ended = yingbin::floor::serve(settings, listener, transport, std::future::pending()).await;
    assert!(ended.unwrap_err().to_string().contains("another floor"));
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
