//! A guest who comes again: recognised by the centre, served by whom they belong with.

use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use yingbin::core::id::AgentId;
use yingbin::core::rota::AwayReason;
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{Action, OwnerSource};
use yingbin::crypto::seal;
use yingbin::protocol::agent::StatusChange;
use yingbin::protocol::check_in::{AssignmentView, CheckInAnswer, CheckInRequest};
use yingbin::protocol::profile::{PROFILE_VERSION, Profile, Title};
use yingbin::protocol::visit::ActionRequest;

use crate::support::central::value;
use crate::support::floor::{KIOSK, TestFloor};
use crate::support::office::{Guest, guest, until};
use crate::support::showroom::Showroom;
use crate::support::site::{agreed, party};

fn given(answer: &CheckInAnswer) -> (&str, Rule) {
    let assignment: &AssignmentView = answer.assignment.as_ref().expect("somebody is ready");
    (assignment.agent.as_str(), assignment.rule)
}

/// No file below `folder` and nothing that was logged holds a word of the guests.
fn assert_private(folder: &Path, said: &str, guests: &[Guest]) {
    let mut files = vec![folder.to_owned()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for secret in guests.iter().flat_map(Guest::secrets) {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "a guest's secret stands in {}", path.display());
        }
    }
    for secret in guests.iter().flat_map(Guest::secrets) {
        assert!(!said.contains(&secret), "a guest's secret stands in a log");
    }
}

#[tokio::test]
async fn k4_p7_a_returner_comes_to_the_owner_until_the_protection_is_over() {
    let log = crate::support::log::listen();
    let showroom = Showroom::open().await;
    let (li, wang) = (guest(40), guest(41));
    let first = showroom.comes(&li, true).await;
    assert_eq!(given(&first), ("agent-1", Rule::InTurn));
    showroom.served(first.visit_id).await;

    // By turn it would be the second consultant; the guest names nobody.
    let again = showroom.comes(&li, false).await;
    assert_eq!(given(&again), ("agent-1", Rule::Owner));
    let view = showroom.desk.visit(again.visit_id).await.unwrap();
    let wanted = view.wanted.expect("it is somebody's guest");
    assert_eq!(wanted.source, Some(OwnerSource::Centre));
    assert_eq!((wanted.rule, wanted.refused), (Rule::Owner, false));
    assert_eq!(wanted.agent, AgentId::new("agent-1"));
    showroom.served(again.visit_id).await;

    // Who is not known goes by turn.
    let unknown = showroom.comes(&wang, false).await;
    assert_eq!(given(&unknown), ("agent-2", Rule::InTurn));
    showroom.served(unknown.visit_id).await;

    // Fifteen days after the last contact, to the minute, nobody is protected any more.
    showroom.let_pass(15 * 24 * 60);
    for agent in ["agent-3", "agent-1", "agent-2"] {
        showroom.status(agent, StatusChange::Ready, None).await;
    }
    let late = showroom.comes(&li, false).await;
    assert_eq!(given(&late), ("agent-3", Rule::InTurn));
    showroom.served(late.visit_id).await;
    let new_owner = showroom.comes(&li, false).await;
    assert_eq!(given(&new_owner), ("agent-3", Rule::Owner));
    showroom.delivered().await;

    let (folder, _) = showroom.close().await;
    assert_private(folder.path(), &log.text(), &[li, wang]);
}

#[tokio::test]
async fn k4_a_courtesy_service_does_not_steal_a_customer() {
    let showroom = Showroom::open().await;
    let li = guest(42);
    let first = showroom.comes(&li, true).await;
    assert_eq!(given(&first).0, "agent-1");
    showroom.served(first.visit_id).await;

    let away = Some(AwayReason::Errand);
    showroom.status("agent-1", StatusChange::Away, away).await;
    let courtesy = showroom.comes(&li, false).await;
    assert_eq!(given(&courtesy), ("agent-2", Rule::Courtesy));
    showroom.served(courtesy.visit_id).await;

    showroom.status("agent-1", StatusChange::Ready, None).await;
    let again = showroom.comes(&li, false).await;
    assert_eq!(given(&again), ("agent-1", Rule::Owner));
    showroom.close().await;
}

