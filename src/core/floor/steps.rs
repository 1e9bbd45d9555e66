//! What staff and guests do with a visit: the table of actions, step by step.

use super::command::{Refusal, Step};
use super::decide::Draft;
use super::event::{Event, TurnBack};
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{Agent, Status, TurnUse};
use crate::core::turn_book::{AfterRefusal, Reason, ReturnCause};
use crate::core::visit::{Assignment, Visit, VisitState};

impl Draft<'_> {
    pub fn step(&mut self, id: VisitId, step: Step) -> Result<(), Refusal> {
        let visit = self
            .state
            .visits
            .get(&id)
            .ok_or(Refusal::UnknownVisit)?
            .clone();
        let action = step.action();
        if !action.possible_from(visit.state) {
            return Err(Refusal::Impossible {
                action,
                state: visit.state,
            });
        }
        let unserved = unserved_assignment(&visit);
        match step {
            Step::Accept { place } | Step::Call { place } => self.call(&visit, place),
            Step::Recall => self.recall(&visit),
            Step::Start => {
                if let Some(agent) = self.agent_of(id) {
                    self.emit(Event::Started { visit: id, agent });
                }
            }
            Step::Finish => {
                if let Some(agent) = self.agent_of(id) {
                    self.emit(Event::Finished {
                        visit: id,
                        agent,
                        by_new_day: false,
                    });
                }
            }
            Step::NoShow => return self.no_show(&visit, unserved),
            Step::Refuse { why, of } => {
                if of.is_some() && of != self.agent_of(id) {
                    return Err(Refusal::AgentChanged);
                }
                self.refuse(&visit, why, unserved);
            }
            Step::Park => {
                self.park(id, false);
                self.return_turn(id, unserved, ReturnCause::Parked);
            }
            Step::Resume => self.resume_visit(&visit),
            Step::Transfer { line } => {
                // Rule 16: a call and a walk-in are different rotas.
                if line.rota() != visit.rota() {
                    return Err(Refusal::OtherRota);
                }
                self.emit(Event::Transferred { visit: id, line });
                self.return_turn(id, unserved, ReturnCause::Transferred);
                self.wait_for_wanted(id);
            }
            Step::Reassign { agent, why } => return self.reassign(&visit, &agent, &why, unserved),
            Step::Leave => {
                self.emit(Event::Left {
                    visit: id,
                    by_new_day: false,
                });
                self.return_turn(id, unserved, ReturnCause::Left);
            }
            Step::Cancel { why } => {
                let why = reason_given(&why)?;
                self.emit(Event::Cancelled { visit: id, why });
                self.return_turn(id, unserved, ReturnCause::Cancelled);
            }
            Step::NotABuyer { kind } => {
                // Rule 2: no turn is used, also where the service had begun.
                let assignment = visit.assignment.clone();
                let visit = Some(id);
                self.emit(Event::NotABuyer { visit, who: kind });
                self.return_turn(id, assignment, ReturnCause::NotABuyer);
            }
            Step::Appointment { id: appointment } => return self.came_for(&visit, &appointment),
            Step::Channel { registration } => return self.came_through(&visit, registration),
            Step::Owner { agent } => return self.correct_owner(&visit, agent),
            Step::Join { into } => return self.join(&visit, into, unserved),
            Step::Undo => return self.undo(&visit),
        }
        Ok(())
    }

    fn call(&mut self, visit: &Visit, place: Option<String>) {
        let Some(assignment) = &visit.assignment else {
            return;
        };
        let own = self
            .state
            .agents
            .get(&assignment.agent)
            .map(|a| a.place.clone());
        let kept = Some(assignment.place.clone()).filter(|p| !p.is_empty());
        let place = place.or(kept).or(own).unwrap_or_default();
        self.emit(Event::Called {
            visit: visit.id,
            agent: assignment.agent.clone(),
            place,
        });
    }

    fn recall(&mut self, visit: &Visit) {
        let Some(assignment) = &visit.assignment else {
            return;
        };
        self.emit(Event::Recalled {
            visit: visit.id,
            agent: assignment.agent.clone(),
            times: visit.recalls + 1,
            place: assignment.place.clone(),
        });
    }

    /// Rule 11: recalled as often as the house says, then parked; the turn comes back to the agent.
    fn no_show(&mut self, visit: &Visit, unserved: Option<Assignment>) -> Result<(), Refusal> {
        let left = self.state.rules.recalls.saturating_sub(visit.recalls);
        if left > 0 {
            return Err(Refusal::RecallsLeft { left });
        }
        self.park(visit.id, true);
        if self.state.rules.no_show_returns_turn.is_yes() {
            self.return_turn(visit.id, unserved, ReturnCause::NoShow);
        }
        Ok(())
    }

    fn park(&mut self, visit: VisitId, missed_call: bool) {
        let until = self
            .at
            .plus_minutes(i64::from(self.state.rules.parked_minutes));
        self.emit(Event::Parked {
            visit,
            until,
            missed_call,
        });
    }

    /// Rule 11: back at its own place; after a missed call some places behind the head, if that is
    /// later.
    fn resume_visit(&mut self, visit: &Visit) {
        let own = self.state.own_place(visit.id);
        let place = if visit.missed_call {
            own.max((self.state.rules.late_return_positions as usize).min(self.state.queue.len()))
        } else {
            own
        };
        let position = u32::try_from(place).unwrap_or(u32::MAX);
        let reason = Reason::Resumed {
            position: position.saturating_add(1),
        };
        self.emit(Event::Requeued {
            visit: visit.id,
            position,
            reason,
        });
        self.wait_for_wanted(visit.id);
    }

    /// Rule 10: the guest wishes for somebody else; the next in turn serves.
    fn refuse(&mut self, visit: &Visit, why: Option<String>, unserved: Option<Assignment>) {
        let Some(agent) = self.agent_of(visit.id) else {
            return;
        };
        let regains = self.state.rules.refused_agent_regains_turn.is_yes();
        let used = visit.assignment.as_ref().map(|a| a.turn);
        // Once the service has begun the turn is used (rule 11 returns none either).
        let turn = match used {
            Some(TurnUse::Free) | None => AfterRefusal::Free,
            Some(_) if regains && unserved.is_some() => AfterRefusal::Returned,
            Some(_) => AfterRefusal::Used,
        };
        self.emit(Event::Refused {
            visit: visit.id,
            agent,
            why,
            turn: Some(turn),
        });
        if regains {
            self.return_turn(visit.id, unserved, ReturnCause::Refused);
        } else if let Some(Assignment { agent, earned, .. }) = unserved {
            self.forfeit_courtesy(visit, agent, earned);
        }
    }

    /// The refused agent keeps no turn, so a courtesy not begun earns none either.
    fn forfeit_courtesy(&mut self, visit: &Visit, agent: AgentId, earned: Option<u64>) {
        let account = self
            .state
            .agents
            .get(&agent)
            .map(|a| a.accounts.of(visit.rota()));
        let open = account.map_or(&[][..], |a| &a.debts.open);
        if let Some(debt) = open.iter().find(|d| Some(d.order) == earned).copied() {
            let visit = visit.id;
            self.emit(Event::CourtesyForfeited { visit, agent, debt });
        }
    }

    /// Rule 15: a person gives the visit to `agent`, which counts as asked for by name (5).
    fn reassign(
        &mut self,
        visit: &Visit,
        agent: &AgentId,
        why: &str,
        unserved: Option<Assignment>,
    ) -> Result<(), Refusal> {
        let why = reason_given(why)?;
        let receiver = self.state.agents.get(agent).ok_or(Refusal::UnknownAgent)?;
        if receiver.status.visit().is_some() {
            return Err(Refusal::AgentHasVisit);
        }
        if !receiver.employed || receiver.status != Status::Ready {
            return Err(Refusal::AgentNotReady);
        }
        let from = self.agent_of(visit.id);
        self.emit(Event::Reassigned {
            visit: visit.id,
            from,
            why: why.clone(),
        });
        self.return_turn(visit.id, unserved, ReturnCause::Reassigned);
        let visits = &self.state.visits;
        if let (Some(visit), Some(receiver)) = (visits.get(&visit.id), self.state.agents.get(agent))
        {
            let offer = self.state.override_offer(visit, receiver, &why, self.at);
            self.emit(Event::Offered(Box::new(offer)));
        }
        Ok(())
    }

    /// Rule 11, last sentence: a turn that ends before the service began goes back to the agent.
    pub fn return_turn(
        &mut self,
        visit: VisitId,
        unserved: Option<Assignment>,
        cause: ReturnCause,
    ) {
        let Some(Assignment { agent, turn, .. }) = unserved else {
            return;
        };
        let as_debt = |date, received| Some(TurnBack::Debt { date, received });
        let rota = self.state.visits.get(&visit).map(Visit::rota);
        let account = |a: &Agent| a.accounts.of(rota.unwrap_or_default()).prepaid;
        let prepaid = self.state.agents.get(&agent).map_or(0, account);
        let back = match turn {
            TurnUse::Turn => as_debt(self.at, true),
            TurnUse::Debt { date } => as_debt(date, true),
            TurnUse::Prepaid if prepaid > 0 => Some(TurnBack::PrepaidCancelled),
            // The pass it was booked against has gone by.
            TurnUse::Prepaid => as_debt(self.at, true),
            TurnUse::Courtesy { granted: None } => as_debt(self.at, false),
            // The turn came back when the courtesy was offered.
            TurnUse::Courtesy { granted: Some(_) } | TurnUse::Free => None,
        };
        if let Some(back) = back {
            let after = Some(cause);
            self.emit(Event::TurnReturned {
                visit,
                agent,
                back,
                after,
            });
        }
    }
}

