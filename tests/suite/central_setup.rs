//! An office is set up from nothing, and only by those who may.

use reqwest::{Method, StatusCode};
use serde_json::json;
use yingbin::crypto::{chain, enrolment};

use crate::support::central::{
    Office, PASSWORD, Running, SITE, USER, notice, problem, settings, value,
};

#[tokio::test]
async fn k0_the_first_link_makes_one_administrator_and_dies() {
    let data = tempfile::tempdir().unwrap();
    let running = Running::start(data.path()).await;
    let code = running.code();
    let set_up = |code: String, password: &str| {
        let body = json!({"code": code, "user": USER, "password": password});
        let running = &running;
        async move { running.send(Method::POST, "/api/v1/setup", "", &body).await }
    };
    let wrong = set_up("guess".to_owned(), PASSWORD).await;
    assert_eq!(problem(wrong).await, (403, "setup_code_unknown".to_owned()));
    let weak = set_up(code.clone(), "short").await;
    assert_eq!(problem(weak).await, (422, "weak_password".to_owned()));
    let made = set_up(code.clone(), PASSWORD).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let again = set_up(code, PASSWORD).await;
    assert_eq!(problem(again).await, (403, "setup_code_unknown".to_owned()));
    running.stop().await;

    let running = Running::start(data.path()).await;
    assert_eq!(running.setup_link, None, "there is an account");
    assert_eq!(
        running.sign_in("ADMIN ", PASSWORD).await.status(),
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn s1_2_a_wrong_password_an_old_session_and_no_session_are_refused() {
    let office = Office::open().await;
    let running = &office.running;
    let site = format!("/api/v1/sites/{SITE}");
    for (user, password) in [(USER, "showroom-2027"), ("nobody", PASSWORD)] {
        let refused = problem(running.sign_in(user, password).await).await;
        assert_eq!(refused, (401, "wrong_password".to_owned()));
    }
    assert_eq!(running.get(&site, &office.admin).await.status(), 200);
    let none = running.get(&site, "").await;
    assert_eq!(none.headers()["www-authenticate"], "Bearer");
    assert_eq!(problem(none).await, (401, "unauthorised".to_owned()));
    let floors = running.get(&site, &office.floor_token).await;
    assert_eq!(
        problem(floors).await.0,
        401,
        "a floor is no member of staff"
    );

    let second = value(running.sign_in(USER, PASSWORD).await).await;
    let second = second["token"].as_str().unwrap();
    let current = "/api/v1/sessions/current";
    let out = running
        .request(Method::DELETE, current, second)
        .send()
        .await
        .unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert_eq!(running.get(&site, second).await.status(), 401);

    running.pass_minutes(12 * 60);
    assert_eq!(running.get(&site, &office.admin).await.status(), 401);
}

#[tokio::test]
async fn s1_2_guessing_passwords_is_stopped() {
    let data = tempfile::tempdir().unwrap();
    let running = Running::start(data.path()).await;
    let mut stopped = false;
    for _ in 0..12 {
        let answer = running.sign_in("admin", "a wrong password").await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers().contains_key("retry-after"));
            assert_eq!(problem(answer).await.1, "too_many_requests");
            stopped = true;
        }
    }
    assert!(stopped);
}

