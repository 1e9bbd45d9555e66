//! The agents' pad over HTTP: what it shows when, taps done once, hands, sealed notes, and whether it
//! is on the line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use yingbin::core::id::VisitId;
use yingbin::core::reception::ReceptionStep;
use yingbin::core::visit::VisitState;
use yingbin::crypto::seal;

use crate::support::floor::{DESK, TestFloor};
use crate::support::pad::{MANAGER, Pad, RECEPTIONIST};
use crate::support::site::{agreed, party};

const AGENT: &str = "chen-jing";
const OTHER: &str = "wu-bo";

async fn guest(floor: &TestFloor, key: &str) -> String {
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("欧阳女士".into());
    floor.check_in(key, &body).await.visit_id.to_string()
}

async fn served(floor: &TestFloor, pad: &Pad<'_>) -> String {
    let visit = guest(floor, "served").await;
    let offered_at = pad.view().await["offer"]["offered_at"].clone();
    pad.tap(json!({"do": "accept", "visit": visit, "offered_at": offered_at}))
        .await;
    pad.tap(json!({"do": "start", "visit": visit})).await;
    visit
}

#[tokio::test]
async fn k7_nothing_of_the_guest_is_shown_before_acceptance_nor_to_others() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT, OTHER, MANAGER]).await;
    let (pad, other) = (floor.pad(AGENT).await, floor.pad(OTHER).await);
    let place = &pad.view().await["duty"];
    assert_eq!((&place["place"], &place["before"]), (&json!(1), &json!([])));
    let second = &other.view().await["duty"];
    assert_eq!(
        (&second["place"], &second["before"][0]["name"]),
        (&json!(2), &json!("陈静"))
    );

    let visit = guest(&floor, "a").await;
    let view = pad.view().await;
    assert_eq!(view["offer"]["ticket"], "A001");
    assert_eq!(view["offer"].as_object().unwrap().len(), 5, "{view}");
    assert!(view["visit"].is_null());
    assert!(!view.to_string().contains("欧阳") && !view.to_string().contains("看房"));
    let offered_at = view["offer"]["offered_at"].clone();
    pad.tap(json!({"do": "accept", "visit": visit, "offered_at": offered_at}))
        .await;
    let view = pad.view().await;
    assert_eq!(view["visit"]["address_form"], "欧阳女士");
    assert_eq!(view["visit"]["drink"], "茶");
    assert!(view["offer"].is_null());
    let manager = floor.token_of(MANAGER).await;
    for seen in [
        other.view().await,
        floor.get(&manager, "/api/v1/pad").await.1,
    ] {
        assert!(!seen.to_string().contains("欧阳"), "{seen}");
    }
    // Nor does a list of visits open to an agent.
    assert_eq!(pad.get("/api/v1/visits").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(pad.get("/api/v1/desk").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn k7_a_tap_sent_again_gives_the_first_answer_also_after_a_restart() {
    let mut floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT]).await;
    let pad = floor.pad(AGENT).await;
    let visit = served(&floor, &pad).await;
    let done = json!({"do": "done", "visit": visit, "step": "welcome"});
    let hand = json!({"do": "ask_hand", "visit": visit, "hand": "drinks"});
    let finish = json!({"do": "finish", "visit": visit, "next": {"next": "none"}});
    assert_eq!(
        pad.tap_as("1", done.clone()).await.1["repeated"],
        json!(false)
    );
    assert_eq!(
        pad.tap_as("1", done.clone()).await.1["repeated"],
        json!(true)
    );
    assert_eq!(pad.tap_as("1", hand.clone()).await.1["code"], "key_reused");
    assert_eq!(pad.tap_as("2", hand.clone()).await.0, StatusCode::OK);
    let refused = pad.tap_as("3", finish.clone()).await;
    assert_eq!(
        (refused.0, &refused.1["code"]),
        (StatusCode::CONFLICT, &json!("steps_open"))
    );
    // The same rule by the general address; a day that is none is refused before anything ends.
    let path = format!("/api/v1/visits/{visit}/actions");
    let token = floor.token_of(AGENT).await;
    let (status, answer) = floor.post(&token, &path, json!({"action": "finish"})).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::CONFLICT, &json!("steps_open"))
    );
    let next = json!({"next": "call", "day": "soon"});
    let body = json!({"action": "finish", "skipped": {"welcome": "no_time"}, "next": next});
    let (status, answer) = floor.post(&token, &path, body).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (422, &json!("not_a_day"))
    );
    let path = format!("/api/v1/visits/{visit}/hands");
    assert_eq!(
        floor.post(DESK, &path, json!({"kind": "drinks"})).await.0,
        StatusCode::NO_CONTENT
    );
    let cookie = pad.cookie.clone();
    floor.stop().await;
    floor.begin();
    let again = async |key: &str, tap: &Value| {
        let request = floor
            .call("", Method::POST, "/api/v1/pad/taps")
            .header("Cookie", &cookie)
            .header("X-Yingbin-Pad", "1")
            .header("Idempotency-Key", key)
            .json(&json!({"tap": tap, "ago_ms": 5000}));
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, answer.json::<Value>().await.unwrap())
    };
    assert_eq!(again("1", &done).await.1["repeated"], json!(true));
    // The hand was given meanwhile; the old tap does not ask for it again.
    assert_eq!(again("2", &hand).await.1["repeated"], json!(true));
    assert!(floor.desk().await.hands.is_empty());
    assert_eq!(again("3", &finish).await, refused);
    let (status, answer) = again("", &finish).await;
    assert!(status.is_client_error(), "{answer}");
}

