//! Where the engine gets its time from. It is read here only; the core is handed values.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::core::time::Millis;
use crate::wall_clock;

/// The source of time, chosen once at the edge.
#[derive(Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// Moved by hand, so that a rehearsal or a test can let an hour pass at once.
    Manual(watch::Receiver<Millis>),
}

/// A clock put forward by more than this is a jump (the machine slept, or its clock was set), not
/// drift; milliseconds.
const JUMP_MS: i64 = 2000;

/// Keeps monotonic time from an anchor on the wall clock: a wall clock that is set must not make
/// every offer lapse at once.
#[derive(Clone)]
pub(super) struct Timekeeper {
    clock: Clock,
    anchor: (Millis, Instant),
}

impl Timekeeper {
    /// `not_before`: the last moment the floor has seen. A wall clock that was set back while the
    /// floor was down would otherwise let its timers stand still until it is there again.
    pub fn new(clock: Clock, not_before: Millis) -> Self {
        Self {
            clock,
            anchor: (wall_clock::now().max(not_before), Instant::now()),
        }
    }

    pub fn now(&self) -> Millis {
        match &self.clock {
            Clock::System => {
                let passed = i64::try_from(self.anchor.1.elapsed().as_millis()).unwrap_or(i64::MAX);
                Millis(self.anchor.0.0.saturating_add(passed))
            }
            Clock::Manual(hand) => *hand.borrow(),
        }
    }

    /// The time for somebody who does not [`follow`](Self::follow): a wall clock that ran ahead, as
    /// after the machine slept, counts.
    pub fn latest(&self) -> Millis {
        match &self.clock {
            Clock::System => self.now().max(wall_clock::now()),
            Clock::Manual(_) => self.now(),
        }
    }

    /// Follows the wall clock forward. A jump comes back as its milliseconds: to the timers it is
    /// time in which the floor was down. Backward the wall clock is not followed.
    pub fn follow(&mut self) -> Option<i64> {
        let Clock::System = self.clock else {
            return None;
        };
        let (ours, theirs) = (self.now(), wall_clock::now());
        let ahead = theirs.since(ours);
        if ahead > 0 {
            self.anchor = (theirs, Instant::now());
        }
        (ahead > JUMP_MS).then_some(ahead)
    }

    /// Waits until `due`; for ever without one.
    pub async fn reached(&self, due: Option<Millis>) {
        let Some(due) = due else {
            return std::future::pending().await;
        };
        match &self.clock {
            Clock::System => {
                let left = u64::try_from(due.since(self.now())).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(left)).await;
            }
            Clock::Manual(hand) => {
                if hand.clone().wait_for(|now| *now >= due).await.is_err() {
                    std::future::pending().await
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k9_a_wall_clock_behind_the_log_does_not_hold_time_up() {
        let seen = wall_clock::now().plus_minutes(60);
        let mut keeper = Timekeeper::new(Clock::System, seen);
        assert!(keeper.now() >= seen);
        assert_eq!(keeper.follow(), None);
        assert!(keeper.now() >= seen, "backward the wall is not followed");
        let behind = wall_clock::now().plus_minutes(-60);
        assert!(Timekeeper::new(Clock::System, behind).now() > behind.plus_minutes(59));
    }
}
