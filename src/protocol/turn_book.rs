//! `GET /api/v1/turn-book`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::id::{AgentId, VisitId};
use crate::core::turn_book::{Pass, Rule};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TurnBook {
    pub day: String,
    pub lines: Vec<TurnLine>,
}

/// One line in words, in the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TurnLine {
    pub seq: u64,
    /// RFC 3339.
    pub at: String,
    pub visit: Option<VisitId>,
    pub ticket: Option<String>,
    pub agent: Option<AgentId>,
    pub rule: Rule,
    /// Code of the reason, e.g. `offered_in_turn`.
    pub code: String,
    pub reason: String,
    pub passed_over: Vec<Pass>,
    /// The person or screen that decided, in words; none: the floor, by the rules, or a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// `GET /api/v1/turn-book/sheet` as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignedSheet {
    /// The sheet as a JSON text; the signature is over its bytes.
    pub sheet: String,
    /// Ed25519 in base64; none while the showroom is open or a guest is still there.
    pub signature: Option<String>,
    /// The floor's public key in base64.
    pub public_key: Option<String>,
}
