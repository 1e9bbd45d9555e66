//! What the desk steers beside the steps of a visit: small services, appointments, the day, tickets
//! printed again, the manager's orders.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::chore::Chore;
use crate::core::floor::ManagersOrder;
use crate::core::floor::day::Rest;
use crate::core::id::{AgentId, VisitId};
use crate::core::visit::NotABuyer;

/// `POST /api/v1/visits/{id}/chores`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoreRequest {
    pub chore: Chore,
}

/// `POST /api/v1/acknowledgements`: a thing to do was seen, and rests at every desk today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeRequest {
    /// As the desk names it; visible ASCII, nothing about a person.
    pub key: String,
}

/// `POST /api/v1/appointments`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentRequest {
    pub agent: AgentId,
    /// RFC 3339.
    pub time: String,
}

/// One of today's appointments, by time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AppointmentView {
    pub id: String,
    pub agent: AgentId,
    /// RFC 3339.
    pub time: String,
    /// The party that came for it.
    pub visit: Option<VisitId>,
}

/// `POST /api/v1/not-buyers`: somebody at the door who needs no ticket (rule 2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotABuyerRequest {
    pub kind: NotABuyer,
}

/// `POST /api/v1/day/close`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// What becomes of guests who are not being served yet.
    pub rest: Rest,
}

/// `POST /api/v1/visits/{id}/reprint`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReprintAnswer {
    pub print_job: String,
}

/// `POST /api/v1/manager/orders`, with a manager's own session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    #[schema(value_type = Object)]
    pub order: ManagersOrder,
    /// Goes in the turn book.
    pub reason: String,
}

/// The house's rules as far as the desk explains them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeskRules {
    pub reason_lead_seconds: u32,
    pub owed_cap: u32,
    pub long_service_minutes: u32,
    /// The order of turns is the manager's list (`rota_order`); else there is none to set.
    #[serde(default)]
    pub by_list: bool,
    /// Nobody is put on duty by the desk without their own PIN.
    #[serde(default)]
    pub ready_needs_pin: bool,
}
