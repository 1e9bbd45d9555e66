//! An opening morning: three thousand parties in an hour, and a desk that stays usable.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::StatusCode;
use serde_json::json;
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::site::{Site, StaffMember};
use yingbin::core::visit::VisitState;
use yingbin::protocol::desk::DeskView;

use crate::support::floor::{DESK, DISPLAY, MORNING, TestFloor};
use crate::support::house::next_step;
use crate::support::site::{party, site};

const ARRIVALS: usize = 3000;
const CONSULTANTS: usize = 20;
/// Arrivals between two looks at the desk.
const LOOK_EVERY: usize = 100;
/// How long a service takes, looks.
const SERVICE_LOOKS: u32 = 5;
/// Visits that are over and still shown.
const OVER_SHOWN: usize = 50;

fn staff() -> Vec<StaffMember> {
    let like = &site().staff[0];
    let one = |n: usize| StaffMember {
        id: AgentId::new(format!("agent-{n}")),
        name: format!("顾问{n}"),
        place: n.to_string(),
        ..like.clone()
    };
    (1..=CONSULTANTS).map(one).collect()
}

/// Complete, in order, nobody twice, and no larger than who is there.
fn assert_usable(desk: &DeskView, open: usize) {
    let shown: BTreeSet<VisitId> = desk.visits.iter().map(|v| v.id).collect();
    assert_eq!(shown.len(), desk.visits.len(), "nobody stands there twice");
    let over = desk.visits.iter().filter(|v| v.state.is_over()).count();
    assert_eq!(
        desk.visits.len() - over,
        open,
        "everybody who is here is shown"
    );
    assert!(over <= OVER_SHOWN);
    let waiting = desk
        .visits
        .iter()
        .filter(|v| v.state == VisitState::Waiting);
    for (place, visit) in waiting.enumerate() {
        assert_eq!(visit.ahead, u32::try_from(place).ok());
        assert!(!visit.actions.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k10_a_morning_of_three_thousand_arrivals_in_an_hour_leaves_the_desk_usable() {
    let house = Site {
        staff: staff(),
        ..site()
    };
    let floor = TestFloor::start_at(house, MORNING).await;
    for member in staff() {
        let id = member.id.to_string();
        floor.status(&id, json!({"status": "ready"})).await;
    }
    let (mut arrived, mut gone, mut look) = (0, 0, 0);
    let mut serving_since: BTreeMap<VisitId, u32> = BTreeMap::new();
    while arrived < ARRIVALS {
        for _ in 0..LOOK_EVERY {
            arrived += 1;
            let answer = floor.check_in(&format!("k{arrived}"), &party()).await;
            assert_eq!(answer.ticket.number, format!("A{arrived:03}"));
            floor
                .clock
                .send_modify(|now| now.0 += 3_600_000 / ARRIVALS as i64);
            // Guests are taken as soon as they are offered.
            if let Some(with) = answer.assignment {
                assert!(!with.agent.0.is_empty());
                floor.step(&answer.visit_id.to_string(), "accept").await;
            }
        }
        look += 1;
        let desk = floor.desk().await;
        assert_usable(&desk, arrived - gone);
        for visit in &desk.visits {
            let id = visit.id.to_string();
            let served = serving_since.get(&visit.id).map(|since| look - since);
            match next_step(visit.state) {
                Some((_, VisitState::Finished)) if served < Some(SERVICE_LOOKS) => {}
                Some((step, to)) => {
                    let (status, view) = floor.act(&id, json!({"action": step})).await;
                    assert_eq!(status, StatusCode::OK, "{view}");
                    match to {
                        VisitState::Serving => drop(serving_since.insert(visit.id, look)),
                        VisitState::Finished => gone += 1,
                        _ => {}
                    }
                }
                None => {}
            }
        }
        // Deep in the queue, somebody has had enough, and somebody steps out for a while.
        let deep: Vec<_> = desk
            .visits
            .iter()
            .filter(|v| v.state == VisitState::Waiting)
            .collect();
        if let [.., parked, last] = deep[..] {
            floor.step(&last.id.to_string(), "leave").await;
            floor.step(&parked.id.to_string(), "park").await;
            gone += 1;
        }
    }
    let desk = floor.desk().await;
    let parked = desk.visits.iter().filter(|v| v.state == VisitState::Parked);
    let parked = parked.count();
    assert_usable(&desk, arrived - gone);
    assert!(parked > 0 && desk.served_today > 0);
    let (_, board) = floor.get(DISPLAY, "/api/v1/board").await;
    let waiting = board["waiting"].as_array().unwrap().len();
    let expected = desk
        .visits
        .iter()
        .filter(|v| matches!(v.state, VisitState::Waiting | VisitState::Offered));
    assert_eq!(waiting, expected.count());
    // All of it is in the book, and at the centre.
    let (_, book) = floor.get(DESK, "/api/v1/turn-book").await;
    let lines = book["lines"].as_array().unwrap();
    let arrivals = lines.iter().filter(|l| l["code"] == "checked_in").count();
    assert_eq!(arrivals, ARRIVALS);
    floor.desk_until(|d| d.outbox.backlog == 0).await;
    assert!(floor.centre.events().len() > ARRIVALS);
}
