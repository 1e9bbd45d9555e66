//! Staff sign in at the floor by PIN: set by themselves alone, locked after wrong guesses, ended with
//! the day.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::floor::{DESK, KIOSK, TestFloor};
use crate::support::pad::{CODE, MANAGER, PIN, RECEPTIONIST, site_with_managers};
use crate::support::site::party;

const AGENT: &str = "chen-jing";

#[tokio::test]
async fn k7_a_pin_is_set_by_the_person_alone_with_a_code_that_works_once() {
    let floor = TestFloor::open_with_managers("").await;
    let (status, answer) = floor.sign_in(AGENT, PIN).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::CONFLICT, &json!("no_pin"))
    );
    let set = async |code: &str, pin: &str| {
        let body = json!({"staff": AGENT, "code": code, "pin": pin});
        let (status, answer) = floor.post("", "/api/v1/staff/pins", body).await;
        (
            status.as_u16(),
            answer["code"].as_str().unwrap_or("").to_owned(),
        )
    };
    assert_eq!(set(CODE, PIN).await, (409, "no_code".into()));
    floor.hand_down_codes(&[AGENT]).await;
    assert_eq!(set(CODE, "111111").await, (422, "trivial_pin".into()));
    assert_eq!(set("AAAA-AAAA", PIN).await, (401, "wrong_pin".into()));
    assert_eq!(set("7k3m 9qwx", PIN).await, (204, String::new()));
    assert_eq!(set(CODE, "204718").await, (409, "no_code".into()));

    let (status, session) = floor.sign_in(AGENT, PIN).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        (&session["name"], &session["role"]),
        (&json!("陈静"), &json!("agent"))
    );
    // Names are for anybody on the Wi-Fi, nothing else is.
    let (_, faces) = floor.get("", "/api/v1/staff").await;
    assert_eq!(faces["staff"].as_array().unwrap().len(), 5);
    for path in ["/api/v1/pad", "/api/v1/pad/stream", "/api/v1/turn-book"] {
        assert_eq!(
            floor.get("", path).await.0,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
}

#[tokio::test]
async fn k7_a_code_out_of_time_is_worth_nothing_and_a_new_one_voids_the_pin() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT]).await;
    let token = floor.token_of(AGENT).await;
    assert_eq!(floor.get(&token, "/api/v1/pad").await.0, StatusCode::OK);
    floor.hand_down_codes(&[AGENT]).await;
    assert_eq!(
        floor.get(&token, "/api/v1/pad").await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(floor.sign_in(AGENT, PIN).await.1["code"], "no_pin");
    floor.let_pass(24 * 3600);
    let body = json!({"staff": AGENT, "code": CODE, "pin": PIN});
    let (_, answer) = floor.post("", "/api/v1/staff/pins", body).await;
    assert_eq!(answer["code"], "no_code");
}

