//! `GET /api/v1/site`: what a kiosk needs to greet a guest.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kiosk::KioskSeries;
use crate::core::id::AgentId;
use crate::core::language::{Language, Text};
use crate::core::site::{Drink, Notice, VisitPurpose};

/// The showroom as screens see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteView {
    pub name: Text,
    pub languages: Vec<Language>,
    /// The centre's `age` recipient.
    pub recipient: String,
    pub notice: Notice,
    pub visit_purposes: Vec<VisitPurpose>,
    /// The consultants on duty, in the order of the staff list.
    pub consultants: Vec<Consultant>,
    pub drinks: Vec<Drink>,
    /// IANA name.
    pub time_zone: String,
    /// Closed for today: kiosks take nobody in.
    #[serde(default)]
    pub closed: bool,
    /// What stands before a ticket's token in its QR; empty: no QR.
    #[serde(default)]
    pub ticket_base_url: String,
    /// To a kiosk: its own series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kiosk: Option<KioskSeries>,
}

/// A consultant as a guest may name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consultant {
    pub id: AgentId,
    pub name: String,
    pub title: Text,
}
