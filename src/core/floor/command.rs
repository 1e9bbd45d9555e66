//! What can be asked of the floor, and how it says no.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::day::Rest;
use super::devices::EnrolledDevice;
use crate::core::booking::{Appointment, Registration};
use crate::core::chore::Chore;
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::reception::{HandKind, Needs, NextStep, ReceptionStep, SkipReason};
use crate::core::rota::{AwayReason, RotaKind};
use crate::core::site::Site;
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::visit::{Action, CheckIn, Issued, KnownOwner, NotABuyer, VisitState};

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
    /// The same from the office, with the name of who changed them.
    OfficeRules {
        rules: Box<HouseRules>,
        author: String,
    },
    CheckIn(Box<CheckIn>),
    /// A visit that is known gets the number its kiosk had promised by itself.
    Renumber {
        visit: VisitId,
        issued: Issued,
        token_hash: String,
    },
    EnrolDevice {
        device: DeviceId,
        enrolled: EnrolledDevice,
    },
    /// After a restore: numbers given since the backup are not all known, so that all lines go on
    /// far behind `seen`, the highest count known to anybody.
    SkipNumbers {
        seen: u32,
    },
    Visit {
        visit: VisitId,
        step: Step,
    },
    Agent {
        agent: AgentId,
        to: Attendance,
    },
    /// The appointments known to the centre, from today on (rule 3).
    SetAppointments {
        appointments: Vec<Appointment>,
    },
    /// An appointment made at the desk.
    AddAppointment {
        appointment: Appointment,
    },
    /// The brokers' registrations known to the centre (rule 3b).
    SetRegistrations {
        registrations: Vec<Registration>,
    },
    /// Overdue follow-ups by agent, as the centre counts them (rule 12).
    SetOverdue {
        overdue: BTreeMap<AgentId, u32>,
    },
    /// The centre has learned whose guest this is after the guest was given away (rule 4).
    LearnOwner {
        visit: VisitId,
        owner: KnownOwner,
    },
    /// Somebody at the door who is no buyer and needs no ticket (rule 2).
    NotABuyer {
        kind: NotABuyer,
    },
    /// Something the reception did for a party.
    Chore {
        visit: VisitId,
        chore: Chore,
    },
    /// A thing to do was seen, by its key at the desk.
    Acknowledge {
        key: String,
    },
    /// The showroom closes for today, or opens again after a slip.
    CloseDay {
        rest: Rest,
    },
    ReopenDay,
    /// Rule 15: the manager's own decision about the rota, with its reason.
    Manager {
        order: ManagersOrder,
        why: String,
    },
    /// What an agent does with the visit they are bound to, from the pad.
    Own {
        agent: AgentId,
        visit: VisitId,
        deed: Deed,
    },
    /// Somebody came to the hand an agent had asked for.
    HandGiven {
        visit: VisitId,
        kind: HandKind,
    },
    /// The agent's pad came on the line or went off it (rule 9).
    Pad {
        agent: AgentId,
        connected: bool,
        /// Since when it is so, where that was found out later; `None`: now.
        since: Option<Millis>,
    },
    /// Nothing but what is due: lapses, parked visits, waits for an asked-for agent.
    Tick,
}

/// An [`Action`] with what it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Accept {
        place: Option<String>,
    },
    Call {
        place: Option<String>,
    },
    Recall,
    Start,
    Finish,
    NoShow,
    /// Rule 10. `of`: only while the visit is this agent's, so that the same wish said twice does
    /// not send a second agent away; none: whoever's it is.
    Refuse {
        why: Option<String>,
        of: Option<AgentId>,
    },
    Park,
    Resume,
    Transfer {
        line: Line,
    },
    Reassign {
        agent: AgentId,
        why: String,
    },
    Leave,
    Cancel {
        why: String,
    },
    NotABuyer {
        kind: NotABuyer,
    },
    Appointment {
        id: String,
    },
    Channel {
        registration: Registration,
    },
    /// `None`: nobody's guest.
    Owner {
        agent: Option<AgentId>,
    },
    /// The party goes on as a part of `into`.
    Join {
        into: VisitId,
    },
    Undo,
}

/// What a manager may decide about the rota (rules 12 and 15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum ManagersOrder {
    /// This agent is next.
    MoveCursor {
        agent: AgentId,
        #[serde(default)]
        rota: RotaKind,
    },
    /// The list for `managers_list`, in force at once; refused under another order.
    SetOrder {
        agents: Vec<AgentId>,
    },
    /// One owed turn more, whatever the cap.
    GrantTurn {
        agent: AgentId,
        #[serde(default)]
        rota: RotaKind,
    },
    /// One owed turn less, the oldest.
    TakeTurn {
        agent: AgentId,
        #[serde(default)]
        rota: RotaKind,
    },
    /// So many of the next turns are lost.
    Penalise {
        agent: AgentId,
        turns: u32,
        #[serde(default)]
        rota: RotaKind,
    },
    /// Turns still to be lost are not.
    LiftPenalty {
        agent: AgentId,
        #[serde(default)]
        rota: RotaKind,
    },
    /// No turn and no debt until then, milliseconds since the epoch.
    Suspend {
        agent: AgentId,
        until: Millis,
    },
    EndSuspension {
        agent: AgentId,
    },
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
            Self::NotABuyer { .. } => Action::NotABuyer,
            Self::Appointment { .. } => Action::Appointment,
            Self::Channel { .. } => Action::Channel,
            Self::Owner { .. } => Action::Owner,
            Self::Join { .. } => Action::Join,
            Self::Undo => Action::Undo,
        }
    }
}

