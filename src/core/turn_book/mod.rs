//! The turn book (轮排簿): the append-only ledger of whose turn it was and why.
//! Reasons are codes with parameters here; words are made when a line is shown.

mod cause;
pub mod sheet;
mod switches;
pub mod why;
pub mod words;

pub use cause::{AfterLapse, AfterRefusal, ReturnCause, Slip, Tie};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::Verdict;
use super::house_rules::CourtesyCredit;
use super::id::{AgentId, VisitId};
use super::rota::{AwayReason, RotaKind};
use super::ticket::{Line, TicketNumber};
use super::time::Millis;
use super::visit::{NotABuyer, OwnerSource, VisitState};

/// The rule of the house by which a visit came to an agent, or stayed without one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Rule 2: said by the desk; no turn is used.
    NotABuyer,
    /// Rule 3: the party has an appointment.
    Appointment,
    /// Rule 3b: a broker's client.
    Channel,
    /// Rule 4: a returner comes to the owner.
    Owner,
    /// Rule 6: came before, does not know with whom.
    Forgotten,
    /// Rule 5: the guest asked for this agent.
    AskedFor,
    /// Rules 3 to 5: the agent the party belongs with could not serve; a colleague does, as a
    /// courtesy.
    Courtesy,
    /// Rule 7a: an owed turn was paid.
    OwedTurn,
    /// Rule 7b: next from the cursor on.
    InTurn,
    /// Rule 7c: nobody could take the visit yet.
    Queue,
    /// Rule 8: parties joined or parted.
    Party,
    /// Rule 9: the offer ran out.
    AcceptTimer,
    /// Rule 10: the guest wishes for another agent.
    Refusal,
    /// Rule 11: call, recall, no-show, late return.
    NoShow,
    /// Rule 12: turns lost and suspensions.
    Penalty,
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
    Suspended,
    Serving,
    Offered,
    Errand,
    Lunch,
    Toilet,
    Leave,
    Private,
    Late,
    Unreachable,
    /// Too many follow-ups are overdue (rule 12).
    Overdue,
    Refused,
    Penalty,
}

impl PassReason {
    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Prepaid => "prepaid",
            Self::Suspended => "suspended",
            Self::Serving => "serving",
            Self::Offered => "offered",
            Self::Errand => "errand",
            Self::Lunch => "lunch",
            Self::Toilet => "toilet",
            Self::Leave => "leave",
            Self::Private => "private",
            Self::Late => "late",
            Self::Unreachable => "unreachable",
            Self::Overdue => "overdue",
            Self::Refused => "refused",
            Self::Penalty => "penalty",
        }
    }
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
    /// One of the turns to be lost is lost.
    PenaltyTaken,
    /// One of the turns to be lost is taken from the oldest owed one.
    PenaltyFromDebt,
    /// A debt was due, but the agent already holds as many as the house allows.
    WithheldCap,
    /// A debt was due, but the service has gone on for long without the desk's word.
    WithheldLong,
    /// A debt was due, but the reason was set too shortly before the guest came.
    WithheldLate,
}

