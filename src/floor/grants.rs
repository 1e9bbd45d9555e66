//! Who may speak to the floor: the devices the centre enrolled, by the hash of their tokens.

use std::collections::HashMap;

use crate::core::id::DeviceId;
use crate::crypto::token;
use crate::protocol::feed::{DeviceGrant, DeviceRole};

/// A known device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub id: DeviceId,
    pub role: DeviceRole,
}

/// All known devices.
#[derive(Default)]
pub(super) struct Grants {
    by_hash: HashMap<String, Device>,
}

impl Grants {
    pub fn new(grants: &[DeviceGrant]) -> Self {
        Self {
            by_hash: grants
                .iter()
                .map(|g| {
                    let device = Device {
                        id: g.id.clone(),
                        role: g.role,
                    };
                    (g.token_hash.to_ascii_lowercase(), device)
                })
                .collect(),
        }
    }

    /// The device with this token, and the token's hash. Finding it by its hash tells a listener
    /// with a stopwatch nothing about the token.
    pub fn find(&self, token: &str) -> Option<(&Device, String)> {
        let hash = token::hash(token);
        self.by_hash.get(&hash).map(|device| (device, hash))
    }
}
