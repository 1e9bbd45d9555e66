//! `GET /api/v1/desk` and its stream: everything on the receptionist's screen in one picture, so
//! that its parts always agree.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::agent::AgentView;
use super::booking::RegistrationEntry;
use super::kiosk::KioskView;
use super::steer::{AppointmentView, DeskRules};
use super::visit::VisitView;
use crate::core::id::{AgentId, VisitId};
use crate::core::reception::HandKind;

/// The data of the SSE event `desk` on `GET /api/v1/desk/stream`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeskView {
    pub version: u64,
    /// RFC 3339, with the site's offset.
    pub at: String,
    pub day: String,
    /// Today's visits: the ones not over in order of turn, then the over ones, latest first, at
    /// most fifty.
    pub visits: Vec<VisitView>,
    pub agents: Vec<AgentView>,
    pub next: Option<AgentId>,
    pub printer: PrinterView,
    pub outbox: OutboxView,
    /// The showroom's kiosks.
    #[serde(default)]
    pub kiosks: Vec<KioskView>,
    /// What the staff must know beside printer and line to the centre; empty when all is well.
    #[serde(default)]
    pub alarms: Vec<Alarm>,
    /// Visits finished today.
    pub served_today: u32,
    /// Offers lapsed today, latest first: the manager is to know (rule 9).
    pub lapses: Vec<LapseView>,
    /// Today's, by time.
    #[serde(default)]
    pub appointments: Vec<AppointmentView>,
    /// Brokers' clients registered before arrival (渠道报备), still valid.
    #[serde(default)]
    pub registrations: Vec<RegistrationEntry>,
    /// Closed for today since then, RFC 3339.
    #[serde(default)]
    pub closed: Option<String>,
    /// The day's sheet was signed then, after the closing, and nothing followed; RFC 3339.
    #[serde(default)]
    pub sheet_signed: Option<String>,
    /// Things to do that were seen at any desk today, by their keys.
    #[serde(default)]
    pub acknowledged: Vec<String>,
    #[serde(default)]
    pub rules: DeskRules,
    /// Agents who ask for somebody to come, the longest waiting first.
    #[serde(default)]
    pub hands: Vec<HandView>,
}

/// An agent with a party asks for a hand, until somebody comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HandView {
    pub visit: VisitId,
    pub ticket: String,
    pub agent: AgentId,
    pub name: String,
    /// Where they sit with the party.
    pub place: String,
    pub kind: HandKind,
    /// RFC 3339.
    pub since: String,
}

/// `POST /api/v1/visits/{id}/hands`: somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandGivenRequest {
    pub kind: HandKind,
}

/// A trouble of the floor itself that ends by itself once its cause is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alarm {
    /// `storage_full`: no room on the disk; `storage_failing`: nothing can be stored for another
    /// reason. No number is given and no step is made until then. `storage_low`: there is little
    /// room, and all still works.
    pub code: String,
    /// RFC 3339.
    pub since: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LapseView {
    pub ticket: String,
    pub agent: AgentId,
    pub at: String,
}

/// The ticket printer as staff see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PrinterView {
    /// `none`, `ready`, `paper_low`, `paper_out`, `cover_open`, `offline`, `unreachable`.
    pub state: String,
    pub queued: u32,
    pub failed_today: u32,
    pub unknown_today: u32,
}

/// What still has to reach the centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutboxView {
    pub backlog: u64,
    /// The oldest event not delivered, RFC 3339.
    pub oldest: Option<String>,
    /// Last answer of the centre: `ok`, `unreachable`, `unauthorised`, `gap`, `forked`,
    /// `unknown_version`, `unset` (no centre configured).
    pub state: String,
}
