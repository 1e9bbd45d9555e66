//! One party's visit and the table of what may be done with it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::Registration;
use super::chore::Chore;
use super::consent::{Consent, Manner};
use super::id::{AgentId, DeviceId, VisitId};
use super::language::Language;
use super::reception::Reception;
use super::rota::{RotaKind, TurnUse};
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
    /// Rule 2: peer, surveyor, courier…; said by the desk only.
    NotABuyer,
    /// Rule 3: the party came for an appointment.
    Appointment,
    /// Rule 3b: the party is a broker's client.
    Channel,
    /// Rule 4: the desk corrects whose guest this is.
    Owner,
    /// Rule 8: the party belongs to another one that is here.
    Join,
    /// Takes back a slip of the last seconds.
    Undo,
}

impl Action {
    pub const ALL: [Self; 19] = [
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
        Self::NotABuyer,
        Self::Appointment,
        Self::Channel,
        Self::Owner,
        Self::Join,
        Self::Undo,
    ];

    /// The states from which the action is possible. `no_show` also wants all recalls made, `undo`
    /// a step to take back.
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
            Self::NotABuyer => &[Waiting, Offered, Called, Serving, Parked],
            Self::Appointment | Self::Channel | Self::Owner => &[Waiting, Offered, Called],
            Self::Join => &[Waiting, Offered, Called, Parked],
            Self::Undo => &[Serving, Finished, Parked, Left, Cancelled],
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
    /// The owed turn a courtesy earned, by its order in the account.
    pub earned: Option<u64>,
}

/// Whose guest a party is, before the rota is asked (rules 3 to 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub agent: AgentId,
    #[serde(flatten)]
    pub by: WantedBy,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum WantedBy {
    /// Rule 3.
    Appointment { id: String, time: Millis },
    /// Rule 3b.
    Channel { broker: String },
    /// Rule 4. `bought`: the customer has bought already.
    Owner { source: OwnerSource, bought: bool },
    /// Rule 5.
    Name,
}

/// Who says whose guest a returner is (rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnerSource {
    Centre,
    Guest,
    Desk,
}

/// A returner's owner as the centre knows them, still under protection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnownOwner {
    pub agent: AgentId,
    pub bought: bool,
}

/// What a slip can be taken back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    pub until: Millis,
    pub back_to: VisitState,
    /// When that state had begun.
    pub since: Millis,
    pub assignment: Option<Assignment>,
    pub parked_until: Option<Millis>,
    /// The pass booked ahead for the visit was cancelled with the slip.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pass_cancelled: bool,
}

/// Why a party is no buyer (rule 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotABuyer {
    /// 同行
    Peer,
    /// 市调
    Surveyor,
    /// 快递、送货
    Courier,
    /// 顾问亲友
    Relative,
    /// 非营业时间
    OutOfHours,
}

impl NotABuyer {
    pub const ALL: [Self; 5] = [
        Self::Peer,
        Self::Surveyor,
        Self::Courier,
        Self::Relative,
        Self::OutOfHours,
    ];
    /// As on the wire, e.g. `out_of_hours`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Surveyor => "surveyor",
            Self::Courier => "courier",
            Self::Relative => "relative",
            Self::OutOfHours => "out_of_hours",
        }
    }
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
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
    /// The number the floor had given when the kiosk did not hear it and gave one of its own: the
    /// guest holds [`Visit::ticket`], the first paper may say this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<OtherTicket>,
    /// Handed over by its kiosk on a later day: its number is of another day's series.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// How many parties had checked in before it today.
    pub arrival: u64,
    /// The line it stands in now; the ticket's letter keeps the first.
    pub line: Line,
    pub state: VisitState,
    /// When the party came; a kiosk's own number may reach the floor later.
    pub checked_in_at: Millis,
    /// When the present state began.
    pub since: Millis,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub drink: Option<String>,
    pub asked_for: Option<AgentId>,
    /// Whose guest the party is.
    pub wanted: Option<Wanted>,
    /// What the centre learned later about whose guest this is; the desk is told.
    pub learned_owner: Option<KnownOwner>,
    /// Others who own a part of the party (rule 8); the desk chooses who serves.
    pub co_owners: BTreeSet<AgentId>,
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
    /// Came back late after a call, then: in line as an ordinary guest, who waits since then.
    pub late_since: Option<Millis>,
    /// Rule 2, as the desk said.
    pub not_a_buyer: Option<NotABuyer>,
    /// What the agent has done for the party so far (接待流程).
    #[serde(default)]
    pub reception: Reception,
    /// The last step, while it can still be taken back.
    pub undo: Option<Undo>,
    /// What the reception did for the party.
    #[serde(default)]
    pub chores: BTreeSet<Chore>,
}

/// A second ticket of the same visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherTicket {
    pub number: TicketNumber,
    /// Lower-case hex SHA-256 of the token of the page of [`Visit::ticket`].
    pub token_hash: String,
}

impl Visit {
    /// Whose guest the party is, unless the guest refused that agent (rule 10: then by turn).
    pub fn wanted_now(&self) -> Option<&Wanted> {
        self.wanted
            .as_ref()
            .filter(|w| !self.refused.contains(&w.agent))
    }

    /// Since when a wait counts: the arrival, or the late return after a call (rule 11).
    pub fn waits_since(&self) -> Millis {
        self.late_since.unwrap_or(self.checked_in_at)
    }

    /// The rota that serves the visit; never changes.
    pub const fn rota(&self) -> RotaKind {
        self.line.rota()
    }

    /// The order in which parties came.
    pub const fn came(&self) -> (Millis, u64) {
        (self.checked_in_at, self.arrival)
    }

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
    /// How the purposes were asked.
    #[serde(default, skip_serializing_if = "Manner::is_screen")]
    pub consent_manner: Manner,
    pub consent_receipt: String,
    pub asked_for: Option<AgentId>,
    /// Rule 4: what the centre said of a guest who agreed to be recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<KnownOwner>,
    /// Rule 3: the appointment the party came for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<String>,
    /// Rule 3b: the broker's registration the party came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Registration>,
    /// Rule 8: parted at the desk from this party, whose place it shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<VisitId>,
    pub drink: Option<String>,
    /// The kiosk's key for this check-in; the sealed profile repeats it, so that it cannot be moved.
    pub idempotency_key: String,
    /// Lower-case hex SHA-256 of the sealed profile, which travels beside the events.
    pub profile_hash: Option<String>,
    /// Lower-case hex SHA-256 of the ticket page's token.
    pub token_hash: String,
    /// The number a kiosk cut off from the floor gave by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
}

/// A number of a kiosk's own series, promised while the floor was not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub ticket: TicketNumber,
    /// When the party came.
    pub at: Millis,
    /// The day of the site's zone that was, `YYYY-MM-DD`.
    pub day: String,
}
