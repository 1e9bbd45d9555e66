//! Appointments, brokers' registrations and overdue follow-ups on their way from the office to the
//! floor, and what a check-in may say of them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use yingbin::client::ClientError;
use yingbin::core::turn_book::Rule;
use yingbin::protocol::booking::RegistrationEntry;
use yingbin::protocol::check_in::{Channel, CheckInAnswer, CheckInRequest};

use crate::support::central::{Office, SITE, problem, value};
use crate::support::office::{anonymous, until};
use crate::support::showroom::Showroom;

fn given(answer: &CheckInAnswer) -> (&str, Rule) {
    let assignment = answer.assignment.as_ref().expect("somebody is ready");
    (assignment.agent.as_str(), assignment.rule)
}

fn registration(agent: &str) -> RegistrationEntry {
    RegistrationEntry {
        id: "BJ-2291".into(),
        broker: "安居经纪".into(),
        agent: agent.into(),
        registered: "2026-11-20T09:00:00+08:00".into(),
        expires: "2026-12-20T09:00:00+08:00".into(),
    }
}

/// Asks until what the office has just set is known on the floor.
async fn known(showroom: &Showroom, key: &str, request: &CheckInRequest) -> CheckInAnswer {
    until("the floor to know of it", async || {
        match showroom.desk.check_in(key, request).await {
            Ok(answer) => Some(answer),
            Err(ClientError::Refused(p)) => {
                assert!(p.code.starts_with("unknown_"), "{}", p.code);
                None
            }
            Err(error) => panic!("{error}"),
        }
    })
    .await
}

async fn refused(
    client: &yingbin::client::FloorClient,
    request: &CheckInRequest,
) -> (String, String) {
    match client.check_in("refused", request).await {
        Err(ClientError::Refused(p)) => (p.code, p.pointer.unwrap_or_default()),
        other => panic!("not refused: {}", other.is_ok()),
    }
}

#[tokio::test]
async fn k4_appointments_and_registrations_reach_the_floor_and_send_a_party_where_it_belongs() {
    let showroom = Showroom::open().await;
    let appointment =
        json!({"id": "ap-1", "agent": "agent-3", "time": "2026-11-23T10:30:00+08:00"});
    showroom
        .put("appointments", json!({"appointments": [appointment]}))
        .await;
    let came = CheckInRequest {
        appointment: Some("ap-1".into()),
        ..anonymous(&showroom.site)
    };
    let answer = known(&showroom, "appointed", &came).await;
    assert_eq!(given(&answer), ("agent-3", Rule::Appointment));
    let view = showroom.desk.visit(answer.visit_id).await.unwrap();
    let wanted = view.wanted.unwrap();
    assert_eq!(wanted.time.as_deref(), Some("2026-11-23T02:30:00.000Z"));

    let entry = registration("agent-2");
    showroom
        .put("registrations", json!({"registrations": [entry]}))
        .await;
    let client = CheckInRequest {
        channel: Some(Channel::Known("BJ-2291".into())),
        ..anonymous(&showroom.site)
    };
    let answer = known(&showroom, "registered", &client).await;
    assert_eq!(given(&answer), ("agent-2", Rule::Channel));
    let view = showroom.desk.visit(answer.visit_id).await.unwrap();
    assert_eq!(view.wanted.unwrap().broker.as_deref(), Some("安居经纪"));

    // Shown at the desk, known to nobody before.
    let mut shown = registration("agent-1");
    shown.id = "shown".into();
    let shown = CheckInRequest {
        channel: Some(Channel::Shown(shown)),
        ..anonymous(&showroom.site)
    };
    let answer = showroom.desk.check_in("shown", &shown).await.unwrap();
    assert_eq!(given(&answer), ("agent-1", Rule::Channel));

    // A part of a party goes on by itself.
    let part = CheckInRequest {
        party_size: 1,
        split_from: Some(answer.visit_id),
        ..anonymous(&showroom.site)
    };
    showroom.desk.check_in("part", &part).await.unwrap();
    let whole = showroom.desk.visit(answer.visit_id).await.unwrap();
    assert_eq!(whole.party_size, 1);
    showroom.close().await;
}

