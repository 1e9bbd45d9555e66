//! What a log says in figures: who received whom, how even it was, how long people waited.

use std::collections::{BTreeMap, BTreeSet};

use super::foretold::Outcome;
use crate::core::floor::{Event, Stamped, State};
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::RotaKind;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::Millis;
use crate::core::turn_book::Rule;

/// One agent's day, of walk-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentDay {
    pub name: String,
    /// Turns received, less those lapsed or returned.
    pub received: u32,
    /// Visits served to their end.
    pub served: u32,
    /// Of these, guests of one's own, appointments and brokers' clients.
    pub own: u32,
    /// Of these, colleagues' guests.
    pub courtesy: u32,
    pub lapsed: u32,
    /// Open at the end of the day.
    pub owed: u32,
    pub lost: u32,
    /// Received + owed − prepaid since the opening of the day.
    pub measure: i64,
    /// On duty since before the first visitor, and to the end.
    pub whole_day: bool,
}

/// One party's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub visit: VisitId,
    pub ticket: TicketNumber,
    /// Who had the party last; nobody where it left before.
    pub agent: Option<AgentId>,
    pub rule: Option<Rule>,
    /// From the check-in to the first call, seconds.
    pub waited: Option<u32>,
    /// What it was told and how that came out; only where it waited, and went the way foretold.
    pub foretold: Option<Outcome>,
}

/// One day in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    pub day: String,
    pub agents: BTreeMap<AgentId, AgentDay>,
    pub receipts: Vec<Receipt>,
}

/// A log in figures, day by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub days: Vec<Day>,
}

#[derive(Default)]
struct Counting {
    day: Day,
    receipts: BTreeMap<VisitId, Receipt>,
    order: Vec<VisitId>,
    arrived: BTreeMap<VisitId, Millis>,
    by_rule: BTreeMap<VisitId, u32>,
    first_visitor: bool,
    early: BTreeSet<AgentId>,
    opening: BTreeMap<AgentId, i64>,
}

impl Figures {
    /// Counts the days from `from` to `to` (`YYYY-MM-DD`, both included; empty: no bound).
    pub fn of<'a>(log: impl IntoIterator<Item = &'a Stamped>, from: &str, to: &str) -> Self {
        let mut state = State::default();
        let mut counting = Counting::default();
        let mut days = Vec::new();
        let mut close = |counting: Counting, state: &State| {
            let day = counting.close(state);
            let inside = (from.is_empty() || day.day.as_str() >= from)
                && (to.is_empty() || day.day.as_str() <= to);
            if inside && !day.day.is_empty() {
                days.push(day);
            }
        };
        for stamped in log {
            if let Event::DayOpened { day } = &stamped.event {
                close(std::mem::take(&mut counting), &state);
                counting.day.day.clone_from(day);
                counting.opening = state
                    .agents
                    .values()
                    .map(|a| {
                        // What is carried over counts for no day of its own.
                        let account = &a.accounts.walk_in;
                        let carried = account.debts.open.len() as i64 - i64::from(account.prepaid);
                        (a.id.clone(), carried)
                    })
                    .collect();
            }
            counting.take(stamped, &state);
            state.evolve(stamped);
            state.book.clear();
            if let Event::CheckedIn { check_in, .. } = &stamped.event {
                let visit = check_in.visit;
                counting.by_rule.insert(visit, state.wait_by_rule(visit));
            }
        }
        close(counting, &state);
        Self { days }
    }

    /// Every agent of all days together.
    pub fn totals(&self) -> BTreeMap<AgentId, AgentDay> {
        let mut totals: BTreeMap<AgentId, AgentDay> = BTreeMap::new();
        for (id, day) in self.days.iter().flat_map(|d| &d.agents) {
            let sum = totals.entry(id.clone()).or_default();
            sum.name.clone_from(&day.name);
            sum.received += day.received;
            sum.served += day.served;
            sum.own += day.own;
            sum.courtesy += day.courtesy;
            sum.lapsed += day.lapsed;
            sum.lost += day.lost;
            sum.owed = day.owed;
        }
        totals
    }

    /// The widest difference of received + owed − prepaid on any day, among agents on duty all day
    /// who lost no turn.
    pub fn spread(&self) -> i64 {
        self.days.iter().map(Day::spread).max().unwrap_or(0)
    }

    /// All waits, seconds, in ascending order.
    pub fn waits(&self) -> Vec<u32> {
        let receipts = self.days.iter().flat_map(|d| &d.receipts);
        let mut waits: Vec<u32> = receipts.filter_map(|r| r.waited).collect();
        waits.sort_unstable();
        waits
    }
}

