//! `POST /api/v1/floors/{floor}/recognitions`: the floor shows the sealed profile of a guest who
//! says “been before”, and hears whose customer it is, or nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::id::AgentId;
use crate::core::visit::KnownOwner;

/// The profile with what it is bound to, so that it cannot be shown for another check-in.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecognitionRequest {
    /// Base64 of the `age` file, as it came with the check-in.
    pub sealed_profile: String,
    /// Of the check-in.
    pub idempotency_key: String,
    /// Of the notice the guest was shown.
    pub notice_hash: String,
}

/// An owner under protection; `{}`: none, or nobody known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecognitionAnswer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<KnownOwner>,
}

/// `GET /api/v1/customers/{id}/owner`: whose customer it is, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerView {
    /// `null`: nobody was ever served.
    pub agent: Option<AgentId>,
    /// The last effective contact, RFC 3339.
    pub contact_at: Option<String>,
    /// Up to then the customer is this agent's alone, RFC 3339.
    pub protected_until: Option<String>,
    /// Up to then a colleague may claim the customer, who had forgotten with whom; RFC 3339.
    pub claim_until: Option<String>,
    pub bought: bool,
}

/// `PUT /api/v1/customers/{id}/owner`: a person decides whose customer it is, from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerDecision {
    pub agent: AgentId,
}
