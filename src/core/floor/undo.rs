//! Taking back a slip within seconds. What had come of it meanwhile is put right by events of its
//! own, each in the book.

use super::command::Refusal;
use super::decide::Draft;
use super::event::Event;
use super::steps::unserved_assignment;
use super::turns::returned_debt;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{Debt, Status, TurnUse};
use crate::core::turn_book::ReturnCause;
use crate::core::visit::{Assignment, Undo, Visit, VisitState};

/// How long a step can be taken back, seconds.
pub const UNDO_SECONDS: i64 = 10;

impl Draft<'_> {
    /// A service goes on with the same agent, who must not have another guest called already; an
    /// offer or a call goes back to the same one if free, else the visit waits at its own place.
    pub fn undo(&mut self, visit: &Visit) -> Result<(), Refusal> {
        let undo = visit.undo.clone().filter(|u| self.at < u.until);
        let undo = undo.ok_or(Refusal::NothingToUndo)?;
        match (undo.back_to, undo.assignment.clone()) {
            // The agent has the guest all the while: only the start is taken back.
            (_, Some(_)) if visit.state == VisitState::Serving => {
                self.undone(visit.id, undo, None);
            }
            (VisitState::Serving, Some(assignment)) => {
                let withdrawn = self.free_for_undo(&assignment.agent)?;
                let holder = self.state.agents.get(&assignment.agent);
                let cancelled = holder.and_then(|a| returned_debt(a, visit));
                let mut undo = undo;
                if visit.not_a_buyer.is_some()
                    && cancelled.is_none()
                    && !undo.pass_cancelled
                    && let Some(assignment) = &mut undo.assignment
                {
                    // What it had used was given back and is spent: it cannot come back twice.
                    assignment.turn = TurnUse::Free;
                }
                self.undone(visit.id, undo, cancelled);
                if let Some(other) = withdrawn {
                    // It may belong with the very agent it was taken from.
                    self.wait_for_wanted(other);
                }
            }
            (_, Some(assignment)) => self.offer_again(visit, undo, assignment),
            (_, None) => {
                self.undone(visit.id, undo, None);
                self.wait_for_wanted(visit.id);
            }
        }
        Ok(())
    }

    fn undone(&mut self, visit: VisitId, to: Undo, cancelled: Option<Debt>) {
        let prepaid = to.pass_cancelled && to.back_to == VisitState::Serving;
        self.emit(Event::Undone {
            visit,
            to: Box::new(to),
            cancelled,
            prepaid,
        });
    }

    fn offer_again(&mut self, visit: &Visit, undo: Undo, assignment: Assignment) {
        let id = visit.id;
        // A turn that was not given back is used already.
        let stayed = visit.missed_call && !self.state.rules.no_show_returns_turn.is_yes();
        let used = if stayed {
            TurnUse::Free
        } else {
            assignment.turn
        };
        let waiting = Undo {
            back_to: VisitState::Waiting,
            assignment: None,
            ..undo
        };
        self.undone(id, waiting, None);
        let (state, at) = (&self.state, self.at);
        if let (Some(visit), Some(agent)) =
            (state.visits.get(&id), state.agents.get(&assignment.agent))
            && agent.is_ready()
        {
            let offer = state.again_offer(visit, agent, assignment.rule, used, at);
            self.emit(Event::Offered(Box::new(offer)));
        } else {
            self.wait_for_wanted(id);
        }
    }

    /// An offer the agent got in between is withdrawn while its guest was not called yet; gives that
    /// guest's visit.
    fn free_for_undo(&mut self, id: &AgentId) -> Result<Option<VisitId>, Refusal> {
        let agent = self.state.agents.get(id).ok_or(Refusal::UnknownAgent)?;
        match agent.status {
            Status::Ready | Status::Away { .. } => Ok(None),
            Status::Off => Err(Refusal::AgentOff),
            Status::Serving { .. } => Err(Refusal::TooLateToUndo),
            Status::Offered { visit } => {
                let other = self.state.visits.get(&visit).cloned();
                let other = other.filter(|v| v.state == VisitState::Offered);
                let other = other.ok_or(Refusal::TooLateToUndo)?;
                let unserved = unserved_assignment(&other);
                let agent = id.clone();
                self.emit(Event::Withdrawn { visit, agent });
                self.return_turn(visit, unserved, ReturnCause::Withdrawn);
                Ok(Some(visit))
            }
        }
    }
}
