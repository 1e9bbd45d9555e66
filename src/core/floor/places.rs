//! The places of the waiting, laid out side by side: who is how far from being served is counted
//! with each command and each look, also with thousands waiting, so it must not look every visit up.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::queue::InLine;
use super::state::State;
use crate::core::house_rules::HouseRules;
use crate::core::id::VisitId;
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::visit::Visit;

/// What the order of the lines depends on, of one waiting visit. None of it changes while the visit
/// stands in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub visit: VisitId,
    /// [`Visit::came`].
    pub came: (Millis, u64),
    pub line: Line,
    /// Waits since then, as far as the line's patience goes.
    pub since: Millis,
    /// Came back late after a call, so counts as an ordinary guest (rule 11).
    pub late: bool,
}

impl Place {
    pub fn of(visit: &Visit) -> Self {
        Self {
            visit: visit.id,
            came: visit.came(),
            line: visit.line,
            since: visit.waits_since(),
            late: visit.late_since.is_some(),
        }
    }

    /// When its line's patience ends.
    pub(super) fn patience(&self, rules: &HouseRules) -> Millis {
        let minutes = rules.lines.of(self.line).max_wait_minutes;
        self.since.plus_minutes(i64::from(minutes))
    }

    /// How it counts among the lines at `now`.
    pub fn in_line(&self, rules: &HouseRules, now: Millis) -> InLine {
        if rules.priority_ratio == 0 {
            return InLine::Ordinary;
        }
        let patience = self.patience(rules);
        let weight = rules.lines.of(self.line).weight;
        if patience <= now {
            InLine::Overdue(patience)
        } else if weight > 0 && !self.late {
            InLine::Priority(weight)
        } else {
            InLine::Ordinary
        }
    }
}

/// [`State::queue`] with its places, in its order. Follows from the rest of the state, so it is
/// neither stored nor compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Vec<Place>);

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl State {
    /// The places of the queue.
    pub(super) fn places(&self) -> Cow<'_, [Place]> {
        // Empty beside a queue in a state just read from a snapshot.
        if self.places.0.len() == self.queue.len() {
            return Cow::Borrowed(&self.places.0);
        }
        let visits = self.queue.iter().filter_map(|id| self.visits.get(id));
        Cow::Owned(visits.map(Place::of).collect())
    }

    /// Puts a waiting visit into the queue.
    pub(super) fn stand_in_line(&mut self, visit: VisitId, position: usize) {
        let Some(place) = self.visits.get(&visit).map(Place::of) else {
            return;
        };
        if self.places.0.len() != self.queue.len() {
            self.places = Places(self.places().into_owned());
        }
        self.queue.insert(position, visit);
        self.places.0.insert(position, place);
    }

    /// Takes a visit out of the queue, if it stands there.
    pub(super) fn step_out_of_line(&mut self, visit: VisitId) {
        self.queue.retain(|q| *q != visit);
        self.places.0.retain(|p| p.visit != visit);
    }

    /// Nobody waits any more.
    pub(super) fn dissolve_line(&mut self) {
        self.queue.clear();
        self.places.0.clear();
    }

    /// Parties served before `visit` at `now`, as [`State::line_up_at`] has it; `None` when the
    /// visit is not waiting.
    pub fn ahead_at(&self, visit: VisitId, now: Millis) -> Option<u32> {
        let places = self.places();
        let at = places.iter().position(|p| p.visit == visit)?;
        let rank = |p: &Place| p.in_line(&self.rules, now);
        let own = rank(&places[at]);
        let (mut overdue, mut priority, mut ordinary) = (0, 0, 0);
        // Of its own kind, those before it: by rank, then as they stand in the queue.
        let mut before = 0;
        for (other_at, other) in places.iter().enumerate() {
            let first = other_at < at;
            match (rank(other), own) {
                (InLine::Overdue(since), InLine::Overdue(mine)) => {
                    before += usize::from((since, !first) < (mine, true));
                }
                (InLine::Priority(weight), InLine::Priority(mine)) => {
                    before += usize::from((Reverse(weight), !first) < (Reverse(mine), true));
                }
                (InLine::Ordinary, InLine::Ordinary) => before += usize::from(first),
                (InLine::Overdue(_), _) => overdue += 1,
                (InLine::Priority(_), _) => priority += 1,
                (InLine::Ordinary, _) => ordinary += 1,
            }
        }
        let ratio = self.rules.priority_ratio as usize;
        // Priority guests who go before the next ordinary one.
        let run = ratio.saturating_sub(self.priority_run as usize);
        let others = match own {
            InLine::Overdue(_) => 0,
            InLine::Ordinary => {
                let groups = ratio.saturating_mul(before).saturating_add(run);
                overdue + groups.min(priority)
            }
            InLine::Priority(_) if before < run => overdue,
            InLine::Priority(_) => overdue + (1 + (before - run) / ratio.max(1)).min(ordinary),
        };
        u32::try_from(others + before).ok()
    }

    /// The next moment after `now` at which the order of the lines changes by itself: somebody's
    /// patience ends.
    pub fn next_out_of_patience(&self, now: Millis) -> Option<Millis> {
        if self.rules.priority_ratio == 0 {
            return None;
        }
        let places = self.places();
        let ends = places.iter().map(|p| p.patience(&self.rules));
        ends.filter(|at| *at > now).min()
    }
}