#[tokio::test]
async fn k0_a_floor_hears_the_whole_office_and_each_change() {
    let office = Office::open().await;
    let items = office.feed(0).await;
    let kinds: Vec<_> = items.iter().map(|i| i["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["site", "rules", "devices"]);
    let site = &items[0]["site"];
    assert_eq!(site["recipient"], office.recipient.as_str());
    assert_eq!(site["notice"]["hash"], office.notice_hash.as_str());
    assert_eq!(site["staff"][0]["name"], "陈静");
    let last = items[2]["cursor"].as_u64().unwrap();
    assert!(office.feed(last).await.is_empty());

    let running = &office.running;
    let path = format!("/api/v1/sites/{SITE}/notices");
    let same = running
        .send(Method::POST, &path, &office.admin, &notice("2026-1"))
        .await;
    assert_eq!(problem(same).await, (409, "notice_exists".to_owned()));
    running
        .send(Method::POST, &path, &office.admin, &notice("2026-2"))
        .await;
    let rules = format!("/api/v1/sites/{SITE}/rules");
    let changed = running
        .send(Method::PUT, &rules, &office.admin, &json!({"recalls": 3}))
        .await;
    assert_eq!(changed.status(), 200);
    let news = office.feed(last).await;
    assert_eq!(news.len(), 2);
    assert_eq!(news[0]["site"]["notice"]["version"], "2026-2");
    assert_eq!(news[1]["rules"]["recalls"], 3);
    assert_eq!(news[1]["rules"]["accept_seconds"], 60);
    assert!(news[1]["by"].is_string(), "who changed them: {}", news[1]);
}

#[tokio::test]
async fn k0_a_waiting_poll_hears_of_a_new_device_at_once_and_a_revoked_one_is_gone() {
    let office = Office::open().await;
    let running = &office.running;
    let last = office.feed(0).await[2]["cursor"].as_u64().unwrap();
    let poll = format!("/api/v1/floors/{}/feed?after={last}", office.floor);
    let path = format!("/api/v1/sites/{SITE}/devices");
    let device = json!({"id": "kiosk-1", "role": "kiosk"});
    let (feed, made) = tokio::join!(
        running.get(&poll, &office.floor_token),
        running.send(Method::POST, &path, &office.admin, &device)
    );
    assert_eq!(made.status(), StatusCode::CREATED);
    let code = value(made).await["code"].as_str().unwrap().to_owned();
    let feed = value(feed).await;
    let grant = &feed["items"][0]["devices"][0];
    assert_eq!(grant["id"], "kiosk-1");
    assert_eq!(grant["role"], "kiosk");
    assert_eq!(
        (&grant["number"], &grant["token_hash"]),
        (&json!(1), &json!(null))
    );
    let key = enrolment::key(&code).unwrap();
    assert_eq!(grant["enrolment"]["key"], chain::hex(key.as_ref()).as_str());
    assert_eq!(grant["enrolment"]["expires"], "2026-11-23T02:30:00.000Z");
    assert!(
        !feed.to_string().contains(&code),
        "the code itself travels nowhere"
    );
    let twice = running
        .send(Method::POST, &path, &office.admin, &device)
        .await;
    assert_eq!(problem(twice).await, (409, "device_exists".to_owned()));

    let one = format!("{path}/kiosk-1");
    let revoke = running.request(Method::DELETE, &one, &office.admin);
    assert_eq!(revoke.send().await.unwrap().status(), 204);
    let devices = office.feed(last).await[0]["devices"].clone();
    assert_eq!(devices, json!([]));
    let anew = running
        .send(Method::POST, &path, &office.admin, &device)
        .await;
    assert_eq!(anew.status(), StatusCode::CREATED);
    let number = office.feed(last).await[0]["devices"][0]["number"].clone();
    assert_eq!(number, json!(2), "a kiosk's series is nobody else's, ever");

    // A code that ran out unused makes room for a new one.
    running.pass_minutes(29);
    let soon = running
        .send(Method::POST, &path, &office.admin, &device)
        .await;
    assert_eq!(problem(soon).await, (409, "device_exists".to_owned()));
    running.pass_minutes(1);
    let later = running
        .send(Method::POST, &path, &office.admin, &device)
        .await;
    assert_eq!(later.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn k9_a_floors_credential_is_good_for_that_floor_alone() {
    let office = Office::open().await;
    let running = &office.running;
    let floors = format!("/api/v1/sites/{SITE}/floors");
    let other = running
        .send(Method::POST, &floors, &office.admin, &json!({}))
        .await;
    let other = value(other).await;
    let own = format!("/api/v1/floors/{}/feed?wait=0", office.floor);
    let others = running.get(&own, other["token"].as_str().unwrap()).await;
    assert_eq!(problem(others).await, (403, "forbidden".to_owned()));

    let renew = format!("{floors}/{}/credential", office.floor);
    let new = running
        .send(Method::POST, &renew, &office.admin, &json!({}))
        .await;
    let new = value(new).await["token"].as_str().unwrap().to_owned();
    assert_eq!(running.get(&own, &office.floor_token).await.status(), 401);
    assert_eq!(running.get(&own, &new).await.status(), 200);
}

#[tokio::test]
async fn k0_what_does_not_fit_is_refused_by_field_and_after_the_credential() {
    let office = Office::open().await;
    let running = &office.running;
    let put = |path: String, token: String, body: serde_json::Value| async move {
        running.send(Method::PUT, &path, &token, &body).await
    };
    let admin = office.admin.clone();
    let mut wrong = settings();
    wrong["time_zone"] = json!("Mars/Olympus");
    let site = "/api/v1/sites/other".to_owned();
    let stranger = put(site.clone(), String::new(), wrong.clone()).await;
    assert_eq!(problem(stranger).await.0, 401);
    let answer = value(put(site.clone(), admin.clone(), wrong).await).await;
    assert_eq!(answer["code"], "unknown_time_zone");
    assert_eq!(answer["pointer"], "/time_zone");
    let answer = value(put(site, admin.clone(), json!({"name": 1})).await).await;
    assert_eq!(
        (&answer["status"], &answer["pointer"]),
        (&json!(422), &json!("/name"))
    );
    let bad_id = put("/api/v1/sites/A%2FB".to_owned(), admin.clone(), settings()).await;
    assert_eq!(problem(bad_id).await, (422, "bad_id".to_owned()));
    let nowhere = put("/api/v1/sites/nowhere/rules".to_owned(), admin, json!({})).await;
    assert_eq!(problem(nowhere).await, (404, "not_found".to_owned()));
}

#[tokio::test]
async fn k9_every_answer_is_a_problem_or_what_was_asked_for() {
    let office = Office::open().await;
    let running = &office.running;
    let lost = running.get("/api/v1/nothing", "").await;
    assert_eq!(lost.headers()["x-content-type-options"], "nosniff");
    assert_eq!(problem(lost).await, (404, "not_found".to_owned()));
    let method = running.request(Method::PATCH, "/api/v1/sessions", "");
    let method = problem(method.send().await.unwrap()).await;
    assert_eq!(method, (405, "method_not_allowed".to_owned()));
    let broken = running
        .request(Method::POST, "/api/v1/sessions", "")
        .header("content-type", "application/json")
        .body("{");
    assert_eq!(problem(broken.send().await.unwrap()).await.1, "bad_json");
    let large = running
        .request(Method::POST, "/api/v1/customers/search", &office.admin)
        .header("content-type", "application/json")
        .body(vec![b' '; 4 * 1024 * 1024]);
    assert_eq!(
        problem(large.send().await.unwrap()).await,
        (413, "too_large".to_owned())
    );

    assert_eq!(running.get("/healthz", "").await.status(), 200);
    let api = value(running.get("/openapi.json", "").await).await;
    assert!(api["paths"]["/api/v1/floors/{floor}/events"]["post"].is_object());
    assert!(api["components"]["schemas"]["CustomerView"].is_object());
    let figures = running.get("/metrics", "").await.text().await.unwrap();
    assert!(figures.contains("yingbin_http_requests_total"));
    assert!(!figures.contains(&office.floor), "routes, not addresses");
}
