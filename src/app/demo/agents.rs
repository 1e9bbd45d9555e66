//! The six consultants of the demonstration: they sign in, accept, serve and finish through the
//! desk's line, like a receptionist pressing the buttons.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::client::{ClientError, FloorClient};
use crate::core::rota::AwayReason;
use crate::core::visit::{Action, VisitState};
use crate::protocol::agent::{StatusChange, StatusRequest};
use crate::protocol::desk::DeskView;
use crate::protocol::visit::ActionRequest;

/// How long the consultants take over each step.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub accept: Duration,
    pub walk: Duration,
    pub serve: Duration,
}

impl Pace {
    /// So that a person can watch.
    pub const WATCHED: Self = Self {
        accept: Duration::from_secs(4),
        walk: Duration::from_secs(6),
        serve: Duration::from_secs(25),
    };
    /// For guests by the dozen.
    pub const BRISK: Self = Self {
        accept: Duration::from_millis(50),
        walk: Duration::from_millis(50),
        serve: Duration::from_millis(200),
    };

    fn before(&self, action: Action) -> Duration {
        match action {
            Action::Accept => self.accept,
            Action::Start => self.walk,
            _ => self.serve,
        }
    }
}

/// Signs in everybody who is off, in the order of the staff list.
pub async fn sign_in(desk: &FloorClient) -> Result<(), ClientError> {
    for agent in desk.agents().await?.agents {
        if agent.status == "off" {
            let ready = StatusRequest {
                status: StatusChange::Ready,
                reason: None,
            };
            desk.set_status(&agent.id, &ready).await?;
        }
    }
    Ok(())
}

/// Looks at the floor again and again and does the next step of each visit, each after its pace.
/// Runs until dropped.
pub async fn work(desk: FloorClient, pace: Pace) {
    let mut underway = BTreeSet::new();
    let (done, mut finished) = tokio::sync::mpsc::unbounded_channel();
    let mut look = tokio::time::interval(pace.accept.min(Duration::from_secs(1)));
    loop {
        tokio::select! {
            _ = look.tick() => {
                let Ok(view) = desk.desk().await else { continue };
                bring_back(&desk, &view).await;
                for visit in &view.visits {
                    let Some(action) = next_action(visit.state) else { continue };
                    if !underway.insert(visit.id) {
                        continue;
                    }
                    let (desk, done, id) = (desk.clone(), done.clone(), visit.id);
                    tokio::spawn(async move {
                        tokio::time::sleep(pace.before(action)).await;
                        let request = ActionRequest::plain(action);
                        // A person at the desk may have been quicker; the next look shows it.
                        let _ = desk.act(id, &request).await;
                        let _ = done.send(id);
                    });
                }
            }
            Some(id) = finished.recv() => {
                underway.remove(&id);
            }
        }
    }
}

/// Whoever let an offer lapse is back soon after.
async fn bring_back(desk: &FloorClient, view: &DeskView) {
    let lapsed = view
        .agents
        .iter()
        .filter(|a| a.away_reason == Some(AwayReason::Unreachable));
    for agent in lapsed {
        let ready = StatusRequest {
            status: StatusChange::Ready,
            reason: None,
        };
        let _ = desk.set_status(&agent.id, &ready).await;
    }
}

fn next_action(state: VisitState) -> Option<Action> {
    match state {
        VisitState::Offered => Some(Action::Accept),
        VisitState::Called => Some(Action::Start),
        VisitState::Serving => Some(Action::Finish),
        _ => None,
    }
}
