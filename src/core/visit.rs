//! One party's visit and the table of what may be done with it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consent::Consent;
use super::id::{AgentId, DeviceId, VisitId};
use super::language::Language;
use super::rota::TurnUse;
use super::ticket::{Line, TicketNumber};
use super::time::Millis;
use super::turn_book::Rule;

/// Where a visit stands (来访状态).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    Waiting,
    Offered,
    Called,
    Serving,
    Finished,
    Parked,
    NoShow,
    Left,
    Cancelled,
}

impl VisitState {
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Offered,
        Self::Called,
        Self::Serving,
        Self::Finished,
        Self::Parked,
        Self::NoShow,
        Self::Left,
        Self::Cancelled,
    ];

    /// An agent is bound to the visit.
    pub const fn has_agent(self) -> bool {
        matches!(self, Self::Offered | Self::Called | Self::Serving)
    }
    /// Nothing happens to the visit any more.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Finished | Self::NoShow | Self::Left | Self::Cancelled
        )
    }
    /// As on the wire, e.g. `no_show`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Called => "called",
            Self::Serving => "serving",
            Self::Finished => "finished",
            Self::Parked => "parked",
            Self::NoShow => "no_show",
            Self::Left => "left",
            Self::Cancelled => "cancelled",
        }
    }
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// What staff (or, for some, the guest) can do with a visit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Accept,
    Call,
    Recall,
    Start,
    Finish,
    NoShow,
    Refuse,
    Park,
    Resume,
    Transfer,
    Reassign,
    Leave,
    Cancel,
}

impl Action {
    pub const ALL: [Self; 13] = [
        Self::Accept,
        Self::Call,
        Self::Recall,
        Self::Start,
        Self::Finish,
        Self::NoShow,
        Self::Refuse,
        Self::Park,
        Self::Resume,
        Self::Transfer,
        Self::Reassign,
        Self::Leave,
        Self::Cancel,
    ];

    /// The states from which the action is possible. `no_show` also wants all recalls made.
    pub const fn from(self) -> &'static [VisitState] {
        use VisitState::*;
        match self {
            Self::Accept => &[Offered],
            Self::Call => &[Offered, Called],
            Self::Recall | Self::Start | Self::NoShow => &[Called],
            Self::Finish => &[Serving],
            Self::Refuse => &[Offered, Called, Serving],
            Self::Park => &[Waiting, Offered, Called],
            Self::Resume => &[Parked],
            Self::Transfer | Self::Reassign => &[Waiting, Offered, Called, Serving],
            Self::Leave => &[Waiting, Offered, Called, Parked],
            Self::Cancel => &[Waiting, Offered, Called, Serving, Parked, NoShow, Left],
        }
    }

    pub fn possible_from(self, state: VisitState) -> bool {
        self.from().contains(&state)
    }
}

/// The notice a guest was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeShown {
    pub version: String,
    pub hash: String,
}

/// The agent bound to a visit, from the offer on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub agent: AgentId,
    pub rule: Rule,
    pub turn: TurnUse,
    pub offered_at: Millis,
    /// When the offer lapses; no meaning once accepted.
    pub accept_by: Millis,
    /// Where the guest is asked to come; set by the call.
    pub place: String,
}

/// A visit that waits for one very agent (rules 4 and 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitsFor {
    pub agent: AgentId,
    /// From then on a colleague serves, as a courtesy.
    pub until: Millis,
}

/// The latest announcement on the display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCall {
    pub agent: AgentId,
    pub place: String,
    pub at: Millis,
}

/// One visit. Holds nothing that tells who the guest is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub id: VisitId,
    pub ticket: TicketNumber,
    /// How many parties had checked in before it today.
    pub arrival: u64,
    /// The line it stands in now; the ticket's letter keeps the first.
    pub line: Line,
    pub state: VisitState,
    pub checked_in_at: Millis,
    /// When the present state began.
    pub since: Millis,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub drink: Option<String>,
    pub asked_for: Option<AgentId>,
    pub has_profile: bool,
    pub device: DeviceId,
    pub consent_receipt: String,
    pub assignment: Option<Assignment>,
    pub waits_for: Option<WaitsFor>,
    /// Agents this guest has refused (rule 10).
    pub refused: BTreeSet<AgentId>,
    pub recalls: u32,
    /// Announcements since the offer: calls and recalls.
    pub calls: u32,
    pub last_call: Option<LastCall>,
    /// When a parked visit is dropped (rule 11).
    pub parked_until: Option<Millis>,
    /// Parked because the guest did not come, so a late return queues behind (rule 11).
    pub missed_call: bool,
}

impl Visit {
    /// When something happens to the visit by itself: an offer lapses, a wait for an agent ends, a
    /// parked visit is dropped. At most one of them is running at any time.
    pub fn due(&self) -> Option<Millis> {
        match self.state {
            VisitState::Offered => self.assignment.as_ref().map(|a| a.accept_by),
            VisitState::Waiting => self.waits_for.as_ref().map(|w| w.until),
            VisitState::Parked => self.parked_until,
            _ => None,
        }
    }
}

/// What a check-in says; the body of the wire without its personal fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    pub visit: VisitId,
    pub device: DeviceId,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub notice: NoticeShown,
    pub consents: Vec<Consent>,
    pub consent_receipt: String,
    pub asked_for: Option<AgentId>,
    pub drink: Option<String>,
    /// The kiosk's key for this check-in; the sealed profile repeats it, so that it cannot be moved.
    pub idempotency_key: String,
    /// Lower-case hex SHA-256 of the sealed profile, which travels beside the events.
    pub profile_hash: Option<String>,
    /// Lower-case hex SHA-256 of the ticket page's token.
    pub token_hash: String,
}