#[tokio::test]
async fn k4_what_the_centre_learns_later_reaches_the_desk_which_corrects() {
    let showroom = Showroom::open_with(Duration::ZERO).await;
    let li = guest(43);
    let first = showroom.comes(&li, true).await;
    assert_eq!(given(&first).0, "agent-1");
    showroom.served(first.visit_id).await;

    // The floor did not hear whose guest this is, and nobody was moved by what it heard later.
    let again = showroom.comes(&li, false).await;
    assert_eq!(given(&again), ("agent-2", Rule::InTurn));
    let learned = until("the owner at the desk", async || {
        let view = showroom.desk.visit(again.visit_id).await.ok()?;
        view.learned_owner.clone().map(|owner| (view, owner))
    });
    let (view, owner) = learned.await;
    assert_eq!(owner, AgentId::new("agent-1"));
    assert_eq!(
        view.assignment.map(|a| a.agent),
        Some(AgentId::new("agent-2"))
    );
    assert_eq!(view.wanted, None);

    let corrected = ActionRequest {
        agent: Some(owner),
        ..ActionRequest::plain(Action::Owner)
    };
    let view = showroom.act(again.visit_id, corrected).await;
    let assignment = view.assignment.expect("the owner is ready");
    assert_eq!(
        (assignment.agent.as_str(), assignment.rule),
        ("agent-1", Rule::Owner)
    );
    let wanted = view.wanted.expect("it is somebody's guest");
    assert_eq!(wanted.source, Some(OwnerSource::Desk));
    showroom.served(again.visit_id).await;

    // What is over needs no telling: the centre hears of this visit when it has ended.
    let path = format!("/api/v1/customers/{}/owner", showroom.customer(&li).await);
    let owner = value(showroom.centre.get(&path, &showroom.admin).await).await;
    assert_eq!(owner["agent"], "agent-1");
    showroom.close().await;
}

/// A returner with a profile that no centre of this test opens.
fn returner(key: &str) -> CheckInRequest {
    let profile = Profile {
        v: PROFILE_VERSION,
        surname: "慕容".into(),
        given_name: None,
        title: Title::Ms,
        phone: Some("13900005678".into()),
        idempotency_key: key.into(),
        notice_hash: String::new(),
    };
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let sealed = seal::seal(&profile, &recipient).unwrap();
    CheckInRequest {
        first_visit: false,
        consents: vec![agreed("reception")],
        sealed_profile: Some(base64::engine::general_purpose::STANDARD.encode(sealed)),
        ..party()
    }
}

