//! Reads a floor's log back into what people did: parties that came, agents who were there,
//! decisions of the manager. Who served whom is left out: that is what other rules would change.

use std::collections::BTreeMap;

use super::course::Course;
use super::driver::{Played, Score, play};
use crate::core::floor::{Attendance, Command, Event, ManagersOrder, Stamped, Step};
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::AwayReason;
use crate::core::time::Millis;
use crate::core::turn_book::Reason;
use crate::core::visit::WantedBy;

/// What happened on a floor, free of its rules.
#[derive(Clone, Debug, Default)]
pub struct History {
    score: Score,
    /// The rules in force at the beginning and every change of them.
    rules: Vec<(Millis, HouseRules)>,
}

#[derive(Default)]
struct Reader {
    commands: Vec<(Millis, Command)>,
    rules: Vec<(Millis, HouseRules)>,
    courses: BTreeMap<VisitId, Course>,
    order: Vec<VisitId>,
    /// When the step before happened, by visit.
    offered: BTreeMap<VisitId, Millis>,
    called: BTreeMap<VisitId, Millis>,
    started: BTreeMap<VisitId, Millis>,
    parked: BTreeMap<VisitId, Millis>,
    silent: BTreeMap<AgentId, Vec<(Millis, Millis)>>,
}

impl History {
    /// Reads events in their order.
    pub fn read<'a>(log: impl IntoIterator<Item = &'a Stamped>) -> Self {
        let mut reader = Reader::default();
        for stamped in log {
            reader.take(stamped);
        }
        let mut courses = reader.courses;
        let score = Score {
            commands: reader.commands,
            courses: reader
                .order
                .iter()
                .filter_map(|id| courses.remove(id))
                .collect(),
            silent: reader.silent,
        };
        Self {
            score,
            rules: reader.rules,
        }
    }

    /// Played again under the rules of then.
    pub fn again(&self) -> Played {
        self.play(&self.rules)
    }

    /// What would have been under `rules` from the first day on.
    pub fn under(&self, rules: &HouseRules) -> Played {
        self.play(&[(Millis::default(), rules.clone())])
    }

    fn play(&self, rules: &[(Millis, HouseRules)]) -> Played {
        let mut score = self.score.clone();
        let set = rules.iter().map(|(at, rules)| {
            let rules = Box::new(rules.clone());
            (*at, Command::SetRules { rules })
        });
        score.commands = set.chain(score.commands).collect();
        play(&score)
    }
}

impl Reader {
    fn tell(&mut self, at: Millis, command: Command) {
        self.commands.push((at, command));
    }

    fn attend(&mut self, at: Millis, agent: &AgentId, to: Attendance) {
        let agent = agent.clone();
        self.tell(at, Command::Agent { agent, to });
    }

    fn manager(&mut self, at: Millis, order: ManagersOrder, why: &str) {
        let why = why.to_owned();
        self.tell(at, Command::Manager { order, why });
    }

    /// What the desk did with a party.
    fn desk(&mut self, at: Millis, visit: VisitId, step: Step) {
        if let Some(course) = self.courses.get_mut(&visit) {
            course.desk.push((at.since(course.arrives), step));
        }
    }

    fn course(&mut self, visit: VisitId, change: impl FnOnce(&mut Course)) {
        if let Some(course) = self.courses.get_mut(&visit) {
            change(course);
        }
    }

