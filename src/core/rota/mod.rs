//! The rota (轮排): agents, their status, the order of turns and the account of owed turns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::{AgentId, VisitId};
use super::language::Text;
use super::time::Millis;

/// Why an agent is away (离岗原因).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AwayReason {
    Errand,
    Lunch,
    Toilet,
    Leave,
    Private,
    Late,
    /// Set by the floor when an offer lapses (rule 9).
    Unreachable,
}

impl AwayReason {
    pub const ALL: [Self; 7] = [
        Self::Errand,
        Self::Lunch,
        Self::Toilet,
        Self::Leave,
        Self::Private,
        Self::Late,
        Self::Unreachable,
    ];
    pub const fn code(self) -> &'static str {
        match self {
            Self::Errand => "errand",
            Self::Lunch => "lunch",
            Self::Toilet => "toilet",
            Self::Leave => "leave",
            Self::Private => "private",
            Self::Late => "late",
            Self::Unreachable => "unreachable",
        }
    }
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// What an agent is doing. `Away` keeps the place in the rota; only `Off` gives it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Status {
    Off,
    Ready,
    /// Offered or called: bound to a visit that has not begun.
    Offered {
        visit: VisitId,
    },
    Serving {
        visit: VisitId,
    },
    Away {
        reason: AwayReason,
        /// When the agent said so, which may be before the away began.
        set_at: Millis,
    },
}

impl Status {
    pub const fn visit(self) -> Option<VisitId> {
        match self {
            Self::Offered { visit } | Self::Serving { visit } => Some(visit),
            _ => None,
        }
    }
    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ready => "ready",
            Self::Offered { .. } => "offered",
            Self::Serving { .. } => "serving",
            Self::Away { .. } => "away",
        }
    }
}

/// How an offer was paid for, so that it can be given back exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum TurnUse {
    /// The ordinary turn at the cursor.
    Turn,
    /// An owed turn with this date.
    Debt { date: Millis },
    /// Asked for by name, booked against the next pass.
    Prepaid,
    /// Asked for by name where the house lets that use no turn.
    Free,
    /// A colleague's guest: the turn used came back at once as the debt with this date
    /// (`None`: the house grants nothing, or nothing was granted).
    Courtesy { granted: Option<Millis> },
}

/// An owed turn (补接): a turn missed for a good reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debt {
    /// Oldest first; kept when a turn is returned.
    pub date: Millis,
    /// Ranks debts of equal date in order of passing.
    pub order: u64,
    /// The visit whose turn was returned (rule 11).
    pub returned_from: Option<VisitId>,
}

/// The account of one agent's owed turns. Always: `granted − used − expired − cancelled = open`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebtAccount {
    pub granted: u64,
    pub used: u64,
    pub expired: u64,
    pub cancelled: u64,
    /// Sorted by date, then order.
    pub open: Vec<Debt>,
}

/// An away that begins when the present guest is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    pub reason: AwayReason,
    pub set_at: Millis,
}

/// One agent on this floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    pub name: String,
    pub title: Text,
    pub place: String,
    pub status: Status,
    pub since: Millis,
    /// When the desk last said that a long service goes on (rule 7); the service's beginning counts.
    pub vouched_at: Millis,
    /// An away announced while serving; begins when that guest is done.
    pub announced: Option<Announced>,
    /// Turns received today (new or named), less those lapsed or returned.
    pub received: u32,
    /// Visits finished today.
    pub served: u32,
    pub prepaid: u32,
    pub debts: DebtAccount,
    /// Still in the site's staff list; one who is not can only be signed off.
    pub employed: bool,
}

/// Whose turn it is: agents in order, and the cursor that points at the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rota {
    pub order: Vec<AgentId>,
    /// `None` only while `order` is empty.
    pub cursor: Option<AgentId>,
}

/// All agents by id.
pub type Agents = BTreeMap<AgentId, Agent>;

impl DebtAccount {
    /// Adds a debt at its rank.
    pub fn grant(&mut self, debt: Debt) {
        self.granted += 1;
        let rank = self
            .open
            .partition_point(|d| (d.date, d.order) <= (debt.date, debt.order));
        self.open.insert(rank, debt);
    }

    /// Takes `debt` out of the open ones; whoever takes it books it as used, expired or cancelled.
    /// `false`: there is no such debt.
    pub fn take(&mut self, debt: &Debt) -> bool {
        let found = self.open.iter().position(|d| d.order == debt.order);
        found.map(|at| self.open.remove(at)).is_some()
    }

    pub fn oldest(&self) -> Option<&Debt> {
        self.open.first()
    }

    /// The account's identity, which holds for ever.
    pub fn balances(&self) -> bool {
        self.granted == self.used + self.expired + self.cancelled + self.open.len() as u64
    }
}

impl Agent {
    /// Free to receive a visit now.
    pub fn is_ready(&self) -> bool {
        self.employed && self.status == Status::Ready
    }
}

impl Rota {
    /// The place the cursor reaches last (rule 13), as an index into `order`.
    pub fn last_place(&self) -> usize {
        match self.cursor_index() {
            None | Some(0) => self.order.len(),
            Some(cursor) => cursor,
        }
    }

    pub fn join(&mut self, agent: &AgentId, position: usize) {
        self.order
            .insert(position.min(self.order.len()), agent.clone());
        if self.cursor.is_none() {
            self.cursor = Some(agent.clone());
        }
    }

    /// Gives the place up; a cursor that pointed there points at the one after.
    pub fn leave(&mut self, agent: &AgentId) {
        let Some(at) = self.order.iter().position(|a| a == agent) else {
            return;
        };
        if self.cursor.as_ref() == Some(agent) {
            self.cursor = Some(self.order[(at + 1) % self.order.len()].clone());
        }
        self.order.remove(at);
        if self.order.is_empty() {
            self.cursor = None;
        }
    }

    pub fn cursor_index(&self) -> Option<usize> {
        let cursor = self.cursor.as_ref()?;
        self.order.iter().position(|a| a == cursor)
    }

    /// Place in the order of turns counted from the cursor, from 1.
    pub fn turn_of(&self, agent: &AgentId) -> Option<u32> {
        let cursor = self.cursor_index()?;
        let at = self.order.iter().position(|a| a == agent)?;
        let ahead = (at + self.order.len() - cursor) % self.order.len();
        u32::try_from(ahead + 1).ok()
    }
}
