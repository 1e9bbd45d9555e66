//! How long a party has waited, as the row and the things to do both say it.

use super::Tone;
use super::picture::Wait;
use crate::core::clock;
use crate::core::time::Millis;

/// From this part of the longest wait on, a wait is said to grow: four fifths.
const GROWING: (i64, i64) = (4, 5);

impl Wait {
    /// Whole minutes until `now`.
    pub(super) fn minutes(self, now: Millis) -> i64 {
        clock::minutes_between(self.since, now)
    }

    /// Plain, growing, or longer than the line allows.
    pub(super) fn tone(self, now: Millis) -> Tone {
        let (waited, longest) = (now.since(self.since), self.patience_ends.since(self.since));
        if now >= self.patience_ends {
            Tone::Bad
        } else if waited * GROWING.1 >= longest * GROWING.0 {
            Tone::Warn
        } else {
            Tone::Plain
        }
    }
}