async fn check_in(floor: &TestFloor, key: &str, body: &CheckInRequest) -> (StatusCode, String) {
    let request = floor.call(KIOSK, Method::POST, "/api/v1/check-ins");
    let request = request.header("Idempotency-Key", key).json(body);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn k4_a_centre_that_takes_the_question_and_never_answers_keeps_no_guest_waiting() {
    let floor = TestFloor::open().await;
    floor.centre.recognises(None);
    let body = returner("silent");
    // The centre answers never, so that there is an answer at all is the deadline's doing.
    let (status, first) = check_in(&floor, "silent", &body).await;
    assert_eq!(status, StatusCode::CREATED);
    let answer: CheckInAnswer = serde_json::from_str(&first).unwrap();
    assert_eq!(given(&answer), ("chen-jing", Rule::InTurn));

    // The guest's own word counts.
    let mut named = returner("named");
    named.asked_for = Some(AgentId::new("he-lian"));
    let (_, named) = check_in(&floor, "named", &named).await;
    let named: CheckInAnswer = serde_json::from_str(&named).unwrap();
    assert_eq!(given(&named), ("he-lian", Rule::Owner));
}

#[tokio::test]
async fn k1_k4_a_repetition_says_what_was_said_first_whatever_the_centre_says_since() {
    let floor = TestFloor::open().await;
    let ok = |agent: &str| {
        let owner = json!({"owner": {"agent": agent, "bought": false}});
        Some((StatusCode::OK, owner))
    };
    let answers: [Option<(StatusCode, Value)>; 6] = [
        ok("he-lian"),
        ok("wu-bo"),
        Some((StatusCode::OK, json!({}))),
        Some((StatusCode::OK, json!("nonsense"))),
        Some((StatusCode::TOO_MANY_REQUESTS, json!({}))),
        ok("somebody-who-left"),
    ];
    for (n, first) in answers.iter().enumerate() {
        let key = format!("key-{n}");
        let body = returner(&key);
        floor.centre.recognises(first.clone());
        let before = floor.centre.asked();
        // Several at once are one question and one answer.
        let all = futures_util::future::join_all((0..4).map(|_| check_in(&floor, &key, &body)));
        let all = all.await;
        let created = all.iter().filter(|(s, _)| *s == StatusCode::CREATED);
        assert_eq!(created.count(), 1);
        let said = &all[0].1;
        assert!(all.iter().all(|(_, text)| text == said));
        for later in &answers {
            floor.centre.recognises(later.clone());
            let (status, again) = check_in(&floor, &key, &body).await;
            assert_eq!((status, &again), (StatusCode::OK, said));
        }
        assert_eq!(floor.centre.asked(), before + 1, "one question a check-in");
    }
}

#[tokio::test]
async fn k2_p7_nobody_is_looked_up_who_did_not_say_been_before_and_agree() {
    let floor = TestFloor::open().await;
    floor.centre.recognises(Some((StatusCode::OK, json!({}))));
    let new = CheckInRequest {
        first_visit: true,
        ..returner("new")
    };
    assert_eq!(check_in(&floor, "new", &new).await.0, StatusCode::CREATED);
    let nameless = CheckInRequest {
        first_visit: false,
        ..party()
    };
    check_in(&floor, "nameless", &nameless).await;
    let refuses = CheckInRequest {
        consents: Vec::new(),
        ..returner("refuses")
    };
    let (status, _) = check_in(&floor, "refuses", &refuses).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    // What will be refused anyway is shown to nobody.
    let outdated = CheckInRequest {
        notice_version: "2025-1".into(),
        ..returner("outdated")
    };
    check_in(&floor, "outdated", &outdated).await;
    assert_eq!(floor.centre.asked(), 0);
    check_in(&floor, "returns", &returner("returns")).await;
    assert_eq!(floor.centre.asked(), 1);
}

#[tokio::test]
async fn k4_only_guests_of_today_who_are_still_there_are_spoken_of() {
    let floor = TestFloor::open().await;
    let first = floor.check_in("first", &party()).await;
    let second = floor.check_in("second", &party()).await;
    let third = floor.check_in("third", &party()).await;
    floor.step(&second.visit_id.to_string(), "leave").await;
    floor.step(&third.visit_id.to_string(), "refuse").await;
    let refused = third.assignment.as_ref().unwrap().agent.as_str();
    let learned = |visit: &str, agent: &str| json!({"kind": "owner_learned", "visit": visit, "agent": agent, "bought": true});
    let yesterdays = uuid::Uuid::now_v7().to_string();
    for item in [
        learned(&yesterdays, "he-lian"),
        learned(&second.visit_id.to_string(), "he-lian"),
        learned(&third.visit_id.to_string(), refused),
    ] {
        floor.centre.hand_down(item);
    }
    let last = learned(&first.visit_id.to_string(), "he-lian");
    floor.centre.hand_down(last.clone());
    let cursor = floor.centre.hand_down(last);
    floor.centre.heard(cursor).await;
    let desk = floor.desk().await;
    let told: Vec<_> = desk
        .visits
        .iter()
        .filter(|v| v.learned_owner.is_some())
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].id, first.visit_id);
    assert_eq!(told[0].learned_owner, Some(AgentId::new("he-lian")));
}
