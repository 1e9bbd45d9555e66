//! What can be asked of the floor, and how it says no.

use serde::{Deserialize, Serialize};

use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::AwayReason;
use crate::core::site::Site;
use crate::core::ticket::Line;
use crate::core::visit::{Action, CheckIn, VisitState};

/// A request to change the floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Opens the day `YYYY-MM-DD` of the site's time zone and closes what was open (rule 14).
    OpenDay {
        day: String,
    },
    /// The floor was down for this long, milliseconds: no timer counts it (rule 9).
    Resume {
        down_ms: i64,
    },
    SetSite {
        site: Box<Site>,
    },
    SetRules {
        rules: Box<HouseRules>,
    },
    CheckIn(Box<CheckIn>),
    Visit {
        visit: VisitId,
        step: Step,
    },
    Agent {
        agent: AgentId,
        to: Attendance,
    },
    /// Nothing but what is due: lapses, parked visits, waits for an asked-for agent.
    Tick,
}

/// An [`Action`] with what it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Accept { place: Option<String> },
    Call { place: Option<String> },
    Recall,
    Start,
    Finish,
    NoShow,
    Refuse { why: Option<String> },
    Park,
    Resume,
    Transfer { line: Line },
    Reassign { agent: AgentId, why: String },
    Leave,
    Cancel { why: String },
}

impl Step {
    pub const fn action(&self) -> Action {
        match self {
            Self::Accept { .. } => Action::Accept,
            Self::Call { .. } => Action::Call,
            Self::Recall => Action::Recall,
            Self::Start => Action::Start,
            Self::Finish => Action::Finish,
            Self::NoShow => Action::NoShow,
            Self::Refuse { .. } => Action::Refuse,
            Self::Park => Action::Park,
            Self::Resume => Action::Resume,
            Self::Transfer { .. } => Action::Transfer,
            Self::Reassign { .. } => Action::Reassign,
            Self::Leave => Action::Leave,
            Self::Cancel { .. } => Action::Cancel,
        }
    }
}

/// What an agent can say of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attendance {
    Ready,
    Away(AwayReason),
    /// The desk's word that a long service goes on (rule 7).
    StillServing,
    Off,
}

/// Why a command was refused. The state is then exactly what it was before, save for what was due.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such visit today")]
    UnknownVisit,
    #[error("there is no such agent")]
    UnknownAgent,
    #[error("{action:?} is not possible while the visit is {state:?}")]
    Impossible { action: Action, state: VisitState },
    #[error("{left} more recalls first")]
    RecallsLeft { left: u32 },
    #[error("this needs a reason")]
    ReasonNeeded,
    #[error("the agent has a visit")]
    AgentHasVisit,
    #[error("the agent is not on duty and ready")]
    AgentNotReady,
    #[error("the agent is not serving anybody")]
    AgentNotServing,
    #[error("the agent is off; sign in first")]
    AgentOff,
    #[error("the day {day} is not after the open one")]
    DayNotLater { day: String },
    #[error("no day is open yet")]
    NoDayOpen,
    #[error("this purpose of a visit is not on the site's list")]
    UnknownPurpose,
    #[error("this visit is known already")]
    VisitExists,
}

impl Refusal {
    /// Stable name on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownVisit => "unknown_visit",
            Self::UnknownAgent => "unknown_agent",
            Self::Impossible { .. } => "impossible_step",
            Self::RecallsLeft { .. } => "recalls_left",
            Self::ReasonNeeded => "reason_needed",
            Self::AgentHasVisit => "agent_has_visit",
            Self::AgentNotReady => "agent_not_ready",
            Self::AgentNotServing => "agent_not_serving",
            Self::AgentOff => "agent_off",
            Self::DayNotLater { .. } => "day_not_later",
            Self::NoDayOpen => "no_day_open",
            Self::UnknownPurpose => "unknown_purpose",
            Self::VisitExists => "visit_exists",
        }
    }
}
