//! Who is next, and what being passed over costs whom: rule 7.

use std::collections::{BTreeMap, BTreeSet};

use super::state::State;
use crate::core::house_rules::RotaOrder;
use crate::core::id::AgentId;
use crate::core::rota::{Agent, AwayReason, Debt, RotaKind, Status};
use crate::core::time::Millis;
use crate::core::turn_book::{Consequence, Pass, PassReason};

/// Who is next, and what it costs whom.
pub(super) struct Turn {
    pub agent: AgentId,
    /// The owed turn that is paid; `None`: the ordinary turn.
    pub debt: Option<Debt>,
    pub passed_over: Vec<Pass>,
    /// Where the cursor points afterwards.
    pub cursor: Option<AgentId>,
}

impl Turn {
    /// How often the receiver's own earlier passes in this decision had that consequence.
    pub fn own_passes(&self, consequence: Consequence) -> usize {
        let own = |p: &&Pass| p.agent == self.agent && p.consequence == consequence;
        self.passed_over.iter().filter(own).count()
    }
}

/// One decision about a turn while it is being made: what earlier passes of the same decision have
/// used up already.
struct Reckoning<'a> {
    state: &'a State,
    kind: RotaKind,
    refused: &'a BTreeSet<AgentId>,
    arrived: Millis,
    now: Millis,
    passed_over: Vec<Pass>,
}

impl State {
    /// Rule 7a, then 7b, for a visit of the rota `kind` that refuses `refused` and came at `arrived`.
    pub(super) fn next_in_turn(
        &self,
        kind: RotaKind,
        refused: &BTreeSet<AgentId>,
        arrived: Millis,
        now: Millis,
    ) -> Option<Turn> {
        let mut reckoning = Reckoning {
            state: self,
            kind,
            refused,
            arrived,
            now,
            passed_over: Vec::new(),
        };
        let order = &self.rotas.of(kind).order;
        let mut in_rota = order.iter().filter_map(|id| self.agents.get(id));
        if !in_rota.any(|a| reckoning.can_take(a)) {
            return None;
        }
        if let Some(turn) = reckoning.by_debt() {
            return Some(turn);
        }
        match self.rules.rota_order {
            RotaOrder::SignIn | RotaOrder::ManagersList => reckoning.by_cursor(),
            RotaOrder::FewestReceived => reckoning.by_rank(),
        }
    }

    /// Rule 12: too many overdue follow-ups.
    pub fn is_blocked(&self, agent: &Agent) -> bool {
        let block = self.rules.overdue_followups_block;
        block > 0 && agent.overdue > block
    }
}

