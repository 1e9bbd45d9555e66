//! The walk-in flow at a real floor: steps, turns, streams, time.

use futures_util::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::floor::{DESK, DISPLAY, TestFloor};
use crate::support::site::{agreed, party};

#[tokio::test]
async fn k6_a_visit_runs_from_offer_to_finish_and_its_steps_are_checked() {
    let floor = TestFloor::open().await;
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("慕容先生".into());
    let id = floor.check_in("k", &body).await.visit_id.to_string();

    let (status, problem) = floor.act(&id, json!({"action": "finish"})).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("impossible_step"))
    );
    let (status, problem) = floor.act(&id, json!({"action": "cancel"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (&problem["code"], &problem["pointer"]),
        (&json!("reason_needed"), &json!("/reason"))
    );
    let (status, _) = floor.act(&id, json!({"action": "dance"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let nobody = uuid::Uuid::nil().to_string();
    for unknown in [nobody.as_str(), "no-uuid"] {
        let (status, problem) = floor.act(unknown, json!({"action": "accept"})).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_FOUND, &json!("unknown_visit"))
        );
    }

    let view = floor.step(&id, "accept").await;
    assert_eq!(
        (&view["state"], &view["address_form"]),
        (&json!("called"), &json!("慕容先生"))
    );
    let board = floor.get(DISPLAY, "/api/v1/board").await.1;
    assert_eq!(board["now_calling"][0]["ticket"], "A001");
    assert_eq!(board["now_calling"][0]["times"], 1);
    assert!(
        !board.to_string().contains("慕容"),
        "a display never shows a guest's name"
    );
    let (status, problem) = floor.act(&id, json!({"action": "no_show"})).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("recalls_left"))
    );
    floor.step(&id, "recall").await;
    floor.step(&id, "start").await;
    let view = floor.step(&id, "finish").await;
    assert_eq!(view["state"], "finished");
    let desk = floor.desk().await;
    assert_eq!(desk.served_today, 1);
    let served = desk.agents.iter().map(|a| a.served).sum::<u32>();
    assert_eq!(served, 1);
    let (_, list) = floor.get(DESK, "/api/v1/visits?state=waiting").await;
    assert_eq!(list["visits"], json!([]));
    let (_, list) = floor.get(DESK, "/api/v1/visits?state=finished").await;
    assert_eq!(list["visits"][0]["ticket"], "A001");
    let (status, problem) = floor.get(DESK, "/api/v1/visits?state=asleep").await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("unknown_state"))
    );
}

#[tokio::test]
async fn k6_agents_sign_in_go_away_and_off_by_the_rules() {
    let floor = TestFloor::start().await;
    let path = "/api/v1/agents/wu-bo/status";
    let (status, problem) = floor.post(DESK, path, json!({"status": "away"})).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("reason_needed"))
    );
    let lunch = json!({"status": "away", "reason": "lunch"});
    let (status, problem) = floor.post(DESK, path, lunch.clone()).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (409, &json!("agent_off"))
    );
    floor.status("wu-bo", json!({"status": "ready"})).await;
    let view = floor.status("wu-bo", lunch).await;
    assert_eq!(
        (&view["status"], &view["away_reason"]),
        (&json!("away"), &json!("lunch"))
    );
    floor.status("wu-bo", json!({"status": "ready"})).await;
    floor.check_in("k", &party()).await;
    let (status, problem) = floor.post(DESK, path, json!({"status": "off"})).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (409, &json!("agent_has_visit"))
    );
    let nobody = "/api/v1/agents/nobody/status";
    let (status, _) = floor.post(DESK, nobody, json!({"status": "ready"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, site) = floor.get(DESK, "/api/v1/site").await;
    assert_eq!(
        site["consultants"].as_array().map(Vec::len),
        Some(1),
        "only who is on duty"
    );
}

#[tokio::test]
async fn k5_the_board_is_live_from_the_first_event_on_and_is_sent_only_when_it_changes() {
    let floor = TestFloor::open().await;
    let mut boards = floor.stream(DISPLAY, "/api/v1/board/stream", "board").await;
    let first = boards.next().await.unwrap();
    assert_eq!(first["waiting"], json!([]));
    let id = floor.check_in("k", &party()).await.visit_id.to_string();
    let second = boards.next().await.unwrap();
    assert_eq!(second["waiting"][0]["ticket"], "A001");
    // Nothing on the board changes by this.
    floor
        .status("he-lian", json!({"status": "away", "reason": "toilet"}))
        .await;
    floor.step(&id, "accept").await;
    let third = boards.next().await.unwrap();
    assert_eq!(third["now_calling"][0]["ticket"], "A001");
    assert_eq!(third["waiting"], json!([]));
    let version = |board: &Value| board["version"].as_u64().unwrap();
    assert!(version(&first) < version(&second) && version(&second) < version(&third));
}

#[tokio::test]
async fn k4_an_offer_lapses_by_itself_goes_to_the_next_and_stands_in_the_book() {
    let floor = TestFloor::open().await;
    let id = floor.check_in("k", &party()).await.visit_id;
    floor.let_pass(59);
    assert_eq!(floor.desk().await.lapses, []);
    floor.let_pass(1);
    let desk = floor.desk_until(|d| d.lapses.len() == 1).await;
    let agent = |id: &str| desk.agents.iter().find(|a| a.id.as_str() == id).unwrap();
    assert_eq!(agent("chen-jing").status, "away");
    assert_eq!(agent("wu-bo").visit, Some(id));
    let request = floor.call(DESK, Method::GET, "/api/v1/turn-book");
    let request = request.header("accept-language", "en-GB, zh;q=0.5");
    let book: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(book["day"], "2026-11-23");
    let lines = book["lines"].as_array().unwrap();
    let codes: Vec<&str> = lines.iter().filter_map(|l| l["code"].as_str()).collect();
    for code in [
        "day_opened",
        "signed_in",
        "checked_in",
        "offered_in_turn",
        "lapsed",
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(line["seq"].as_u64(), Some(at as u64), "without gaps");
        let reason = line["reason"].as_str().unwrap();
        assert!(!reason.is_empty() && !reason.contains('{'), "{reason}");
    }
    assert_eq!(
        floor.get(DESK, "/api/v1/turn-book?day=2026-11-22").await.1["lines"],
        json!([])
    );
    let (status, problem) = floor.get(DESK, "/api/v1/turn-book?day=today").await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("not_a_day"))
    );
}

