//! Which idempotency keys have an answer: a digest of each, since the answers themselves are in the
//! database and only a repetition needs one.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher;

use crate::core::id::DeviceId;

/// A check-in, by device and key.
pub(super) type Slot = (DeviceId, String);

/// The keys of the last days. Two may share a digest, so that it only says where to look.
#[derive(Default)]
pub(super) struct KnownKeys {
    secret: RandomState,
    days: BTreeMap<String, HashSet<u64>>,
}

impl KnownKeys {
    pub fn add(&mut self, day: &str, device: &DeviceId, key: &str) {
        let digest = self.digest(device, key);
        match self.days.get_mut(day) {
            Some(known) => drop(known.insert(digest)),
            None => drop(self.days.insert(day.to_owned(), HashSet::from([digest]))),
        }
    }

    /// `false`: this key was never answered.
    pub fn may_know(&self, device: &DeviceId, key: &str) -> bool {
        let digest = self.digest(device, key);
        self.days.values().any(|known| known.contains(&digest))
    }

    /// Forgets the days before.
    pub fn keep_from(&mut self, day: &str) {
        self.days.retain(|known, _| known.as_str() >= day);
    }

    fn digest(&self, device: &DeviceId, key: &str) -> u64 {
        self.secret.hash_one((device.as_str(), key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k10_a_key_is_known_for_its_device_and_as_long_as_its_day_is_kept() {
        let (one, other) = (DeviceId::new("kiosk-1"), DeviceId::new("kiosk-2"));
        let mut keys = KnownKeys::default();
        keys.add("2026-11-23", &one, "a");
        keys.add("2026-11-24", &other, "a");
        assert!(keys.may_know(&one, "a") && keys.may_know(&other, "a"));
        assert!(!keys.may_know(&one, "b"));
        keys.keep_from("2026-11-24");
        assert!(!keys.may_know(&one, "a") && keys.may_know(&other, "a"));
    }
}