#[tokio::test]
async fn k4_what_nobody_knows_of_is_refused_with_the_field_and_a_kiosk_says_less_than_the_desk() {
    let showroom = Showroom::open().await;
    let with = |change: fn(&mut CheckInRequest)| {
        let mut request = anonymous(&showroom.site);
        change(&mut request);
        request
    };
    let shown = |change: fn(&mut RegistrationEntry)| {
        let mut entry = registration("agent-1");
        change(&mut entry);
        let mut request = anonymous(&showroom.site);
        request.channel = Some(Channel::Shown(entry));
        request
    };
    let stranger =
        |r: &mut CheckInRequest| r.split_from = Some(yingbin::core::id::VisitId(uuid::Uuid::nil()));
    for (request, code, pointer) in [
        (
            with(|r| r.appointment = Some("ap-9".into())),
            "unknown_appointment",
            "/appointment",
        ),
        (
            with(|r| r.channel = Some(Channel::Known("BJ-9".into()))),
            "unknown_registration",
            "/channel",
        ),
        (with(stranger), "unknown_visit", "/split_from"),
        (
            shown(|e| e.agent = "nobody".into()),
            "unknown_agent",
            "/channel/agent",
        ),
        (
            shown(|e| e.expires = "soon".into()),
            "bad_time",
            "/channel/expires",
        ),
        (shown(|e| e.id = String::new()), "bad_text", "/channel/id"),
    ] {
        let found = refused(&showroom.desk, &request).await;
        assert_eq!(found, (code.to_owned(), pointer.to_owned()));
    }
    for (request, pointer) in [(shown(|_| {}), "/channel"), (with(stranger), "/split_from")] {
        let found = refused(&showroom.kiosk, &request).await;
        assert_eq!(found, ("desk_only".to_owned(), pointer.to_owned()));
    }
    showroom.close().await;
}

#[tokio::test]
async fn k4_an_agent_with_too_many_overdue_follow_ups_is_passed_over() {
    let showroom = Showroom::open().await;
    showroom
        .put("overdue", json!({"overdue": {"agent-1": 3}}))
        .await;
    showroom
        .put("rules", json!({"overdue_followups_block": 2}))
        .await;
    // The feed brings both in order; whose turn it is shows when they are there.
    until("the rules on the floor", async || {
        (showroom.desk.desk().await.ok()?.next == Some("agent-2".into())).then_some(())
    })
    .await;
    let request = anonymous(&showroom.site);
    let answer = showroom.kiosk.check_in("new", &request).await.unwrap();
    assert_eq!(given(&answer), ("agent-2", Rule::InTurn));
    showroom.close().await;
}

#[tokio::test]
async fn k4_the_offices_lists_are_checked_saved_and_handed_down_from_today_on() {
    let office = Office::open().await;
    let path = |what: &str| format!("/api/v1/sites/{SITE}/{what}");
    let put = |what: &'static str, body: Value| {
        let (office, path) = (&office, path(what));
        async move {
            let running = &office.running;
            running.send(Method::PUT, &path, &office.admin, &body).await
        }
    };
    let entry = |id: &str, agent: &str, time: &str| json!({"id": id, "agent": agent, "time": time});
    let good = "2026-11-23T10:30:00+08:00";
    for (list, code, pointer) in [
        (
            json!([entry("a", "chen-jing", "ten")]),
            "bad_time",
            "/appointments/0/time",
        ),
        (
            json!([entry("a", "nobody", good)]),
            "unknown_agent",
            "/appointments/0/agent",
        ),
        (
            json!([entry("", "chen-jing", good)]),
            "bad_text",
            "/appointments/0/id",
        ),
        (
            json!([entry("a", "chen-jing", good), entry("a", "chen-jing", good)]),
            "twice",
            "/appointments/1/id",
        ),
    ] {
        let answer = put("appointments", json!({"appointments": list})).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let answer = value(answer).await;
        assert_eq!(
            (&answer["code"], &answer["pointer"]),
            (&json!(code), &json!(pointer))
        );
    }
    let cursor = office.feed(0).await.last().unwrap()["cursor"]
        .as_u64()
        .unwrap();
    let yesterday = entry("old", "chen-jing", "2026-11-22T23:59:59+08:00");
    let list = json!([yesterday, entry("a", "chen-jing", good)]);
    let saved = put("appointments", json!({"appointments": list})).await;
    let saved = value(saved).await;
    let today = entry("a", "chen-jing", "2026-11-23T02:30:00.000Z");
    assert_eq!(saved, json!({"appointments": [today]}));
    let news = office.feed(cursor).await;
    assert_eq!(news[0]["appointments"], json!([today]));

    let never = RegistrationEntry {
        expires: "2026-11-20T09:00:00+08:00".into(),
        ..registration("chen-jing")
    };
    let refused = put("registrations", json!({"registrations": [never]})).await;
    assert_eq!(problem(refused).await, (422, "never_valid".to_owned()));
    let refused = put("overdue", json!({"overdue": {"nobody": 1}})).await;
    assert_eq!(problem(refused).await, (422, "unknown_agent".to_owned()));

    // A floor that is added later hears what there is, and nothing of what there is not.
    let floors = path("floors");
    let running = &office.running;
    let nothing = json!({});
    let floor = running.send(Method::POST, &floors, &office.admin, &nothing);
    let floor = value(floor.await).await;
    let feed = format!(
        "/api/v1/floors/{}/feed?after=0&wait=0",
        floor["floor"].as_str().unwrap()
    );
    let feed = running.get(&feed, floor["token"].as_str().unwrap()).await;
    let feed = value(feed).await;
    let kinds: Vec<_> = feed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["site", "rules", "devices", "appointments"]);
}

