//! A wait as it is told to people: a range in steps they can believe, in their language.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::language::Language;
use super::words::say;

/// Steps of the figures, seconds: minutes nobody can know are not said.
const STEP: u32 = 5 * 60;
/// Above an hour the steps are wider.
const LONG: u32 = 3600;
const LONG_STEP: u32 = 15 * 60;

/// Between which two times the wait ends about eight times in ten, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitRange {
    pub from_s: u32,
    pub to_s: u32,
}

/// A wait as foretold: the likeliest one and the range around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foretold {
    /// Seconds, in whole minutes; within the range.
    pub wait_s: u32,
    pub range: WaitRange,
}

impl Foretold {
    /// Rounds what was reckoned (seconds) to figures that can be told. Larger ones never give
    /// smaller figures.
    pub fn rounded(from: u32, likeliest: u32, to: u32) -> Self {
        let from_s = to_step(from);
        let to_s = to_step(to).max(next_step(from_s));
        let wait_s = likeliest
            .div_ceil(60)
            .saturating_mul(60)
            .clamp(from_s, to_s);
        Self {
            wait_s,
            range: WaitRange { from_s, to_s },
        }
    }

    pub fn holds(&self, seconds: u32) -> bool {
        (self.range.from_s..=self.range.to_s).contains(&seconds)
    }
}

const fn step_at(seconds: u32) -> u32 {
    if seconds < LONG { STEP } else { LONG_STEP }
}

/// The nearest step.
fn to_step(seconds: u32) -> u32 {
    let step = step_at(seconds);
    (seconds.saturating_add(step / 2) / step).saturating_mul(step)
}

fn next_step(seconds: u32) -> u32 {
    seconds.saturating_add(step_at(seconds))
}

/// A wait that surely ends within so long is told as short, seconds.
const SHORTLY: u32 = 10 * 60;

/// Whether a party that was told this may also be told that it is seen to shortly.
pub fn is_short(range: Option<WaitRange>) -> bool {
    range.is_some_and(|r| r.to_s <= SHORTLY)
}

/// How long a party is asked to wait, e.g. `约 5–15 分钟`. Without a range: `wait_s` alone, as older
/// tickets say it; without that too, that nothing can be foretold, unless somebody is `there`.
pub fn say_wait(language: Language, wait_s: u32, range: Option<WaitRange>, there: bool) -> String {
    let minutes = |seconds: u32| seconds.div_ceil(60).to_string();
    match range {
        Some(WaitRange { to_s: 0, .. }) => say(language, "wait.none", &[]),
        Some(WaitRange { from_s: 0, to_s }) => {
            say(language, "wait.within", &[("to", &minutes(to_s))])
        }
        Some(WaitRange { from_s, to_s }) => {
            let (from, to) = (minutes(from_s), minutes(to_s));
            say(language, "wait.range", &[("from", &from), ("to", &to)])
        }
        None if wait_s == 0 && there => say(language, "wait.none", &[]),
        None if wait_s == 0 => say(language, "wait.unknown", &[]),
        None => say(language, "wait.about", &[("minutes", &minutes(wait_s))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u32 = 60;

    fn range(from: u32, to: u32) -> Option<WaitRange> {
        Some(WaitRange {
            from_s: from * MINUTE,
            to_s: to * MINUTE,
        })
    }

    #[test]
    fn k3_a_wait_is_told_in_steps_people_can_believe() {
        let told = |from: u32, likeliest: u32, to: u32| {
            let f = Foretold::rounded(from * MINUTE, likeliest * MINUTE, to * MINUTE);
            let minutes = |s: u32| s / MINUTE;
            (
                minutes(f.range.from_s),
                minutes(f.wait_s),
                minutes(f.range.to_s),
            )
        };
        assert_eq!(told(0, 0, 0), (0, 0, 5));
        assert_eq!(told(4, 9, 17), (5, 9, 15));
        assert_eq!(told(1, 2, 3), (0, 2, 5));
        assert_eq!(told(8, 8, 9), (10, 10, 15));
        assert_eq!(told(55, 70, 100), (55, 70, 105));
        let longest = Foretold::rounded(u32::MAX, u32::MAX - 60, u32::MAX);
        assert!(longest.range.from_s <= longest.range.to_s);
    }

    #[test]
    fn k3_a_wait_is_said_in_each_language() {
        let all = |wait, range, there| Language::ALL.map(|l| say_wait(l, wait, range, there));
        assert_eq!(
            all(600, range(5, 15), false),
            ["约 5–15 分钟", "約 5–15 分鐘", "5–15 minutes"]
        );
        assert_eq!(
            all(120, range(0, 5), false),
            ["不超过 5 分钟", "不超過 5 分鐘", "up to 5 minutes"]
        );
        assert_eq!(all(0, None, true), ["无需等候", "無需等候", "none"]);
        assert_eq!(
            all(0, None, false),
            ["暂时无法预估", "暫時無法預估", "cannot be foretold yet"]
        );
        // A ticket of before ranges were told.
        assert_eq!(
            all(901, None, false),
            ["约 16 分钟", "約 16 分鐘", "about 16 min"]
        );
    }
}