    fn take(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        match &stamped.event {
            Event::DayOpened { day } => self.tell(at, Command::OpenDay { day: day.clone() }),
            Event::SiteChanged { site } => self.tell(at, Command::SetSite { site: site.clone() }),
            Event::RulesChanged { rules, .. } => self.rules.push((at, (**rules).clone())),
            Event::AppointmentsChanged { appointments } => {
                let appointments = appointments.clone();
                self.tell(at, Command::SetAppointments { appointments });
            }
            Event::AppointmentMade { appointment } => {
                let appointment = appointment.clone();
                self.tell(at, Command::AddAppointment { appointment });
            }
            Event::RegistrationsChanged { registrations } => {
                let registrations = registrations.clone();
                self.tell(at, Command::SetRegistrations { registrations });
            }
            Event::OverdueChanged { overdue } => {
                let overdue = overdue.clone();
                self.tell(at, Command::SetOverdue { overdue });
            }
            Event::SignedIn { agent, .. } => self.attend(at, agent, Attendance::Ready),
            Event::BecameReady { agent } => {
                self.answers_again(at, agent);
                self.attend(at, agent, Attendance::Ready);
            }
            Event::AwayWithdrawn { agent } => self.attend(at, agent, Attendance::Ready),
            Event::WentAway { agent, reason } => {
                // Unreachable is what came of not answering, not what the agent said.
                if *reason != AwayReason::Unreachable {
                    self.answers_again(at, agent);
                    self.attend(at, agent, Attendance::Away(*reason));
                }
            }
            Event::AwayAnnounced { agent, reason } => {
                self.attend(at, agent, Attendance::Away(*reason));
            }
            Event::ServiceVouched { agent } => self.attend(at, agent, Attendance::StillServing),
            Event::WentOff { agent } => self.attend(at, agent, Attendance::Off),
            _ => self.take_order(stamped),
        }
    }

    fn take_order(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        match &stamped.event {
            Event::Penalised {
                agent,
                rota,
                turns,
                why,
            } => {
                let (agent, turns, rota) = (agent.clone(), *turns, *rota);
                self.manager(at, ManagersOrder::Penalise { agent, turns, rota }, why);
            }
            Event::PenaltyLifted {
                agent, rota, why, ..
            } => {
                let (agent, rota) = (agent.clone(), *rota);
                self.manager(at, ManagersOrder::LiftPenalty { agent, rota }, why);
            }
            Event::Suspended { agent, until, why } => {
                let (agent, until) = (agent.clone(), *until);
                self.manager(at, ManagersOrder::Suspend { agent, until }, why);
            }
            Event::CursorMoved { agent, rota, why } => {
                let (agent, rota) = (agent.clone(), *rota);
                self.manager(at, ManagersOrder::MoveCursor { agent, rota }, why);
            }
            Event::OrderSet { agents, why } => {
                let agents = agents.clone();
                self.manager(at, ManagersOrder::SetOrder { agents }, why);
            }
            Event::TurnGranted { agent, rota, why } => {
                let (agent, rota) = (agent.clone(), *rota);
                self.manager(at, ManagersOrder::GrantTurn { agent, rota }, why);
            }
            Event::TurnTaken {
                agent, rota, why, ..
            } => {
                let (agent, rota) = (agent.clone(), *rota);
                self.manager(at, ManagersOrder::TakeTurn { agent, rota }, why);
            }
            _ => self.take_visit(stamped),
        }
    }

