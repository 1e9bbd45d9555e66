//! Visits that are over and that no picture shows any more, put away: what a floor holds in memory is
//! what is alive, however many guests a day has seen.
//!
//! Whoever keeps the state decides when; nothing that is decided, shown or written in the book
//! depends on it, as long as a visit is brought back before a command or an event names it. What is
//! asked of all the day's visits at once is either answered by visits that are never put away or kept
//! as a number.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::command::{Command, Step};
use super::event::Event;
use super::state::State;
use crate::core::id::VisitId;
use crate::core::time::Millis;
use crate::core::visit::{Visit, VisitState, Wanted, WantedBy};

/// An undo that ran out so long ago stays run out, seconds: how long the floor was down is known to
/// the second.
const RUN_OUT_SECONDS: i64 = 2;

/// What remains of the visits put away today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutAway {
    pub count: u32,
    /// Those that were served.
    pub finished: u32,
}

/// A visit put away, as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rested {
    pub visit: Visit,
    /// How far timers had been shifted on that day by then, milliseconds.
    pub shifted_ms: i64,
}

/// How many of those that are over a picture shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The last ones that are over.
    pub over: usize,
    /// The last calls among the served.
    pub calls: usize,
}

impl State {
    /// The visits that can be put away: they are over and cannot be taken back, and no picture shows
    /// them, not even when every step of the last seconds is taken back.
    pub fn at_rest(&self, shown: Shown) -> Vec<VisitId> {
        let mut over: Vec<&Visit> = self.visits.values().filter(|v| self.is_final(v)).collect();
        over.sort_by_key(|v| (Reverse((v.since, v.came())), v.id));
        let mut calls: Vec<(Reverse<Millis>, VisitId)> = over
            .iter()
            .filter(|v| v.state == VisitState::Finished)
            .filter_map(|v| Some((Reverse(v.last_call.as_ref()?.at), v.id)))
            .collect();
        calls.sort();
        calls.truncate(shown.calls);
        let called = |v: &Visit| calls.iter().any(|(_, id)| *id == v.id);
        over.into_iter()
            .skip(shown.over)
            .filter(|v| !is_asked_for(v) && !called(v))
            .map(|v| v.id)
            .collect()
    }

    /// Over, and the time to take it back has run out for good.
    fn is_final(&self, visit: &Visit) -> bool {
        let undo = visit.undo.as_ref().map(|u| u.until);
        visit.state.is_over()
            && undo.is_none_or(|until| until.plus_seconds(RUN_OUT_SECONDS) <= self.last)
    }

    /// Takes a visit out of the state, to be kept elsewhere.
    pub fn put_away(&mut self, id: VisitId) -> Option<Rested> {
        let visit = self.visits.remove(&id)?;
        self.put_away.count += 1;
        self.put_away.finished += u32::from(visit.state == VisitState::Finished);
        Some(Rested {
            visit,
            shifted_ms: self.shifted_ms,
        })
    }

    /// Brings a visit back as if it had never been away.
    pub fn bring_back(&mut self, rested: Rested) {
        let Rested {
            mut visit,
            shifted_ms,
        } = rested;
        if self.visits.contains_key(&visit.id) {
            return;
        }
        visit.shift_timers(self.shifted_ms - shifted_ms);
        let away = &mut self.put_away;
        away.count = away.count.saturating_sub(1);
        let finished = u32::from(visit.state == VisitState::Finished);
        away.finished = away.finished.saturating_sub(finished);
        self.visits.insert(visit.id, visit);
    }

    /// Parties served today.
    pub fn served_today(&self) -> u32 {
        let here = self.visits.values();
        let here = here.filter(|v| v.state == VisitState::Finished).count();
        let here = u32::try_from(here).unwrap_or(u32::MAX);
        here.saturating_add(self.put_away.finished)
    }
}

/// Looked for among all the day's visits: by the appointment it came for, or by a number of a kiosk's
/// own series.
fn is_asked_for(visit: &Visit) -> bool {
    let appointed = matches!(
        &visit.wanted,
        Some(Wanted {
            by: WantedBy::Appointment { .. },
            ..
        })
    );
    appointed || visit.ticket.kiosk().is_some() || visit.also.is_some()
}

impl Visit {
    /// Time in which the floor was down counts for no timer.
    pub(super) fn shift_timers(&mut self, by_ms: i64) {
        let shift = |m: &mut Millis| m.0 += by_ms;
        if let Some(a) = &mut self.assignment {
            shift(&mut a.accept_by);
        }
        if let Some(w) = &mut self.waits_for {
            shift(&mut w.until);
        }
        if let Some(until) = &mut self.parked_until {
            shift(until);
        }
        if let Some(undo) = &mut self.undo {
            shift(&mut undo.until);
        }
    }
}

impl Command {
    /// The visits it names, apart from one that it begins. They have to be in the state.
    pub fn names(&self) -> Vec<VisitId> {
        match self {
            Self::CheckIn(check_in) => check_in.split_from.into_iter().collect(),
            Self::Visit {
                visit,
                step: Step::Join { into },
            } => vec![*visit, *into],
            Self::Visit { visit, .. }
            | Self::Own { visit, .. }
            | Self::HandGiven { visit, .. }
            | Self::LearnOwner { visit, .. }
            | Self::Renumber { visit, .. }
            | Self::Chore { visit, .. } => vec![*visit],
            _ => Vec::new(),
        }
    }
}

impl Event {
    /// The visits it changes, apart from one that it begins. They have to be in the state.
    pub fn names(&self) -> Vec<VisitId> {
        match self {
            Self::CheckedIn { check_in, .. } => check_in.split_from.into_iter().collect(),
            Self::Joined { visit, into } => vec![*visit, *into],
            other => other.visit().into_iter().collect(),
        }
    }
}
