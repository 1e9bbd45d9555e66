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

/// How consent was asked (同意方式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// The guest answered on the kiosk's own screen.
    #[default]
    Screen,
    /// A receptionist asked each purpose aloud and noted the answer.
    Aloud,
}

impl Manner {
    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Aloud => "aloud",
        }
    }
    pub const fn is_screen(&self) -> bool {
        matches!(self, Self::Screen)
    }
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Screen, Self::Aloud]
            .into_iter()
            .find(|m| m.code() == code)
    }
}

/// Whether `purpose` was agreed to.
pub fn given(consents: &[Consent], purpose: &str) -> bool {
    consents.iter().any(|c| c.purpose == purpose && c.given)
}