    fn take_visit(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        match &stamped.event {
            Event::CheckedIn { check_in, .. } => {
                let visit = check_in.visit;
                self.order.push(visit);
                let course = Course::usual((**check_in).clone(), at);
                self.courses.insert(visit, course);
            }
            Event::NotABuyer { visit: None, who } => {
                self.tell(at, Command::NotABuyer { kind: *who });
            }
            Event::NotABuyer {
                visit: Some(visit),
                who,
            } => self.desk(at, *visit, Step::NotABuyer { kind: *who }),
            Event::Offered(offer) => {
                self.offered.insert(offer.visit, at);
                if let Reason::OfferedOverride { why } = &offer.reason {
                    let (agent, why) = (offer.agent.clone(), why.clone());
                    self.desk(at, offer.visit, Step::Reassign { agent, why });
                }
            }
            Event::Lapsed { visit, agent, .. } => {
                let from = self.offered.get(visit).copied().unwrap_or(at);
                let spans = self.silent.entry(agent.clone()).or_default();
                spans.push((from, Millis(i64::MAX)));
            }
            Event::Called { visit, .. } => {
                if let Some(offered) = self.offered.get(visit).copied()
                    && self.called.get(visit).is_none_or(|c| *c < offered)
                {
                    self.course(*visit, |c| c.accept_after = at.since(offered));
                    self.called.insert(*visit, at);
                }
            }
            Event::Started { visit, .. } => {
                if let Some(called) = self.called.get(visit).copied() {
                    self.course(*visit, |c| c.start_after = at.since(called));
                }
                self.started.insert(*visit, at);
            }
            Event::Finished {
                visit, by_new_day, ..
            } => {
                // Whoever was still served at the new day's opening is served until then.
                let service = if *by_new_day {
                    i64::MAX / 4
                } else {
                    let started = self.started.get(visit).copied().unwrap_or(at);
                    at.since(started)
                };
                self.course(*visit, |c| c.service = service);
            }
            Event::Refused { visit, agent, .. } => {
                self.course(*visit, |c| {
                    c.refuses.insert(agent.clone());
                });
            }
            Event::Parked {
                visit, missed_call, ..
            } => {
                self.parked.insert(*visit, at);
                if *missed_call {
                    self.course(*visit, |c| c.misses_call = true);
                } else {
                    self.desk(at, *visit, Step::Park);
                }
            }
            Event::Requeued { visit, .. } => {
                let parked = self.parked.get(visit).copied().unwrap_or(at);
                let missed = self.courses.get(visit).is_some_and(|c| c.misses_call);
                if missed {
                    self.course(*visit, |c| c.returns_after = Some(at.since(parked)));
                } else {
                    self.desk(at, *visit, Step::Resume);
                }
            }
            Event::Left {
                visit,
                by_new_day: false,
            } => {
                self.not_until(at, *visit);
                self.course(*visit, |c| c.patience = Some(at.since(c.arrives)));
            }
            Event::Cancelled { visit, why } => {
                let why = why.clone();
                self.not_until(at, *visit);
                self.desk(at, *visit, Step::Cancel { why });
            }
            Event::Transferred { visit, line } => {
                self.desk(at, *visit, Step::Transfer { line: *line });
            }
            Event::Joined { visit, into } => self.desk(at, *visit, Step::Join { into: *into }),
            Event::BelongsTo { visit, wanted } => {
                let step = match wanted.as_ref().map(|w| (&w.agent, &w.by)) {
                    Some((_, WantedBy::Appointment { id, .. })) => {
                        Step::Appointment { id: id.clone() }
                    }
                    // Its registration stands in the event before.
                    Some((_, WantedBy::Channel { .. })) => return,
                    Some((agent, _)) => Step::Owner {
                        agent: Some(agent.clone()),
                    },
                    None => Step::Owner { agent: None },
                };
                self.desk(at, *visit, step);
            }
            Event::ChannelJudged {
                visit,
                registration,
                ..
            } => {
                let came_with_it = self
                    .courses
                    .get(visit)
                    .is_some_and(|c| c.check_in.channel.is_some());
                if !came_with_it {
                    let registration = registration.clone();
                    self.desk(at, *visit, Step::Channel { registration });
                }
            }
            Event::Undone { visit, .. } => {
                // The slip and its taking back leave no trace in the party's course.
                self.course(*visit, |c| {
                    c.patience = None;
                    c.desk.pop_if(|(_, step)| {
                        matches!(
                            step,
                            Step::Cancel { .. } | Step::NotABuyer { .. } | Step::Park
                        )
                    });
                });
            }
            _ => {}
        }
    }

    /// The party went before the agent had answered, or before the service began: whatever was
    /// still to come would have come later.
    fn not_until(&mut self, at: Millis, visit: VisitId) {
        let Some(offered) = self.offered.get(&visit).copied() else {
            return;
        };
        let called = self.called.get(&visit).copied().filter(|c| *c >= offered);
        let started = self.started.get(&visit).copied();
        self.course(visit, |c| match (called, started) {
            (None, _) => c.accept_after = c.accept_after.max(at.since(offered) + 1),
            (Some(called), started) if started.is_none_or(|s| s < called) => {
                c.start_after = c.start_after.max(at.since(called) + 1);
            }
            _ => {}
        });
    }

    /// From here on the agent accepts offers again.
    fn answers_again(&mut self, at: Millis, agent: &AgentId) {
        if let Some((_, to)) = self
            .silent
            .get_mut(agent)
            .and_then(|spans| spans.last_mut())
            && *to == Millis(i64::MAX)
        {
            *to = at;
        }
    }
}
