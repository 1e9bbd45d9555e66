//! Commands become events. What is due by itself is decided before the command at hand, in order
//! of due time; afterwards visits that wait are given to agents who can take them.

use super::command::{Command, Refusal};
use super::event::{Event, Stamped};
use super::state::State;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{AwayReason, Status};
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::Millis;
use crate::core::visit::{CheckIn, VisitState, WaitsFor};

/// What a command came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What happened, in order; already evolved into the state. Not empty even for a refused
    /// command when something was due.
    pub events: Vec<Stamped>,
    pub result: Result<(), Refusal>,
}

impl State {
    /// Decides `command` at `now`; a clock that goes backwards stands still. A refused command
    /// leaves the state as it was but for what was due.
    pub fn decide(&mut self, command: Command, now: Millis) -> Decision {
        let mut draft = Draft {
            at: now.max(self.last),
            state: self,
            events: Vec::new(),
        };
        let result = match command {
            // Comes before what is due: time in which the floor was down counts for no timer.
            Command::Resume { down_ms } => {
                draft.resume(down_ms);
                draft.run_due();
                Ok(())
            }
            command => {
                draft.run_due();
                draft.handle(command)
            }
        };
        draft.settle();
        Decision {
            events: draft.events,
            result,
        }
    }
}

/// A decision being made: every event evolves the state at once, so that what follows sees it.
pub(super) struct Draft<'a> {
    pub state: &'a mut State,
    pub at: Millis,
    pub events: Vec<Stamped>,
}

