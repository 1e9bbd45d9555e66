//! The course of one party, free of who serves it: what it brings along and how long things take.

use std::collections::BTreeSet;

use crate::core::floor::Step;
use crate::core::id::AgentId;
use crate::core::time::Millis;
use crate::core::visit::CheckIn;

/// One party's day. Durations are milliseconds.
#[derive(Clone, Debug)]
pub struct Course {
    pub check_in: CheckIn,
    pub arrives: Millis,
    /// From the offer to the agent's acceptance.
    pub accept_after: i64,
    /// From the call to the beginning of the service.
    pub start_after: i64,
    pub service: i64,
    /// The party does not come when it is called.
    pub misses_call: bool,
    /// After being parked for that, it comes back.
    pub returns_after: Option<i64>,
    /// Leaves unserved so long after arriving.
    pub patience: Option<i64>,
    /// Wishes for somebody else when given to one of these.
    pub refuses: BTreeSet<AgentId>,
    /// What the desk did with the party, and how long after its arrival.
    pub desk: Vec<(i64, Step)>,
}

impl Course {
    /// A party that is served without anything remarkable.
    pub fn usual(check_in: CheckIn, arrives: Millis) -> Self {
        Self {
            check_in,
            arrives,
            accept_after: 10_000,
            start_after: 60_000,
            service: 40 * 60_000,
            misses_call: false,
            returns_after: None,
            patience: None,
            refuses: BTreeSet::new(),
            desk: Vec::new(),
        }
    }
}
