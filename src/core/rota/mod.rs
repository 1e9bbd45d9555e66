//! The rota (轮排): agents, their status, the order of turns and the accounts of turns.

mod account;
mod away;
mod order;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use account::{Account, Accounts, Debt, DebtAccount, TurnUse};
pub use away::Missed;
pub use order::{Rota, Rotas};

use super::id::{AgentId, VisitId};
use super::language::Text;
use super::time::Millis;

/// Rule 16: calls by phone have a rota of their own, with the same rules.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RotaKind {
    /// 来访轮排
    #[default]
    WalkIn,
    /// 来电轮排
    Phone,
}

impl RotaKind {
    pub const ALL: [Self; 2] = [Self::WalkIn, Self::Phone];
}

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
    /// Rule 7b: a turn missed meanwhile is owed, if the reason was set in time; otherwise it is lost.
    pub const fn earns_a_debt(self) -> bool {
        matches!(self, Self::Errand | Self::Lunch | Self::Toilet)
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
    /// Visits finished today.
    pub served: u32,
    pub accounts: Accounts,
    /// Rule 12: no turn and no debt until then.
    pub suspended_until: Option<Millis>,
    /// Rule 12: follow-ups overdue, as the centre last said.
    pub overdue: u32,
    /// Still in the site's staff list and signed off by the coach; one who is not can only be
    /// signed off from the rota.
    pub employed: bool,
    /// The agent's pad; `None`: none was used today, the desk accepts for them.
    #[serde(default)]
    pub pad: Option<Pad>,
}

/// Whether an agent's pad is on the line (rule 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pad {
    pub connected: bool,
    /// When that began.
    pub since: Millis,
}

/// All agents by id.
pub type Agents = BTreeMap<AgentId, Agent>;

impl Agent {
    /// A member of staff the floor has not heard of before.
    pub fn new(id: AgentId, at: Millis) -> Self {
        Self {
            id,
            name: String::new(),
            title: Text::default(),
            place: String::new(),
            status: Status::Off,
            since: at,
            vouched_at: at,
            announced: None,
            served: 0,
            accounts: Accounts::default(),
            suspended_until: None,
            overdue: 0,
            employed: true,
            pad: None,
        }
    }

    /// Uses a pad today, and it was on the line at no time since `since`: an offer made then cannot
    /// have been seen (rule 9).
    pub fn pad_missed(&self, since: Millis) -> bool {
        self.pad
            .is_some_and(|pad| !pad.connected && pad.since <= since)
    }

    /// Free to receive a visit now.
    pub fn is_ready(&self) -> bool {
        self.employed && self.status == Status::Ready && self.suspended_until.is_none()
    }

    /// As on the wire: `suspended` covers an agent who would otherwise be ready or away.
    pub fn status_code(&self) -> &'static str {
        match self.status {
            Status::Ready | Status::Away { .. } if self.suspended_until.is_some() => "suspended",
            status => status.code(),
        }
    }
}
