//! Commands become events. What is due by itself is decided before the command at hand, in order
//! of due time; afterwards visits that wait are given to agents who can take them.

use super::command::{Command, Refusal};
use super::event::{Event, Offer, Stamped};
use super::state::{Due, State};
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{AwayReason, Status, TurnUse};
use crate::core::time::Millis;
use crate::core::turn_book::AfterLapse;
use crate::core::visit::{Visit, VisitState, WaitsFor};

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
        self.decide_by(None, command, now)
    }

    /// The same, with who asks for it: it stands in the book at what the command itself brings
    /// about, not at what was due or follows by the rules.
    pub fn decide_by(&mut self, by: Option<&str>, command: Command, now: Millis) -> Decision {
        let mut draft = Draft {
            by: None,
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
                draft.by = by.map(str::to_owned);
                let result = draft.handle(command);
                draft.by = None;
                result
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
    /// Who decides what is emitted now.
    pub by: Option<String>,
    pub events: Vec<Stamped>,
}

impl Draft<'_> {
    pub fn emit(&mut self, event: Event) {
        let stamped = Stamped {
            at: self.at,
            by: self.by.clone(),
            event,
        };
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
            Command::SetRules { rules } => self.set_rules(rules, None),
            Command::OfficeRules { rules, author } => self.set_rules(rules, Some(author)),
            Command::SetAppointments { appointments } => {
                let known = self.state.appointments.values();
                if !known.eq(appointments.iter()) {
                    self.emit(Event::AppointmentsChanged { appointments });
                }
                Ok(())
            }
            Command::AddAppointment { appointment } => {
                if !self.state.agents.contains_key(&appointment.agent) {
                    return Err(Refusal::UnknownAgent);
                }
                self.emit(Event::AppointmentMade { appointment });
                Ok(())
            }
            Command::SetRegistrations { registrations } => {
                let known = self.state.registrations.values();
                if !known.eq(registrations.iter()) {
                    self.emit(Event::RegistrationsChanged { registrations });
                }
                Ok(())
            }
            Command::SetOverdue { overdue } => {
                let changed = self.state.agents.values().any(|a| {
                    let now = overdue.get(&a.id).copied().unwrap_or(0);
                    now != a.overdue
                });
                if changed {
                    self.emit(Event::OverdueChanged { overdue });
                }
                Ok(())
            }
            Command::LearnOwner { visit, owner } => self.learn_owner(visit, owner),
            Command::NotABuyer { kind } => {
                self.emit(Event::NotABuyer {
                    visit: None,
                    who: kind,
                });
                Ok(())
            }
            Command::Chore { visit, chore } => self.chore(visit, chore),
            Command::Acknowledge { key } => {
                if !self.state.acknowledged.contains(&key) {
                    self.emit(Event::Acknowledged { key });
                }
                Ok(())
            }
            Command::CloseDay { rest } => self.close_day(rest),
            Command::ReopenDay => self.reopen_day(),
            Command::Manager { order, why } => self.manager(order, &why),
            Command::CheckIn(check_in) => self.check_in(check_in),
            Command::Renumber {
                visit,
                issued,
                token_hash,
            } => self.renumber(visit, &issued, token_hash),
            Command::EnrolDevice { device, enrolled } => self.enrol_device(device, enrolled),
            Command::SkipNumbers { seen } => {
                let through = self.state.beyond_known_numbers(seen);
                if self.state.day.is_some() {
                    self.emit(Event::NumbersSkipped { through });
                }
                Ok(())
            }
            Command::Visit { visit, step } => self.step(visit, step),
            Command::Agent { agent, to } => self.attendance(&agent, to),
            Command::Own { agent, visit, deed } => self.own(&agent, visit, deed),
            Command::HandGiven { visit, kind } => self.hand_given(visit, kind),
            Command::Pad {
                agent,
                connected,
                since,
            } => self.pad(agent, connected, since),
        }
    }

    fn set_rules(&mut self, rules: Box<HouseRules>, author: Option<String>) -> Result<(), Refusal> {
        if self.state.rules != *rules {
            self.emit(Event::RulesChanged { rules, author });
        }
        Ok(())
    }

    fn resume(&mut self, down_ms: i64) {
        let last = self.state.last;
        let can_be_undone = |v: &Visit| v.undo.as_ref().is_some_and(|u| u.until > last);
        let serving = |v: &Visit| v.state == VisitState::Serving;
        let mut visits = self.state.visits.values();
        let running =
            !self.state.timers.is_empty() || visits.any(|v| serving(v) || can_be_undone(v));
        if down_ms > 0 && running {
            self.emit(Event::TimersShifted { by_ms: down_ms });
        }
    }

    /// Rules 4, 9, 11 and 12: what happens by itself, in order of due time. At exactly its time a
    /// timer has run out.
    fn run_due(&mut self) {
        while let Some((due, what)) = self.state.timers.first().cloned()
            && due <= self.at
        {
            match what {
                Due::Agent(agent) => self.emit(Event::SuspensionEnded { agent, why: None }),
                Due::Visit(visit) => match self.state.state_of(visit) {
                    Some(VisitState::Offered) => self.lapse(visit),
                    Some(VisitState::Parked) => {
                        let minutes = self.kept_minutes(visit);
                        self.emit(Event::Dropped {
                            visit,
                            minutes: Some(minutes),
                        });
                    }
                    _ => self.emit(Event::WaitEnded { visit }),
                },
            }
            self.settle();
        }
    }

    /// Rule 9: a lapse uses the turn and makes the agent unreachable; the next one is offered the
    /// visit. Nobody stands unattended.
    fn lapse(&mut self, visit: VisitId) {
        let assignment = self
            .state
            .visits
            .get(&visit)
            .and_then(|v| v.assignment.clone());
        let Some(assignment) = assignment else {
            return;
        };
        let agent = assignment.agent.clone();
        let holder = self.state.agents.get(&agent);
        let unseen = holder.is_some_and(|a| a.pad_missed(assignment.offered_at));
        // Its own time, where the house has another by now: every reason is true (invariant 5).
        let stood = assignment.accept_by.since(assignment.offered_at) / 1000;
        let stood = u32::try_from(stood).unwrap_or(u32::MAX);
        let seconds = self.state.rules.accept_seconds.min(stood);
        self.emit(Event::Lapsed {
            visit,
            agent: agent.clone(),
            seconds,
            turn: match assignment.turn {
                TurnUse::Free => AfterLapse::Free,
                _ if unseen => AfterLapse::PadOff,
                _ => AfterLapse::Used,
            },
        });
        self.emit(Event::WentAway {
            agent,
            reason: AwayReason::Unreachable,
        });
        // The offer could not be seen: the turn used comes back.
        if unseen {
            self.return_lapsed_turn(visit, &assignment);
        }
    }

    /// How long a parked visit's place was kept (rule 11), where the house has another time by now.
    fn kept_minutes(&self, visit: VisitId) -> u32 {
        let visit = self.state.visits.get(&visit);
        let kept = visit.and_then(|v| Some(v.parked_until?.since(v.since) / 60_000));
        let kept = kept.and_then(|k| u32::try_from(k).ok());
        let minutes = self.state.rules.parked_minutes;
        kept.unwrap_or(minutes).min(minutes)
    }

    pub fn agent_of(&self, visit: VisitId) -> Option<AgentId> {
        let visit = self.state.visits.get(&visit)?;
        visit.assignment.as_ref().map(|a| a.agent.clone())
    }

    /// Rule 7c: visits that wait go to agents who can take them, in order of the queue; an agent
    /// becoming ready takes a visit waiting for that very agent first.
    pub fn settle(&mut self) {
        self.sign_off_the_departed();
        self.end_waits_for_the_absent();
        while let Some(offer) = self.next_to_place() {
            self.emit(Event::Offered(Box::new(offer)));
        }
        self.send_home();
    }

    /// The first visit somebody can take now, with its offer.
    fn next_to_place(&self) -> Option<Offer> {
        let ready = |agent: &AgentId| self.state.agents.get(agent).is_some_and(|a| a.is_ready());
        if self.state.queue.is_empty() || !self.state.agents.values().any(|a| a.is_ready()) {
            return None;
        }
        let line = self.state.line_up_at(self.at);
        let waiting = || line.iter().filter_map(|id| self.state.visits.get(id));
        let awaited = |w: &WaitsFor| ready(&w.agent);
        waiting()
            .find(|v| v.waits_for.as_ref().is_some_and(awaited))
            .and_then(|v| self.state.choose(v, self.at))
            .or_else(|| {
                waiting()
                    .filter(|v| v.waits_for.is_none())
                    .find_map(|v| self.state.choose(v, self.at))
            })
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
