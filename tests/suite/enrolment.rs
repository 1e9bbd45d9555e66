//! Screens join a floor by one-time code, and pin its key.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use futures_util::StreamExt;
use serde_json::{Value, json};
use yingbin::client::ClientError;
use yingbin::client::FloorClient;
use yingbin::client::check_in::EffectRunner;
use yingbin::client::cut_off::{CutOff, Patience};
use yingbin::client::enrol::{EnrolError, enrol};
use yingbin::client::live::{Live, LiveSettings, Silence};
use yingbin::client::office::Office;
use yingbin::client::own_series::OwnSeries;
use yingbin::core::kiosk::{Effect, Message};
use yingbin::core::time::Millis;
use yingbin::crypto::{chain, enrolment, token};
use yingbin::protocol::feed::DeviceRole;

use crate::support::floor::{DESK, TestFloor};
use crate::support::line::Line;
use crate::support::office::{set_up, until};
use crate::support::processes::Program;
use crate::support::site::party;

pub const CODE: &str = "7K3MD-01ZXW";
pub const OTHER_CODE: &str = "7K3MD-01ZXV";
/// Half an hour after the tests' morning.
const EXPIRES: &str = "2026-11-23T01:30:00.000Z";

pub fn grant(id: &str, role: &str, enrolment: &str, code: &str) -> Value {
    let key = chain::hex(enrolment::key(code).unwrap().as_ref());
    json!({"id": id, "role": role, "number": 3,
        "enrolment": {"id": enrolment, "key": key, "expires": EXPIRES}})
}

/// A desk known by its token, to look with, and what else is to be enrolled.
pub async fn hand_down(floor: &TestFloor, mut devices: Vec<Value>) {
    devices.push(json!({"id": "desk-1", "role": "desk", "token_hash": token::hash(DESK)}));
    let news = json!({"kind": "devices", "devices": devices});
    floor.centre.heard(floor.centre.hand_down(news)).await;
}

pub async fn floor_with(devices: Vec<Value>) -> TestFloor {
    let floor = TestFloor::start().await;
    hand_down(&floor, devices).await;
    floor
}

