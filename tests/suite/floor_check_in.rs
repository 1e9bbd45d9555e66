//! Checking in at a real floor over HTTP.

use std::collections::BTreeSet;

use base64::Engine;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::floor::{DESK, DISPLAY, KIOSK, OTHER_KIOSK, TestFloor};
use crate::support::site::{agreed, party};

#[tokio::test]
async fn k1_a_repeated_check_in_gets_its_first_answer_and_another_body_is_refused() {
    let floor = TestFloor::open().await;
    let (status, first) = floor.try_check_in(KIOSK, "k-1", &party()).await;
    assert_eq!(status, StatusCode::CREATED);
    floor.check_in("k-2", &party()).await;
    let (status, again) = floor.try_check_in(KIOSK, "k-1", &party()).await;
    assert_eq!((status, &again), (StatusCode::OK, &first));

    let mut other = party();
    other.party_size = 5;
    let (status, problem) = floor.try_check_in(KIOSK, "k-1", &other).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["code"], "key_reused");

    let (status, elsewhere) = floor.try_check_in(OTHER_KIOSK, "k-1", &other).await;
    assert_eq!(
        status,
        StatusCode::CREATED,
        "another device's keys are its own"
    );
    assert_eq!(elsewhere["ticket"]["number"], "A003");
    assert_eq!(floor.desk().await.visits.len(), 3);
}

#[tokio::test]
async fn k3_the_wait_is_told_as_a_range_and_a_repetition_tells_the_same() {
    let floor = TestFloor::open().await;
    for n in 0..3 {
        let (_, answer) = floor.try_check_in(KIOSK, &format!("k{n}"), &party()).await;
        let ticket = &answer["ticket"];
        assert_eq!(ticket["wait_s"], 0, "somebody is there: {answer}");
        assert_eq!(ticket["wait_range"], json!({"from_s": 0, "to_s": 0}));
        let visit = answer["visit_id"].as_str().unwrap();
        floor.step(visit, "accept").await;
        floor.step(visit, "start").await;
    }
    let (_, first) = floor.try_check_in(KIOSK, "waits", &party()).await;
    let figure = |name: &str| first["ticket"]["wait_range"][name].as_u64().unwrap();
    let (from, to) = (figure("from_s"), figure("to_s"));
    let likeliest = first["ticket"]["wait_s"].as_u64().unwrap();
    assert!(from < to && (from..=to).contains(&likeliest), "{first}");
    let desk = floor.desk().await;
    let row = desk.visits.iter().find(|v| v.wait_range.is_some());
    assert_eq!(row.map(|v| v.ticket.as_str()), Some("A004"));

    let token = first["ticket"]["token"].as_str().unwrap();
    let page = floor.call(KIOSK, Method::GET, &format!("/t/{token}"));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("预计等候") && page.contains("分钟"), "{page}");

    // However long it waits: what it was told at first.
    floor.let_pass(1800);
    let (status, again) = floor.try_check_in(KIOSK, "waits", &party()).await;
    assert_eq!((status, &again), (StatusCode::OK, &first));
}

#[tokio::test]
async fn k3_nobody_on_duty_no_wait_is_foretold() {
    let floor = TestFloor::start().await;
    let (_, answer) = floor.try_check_in(KIOSK, "k", &party()).await;
    assert_eq!(answer["ticket"]["wait_range"], Value::Null);
    assert_eq!(answer["ticket"]["wait_s"], 0);
    let token = answer["ticket"]["token"].as_str().unwrap();
    let page = floor.call(KIOSK, Method::GET, &format!("/t/{token}"));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("暂时无法预估"), "{page}");
}

#[tokio::test]
async fn k3_thirty_two_at_once_get_thirty_two_numbers_in_a_row() {
    let floor = TestFloor::open().await;
    let body = party();
    let answers = futures_util::future::join_all((0..32).map(|n| {
        let (floor, body) = (&floor, &body);
        async move { floor.check_in(&format!("key-{n}"), body).await }
    }))
    .await;
    let numbers: BTreeSet<String> = answers.iter().map(|a| a.ticket.number.clone()).collect();
    let expected: BTreeSet<String> = (1..=32).map(|n| format!("A{n:03}")).collect();
    assert_eq!(numbers, expected);
    let assigned = answers.iter().filter(|a| a.assignment.is_some()).count();
    assert_eq!(assigned, 3, "three agents are on duty");
    let mut ahead: Vec<u32> = answers
        .iter()
        .filter(|a| a.assignment.is_none())
        .map(|a| a.ticket.ahead)
        .collect();
    ahead.sort_unstable();
    assert_eq!(ahead, (0..29).collect::<Vec<u32>>());
}

