//! What happened, as it stands in the log and on the wire to the centre.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::devices::EnrolledDevice;
use crate::core::booking::{Appointment, Registration, Verdict};
use crate::core::chore::Chore;
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::reception::Fact;
use crate::core::rota::{AwayReason, Debt, RotaKind, TurnUse};
use crate::core::site::Site;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::Millis;
use crate::core::turn_book::{AfterLapse, AfterRefusal, Pass, Reason, ReturnCause, Rule};
use crate::core::visit::{CheckIn, KnownOwner, NotABuyer, Undo, Wanted};

/// Version of the event bodies written today. A change of shape raises it and adds an upcaster.
pub const EVENT_VERSION: u32 = 1;

/// An event with the moment it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    pub at: Millis,
    /// Who decided it, as in the log; `None`: the floor by itself, by the rules or because it was
    /// time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub event: Event,
}

/// Everything that can happen on a floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    DayOpened {
        day: String,
    },
    /// No more check-ins at the kiosks today. `staying`: who was on duty.
    DayClosed {
        day: String,
        staying: BTreeSet<AgentId>,
    },
    DayReopened {
        day: String,
    },
    /// A thing to do was seen by the reception and is shown at no desk any more today.
    Acknowledged {
        key: String,
    },
    /// The reception did something for a party.
    ChoreDone {
        visit: VisitId,
        chore: Chore,
    },
    /// Time the floor was down is added to every running timer.
    TimersShifted {
        by_ms: i64,
    },
    SiteChanged {
        site: Box<Site>,
    },
    /// `author`: who in the office changed them; `None`: the floor's own file.
    RulesChanged {
        rules: Box<HouseRules>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<String>,
    },
    CheckedIn {
        check_in: Box<CheckIn>,
        ticket: TicketNumber,
        /// Whose guest the party is (rules 3 to 5).
        wanted: Option<Wanted>,
        /// The line, where the ticket does not name it (a kiosk's own series).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<Line>,
    },
    /// A kiosk that did not hear the floor's answer promised a number of its own: the visit is
    /// called by that one from now on.
    Renumbered {
        visit: VisitId,
        ticket: TicketNumber,
        /// Lower-case hex SHA-256 of the token of that ticket's page.
        token_hash: String,
    },
    /// A screen proved its enrolment code and got its token.
    DeviceEnrolled {
        device: DeviceId,
        enrolled: EnrolledDevice,
    },
    /// No line gives a number up to this count any more today.
    NumbersSkipped {
        through: u32,
    },
    AppointmentsChanged {
        appointments: Vec<Appointment>,
    },
    AppointmentMade {
        appointment: Appointment,
    },
    RegistrationsChanged {
        registrations: Vec<Registration>,
    },
    OverdueChanged {
        overdue: BTreeMap<AgentId, u32>,
    },
    /// A broker's registration was looked at (rule 3b).
    ChannelJudged {
        visit: VisitId,
        registration: Registration,
        verdict: Verdict,
    },
    /// The party said it had an appointment; none is known (rule 3).
    AppointmentMissing {
        visit: VisitId,
    },
    /// The party came before and does not know with whom (rule 6).
    ForgotWithWhom {
        visit: VisitId,
        days: u32,
    },
    /// Whose guest the party is, from now on.
    BelongsTo {
        visit: VisitId,
        wanted: Option<Wanted>,
    },
    /// The centre's later word; the desk decides what to make of it.
    OwnerLearned {
        visit: VisitId,
        owner: KnownOwner,
    },
    /// Somebody who is no buyer (rule 2); with a visit, that visit is over.
    NotABuyer {
        visit: Option<VisitId>,
        who: NotABuyer,
    },
    /// The party goes on as a part of `into` (rule 8).
    Joined {
        visit: VisitId,
        into: VisitId,
    },
    /// An offered or called visit waits again at its own place.
    Withdrawn {
        visit: VisitId,
        agent: AgentId,
    },
    /// A slip is taken back. `cancelled`: the turn that had been returned from it is used again.
    Undone {
        visit: VisitId,
        to: Box<Undo>,
        cancelled: Option<Debt>,
        /// The pass booked ahead, which had been cancelled from it, is booked again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        prepaid: bool,
    },
    /// The visit waits for the agent it belongs with.
    WaitsFor {
        visit: VisitId,
        agent: AgentId,
        until: Millis,
        minutes: u32,
    },
    /// The wait for the asked-for agent is over without them.
    WaitEnded {
        visit: VisitId,
    },
    Offered(Box<Offer>),
    Lapsed {
        visit: VisitId,
        agent: AgentId,
        seconds: u32,
        /// What becomes of the turn.
        #[serde(default)]
        turn: AfterLapse,
    },
    Called {
        visit: VisitId,
        agent: AgentId,
        place: String,
    },
    Recalled {
        visit: VisitId,
        agent: AgentId,
        times: u32,
        place: String,
    },
    Started {
        visit: VisitId,
        agent: AgentId,
    },
    Finished {
        visit: VisitId,
        agent: AgentId,
        by_new_day: bool,
    },
    Refused {
        visit: VisitId,
        agent: AgentId,
        why: Option<String>,
        /// What becomes of the turn; absent in logs from before it was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<AfterRefusal>,
    },
    /// Back among the waiting at this index, without an agent.
    Requeued {
        visit: VisitId,
        position: u32,
        reason: Reason,
    },
    Parked {
        visit: VisitId,
        until: Millis,
        missed_call: bool,
    },
    /// `minutes`: how long it had been parked; `None` when the new day closed it.
    Dropped {
        visit: VisitId,
        minutes: Option<u32>,
    },
    Left {
        visit: VisitId,
        by_new_day: bool,
    },
    Cancelled {
        visit: VisitId,
        why: String,
    },
    Transferred {
        visit: VisitId,
        line: Line,
    },
    /// A person takes the visit from `from` (if anyone) for somebody else; the offer follows.
    Reassigned {
        visit: VisitId,
        from: Option<AgentId>,
        why: String,
    },
    /// The turn an ended offer had used goes back to the agent.
    TurnReturned {
        visit: VisitId,
        agent: AgentId,
        back: TurnBack,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ReturnCause>,
    },
    /// The guest refused a courtesy before it began: the owed turn it had earned is earned no more.
    CourtesyForfeited {
        visit: VisitId,
        agent: AgentId,
        debt: Debt,
    },
    DebtExpired {
        agent: AgentId,
        rota: RotaKind,
        debt: Debt,
    },
    /// `walk_in`, `phone`: where the agent joins each rota (rule 13).
    SignedIn {
        agent: AgentId,
        walk_in: Joining,
        phone: Joining,
    },
    BecameReady {
        agent: AgentId,
    },
    WentAway {
        agent: AgentId,
        reason: AwayReason,
    },
    AwayAnnounced {
        agent: AgentId,
        reason: AwayReason,
    },
    AwayWithdrawn {
        agent: AgentId,
    },
    /// The desk says that a long service goes on (rule 7).
    ServiceVouched {
        agent: AgentId,
    },
    WentOff {
        agent: AgentId,
    },
    /// Something the agent did for the party, or asked for (接待流程).
    Reception {
        visit: VisitId,
        /// Who serves the party.
        agent: AgentId,
        fact: Fact,
    },
    /// The agent's pad came on the line or went off it (rule 9).
    Pad {
        agent: AgentId,
        connected: bool,
        /// Since when it is so, where that was found out later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Millis>,
    },
    Penalised {
        agent: AgentId,
        rota: RotaKind,
        turns: u32,
        why: String,
    },
    PenaltyLifted {
        agent: AgentId,
        rota: RotaKind,
        turns: u32,
        why: String,
    },
    Suspended {
        agent: AgentId,
        until: Millis,
        why: String,
    },
    /// `why`: lifted by the manager before its time.
    SuspensionEnded {
        agent: AgentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    CursorMoved {
        agent: AgentId,
        rota: RotaKind,
        why: String,
    },
    OrderSet {
        agents: Vec<AgentId>,
        why: String,
    },
    TurnGranted {
        agent: AgentId,
        rota: RotaKind,
        why: String,
    },
    TurnTaken {
        agent: AgentId,
        rota: RotaKind,
        debt: Debt,
        why: String,
    },
}

