//! Staff on the floor: who there is, and how they sign in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::id::AgentId;
use crate::core::language::Text;
use crate::core::site::StaffRole;

/// `GET /api/v1/staff`: what the sign-in page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StaffFaces {
    pub staff: Vec<StaffFace>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StaffFace {
    pub id: AgentId,
    pub name: String,
    pub title: Text,
    pub role: StaffRole,
}

/// `POST /api/v1/staff/sessions`. Has no `Debug`: it carries a PIN.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffSessionRequest {
    pub staff: AgentId,
    pub pin: String,
    /// A browser: the session comes as a cookie that no script can read, and not in the answer.
    #[serde(default)]
    pub pad: bool,
}

/// A session of a member of staff.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StaffSession {
    /// For `Authorization: Bearer`; missing where a cookie was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// RFC 3339.
    pub expires: String,
    pub staff: AgentId,
    pub name: String,
    pub role: StaffRole,
}

/// `POST /api/v1/staff/pins`: a PIN set by the person alone, with a one-time code.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinRequest {
    pub staff: AgentId,
    pub code: String,
    /// Six digits, none that anybody would try first.
    pub pin: String,
}

/// A one-time code, shown once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct PinCode {
    pub staff: AgentId,
    pub code: String,
    /// RFC 3339.
    pub expires: String,
}
