//! What the desk steers beside the steps of a visit, over real HTTP.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::sync::mpsc;
use yingbin::core::desk::{Deed, Effect, Message, Outcome, Private, Trouble};
use yingbin::core::floor::ManagersOrder;
use yingbin::core::id::AgentId;
use yingbin::core::rota::RotaKind;
use yingbin::core::site::StaffRole;
use yingbin::floor::{PrintOrder, Printed, TicketPrinter};

use super::support::floor::{DESK, DISPLAY, KIOSK, TestFloor};
use super::support::pad::{MANAGER, PIN};
use super::support::site::party;

fn code(body: &serde_json::Value) -> &str {
    body["code"].as_str().unwrap_or_default()
}

/// Takes every ticket and says so, but the first.
struct Paper {
    orders: mpsc::UnboundedSender<(String, String, bool)>,
    first: Mutex<bool>,
}

#[async_trait]
impl TicketPrinter for Paper {
    async fn print(&self, order: PrintOrder) -> Printed {
        let number = order.answer.ticket.number.clone();
        let _ = self.orders.send((number, order.job, order.again));
        let first = std::mem::replace(&mut *self.first.lock().unwrap(), false);
        if first {
            Printed::Unknown("timeout".into())
        } else {
            Printed::Printed
        }
    }
    async fn status(&self) -> String {
        "ready".into()
    }
}