impl Day {
    pub fn spread(&self) -> i64 {
        let even = self.agents.values().filter(|a| a.whole_day && a.lost == 0);
        let measures: Vec<i64> = even.map(|a| a.measure).collect();
        let (max, min) = (measures.iter().max(), measures.iter().min());
        max.zip(min).map_or(0, |(max, min)| max - min)
    }
}

/// The value below which `percent` of the sorted values lie; 0 for none.
pub fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(0)
}

impl Counting {
    fn agent(&mut self, id: &AgentId) -> &mut AgentDay {
        self.day.agents.entry(id.clone()).or_default()
    }

    fn take(&mut self, stamped: &Stamped, before: &State) {
        match &stamped.event {
            Event::CheckedIn {
                check_in,
                ticket,
                line,
                ..
            } if ticket.line().or(*line).unwrap_or(Line::New).rota() == RotaKind::WalkIn => {
                self.first_visitor = true;
                let visit = check_in.visit;
                self.order.push(visit);
                self.arrived.insert(visit, stamped.at);
                self.receipts.insert(
                    visit,
                    Receipt {
                        visit,
                        ticket: *ticket,
                        agent: None,
                        rule: None,
                        waited: None,
                        foretold: None,
                    },
                );
            }
            Event::SignedIn { agent, .. } => {
                self.agent(agent);
                if !self.first_visitor {
                    self.early.insert(agent.clone());
                }
            }
            Event::WentOff { agent } => {
                self.early.remove(agent);
            }
            Event::Offered(offer) => {
                if let Some(receipt) = self.receipts.get_mut(&offer.visit) {
                    receipt.agent = Some(offer.agent.clone());
                    receipt.rule = Some(offer.rule);
                }
            }
            Event::Lapsed { agent, visit, .. } => {
                self.agent(agent).lapsed += 1;
                self.early.remove(agent);
                self.forget(*visit);
            }
            Event::Refused { visit, .. }
            | Event::Parked { visit, .. }
            | Event::Transferred { visit, .. }
            | Event::Withdrawn { visit, .. }
            | Event::Left { visit, .. }
            | Event::Joined { visit, .. } => self.forget(*visit),
            Event::Called { visit, .. } => {
                let outcome = self.outcome(*visit, stamped.at, before);
                let arrived = self.arrived.get(visit).copied();
                if let Some(receipt) = self.receipts.get_mut(visit)
                    && receipt.waited.is_none()
                    && let Some(arrived) = arrived
                {
                    let seconds = stamped.at.since(arrived) / 1000;
                    receipt.waited = u32::try_from(seconds).ok();
                    receipt.foretold = outcome;
                }
            }
            Event::Finished { visit, agent, .. } => {
                let own = before.visits.get(visit).and_then(|v| v.assignment.as_ref());
                let rule = own.map(|a| a.rule);
                let day = self.agent(agent);
                day.served += 1;
                match rule {
                    Some(Rule::Owner | Rule::Appointment | Rule::Channel) => day.own += 1,
                    Some(Rule::Courtesy) => day.courtesy += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// At the first call: how what the party was told came out.
    fn outcome(&self, id: VisitId, called: Millis, before: &State) -> Option<Outcome> {
        let visit = before.visits.get(&id)?;
        let arrived = self.arrived.get(&id).copied()?;
        Some(Outcome {
            line: visit.line,
            hour: before.hour_of_day(arrived),
            told: before.told(id)?,
            by_rule_s: self.by_rule.get(&id).copied()?,
            waited_s: u32::try_from(called.since(arrived) / 1000).ok()?,
        })
    }

    fn forget(&mut self, visit: VisitId) {
        if let Some(receipt) = self.receipts.get_mut(&visit) {
            receipt.agent = None;
            receipt.rule = None;
        }
    }

    fn close(mut self, state: &State) -> Day {
        for (id, day) in &mut self.day.agents {
            let Some(agent) = state.agents.get(id) else {
                continue;
            };
            let account = &agent.accounts.walk_in;
            day.name.clone_from(&agent.name);
            day.received = account.received;
            day.lost = account.lost;
            day.owed = u32::try_from(account.debts.open.len()).unwrap_or(u32::MAX);
            day.measure = account.measure() - self.opening.get(id).copied().unwrap_or(0);
            day.whole_day = self.early.contains(id);
        }
        let receipts = &mut self.receipts;
        let in_order = self.order.iter();
        self.day.receipts = in_order.filter_map(|id| receipts.remove(id)).collect();
        self.day
    }
}
