//! The floor's state: everything a decision depends on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::house_rules::HouseRules;
use crate::core::id::VisitId;
use crate::core::rota::{Agents, Rota};
use crate::core::site::Site;
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::turn_book::BookLine;
use crate::core::visit::Visit;

/// Today on one floor. Only [`super::evolve`](State::evolve) changes it.
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
