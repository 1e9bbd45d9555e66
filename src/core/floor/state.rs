//! The floor's state: everything a decision depends on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::day::Closed;
use super::devices::EnrolledDevice;
use super::places::Places;
use super::rest::PutAway;
use super::wait::Waits;
use crate::core::booking::{Appointment, Registration};
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::rota::{Agents, RotaKind, Rotas};
use crate::core::site::Site;
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::turn_book::BookLine;
use crate::core::visit::{Action, Visit, VisitState};

/// What happens by itself at a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// An offer lapses, a parked visit is dropped, a wait for an agent ends.
    Visit(VisitId),
    /// A suspension ends.
    Agent(AgentId),
}

/// Today on one floor. Only [`State::evolve`] changes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The open day, `YYYY-MM-DD`; `None` before the very first.
    pub day: Option<String>,
    /// Closed for today by the desk.
    #[serde(default)]
    pub closed: Option<Closed>,
    /// Things to do that were seen today, by their keys.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub acknowledged: BTreeSet<String>,
    /// The time of the last event; decisions never happen before it.
    pub last: Millis,
    pub site: Site,
    pub rules: HouseRules,
    pub agents: Agents,
    pub rotas: Rotas,
    /// The manager's list, in force under `managers_list`; empty: the staff list.
    pub managers_list: Vec<AgentId>,
    /// Appointments by id, the centre's and the desk's.
    pub appointments: BTreeMap<String, Appointment>,
    /// Brokers' registrations by id.
    pub registrations: BTreeMap<String, Registration>,
    /// The day's visits, over ones included but those put away ([`super::rest`]).
    pub visits: BTreeMap<VisitId, Visit>,
    #[serde(default)]
    pub put_away: PutAway,
    /// Parties that came today.
    #[serde(default)]
    pub(super) arrivals: u64,
    /// How far timers were shifted today in all, milliseconds.
    #[serde(default)]
    pub(super) shifted_ms: i64,
    /// The waiting visits, each at its own place. Who is next follows from the lines:
    /// [`State::line_up`].
    pub queue: Vec<VisitId>,
    #[serde(skip)]
    pub(super) places: Places,
    /// Priority guests served in a row while an ordinary one waited.
    pub priority_run: u32,
    /// What is due when, derived from visits and agents.
    pub timers: BTreeSet<(Millis, Due)>,
    /// The last number given in each line today.
    pub counters: BTreeMap<Line, u32>,
    /// Screens enrolled by code on this floor.
    #[serde(default)]
    pub devices: BTreeMap<DeviceId, EnrolledDevice>,
    /// What was foretold to whoever waits, and what the floor has learned about waits.
    #[serde(default)]
    pub waits: Waits,
    /// The next line of the turn book.
    pub next_book_seq: u64,
    /// Ranks debts of equal date.
    pub next_debt_order: u64,
    /// Lines written and not yet taken by whoever keeps the book.
    #[serde(skip)]
    pub book: Vec<BookLine>,
    /// Who decided the event at hand, for the lines it leaves.
    #[serde(skip)]
    pub(super) by: Option<String>,
}

impl State {
    /// The next moment at which something happens by itself.
    pub fn next_due(&self) -> Option<Millis> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Who receives the next new visitor: the one in turn, or while nobody is ready the one the
    /// cursor points at.
    pub fn next_agent(&self) -> Option<AgentId> {
        self.next_in_turn(RotaKind::WalkIn, &Default::default(), self.last, self.last)
            .map(|turn| turn.agent)
            .or_else(|| self.rotas.walk_in.cursor.clone())
    }

    /// After a restore: the next full thousand, at least five hundred numbers behind every one
    /// known, so that what was given and is forgotten is not given again.
    pub(super) fn beyond_known_numbers(&self, seen: u32) -> u32 {
        let known = self.counters.values().copied().max().unwrap_or(0).max(seen);
        known
            .saturating_add(500)
            .div_ceil(1000)
            .saturating_mul(1000)
    }

    /// The steps possible with `visit` now.
    pub fn actions(&self, visit: &Visit) -> Vec<Action> {
        let undoable = visit.undo.as_ref().is_some_and(|u| self.last < u.until);
        Action::ALL
            .into_iter()
            .filter(|action| action.possible_from(visit.state))
            .filter(|action| match action {
                Action::NoShow => visit.recalls >= self.rules.recalls,
                Action::Undo => undoable,
                _ => true,
            })
            .collect()
    }

    /// Where the visit stands by the order in which parties came. A late return placed further behind
    /// does not move the others.
    pub(super) fn own_place(&self, visit: VisitId) -> usize {
        let own = self.visits.get(&visit).map(Visit::came);
        let places = self.places();
        let behind = places.iter().position(|p| Some(p.came) > own);
        behind.unwrap_or(self.queue.len())
    }

    /// Visits not over yet, in order of arrival.
    pub fn open_visits(&self) -> Vec<VisitId> {
        let mut open: Vec<&Visit> = self
            .visits
            .values()
            .filter(|v| !v.state.is_over())
            .collect();
        open.sort_by_key(|v| v.came());
        open.into_iter().map(|v| v.id).collect()
    }

    pub(super) fn state_of(&self, visit: VisitId) -> Option<VisitState> {
        self.visits.get(&visit).map(|v| v.state)
    }

    /// The manager's list, or the staff list while there is none.
    pub fn list_order(&self) -> Vec<AgentId> {
        if self.managers_list.is_empty() {
            self.site.agents().map(|s| s.id.clone()).collect()
        } else {
            self.managers_list.clone()
        }
    }
}
