//! How much room the disk of the floor's records has, so that the desk hears of it well before
//! nothing can be stored any more.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ask::Engine;
use super::clock::Timekeeper;
use crate::core::time::Millis;
use crate::protocol::desk::Alarm;

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// The sign goes out when there is more room than the threshold by a part of so many: it must not
/// come and go with every event.
const CLEAR_PART: u64 = 10;

/// The disk's room as last measured.
pub(super) struct Room {
    folder: PathBuf,
    warn_below: u64,
    engine: Engine,
    keeper: Timekeeper,
    gauge: Mutex<Gauge>,
}

impl Room {
    /// `warn_below`: bytes; 0: never a sign.
    pub fn new(folder: PathBuf, warn_below: u64, engine: Engine, keeper: Timekeeper) -> Self {
        Self {
            folder,
            warn_below,
            engine,
            keeper,
            gauge: Mutex::default(),
        }
    }

    pub fn alarm(&self) -> Option<Alarm> {
        let since = self.gauge().low_since?;
        Some(Alarm {
            code: "storage_low".to_owned(),
            since: since.rfc3339(),
        })
    }

    fn look(&self) {
        // A disk that does not say is no reason for a sign; whether it stores is seen elsewhere.
        let Ok(free) = fs4::available_space(&self.folder) else {
            return;
        };
        metrics::gauge!("yingbin_floor_disk_free_bytes").set(exact(free));
        let now = self.keeper.latest();
        if self.gauge().measured(free, self.warn_below, now) {
            self.engine.touch();
        }
    }

    fn gauge(&self) -> std::sync::MutexGuard<'_, Gauge> {
        self.gauge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes as a figure; beyond what a figure holds exactly nobody counts single bytes.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
const fn exact(bytes: u64) -> f64 {
    bytes as f64
}

/// Looks at the disk now and then. Runs until dropped.
pub(super) async fn watch(room: Arc<Room>) {
    if room.warn_below == 0 {
        return;
    }
    loop {
        let looking = room.clone();
        // A sick disk may take its time to answer.
        if tokio::task::spawn_blocking(move || looking.look())
            .await
            .is_err()
        {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

#[derive(Debug, Default)]
struct Gauge {
    low_since: Option<Millis>,
}

impl Gauge {
    /// Takes a measurement in; whether the sign came or went.
    fn measured(&mut self, free: u64, warn_below: u64, now: Millis) -> bool {
        let clear = warn_below.saturating_add(warn_below / CLEAR_PART);
        match self.low_since {
            None if free < warn_below => self.low_since = Some(now),
            Some(_) if free >= clear => self.low_since = None,
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k9_the_sign_of_little_room_comes_and_goes_once() {
        let mut gauge = Gauge::default();
        let mut at = |free, minute| {
            let changed = gauge.measured(free, 1000, Millis::default().plus_minutes(minute));
            (changed, gauge.low_since)
        };
        let since = Some(Millis::default().plus_minutes(2));
        assert_eq!(at(1000, 1), (false, None));
        assert_eq!(at(999, 2), (true, since));
        assert_eq!(at(10, 3), (false, since));
        assert_eq!(at(1099, 4), (false, since), "a little more is no end of it");
        assert_eq!(at(1100, 5), (true, None));
        assert_eq!(at(1001, 6), (false, None));
    }
}