#[tokio::test]
async fn k7_a_hand_asked_for_stands_on_the_desk_until_somebody_comes() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT, RECEPTIONIST]).await;
    let pad = floor.pad(AGENT).await;
    let visit = served(&floor, &pad).await;
    for hand in ["contract", "drinks"] {
        floor.let_pass(5);
        pad.tap(json!({"do": "ask_hand", "visit": visit, "hand": hand}))
            .await;
    }
    let hands = floor.desk().await.hands;
    let kinds: Vec<&str> = hands.iter().map(|h| h.kind.code()).collect();
    assert_eq!(kinds, ["contract", "drinks"], "the longest waiting first");
    assert_eq!(
        (hands[0].ticket.as_str(), hands[0].name.as_str()),
        ("A001", "陈静")
    );
    let path = format!("/api/v1/visits/{visit}/hands");
    let (status, _) = floor.post(DESK, &path, json!({"kind": "contract"})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, answer) = floor.post(DESK, &path, json!({"kind": "contract"})).await;
    assert_eq!(answer["code"], "no_such_hand");
    let reception = floor.pad(RECEPTIONIST).await;
    assert_eq!(reception.view().await["hands"][0]["kind"], "drinks");
    let given = json!({"do": "hand_given", "visit": visit, "hand": "drinks"});
    assert_eq!(
        pad.tap_as("x", given.clone()).await.0,
        StatusCode::FORBIDDEN
    );
    reception.tap(given).await;
    assert!(floor.desk().await.hands.is_empty());
    let accept = json!({"do": "start", "visit": visit});
    assert_eq!(reception.tap_as("y", accept).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn p7_what_an_agent_writes_is_sealed_at_once_and_leaves_the_floor_once_delivered() {
    const SAID: &str = "欧阳女士的母亲腿脚不便，要低楼层";
    let identity = age::x25519::Identity::generate();
    let mut floor = TestFloor::open_with_managers(&identity.to_public().to_string()).await;
    floor.set_pins(&[AGENT]).await;
    floor.centre.cut_off(true);
    let pad = floor.pad(AGENT).await;
    let visit = served(&floor, &pad).await;
    let needs = json!({"do": "needs", "visit": visit, "note": SAID,
        "needs": {"rooms": "3", "budget": "300"}});
    pad.tap(needs).await;
    let bad = json!({"do": "needs", "visit": visit, "needs": {"rooms": "17"}});
    assert_eq!(
        pad.tap_as("z", bad).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let view = pad.view().await;
    assert_eq!(
        view["visit"]["needs"],
        json!({"rooms": "3", "budget": "300"})
    );
    assert_eq!(view["visit"]["has_note"], true);
    let data = floor.data.path().to_owned();
    let search = |secret: &str| {
        std::fs::read_dir(&data).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            path.is_file()
                && std::fs::read(&path)
                    .unwrap()
                    .windows(secret.len())
                    .any(|w| w == secret.as_bytes())
        })
    };
    assert!(!search(SAID));
    assert!(search("age-encryption.org"), "it waits for the centre");
    floor.centre.cut_off(false);
    floor.until_delivered().await;
    let events = floor.centre.events();
    let noted = events
        .iter()
        .find(|e| e["body"]["fact"]["is"] == "needs_noted")
        .unwrap();
    let hash = noted["body"]["fact"]["note"].as_str().unwrap();
    let sealed = STANDARD.decode(&floor.centre.profiles()[hash]).unwrap();
    let note = seal::open_note(&sealed, &identity).unwrap();
    assert_eq!(
        (note.text.as_str(), note.visit),
        (SAID, VisitId(visit.parse().unwrap()))
    );
    floor.stop().await;
    assert!(!search("age-encryption.org"));
}

