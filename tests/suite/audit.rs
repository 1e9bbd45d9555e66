//! `yingbin audit verify` over a floor's records as somebody may have changed them.

use std::path::Path;

use rusqlite::Connection;
use serde_json::json;

use crate::support::floor::{DESK, TestFloor};
use crate::support::processes::Program;
use crate::support::site::party;

/// What the program says, and whether it was content.
fn verify(data: &Path, noted: Option<&str>) -> (bool, String) {
    let data = data.to_str().unwrap();
    let mut arguments = vec!["audit", "verify", "--data", data, "--language", "en"];
    arguments.extend(noted.iter().flat_map(|noted| ["--noted", noted]));
    let (code, said) = Program::start(&arguments, &[]).end();
    (code == Some(0), said)
}

/// A day of three visits with its signed sheet.
async fn a_signed_day() -> TestFloor {
    let mut floor = TestFloor::open().await;
    for n in 0..3 {
        let id = floor.check_in(&format!("k{n}"), &party()).await.visit_id;
        let id = id.to_string();
        floor.step(&id, "accept").await;
        floor.step(&id, "start").await;
        floor.let_pass(60);
        floor.step(&id, "finish").await;
    }
    let close = json!({"rest": "leave"});
    let (status, _) = floor.post(DESK, "/api/v1/day/close", close).await;
    assert!(status.is_success(), "{status}");
    floor.stop().await;
    floor
}

/// The records after somebody has changed them with this SQL.
fn changed(floor: &TestFloor, sql: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let file = copy.path().join("floor.db");
    let db = Connection::open(floor.data.path().join("floor.db")).unwrap();
    db.execute("VACUUM INTO ?1", [file.to_str().unwrap()])
        .unwrap();
    let db = Connection::open(&file).unwrap();
    let triggers: Vec<String> = db
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |r| r.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for trigger in triggers {
        db.execute_batch(&format!("DROP TRIGGER {trigger}"))
            .unwrap();
    }
    db.execute_batch(sql).unwrap();
    copy
}

#[tokio::test]
async fn p12_k4_edits_deletions_reorder_and_a_cut_end_of_the_log_are_found() {
    let floor = a_signed_day().await;
    let (sound, said) = verify(floor.data.path(), None);
    assert!(sound, "{said}");
    assert!(said.contains("1 signed sheets"), "{said}");
    let noted = said.trim().rsplit(' ').next().unwrap().to_owned();
    let (sound, said) = verify(floor.data.path(), Some(&noted));
    assert!(sound, "{said}");

    for (sql, says) in [
        (
            "UPDATE events SET actor = 'desk-2' WHERE seq = 9",
            "chain of events is broken",
        ),
        (
            "UPDATE events SET body = replace(body, 'chen-jing', 'wu-bo')",
            "chain of events is broken",
        ),
        (
            "DELETE FROM events WHERE seq = 7",
            "chain of events is broken",
        ),
        (
            "DELETE FROM events WHERE seq BETWEEN 3 AND 1500",
            "cut short",
        ),
        (
            "UPDATE events SET seq = -seq WHERE seq IN (5, 6);
             UPDATE events SET seq = CASE seq WHEN -5 THEN 6 ELSE 5 END WHERE seq < 0",
            "chain of events is broken",
        ),
        (
            "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
            "cut short",
        ),
        (
            "UPDATE events SET at = '2026-11-23T09:00:00.000Z'
             WHERE seq = (SELECT max(seq) FROM events)",
            "not the one that was noted",
        ),
        (
            "UPDATE turn_lines SET line = replace(line, 'wu-bo', 'he-lian')",
            "turn book of 2026-11-23",
        ),
        (
            "DELETE FROM turn_lines WHERE seq = (SELECT max(seq) FROM turn_lines)",
            "turn book of 2026-11-23",
        ),
        (
            "UPDATE closing_sheets SET sheet = replace(sheet, 'wu-bo', 'he-lian')",
            "does not fit its signature",
        ),
    ] {
        let copy = changed(&floor, sql);
        let (sound, said) = verify(copy.path(), Some(&noted));
        assert!(!sound && said.contains(says), "{sql}: {said}");
    }
}

#[test]
fn p12_a_folder_without_records_and_a_wrong_note_are_said_so() {
    let empty = tempfile::tempdir().unwrap();
    let (sound, said) = verify(empty.path(), None);
    assert!(!sound && said.contains("--data"), "{said}");
    let (sound, said) = verify(empty.path(), Some("12"));
    assert!(!sound && said.contains("64 hexadecimal digits"), "{said}");
}
