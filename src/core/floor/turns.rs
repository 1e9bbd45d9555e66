//! To whom a visit is given, rules 3 to 7, each in one place.

use super::event::{Offer, TakenDebt};
use super::reckoning::Turn;
use super::state::State;
use crate::core::house_rules::{Courtesy, ReturnerTurn, RotaOrder};
use crate::core::rota::{Agent, Debt, TurnUse};
use crate::core::time::Millis;
use crate::core::turn_book::{Consequence, Reason, Rule, Tie};
use crate::core::visit::{Visit, Wanted, WantedBy};

impl State {
    /// The agent to whom `visit` is given now, and by which rule; `None`: nobody can take it.
    pub(super) fn choose(&self, visit: &Visit, now: Millis) -> Option<Offer> {
        match visit.wanted_now() {
            Some(wanted) => self
                .where_it_belongs(visit, wanted, now)
                .or_else(|| self.as_courtesy(visit, wanted, now)),
            None => self.in_turn(visit, now),
        }
    }

    /// Rules 3 to 5: the ready agent the party belongs with serves.
    fn where_it_belongs(&self, visit: &Visit, wanted: &Wanted, now: Millis) -> Option<Offer> {
        let agent = self.agents.get(&wanted.agent).filter(|a| a.is_ready())?;
        let returned = returned_debt(agent, visit);
        let turn = self.turn_of_wanted(&wanted.by, returned);
        let prepaid = turn == TurnUse::Prepaid;
        let counts = turn == TurnUse::Turn;
        let (rule, reason) = match &wanted.by {
            WantedBy::Appointment { time, .. } => (
                Rule::Appointment,
                Reason::OfferedAppointment { time: *time },
            ),
            WantedBy::Channel { broker } => (
                Rule::Channel,
                Reason::OfferedChannel {
                    broker: broker.clone(),
                },
            ),
            WantedBy::Owner { source, .. } => (
                Rule::Owner,
                Reason::OfferedOwner {
                    source: *source,
                    prepaid,
                    counts,
                },
            ),
            WantedBy::Name => (Rule::AskedFor, Reason::OfferedAskedFor { prepaid, counts }),
        };
        let reason = match (turn, returned) {
            (TurnUse::Debt { date }, _) => Reason::OfferedReturnedTurn { since: date },
            _ => reason,
        };
        let paid = matches!(turn, TurnUse::Debt { .. });
        let taken = returned.filter(|_| paid);
        Some(self.direct_offer(visit, agent, rule, reason, turn, taken, now))
    }

    /// What coming to the agent a party belongs with costs that agent: nothing for an appointment
    /// or a broker's client (3), for a returner (4) or a named agent (5) as the house says. A turn
    /// returned from this same visit is the turn (11).
    fn turn_of_wanted(&self, by: &WantedBy, returned: Option<Debt>) -> TurnUse {
        let uses_turn = match by {
            WantedBy::Appointment { .. } | WantedBy::Channel { .. } => false,
            WantedBy::Owner { bought, .. } => match self.rules.returner_uses_turn {
                ReturnerTurn::No => false,
                ReturnerTurn::IfNotBought => !bought,
                ReturnerTurn::Yes => true,
            },
            WantedBy::Name => self.rules.named_uses_turn.is_yes(),
        };
        match (uses_turn, returned) {
            (false, _) => TurnUse::Free,
            (true, Some(debt)) => TurnUse::Debt { date: debt.date },
            (true, None) => self.ahead_of_turn(),
        }
    }

    /// A turn received out of order: booked against the next pass; ranked by what was received, it
    /// simply counts.
    const fn ahead_of_turn(&self) -> TurnUse {
        match self.rules.rota_order {
            RotaOrder::FewestReceived => TurnUse::Turn,
            RotaOrder::SignIn | RotaOrder::ManagersList => TurnUse::Prepaid,
        }
    }

    /// Rule 15: a person gives the visit to `agent`, which counts as asked for by name (5); a
    /// returner, an appointment or a broker's client uses no turn.
    pub(super) fn override_offer(
        &self,
        visit: &Visit,
        agent: &Agent,
        why: &str,
        now: Millis,
    ) -> Offer {
        let named = matches!(
            visit.wanted,
            None | Some(Wanted {
                by: WantedBy::Name,
                ..
            })
        );
        let uses_turn = named && self.rules.named_uses_turn.is_yes();
        let returned = returned_debt(agent, visit).filter(|_| uses_turn);
        let turn = match returned {
            _ if !uses_turn => TurnUse::Free,
            Some(debt) => TurnUse::Debt { date: debt.date },
            None => self.ahead_of_turn(),
        };
        let reason = Reason::OfferedOverride {
            why: why.to_owned(),
        };
        self.direct_offer(visit, agent, Rule::Override, reason, turn, returned, now)
    }

