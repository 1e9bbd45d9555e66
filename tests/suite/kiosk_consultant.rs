//! The guest's own word about the consultant at the kiosk: asked for by name (rule 5), and another
//! one, please, privately on the ticket (rule 10).

use reqwest::StatusCode;
use serde_json::json;
use yingbin::client::FloorClient;
use yingbin::client::check_in::EffectRunner;
use yingbin::core::id::AgentId;
use yingbin::core::kiosk::{
    Another, Before, ConsultantInfo, Effect, Failure, Message, Step, TicketCard, TicketInfo,
};
use yingbin::protocol::check_in::CheckInAnswer;

use super::support::floor::{KIOSK, OTHER_KIOSK, TestFloor};
use super::support::kiosk::{Story, site, ticket};
use super::support::site::party;

/// A guest in front of a new ticket.
fn at_ticket() -> Story {
    Story::at(Step::Ticket)
}

fn card(story: &Story) -> TicketCard {
    story.view().ticket.expect("a ticket is shown")
}

fn wu_bo() -> ConsultantInfo {
    site().consultants[1].clone()
}

fn answered(story: &mut Story, outcome: Result<Option<ConsultantInfo>, Failure>) {
    story.tell(Message::ConsultantChanged {
        visit: ticket().visit,
        outcome,
    });
}

#[test]
fn k4_rule_5_a_first_visit_may_ask_for_a_consultant_by_name() {
    let mut story = Story::at(Step::Before);
    story.tell(Message::Before(Before::ByName));
    assert_eq!(story.step(), Step::Before, "the consultants unfold");
    story
        .tell(Message::AskFor(Some(AgentId::new("wu-bo"))))
        .tell(Message::Next)
        .walk_to(Step::Sending);
    let sent = story.sent();
    assert_eq!(sent[0].asked_for, Some(AgentId::new("wu-bo")));
    assert!(sent[0].first_visit);

    // Thought better of it: the name is not kept.
    let mut story = Story::at(Step::Before);
    story
        .tell(Message::Before(Before::ByName))
        .tell(Message::AskFor(Some(AgentId::new("wu-bo"))))
        .tell(Message::Before(Before::No))
        .walk_to(Step::Sending);
    assert_eq!(story.sent()[0].asked_for, None);
}

#[test]
fn k4_rule_10_another_consultant_is_asked_about_first_and_may_be_taken_back() {
    let mut story = at_ticket();
    assert_eq!(card(&story).another, Another::Offered);
    story.tell(Message::ChangeConsultant);
    assert_eq!(
        card(&story).another,
        Another::Offered,
        "not without the question"
    );
    story.tell(Message::WishAnother);
    assert_eq!(card(&story).consultant, "为您换一位顾问，好吗？");
    story.tell(Message::KeepConsultant);
    assert_eq!(card(&story).consultant, "陈静 · 置业顾问");
    assert!(
        !story
            .effects
            .iter()
            .any(|e| matches!(e, Effect::ChangeConsultant { .. }))
    );
}

#[test]
fn k4_rule_10_the_new_consultant_is_shown_and_no_third_one_is_offered() {
    let mut story = at_ticket();
    story
        .tell(Message::WishAnother)
        .tell(Message::ChangeConsultant)
        .tell(Message::ChangeConsultant);
    let asked: Vec<_> = story
        .effects
        .iter()
        .filter(|e| matches!(e, Effect::ChangeConsultant { .. }))
        .collect();
    let of = AgentId::new("chen-jing");
    let visit = ticket().visit;
    assert_eq!(asked, [&Effect::ChangeConsultant { visit, of }]);
    assert_eq!(card(&story).consultant_note, "正在为您另作安排");

    answered(&mut story, Ok(Some(wu_bo())));
    assert_eq!(card(&story).consultant, "吴波 · 置业顾问");
    story.tell(Message::WishAnother);
    assert_eq!(card(&story).another, Another::Done);
    // The next guest is offered it again.
    story.wait(1).tell(Message::Leave).walk_to(Step::Ticket);
    assert_eq!(card(&story).another, Another::Offered);
}