impl Draft<'_> {
    pub fn emit(&mut self, event: Event) {
        let stamped = Stamped { at: self.at, event };
        self.state.evolve(&stamped);
        self.events.push(stamped);
    }

    fn handle(&mut self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Tick | Command::Resume { .. } => Ok(()),
            Command::OpenDay { day } => self.open_day(day),
            Command::SetSite { site } => {
                if self.state.site != *site {
                    self.emit(Event::SiteChanged { site });
                }
                Ok(())
            }
            Command::SetRules { rules } => {
                if self.state.rules != *rules {
                    self.emit(Event::RulesChanged { rules });
                }
                Ok(())
            }
            Command::CheckIn(check_in) => self.check_in(check_in),
            Command::Visit { visit, step } => self.step(visit, step),
            Command::Agent { agent, to } => self.attendance(&agent, to),
        }
    }

    fn resume(&mut self, down_ms: i64) {
        if down_ms > 0 && !self.state.timers.is_empty() {
            self.emit(Event::TimersShifted { by_ms: down_ms });
        }
    }

    /// Rules 4, 9 and 11: what happens by itself, in order of due time. At exactly its time a
    /// timer has run out.
    fn run_due(&mut self) {
        while let Some((due, visit)) = self.state.timers.first().copied()
            && due <= self.at
        {
            match self.state.state_of(visit) {
                Some(VisitState::Offered) => self.lapse(visit),
                Some(VisitState::Parked) => {
                    let minutes = self.state.rules.parked_minutes;
                    self.emit(Event::Dropped {
                        visit,
                        minutes: Some(minutes),
                    });
                }
                _ => self.emit(Event::WaitEnded { visit }),
            }
            self.settle();
        }
    }

    /// Rule 9: a lapse uses the turn and makes the agent unreachable; the next one is offered the
    /// visit. Nobody stands unattended.
    fn lapse(&mut self, visit: VisitId) {
        let Some(agent) = self.agent_of(visit) else {
            return;
        };
        let seconds = self.state.rules.accept_seconds;
        self.emit(Event::Lapsed {
            visit,
            agent: agent.clone(),
            seconds,
        });
        self.emit(Event::WentAway {
            agent,
            reason: AwayReason::Unreachable,
        });
    }

    pub fn agent_of(&self, visit: VisitId) -> Option<AgentId> {
        let visit = self.state.visits.get(&visit)?;
        visit.assignment.as_ref().map(|a| a.agent.clone())
    }

    /// Rules 1 and 5: a party joins its line. Been here before is asked before anything touches
    /// the rota, and decides the line.
    fn check_in(&mut self, check_in: Box<CheckIn>) -> Result<(), Refusal> {
        if self.state.day.is_none() {
            return Err(Refusal::NoDayOpen);
        }
        if self.state.visits.contains_key(&check_in.visit) {
            return Err(Refusal::VisitExists);
        }
        let purposes = &self.state.site.visit_purposes;
        let purpose = purposes.iter().find(|p| p.id == check_in.purpose);
        let line = match purpose.ok_or(Refusal::UnknownPurpose)?.line {
            Line::New if !check_in.first_visit => Line::Returning,
            line => line,
        };
        if let Some(asked) = &check_in.asked_for
            && !self.state.agents.get(asked).is_some_and(|a| a.employed)
        {
            return Err(Refusal::UnknownAgent);
        }
        let count = self.state.counters.get(&line).copied().unwrap_or(0) + 1;
        let visit = check_in.visit;
        self.emit(Event::CheckedIn {
            check_in,
            ticket: TicketNumber { line, count },
        });
        self.wait_for_asked(visit);
        Ok(())
    }

    /// Rule 5 with 4: whoever asked for a busy agent waits for that agent a while.
    pub fn wait_for_asked(&mut self, visit: VisitId) {
        let Some(v) = self.state.visits.get(&visit) else {
            return;
        };
        let Some(asked) = v.asked_for.clone().filter(|a| !v.refused.contains(a)) else {
            return;
        };
        let minutes = self.state.rules.wait_for_owner_minutes;
        if minutes > 0 && self.is_busy(&asked) {
            let until = self.at.plus_minutes(i64::from(minutes));
            self.emit(Event::WaitsFor {
                visit,
                agent: asked,
                until,
                minutes,
            });
        }
    }

    fn is_busy(&self, agent: &AgentId) -> bool {
        self.state
            .agents
            .get(agent)
            .is_some_and(|a| a.status.visit().is_some())
    }

    /// Rule 7c: visits that wait go to agents who can take them, in order of the queue; an agent
    /// becoming ready takes a visit waiting for that very agent first.
    pub fn settle(&mut self) {
        self.sign_off_the_departed();
        self.end_waits_for_the_absent();
        while let Some(visit) = self.next_to_place() {
            let offer = self
                .state
                .visits
                .get(&visit)
                .and_then(|v| self.state.choose(v, self.at));
            let Some(offer) = offer else { return };
            self.emit(Event::Offered(Box::new(offer)));
        }
    }

    /// The first visit somebody can take now.
    fn next_to_place(&self) -> Option<VisitId> {
        let ready = |agent: &AgentId| self.state.agents.get(agent).is_some_and(|a| a.is_ready());
        if !self.state.agents.values().any(|a| a.is_ready()) {
            return None;
        }
        let waiting = || {
            self.state
                .queue
                .iter()
                .filter_map(|id| self.state.visits.get(id))
        };
        let awaited = |w: &WaitsFor| ready(&w.agent);
        waiting()
            .find(|v| v.waits_for.as_ref().is_some_and(awaited))
            .or_else(|| {
                waiting().find(|v| v.waits_for.is_none() && self.state.choose(v, self.at).is_some())
            })
            .map(|v| v.id)
    }

    /// Nobody waits for an agent who went away or off: a colleague serves (rule 4, absent).
    fn end_waits_for_the_absent(&mut self) {
        let waits = self
            .state
            .timers
            .iter()
            .filter_map(|(_, id)| self.state.visits.get(id));
        let ended: Vec<VisitId> = waits
            .filter(|v| v.state == VisitState::Waiting)
            .filter(|v| {
                v.waits_for
                    .as_ref()
                    .and_then(|w| self.state.agents.get(&w.agent))
                    .is_none_or(|a| {
                        matches!(a.status, Status::Away { .. } | Status::Off) || !a.employed
                    })
            })
            .map(|v| v.id)
            .collect();
        for visit in ended {
            self.emit(Event::WaitEnded { visit });
        }
    }

    /// Whoever is no longer on the staff list leaves the rota as soon as no guest is left alone.
    fn sign_off_the_departed(&mut self) {
        let departed: Vec<AgentId> = self
            .state
            .agents
            .values()
            .filter(|a| !a.employed && matches!(a.status, Status::Ready | Status::Away { .. }))
            .map(|a| a.id.clone())
            .collect();
        for agent in departed {
            self.emit(Event::WentOff { agent });
        }
    }
}
