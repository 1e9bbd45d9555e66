//! Whose turn it is: rules 5 and 7 of the house, each in one place.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Offer, TakenDebt};
use super::state::State;
use crate::core::house_rules::Courtesy;
use crate::core::id::AgentId;
use crate::core::rota::{Agent, AwayReason, Debt, Status, TurnUse};
use crate::core::time::Millis;
use crate::core::turn_book::{Consequence, Pass, PassReason, Reason, Rule};
use crate::core::visit::Visit;

/// Who is next, and what it costs whom.
pub(super) struct Turn {
    pub agent: AgentId,
    /// The owed turn that is paid; `None`: the turn at the cursor.
    pub debt: Option<Debt>,
    pub passed_over: Vec<Pass>,
    /// Where the cursor points afterwards.
    pub cursor: Option<AgentId>,
}

impl State {
    /// The agent to whom `visit` is given now, and by which rule; `None`: nobody can take it.
    pub(super) fn choose(&self, visit: &Visit, now: Millis) -> Option<Offer> {
        match &visit.asked_for {
            Some(asked) if !visit.refused.contains(asked) => self
                .by_name(visit, asked, now)
                .or_else(|| self.as_courtesy(visit, asked, now)),
            _ => self.in_turn(visit, now),
        }
    }

    /// Rule 5: asked for by name, the ready agent serves.
    fn by_name(&self, visit: &Visit, asked: &AgentId, now: Millis) -> Option<Offer> {
        let agent = self.agents.get(asked).filter(|a| a.is_ready())?;
        Some(self.named_offer(visit, agent, Rule::AskedFor, None, now))
    }

    /// An offer to a named agent, by the guest (rule 5) or, with the reason `why`, by a person
    /// (rule 15). It is booked against the agent's next pass; a turn returned from this same visit
    /// is the turn (rule 11).
    pub(super) fn named_offer(
        &self,
        visit: &Visit,
        agent: &Agent,
        rule: Rule,
        why: Option<&str>,
        now: Millis,
    ) -> Offer {
        let returned = returned_debt(agent, visit);
        let turn = match returned {
            Some(debt) => TurnUse::Debt { date: debt.date },
            None if self.rules.named_uses_turn.is_yes() => TurnUse::Prepaid,
            None => TurnUse::Free,
        };
        let reason = match (why, returned) {
            (Some(why), _) => Reason::OfferedOverride {
                why: why.to_owned(),
            },
            (None, Some(debt)) => Reason::OfferedReturnedTurn { since: debt.date },
            (None, None) => Reason::OfferedAskedFor {
                prepaid: turn == TurnUse::Prepaid,
            },
        };
        Offer {
            visit: visit.id,
            agent: agent.id.clone(),
            rule,
            reason,
            turn,
            accept_by: self.accept_by(now),
            passed_over: Vec::new(),
            debt: returned.map(|debt| TakenDebt {
                debt,
                cancelled: true,
            }),
            cursor: self.rota.cursor.clone(),
        }
    }

    /// Rule 5 with 4: the agent asked for cannot serve, the next in turn does as a courtesy. It
    /// uses the colleague's turn and grants one owed turn in its place; a debt used that way is
    /// granted again with its date.
    fn as_courtesy(&self, visit: &Visit, asked: &AgentId, now: Millis) -> Option<Offer> {
        let turn = self.next_in_turn(&visit.refused, visit.checked_in_at, now)?;
        let colleague = self.agents.get(&turn.agent)?;
        let date = match turn.debt {
            Some(debt) => Some(debt.date),
            None => (colleague.debts.open.len() < self.rules.owed_cap as usize).then_some(now),
        };
        let granted = match self.rules.courtesy {
            Courtesy::OwedTurn => date,
            Courtesy::Nothing => None,
        };
        let busy = self
            .agents
            .get(asked)
            .is_some_and(|a| a.status.visit().is_some());
        let reason = Reason::OfferedCourtesy {
            asked_for: asked.clone(),
            busy,
        };
        Some(self.turn_offer(
            visit,
            turn,
            Rule::Courtesy,
            reason,
            TurnUse::Courtesy { granted },
            now,
        ))
    }

    /// Rule 7: by turn, an owed turn before the one at the cursor.
    fn in_turn(&self, visit: &Visit, now: Millis) -> Option<Offer> {
        let mut turn = self.next_in_turn(&visit.refused, visit.checked_in_at, now)?;
        let returned = self
            .agents
            .get(&turn.agent)
            .and_then(|a| returned_debt(a, visit));
        let (rule, reason, used) = match (turn.debt, returned) {
            (Some(_), Some(debt)) => {
                turn.debt = Some(debt);
                let reason = Reason::OfferedReturnedTurn { since: debt.date };
                (Rule::OwedTurn, reason, TurnUse::Debt { date: debt.date })
            }
            (Some(debt), None) => {
                let reason = Reason::OfferedOwedTurn { since: debt.date };
                (Rule::OwedTurn, reason, TurnUse::Debt { date: debt.date })
            }
            (None, _) => (Rule::InTurn, Reason::OfferedInTurn, TurnUse::Turn),
        };
        let cancelled = returned.is_some();
        let mut offer = self.turn_offer(visit, turn, rule, reason, used, now);
        if let Some(taken) = &mut offer.debt {
            taken.cancelled = cancelled;
        }
        Some(offer)
    }

    fn turn_offer(
        &self,
        visit: &Visit,
        turn: Turn,
        rule: Rule,
        reason: Reason,
        used: TurnUse,
        now: Millis,
    ) -> Offer {
        Offer {
            visit: visit.id,
            agent: turn.agent,
            rule,
            reason,
            turn: used,
            accept_by: self.accept_by(now),
            passed_over: turn.passed_over,
            debt: turn.debt.map(|debt| TakenDebt {
                debt,
                cancelled: false,
            }),
            cursor: turn.cursor,
        }
    }