#[tokio::test]
async fn k4_what_a_desk_arranged_is_known_to_all_and_outlives_the_offices_list() {
    use yingbin::core::booking::Appointment;
    use yingbin::core::floor::event::Event;
    use yingbin::core::time::Millis;

    let office = Office::open().await;
    let mut log = crate::support::floor_log::FloorLog::new(&office.notice_hash);
    log.push(&Event::AppointmentMade {
        appointment: Appointment {
            id: "desk-1".into(),
            agent: "chen-jing".into(),
            time: Millis::parse_rfc3339("2026-11-24T02:00:00Z").unwrap(),
        },
    });
    assert_eq!(office.deliver(&log.batch()).await.status(), 200);
    let path = format!("/api/v1/sites/{SITE}/appointments");
    let running = &office.running;
    let none = json!({"appointments": []});
    let answer = running.send(Method::PUT, &path, &office.admin, &none).await;
    let answer = value(answer).await;
    assert_eq!(answer["appointments"][0]["id"], "desk-1");
    let news = office.feed(0).await;
    let list = news.iter().find(|i| i["kind"] == "appointments").unwrap();
    assert_eq!(list["appointments"][0]["id"], "desk-1");
}

#[tokio::test]
async fn k4_yesterdays_appointments_are_nobodys_any_more() {
    use crate::support::floor::{DESK, TestFloor};
    use crate::support::site::party;

    let floor = TestFloor::open().await;
    let entry = |id: &str, time: &str| json!({"id": id, "agent": "he-lian", "time": time});
    let list = json!([
        entry("today", "2026-11-23T06:00:00Z"),
        entry("tomorrow", "2026-11-24T06:00:00Z"),
        {"id": "unreadable", "agent": "he-lian", "time": "some day"},
    ]);
    let item = json!({"kind": "appointments", "appointments": list});
    let cursor = floor.centre.hand_down(item);
    floor.centre.heard(cursor).await;
    let came_for = |id: &str| CheckInRequest {
        appointment: Some(id.to_owned()),
        ..party()
    };
    let (status, _) = floor.try_check_in(DESK, "a", &came_for("today")).await;
    assert_eq!(status, StatusCode::CREATED);
    let (_, problem) = floor.try_check_in(DESK, "b", &came_for("unreadable")).await;
    assert_eq!(problem["code"], "unknown_appointment");

    floor.let_pass(24 * 60 * 60);
    let (_, problem) = floor.try_check_in(DESK, "c", &came_for("today")).await;
    assert_eq!(problem["code"], "unknown_appointment");
    let (status, _) = floor.try_check_in(DESK, "d", &came_for("tomorrow")).await;
    assert_eq!(status, StatusCode::CREATED);
}