#[tokio::test]
async fn p6_a_new_day_opens_at_local_midnight_and_forgets_how_guests_were_addressed() {
    let floor = TestFloor::open().await;
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("慕容先生".into());
    floor.check_in("k", &body).await;
    let keys = || -> Vec<String> {
        let files = std::fs::read_dir(floor.data.path().join("keys")).unwrap();
        let names = files.map(|f| f.unwrap().file_name().into_string().unwrap());
        names.filter(|n| n.starts_with("day-")).collect()
    };
    assert_eq!(keys(), ["day-2026-11-23.key"]);
    // Nine in the morning in Shanghai; midnight is fifteen hours away.
    floor.let_pass(15 * 3600);
    let desk = floor.desk_until(|d| d.day == "2026-11-24").await;
    assert!(desk.visits.is_empty() && desk.agents.iter().all(|a| a.status == "off"));
    assert_eq!(keys(), ["day-2026-11-24.key"]);
    let db = rusqlite::Connection::open(floor.data.path().join("floor.db")).unwrap();
    let left: i64 = db
        .query_row("SELECT count(*) FROM address_forms", [], |r| r.get(0))
        .unwrap();
    assert_eq!(left, 0);
    let book = floor.get(DESK, "/api/v1/turn-book?day=2026-11-23").await.1;
    let mut codes = book["lines"].as_array().unwrap().iter().map(|l| &l["code"]);
    assert!(
        codes.next_back() != Some(&json!("day_opened")),
        "what was open closes in its own book"
    );
    assert_eq!(floor.check_in("k2", &party()).await.ticket.number, "A001");
}

#[tokio::test]
async fn k8_the_ticket_page_says_how_the_ticket_stands_and_not_who_the_guest_is() {
    let floor = TestFloor::open().await;
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("慕容先生".into());
    let answer = floor.check_in("k", &body).await;
    let page = async |token: &str| {
        let path = format!("/t/{token}");
        let response = floor.call("", Method::GET, &path).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].clone();
        assert!(policy.to_str().unwrap().starts_with("default-src 'none'"));
        assert_eq!(response.headers()["x-robots-tag"], "noindex");
        (response.status(), response.text().await.unwrap())
    };
    let (status, html) = page(&answer.ticket.token).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("A001") && html.contains("云栖府") && html.contains("zh-CN"));
    assert!(!html.contains("慕容") && !html.contains("ticket_page."));
    floor.step(&answer.visit_id.to_string(), "accept").await;
    assert!(page(&answer.ticket.token).await.1.contains("轮到您了"));
    let (status, html) = page("AAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("没有找到这个号码"));
}

#[tokio::test]
async fn k7_the_book_is_read_on_from_the_last_line_known() {
    let floor = TestFloor::open().await;
    let visit = floor.check_in("k", &party()).await.visit_id.to_string();
    let read = async |query: &str| {
        let path = format!("/api/v1/turn-book{query}");
        floor.get(DESK, &path).await.1["lines"].clone()
    };
    let before = read("").await;
    let last = before.as_array().unwrap().last().unwrap()["seq"].clone();
    assert_eq!(read(&format!("?after={last}")).await, json!([]));
    floor.step(&visit, "accept").await;
    let after = read(&format!("?after={last}")).await;
    let codes: Vec<&Value> = after
        .as_array()
        .unwrap()
        .iter()
        .map(|l| &l["code"])
        .collect();
    assert_eq!(codes, ["called"]);
    let whole = [
        before.as_array().unwrap().clone(),
        after.as_array().unwrap().clone(),
    ];
    assert_eq!(read("").await, json!(whole.concat()), "no line has changed");
    assert_eq!(read(&format!("?after={}", u64::MAX)).await, json!([]));
    let (status, _) = floor.get(DESK, "/api/v1/turn-book?after=x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}
