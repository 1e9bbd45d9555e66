//! What the kiosk knows of its showroom and of a ticket.

use crate::core::foretold::WaitRange;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::{Language, Text};
use crate::core::site::{Drink, Notice, VisitPurpose};

/// The showroom as a kiosk needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteInfo {
    pub name: Text,
    pub languages: Vec<Language>,
    /// The centre's `age` recipient, as the floor names it now.
    pub recipient: String,
    pub notice: Notice,
    pub visit_purposes: Vec<VisitPurpose>,
    pub consultants: Vec<ConsultantInfo>,
    pub drinks: Vec<Drink>,
    /// Closed for today: nobody is taken in.
    pub closed: bool,
}

/// A consultant (置业顾问) on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsultantInfo {
    pub id: AgentId,
    pub name: String,
    pub title: Text,
}

/// The ticket (号票) as the floor answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketInfo {
    pub visit: VisitId,
    pub number: String,
    pub ahead: u32,
    pub wait_seconds: u32,
    /// `None`: nothing can be foretold, or the floor told the figure alone.
    pub wait_range: Option<WaitRange>,
    /// What the QR holds.
    pub url: String,
    /// `None`: nobody is ready yet.
    pub consultant: Option<ConsultantInfo>,
    /// Whether paper is on its way; without a printer nothing is watched.
    pub printing: bool,
}
