//! `POST /api/v1/floors/{floor}/events`: the floor's log on its way to the centre.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// One event of a floor's log as it travels. `body` is kept to the letter, because the hash of the
/// chain is taken over it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    /// From 1, without gaps.
    pub seq: u64,
    pub id: Uuid,
    /// Hash of the event before (`crypto::chain`), lower-case hex; 64 zeros before the first.
    pub prev: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Device id, `floor` for what the floor did by itself, `centre` for what the feed brought.
    pub actor: String,
    pub v: u32,
    /// A [`crate::core::floor::Event`].
    pub body: Box<RawValue>,
}

/// A batch in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// New for every floor database; a floor begun anew starts a new epoch.
    pub epoch: Uuid,
    pub events: Vec<Envelope>,
    /// Sealed profiles of the batch: base64 by the `profile_hash` their check-in names.
    #[serde(default)]
    pub profiles: BTreeMap<String, String>,
}

/// `GET /api/v1/floors/{floor}/events?after=N`: what the centre has of a floor's log, so that a
/// restored floor takes back what its backup lacks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct History {
    /// `None` before the floor was first heard.
    pub epoch: Option<Uuid>,
    pub last_seq: u64,
    /// The next ones in order, of this epoch; empty when there are no more.
    pub events: Vec<Envelope>,
}

/// `POST /api/v1/floors/{floor}/epochs`: a floor that was put back to an older state and has gone on
/// since begins a new epoch where its log and the centre's still agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewEpoch {
    pub epoch: Uuid,
    /// The epoch of the event it begins behind.
    pub behind: Uuid,
    /// That event; 0 for the very beginning.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Accepted {
    pub accepted_through: u64,
}
