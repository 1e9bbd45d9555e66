//! Consent per purpose, and which personal fields it unlocks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The purpose without which no personal field may exist.
pub const RECEPTION: &str = "reception";

/// One answer to one purpose (逐项同意). Absence of an answer counts as refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    pub purpose: String,
    pub given: bool,
}

/// Whether `purpose` was agreed to.
pub fn given(consents: &[Consent], purpose: &str) -> bool {
    consents.iter().any(|c| c.purpose == purpose && c.given)
}
