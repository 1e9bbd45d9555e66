//! Agents come, go away and leave; days open.

use super::command::{Attendance, Refusal};
use super::decide::Draft;
use super::event::Event;
use super::steps::unserved_assignment;
use crate::core::id::AgentId;
use crate::core::rota::{AwayReason, Debt, Status};
use crate::core::visit::VisitState;

impl Draft<'_> {
    pub fn attendance(&mut self, id: &AgentId, to: Attendance) -> Result<(), Refusal> {
        let agent = self.state.agents.get(id).filter(|a| a.employed);
        let agent = agent.ok_or(Refusal::UnknownAgent)?;
        let (status, announced) = (agent.status, agent.announced);
        let agent = id.clone();
        match (to, status) {
            (Attendance::Ready, Status::Off) => return self.sign_in(agent),
            (Attendance::Ready, Status::Away { .. }) => self.emit(Event::BecameReady { agent }),
            (Attendance::Ready, Status::Serving { .. }) if announced.is_some() => {
                self.emit(Event::AwayWithdrawn { agent });
            }
            (Attendance::Ready, _) => {}

            // Only the floor itself says that somebody cannot be reached (rule 9).
            (Attendance::Away(AwayReason::Unreachable), _) => return Err(Refusal::ReasonNeeded),
            (Attendance::Away(_), Status::Off) => return Err(Refusal::AgentOff),
            (Attendance::Away(_), Status::Offered { .. }) => return Err(Refusal::AgentHasVisit),
            (Attendance::Away(reason), Status::Serving { .. }) => {
                if announced.is_none_or(|a| a.reason != reason) {
                    self.emit(Event::AwayAnnounced { agent, reason });
                }
            }
            (Attendance::Away(reason), Status::Away { reason: now, .. }) if reason == now => {}
            (Attendance::Away(reason), _) => self.emit(Event::WentAway { agent, reason }),

            (Attendance::StillServing, Status::Serving { .. }) => {
                self.emit(Event::ServiceVouched { agent });
            }
            (Attendance::StillServing, _) => return Err(Refusal::AgentNotServing),

            (Attendance::Off, Status::Off) => {}
            (Attendance::Off, _) if status.visit().is_some() => return Err(Refusal::AgentHasVisit),
            (Attendance::Off, _) => self.emit(Event::WentOff { agent }),
        }
        Ok(())
    }

    /// Rule 13: whoever joins, also again, does so at the place the cursor reaches last.
    fn sign_in(&mut self, agent: AgentId) -> Result<(), Refusal> {
        if self.state.day.is_none() {
            return Err(Refusal::NoDayOpen);
        }
        let position = u32::try_from(self.state.rota.last_place()).unwrap_or(u32::MAX);
        self.emit(Event::SignedIn { agent, position });
        Ok(())
    }

    /// Rule 14: the new day closes what was open, each in the book, and the rota begins anew.
    pub fn open_day(&mut self, day: String) -> Result<(), Refusal> {
        if self.state.day.as_ref().is_some_and(|open| *open >= day) {
            return Err(Refusal::DayNotLater { day });
        }
        for id in self.state.open_visits() {
            let Some(visit) = self.state.visits.get(&id) else {
                continue;
            };
            let unserved = unserved_assignment(visit);
            match (visit.state, self.agent_of(id)) {
                (VisitState::Serving, Some(agent)) => {
                    self.emit(Event::Finished {
                        visit: id,
                        agent,
                        by_new_day: true,
                    });
                }
                (VisitState::Parked, _) => self.emit(Event::Dropped {
                    visit: id,
                    minutes: None,
                }),
                _ => self.emit(Event::Left {
                    visit: id,
                    by_new_day: true,
                }),
            }
            self.return_turn(id, unserved);
        }
        if !self.state.rules.carry_owed_turns.is_yes() {
            let debts: Vec<(AgentId, Debt)> = self
                .state
                .agents
                .values()
                .flat_map(|a| a.debts.open.iter().map(|d| (a.id.clone(), *d)))
                .collect();
            for (agent, debt) in debts {
                self.emit(Event::DebtExpired { agent, debt });
            }
        }
        self.emit(Event::DayOpened { day });
        Ok(())
    }
}