impl Draft<'_> {
    /// Rule 9: an agent whose pad was not connected could not see the offer that lapsed, and gets
    /// the turn used back, as a debt with its date. The lapse took it out of the count already.
    pub fn return_lapsed_turn(&mut self, visit: VisitId, assignment: &Assignment) {
        let date = match assignment.turn {
            TurnUse::Turn | TurnUse::Prepaid | TurnUse::Courtesy { granted: None } => {
                assignment.offered_at
            }
            TurnUse::Debt { date }
            | TurnUse::Courtesy {
                granted: Some(date),
            } => date,
            TurnUse::Free => return,
        };
        let agent = assignment.agent.clone();
        let received = false;
        let back = TurnBack::Debt { date, received };
        let after = Some(ReturnCause::PadOff);
        self.emit(Event::TurnReturned {
            visit,
            agent,
            back,
            after,
        });
    }
}

/// The assignment, if the service has not begun.
pub(super) fn unserved_assignment(visit: &Visit) -> Option<Assignment> {
    match visit.state {
        VisitState::Offered | VisitState::Called => visit.assignment.clone(),
        _ => None,
    }
}

pub(super) fn reason_given(why: &str) -> Result<String, Refusal> {
    let why = why.trim();
    if why.is_empty() {
        Err(Refusal::ReasonNeeded)
    } else {
        Ok(why.to_owned())
    }
}