#[tokio::test]
async fn k4_the_answer_names_the_consultant_and_the_reason_in_the_guests_language() {
    let floor = TestFloor::open().await;
    let answer = floor.check_in("k", &party()).await;
    let assignment = answer.assignment.expect("three agents are ready");
    assert_eq!((&*assignment.name, &*assignment.place), ("陈静", "1"));
    assert!(!assignment.reason.is_empty() && !assignment.reason.contains("book."));
    assert_eq!(
        answer.ticket.url,
        format!("http://floor.example/t/{}", answer.ticket.token)
    );
}

#[tokio::test]
async fn k2_consent_reaches_the_centre_in_full_and_refusal_still_gives_a_ticket() {
    let floor = TestFloor::open().await;
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("慕容先生".into());
    let answer = floor.check_in("agreed", &body).await;
    floor.check_in("refused", &party()).await;
    let head = floor.desk().await;
    assert_eq!(head.visits.len(), 2);
    let checked_in = |events: Vec<Value>| -> Vec<Value> {
        let of_check_in = |e: &Value| e["body"]["kind"] == "checked_in";
        events.into_iter().filter(of_check_in).collect()
    };
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    let events = checked_in(floor.centre.events());
    let first = &events[0]["body"]["check_in"];
    assert_eq!(
        first["consents"],
        json!([{"purpose": "reception", "given": true}])
    );
    assert_eq!(first["notice"]["version"], "2026-1");
    assert_eq!(first["notice"]["hash"].as_str().map(str::len), Some(64));
    assert_eq!(first["language"], "zh-CN");
    assert_eq!(first["device"], "kiosk-1");
    assert_eq!(first["consent_receipt"], answer.consent_receipt);
    assert_eq!(events[1]["body"]["check_in"]["consents"], json!([]));
    assert!(
        !serde_json::to_string(&events).unwrap().contains("慕容"),
        "an event never says who the guest is"
    );
}

#[tokio::test]
async fn a_check_in_that_does_not_fit_is_refused_with_code_and_field() {
    let floor = TestFloor::open().await;
    let base = serde_json::to_value(party()).unwrap();
    let cases: [(&str, Value, &str, &str); 12] = [
        ("/party_size", json!(0), "party_size", "/party_size"),
        ("/party_size", json!("two"), "invalid", "/party_size"),
        ("/surname", json!("x"), "invalid", "/surname"),
        ("/purpose", json!("steal"), "unknown_purpose", "/purpose"),
        ("/language", json!("fr"), "invalid", "/language"),
        (
            "/notice_version",
            json!("2025-9"),
            "notice_outdated",
            "/notice_version",
        ),
        ("/drink", json!("gin"), "unknown_drink", "/drink"),
        ("/asked_for", json!("nobody"), "unknown_agent", "/asked_for"),
        (
            "/address_form",
            json!("李女士"),
            "consent_missing",
            "/address_form",
        ),
        (
            "/sealed_profile",
            json!("YQ=="),
            "consent_missing",
            "/sealed_profile",
        ),
        (
            "/consents",
            json!([{"purpose": "resale", "given": true}]),
            "unknown_consent",
            "/consents/0/purpose",
        ),
        (
            "/consents",
            json!([{"purpose": "reception", "given": true}, {"purpose": "reception", "given": false}]),
            "duplicate_consent",
            "/consents/1/purpose",
        ),
    ];
    for (at, (field, value, code, pointer)) in cases.into_iter().enumerate() {
        let mut body = base.clone();
        body[field.trim_start_matches('/')] = value;
        let request = floor.call(KIOSK, Method::POST, "/api/v1/check-ins");
        let request = request.header("Idempotency-Key", format!("k{at}"));
        let response = request.json(&body).send().await.unwrap();
        assert_eq!(
            response.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{code}"
        );
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let problem: Value = response.json().await.unwrap();
        assert_eq!(
            (&problem["code"], &problem["pointer"]),
            (&json!(code), &json!(pointer))
        );
    }
    let (status, problem) = floor.post(KIOSK, "/api/v1/check-ins", base).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::BAD_REQUEST, &json!("key_missing"))
    );
    assert!(floor.desk().await.visits.is_empty());
}