impl Consequence {
    /// The turn is lost, for whatever reason.
    pub const fn loses_the_turn(self) -> bool {
        match self {
            Self::Skip
            | Self::PenaltyTaken
            | Self::PenaltyFromDebt
            | Self::WithheldCap
            | Self::WithheldLong
            | Self::WithheldLate => true,
            Self::PrepaidUsed | Self::OwedTurn => false,
        }
    }
    /// A debt would have been due.
    pub const fn is_withheld(self) -> bool {
        matches!(
            self,
            Self::WithheldCap | Self::WithheldLong | Self::WithheldLate
        )
    }
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
    /// The desk closed for today, or opened again.
    DayClosed,
    DayReopened,
    /// After a restore: numbers go on behind this count.
    NumbersSkipped {
        through: u32,
    },
    /// `changed`: the switches with their old and new value, `key: old → new`. `author`: who in the
    /// office changed them; `None`: the floor's own file.
    RulesChanged {
        changed: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<String>,
    },
    CheckedIn {
        line: Line,
    },
    WaitsForAsked {
        agent: AgentId,
        minutes: u32,
        #[serde(default)]
        tie: Tie,
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
    /// `prepaid`: booked against the next pass; `counts`: booked as an ordinary turn.
    OfferedAskedFor {
        prepaid: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counts: bool,
    },
    OfferedAppointment {
        time: Millis,
    },
    OfferedChannel {
        broker: String,
    },
    OfferedOwner {
        source: OwnerSource,
        prepaid: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counts: bool,
    },
    /// A slip was taken back: the agent has the visit again.
    OfferedAgain,
    OfferedCourtesy {
        asked_for: AgentId,
        busy: bool,
        credit: CourtesyCredit,
        #[serde(default)]
        tie: Tie,
    },
    OfferedOverride {
        why: String,
    },
    Lapsed {
        seconds: u32,
        #[serde(default)]
        turn: AfterLapse,
    },
    Refused {
        why: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<AfterRefusal>,
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
    /// `position`: the place in the line, from 1, as the line stands then.
    Resumed {
        position: u32,
    },
    DroppedFromParking {
        minutes: u32,
    },
    /// `agent`: for whom the party waited.
    WaitEnded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
    },
    /// Rule 2.
    NotABuyer {
        kind: NotABuyer,
    },
    /// Rule 3b: time, expiry and verdict.
    ChannelJudged {
        broker: String,
        registered: Millis,
        expires: Millis,
        verdict: Verdict,
    },
    /// Rule 3: an appointment was named that is not there.
    NoSuchAppointment,
    /// Rules 3 to 4: whose guest this is has become known or was corrected. `learned`: the centre
    /// said so later, and nobody is moved by it.
    BelongsTo {
        source: OwnerSource,
        #[serde(default)]
        tie: Tie,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        learned: bool,
    },
    /// Rule 4: this is nobody's guest after all.
    BelongsToNobody,
    /// Rule 6.
    ForgotWithWhom {
        days: u32,
    },
    /// The guest holds a number of the kiosk's own, as the floor's answer never reached the kiosk.
    Renumbered {
        /// The number the floor gave, good for the same visit.
        also: TicketNumber,
    },
    /// Rule 8. `also`: owns a part of the party from now on.
    Joined {
        into: TicketNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        also: Option<AgentId>,
    },
    Parted {
        from: TicketNumber,
    },
    /// The offer was withdrawn for a slip taken back.
    Withdrawn,
    Undone {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Slip>,
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
    /// `ending`: what the party counts as.
    ClosedByNewDay {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ending: Option<VisitState>,
    },
    DebtGranted {
        date: Millis,
    },
    DebtWithheld {
        why: Consequence,
    },
    DebtTakenAsPenalty {
        date: Millis,
    },
    DebtPaid {
        date: Millis,
    },
    /// `lost`: for a courtesy that came to nothing.
    DebtCancelled {
        date: Millis,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lost: bool,
    },
    DebtExpired {
        date: Millis,
    },
    TurnReturned {
        date: Millis,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ReturnCause>,
    },
    PrepaidCancelled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ReturnCause>,
    },
    /// A slip was taken back: the pass is booked ahead again.
    PrepaidAgain,
    Penalised {
        turns: u32,
        why: String,
    },
    PenaltyLifted {
        turns: u32,
        why: String,
    },
    Suspended {
        until: Millis,
        why: String,
    },
    /// `why`: lifted by the manager before its time.
    SuspensionEnded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Rule 15: the manager sets the cursor, the list, or an account.
    CursorMoved {
        why: String,
    },
    OrderSet {
        why: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        order: Vec<AgentId>,
    },
    GrantedByManager {
        why: String,
    },
    TakenByManager {
        why: String,
    },
    /// `position`: the place in the order of turns, from 1.
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
    /// The rota the line is about (rule 16).
    #[serde(default)]
    pub rota: RotaKind,
    pub rule: Rule,
    pub reason: Reason,
    pub passed_over: Vec<Pass>,
    /// Who said so, as in the log: a member of staff's or a device's id; `None`: the floor, by the
    /// rules or because it was time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}
