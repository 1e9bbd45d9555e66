//! Attendance.

use super::book::Line;
use crate::core::floor::State;
use crate::core::floor::event::Joining;
use crate::core::floor::state::Due;
use crate::core::id::AgentId;
use crate::core::rota::{Agent, Announced, AwayReason, RotaKind, Status};
use crate::core::time::Millis;
use crate::core::turn_book::{Reason, Rule};

impl State {
    pub(super) fn sign_in(&mut self, at: Millis, id: &AgentId, walk_in: Joining, phone: Joining) {
        for (kind, joining) in [(RotaKind::WalkIn, walk_in), (RotaKind::Phone, phone)] {
            self.rotas.of_mut(kind).join(id, joining.position as usize);
            self.agent_mut(id).accounts.of_mut(kind).start += joining.start;
        }
        self.set_status(at, id, Status::Ready);
        // Counted from the cursor, or by rank: who joins late comes last, wherever the list has it.
        let position = self.turn_of(id).unwrap_or(walk_in.position + 1);
        let reason = Reason::SignedIn { position };
        self.write(at, Line::of(Rule::Attendance, reason).agent(id));
    }

    pub(super) fn become_ready(&mut self, at: Millis, id: &AgentId) {
        self.set_status(at, id, Status::Ready);
        let line = Line::of(Rule::Attendance, Reason::Ready);
        self.write(at, line.agent(id));
    }

    pub(super) fn go_away(&mut self, at: Millis, id: &AgentId, reason: AwayReason) {
        self.set_status(at, id, Status::Away { reason, set_at: at });
        let reason = Reason::Away { reason };
        self.write(at, Line::of(Rule::Attendance, reason).agent(id));
    }

    pub(super) fn announce_away(&mut self, at: Millis, id: &AgentId, reason: AwayReason) {
        self.agent_mut(id).announced = Some(Announced { reason, set_at: at });
        let reason = Reason::AwayAnnounced { reason };
        self.write(at, Line::of(Rule::Attendance, reason).agent(id));
    }

    pub(super) fn withdraw_away(&mut self, at: Millis, id: &AgentId) {
        self.agent_mut(id).announced = None;
        let line = Line::of(Rule::Attendance, Reason::AwayWithdrawn);
        self.write(at, line.agent(id));
    }

    pub(super) fn vouch(&mut self, at: Millis, id: &AgentId) {
        self.agent_mut(id).vouched_at = at;
        let line = Line::of(Rule::Attendance, Reason::StillServing);
        self.write(at, line.agent(id));
    }

    pub(super) fn go_off(&mut self, at: Millis, id: &AgentId) {
        for kind in RotaKind::ALL {
            self.rotas.of_mut(kind).leave(id);
        }
        self.set_status(at, id, Status::Off);
        self.write(at, Line::of(Rule::Attendance, Reason::Off).agent(id));
    }

    pub(super) fn suspend(&mut self, at: Millis, id: &AgentId, until: Millis, why: &str) {
        self.set_suspension(id, Some(until));
        let why = why.to_owned();
        let reason = Reason::Suspended { until, why };
        self.write(at, Line::of(Rule::Penalty, reason).agent(id));
    }

    pub(super) fn end_suspension(&mut self, at: Millis, id: &AgentId, why: Option<String>) {
        self.set_suspension(id, None);
        let line = Line::of(Rule::Penalty, Reason::SuspensionEnded { why });
        self.write(at, line.agent(id));
    }

    fn set_suspension(&mut self, id: &AgentId, until: Option<Millis>) {
        let before = std::mem::replace(&mut self.agent_mut(id).suspended_until, until);
        let timer = |at| (at, Due::Agent(id.clone()));
        if let Some(before) = before {
            self.timers.remove(&timer(before));
        }
        self.timers.extend(until.map(timer));
    }

    /// Ready again, or away if that was announced.
    pub(super) fn free_agent(&mut self, at: Millis, id: &AgentId) {
        let announced = self.agents.get_mut(id).and_then(|a| a.announced.take());
        let status = announced.map_or(Status::Ready, |a| Status::Away {
            reason: a.reason,
            set_at: a.set_at,
        });
        self.set_status(at, id, status);
    }

    pub(super) fn set_status(&mut self, at: Millis, id: &AgentId, status: Status) {
        if let Some(a) = self.agents.get_mut(id) {
            a.status = status;
            a.since = at;
        }
    }

    pub(super) fn agent_mut(&mut self, id: &AgentId) -> &mut Agent {
        self.agents
            .get_mut(id)
            .expect("an event names an agent on the staff list before it")
    }
}
