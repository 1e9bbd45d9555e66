//! The lines of the queue: who among the waiting is next, and how long it may take.

use std::cmp::Reverse;
use std::collections::VecDeque;

use super::places::Place;
use super::state::State;
use crate::core::house_rules::RotaOrder;
use crate::core::id::{AgentId, VisitId};
use crate::core::time::Millis;
use crate::core::visit::Visit;

/// How a waiting visit counts among the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InLine {
    /// Has waited longer than its line allows: before everybody. The time its patience ended.
    Overdue(Millis),
    /// Of a priority line with this weight.
    Priority(u32),
    Ordinary,
}

impl State {
    /// How `visit` counts at `now`. Whoever came back late after a call is an ordinary guest who
    /// waits since then (rule 11).
    pub fn in_line(&self, visit: &Visit, now: Millis) -> InLine {
        Place::of(visit).in_line(&self.rules, now)
    }

    /// When a waiting visit has waited as long as its line allows; the one measure of a long wait for
    /// the queue, the desk's rows and its things to do.
    pub fn patience_ends(&self, visit: &Visit) -> Millis {
        Place::of(visit).patience(&self.rules)
    }

    /// The waiting visits in the order they are served: first whoever has waited too long, longest
    /// first; then priority lines and ordinary ones by the house's ratio, each at its own place.
    pub fn line_up(&self) -> Vec<VisitId> {
        self.line_up_at(self.last)
    }

    /// [`State::line_up`] at `now`: on a quiet floor patience ends without an event.
    pub fn line_up_at(&self, now: Millis) -> Vec<VisitId> {
        let mut overdue = Vec::new();
        let mut priority = Vec::new();
        let mut ordinary = VecDeque::new();
        for place in self.places().iter() {
            match place.in_line(&self.rules, now) {
                InLine::Overdue(since) => overdue.push((since, place.visit)),
                InLine::Priority(weight) => priority.push((Reverse(weight), place.visit)),
                InLine::Ordinary => ordinary.push_back(place.visit),
            }
        }
        // Stable: within equal rank the queue's own order stays.
        overdue.sort_by_key(|(since, _)| *since);
        priority.sort_by_key(|(weight, _)| *weight);
        let mut priority: VecDeque<VisitId> = priority.into_iter().map(|(_, id)| id).collect();
        let mut line: Vec<VisitId> = overdue.into_iter().map(|(_, id)| id).collect();
        let mut run = self.priority_run;
        loop {
            let next = if run < self.rules.priority_ratio || ordinary.is_empty() {
                run += 1;
                priority.pop_front()
            } else {
                None
            };
            let next = next.or_else(|| {
                run = 0;
                ordinary.pop_front()
            });
            match next {
                Some(id) => line.push(id),
                None => return line,
            }
        }
    }

    /// The length of the run of priority guests after `visit` was taken out of the queue at `now`.
    pub(super) fn run_after(&self, visit: &Visit, now: Millis) -> u32 {
        let ordinary_waits = || {
            let places = self.places();
            let mut others = places.iter().filter(|p| p.visit != visit.id);
            others.any(|p| p.in_line(&self.rules, now) == InLine::Ordinary)
        };
        match self.in_line(visit, now) {
            InLine::Overdue(_) => self.priority_run,
            InLine::Ordinary => 0,
            InLine::Priority(_) if ordinary_waits() => self.priority_run.saturating_add(1),
            InLine::Priority(_) => self.priority_run,
        }
    }

    /// Parties ahead in the queue; `None` when the visit is not waiting.
    pub fn ahead(&self, visit: VisitId) -> Option<u32> {
        self.ahead_at(visit, self.last)
    }

    /// Place in the order of turns for walk-ins, from 1: counted from the cursor, or under
    /// `fewest_received` by rank. None while off.
    pub fn turn_of(&self, agent: &AgentId) -> Option<u32> {
        let rota = &self.rotas.walk_in;
        if self.rules.rota_order != RotaOrder::FewestReceived {
            return rota.turn_of(agent);
        }
        let rank = |id: &AgentId| self.agents.get(id).map(|a| a.accounts.walk_in.rank());
        let own = rota.order.iter().position(|a| a == agent)?;
        let before = |(at, id): &(usize, &AgentId)| (rank(id), *at) < (rank(agent), own);
        let ahead = rota.order.iter().enumerate().filter(before).count();
        u32::try_from(ahead + 1).ok()
    }
}
