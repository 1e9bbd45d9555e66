//! Small things the reception does for a party beside the rota, each once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Chore {
    /// The drink stands before the guest (送饮品).
    Drink,
    /// The absent agent was told that their guest is here (rule 4).
    OwnerTold,
    /// The centre's later word on whose guest this is was looked at (rule 4).
    OwnerSeen,
}
