//! Agents and their attendance.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::id::{AgentId, VisitId};
use crate::core::language::Text;
use crate::core::rota::AwayReason;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentView {
    pub id: AgentId,
    pub name: String,
    pub title: Text,
    pub place: String,
    /// `off`, `ready`, `offered`, `serving`, `away` or `suspended`.
    pub status: String,
    pub away_reason: Option<AwayReason>,
    /// An away that begins when the present guest is done.
    pub announced: Option<AwayReason>,
    /// Since when, RFC 3339.
    pub since: String,
    pub visit: Option<VisitId>,
    pub ticket: Option<String>,
    pub received: u32,
    pub served: u32,
    pub owed: u32,
    pub prepaid: u32,
    /// The account of calls by phone (rule 16).
    #[serde(default)]
    pub phone: PhoneAccount,
    /// Place in the order of turns counted from the cursor, from 1; none while off.
    pub turn: Option<u32>,
    /// Turns still to be lost (rule 12).
    #[serde(default)]
    pub penalties: u32,
    /// No turn and no debt until then, RFC 3339.
    #[serde(default)]
    pub suspended_until: Option<String>,
    /// Whether the agent's pad is on the line; none where no pad was used today.
    #[serde(default)]
    pub pad: Option<bool>,
}

/// What an agent has received and is owed in the rota of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhoneAccount {
    pub received: u32,
    pub owed: u32,
    pub prepaid: u32,
    /// Turns still to be lost.
    pub penalties: u32,
}

/// `GET /api/v1/agents`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentList {
    pub agents: Vec<AgentView>,
    /// Who would receive the next new visitor now.
    pub next: Option<AgentId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StatusChange {
    Ready,
    Away,
    /// The desk's word that a long service goes on.
    Serving,
    Off,
}

/// `POST /api/v1/agents/{id}/status`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusRequest {
    pub status: StatusChange,
    /// Required for `away`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<AwayReason>,
}
