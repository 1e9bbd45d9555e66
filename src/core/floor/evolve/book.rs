//! Lines of the book while they are written.

use crate::core::floor::State;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::RotaKind;
use crate::core::time::Millis;
use crate::core::turn_book::{BookLine, Pass, Reason, Rule};
use crate::core::visit::Visit;

/// A line of the book before it has its number.
pub(super) struct Line {
    rule: Rule,
    reason: Reason,
    visit: Option<VisitId>,
    agent: Option<AgentId>,
    rota: Option<RotaKind>,
    passed_over: Vec<Pass>,
}

impl Line {
    pub fn of(rule: Rule, reason: Reason) -> Self {
        Self {
            rule,
            reason,
            visit: None,
            agent: None,
            rota: None,
            passed_over: Vec::new(),
        }
    }
    pub fn visit(self, visit: VisitId) -> Self {
        self.maybe_visit(Some(visit))
    }
    pub fn maybe_visit(mut self, visit: Option<VisitId>) -> Self {
        self.visit = visit;
        self
    }
    pub fn agent(self, agent: &AgentId) -> Self {
        self.maybe_agent(Some(agent.clone()))
    }
    pub fn maybe_agent(mut self, agent: Option<AgentId>) -> Self {
        self.agent = agent;
        self
    }
    /// Without it, the rota of the visit.
    pub fn rota(mut self, rota: RotaKind) -> Self {
        self.rota = Some(rota);
        self
    }
    pub fn passing(mut self, passed_over: &[Pass]) -> Self {
        self.passed_over = passed_over.to_vec();
        self
    }
}

impl State {
    pub(super) fn write(&mut self, at: Millis, line: Line) {
        let seq = self.next_book_seq;
        self.next_book_seq += 1;
        let visit = line.visit.and_then(|v| self.visits.get(&v));
        self.book.push(BookLine {
            seq,
            at,
            visit: line.visit,
            ticket: visit.map(|v| v.ticket),
            agent: line.agent,
            rota: line.rota.or(visit.map(Visit::rota)).unwrap_or_default(),
            rule: line.rule,
            reason: line.reason,
            passed_over: line.passed_over,
            by: self.by.clone(),
        });
    }
}