#[tokio::test]
async fn a_sealed_profile_is_an_age_file_of_sixteen_kibibytes_at_most() {
    let floor = TestFloor::open().await;
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let large = [b"age-encryption.org/v1\n".as_slice(), &[7; 16 * 1024]].concat();
    for sealed in ["no base64!".to_owned(), base64(b"plain"), base64(&large)] {
        let mut body = party();
        body.consents = vec![agreed("reception")];
        body.sealed_profile = Some(sealed);
        let (status, problem) = floor.try_check_in(KIOSK, "k", &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["code"], "sealed_profile");
    }
}

#[tokio::test]
async fn each_device_may_do_what_its_role_needs_and_nothing_else() {
    let floor = TestFloor::open().await;
    let visit = floor.check_in("k", &party()).await.visit_id;
    let own = format!("/api/v1/visits/{visit}");
    // Who may: kiosk, the other kiosk, display, desk.
    let reads = [
        ("/api/v1/site", [true, true, true, true]),
        ("/api/v1/visits", [false, false, false, true]),
        (own.as_str(), [true, false, false, true]),
        ("/api/v1/agents", [false, false, false, true]),
        ("/api/v1/board", [false, false, true, true]),
        ("/api/v1/desk", [false, false, false, true]),
        ("/api/v1/turn-book", [false, false, false, true]),
    ];
    for (path, may) in reads {
        for (token, may) in [KIOSK, OTHER_KIOSK, DISPLAY, DESK].into_iter().zip(may) {
            let expected = if may {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(floor.get(token, path).await.0, expected, "{token} {path}");
        }
        for stranger in ["", "guessed"] {
            let response = floor
                .call(stranger, Method::GET, path)
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
            let problem: Value = response.json().await.unwrap();
            assert_eq!(problem["code"], "unauthorised");
        }
    }
    let (_, seen) = floor.get(KIOSK, &own).await;
    let keys: Vec<&String> = seen.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["id", "print"],
        "a kiosk sees the paper of its visit only"
    );

    let nonsense = json!({"nonsense": true});
    for (token, expected) in [("", 401), (DISPLAY, 403), (KIOSK, 422)] {
        let (status, _) = floor
            .post(token, "/api/v1/check-ins", nonsense.clone())
            .await;
        assert_eq!(status.as_u16(), expected, "rights come before validation");
    }
    let status = "/api/v1/agents/wu-bo/status".to_owned();
    // A kiosk may say there that its guest wishes for somebody else, and nothing besides.
    let acts = format!("{own}/actions");
    for (token, path) in [(KIOSK, &status), (DISPLAY, &status), (DISPLAY, &acts)] {
        let (status, _) = floor.post(token, path, nonsense.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_revoked_device_is_a_stranger() {
    let floor = TestFloor::open().await;
    assert_eq!(floor.get(KIOSK, "/api/v1/site").await.0, StatusCode::OK);
    let news = json!({"kind": "devices", "devices": []});
    floor.centre.heard(floor.centre.hand_down(news)).await;
    assert_eq!(
        floor.get(KIOSK, "/api/v1/site").await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn unknown_addresses_wrong_methods_and_large_bodies_are_problems_too() {
    let floor = TestFloor::open().await;
    let problem = |answer: (StatusCode, Value)| (answer.0.as_u16(), answer.1["code"].clone());
    assert_eq!(
        problem(floor.get(DESK, "/api/v1/nothing").await),
        (404, json!("not_found"))
    );
    let wrong = read_code(&floor, Method::DELETE, "/api/v1/check-ins", String::new()).await;
    assert_eq!(wrong, (405, json!("method_not_allowed")));
    let large = read_code(
        &floor,
        Method::POST,
        "/api/v1/check-ins",
        "x".repeat(1 << 20),
    )
    .await;
    assert_eq!(large, (413, json!("too_large")));
    let (status, document) = floor.get("", "/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in [
        "/api/v1/check-ins",
        "/api/v1/board/stream",
        "/api/v1/visits/{id}/actions",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let health = floor
        .call("", Method::GET, "/healthz")
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), StatusCode::OK);
}

async fn read_code(floor: &TestFloor, method: Method, path: &str, body: String) -> (u16, Value) {
    let request = floor.call(KIOSK, method, path);
    let request = request
        .header("content-type", "application/json")
        .body(body);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let problem: Value = response.json().await.unwrap();
    (status, problem["code"].clone())
}
