//! Plays parties and commands through the floor's own `decide`, everything at its time.

use std::collections::BTreeMap;

use super::course::Course;
use crate::core::floor::{Attendance, Command, Event, Refusal, Stamped, State, Step};
use crate::core::id::{AgentId, VisitId};
use crate::core::time::Millis;
use crate::core::visit::VisitState;

/// Between two recalls of a party that does not come, milliseconds.
const RECALL_EVERY: i64 = 60_000;

/// Something that is to be done at its time.
#[derive(Clone, Debug)]
enum Planned {
    Command(Command),
    /// A step of a party, if the offer it belongs to still stands.
    Step {
        visit: VisitId,
        offered_at: Option<Millis>,
        step: Step,
    },
}

/// What is to be played.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// Commands of the house at their times: days, attendance, the manager's decisions.
    pub commands: Vec<(Millis, Command)>,
    pub courses: Vec<Course>,
    /// Spans in which an agent accepts nothing, so that offers lapse.
    pub silent: BTreeMap<AgentId, Vec<(Millis, Millis)>>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Played {
    pub log: Vec<Stamped>,
    pub state: State,
}

struct Driver<'a> {
    score: &'a Score,
    courses: BTreeMap<VisitId, &'a Course>,
    agenda: BTreeMap<(Millis, u64), Planned>,
    planned: u64,
    /// Absences that have to wait until the agent's guest was called and served.
    held: BTreeMap<AgentId, Attendance>,
    log: Vec<Stamped>,
    state: State,
}

/// Plays a score from an empty floor to its end. The same score gives the same log.
pub fn play(score: &Score) -> Played {
    let mut driver = Driver {
        score,
        courses: BTreeMap::new(),
        agenda: BTreeMap::new(),
        planned: 0,
        held: BTreeMap::new(),
        log: Vec::new(),
        state: State::default(),
    };
    for (at, command) in &score.commands {
        driver.plan(*at, Planned::Command(command.clone()));
    }
    for course in &score.courses {
        let visit = course.check_in.visit;
        driver.courses.insert(visit, course);
        let check_in = Command::CheckIn(Box::new(course.check_in.clone()));
        driver.plan(course.arrives, Planned::Command(check_in));
        let steps = course.desk.iter().cloned();
        let leave = course.patience.map(|after| (after, Step::Leave));
        for (after, step) in steps.chain(leave) {
            driver.plan_step(Millis(course.arrives.0 + after), visit, None, step);
        }
    }
    driver.run();
    Played {
        log: driver.log,
        state: driver.state,
    }
}

impl Driver<'_> {
    fn plan(&mut self, at: Millis, what: Planned) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), what);
    }

    fn plan_step(&mut self, at: Millis, visit: VisitId, offered_at: Option<Millis>, step: Step) {
        self.plan(
            at,
            Planned::Step {
                visit,
                offered_at,
                step,
            },
        );
    }

    fn run(&mut self) {
        while let Some(((at, _), what)) = self.agenda.first_key_value() {
            let (at, what) = (*at, what.clone());
            // What is due by itself comes first and may plan something still earlier.
            if let Some(due) = self.state.next_due().filter(|due| *due <= at) {
                let _ = self.tell(Command::Tick, due);
                continue;
            }
            self.agenda.pop_first();
            match what {
                Planned::Command(command) => self.command(command, at),
                Planned::Step {
                    visit,
                    offered_at,
                    step,
                } if self.still_stands(visit, offered_at) => {
                    // An impossible step is what it is on the floor: refused, and nothing changes.
                    let _ = self.tell(Command::Visit { visit, step }, at);
                }
                Planned::Step { .. } => {}
            }
            self.release_held(at);
        }
    }

    fn still_stands(&self, visit: VisitId, offered_at: Option<Millis>) -> bool {
        let assignment = self
            .state
            .visits
            .get(&visit)
            .and_then(|v| v.assignment.as_ref());
        offered_at.is_none_or(|at| assignment.is_some_and(|a| a.offered_at == at))
    }

    fn command(&mut self, command: Command, at: Millis) {
        if let Command::Agent { agent, to } = &command {
            let (agent, to) = (agent.clone(), *to);
            self.held.remove(&agent);
            if self.tell(command, at) == Err(Refusal::AgentHasVisit) {
                self.held.insert(agent, to);
            }
        } else {
            let _ = self.tell(command, at);
        }
    }

    /// Whoever could not go away because a guest was on the way goes as soon as possible.
    fn release_held(&mut self, at: Millis) {
        for (agent, to) in std::mem::take(&mut self.held) {
            let status = self.state.agents.get(&agent).map(|a| a.status);
            let offered = |s| matches!(s, crate::core::rota::Status::Offered { .. });
            let serving = status.is_some_and(|s| s.visit().is_some());
            let waits = status.is_some_and(offered) || (to == Attendance::Off && serving);
            if waits {
                self.held.insert(agent, to);
            } else {
                let _ = self.tell(Command::Agent { agent, to }, at);
            }
        }
    }

    fn tell(&mut self, command: Command, at: Millis) -> Result<(), Refusal> {
        let decision = self.state.decide(command, at);
        self.state.book.clear();
        for stamped in decision.events {
            self.react(&stamped);
            self.log.push(stamped);
        }
        decision.result
    }

    /// What follows from an event by the nature of its party.
    fn react(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        let Some(visit) = stamped.event.visit() else {
            return;
        };
        let Some(course) = self.courses.get(&visit).copied() else {
            return;
        };
        match &stamped.event {
            Event::Offered(offer) => {
                if self.is_silent(&offer.agent, at) {
                    return;
                }
                let step = if course.refuses.contains(&offer.agent) {
                    Step::Refuse {
                        why: None,
                        of: None,
                    }
                } else {
                    Step::Accept { place: None }
                };
                self.plan_step(Millis(at.0 + course.accept_after), visit, Some(at), step);
            }
            Event::Called { .. } => {
                let offered_at = self.offered_at(visit);
                let missed_before = self
                    .state
                    .visits
                    .get(&visit)
                    .is_some_and(|v| v.late_since.is_some() || v.state == VisitState::Parked);
                if course.misses_call && !missed_before {
                    let recalls = i64::from(self.state.rules.recalls);
                    for n in 1..=recalls {
                        let at = Millis(at.0 + n * RECALL_EVERY);
                        self.plan_step(at, visit, offered_at, Step::Recall);
                    }
                    let at = Millis(at.0 + (recalls + 1) * RECALL_EVERY);
                    self.plan_step(at, visit, offered_at, Step::NoShow);
                } else {
                    let at = Millis(at.0 + course.start_after);
                    self.plan_step(at, visit, offered_at, Step::Start);
                }
            }
            Event::Started { .. } => {
                let offered_at = self.offered_at(visit);
                let at = Millis(at.0 + course.service);
                self.plan_step(at, visit, offered_at, Step::Finish);
            }
            Event::Parked {
                missed_call: true, ..
            } => {
                if let Some(after) = course.returns_after {
                    self.plan_step(Millis(at.0 + after), visit, None, Step::Resume);
                }
            }
            _ => {}
        }
    }

    fn offered_at(&self, visit: VisitId) -> Option<Millis> {
        let visit = self.state.visits.get(&visit)?;
        visit.assignment.as_ref().map(|a| a.offered_at)
    }

    fn is_silent(&self, agent: &AgentId, at: Millis) -> bool {
        let spans = self.score.silent.get(agent).into_iter().flatten();
        spans.into_iter().any(|(from, to)| *from <= at && at < *to)
    }
}