    fn accept_by(&self, now: Millis) -> Millis {
        now.plus_seconds(i64::from(self.rules.accept_seconds))
    }

    /// Rule 7a, then 7b, for a visit that refuses `refused` and came at `arrived`.
    pub(super) fn next_in_turn(
        &self,
        refused: &BTreeSet<AgentId>,
        arrived: Millis,
        now: Millis,
    ) -> Option<Turn> {
        let can_take = |a: &Agent| a.is_ready() && !refused.contains(&a.id);
        self.by_debt(can_take)
            .or_else(|| self.by_cursor(can_take, refused, arrived, now))
    }

    /// Rule 7a: of the agents who can take the visit, the one with the oldest owed turn. The cursor
    /// stays; nobody else gains or loses.
    fn by_debt(&self, can_take: impl Fn(&Agent) -> bool) -> Option<Turn> {
        let holders = self.agents.values().filter(|a| can_take(a));
        let (debt, agent) = holders
            .filter_map(|a| a.debts.oldest().map(|debt| (*debt, a)))
            .min_by_key(|(debt, _)| (debt.date, debt.order))?;
        Some(Turn {
            agent: agent.id.clone(),
            debt: Some(debt),
            passed_over: Vec::new(),
            cursor: self.rota.cursor.clone(),
        })
    }

    /// Rule 7b: from the cursor on to the first who can take the visit and owes no prepaid pass.
    /// Each one passed over bears exactly one consequence. The cursor goes round as often as
    /// needed: every round settles a prepaid pass of somebody ready.
    fn by_cursor(
        &self,
        can_take: impl Fn(&Agent) -> bool,
        refused: &BTreeSet<AgentId>,
        arrived: Millis,
        now: Millis,
    ) -> Option<Turn> {
        let order = &self.rota.order;
        if !order
            .iter()
            .any(|id| self.agents.get(id).is_some_and(&can_take))
        {
            return None;
        }
        let mut prepaid: BTreeMap<&AgentId, u32> = BTreeMap::new();
        let mut newly_owed: BTreeMap<&AgentId, usize> = BTreeMap::new();
        let mut passed_over = Vec::new();
        let mut at = self.rota.cursor_index()?;
        loop {
            let agent = self.agents.get(&order[at])?;
            let prepaid = prepaid.entry(&agent.id).or_insert(agent.prepaid);
            let (why, consequence) = if *prepaid > 0 {
                *prepaid -= 1;
                (PassReason::Prepaid, Consequence::PrepaidUsed)
            } else if can_take(agent) {
                let cursor = order[(at + 1) % order.len()].clone();
                let agent = agent.id.clone();
                return Some(Turn {
                    agent,
                    debt: None,
                    passed_over,
                    cursor: Some(cursor),
                });
            } else {
                let newly = newly_owed.entry(&agent.id).or_insert(0);
                let open = agent.debts.open.len() + *newly;
                let pass = self.consequence(agent, refused, (arrived, now), open);
                *newly += usize::from(pass.1 == Consequence::OwedTurn);
                pass
            };
            passed_over.push(Pass {
                agent: agent.id.clone(),
                why,
                consequence,
            });
            at = (at + 1) % order.len();
        }
    }

    /// What being passed over means for an agent who cannot take the visit (rule 7b): a turn missed
    /// for a good reason is owed, another is lost. `open`: owed turns held by then.
    fn consequence(
        &self,
        agent: &Agent,
        refused: &BTreeSet<AgentId>,
        (arrived, now): (Millis, Millis),
        open: usize,
    ) -> (PassReason, Consequence) {
        let owed = if open < self.rules.owed_cap as usize {
            Consequence::OwedTurn
        } else {
            Consequence::WithheldCap
        };
        match agent.status {
            Status::Serving { .. } => {
                let long = i64::from(self.rules.long_service_minutes) * 60_000;
                let vouched = now.since(agent.vouched_at) <= long;
                let owed = if vouched {
                    owed
                } else {
                    Consequence::WithheldLong
                };
                (PassReason::Serving, owed)
            }
            Status::Offered { .. } => (PassReason::Offered, owed),
            Status::Away { reason, set_at } => {
                let lead = i64::from(self.rules.reason_lead_seconds);
                let in_time = arrived.since(set_at) >= lead * 1000;
                let owed = if in_time {
                    owed
                } else {
                    Consequence::WithheldLate
                };
                match reason {
                    AwayReason::Errand => (PassReason::Errand, owed),
                    AwayReason::Lunch => (PassReason::Lunch, owed),
                    AwayReason::Toilet => (PassReason::Toilet, owed),
                    AwayReason::Leave => (PassReason::Leave, Consequence::Skip),
                    AwayReason::Private => (PassReason::Private, Consequence::Skip),
                    AwayReason::Late => (PassReason::Late, Consequence::Skip),
                    AwayReason::Unreachable => (PassReason::Unreachable, Consequence::Skip),
                }
            }
            Status::Ready if refused.contains(&agent.id) => {
                (PassReason::Refused, Consequence::Skip)
            }
            // Ready but no longer on the staff list, or off: about to leave the rota.
            Status::Ready | Status::Off => (PassReason::Leave, Consequence::Skip),
        }
    }
}

/// The owed turn that was returned to `agent` from this very visit.
fn returned_debt(agent: &Agent, visit: &Visit) -> Option<Debt> {
    agent
        .debts
        .open
        .iter()
        .find(|d| d.returned_from == Some(visit.id))
        .copied()
}
