//! `GET /api/v1/floors/{floor}/feed?after=N`: what the centre hands down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::{AppointmentEntry, RegistrationEntry};
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::site::Site;
use crate::core::time::Millis;

/// Items after the cursor, in order; empty when a long poll ended without news.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Feed {
    pub items: Vec<FeedItem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedItem {
    /// Grows, not necessarily by one.
    pub cursor: u64,
    #[serde(flatten)]
    pub body: FeedBody,
}

/// Each item is a whole document that replaces the one before, but for what is about one visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeedBody {
    Site {
        site: Box<Site>,
    },
    /// `by`: the user in the office who changed them.
    Rules {
        rules: Box<HouseRules>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// All devices that may speak to this floor; one that is missing is revoked.
    Devices {
        devices: Vec<DeviceGrant>,
    },
    /// The one-time codes with which members of staff set their PIN, the unused ones.
    PinCodes {
        codes: Vec<PinCodeGrant>,
    },
    /// The appointments from today on (rule 3).
    Appointments {
        appointments: Vec<AppointmentEntry>,
    },
    /// The brokers' registrations (rule 3b).
    Registrations {
        registrations: Vec<RegistrationEntry>,
    },
    /// Overdue follow-ups by agent; whoever is left out has none (rule 12).
    Overdue {
        overdue: BTreeMap<AgentId, u32>,
    },
    /// Whose guest a visit of today is, which the floor did not know when the guest came (rule 4).
    OwnerLearned {
        visit: VisitId,
        agent: AgentId,
        bought: bool,
    },
}

/// A one-time code for one member of staff, with its hash only. Its arrival takes the PIN before it
/// out of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinCodeGrant {
    pub staff: AgentId,
    /// UUIDv7: later codes have greater ids, and a floor takes none that is not later than the last.
    pub id: uuid::Uuid,
    /// PHC string.
    pub hash: String,
    pub expires: Millis,
}

/// The right of a device: to enrol, or to speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceGrant {
    pub id: DeviceId,
    pub role: DeviceRole,
    /// Lower-case hex SHA-256 of its token, once the centre has heard of the enrolment: a floor
    /// that was begun anew knows its screens by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_hash: Option<String>,
    /// A kiosk's number: its own tickets are `K<number>-01`, …. Never given twice in a showroom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The code it may be enrolled with, or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<EnrolmentGrant>,
}

/// A one-time code, as the floor needs to know it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentGrant {
    pub id: String,
    /// What proofs are made with, lower-case hex; none once the code was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// RFC 3339.
    pub expires: String,
}

impl std::fmt::Debug for EnrolmentGrant {
    /// Never shows the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentGrant")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What kind of screen a device is; its rights follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeviceRole {
    Kiosk,
    Display,
    Desk,
}

impl DeviceRole {
    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Display => "display",
            Self::Desk => "desk",
        }
    }
}
