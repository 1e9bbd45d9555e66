//! Who may speak to the floor: the devices the centre knows, by the hash of their tokens.

use std::collections::{BTreeMap, HashMap};

use crate::core::floor::devices::EnrolledDevice;
use crate::core::id::DeviceId;
use crate::crypto::token;
use crate::protocol::feed::{DeviceGrant, DeviceRole};

/// A known device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub id: DeviceId,
    pub role: DeviceRole,
    /// A kiosk's number.
    pub number: Option<u32>,
    pub token_hash: String,
}

/// All known devices.
#[derive(Default)]
pub(super) struct Grants {
    by_hash: HashMap<String, Device>,
}

impl Grants {
    /// `enrolled`: what this floor gave tokens for itself. The centre's word counts where it has
    /// heard of a token; a device created anew has another enrolment, and its old token is nothing.
    pub fn new(grants: &[DeviceGrant], enrolled: &BTreeMap<DeviceId, EnrolledDevice>) -> Self {
        let by_hash = grants.iter().filter_map(|grant| {
            let own = || {
                let enrolment = grant.enrolment.as_ref()?;
                let own = enrolled.get(&grant.id)?;
                (own.enrolment == enrolment.id).then(|| own.token_hash.clone())
            };
            let hash = grant.token_hash.clone().or_else(own)?.to_ascii_lowercase();
            let device = Device {
                id: grant.id.clone(),
                role: grant.role,
                number: grant.number,
                token_hash: hash.clone(),
            };
            Some((hash, device))
        });
        Self {
            by_hash: by_hash.collect(),
        }
    }

    /// The device with this token. Finding it by its hash tells a listener with a stopwatch nothing
    /// about the token.
    pub fn find(&self, token: &str) -> Option<&Device> {
        self.by_hash.get(&token::hash(token))
    }

    /// Whether the device may still speak.
    pub fn know(&self, device: &Device) -> bool {
        self.by_hash.get(&device.token_hash) == Some(device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::feed::EnrolmentGrant;

    fn grant(enrolment: &str, token: Option<&str>) -> DeviceGrant {
        DeviceGrant {
            id: DeviceId::new("kiosk-1"),
            role: DeviceRole::Kiosk,
            token_hash: token.map(token::hash),
            number: Some(1),
            enrolment: Some(EnrolmentGrant {
                id: enrolment.into(),
                key: None,
                expires: String::new(),
            }),
        }
    }

    #[test]
    fn k10_a_device_created_anew_has_lost_its_old_token() {
        let enrolled = EnrolledDevice {
            enrolment: "one".into(),
            token_hash: token::hash("a"),
        };
        let enrolled = BTreeMap::from([(DeviceId::new("kiosk-1"), enrolled)]);
        let known =
            |grants: &[DeviceGrant], token| Grants::new(grants, &enrolled).find(token).is_some();
        assert!(known(&[grant("one", None)], "a"));
        assert!(!known(&[grant("two", None)], "a"));
        assert!(!known(&[], "a"));
        // Another floor of the showroom gave the token that the centre heard of first.
        let elsewhere = [grant("one", Some("b"))];
        assert!(known(&elsewhere, "b") && !known(&elsewhere, "a"));
    }
}
