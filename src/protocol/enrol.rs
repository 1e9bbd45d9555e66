//! `POST /api/v1/enrolments`: a screen turns its one-time code into a token. The code itself never
//! travels; `crypto::enrolment` says what the proofs are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::feed::DeviceRole;
use crate::core::id::DeviceId;

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// 32 random bytes, base64.
    pub nonce: String,
    /// 32 bytes, base64.
    pub proof: String,
    /// What the screen is; a code for another kind is refused and not used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<DeviceRole>,
}

/// The token, given this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct EnrolAnswer {
    pub device: DeviceId,
    pub role: DeviceRole,
    pub token: String,
    /// 32 random bytes, base64.
    pub nonce: String,
    /// That the floor knows the code as well, over everything above; 32 bytes, base64.
    pub proof: String,
}
