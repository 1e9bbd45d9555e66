//! The agents' pad: what it shows, and what is tapped on it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::agent::StatusChange;
use super::desk::HandView;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;
use crate::core::reception::{HandKind, Needs, NextStep, ReceptionStep, SkipReason};
use crate::core::rota::AwayReason;
use crate::core::site::StaffRole;
use crate::core::visit::{Action, VisitState};

/// The data of the SSE event `pad` on `GET /api/v1/pad/stream`. Of a guest it holds nothing but the
/// ticket's number until the agent has accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadView {
    pub version: u64,
    /// The floor's time when this was made, RFC 3339.
    pub at: String,
    pub day: String,
    pub me: PadPerson,
    /// Agents only.
    pub duty: Option<PadDuty>,
    pub offer: Option<PadOffer>,
    pub visit: Option<PadVisit>,
    /// For reception and managers: who asks for somebody to come. Places in words, times with the
    /// site's offset.
    pub hands: Vec<HandView>,
    /// For reception and managers: the offers that lapsed today (rule 9), latest first.
    #[serde(default)]
    pub lapses: Vec<PadLapse>,
    /// Grows with the turn book.
    pub book_seq: u64,
}

/// An offer that its agent did not accept in time; the visit went to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadLapse {
    pub ticket: String,
    /// The agent's.
    pub name: String,
    /// RFC 3339 with the site's offset.
    pub at: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadPerson {
    pub id: AgentId,
    pub name: String,
    pub role: StaffRole,
}

/// Where the agent stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadDuty {
    /// `off`, `ready`, `offered`, `serving`, `away` or `suspended`.
    pub status: String,
    pub away_reason: Option<AwayReason>,
    pub announced: Option<AwayReason>,
    pub since: String,
    pub received: u32,
    pub served: u32,
    pub owed: u32,
    pub prepaid: u32,
    /// Turns still to be lost (rule 12).
    #[serde(default)]
    pub penalties: u32,
    /// Which of the next new visitors comes to the agent, from 1; while away or with a guest: if
    /// ready now. None while no turn comes: off, suspended, too many overdue follow-ups.
    pub place: Option<u32>,
    /// Why, in words.
    pub why: String,
    /// Who comes before, in order, each with the reason in words.
    pub before: Vec<PadBefore>,
    /// The same for calls by phone, which have a rota of their own (rule 16); none while off, and
    /// where the house knows no calls.
    #[serde(default)]
    pub phone: Option<PadRota>,
    /// Offers the agent let lapse today.
    pub lapses: u32,
    /// Parties waiting.
    pub waiting: u32,
}

/// Where the agent stands in one rota; the fields are those of the agent's duty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadRota {
    pub received: u32,
    pub owed: u32,
    pub prepaid: u32,
    pub penalties: u32,
    pub place: Option<u32>,
    pub why: String,
    pub before: Vec<PadBefore>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadBefore {
    pub name: String,
    pub why: String,
    /// Will be passed over, and so does not count.
    pub passed: bool,
}

/// A visit offered to the agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadOffer {
    pub visit: VisitId,
    pub ticket: String,
    /// Names the offer; the tap repeats it. Milliseconds.
    pub offered_at: i64,
    /// RFC 3339.
    pub accept_by: String,
    /// The whole time there is to accept, seconds.
    pub seconds: u32,
}

/// The visit the agent has accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadVisit {
    pub visit: VisitId,
    pub ticket: String,
    pub state: VisitState,
    pub since: String,
    /// E.g. 李女士, where the guest agreed.
    pub address_form: Option<String>,
    pub party_size: u32,
    pub language: Language,
    /// In words.
    pub purpose: String,
    pub drink: Option<String>,
    pub first_visit: bool,
    /// The guest asked for this agent by name.
    pub asked_for_me: bool,
    pub place: String,
    pub recalls: u32,
    pub actions: Vec<Action>,
    /// The seven steps in order.
    pub steps: Vec<PadStep>,
    pub needs: Option<Needs>,
    pub has_note: bool,
    pub hands: Vec<HandKind>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PadStep {
    pub step: ReceptionStep,
    /// When it was done, `HH:MM` of the site.
    pub at: Option<String>,
    pub skipped: Option<SkipReason>,
    /// Until when a slip can be taken back, RFC 3339.
    pub undo_by: Option<String>,
}

/// `POST /api/v1/pad/taps`, with a new `Idempotency-Key` for every tap. Has no `Debug`: a note may
/// name people.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TapRequest {
    pub tap: Tap,
    /// How long before it was sent the tap was made, milliseconds: taps are kept while the Wi-Fi is
    /// away. Not part of what a repeated key is compared with.
    #[serde(default)]
    pub ago_ms: i64,
}

/// What was tapped.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Tap {
    Accept {
        visit: VisitId,
        offered_at: i64,
    },
    Call {
        visit: VisitId,
    },
    Recall {
        visit: VisitId,
    },
    Start {
        visit: VisitId,
    },
    NoShow {
        visit: VisitId,
    },
    Done {
        visit: VisitId,
        step: ReceptionStep,
    },
    Undo {
        visit: VisitId,
        step: ReceptionStep,
    },
    AskHand {
        visit: VisitId,
        hand: HandKind,
    },
    WithdrawHand {
        visit: VisitId,
        hand: HandKind,
    },
    /// By reception and managers: somebody came.
    HandGiven {
        visit: VisitId,
        hand: HandKind,
    },
    Needs {
        visit: VisitId,
        needs: Needs,
        /// Sealed to the centre the moment it arrives. Never kept by the pad.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    Finish {
        visit: VisitId,
        #[serde(default)]
        skipped: BTreeMap<ReceptionStep, SkipReason>,
        next: NextStep,
    },
    Status {
        status: StatusChange,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<AwayReason>,
    },
}

/// A pad says what its stream brought it last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeatRequest {
    /// The id of the last event, as it came.
    pub seen: String,
}

/// The answer to a tap that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TapAnswer {
    /// The key was known: this was done before, once.
    pub repeated: bool,
    /// Every picture of this version or a later one has the tap in it.
    pub version: u64,
}

/// `GET /api/v1/turn-book/{seq}/why`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhyAnswer {
    pub seq: u64,
    /// In the reader's language.
    pub why: String,
}