#[tokio::test]
async fn k10_a_code_makes_one_token_and_is_used_up() {
    let mut floor = floor_with(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let enrolled = enrol(&floor.url, " 7k3md 01zxw ", Some(DeviceRole::Kiosk))
        .await
        .unwrap();
    assert_eq!(
        (&*enrolled.device, enrolled.role),
        ("kiosk-9", DeviceRole::Kiosk)
    );
    assert_eq!(enrolled.floor_key, None, "in clear there is no key");
    let site = floor.get(&enrolled.token, "/api/v1/site").await;
    assert_eq!(
        (site.0.as_u16(), &site.1["kiosk"]["number"]),
        (200, &json!(3))
    );
    let again = enrol(&floor.url, CODE, None).await.unwrap_err();
    assert!(matches!(again, EnrolError::Refused), "{again}");

    floor.desk_until(|d| d.outbox.backlog == 0).await;
    let events = floor.centre.events();
    let event = events
        .iter()
        .find(|e| e["body"]["kind"] == "device_enrolled")
        .unwrap();
    assert_eq!(event["actor"], "kiosk-9");
    let body = &event["body"];
    assert_eq!(body["device"], "kiosk-9");
    assert_eq!(body["enrolled"]["enrolment"], "e1");
    assert_eq!(body["enrolled"]["token_hash"], token::hash(&enrolled.token));
    let everything = serde_json::to_string(&events).unwrap();
    assert!(!everything.contains(&enrolled.token) && !everything.contains(CODE));

    // After a restart without the centre the floor knows it still, and the code is still used up.
    floor.stop().await;
    floor.begin();
    assert_eq!(
        floor.get(&enrolled.token, "/api/v1/site").await.0.as_u16(),
        200
    );
    assert!(matches!(
        enrol(&floor.url, CODE, None).await,
        Err(EnrolError::Refused)
    ));
}

#[tokio::test]
async fn k10_two_at_once_with_one_code_make_one_token() {
    let floor = floor_with(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let (one, other) = tokio::join!(enrol(&floor.url, CODE, None), enrol(&floor.url, CODE, None));
    assert_ne!(one.is_ok(), other.is_ok());
}

#[tokio::test]
async fn k10_used_old_and_unknown_codes_get_one_answer() {
    let floor = floor_with(vec![
        grant("kiosk-9", "kiosk", "e1", CODE),
        grant("kiosk-8", "kiosk", "e2", OTHER_CODE),
    ])
    .await;
    enrol(&floor.url, CODE, None).await.unwrap();
    floor.let_pass(1800);
    let mut answers = Vec::new();
    for code in [CODE, OTHER_CODE, "AAAAA-AAAAA"] {
        let nonce = [7; 32];
        let key = enrolment::key(code).unwrap();
        let proof = enrolment::device_proof(&key, &nonce, &enrolment::IN_CLEAR);
        answers.push(
            floor
                .post("", "/api/v1/enrolments", proof_of(&nonce, &proof))
                .await,
        );
    }
    assert_eq!(answers[0].0.as_u16(), 403);
    assert_eq!(answers[0].1["code"], "code_refused");
    assert!(answers.iter().all(|a| *a == answers[0]));
    let nonsense = enrol(&floor.url, "hello", None).await.unwrap_err();
    assert!(matches!(nonsense, EnrolError::NotACode));
}

fn proof_of(nonce: &[u8; 32], proof: &[u8; 32]) -> Value {
    use base64::Engine;
    let text = |bytes: &[u8; 32]| base64::engine::general_purpose::STANDARD.encode(bytes);
    json!({"nonce": text(nonce), "proof": text(proof)})
}

#[tokio::test]
async fn k10_guessing_codes_is_stopped() {
    let floor = floor_with(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let mut stopped = 0;
    for n in 0..14 {
        let guess = proof_of(&[n; 32], &[n; 32]);
        let (status, _) = floor.post("", "/api/v1/enrolments", guess).await;
        stopped += u32::from(status == reqwest::StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(stopped >= 1);
}

#[tokio::test]
async fn k10_revoking_ends_calls_and_open_streams_at_once_and_a_new_code_is_another_device() {
    let display = || grant("display-9", "display", "e1", CODE);
    let floor = floor_with(vec![display()]).await;
    let old = enrol(&floor.url, CODE, None).await.unwrap().token;
    let mut board = floor.stream(&old, "/api/v1/board/stream", "board").await;
    let mut desk = floor.stream(DESK, "/api/v1/desk/stream", "desk").await;
    board.next().await.unwrap();
    desk.next().await.unwrap();
    // Something else about the devices changes nothing for this one.
    hand_down(
        &floor,
        vec![display(), grant("kiosk-9", "kiosk", "e3", OTHER_CODE)],
    )
    .await;
    assert_eq!(floor.get(&old, "/api/v1/board").await.0.as_u16(), 200);

    hand_down(&floor, vec![]).await;
    while let Some(board) = board.next().await {
        drop(board);
    }
    assert_eq!(floor.get(&old, "/api/v1/board").await.0.as_u16(), 401);
    floor.status("wu-bo", json!({"status": "ready"})).await;
    desk.next().await.expect("the desk's stream goes on");

    hand_down(
        &floor,
        vec![grant("display-9", "display", "e2", OTHER_CODE)],
    )
    .await;
    assert_eq!(floor.get(&old, "/api/v1/board").await.0.as_u16(), 401);
    let new = enrol(&floor.url, OTHER_CODE, None).await.unwrap().token;
    assert_eq!(floor.get(&new, "/api/v1/board").await.0.as_u16(), 200);
}

#[tokio::test]
async fn k10_a_code_of_another_role_is_not_used_up_and_a_floor_without_its_office_says_to_wait() {
    let floor = floor_with(vec![grant("desk-9", "desk", "e1", CODE)]).await;
    let wrong = enrol(&floor.url, CODE, Some(DeviceRole::Kiosk))
        .await
        .unwrap_err();
    assert!(matches!(wrong, EnrolError::OtherRole("desk")));
    enrol(&floor.url, CODE, Some(DeviceRole::Desk))
        .await
        .expect("the code is still good where it belongs");

    let mut new = TestFloor::start().await;
    new.stop().await;
    let empty = tempfile::tempdir().unwrap();
    let mut settings = new.settings(empty.path());
    settings.centre = None;
    new.begin_with(settings);
    for _ in 0..20 {
        let early = enrol(&new.url, CODE, None).await.unwrap_err();
        assert!(early.is_temporary(), "{early}");
    }
}

#[tokio::test]
async fn k10_an_answer_that_proves_nothing_is_not_believed() {
    let answer = json!({"device": "kiosk-9", "role": "kiosk", "token": "theirs",
        "nonce": proof_of(&[1; 32], &[2; 32])["nonce"], "proof": proof_of(&[1; 32], &[2; 32])["proof"]});
    let router = Router::new().route(
        "/api/v1/enrolments",
        post(move || async move { (StatusCode::CREATED, axum::Json(answer)) }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let untrue = enrol(&url, CODE, None).await.unwrap_err();
    assert!(matches!(untrue, EnrolError::Untrue), "{untrue}");
}

/// A floor with TLS of its own.
pub async fn encrypted(devices: Vec<Value>) -> TestFloor {
    let mut floor = floor_with(devices).await;
    floor.stop().await;
    floor.begin_encrypted();
    floor
}

#[tokio::test]
async fn k10_the_floors_key_is_pinned_and_nothing_is_sent_to_a_floor_with_another() {
    let ours = encrypted(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let line = Line::to(&ours.url).await;
    let address = format!("https://{}", line.address);
    let enrolled = enrol(&address, CODE, None).await.unwrap();
    let key = enrolled.floor_key.expect("a key to pin");
    // Each on connections of its own: what was open before the other floor came is gone.
    let client = || FloorClient::pinned(&address, &enrolled.token, key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kiosk = || {
        let series = OwnSeries::open(folder.path()).unwrap();
        let clock = || Millis::parse_rfc3339(EXPIRES).unwrap();
        CutOff::new(client(), series, None, clock, Patience::default())
    };
    kiosk().site().await.unwrap();

    // Another floor answers at that address, and even knows the token.
    let hash = token::hash(&enrolled.token);
    let known = json!({"id": "kiosk-9", "role": "kiosk", "token_hash": hash, "number": 3});
    let other = encrypted(vec![known]).await;
    line.lead_to(&other.url);
    let refused = client().site().await.unwrap_err();
    assert!(matches!(refused, ClientError::OtherFloor), "{refused}");
    let closed = kiosk();
    assert!(
        closed.site().await.is_err(),
        "not even the site kept is shown"
    );
    let check_in = closed.check_in("k", &party()).await.unwrap_err();
    assert!(matches!(check_in, ClientError::OtherFloor), "{check_in}");
    assert_eq!(closed.backlog().await.waiting, 0, "and nothing is promised");
    let runner = EffectRunner::with_own_series(client(), closed);
    let told = runner.run(Effect::FetchSite).await;
    assert_eq!(told, Some(Message::OtherFloor), "the screen says so");
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let display = client();
    let following = tokio::spawn(async move {
        let tell = |live| drop(tell.send(live));
        display.follow_board(&LiveSettings::default(), tell).await
    });
    let Some(Live::Stale { why, .. }) = told.recv().await else {
        panic!("no board of another floor is shown");
    };
    assert_eq!(why, Silence::OtherFloor);
    following.abort();

    // Back at the right one, everything goes on.
    line.lead_to(&ours.url);
    let kiosk = kiosk();
    kiosk.site().await.unwrap();
    kiosk.check_in("k", &party()).await.unwrap();
}

#[tokio::test]
async fn k10_a_stranger_in_the_middle_cannot_pass_a_proof_on() {
    let ours = encrypted(vec![grant("kiosk-9", "kiosk", "e1", CODE)]).await;
    let theirs = yingbin::floor::own_certificate(tempfile::tempdir().unwrap().path()).unwrap();
    let nonce = [7; 32];
    // What a screen says that met the stranger's key.
    let proof = enrolment::device_proof(&enrolment::key(CODE).unwrap(), &nonce, &theirs.key_hash());
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_danger_accept_invalid_certs(true)
        .build()
        .unwrap();
    let passed_on = client
        .post(format!("{}/api/v1/enrolments", ours.url))
        .json(&proof_of(&nonce, &proof));
    assert_eq!(passed_on.send().await.unwrap().status(), 403);
    let rightly = enrol(&ours.url, CODE, None).await.unwrap();
    assert!(rightly.floor_key.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_k0_the_programs_themselves_enrol_a_screen_and_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::server(&folder.path().join("central"));
    let central_url = server.says("centre:");
    let link = server.says("first start, make the administrator's account here (works once):");
    let mut office = Office::new(&central_url, "test-house");
    let set_up = set_up(&mut office, &link).await;
    let floor = Program::start(
        &["floor"],
        &[
            ("YINGBIN_FLOOR_LISTEN", "127.0.0.1:0"),
            ("YINGBIN_FLOOR_OWN_CERTIFICATE", "true"),
            (
                "YINGBIN_FLOOR_DATA",
                folder.path().join("floor").to_str().unwrap(),
            ),
            ("YINGBIN_FLOOR_CENTRE__URL", &central_url),
            ("YINGBIN_FLOOR_CENTRE__FLOOR", &set_up.floor.floor),
            ("YINGBIN_FLOOR_CENTRE__TOKEN", &set_up.floor.token),
        ],
    );
    let floor_url = floor.says("floor:");
    assert!(floor_url.starts_with("https://"));
    let config = folder.path().join("kiosk.toml");
    std::fs::write(&config, format!("floor = \"{floor_url}\"\n")).unwrap();
    let config = config.to_str().unwrap();

    // Where windows need no DISPLAY, the kiosk would ask for its code in one.
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        let nobody_to_ask = [("DISPLAY", "")];
        let (code, said) = Program::start(&["kiosk", "--config", config], &nobody_to_ask).end();
        assert_eq!(code, Some(1));
        assert!(said.contains("yingbin enrol kiosk --config"), "{said}");
    }

    // The floor hears of the code by its feed.
    let said = until("the code on the floor", async || {
        let arguments = [
            "enrol",
            "kiosk",
            "--config",
            config,
            "--code",
            &set_up.kiosk,
        ];
        let (code, said) = Program::start(&arguments, &[]).end();
        (code == Some(0)).then_some(said)
    })
    .await;
    assert!(
        said.contains("kiosk-1 is enrolled") && said.contains("pinned"),
        "{said}"
    );
    let kept = std::fs::read_to_string(folder.path().join("kiosk.enrolment")).unwrap();
    let kept: toml::Table = kept.parse().unwrap();
    let key = enrolment::key_hash(kept["floor_key"].as_str().unwrap()).unwrap();
    let client = FloorClient::pinned(&floor_url, kept["token"].as_str().unwrap(), key).unwrap();
    let site = client.site().await.unwrap();
    assert_eq!(site.kiosk.unwrap().number, 1);

    let (code, said) = Program::start(
        &[
            "enrol",
            "kiosk",
            "--config",
            config,
            "--code",
            &set_up.kiosk,
        ],
        &[],
    )
    .end();
    assert_eq!(code, Some(1));
    assert!(said.contains("make a new one"), "{said}");
}
