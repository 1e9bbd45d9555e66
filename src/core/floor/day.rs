//! The showroom closes for today (闭店) and, after a slip, opens again. The next day opens by itself
//! at midnight (rule 14) and knows nothing of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::command::Refusal;
use super::decide::Draft;
use super::event::Event;
use super::state::State;
use super::steps::unserved_assignment;
use crate::core::chore::Chore;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::Status;
use crate::core::time::Millis;
use crate::core::turn_book::ReturnCause;
use crate::core::visit::VisitState;

/// What becomes of the guests who are here and not yet being served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// They are still served; no new ones come.
    Serve,
    /// They leave; turns not served go back.
    Leave,
}

/// Closed since then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub at: Millis,
    /// Agents on duty at the closing, who go home when nobody needs them any more.
    pub staying: BTreeSet<AgentId>,
}

impl State {
    /// Guests who are here and not being served yet.
    fn guests_to_serve(&self) -> bool {
        self.visits.values().any(|v| {
            matches!(
                v.state,
                VisitState::Waiting | VisitState::Offered | VisitState::Called | VisitState::Parked
            )
        })
    }

    pub(super) fn gone_home(&mut self, agent: &AgentId) {
        if let Some(closed) = &mut self.closed {
            closed.staying.remove(agent);
        }
    }
}

impl Draft<'_> {
    /// No more check-ins at the kiosks. Whoever is being served is served to the end; agents go
    /// off when nobody needs them.
    pub fn close_day(&mut self, rest: Rest) -> Result<(), Refusal> {
        let day = self.state.day.clone().ok_or(Refusal::NoDayOpen)?;
        if self.state.closed.is_none() {
            let on_duty = |status| !matches!(status, Status::Off);
            let agents = self.state.agents.values();
            let staying = agents.filter(|a| on_duty(a.status)).map(|a| a.id.clone());
            let staying = staying.collect();
            self.emit(Event::DayClosed { day, staying });
        }
        if rest == Rest::Leave {
            for id in self.state.open_visits() {
                let Some(visit) = self.state.visits.get(&id) else {
                    continue;
                };
                if visit.state == VisitState::Serving {
                    continue;
                }
                let unserved = unserved_assignment(visit);
                let by_new_day = false;
                self.emit(Event::Left {
                    visit: id,
                    by_new_day,
                });
                self.return_turn(id, unserved, ReturnCause::Left);
            }
        }
        Ok(())
    }

    /// Closed by mistake, or guests came after all.
    pub fn reopen_day(&mut self) -> Result<(), Refusal> {
        let day = self.state.day.clone().ok_or(Refusal::NoDayOpen)?;
        if self.state.closed.is_some() {
            self.emit(Event::DayReopened { day });
        }
        Ok(())
    }

    /// After the closing, whoever was on duty then goes off as soon as nobody waits any more.
    pub fn send_home(&mut self) {
        let Some(closed) = &self.state.closed else {
            return;
        };
        if self.state.guests_to_serve() {
            return;
        }
        let free = |id: &&AgentId| {
            let status = self.state.agents.get(*id).map(|a| a.status);
            matches!(status, Some(Status::Ready | Status::Away { .. }))
        };
        let free: Vec<AgentId> = closed.staying.iter().filter(free).cloned().collect();
        for agent in free {
            self.emit(Event::WentOff { agent });
        }
    }

    /// Something the reception did. Done twice it stands once.
    pub fn chore(&mut self, id: VisitId, chore: Chore) -> Result<(), Refusal> {
        let visit = self.state.visits.get(&id).ok_or(Refusal::UnknownVisit)?;
        if !visit.chores.contains(&chore) {
            self.emit(Event::ChoreDone { visit: id, chore });
        }
        Ok(())
    }
}
