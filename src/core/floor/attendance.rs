//! Agents come, go away and leave; days open.

use super::command::{Attendance, Refusal};
use super::decide::Draft;
use super::event::{Event, Joining};
use super::steps::unserved_assignment;
use crate::core::house_rules::RotaOrder;
use crate::core::id::AgentId;
use crate::core::rota::{AwayReason, Debt, RotaKind, Status};
use crate::core::turn_book::ReturnCause;
use crate::core::visit::VisitState;

impl Draft<'_> {
    pub fn attendance(&mut self, id: &AgentId, to: Attendance) -> Result<(), Refusal> {
        let agent = self.state.agents.get(id).ok_or(Refusal::UnknownAgent)?;
        if !agent.employed {
            let mut staff = self.state.site.staff.iter();
            let newcomer = staff.any(|s| s.id == *id && s.newcomer);
            return Err(if newcomer {
                Refusal::NotSignedOff
            } else {
                Refusal::UnknownAgent
            });
        }
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

    /// Rule 13: joining late or again.
    fn sign_in(&mut self, agent: AgentId) -> Result<(), Refusal> {
        if self.state.day.is_none() {
            return Err(Refusal::NoDayOpen);
        }
        let walk_in = self.joining(&agent, RotaKind::WalkIn);
        let phone = self.joining(&agent, RotaKind::Phone);
        self.emit(Event::SignedIn {
            agent,
            walk_in,
            phone,
        });
        Ok(())
    }

    /// `sign_in`: at the place the cursor reaches last. `managers_list`: where the list says.
    /// `fewest_received`: last among equals, starting at the average of the others, rounded up; who
    /// has received more already keeps that, or signing off and on again would pay.
    fn joining(&self, agent: &AgentId, kind: RotaKind) -> Joining {
        let state = &self.state;
        let rota = state.rotas.of(kind);
        let position = match state.rules.rota_order {
            RotaOrder::SignIn => rota.last_place(),
            RotaOrder::FewestReceived => rota.order.len(),
            RotaOrder::ManagersList => {
                let list = state.list_order();
                // Whoever is not on the list comes after it.
                let place = |id: &AgentId| list.iter().position(|l| l == id).unwrap_or(list.len());
                let own = place(agent);
                let comes_after = |id: &AgentId| place(id) > own;
                let at = rota.order.iter().position(comes_after);
                at.unwrap_or(rota.order.len())
            }
        };
        let rank = |id: &AgentId| {
            state
                .agents
                .get(id)
                .map_or(0, |a| a.accounts.of(kind).rank())
        };
        let start = match state.rules.rota_order {
            RotaOrder::FewestReceived if !rota.order.is_empty() => {
                let sum: i64 = rota.order.iter().map(rank).sum();
                let count = rota.order.len() as i64;
                let average = sum.div_euclid(count) + i64::from(sum.rem_euclid(count) > 0);
                (average - rank(agent)).max(0)
            }
            _ => 0,
        };
        Joining {
            position: u32::try_from(position).unwrap_or(u32::MAX),
            start: u32::try_from(start).unwrap_or(u32::MAX),
        }
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
            self.return_turn(id, unserved, ReturnCause::NewDay);
        }
        if !self.state.rules.carry_owed_turns.is_yes() {
            let debts = |rota: RotaKind| {
                let agents = self.state.agents.values();
                agents.flat_map(move |a| {
                    let open = &a.accounts.of(rota).debts.open;
                    open.iter().map(move |d| (a.id.clone(), rota, *d))
                })
            };
            let debts: Vec<(AgentId, RotaKind, Debt)> =
                RotaKind::ALL.into_iter().flat_map(debts).collect();
            for (agent, rota, debt) in debts {
                self.emit(Event::DebtExpired { agent, rota, debt });
            }
        }
        self.emit(Event::DayOpened { day });
        Ok(())
    }
}
