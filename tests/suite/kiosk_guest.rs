//! Guests without a window against a real floor: the kiosk's own way, sealing and requests.

use base64::Engine;
use serde_json::json;
use yingbin::client::FloorClient;
use yingbin::client::check_in::EffectRunner;
use yingbin::client::guest::{GuestError, GuestScript, check_in_as};
use yingbin::core::guest_name::Title;
use yingbin::core::id::AgentId;
use yingbin::core::kiosk::{Before, Effect, Message, Step};
use yingbin::core::language::Language;
use yingbin::crypto::seal;

use super::support::floor::{KIOSK, TestFloor};
use super::support::kiosk::Story;

fn guest() -> GuestScript {
    GuestScript {
        language: Language::ZhCn,
        before: Before::Yes,
        asked_for: Some(AgentId::new("wu-bo")),
        agrees_to: vec!["reception".into()],
        of_age: true,
        surname: "欧阳".into(),
        given_name: "晓".into(),
        title: Title::Ms,
        phone: "13800138000".into(),
        purpose: "view_homes".into(),
        party_size: 2,
        drink: Some("tea".into()),
    }
}

/// An open floor whose site names this recipient.
async fn floor_with(recipient: &str) -> (TestFloor, FloorClient) {
    let floor = TestFloor::open().await;
    let mut site = super::support::site::site();
    site.recipient = recipient.into();
    let handed = floor
        .centre
        .hand_down(json!({"kind": "site", "site": site}));
    floor.centre.heard(handed).await;
    let client = FloorClient::new(&floor.url, KIOSK, None).unwrap();
    (floor, client)
}

#[tokio::test]
async fn p7_a_guest_is_checked_in_and_only_the_centre_can_read_who() {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let (floor, client) = floor_with(&recipient).await;
    let site = client.site().await.unwrap();
    let key = "guest-key-1".to_owned();
    let answer = check_in_as(&client, &site, &guest(), Some(recipient), key.clone())
        .await
        .unwrap();
    assert_eq!(answer.ticket.number, "B001", "one who has been here before");
    assert_eq!(answer.assignment.unwrap().agent, AgentId::new("wu-bo"));

    floor.desk_until(|d| d.outbox.backlog == 0).await;
    let profiles = floor.centre.profiles();
    let sealed = profiles.values().next().expect("the profile was delivered");
    let blob = base64::engine::general_purpose::STANDARD
        .decode(sealed)
        .unwrap();
    let profile = seal::open(&blob, &identity).unwrap();
    assert!(profile.surname == "欧阳" && profile.given_name.as_deref() == Some("晓"));
    assert_eq!(profile.idempotency_key, key);
    assert_eq!(profile.notice_hash, site.notice.hash);
}

#[tokio::test]
async fn p7_another_recipient_than_the_pinned_one_gets_nothing_and_the_guest_a_ticket() {
    let thief = age::x25519::Identity::generate().to_public().to_string();
    let ours = age::x25519::Identity::generate().to_public().to_string();
    let (floor, client) = floor_with(&thief).await;
    let site = client.site().await.unwrap();
    let answer = check_in_as(&client, &site, &guest(), Some(ours), "guest-key-2".into())
        .await
        .unwrap();
    let desk = floor.desk().await;
    let visit = desk
        .visits
        .iter()
        .find(|v| v.id == answer.visit_id)
        .unwrap();
    assert_eq!(visit.address_form, None);
    assert!(floor.centre.profiles().is_empty());
}

#[tokio::test]
async fn k1_the_same_check_in_sent_twice_is_one_ticket_although_sealing_is_random() {
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let (floor, client) = floor_with(&recipient).await;
    let mut story = Story::begin(Default::default());
    let site = yingbin::client::check_in::site_info(client.site().await.unwrap());
    story
        .tell(Message::SiteFetched(Box::new(site)))
        .walk_to(Step::Sending);
    let runner = EffectRunner::new(client);
    let check_in = Effect::CheckIn(Box::new((*story.sent()[0]).clone()));
    let first = runner.run(check_in.clone()).await;
    let second = runner.run(check_in).await;
    assert!(
        matches!(first, Some(Message::CheckedIn { .. })),
        "{first:?}"
    );
    assert_eq!(first, second);
    assert_eq!(floor.desk().await.visits.len(), 1);
}

#[tokio::test]
async fn k2_a_child_alone_and_a_guest_who_refuses_get_anonymous_tickets() {
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let (floor, client) = floor_with(&recipient).await;
    let site = client.site().await.unwrap();
    let child = GuestScript {
        of_age: false,
        ..guest()
    };
    let refuses = GuestScript {
        agrees_to: Vec::new(),
        language: Language::En,
        ..guest()
    };
    for (n, script) in [child, refuses].iter().enumerate() {
        check_in_as(&client, &site, script, None, format!("guest-key-{n}"))
            .await
            .unwrap();
    }
    assert!(
        floor
            .desk()
            .await
            .visits
            .iter()
            .all(|v| v.address_form.is_none())
    );

    let lost = GuestScript {
        purpose: "unknown".into(),
        ..guest()
    };
    let stuck = check_in_as(&client, &site, &lost, None, "guest-key-9".into()).await;
    assert_eq!(stuck.unwrap_err(), GuestError::Stuck(Step::Visit));
}