    /// A slip taken back: `agent` has the visit again, by the turn it had returned, if that is
    /// still open.
    pub(super) fn again_offer(
        &self,
        visit: &Visit,
        agent: &Agent,
        rule: Rule,
        used: TurnUse,
        now: Millis,
    ) -> Offer {
        let returned = returned_debt(agent, visit);
        let turn = match (returned, used) {
            (Some(debt), _) => TurnUse::Debt { date: debt.date },
            (None, TurnUse::Prepaid) => TurnUse::Prepaid,
            // What it had used stays used.
            (None, _) => TurnUse::Free,
        };
        self.direct_offer(
            visit,
            agent,
            rule,
            Reason::OfferedAgain,
            turn,
            returned,
            now,
        )
    }

    /// An offer that touches neither the cursor nor anybody else.
    #[allow(clippy::too_many_arguments)]
    fn direct_offer(
        &self,
        visit: &Visit,
        agent: &Agent,
        rule: Rule,
        reason: Reason,
        turn: TurnUse,
        returned: Option<Debt>,
        now: Millis,
    ) -> Offer {
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
            cursor: self.rotas.of(visit.rota()).cursor.clone(),
            priority_run: self.run_after(visit, now),
            capped: false,
        }
    }

    /// Rules 3 to 5: the agent the party belongs with cannot serve, the next in turn does as a
    /// courtesy. It uses the colleague's turn and grants one owed turn in its place; a debt used
    /// that way is granted again with its date and rank.
    fn as_courtesy(&self, visit: &Visit, wanted: &Wanted, now: Millis) -> Option<Offer> {
        let turn = self.next_in_turn(visit.rota(), &visit.refused, visit.checked_in_at, now)?;
        let colleague = self.agents.get(&turn.agent)?;
        let open = colleague.accounts.of(visit.rota()).debts.open.len();
        let newly = turn.own_passes(Consequence::OwedTurn);
        let lost = turn.own_passes(Consequence::PenaltyFromDebt);
        let date = match turn.debt {
            Some(debt) => Some(debt.date),
            None => (open + newly - lost < self.rules.owed_cap as usize).then_some(now),
        };
        let granted = match self.rules.courtesy {
            Courtesy::OwedTurn => date,
            Courtesy::Nothing => None,
        };
        let capped = granted.is_none() && self.rules.courtesy == Courtesy::OwedTurn;
        let owner = self.agents.get(&wanted.agent);
        let reason = Reason::OfferedCourtesy {
            asked_for: wanted.agent.clone(),
            busy: owner.is_some_and(|a| a.status.visit().is_some()),
            credit: self.rules.courtesy_credit,
            tie: Tie::of(&wanted.by),
        };
        let used = TurnUse::Courtesy { granted };
        let mut offer = self.turn_offer(visit, turn, Rule::Courtesy, reason, used, now);
        offer.capped = capped;
        Some(offer)
    }

    /// Rules 6 and 7: by turn, an owed turn before the one at the cursor.
    fn in_turn(&self, visit: &Visit, now: Millis) -> Option<Offer> {
        let mut turn = self.next_in_turn(visit.rota(), &visit.refused, visit.checked_in_at, now)?;
        let returned = self
            .agents
            .get(&turn.agent)
            .and_then(|a| returned_debt(a, visit))
            // Not if a penalty has just taken it: those take the oldest.
            .filter(|returned| {
                let oldest = turn.debt.map(|d| (d.date, d.order));
                oldest.is_some_and(|oldest| (returned.date, returned.order) >= oldest)
            });
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
            priority_run: self.run_after(visit, now),
            capped: false,
        }
    }

    fn accept_by(&self, now: Millis) -> Millis {
        now.plus_seconds(i64::from(self.rules.accept_seconds))
    }
}

/// The owed turn that was returned to `agent` from this very visit.
pub(super) fn returned_debt(agent: &Agent, visit: &Visit) -> Option<Debt> {
    let open = &agent.accounts.of(visit.rota()).debts.open;
    open.iter()
        .find(|d| d.returned_from == Some(visit.id))
        .copied()
}
