//! How long a party will wait (预计等候): reckoned from who is on duty and what each of them is
//! doing, with times the floor has learned from its own days, and told as a range that held about
//! eight times in ten.
//!
//! Reckoned is the moment by which the agents on duty are expected to come free as often as there
//! are parties ahead, and once more. What that leaves out (absences still to come, priority guests
//! who overtake, offers that lapse) is learned as the share of actual ÷ reckoned.

mod learned;
mod lessons;
mod outcomes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::learned::{Learned, Survival};
pub use self::outcomes::RANGE_HOLDS_PERCENT;
use self::outcomes::{Kind, Outcomes};
use super::state::State;
use crate::core::foretold::Foretold;
use crate::core::id::VisitId;
use crate::core::rota::{Agent, Status};
use crate::core::time::Millis;
use crate::core::visit::{Visit, VisitState};

/// Nothing longer is foretold, seconds: it would be a guess.
const HORIZON: u64 = 4 * 3600;
/// How finely a wait is reckoned, seconds.
const GRAIN: u64 = 30;
/// Thousandths: when the agents expected to have come free are so many more than the parties
/// ahead, it is more likely than not this one's turn.
const OWN_TURN: u64 = 600;
/// The same for a certain agent, who comes free more likely than not.
const OWN_AGENT: u64 = 500;

/// What was told to whoever waits, and what the floor has learned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waits {
    /// When the open day began at the site; hours count from there.
    midnight: Millis,
    learned: Learned,
    outcomes: Outcomes,
    /// The waiting parties, as long as what they were told still stands.
    told: BTreeMap<VisitId, Told>,
}

/// What a party was told when it checked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    at: Millis,
    reckoned: Reckoned,
    foretold: Foretold,
}

/// A wait before it is corrected by experience, seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reckoned {
    kind: Kind,
    wait_s: u32,
}

/// What stands between an agent and the next guest.
struct Spell {
    /// Before it begins, seconds.
    later: u64,
    /// How long it has lasted already, seconds.
    elapsed: u64,
    /// How long it is expected to last in all, seconds; 0: nothing stands there.
    mean: u64,
}

impl Spell {
    /// The chance that it is over within `seconds`, in thousandths.
    fn over_within(&self, survival: &Survival, seconds: u64) -> u64 {
        match seconds.checked_sub(self.later) {
            None => 0,
            Some(_) if self.mean == 0 => 1000,
            Some(more) => survival.ends_within(self.elapsed, self.mean, more),
        }
    }

    /// How often the agent is expected to have come free within `seconds`, in thousandths, when
    /// each guest afterwards takes `round` seconds.
    fn times_free(&self, survival: &Survival, round: u64, seconds: u64) -> u64 {
        let mut times = 0;
        let mut left = Some(seconds);
        while let Some(within) = left {
            let chance = self.over_within(survival, within);
            times += chance;
            left = within.checked_sub(round).filter(|_| chance > 0);
        }
        times
    }
}

impl State {
    /// What `visit` was told when it checked in; `None` once that is over, or where nothing could
    /// be foretold.
    pub fn told(&self, visit: VisitId) -> Option<Foretold> {
        self.waits.told.get(&visit).map(|told| told.foretold)
    }

    /// How long a waiting party will go on waiting at `now`. `None`: it does not wait, or nothing
    /// can be foretold, as nobody is on duty or the wait would be very long.
    pub fn wait_at(&self, visit: VisitId, now: Millis) -> Option<Foretold> {
        let visit = self.visits.get(&visit)?;
        let waits = visit.state == VisitState::Waiting;
        waits
            .then(|| self.reckon(visit, now.max(self.last)))
            .flatten()
            .map(|r| self.tell(r))
    }

    /// By the house's rule alone: agents on duty come free one after the other, each after the
    /// usual time of a service. Seconds; what is foretold is measured against it.
    pub fn wait_by_rule(&self, visit: VisitId) -> u32 {
        let Some(ahead) = self.ahead(visit) else {
            return 0;
        };
        let on_duty = u32::try_from(self.rotas.walk_in.order.len().max(1)).unwrap_or(u32::MAX);
        let usual = self.rules.usual_service_minutes.saturating_mul(60);
        (ahead + 1).saturating_mul(usual) / on_duty
    }

    /// The hour of the site's day in which a moment of today falls.
    pub fn hour_of_day(&self, at: Millis) -> usize {
        self.waits.hour(at)
    }

    fn tell(&self, reckoned: Reckoned) -> Foretold {
        self.waits.outcomes.foretell(reckoned)
    }

