//! What happened, as it stands in the log and on the wire to the centre.

use serde::{Deserialize, Serialize};

use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{AwayReason, Debt, TurnUse};
use crate::core::site::Site;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::Millis;
use crate::core::turn_book::{Pass, Reason, Rule};
use crate::core::visit::CheckIn;

/// Version of the event bodies written today. A change of shape raises it and adds an upcaster.
pub const EVENT_VERSION: u32 = 1;

/// An event with the moment it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    pub at: Millis,
    pub event: Event,
}

/// Everything that can happen on a floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    DayOpened {
        day: String,
    },
    /// Time the floor was down is added to every running timer.
    TimersShifted {
        by_ms: i64,
    },
    SiteChanged {
        site: Box<Site>,
    },
    RulesChanged {
        rules: Box<HouseRules>,
    },
    CheckedIn {
        check_in: Box<CheckIn>,
        ticket: TicketNumber,
    },
    /// The visit waits for the agent it asked for.
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
    },
    DebtExpired {
        agent: AgentId,
        debt: Debt,
    },
    SignedIn {
        agent: AgentId,
        position: u32,
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
            | Self::TurnReturned { visit, .. } => Some(*visit),
            Self::DayOpened { .. }
            | Self::TimersShifted { .. }
            | Self::SiteChanged { .. }
            | Self::RulesChanged { .. }
            | Self::DebtExpired { .. }
            | Self::SignedIn { .. }
            | Self::BecameReady { .. }
            | Self::WentAway { .. }
            | Self::AwayAnnounced { .. }
            | Self::AwayWithdrawn { .. }
            | Self::ServiceVouched { .. }
            | Self::WentOff { .. } => None,
        }
    }
}