#[tokio::test]
async fn r9_the_floor_knows_whether_an_agents_pad_is_on_the_line() {
    let mut floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT]).await;
    let pads = |floor: &TestFloor| -> Vec<Value> {
        let events = floor.centre.events();
        let pads = events.into_iter().filter(|e| e["body"]["kind"] == "pad");
        pads.map(|e| e["body"]["connected"].clone()).collect()
    };
    let pad = floor.pad(AGENT).await;
    let open = async || {
        let request = pad.request(Method::GET, "/api/v1/pad/stream?lang=en");
        let mut stream = request.send().await.unwrap().bytes_stream();
        stream.next().await.unwrap().unwrap();
        stream
    };
    let first = open().await;
    let second = open().await;
    drop(first);
    // The book of the day shows what was noted by then; a second pad keeps the agent on the line.
    floor
        .status(OTHER, json!({"status": "away", "reason": "lunch"}))
        .await;
    floor.until_delivered().await;
    assert_eq!(pads(&floor), [true]);
    drop(second);
    floor
        .desk_until(|desk| desk.agents[0].pad == Some(false))
        .await;
    floor.until_delivered().await;
    assert_eq!(pads(&floor), [true, false]);
    let third = open().await;
    floor.until_delivered().await;
    assert_eq!(pads(&floor), [true, false, true]);
    // A floor that starts again has no pad on the line until it comes back.
    drop(pad);
    let _ = third;
    floor.stop().await;
    floor.begin();
    floor.until_delivered().await;
    assert_eq!(pads(&floor).last(), Some(&json!(false)));
}

#[tokio::test]
async fn r9_a_pad_that_answers_nothing_is_off_the_line_though_its_stream_is_open() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT, OTHER]).await;
    let pad = floor.pad(AGENT).await;
    let on_line = async |connected| {
        floor
            .desk_until(|desk| desk.agents[0].pad == Some(connected))
            .await;
    };
    let mut stream = pad.stream().await;
    let first = stream.next().await.unwrap();
    assert_eq!(first.event, "pad");
    assert_eq!(pad.answers(&first.id).await, StatusCode::NO_CONTENT);
    on_line(true).await;
    // From here on nothing is answered any more, and nothing is closed. An offer is shown to nobody.
    floor.let_pass(5);
    floor.check_in("first", &party()).await;
    let mut last = stream.next().await.unwrap();
    while !last.data.contains("\"offer\":{") {
        last = stream.next().await.unwrap();
    }
    floor.let_pass(8);
    on_line(false).await;
    floor.let_pass(52);
    let desk = floor
        .desk_until(|desk| desk.agents[0].status == "away")
        .await;
    assert_eq!(
        desk.visits[0].state,
        VisitState::Offered,
        "somebody else's now"
    );
    let view = pad.view().await;
    assert_eq!(view["duty"]["owed"], 1, "the turn is not lost: {view}");
    // The page woke up.
    assert_eq!(pad.answers(&last.id).await, StatusCode::NO_CONTENT);
    on_line(true).await;
    // Nobody answers for another, nor for what was never sent.
    let other = floor.pad(OTHER).await;
    assert_eq!(other.answers(&last.id).await, StatusCode::NOT_FOUND);
    for nonsense in ["", "1", "-", "0-0", "1-99999", "x-y"] {
        assert_eq!(
            pad.answers(nonsense).await,
            StatusCode::NOT_FOUND,
            "{nonsense}"
        );
    }
}

