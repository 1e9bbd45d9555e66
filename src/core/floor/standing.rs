//! Where an agent stands in the order of turns, and who comes before them and why: read off the
//! reckoning itself, as if new visitors came now, one after the other, and nothing else happened.

use super::reckoning::Turn;
use super::state::State;
use crate::core::house_rules::RotaOrder;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{RotaKind, Status};
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::turn_book::{Consequence, PassReason};

/// Why a turn comes to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByTurn {
    /// An owed turn of this date is paid (rule 7a).
    Owed { since: Millis },
    /// The cursor stands there (rule 7b).
    Cursor,
    /// By what was received, under `fewest_received` (rule 7b).
    Rank,
}

/// Who comes before an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Receives a visitor first.
    Receives(ByTurn),
    /// Stands before the agent and will be passed over, with this consequence.
    Passed {
        why: PassReason,
        consequence: Consequence,
    },
}

/// An agent's standing in one rota. Came one new visitor after the other, the agent would receive
/// the one numbered `place`; who is away or has a guest: if ready now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// From 1.
    pub place: u32,
    pub by: ByTurn,
    /// In the order of turns, each once.
    pub before: Vec<(AgentId, Before)>,
    /// What the agent's own turn settles first when it comes by: passes received ahead, turns lost.
    pub settled: Vec<Consequence>,
}

impl State {
    /// `None` for an agent who is not in the rota, or to whom no turn comes: suspended, or with too
    /// many overdue follow-ups.
    pub fn standing(&self, me: &AgentId, kind: RotaKind) -> Option<Standing> {
        let mut ahead = self.only_the_rota(kind);
        let agent = ahead.agents.get_mut(me)?;
        agent.status = Status::Ready;
        if !agent.is_ready() || self.is_blocked(agent) {
            return None;
        }
        let mut met: Vec<(AgentId, Before)> = Vec::new();
        let mut settled = Vec::new();
        // Each turn makes its receiver busy, so that it comes to everybody ready in the end.
        for place in 1.. {
            let turn = ahead.next_in_turn(kind, &Default::default(), self.last, self.last)?;
            for pass in &turn.passed_over {
                if pass.agent == *me {
                    settled.push(pass.consequence);
                } else if met.iter().all(|(id, _)| *id != pass.agent) {
                    let (why, consequence) = (pass.why, pass.consequence);
                    met.push((pass.agent.clone(), Before::Passed { why, consequence }));
                }
            }
            let by = match (turn.debt, self.rules.rota_order) {
                (Some(debt), _) => ByTurn::Owed { since: debt.date },
                (None, RotaOrder::FewestReceived) => ByTurn::Rank,
                (None, _) => ByTurn::Cursor,
            };
            if turn.agent == *me {
                return Some(Standing {
                    place,
                    by,
                    before: met,
                    settled,
                });
            }
            // Whoever was passed over first and receives before the agent all the same is told once.
            met.retain(|(id, _)| *id != turn.agent);
            met.push((turn.agent.clone(), Before::Receives(by)));
            ahead.take_turn(kind, turn);
        }
        None
    }

    /// Calls by phone have their place in this house: among the purposes of a visit, in today's
    /// visits, or in somebody's account (rule 16).
    pub fn uses_phone_rota(&self) -> bool {
        let purposes = &self.site.visit_purposes;
        let phone = |line: Line| line.rota() == RotaKind::Phone;
        purposes.iter().any(|p| phone(p.line))
            || self.agents.values().any(|a| a.accounts.phone.is_open())
            || self.visits.values().any(|v| v.rota() == RotaKind::Phone)
    }

    /// What the reckoning looks at, and nothing else of the day.
    fn only_the_rota(&self, kind: RotaKind) -> Self {
        let rota = self.rotas.of(kind);
        let agents = rota.order.iter().filter_map(|id| {
            let agent = self.agents.get(id)?;
            Some((id.clone(), agent.clone()))
        });
        let mut few = Self {
            last: self.last,
            rules: self.rules.clone(),
            agents: agents.collect(),
            next_debt_order: self.next_debt_order,
            ..Self::default()
        };
        few.rotas.of_mut(kind).clone_from(rota);
        few
    }

    /// The turn is taken by a visitor who is nobody in particular.
    fn take_turn(&mut self, kind: RotaKind, turn: Turn) {
        let nobody = VisitId(uuid::Uuid::nil());
        for pass in &turn.passed_over {
            self.apply_pass(self.last, nobody, kind, pass);
        }
        if let Some(debt) = &turn.debt {
            self.take_debt(&turn.agent, kind, debt, |account| account.used += 1);
        }
        self.rotas.of_mut(kind).cursor = turn.cursor;
        if let Some(agent) = self.agents.get_mut(&turn.agent) {
            agent.accounts.of_mut(kind).received += 1;
            agent.status = Status::Offered { visit: nobody };
        }
    }
}