#[tokio::test]
async fn p8_five_wrong_guesses_lock_a_pin_also_over_a_restart_and_for_twice_as_long_next_time() {
    let mut floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT, "wu-bo"]).await;
    for guess in 1..=5 {
        let (_, answer) = floor.sign_in(AGENT, "135790").await;
        let code = if guess < 5 { "wrong_pin" } else { "locked" };
        assert_eq!(answer["code"], code, "guess {guess}");
    }
    // The right one is not even looked at.
    assert_eq!(floor.sign_in(AGENT, PIN).await.1["code"], "locked");
    assert_eq!(floor.sign_in("wu-bo", PIN).await.0, StatusCode::CREATED);
    floor.stop().await;
    floor.begin();
    let request = floor.call("", Method::POST, "/api/v1/staff/sessions");
    let locked = request
        .json(&json!({"staff": AGENT, "pin": PIN}))
        .send()
        .await
        .unwrap();
    assert_eq!(locked.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: i64 = locked.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(wait > 0 && wait <= 300, "{wait}");
    floor.let_pass(wait);
    for _ in 0..4 {
        assert_eq!(floor.sign_in(AGENT, "135790").await.1["code"], "wrong_pin");
    }
    assert_eq!(floor.sign_in(AGENT, "135790").await.1["code"], "locked");
    floor.let_pass(300);
    assert_eq!(
        floor.sign_in(AGENT, PIN).await.1["code"],
        "locked",
        "ten minutes now"
    );
    floor.let_pass(300);
    assert_eq!(floor.sign_in(AGENT, PIN).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn p8_guesses_made_at_once_are_no_more_than_guesses_made_one_by_one() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT]).await;
    let guesses = (0..8).map(|_| floor.sign_in(AGENT, "135790"));
    let answers = futures_util::future::join_all(guesses).await;
    let wrong = answers.iter().filter(|(_, a)| a["code"] == "wrong_pin");
    assert_eq!(wrong.count(), 4, "{answers:?}");
    // And a stranger is slowed down whatever they guess.
    let mut refused = 0;
    for _ in 0..20 {
        let (_, answer) = floor.sign_in("nobody", "135790").await;
        refused += usize::from(answer["code"] == "too_many_requests");
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn p8_no_pin_and_no_token_stands_in_the_floors_files() {
    let mut floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT]).await;
    let token = floor.token_of(AGENT).await;
    let pad = floor.pad(AGENT).await;
    let cookie = pad.cookie.split_once('=').unwrap().1.to_owned();
    assert!(pad.set_cookie.contains("HttpOnly") && pad.set_cookie.contains("SameSite=Strict"));
    floor.stop().await;
    for entry in std::fs::read_dir(floor.data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for secret in [PIN, CODE, &token, &cookie] {
                let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!found, "{secret} in {}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn k7_sessions_end_with_the_day_with_signing_off_and_with_leaving_the_staff() {
    let mut floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT, "wu-bo", "he-lian", MANAGER]).await;
    let works = async |floor: &TestFloor, cookie: &str| {
        let request = floor
            .call("", Method::GET, "/api/v1/pad")
            .header("Cookie", cookie);
        request.send().await.unwrap().status() == StatusCode::OK
    };
    let agent = floor.pad(AGENT).await.cookie;
    let leaver = floor.pad("wu-bo").await.cookie;
    let stays = floor.pad("he-lian").await.cookie;
    let manager = floor.token_of(MANAGER).await;
    for cookie in [&agent, &leaver, &stays] {
        assert!(works(&floor, cookie).await);
    }
    floor.status(AGENT, json!({"status": "off"})).await;
    assert!(!works(&floor, &agent).await);
    let mut site = site_with_managers("");
    site.staff.retain(|s| s.id.as_str() != "wu-bo");
    let heard = floor
        .centre
        .hand_down(json!({"kind": "site", "site": site}));
    floor.centre.heard(heard).await;
    assert!(!works(&floor, &leaver).await);
    // A session without a pad is a short one.
    assert_eq!(floor.get(&manager, "/api/v1/pad").await.0, StatusCode::OK);
    floor.let_pass(10 * 60);
    assert_eq!(
        floor.get(&manager, "/api/v1/pad").await.0,
        StatusCode::UNAUTHORIZED
    );
    floor.stop().await;
    floor.begin();
    assert!(works(&floor, &stays).await, "a restart ends nobody's day");
    floor.let_pass(24 * 3600);
    assert!(!works(&floor, &stays).await);
}