#[tokio::test]
async fn k7_why_not_me_is_answered_for_any_line_in_the_readers_language() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT, OTHER]).await;
    let (pad, other) = (floor.pad(AGENT).await, floor.pad(OTHER).await);
    served(&floor, &pad).await;
    let (_, book) = other.get("/api/v1/turn-book").await;
    let lines = book["lines"].as_array().unwrap();
    let offer = lines
        .iter()
        .find(|l| l["code"] == "offered_in_turn")
        .unwrap();
    let path = format!("/api/v1/turn-book/{}/why?agent=me", offer["seq"]);
    assert_eq!(
        other.get(&path).await.1["why"],
        "轮排先到陈静，还没有轮到您"
    );
    let english = other
        .request(Method::GET, &path)
        .header("Accept-Language", "en");
    let english: Value = english.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        english["why"],
        "The rota came to 陈静 first and did not reach you"
    );
    assert_eq!(pad.get(&path).await.1["why"], "这位客户分给了您");
    for line in lines {
        let path = format!("/api/v1/turn-book/{}/why?agent=me", line["seq"]);
        assert_eq!(other.get(&path).await.0, StatusCode::OK);
    }
    let foreign = path.replace("agent=me", &format!("agent={AGENT}"));
    assert_eq!(other.get(&foreign).await.0, StatusCode::FORBIDDEN);
    assert_eq!(floor.get(DESK, &foreign).await.0, StatusCode::OK);
    assert_eq!(
        other.get("/api/v1/turn-book/99999/why").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn k7_a_service_ended_with_reasons_by_the_general_address_is_over_with_what_was_agreed() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT]).await;
    let pad = floor.pad(AGENT).await;
    let visit = served(&floor, &pad).await;
    pad.tap(json!({"do": "done", "visit": visit, "step": "welcome"}))
        .await;
    let path = format!("/api/v1/visits/{visit}/actions");
    let token = floor.token_of(AGENT).await;
    let reasons = |but: Option<ReceptionStep>| -> Value {
        let open = ReceptionStep::ALL.iter().copied();
        let open = open.filter(|s| *s != ReceptionStep::Welcome && Some(*s) != but);
        open.map(|s| (json!(s).as_str().unwrap().to_owned(), json!("no_time")))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let next = json!({"next": "revisit", "day": "2026-11-28"});
    let finish = |skipped| json!({"action": "finish", "skipped": skipped, "next": next});
    // One step without a reason, and nothing is over.
    let (status, answer) = floor
        .post(&token, &path, finish(reasons(Some(ReceptionStep::Thanks))))
        .await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::CONFLICT, &json!("steps_open"))
    );
    let (status, view) = floor.post(&token, &path, finish(reasons(None))).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    assert_eq!(view["state"], "finished");
    assert_eq!(floor.desk().await.served_today, 1);
    assert!(pad.view().await["visit"].is_null());
    floor.until_delivered().await;
    let events = floor.centre.events();
    let told = |field: &str| -> Vec<&Value> {
        let bodies = events.iter().map(|e| &e["body"]);
        let own = bodies.filter(|b| b["visit"] == visit.as_str());
        own.filter(|b| b.to_string().contains(field)).collect()
    };
    let agreed = told("\"2026-11-28\"");
    assert_eq!(agreed.len(), 1, "{agreed:?}");
    assert!(agreed[0].to_string().contains("revisit"), "{agreed:?}");
    let left_out = told("\"no_time\"").len();
    assert_eq!(
        left_out,
        ReceptionStep::ALL.len() - 1,
        "each with its reason"
    );
    // The same again finds nothing to end.
    let (status, _) = floor.post(&token, &path, finish(reasons(None))).await;
    assert_eq!(status, StatusCode::CONFLICT);
}