impl Reckoning<'_> {
    /// Ready, and eligible for this visit.
    fn can_take(&self, agent: &Agent) -> bool {
        agent.is_ready() && !self.refused.contains(&agent.id) && !self.state.is_blocked(agent)
    }

    /// How often this decision has passed `agent` with that consequence already.
    fn passes(&self, agent: &AgentId, consequence: Consequence) -> usize {
        let same = |p: &&Pass| p.agent == *agent && p.consequence == consequence;
        self.passed_over.iter().filter(same).count()
    }

    /// Turns `agent` still has to lose.
    fn penalties_left(&self, agent: &Agent) -> bool {
        let taken = self.passes(&agent.id, Consequence::PenaltyTaken)
            + self.passes(&agent.id, Consequence::PenaltyFromDebt);
        agent.accounts.of(self.kind).penalties as usize > taken
    }

    /// Passes received ahead and not settled yet.
    fn prepaid_left(&self, agent: &Agent) -> bool {
        let used = self.passes(&agent.id, Consequence::PrepaidUsed);
        agent.accounts.of(self.kind).prepaid as usize > used
    }

    fn pass(&mut self, agent: &Agent, why: PassReason, consequence: Consequence) {
        self.passed_over.push(Pass {
            agent: agent.id.clone(),
            why,
            consequence,
        });
    }

    fn turn(&mut self, agent: &AgentId, debt: Option<Debt>, cursor: Option<AgentId>) -> Turn {
        Turn {
            agent: agent.clone(),
            debt,
            passed_over: std::mem::take(&mut self.passed_over),
            cursor,
        }
    }

    /// Rule 7a: of the agents who can take the visit, the one with the oldest owed turn. The cursor
    /// stays; nobody else gains or loses. A turn to be lost is taken from a debt too when its turn
    /// comes (12).
    fn by_debt(&mut self) -> Option<Turn> {
        loop {
            let holders = self.state.agents.values().filter(|a| self.can_take(a));
            let oldest = |a: &Agent| {
                let taken = self.passes(&a.id, Consequence::PenaltyFromDebt);
                a.accounts.of(self.kind).debts.open.get(taken).copied()
            };
            let (debt, agent) = holders
                .filter_map(|a| oldest(a).map(|debt| (debt, a)))
                .min_by_key(|(debt, _)| (debt.date, debt.order))?;
            if self.penalties_left(agent) {
                self.pass(agent, PassReason::Penalty, Consequence::PenaltyFromDebt);
                continue;
            }
            let cursor = self.state.rotas.of(self.kind).cursor.clone();
            return Some(self.turn(&agent.id, Some(debt), cursor));
        }
    }

    /// Rule 7b: from the cursor on to the first who can take the visit, owes no prepaid pass and has
    /// no turn to lose. Each one passed over bears exactly one consequence. The cursor goes round as
    /// often as needed: every round settles a prepaid pass or a penalty of somebody ready.
    fn by_cursor(&mut self) -> Option<Turn> {
        let rota = self.state.rotas.of(self.kind);
        let mut at = rota.cursor_index()?;
        loop {
            let agent = self.state.agents.get(&rota.order[at])?;
            at = (at + 1) % rota.order.len();
            if self.prepaid_left(agent) {
                self.pass(agent, PassReason::Prepaid, Consequence::PrepaidUsed);
            } else if !self.can_take(agent) {
                let (why, consequence) = self.consequence(agent);
                self.pass(agent, why, consequence);
            } else if self.penalties_left(agent) {
                self.pass(agent, PassReason::Penalty, Consequence::PenaltyTaken);
            } else {
                let cursor = Some(rota.order[at].clone());
                return Some(self.turn(&agent.id, None, cursor));
            }
        }
    }

    /// Rule 7b under `fewest_received`: of those with the lowest rank the first signed in. Whoever
    /// ranks before the receiver is passed over once; a turn to be lost counts as received and may
    /// bring its holder behind others.
    fn by_rank(&mut self) -> Option<Turn> {
        let rota = self.state.rotas.of(self.kind);
        let mut ranks: BTreeMap<(i64, usize), &Agent> = rota
            .order
            .iter()
            .enumerate()
            .filter_map(|(at, id)| {
                let agent = self.state.agents.get(id)?;
                Some(((agent.accounts.of(self.kind).rank(), at), agent))
            })
            .collect();
        while let Some(((rank, at), agent)) = ranks.pop_first() {
            if self.prepaid_left(agent) {
                // Booked while the house had another order.
                self.pass(agent, PassReason::Prepaid, Consequence::PrepaidUsed);
                if self.can_take(agent) {
                    ranks.insert((rank + 1, at), agent);
                }
            } else if !self.can_take(agent) {
                let (why, consequence) = self.consequence(agent);
                self.pass(agent, why, consequence);
            } else if self.penalties_left(agent) {
                self.pass(agent, PassReason::Penalty, Consequence::PenaltyTaken);
                ranks.insert((rank + 1, at), agent);
            } else {
                return Some(self.turn(&agent.id, None, rota.cursor.clone()));
            }
        }
        None
    }

    /// What being passed over means for an agent who cannot take the visit (rule 7b), the first
    /// that applies: a turn missed for a good reason is owed, another is lost.
    fn consequence(&self, agent: &Agent) -> (PassReason, Consequence) {
        if agent.suspended_until.is_some() {
            return (PassReason::Suspended, Consequence::Skip);
        }
        match agent.status {
            Status::Serving { .. } => {
                let long = i64::from(self.state.rules.long_service_minutes) * 60_000;
                let vouched = self.now.since(agent.vouched_at) <= long;
                let owed = if vouched {
                    self.owed_to(agent)
                } else {
                    Consequence::WithheldLong
                };
                (PassReason::Serving, owed)
            }
            Status::Offered { .. } => (PassReason::Offered, self.owed_to(agent)),
            Status::Away { reason, set_at } => {
                let lead = i64::from(self.state.rules.reason_lead_seconds) * 1000;
                let in_time = self.arrived.since(set_at) >= lead;
                let consequence = match (reason.earns_a_debt(), in_time) {
                    (true, true) => self.owed_to(agent),
                    (true, false) => Consequence::WithheldLate,
                    (false, _) => Consequence::Skip,
                };
                let why = match reason {
                    AwayReason::Errand => PassReason::Errand,
                    AwayReason::Lunch => PassReason::Lunch,
                    AwayReason::Toilet => PassReason::Toilet,
                    AwayReason::Leave => PassReason::Leave,
                    AwayReason::Private => PassReason::Private,
                    AwayReason::Late => PassReason::Late,
                    AwayReason::Unreachable => PassReason::Unreachable,
                };
                (why, consequence)
            }
            Status::Ready if self.state.is_blocked(agent) => {
                (PassReason::Overdue, Consequence::Skip)
            }
            Status::Ready if self.refused.contains(&agent.id) => {
                (PassReason::Refused, Consequence::Skip)
            }
            // Ready but no longer on the staff list, or off: about to leave the rota.
            Status::Ready | Status::Off => (PassReason::Leave, Consequence::Skip),
        }
    }

    /// A debt is due; above the cap nothing more is granted.
    fn owed_to(&self, agent: &Agent) -> Consequence {
        let newly = self.passes(&agent.id, Consequence::OwedTurn);
        let taken = self.passes(&agent.id, Consequence::PenaltyFromDebt);
        let open = agent.accounts.of(self.kind).debts.open.len() + newly - taken;
        if open < self.state.rules.owed_cap as usize {
            Consequence::OwedTurn
        } else {
            Consequence::WithheldCap
        }
    }
}
