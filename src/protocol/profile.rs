//! What is sealed on the kiosk and opened only by the centre.

use serde::{Deserialize, Serialize};

pub use crate::core::guest_name::Title;

pub const PROFILE_VERSION: u32 = 1;

/// The JSON inside the `age` file. The last two fields tie it to one check-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub v: u32,
    pub surname: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    pub title: Title,
    /// As typed, national or E.164; the centre normalises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub idempotency_key: String,
    pub notice_hash: String,
}

/// What an agent wrote about a party in words of their own, which may name people. Sealed on the
/// floor the moment it arrives; `visit` ties it to one visit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub v: u32,
    pub visit: crate::core::id::VisitId,
    pub text: String,
}

impl std::fmt::Debug for Note {
    /// Never shows what was written.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Note")
            .field("visit", &self.visit)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Profile {
    /// Never shows the person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile")
            .field("v", &self.v)
            .finish_non_exhaustive()
    }
}
