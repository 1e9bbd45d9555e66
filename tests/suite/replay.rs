//! `yingbin replay` and `yingbin simulate` as a manager uses them, and the signed sheet of a day.

use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::floor::{DESK, KIOSK, TestFloor};
use crate::support::processes::Program;
use crate::support::site::party;

/// What the program says, and whether it was content.
fn yingbin(arguments: &[&str]) -> (bool, String) {
    let (code, said) = Program::start(arguments, &[]).end();
    (code == Some(0), said)
}

async fn a_day(floor: &TestFloor) {
    for n in 0..5 {
        let id = floor.check_in(&format!("k{n}"), &party()).await.visit_id;
        let id = id.to_string();
        floor.let_pass(30);
        floor.step(&id, "accept").await;
        floor.step(&id, "start").await;
        floor.let_pass(600);
        floor.step(&id, "finish").await;
    }
}

/// The sheet as signed JSON, and as a page.
async fn sheet(floor: &TestFloor, day: &str) -> (Value, String) {
    let path = format!("/api/v1/turn-book/sheet?day={day}");
    let call = || floor.call(DESK, Method::GET, &path);
    let json = call().header("accept", "application/json");
    let json = json.send().await.unwrap().json().await.unwrap();
    let page = call().header("accept-language", "zh-CN");
    (json, page.send().await.unwrap().text().await.unwrap())
}

#[tokio::test]
async fn k4_a_floors_days_are_played_again_under_these_and_other_rules() {
    let mut floor = TestFloor::open().await;
    a_day(&floor).await;
    floor.stop().await;
    let data = floor.data.path().to_str().unwrap();
    let (content, said) = yingbin(&["replay", "--data", data, "--language", "en"]);
    assert!(content, "{said}");
    assert!(said.contains("5 parties"), "{said}");

    let rules = floor.data.path().join("rules.toml");
    std::fs::write(&rules, "rota_order = \"managers_list\"\n").unwrap();
    let svg = floor.data.path().join("turns.svg");
    let (rules, file) = (rules.to_str().unwrap(), svg.to_str().unwrap());
    let (content, said) = yingbin(&[
        "replay",
        "--data",
        data,
        "--rules",
        rules,
        "--svg",
        file,
        "--language",
        "zh",
    ]);
    assert!(content && said.contains("换用规则后"), "{said}");
    let picture = std::fs::read_to_string(&svg).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("换用规则后"));

    let (content, said) = yingbin(&["replay", "--data", data, "--ticket", "A002"]);
    assert!(
        content && said.contains("当时的轮排") && said.contains("▶"),
        "{said}"
    );
    let (content, said) = yingbin(&["replay", "--data", "nowhere"]);
    assert!(!content && said.contains("--data"), "{said}");
}

#[tokio::test]
async fn k4_the_sheet_of_a_day_is_signed_when_the_day_is_over_and_can_be_checked() {
    let mut floor = TestFloor::open().await;
    a_day(&floor).await;
    let (open, page) = sheet(&floor, "2026-11-23").await;
    assert_eq!(open["signature"], Value::Null);
    assert!(page.contains("尚未结束") && page.contains("A001"));

    floor.let_pass(24 * 3600);
    floor.desk_until(|d| d.day == "2026-11-24").await;
    let (signed, page) = sheet(&floor, "2026-11-23").await;
    assert!(signed["signature"].is_string(), "{signed}");
    assert!(page.contains("案场经理签字") && page.contains("Ed25519"));
    let none = floor
        .get(DESK, "/api/v1/turn-book/sheet?day=2020-01-01")
        .await;
    assert_eq!(
        (none.0, &none.1["code"]),
        (StatusCode::NOT_FOUND, &json!("no_such_day"))
    );
    let kiosk = floor.get(KIOSK, "/api/v1/turn-book/sheet").await;
    assert_eq!(kiosk.0, StatusCode::FORBIDDEN);
    floor.stop().await;

    let data = floor.data.path().to_str().unwrap().to_owned();
    let check = |sheet: &Value, file: &Path| {
        std::fs::write(file, sheet.to_string()).unwrap();
        let file = file.to_str().unwrap();
        yingbin(&[
            "replay",
            "--data",
            &data,
            "--verify",
            file,
            "--language",
            "en",
        ])
    };
    let file = floor.data.path().join("sheet.json");
    let (content, said) = check(&signed, &file);
    assert!(content && said.contains("fits its signature"), "{said}");
    let mut changed = signed.clone();
    let text = signed["sheet"].as_str().unwrap();
    changed["sheet"] = json!(text.replacen("A001", "A009", 1));
    let (content, said) = check(&changed, &file);
    assert!(!content && said.contains("was changed"), "{said}");
    let (content, said) = check(&open, &file);
    assert!(!content && said.contains("provisional"), "{said}");
}

#[test]
fn k4_a_made_up_month_compares_two_sets_of_rules() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.toml");
    std::fs::write(&rules, "rota_order = \"fewest_received\"\n").unwrap();
    let rules = rules.to_str().unwrap();
    let (content, said) = yingbin(&[
        "simulate",
        "--days",
        "5",
        "--seed",
        "3",
        "--against",
        rules,
        "--language",
        "en",
    ]);
    assert!(content, "{said}");
    for words in [
        "First rules",
        "Second rules",
        "How even",
        "Waits: median",
        "Waits foretold: ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    std::fs::write(folder.path().join("rules.toml"), "owed_cap = \"many\"\n").unwrap();
    let (content, said) = yingbin(&["simulate", "--rules", rules]);
    assert!(!content && said.contains("owed_cap"), "{said}");
}
