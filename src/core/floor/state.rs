//! The floor's state: everything a decision depends on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::core::house_rules::HouseRules;
use crate::core::id::AgentId;
use crate::core::id::VisitId;
use crate::core::rota::{Agents, Rota};
use crate::core::site::Site;
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::turn_book::BookLine;
use crate::core::visit::{Action, Visit, VisitState};

/// Today on one floor. Only [`State::evolve`] changes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The open day, `YYYY-MM-DD`; `None` before the very first.
    pub day: Option<String>,
    /// The time of the last event; decisions never happen before it.
    pub last: Millis,
    pub site: Site,
    pub rules: HouseRules,
    pub agents: Agents,
    pub rota: Rota,
    /// The day's visits, over ones included.
    pub visits: BTreeMap<VisitId, Visit>,
    /// The waiting visits in order of turn.
    pub queue: Vec<VisitId>,
    /// What is due when, derived from the visits.
    pub timers: BTreeSet<(Millis, VisitId)>,
    /// The last number given in each line today.
    pub counters: BTreeMap<Line, u32>,
    /// The next line of the turn book.
    pub next_book_seq: u64,
    /// Ranks debts of equal date.
    pub next_debt_order: u64,
    /// Lines written and not yet taken by whoever keeps the book.
    #[serde(skip)]
    pub book: Vec<BookLine>,
}

impl State {
    /// The next moment at which something happens by itself.
    pub fn next_due(&self) -> Option<Millis> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Parties ahead in the queue; `None` when the visit is not waiting.
    pub fn ahead(&self, visit: VisitId) -> Option<u32> {
        self.queue
            .iter()
            .position(|v| *v == visit)
            .and_then(|at| u32::try_from(at).ok())
    }

    /// Expected wait in seconds: agents on duty come free one after the other, each after the
    /// usual time of a service.
    pub fn wait_seconds(&self, visit: VisitId) -> u32 {
        let Some(ahead) = self.ahead(visit) else {
            return 0;
        };
        let on_duty = u32::try_from(self.rota.order.len().max(1)).unwrap_or(u32::MAX);
        let usual = self.rules.usual_service_minutes.saturating_mul(60);
        (ahead + 1).saturating_mul(usual) / on_duty
    }

    /// Who receives the next new visitor: the one in turn, or while nobody is ready the one the
    /// cursor points at.
    pub fn next_agent(&self) -> Option<AgentId> {
        self.next_in_turn(&Default::default(), self.last, self.last)
            .map(|turn| turn.agent)
            .or_else(|| self.rota.cursor.clone())
    }

    /// The steps possible with `visit` now.
    pub fn actions(&self, visit: &Visit) -> Vec<Action> {
        Action::ALL
            .into_iter()
            .filter(|action| action.possible_from(visit.state))
            .filter(|action| *action != Action::NoShow || visit.recalls >= self.rules.recalls)
            .collect()
    }

    /// Where the visit stands by the order of check-ins. A late return placed further behind
    /// does not move the others.
    pub(super) fn own_place(&self, visit: VisitId) -> usize {
        let arrival = |id: &VisitId| self.visits.get(id).map_or(u64::MAX, |v| v.arrival);
        let own = arrival(&visit);
        self.queue
            .iter()
            .position(|q| arrival(q) > own)
            .unwrap_or(self.queue.len())
    }

    /// Visits not over yet, in order of arrival.
    pub fn open_visits(&self) -> Vec<VisitId> {
        let mut open: Vec<&Visit> = self
            .visits
            .values()
            .filter(|v| !v.state.is_over())
            .collect();
        open.sort_by_key(|v| v.arrival);
        open.into_iter().map(|v| v.id).collect()
    }

    pub(super) fn state_of(&self, visit: VisitId) -> Option<VisitState> {
        self.visits.get(&visit).map(|v| v.state)
    }
}
