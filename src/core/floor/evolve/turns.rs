//! Offers, and what they cost and earn: turns, passes, debts.

use super::book::Line;
use crate::core::floor::State;
use crate::core::floor::event::{Offer, TurnBack};
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{Debt, DebtAccount, RotaKind, Status, TurnUse};
use crate::core::time::Millis;
use crate::core::turn_book::{AfterLapse, Consequence, Pass, Reason, ReturnCause, Rule};
use crate::core::visit::{Assignment, Visit, VisitState};

impl State {
    pub(super) fn offer(&mut self, at: Millis, offer: &Offer) {
        let visit = self.visit_mut(offer.visit);
        let rota = visit.rota();
        visit.state = VisitState::Offered;
        visit.since = at;
        visit.waits_for = None;
        visit.recalls = 0;
        visit.calls = 0;
        visit.undo = None;
        visit.assignment = Some(Assignment {
            agent: offer.agent.clone(),
            rule: offer.rule,
            turn: offer.turn,
            offered_at: at,
            accept_by: offer.accept_by,
            place: String::new(),
            earned: None,
        });
        self.step_out_of_line(offer.visit);
        self.priority_run = offer.priority_run;
        self.set_status(at, &offer.agent, Status::Offered { visit: offer.visit });
        self.rotas.of_mut(rota).cursor.clone_from(&offer.cursor);
        let line = Line::of(offer.rule, offer.reason.clone()).visit(offer.visit);
        self.write(at, line.agent(&offer.agent).passing(&offer.passed_over));
        for pass in &offer.passed_over {
            self.apply_pass(at, offer.visit, rota, pass);
        }
        let mut paid = None;
        if let Some(taken) = &offer.debt {
            let date = taken.debt.date;
            let reason = if taken.cancelled {
                Reason::DebtCancelled { date, lost: false }
            } else {
                Reason::DebtPaid { date }
            };
            let book = |account: &mut DebtAccount| match taken.cancelled {
                true => account.cancelled += 1,
                false => account.used += 1,
            };
            if self.take_debt(&offer.agent, rota, &taken.debt, book) {
                let line = Line::of(Rule::OwedTurn, reason).visit(offer.visit);
                self.write(at, line.agent(&offer.agent));
                paid = Some(taken.debt.order);
            }
        }
        let account = self.agent_mut(&offer.agent).accounts.of_mut(rota);
        match offer.turn {
            TurnUse::Turn | TurnUse::Debt { .. } => account.received += 1,
            TurnUse::Prepaid => {
                account.received += 1;
                account.prepaid += 1;
            }
            TurnUse::Courtesy {
                granted: Some(date),
            } => {
                let visit = Some(offer.visit);
                let order = self.grant_debt(at, &offer.agent, rota, visit, date, paid, None);
                if let Some(assignment) = &mut self.visit_mut(offer.visit).assignment {
                    assignment.earned = Some(order);
                }
            }
            // The turn is used and nothing stands in its place.
            TurnUse::Courtesy { granted: None } => {
                account.lost += 1;
                if offer.capped {
                    let why = Consequence::WithheldCap;
                    let line = Line::of(Rule::OwedTurn, Reason::DebtWithheld { why });
                    self.write(at, line.visit(offer.visit).agent(&offer.agent));
                }
            }
            TurnUse::Free => {}
        }
    }

    pub(in crate::core::floor) fn apply_pass(
        &mut self,
        at: Millis,
        visit: VisitId,
        rota: RotaKind,
        pass: &Pass,
    ) {
        let account = self.agent_mut(&pass.agent).accounts.of_mut(rota);
        account.lost += u32::from(pass.consequence.loses_the_turn());
        match pass.consequence {
            Consequence::PrepaidUsed => account.prepaid = account.prepaid.saturating_sub(1),
            Consequence::OwedTurn => {
                self.grant_debt(at, &pass.agent, rota, Some(visit), at, None, None);
            }
            Consequence::PenaltyTaken => {
                account.penalties = account.penalties.saturating_sub(1);
            }
            Consequence::PenaltyFromDebt => {
                account.penalties = account.penalties.saturating_sub(1);
                let oldest = account.debts.oldest().copied();
                if let Some(debt) = oldest {
                    self.take_debt(&pass.agent, rota, &debt, |d| d.cancelled += 1);
                    let reason = Reason::DebtTakenAsPenalty { date: debt.date };
                    let line = Line::of(Rule::Penalty, reason).visit(visit);
                    self.write(at, line.agent(&pass.agent));
                }
            }
            withheld if withheld.is_withheld() => {
                let reason = Reason::DebtWithheld { why: withheld };
                let line = Line::of(Rule::OwedTurn, reason).visit(visit);
                self.write(at, line.agent(&pass.agent));
            }
            _ => {}
        }
    }

