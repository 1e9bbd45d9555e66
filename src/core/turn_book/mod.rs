//! The turn book (轮排簿): the append-only ledger of whose turn it was and why.
//! Reasons are codes with parameters here; words are made when a line is shown.

pub mod sheet;
pub mod why;
pub mod words;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::Verdict;
use super::house_rules::CourtesyCredit;
use super::id::{AgentId, VisitId};
use super::rota::{AwayReason, RotaKind};
use super::ticket::{Line, TicketNumber};
use super::time::Millis;
use super::visit::{NotABuyer, OwnerSource};

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
    /// After a restore: numbers go on behind this count.
    NumbersSkipped {
        through: u32,
    },
    /// `changed`: the switches with their old and new value.
    RulesChanged {
        changed: Vec<String>,
    },
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
    OfferedAppointment {
        time: Millis,
    },
    OfferedChannel {
        broker: String,
    },
    OfferedOwner {
        source: OwnerSource,
        prepaid: bool,
    },
    /// A slip was taken back: the agent has the visit again.
    OfferedAgain,
    OfferedCourtesy {
        asked_for: AgentId,
        busy: bool,
        credit: CourtesyCredit,
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
    WaitEnded,
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
    /// Rule 4: whose guest this is has become known or was corrected.
    BelongsTo {
        source: OwnerSource,
    },
    /// Rule 4: this is nobody's guest after all.
    BelongsToNobody,
    /// Rule 6.
    ForgotWithWhom {
        days: u32,
    },
    /// Rule 8.
    Joined {
        into: TicketNumber,
    },
    Parted {
        from: TicketNumber,
    },
    /// The offer was withdrawn for a slip taken back.
    Withdrawn,
    Undone,
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
    DebtWithheld {
        why: Consequence,
    },
    DebtTakenAsPenalty {
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
    SuspensionEnded,
    /// Rule 15: the manager sets the cursor, the list, or an account.
    CursorMoved {
        why: String,
    },
    OrderSet {
        why: String,
    },
    GrantedByManager {
        why: String,
    },
    TakenByManager {
        why: String,
    },
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
}