/// What an agent does at the pad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// `offered_at` names the offer, so that a tap kept while the Wi-Fi was away accepts no later one.
    Accept {
        offered_at: Option<Millis>,
        place: Option<String>,
    },
    Call {
        place: Option<String>,
    },
    Recall,
    Start,
    NoShow,
    /// One of the seven steps; `ago_ms`: how long before it arrived the tap was made.
    Done {
        step: ReceptionStep,
        ago_ms: i64,
    },
    /// Takes a slip back, within seconds.
    Undo {
        step: ReceptionStep,
    },
    AskHand {
        kind: HandKind,
    },
    WithdrawHand {
        kind: HandKind,
    },
    /// `note`: hash of the sealed free text.
    Needs {
        needs: Needs,
        note: Option<String>,
    },
    /// Ends the service: a reason for each step left out, and what was agreed.
    Finish {
        skipped: BTreeMap<ReceptionStep, SkipReason>,
        next: NextStep,
    },
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

impl Attendance {
    /// What agents may say of themselves: that a long service goes on is the desk's word (rule 7).
    pub const fn of_oneself(self) -> Result<Self, Refusal> {
        match self {
            Self::StillServing => Err(Refusal::DesksWord),
            Self::Ready | Self::Away(_) | Self::Off => Ok(self),
        }
    }
}

/// Why a command was refused. The state is then exactly what it was before, save for what was due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
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
    #[error("the visit is not with that agent any more")]
    AgentChanged,
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
    #[error("this appointment is not known")]
    UnknownAppointment,
    #[error("there is nothing to take back any more")]
    NothingToUndo,
    #[error("the agent already has another guest")]
    TooLateToUndo,
    #[error("a party cannot join itself, one that has gone, or one of the other rota")]
    CannotJoin,
    #[error("a call by phone stays in its rota")]
    OtherRota,
    #[error("the coach has not signed this newcomer off yet")]
    NotSignedOff,
    #[error("the showroom is closed for today")]
    DayClosed,
    #[error("the agent is not in the rota")]
    NotInRota,
    #[error("there is nothing to take away")]
    NothingOpen,
    #[error("between 1 and 20 turns can be lost at once")]
    PenaltySize,
    #[error("this time is over")]
    NotLater,
    #[error("a part of a party is smaller than the party")]
    PartySize,
    #[error("this number was given to another visit today")]
    NumberTaken,
    #[error("this enrolment code was used")]
    CodeUsed,
    #[error("the visit is not bound to this agent")]
    NotYours,
    #[error("the offer is over")]
    OfferOver,
    #[error("the service has not begun or is over")]
    NotServing,
    #[error("{left} steps are neither done nor have a reason")]
    StepsOpen { left: u32 },
    #[error("too late to take it back")]
    TooLate,
    #[error("nobody asked for this hand")]
    NoSuchHand,
    #[error("the house does not go by the manager's list")]
    OrderNotByList,
    #[error("that a long service goes on is the desk's word")]
    DesksWord,
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
            Self::AgentChanged => "agent_changed",
            Self::AgentNotServing => "agent_not_serving",
            Self::AgentOff => "agent_off",
            Self::DayNotLater { .. } => "day_not_later",
            Self::NoDayOpen => "no_day_open",
            Self::UnknownPurpose => "unknown_purpose",
            Self::VisitExists => "visit_exists",
            Self::UnknownAppointment => "unknown_appointment",
            Self::NothingToUndo => "nothing_to_undo",
            Self::TooLateToUndo => "too_late_to_undo",
            Self::CannotJoin => "cannot_join",
            Self::OtherRota => "other_rota",
            Self::NotSignedOff => "not_signed_off",
            Self::DayClosed => "day_closed",
            Self::NotInRota => "not_in_rota",
            Self::NothingOpen => "nothing_open",
            Self::PenaltySize => "penalty_size",
            Self::NotLater => "not_later",
            Self::PartySize => "party_size",
            Self::NumberTaken => "number_taken",
            Self::CodeUsed => "code_used",
            Self::NotYours => "not_yours",
            Self::OfferOver => "offer_over",
            Self::NotServing => "not_serving",
            Self::StepsOpen { .. } => "steps_open",
            Self::TooLate => "too_late",
            Self::NoSuchHand => "no_such_hand",
            Self::OrderNotByList => "order_not_by_list",
            Self::DesksWord => "desks_word",
        }
    }
}
