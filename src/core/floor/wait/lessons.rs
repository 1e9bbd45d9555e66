//! What is told and learned as events happen. Nothing of this decides whose turn it is.

use super::{Told, given_at, seconds};
use crate::core::clock;
use crate::core::floor::event::Event;
use crate::core::floor::state::State;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::Status;
use crate::core::time::{Millis, zone};
use crate::core::visit::VisitState;

impl State {
    /// Learns from what an event ends, before it is applied.
    pub(in crate::core::floor) fn learn(&mut self, at: Millis, event: &Event) {
        match event {
            Event::Finished {
                visit,
                by_new_day: false,
                ..
            } => self.learn_service(*visit, at, true),
            Event::Undone { visit, .. } => {
                let over = self.visits.get(visit);
                let over = over.filter(|v| v.state == VisitState::Finished);
                if let Some(since) = over.map(|v| v.since) {
                    self.learn_service(*visit, since, false);
                }
            }
            Event::BecameReady { agent } => self.learn_absence(agent, at),
            Event::Called { visit, .. } => {
                if let Some(told) = self.waits.told.remove(visit) {
                    let waited = seconds_u32(told.at, at);
                    self.waits.outcomes.learn(told.reckoned, waited);
                }
            }
            _ => {}
        }
    }

    /// Foretells after an event was applied, and forgets what no longer stands.
    pub(in crate::core::floor) fn foretell(&mut self, at: Millis, event: &Event) {
        match event {
            Event::DayOpened { .. } | Event::SiteChanged { .. } => {
                let zone = zone(&self.site.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
                self.waits.midnight = clock::today_at(at, &zone, 0, 0).unwrap_or(at);
                let visits = &self.visits;
                self.waits.told.retain(|id, _| visits.contains_key(id));
            }
            // A kiosk's own number promises no position.
            Event::CheckedIn { check_in, .. } if check_in.issued.is_none() => {
                self.foretell_to(check_in.visit, at);
            }
            // Given to somebody at once: there was nothing to foretell.
            Event::Offered(offer) => {
                let told = self.waits.told.get(&offer.visit);
                if told.is_some_and(|t| t.at == at) {
                    self.waits.told.remove(&offer.visit);
                }
            }
            Event::Transferred { visit, .. } => drop(self.waits.told.remove(visit)),
            _ => {
                let waits = |v: VisitState| matches!(v, VisitState::Waiting | VisitState::Offered);
                if let Some(id) = event.visit()
                    && self.visits.get(&id).is_none_or(|v| !waits(v.state))
                {
                    self.waits.told.remove(&id);
                }
            }
        }
    }

    fn foretell_to(&mut self, id: VisitId, at: Millis) {
        let Some(visit) = self.visits.get(&id) else {
            return;
        };
        if let Some(reckoned) = self.reckon(visit, at) {
            let foretold = self.tell(reckoned);
            let told = Told {
                at,
                reckoned,
                foretold,
            };
            self.waits.told.insert(id, told);
        }
    }

    /// A service has ended at `end`; or that was a slip, and is forgotten.
    fn learn_service(&mut self, id: VisitId, end: Millis, ended: bool) {
        let Some(visit) = self.visits.get(&id) else {
            return;
        };
        let (line, since) = (visit.line, given_at(visit));
        let (hour, took) = (self.waits.hour(since), seconds_u32(since, end));
        let usual = self.usual_service();
        if ended {
            self.waits.learned.served(line, hour, took, usual);
        } else {
            self.waits.learned.not_served(line, hour, took);
        }
    }

    fn learn_absence(&mut self, id: &AgentId, at: Millis) {
        if let Some(agent) = self.agents.get(id)
            && let Status::Away { reason, .. } = agent.status
        {
            let took = seconds_u32(agent.since, at);
            self.waits.learned.came_back(reason, took);
        }
    }
}

fn seconds_u32(from: Millis, to: Millis) -> u32 {
    u32::try_from(seconds(from, to)).unwrap_or(u32::MAX)
}
