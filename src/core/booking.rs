//! What is arranged before a guest comes. Nothing here tells who the guest is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::AgentId;
use super::time::Millis;

/// An appointment with an agent (预约), from the centre's feed or made at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Appointment {
    pub id: String,
    pub agent: AgentId,
    /// Milliseconds since the epoch.
    pub time: Millis,
}

/// A broker's client, registered before arrival (渠道报备); rule 3b.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Registration {
    /// What the broker gave the client to show, e.g. `BJ-2291`.
    pub id: String,
    /// The broker's firm, as it stands in the book.
    pub broker: String,
    /// The channel desk's agent.
    pub agent: AgentId,
    pub registered: Millis,
    pub expires: Millis,
}

/// Whether a registration counts (rule 3b).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Valid,
    /// Registered only when the party was there already.
    NotBefore,
    Expired,
}

impl Registration {
    /// Rule 3b: registered before the party came at `arrived`, and still valid then.
    pub fn verdict(&self, arrived: Millis) -> Verdict {
        if self.registered >= arrived {
            Verdict::NotBefore
        } else if self.expires <= arrived {
            Verdict::Expired
        } else {
            Verdict::Valid
        }
    }
}