#[tokio::test]
async fn k6_managers_and_receptionists_are_never_in_the_rota() {
    let floor = TestFloor::open_with_managers("").await;
    let (_, agents) = floor.get(DESK, "/api/v1/agents").await;
    assert_eq!(agents["agents"].as_array().unwrap().len(), 3);
    let path = format!("/api/v1/agents/{MANAGER}/status");
    let (status, _) = floor.post(DESK, &path, json!({"status": "ready"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, site) = floor.get(KIOSK, "/api/v1/site").await;
    assert_eq!(site["consultants"].as_array().unwrap().len(), 3);
    // An agent who becomes a manager leaves the rota.
    let mut site = site_with_managers("");
    site.staff[0].role = yingbin::core::site::StaffRole::Manager;
    let heard = floor
        .centre
        .hand_down(json!({"kind": "site", "site": site}));
    floor.centre.heard(heard).await;
    let desk = floor.desk_until(|desk| desk.agents.len() == 2).await;
    assert!(desk.agents.iter().all(|a| a.id.as_str() != AGENT));
}

async fn actors(floor: &TestFloor, kind: &str) -> Vec<String> {
    floor.until_delivered().await;
    let events = floor.centre.events();
    let of_kind = events.iter().filter(|e| e["body"]["kind"] == kind);
    of_kind
        .map(|e| e["actor"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn r15_an_override_under_the_managers_own_sign_in_is_the_managers() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[MANAGER, RECEPTIONIST, AGENT]).await;
    let visit = floor.check_in("a", &party()).await.visit_id.to_string();
    let path = format!("/api/v1/visits/{visit}/actions");
    let to = |agent: &str| json!({"action": "reassign", "agent": agent, "reason": "熟客"});
    let manager = floor.token_of(MANAGER).await;
    let (status, view) = floor.post(&manager, &path, to("he-lian")).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    assert_eq!(view["assignment"]["agent"], "he-lian");
    floor.post(DESK, &path, to("wu-bo")).await;
    assert_eq!(actors(&floor, "reassigned").await, [MANAGER, "desk-1"]);

    // An agent may not, whatever the means.
    let agent = floor.token_of(AGENT).await;
    for action in ["reassign", "cancel", "transfer", "leave", "park", "refuse"] {
        let body = json!({"action": action, "agent": AGENT, "reason": "x", "line": "new"});
        let (status, _) = floor.post(&agent, &path, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{action}");
    }
    let (status, answer) = floor.post(&agent, &path, json!({"action": "accept"})).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::CONFLICT, &json!("offer_over"))
    );
    let other = "/api/v1/agents/wu-bo/status";
    let (status, _) = floor.post(&agent, other, json!({"status": "off"})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = floor
        .post(
            &agent,
            &format!("/api/v1/agents/{AGENT}/status"),
            json!({"status": "away", "reason": "lunch"}),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    // Of the list of agents an agent sees the own line; a long service is the desk's to vouch for.
    let (_, own) = floor.get(&agent, "/api/v1/agents").await;
    let ids: Vec<&str> = own["agents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [AGENT]);
    let (status, _) = floor
        .post(
            &agent,
            &format!("/api/v1/agents/{AGENT}/status"),
            json!({"status": "serving"}),
        )
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    // Nobody signs a colleague's PIN away but a manager.
    let reset = format!("/api/v1/staff/{AGENT}/pin-code");
    let receptionist = floor.token_of(RECEPTIONIST).await;
    for token in [&agent, &receptionist, DESK] {
        assert_eq!(
            floor.post(token, &reset, Value::Null).await.0,
            StatusCode::FORBIDDEN
        );
    }
    let (status, code) = floor.post(&manager, &reset, Value::Null).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        floor.get(&agent, "/api/v1/pad").await.0,
        StatusCode::UNAUTHORIZED
    );
    let body = json!({"staff": AGENT, "code": code["code"], "pin": "362514"});
    assert_eq!(
        floor.post("", "/api/v1/staff/pins", body).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(floor.sign_in(AGENT, "362514").await.0, StatusCode::CREATED);
    let (status, _) = read_no_content(&floor, &manager).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        floor.get(&manager, "/api/v1/pad").await.0,
        StatusCode::UNAUTHORIZED
    );
}

async fn read_no_content(floor: &TestFloor, token: &str) -> (StatusCode, Value) {
    let request = floor.call(token, Method::DELETE, "/api/v1/staff/sessions/current");
    (request.send().await.unwrap().status(), Value::Null)
}

#[tokio::test]
async fn p8_a_foreign_page_cannot_tap_with_the_pads_cookie() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT]).await;
    let pad = floor.pad(AGENT).await;
    let forged = floor
        .call("", Method::POST, "/api/v1/pad/taps")
        .header("Cookie", &pad.cookie)
        .header("Idempotency-Key", "k")
        .json(&json!({"tap": {"do": "status", "status": "off"}}));
    let answer = forged.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    // The cookie's token is good for the pad alone, and a token for programs not as a cookie.
    let token = pad.cookie.split_once('=').unwrap().1;
    assert_eq!(
        floor.get(token, "/api/v1/pad").await.0,
        StatusCode::UNAUTHORIZED
    );
    let page = floor.call("", Method::GET, "/pad").send().await.unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
}