/// Where an agent joins a rota (rule 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joining {
    /// Index into the order.
    pub position: u32,
    /// What counts as received already, under `fewest_received`.
    pub start: u32,
}

/// A visit given to an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub visit: VisitId,
    pub agent: AgentId,
    pub rule: Rule,
    pub reason: Reason,
    pub turn: TurnUse,
    pub accept_by: Millis,
    pub passed_over: Vec<Pass>,
    /// The debt taken from the agent's account, and whether it was used or (a late guest's own
    /// returned turn) cancelled.
    pub debt: Option<TakenDebt>,
    /// Where the cursor points afterwards.
    pub cursor: Option<AgentId>,
    /// Priority guests served in a row while an ordinary one waited, afterwards.
    pub priority_run: u32,
    /// A courtesy that would have earned an owed turn, had the agent not held as many as the house
    /// allows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub capped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenDebt {
    pub debt: Debt,
    pub cancelled: bool,
}

/// How a turn comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum TurnBack {
    /// As a debt, whatever the cap, with this date. `received`: the turn had been counted as one.
    Debt { date: Millis, received: bool },
    /// The prepaid pass is not due any more.
    PrepaidCancelled,
}

impl Event {
    /// The visit the event is about.
    pub fn visit(&self) -> Option<VisitId> {
        match self {
            Self::CheckedIn { check_in, .. } => Some(check_in.visit),
            Self::Renumbered { visit, .. } => Some(*visit),
            Self::Offered(offer) => Some(offer.visit),
            Self::WaitsFor { visit, .. }
            | Self::WaitEnded { visit }
            | Self::Lapsed { visit, .. }
            | Self::Called { visit, .. }
            | Self::Recalled { visit, .. }
            | Self::Started { visit, .. }
            | Self::Finished { visit, .. }
            | Self::Refused { visit, .. }
            | Self::Requeued { visit, .. }
            | Self::Parked { visit, .. }
            | Self::Dropped { visit, .. }
            | Self::Left { visit, .. }
            | Self::Cancelled { visit, .. }
            | Self::Transferred { visit, .. }
            | Self::Reassigned { visit, .. }
            | Self::ChannelJudged { visit, .. }
            | Self::AppointmentMissing { visit }
            | Self::ForgotWithWhom { visit, .. }
            | Self::BelongsTo { visit, .. }
            | Self::OwnerLearned { visit, .. }
            | Self::Joined { visit, .. }
            | Self::Withdrawn { visit, .. }
            | Self::ChoreDone { visit, .. }
            | Self::Undone { visit, .. }
            | Self::CourtesyForfeited { visit, .. }
            | Self::Reception { visit, .. }
            | Self::TurnReturned { visit, .. } => Some(*visit),
            Self::NotABuyer { visit, .. } => *visit,
            Self::AppointmentsChanged { .. }
            | Self::AppointmentMade { .. }
            | Self::RegistrationsChanged { .. }
            | Self::OverdueChanged { .. }
            | Self::Penalised { .. }
            | Self::PenaltyLifted { .. }
            | Self::Suspended { .. }
            | Self::SuspensionEnded { .. }
            | Self::CursorMoved { .. }
            | Self::OrderSet { .. }
            | Self::TurnGranted { .. }
            | Self::TurnTaken { .. }
            | Self::DayOpened { .. }
            | Self::DayClosed { .. }
            | Self::DayReopened { .. }
            | Self::Acknowledged { .. }
            | Self::TimersShifted { .. }
            | Self::SiteChanged { .. }
            | Self::DeviceEnrolled { .. }
            | Self::RulesChanged { .. }
            | Self::NumbersSkipped { .. }
            | Self::DebtExpired { .. }
            | Self::SignedIn { .. }
            | Self::BecameReady { .. }
            | Self::WentAway { .. }
            | Self::AwayAnnounced { .. }
            | Self::AwayWithdrawn { .. }
            | Self::ServiceVouched { .. }
            | Self::Pad { .. }
            | Self::WentOff { .. } => None,
        }
    }
}