    /// Grants an owed turn of this date and gives its order. `order`: the rank of a debt granted
    /// again; without it, the next. `returned`: from which visit, and why.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn grant_debt(
        &mut self,
        at: Millis,
        agent: &AgentId,
        rota: RotaKind,
        visit: Option<VisitId>,
        date: Millis,
        order: Option<u64>,
        returned: Option<(VisitId, Option<ReturnCause>)>,
    ) -> u64 {
        let order = order.unwrap_or_else(|| {
            self.next_debt_order += 1;
            self.next_debt_order - 1
        });
        let debts = &mut self.agent_mut(agent).accounts.of_mut(rota).debts;
        debts.grant(Debt {
            date,
            order,
            returned_from: returned.map(|(visit, _)| visit),
        });
        let reason = match returned {
            Some((_, after)) => Reason::TurnReturned { date, after },
            None => Reason::DebtGranted { date },
        };
        let line = Line::of(Rule::OwedTurn, reason).maybe_visit(visit);
        self.write(at, line.agent(agent).rota(rota));
        order
    }

    /// Takes an owed turn out of the account, if it is there, and books it.
    pub(in crate::core::floor) fn take_debt(
        &mut self,
        agent: &AgentId,
        rota: RotaKind,
        debt: &Debt,
        book: impl FnOnce(&mut DebtAccount),
    ) -> bool {
        let Some(agent) = self.agents.get_mut(agent) else {
            return false;
        };
        let account = &mut agent.accounts.of_mut(rota).debts;
        let taken = account.take(debt);
        if taken {
            book(account);
        }
        taken
    }

    pub(super) fn return_turn(
        &mut self,
        at: Millis,
        visit: VisitId,
        agent: &AgentId,
        back: TurnBack,
        after: Option<ReturnCause>,
    ) {
        let rota = self.visit_mut(visit).rota();
        let account = self.agent_mut(agent).accounts.of_mut(rota);
        match back {
            TurnBack::Debt { date, received } => {
                account.received = account.received.saturating_sub(u32::from(received));
                account.lost = account.lost.saturating_sub(u32::from(!received));
                let returned = Some((visit, after));
                self.grant_debt(at, agent, rota, Some(visit), date, None, returned);
            }
            TurnBack::PrepaidCancelled => {
                account.received = account.received.saturating_sub(1);
                account.prepaid = account.prepaid.saturating_sub(1);
                if let Some(undo) = &mut self.visit_mut(visit).undo {
                    undo.pass_cancelled = true;
                }
                let line = Line::of(Rule::AskedFor, Reason::PrepaidCancelled { after });
                self.write(at, line.visit(visit).agent(agent));
            }
        }
    }

    pub(super) fn lapse(
        &mut self,
        at: Millis,
        visit: VisitId,
        agent: &AgentId,
        (seconds, turn): (u32, AfterLapse),
    ) {
        let assignment = self.release(at, visit, VisitState::Waiting);
        self.free_agent(at, agent);
        self.requeue_at_own_place(visit);
        let line = Line::of(Rule::AcceptTimer, Reason::Lapsed { seconds, turn });
        self.write(at, line.visit(visit).agent(agent));
        if let Some(assignment) = assignment {
            self.forfeit(at, agent, visit, &assignment);
        }
    }

    /// A lapse takes the turn out of the count; what it had used stays used, and the turn a
    /// courtesy had earned is lost (rule 9).
    fn forfeit(&mut self, at: Millis, agent: &AgentId, visit: VisitId, assignment: &Assignment) {
        let rota = self
            .visits
            .get(&visit)
            .map_or(RotaKind::WalkIn, Visit::rota);
        let account = self.agent_mut(agent).accounts.of_mut(rota);
        match assignment.turn {
            TurnUse::Turn | TurnUse::Debt { .. } | TurnUse::Prepaid => {
                account.received = account.received.saturating_sub(1);
                account.lost += 1;
            }
            TurnUse::Courtesy { .. } => {
                let open = &account.debts.open;
                let earned = open.iter().find(|d| Some(d.order) == assignment.earned);
                if let Some(debt) = earned.copied() {
                    self.forfeit_courtesy(at, agent, visit, &debt);
                }
            }
            TurnUse::Free => {}
        }
    }

    /// A courtesy came to nothing: the turn it used is lost, for nothing stands in its place.
    pub(super) fn forfeit_courtesy(
        &mut self,
        at: Millis,
        agent: &AgentId,
        visit: VisitId,
        debt: &Debt,
    ) {
        let rota = self.visit_mut(visit).rota();
        self.agent_mut(agent).accounts.of_mut(rota).lost += 1;
        self.cancel_debt(at, agent, (visit, rota), debt, true);
    }

    pub(super) fn cancel_debt(
        &mut self,
        at: Millis,
        agent: &AgentId,
        (visit, rota): (VisitId, RotaKind),
        debt: &Debt,
        lost: bool,
    ) {
        if self.take_debt(agent, rota, debt, |d| d.cancelled += 1) {
            let date = debt.date;
            let reason = Reason::DebtCancelled { date, lost };
            let line = Line::of(Rule::OwedTurn, reason).visit(visit);
            self.write(at, line.agent(agent));
        }
    }
}