#[tokio::test]
async fn k3_staff_print_a_ticket_again_with_the_same_number_marked_as_such() {
    let mut floor = TestFloor::open().await;
    floor.stop().await;
    let (orders, mut printed) = mpsc::unbounded_channel();
    let mut settings = floor.settings(floor.data.path());
    settings.printer = Some(Arc::new(Paper {
        orders,
        first: Mutex::new(true),
    }));
    floor.begin_with(settings);
    let visit = floor.check_in("k1", &party()).await;
    let (number, job, again) = printed.recv().await.unwrap();
    assert_eq!(
        (number.as_str(), again),
        (visit.ticket.number.as_str(), false)
    );
    let state = |desk: &yingbin::protocol::desk::DeskView| {
        serde_json::to_value(desk.visits[0].print.state).unwrap()
    };
    floor.desk_until(|d| state(d) == "unknown").await;

    let path = format!("/api/v1/visits/{}/reprint", visit.visit_id);
    let (status, answer) = floor.post(DESK, &path, json!(null)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let (number, second, again) = printed.recv().await.unwrap();
    assert_eq!(
        (number.as_str(), again),
        (visit.ticket.number.as_str(), true)
    );
    assert_ne!(job, second, "a job of its own");
    assert_eq!(answer["print_job"], second);
    let desk = floor.desk_until(|d| state(d) == "printed").await;
    assert_eq!(desk.printer.unknown_today, 0, "it is on paper now");

    for token in [KIOSK, DISPLAY] {
        let (status, _) = floor.post(token, &path, json!(null)).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    let nobody = "/api/v1/visits/00000000-0000-0000-0000-000000000001/reprint";
    let (status, _) = floor.post(DESK, nobody, json!(null)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn k3_a_floor_without_a_printer_prints_nothing_again() {
    let floor = TestFloor::open().await;
    let visit = floor.check_in("k1", &party()).await;
    let path = format!("/api/v1/visits/{}/reprint", visit.visit_id);
    let (status, body) = floor.post(DESK, &path, json!(null)).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "no_printer"));
}

#[tokio::test]
async fn k6_a_drink_is_served_once_and_the_desk_sees_it() {
    let floor = TestFloor::open().await;
    let visit = floor.check_in("k1", &party()).await;
    let path = format!("/api/v1/visits/{}/chores", visit.visit_id);
    for _ in 0..2 {
        let (status, _) = floor.post(DESK, &path, json!({"chore": "drink"})).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
    let desk = floor.get(DESK, "/api/v1/desk").await.1;
    assert_eq!(desk["visits"][0]["chores"], json!(["drink"]));
    let (status, _) = floor.post(DESK, &path, json!({"chore": "dance"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn k6_an_appointment_made_at_the_desk_stands_among_todays_and_is_kept() {
    let mut floor = TestFloor::open().await;
    let agent = floor.desk().await.agents[0].id.clone();
    let make = json!({"agent": agent, "time": "2026-11-23T14:30:00+08:00"});
    let (status, made) = floor.post(DESK, "/api/v1/appointments", make).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let tomorrow = json!({"agent": agent, "time": "2026-11-24T10:00:00+08:00"});
    floor.post(DESK, "/api/v1/appointments", tomorrow).await;
    let bad = json!({"agent": agent, "time": "half past two"});
    let (status, body) = floor.post(DESK, "/api/v1/appointments", bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(code(&body), "not_a_time");

    floor.stop().await;
    floor.begin();
    let mut guest = party();
    guest.appointment = made["id"].as_str().map(str::to_owned);
    let came = floor.check_in("k1", &guest).await;
    let desk = floor.desk().await;
    assert_eq!(desk.appointments.len(), 1, "today's alone");
    assert_eq!(desk.appointments[0].visit, Some(came.visit_id));
    let visit = &desk.visits[0];
    assert_eq!(
        visit.wanted.as_ref().map(|w| w.rule),
        Some(yingbin::core::turn_book::Rule::Appointment)
    );
    assert_eq!(came.assignment.map(|a| a.agent), Some(agent));
}

#[tokio::test]
async fn k6_a_call_takes_its_own_number_and_no_paper_and_no_kiosk_can_make_one() {
    let floor = TestFloor::open().await;
    let mut call = party();
    call.purpose = "phone_call".into();
    call.drink = None;
    let (status, answer) = floor.try_check_in(DESK, "c1", &call).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["ticket"]["line"], "phone");
    assert!(answer["print_job"].is_null());
    assert!(answer["assignment"]["agent"].is_string(), "{answer}");
    let (status, body) = floor.try_check_in(KIOSK, "c2", &call).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(code(&body), "unknown_purpose");
}

#[tokio::test]
async fn k6_a_part_of_a_party_goes_by_itself_at_the_desk_alone() {
    let floor = TestFloor::open().await;
    let whole = floor.check_in("k1", &party()).await;
    let mut part = party();
    part.party_size = 1;
    part.split_from = Some(whole.visit_id);
    let (status, body) = floor.try_check_in(KIOSK, "k2", &part).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (code(&body), body["pointer"].as_str()),
        ("desk_only", Some("/split_from"))
    );
    let (status, body) = floor.try_check_in(DESK, "d1", &part).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let sizes: Vec<u32> = floor
        .desk()
        .await
        .visits
        .iter()
        .map(|v| v.party_size)
        .collect();
    assert_eq!(sizes, [1, 1]);
    part.party_size = 2;
    let (status, body) = floor.try_check_in(DESK, "d2", &part).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "party_size"));
}

#[tokio::test]
async fn k6_after_the_closing_kiosks_take_nobody_in_and_the_desk_still_can() {
    let floor = TestFloor::open().await;
    let close = json!({"rest": "serve"});
    let (status, _) = floor.post(KIOSK, "/api/v1/day/close", close.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = floor.post(DESK, "/api/v1/day/close", close).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let desk = floor.desk().await;
    assert!(desk.closed.is_some());
    assert!(desk.agents.iter().all(|a| a.status == "off"));
    let site = floor.get(KIOSK, "/api/v1/site").await.1;
    assert_eq!(site["closed"], true);
    let (status, body) = floor.try_check_in(KIOSK, "k1", &party()).await;
    assert_eq!((status, code(&body)), (StatusCode::CONFLICT, "day_closed"));
    let (status, _) = floor.try_check_in(DESK, "d1", &party()).await;
    assert_eq!(status, StatusCode::CREATED, "a late guest, by hand");
    let reopen = floor.call(DESK, Method::POST, "/api/v1/day/reopen");
    assert_eq!(
        reopen.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    floor.check_in("k2", &party()).await;
}

#[tokio::test]
async fn k6_somebody_who_is_no_buyer_stands_in_the_book_and_uses_no_turn() {
    let floor = TestFloor::open().await;
    let courier = json!({"kind": "courier"});
    let (status, _) = floor.post(DESK, "/api/v1/not-buyers", courier).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let book = floor.get(DESK, "/api/v1/turn-book").await.1;
    let lines = book["lines"].as_array().unwrap();
    assert!(lines.iter().any(|l| l["rule"] == "not_a_buyer"), "{book}");
    let desk = floor.desk().await;
    assert!(desk.visits.is_empty());
    assert!(desk.agents.iter().all(|a| a.received == 0));
}

#[tokio::test]
async fn p2_consent_asked_aloud_at_the_desk_stands_as_such_in_the_log() {
    let floor = TestFloor::open().await;
    floor.try_check_in(DESK, "d1", &party()).await;
    floor.check_in("k1", &party()).await;
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    let events = floor.centre.events();
    let manners: Vec<&serde_json::Value> = events
        .iter()
        .filter(|e| e["body"]["kind"] == "checked_in")
        .map(|e| &e["body"]["check_in"]["consent_manner"])
        .collect();
    assert_eq!(
        manners,
        [&json!("aloud"), &json!(null)],
        "unsaid: on the screen"
    );
}

#[tokio::test]
async fn k6_the_manager_decides_from_the_desk_under_the_own_name_with_a_reason() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[MANAGER, "chen-jing"]).await;
    let client = yingbin::client::FloorClient::new(&floor.url, DESK, None).unwrap();
    let faces = client.staff().await.unwrap().staff;
    let managers = faces.iter().filter(|f| f.role == StaffRole::Manager);
    let managers: Vec<_> = managers.map(|f| f.id.as_str()).collect();
    assert_eq!(managers, [MANAGER]);
    let (tell, mut told) = mpsc::unbounded_channel();
    let errands = yingbin::screens::desk::Errands::new(client, String::new(), tell);
    let mut run = async |deed: Deed| {
        errands.run(Effect::Do(deed)).await;
        match told.recv().await {
            Some(Message::Did { result, .. }) => result,
            other => panic!("{other:?}"),
        }
    };
    let agent = AgentId::new("chen-jing");
    let order = |why: &str| Deed::Order {
        order: ManagersOrder::Penalise {
            agent: AgentId::new("chen-jing"),
            turns: 2,
            rota: RotaKind::WalkIn,
        },
        reason: why.into(),
    };
    let refused = |result: Result<Outcome, Trouble>, expected: &str| match result {
        Err(Trouble::Refused { code }) => assert_eq!(code, expected),
        other => panic!("{other:?}"),
    };
    // The desk's own right is not enough, nor an agent's.
    refused(run(order("迟到")).await, "forbidden");
    let sign_in = |staff: &str, pin: &str| Deed::SignIn {
        staff: AgentId::new(staff),
        pin: Private(pin.into()),
    };
    let signed = run(sign_in("chen-jing", PIN)).await.unwrap();
    assert!(matches!(signed, Outcome::Signed { manager: false, .. }));
    refused(run(order("迟到")).await, "forbidden");
    refused(run(sign_in(MANAGER, "000001")).await, "wrong_pin");
    let signed = run(sign_in(MANAGER, PIN)).await.unwrap();
    assert!(matches!(signed, Outcome::Signed { manager: true, .. }));
    refused(run(order("  ")).await, "reason_needed");
    assert_eq!(run(order("迟到")).await, Ok(Outcome::Done));
    let desk = floor.desk().await;
    let fined = desk.agents.iter().find(|a| a.id == agent).unwrap();
    assert_eq!(fined.penalties, 2);
    assert_eq!(run(Deed::SignOut).await, Ok(Outcome::Done));
    refused(run(order("迟到")).await, "forbidden");

    floor.desk_until(|d| d.outbox.backlog == 0).await;
    let events = floor.centre.events();
    let order = events.iter().find(|e| e["body"]["kind"] == "penalised");
    assert_eq!(order.unwrap()["actor"], MANAGER, "under the manager's name");
    let (_, book) = floor.get(DESK, "/api/v1/turn-book").await;
    let mut lines = book["lines"].as_array().unwrap().iter();
    let fined = lines.find(|l| l["code"] == "penalised").unwrap();
    let (by, said) = (fined["by"].as_str().unwrap(), fined["reason"].as_str());
    assert!(said.unwrap().starts_with(by), "who decided: {said:?}");
}