#[test]
fn k4_rule_10_nobody_free_or_no_line_is_said_in_words() {
    for (outcome, says) in [
        (Ok(None), "已为您另作安排"),
        (
            Err(Failure::Refused {
                code: "agent_changed".into(),
            }),
            "已为您另作安排",
        ),
        (Err(Failure::Temporary), "请告诉前台"),
        (
            Err(Failure::Refused {
                code: "impossible_step".into(),
            }),
            "请告诉前台",
        ),
    ] {
        let mut story = at_ticket();
        story
            .tell(Message::WishAnother)
            .tell(Message::ChangeConsultant);
        answered(&mut story, outcome);
        let card = card(&story);
        assert_eq!(card.consultant, "请稍候");
        assert!(card.consultant_note.starts_with(says), "{card:?}");
    }
}

#[test]
fn k4_rule_10_an_answer_for_a_guest_who_has_gone_changes_nothing() {
    let mut story = at_ticket();
    story
        .tell(Message::WishAnother)
        .tell(Message::ChangeConsultant)
        .wait(1)
        .tell(Message::Leave);
    let before = story.view();
    answered(&mut story, Ok(Some(wu_bo())));
    assert_eq!(story.view(), before);
}

#[test]
fn k10_a_number_of_the_kiosks_own_names_nobody_and_offers_nobody_else() {
    for own in [
        TicketInfo {
            number: "K2-07".into(),
            consultant: None,
            ..ticket()
        },
        TicketInfo {
            consultant: None,
            ..ticket()
        },
    ] {
        let mut story = Story::at(Step::Sending);
        let key = story.sent()[0].key.clone();
        let ticket = Box::new(own);
        story
            .tell(Message::CheckedIn { key, ticket })
            .tell(Message::WishAnother);
        assert_eq!(card(&story).another, Another::NotOffered);
    }
}

fn agent_of(answer: &CheckInAnswer) -> AgentId {
    answer.assignment.as_ref().expect("somebody").agent.clone()
}

/// The wish as the kiosk's window sends it.
async fn another(floor: &TestFloor, answer: &CheckInAnswer, of: &AgentId) -> Message {
    let client = FloorClient::new(&floor.url, KIOSK, None).unwrap();
    let effect = Effect::ChangeConsultant {
        visit: answer.visit_id,
        of: of.clone(),
    };
    EffectRunner::new(client).run(effect).await.unwrap()
}

#[tokio::test]
async fn k4_rule_10_the_floor_gives_another_consultant_once_however_often_it_is_asked() {
    let floor = TestFloor::open().await;
    let answer = floor.check_in("k1", &party()).await;
    let first = agent_of(&answer);
    let Message::ConsultantChanged { visit, outcome } = another(&floor, &answer, &first).await
    else {
        panic!("another message");
    };
    let second = outcome.unwrap().expect("two more are ready").id;
    assert_eq!(visit, answer.visit_id);
    assert_ne!(second, first);

    // The answer was lost and the wish is said again: nobody else is sent away.
    let Message::ConsultantChanged { outcome, .. } = another(&floor, &answer, &first).await else {
        panic!("another message");
    };
    let code = "agent_changed".to_owned();
    assert_eq!(outcome, Err(Failure::Refused { code }));
    let path = format!("/api/v1/visits/{visit}");
    let (_, seen) = floor.get(super::support::floor::DESK, &path).await;
    assert_eq!(seen["assignment"]["agent"], second.as_str());
    assert_eq!(seen["state"], "offered");
}

#[tokio::test]
async fn k4_rule_10_a_kiosk_may_do_nothing_else_and_only_with_its_own_visits() {
    let floor = TestFloor::open().await;
    let answer = floor.check_in("k1", &party()).await;
    let path = format!("/api/v1/visits/{}/actions", answer.visit_id);
    let of = agent_of(&answer);
    let refuse = json!({"action": "refuse", "agent": of});
    let (status, _) = floor.post(OTHER_KIOSK, &path, refuse).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    for action in ["accept", "call", "leave", "cancel", "park"] {
        let body = json!({"action": action, "reason": "x"});
        let (status, _) = floor.post(KIOSK, &path, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{action}");
    }
    let (status, body) = floor.post(KIOSK, &path, json!({"action": "refuse"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body["code"], "agent_needed");
}

#[tokio::test]
async fn k4_two_desks_that_say_the_same_refusal_send_one_consultant_away() {
    let floor = TestFloor::open().await;
    let answer = floor.check_in("k1", &party()).await;
    let visit = answer.visit_id.to_string();
    let refuse = json!({"action": "refuse", "agent": agent_of(&answer)});
    let both = tokio::join!(
        floor.act(&visit, refuse.clone()),
        floor.act(&visit, refuse.clone()),
    );
    let mut statuses = [both.0.0, both.1.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
}
