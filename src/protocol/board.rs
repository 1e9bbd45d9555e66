//! What the display shows. Tickets, consultants, places; never a guest's name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::ticket::Line;

/// `GET /api/v1/board`, and the data of the SSE event `board`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Board {
    /// Grows with every change, so that a display sees what it missed.
    pub version: u64,
    /// RFC 3339, with the site's offset.
    pub at: String,
    /// Called and not yet being served, latest call first.
    pub now_calling: Vec<Call>,
    /// The latest calls already answered, latest first, at most eight.
    pub recent: Vec<Call>,
    /// In order of turn.
    pub waiting: Vec<Waiting>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Call {
    pub ticket: String,
    pub consultant: String,
    pub place: String,
    /// RFC 3339.
    pub called_at: String,
    /// 1 for the first call, one more for each recall; a display chimes when it grows.
    pub times: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    pub ticket: String,
    pub line: Line,
}
