//! `GET /api/v1/floors/{floor}/feed?after=N`: what the centre hands down.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::house_rules::HouseRules;
use crate::core::id::DeviceId;
use crate::core::site::Site;

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

/// Each item is a whole document that replaces the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeedBody {
    Site {
        site: Box<Site>,
    },
    Rules {
        rules: Box<HouseRules>,
    },
    /// All devices that may speak to this floor; one that is missing is revoked.
    Devices {
        devices: Vec<DeviceGrant>,
    },
}

/// The right of a device, with the hash of its token only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceGrant {
    pub id: DeviceId,
    pub role: DeviceRole,
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
}

/// What kind of screen a device is; its rights follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeviceRole {
    Kiosk,
    Display,
    Desk,
}
