//! Parameters of reasons that name a cause: why a turn came back, what a lapse or a refusal did to
//! it, how a party is tied to an agent, which slip was taken back.

use serde::{Deserialize, Serialize};

use super::Rule;
use crate::core::visit::{Visit, VisitState, WantedBy};

/// How a party is tied to the agent it belongs with (rules 3 to 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    Appointment,
    Channel,
    #[default]
    Owner,
    Name,
}

impl Tie {
    pub const fn of(by: &WantedBy) -> Self {
        match by {
            WantedBy::Appointment { .. } => Self::Appointment,
            WantedBy::Channel { .. } => Self::Channel,
            WantedBy::Owner { .. } => Self::Owner,
            WantedBy::Name => Self::Name,
        }
    }

    /// The rule by which the party belongs there.
    pub const fn rule(self) -> Rule {
        match self {
            Self::Appointment => Rule::Appointment,
            Self::Channel => Rule::Channel,
            Self::Owner => Rule::Owner,
            Self::Name => Rule::AskedFor,
        }
    }
}

/// What became of the turn when the offer lapsed (rule 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterLapse {
    #[default]
    Used,
    /// The guest would have used none.
    Free,
    /// The pad was off the line: the turn is returned.
    PadOff,
}

/// What became of the turn of an agent whom the guest refused (rule 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterRefusal {
    Used,
    Returned,
    /// The guest would have used none.
    Free,
}

/// Why a turn used comes back before the service began (rules 9 to 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnCause {
    NoShow,
    Parked,
    Left,
    Cancelled,
    NotABuyer,
    Transferred,
    Reassigned,
    Joined,
    /// The party turned out to belong with somebody else.
    BelongsElsewhere,
    Refused,
    /// The offer was withdrawn for a slip taken back.
    Withdrawn,
    PadOff,
    NewDay,
}

/// A step taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    Start,
    Finish,
    Park,
    NoShow,
    Leave,
    Cancel,
    NotABuyer,
}

impl Slip {
    /// The step that brought `visit` where it is.
    pub const fn of(visit: &Visit) -> Option<Self> {
        Some(match visit.state {
            _ if visit.not_a_buyer.is_some() => Self::NotABuyer,
            VisitState::Serving => Self::Start,
            VisitState::Finished => Self::Finish,
            VisitState::Parked if visit.missed_call => Self::NoShow,
            VisitState::Parked => Self::Park,
            VisitState::Left => Self::Leave,
            VisitState::Cancelled => Self::Cancel,
            _ => return None,
        })
    }
}
