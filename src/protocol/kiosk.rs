//! What a kiosk says of itself, and what the desk sees of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::id::DeviceId;

/// A kiosk's own series as the floor knows it; part of `GET /api/v1/site` to a kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KioskSeries {
    /// The kiosk's number: its tickets are `K<number>-01`, `K<number>-02`, ….
    pub number: u32,
    /// The open day, `YYYY-MM-DD`.
    pub day: String,
    /// The highest count known of that day.
    pub last: u32,
}

/// `PUT /api/v1/kiosk`: how a kiosk stands, several times a minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KioskStanding {
    /// Check-ins under its own numbers that it still has to hand over.
    pub backlog: u32,
    /// Check-ins that the floor did not take; somebody must look at the kiosk's log.
    #[serde(default)]
    pub set_aside: u32,
}

/// A kiosk as the desk sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KioskView {
    pub id: DeviceId,
    /// The beginning of its own numbers, e.g. `K2`; none where the centre gave it no number.
    pub series: Option<String>,
    /// To the minute, RFC 3339; none: not since the floor started.
    pub last_seen: Option<String>,
    /// Silent since then, RFC 3339; none while it is heard.
    pub offline_since: Option<String>,
    pub backlog: u32,
    pub set_aside: u32,
    /// Today's visits under numbers of its own.
    pub handed_over: u32,
}