    fn reckon(&self, visit: &Visit, now: Millis) -> Option<Reckoned> {
        let waits = &self.waits;
        let on_duty = self.rotas.of(visit.rota()).order.iter();
        let on_duty = on_duty.filter(|id| !visit.refused.contains(id));
        let spells: Vec<Spell> = on_duty
            .filter_map(|id| self.spell(self.agents.get(id)?, now))
            .collect();
        if spells.is_empty() {
            return None;
        }
        let survival = waits.learned.survival();
        let hour = waits.hour(now);
        let round = waits
            .learned
            .any_service(hour, self.usual_service())
            .max(60);
        let ahead = u64::from(self.ahead(visit.id)?);
        let free = |within| -> u64 {
            let each = spells.iter();
            each.map(|s| s.times_free(&survival, round, within)).sum()
        };
        let by_turn = first(|within| free(within) >= ahead * 1000 + OWN_TURN);
        let Some((spell, patience)) = self.certain_agent(visit, now) else {
            return by_turn.and_then(|wait| Reckoned::new(Kind::ByTurn, wait));
        };
        // Within its patience the party is served by that very agent; afterwards by turn.
        let before = self.before_at_the_same(visit);
        let own =
            first(|within| spell.times_free(&survival, round, within) >= before * 1000 + OWN_AGENT);
        let wait = match own.filter(|own| *own <= patience) {
            Some(own) => own,
            None => by_turn?.max(patience),
        };
        Reckoned::new(Kind::Certain, wait)
    }

    /// What the agent has to end before the next guest; `None`: no guest is given to them.
    fn spell(&self, agent: &Agent, now: Millis) -> Option<Spell> {
        let learned = &self.waits.learned;
        let mut spell = Spell {
            later: 0,
            elapsed: 0,
            mean: 0,
        };
        match agent.status {
            _ if !agent.employed => return None,
            Status::Off => return None,
            Status::Ready => {}
            Status::Offered { visit } | Status::Serving { visit } => {
                let visit = self.visits.get(&visit)?;
                let since = given_at(visit);
                spell.elapsed = seconds(since, now);
                let hour = self.waits.hour(since);
                spell.mean = learned.service(visit.line, hour, self.usual_service());
                if let Some(away) = agent.announced {
                    spell.later = learned.absence(away.reason);
                }
            }
            Status::Away { reason, .. } => {
                spell.elapsed = seconds(agent.since, now);
                spell.mean = learned.absence(reason);
            }
        }
        if let Some(until) = agent.suspended_until {
            spell.later = spell.later.max(seconds(now, until));
        }
        Some(spell)
    }

    /// Rules 3 to 5: the agent a party waits for, and how long yet, seconds. A party that has just
    /// checked in is about to wait for a busy one.
    fn certain_agent(&self, visit: &Visit, now: Millis) -> Option<(Spell, u64)> {
        let wanted = visit.wanted_now()?;
        let agent = self.agents.get(&wanted.agent)?;
        agent.status.visit()?;
        let until = match &visit.waits_for {
            Some(waits_for) => waits_for.until,
            None if visit.since == now => {
                let minutes = self.rules.wait_for_owner_minutes;
                now.plus_minutes(i64::from(minutes))
            }
            None => return None,
        };
        Some((self.spell(agent, now)?, seconds(now, until)))
    }

    /// How many came earlier and wait for the same agent.
    fn before_at_the_same(&self, visit: &Visit) -> u64 {
        let wanted = visit.wanted_now().map(|w| &w.agent);
        let queue = self.queue.iter().filter_map(|id| self.visits.get(id));
        let before = queue.filter(|v| v.came() < visit.came());
        let same = before.filter(|v| v.waits_for.as_ref().map(|w| &w.agent) == wanted);
        same.count() as u64
    }

    /// By the house's rule, seconds.
    fn usual_service(&self) -> u64 {
        u64::from(self.rules.usual_service_minutes) * 60
    }
}

impl Reckoned {
    fn new(kind: Kind, wait: u64) -> Option<Self> {
        let wait_s = u32::try_from(wait).ok()?;
        Some(Self { kind, wait_s })
    }
}

impl Waits {
    /// The hour of the site's day; where the clocks are changed, of the day as it began.
    fn hour(&self, at: Millis) -> usize {
        usize::try_from(at.since(self.midnight).max(0) / 3_600_000).unwrap_or(0) % 24
    }
}

/// Since when an agent is bound to the visit.
fn given_at(visit: &Visit) -> Millis {
    let assignment = visit.assignment.as_ref();
    assignment.map_or(visit.since, |a| a.offered_at)
}

/// Whole seconds between two moments; 0 where the second comes first.
fn seconds(from: Millis, to: Millis) -> u64 {
    u64::try_from(to.since(from) / 1000).unwrap_or(0)
}

/// The first time at which it is enough, seconds; `None`: not within the horizon. What is enough
/// once must stay so.
fn first(enough: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (0, HORIZON / GRAIN);
    while low < high {
        let middle = (low + high) / 2;
        if enough(middle * GRAIN) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low * GRAIN).filter(|wait| *wait < HORIZON)
}
