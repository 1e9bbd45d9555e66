//! The turn book (轮排簿): the append-only ledger of whose turn it was and why.
//! Reasons are codes with parameters here; words are made when a line is shown.

pub mod words;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::{AgentId, VisitId};
use super::rota::AwayReason;
use super::ticket::{Line, TicketNumber};
use super::time::Millis;

/// The rule of the house by which a visit came to an agent, or stayed without one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Rule 5: the guest asked for this agent.
    AskedFor,
    /// Rule 5 with 4: the agent asked for could not serve; a colleague does, as a courtesy.
    Courtesy,
    /// Rule 7a: an owed turn was paid.
    OwedTurn,
    /// Rule 7b: next from the cursor on.
    InTurn,
    /// Rule 7c: nobody could take the visit yet.
    Queue,
    /// Rule 9: the offer ran out.
    AcceptTimer,
    /// Rule 10: the guest wishes for another agent.
    Refusal,
    /// Rule 11: call, recall, no-show, late return.
    NoShow,
    /// Rule 13: taking and giving up a place in the rota.
    Attendance,
    /// Rule 14: the day's opening closes what was open.
    NewDay,
    /// Rule 15: a person decided otherwise, with a reason.
    Override,
    /// The ordinary course of a visit.
    Flow,
}

/// Why somebody was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PassReason {
    Prepaid,
    Serving,
    Offered,
    Errand,
    Lunch,
    Toilet,
    Leave,
    Private,
    Late,
    Unreachable,
    Refused,
}

/// What a pass meant for the one passed over: exactly one consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// A turn received ahead is settled.
    PrepaidUsed,
    /// A debt was granted.
    OwedTurn,
    /// The turn is lost.
    Skip,
    /// A debt was due, but the agent already holds as many as the house allows.
    WithheldCap,
    /// A debt was due, but the service has gone on for long without the desk's word.
    WithheldLong,
    /// A debt was due, but the reason was set too shortly before the guest came.
    WithheldLate,
}

/// One agent passed over in one decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pass {
    pub agent: AgentId,
    pub why: PassReason,
    pub consequence: Consequence,
}

/// What a line of the book says, with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    DayOpened {
        day: String,
    },
    RulesChanged,
    CheckedIn {
        line: Line,
    },
    WaitsForAsked {
        agent: AgentId,
        minutes: u32,
    },
    OfferedInTurn,
    /// `since`: the date of the debt that is paid.
    OfferedOwedTurn {
        since: Millis,
    },
    /// The debt had been returned from this same visit.
    OfferedReturnedTurn {
        since: Millis,
    },
    OfferedAskedFor {
        prepaid: bool,
    },
    OfferedCourtesy {
        asked_for: AgentId,
        busy: bool,
    },
    OfferedOverride {
        why: String,
    },
    Lapsed {
        seconds: u32,
    },
    Refused {
        why: Option<String>,
    },
    Called {
        place: String,
    },
    Recalled {
        times: u32,
    },
    Started,
    Finished,
    NotShown,
    Parked,
    Resumed {
        position: u32,
    },
    DroppedFromParking {
        minutes: u32,
    },
    Left,
    Cancelled {
        why: String,
    },
    Transferred {
        line: Line,
    },
    Reassigned {
        why: String,
    },
    ClosedByNewDay,
    DebtGranted {
        date: Millis,
    },
    DebtPaid {
        date: Millis,
    },
    DebtCancelled {
        date: Millis,
    },
    DebtExpired {
        date: Millis,
    },
    TurnReturned {
        date: Millis,
    },
    PrepaidCancelled,
    SignedIn {
        position: u32,
    },
    Ready,
    Away {
        reason: AwayReason,
    },
    AwayAnnounced {
        reason: AwayReason,
    },
    AwayWithdrawn,
    StillServing,
    Off,
}

/// One line of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookLine {
    /// Counts on for ever, without gaps.
    pub seq: u64,
    pub at: Millis,
    pub visit: Option<VisitId>,
    pub ticket: Option<TicketNumber>,
    pub agent: Option<AgentId>,
    pub rule: Rule,
    pub reason: Reason,
    pub passed_over: Vec<Pass>,
}
