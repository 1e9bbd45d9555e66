//! How waits came out against what was reckoned, and the range that follows from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reckoned;
use crate::core::foretold::Foretold;

/// Of a hundred waits so many end within the range that was told.
pub const RANGE_HOLDS_PERCENT: u64 = 80;
/// Added to both sides before they are compared, seconds: of a short wait a minute says little.
const SLACK: u64 = 5 * 60;
/// Width of a step of [`Counts`], thousandths.
const STEP: u64 = 100;
/// Steps of [`Counts`]; the last one takes in all that came out longer.
const STEPS: usize = 40;
/// Waits counted in each band before the older ones are halved.
const KEEPS: u64 = 800;
/// Upper ends of the bands of what was reckoned, seconds: short waits come out differently from
/// long ones.
const BANDS: [u32; 4] = [10 * 60, 20 * 60, 40 * 60, u32::MAX];

/// How a party comes to its agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// By whoever comes free.
    ByTurn,
    /// By a certain agent if that one comes free in time (rules 3 to 5).
    Certain,
}

/// Counts of (actual + slack) ÷ (reckoned + slack), in steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Counts(Vec<u32>);

impl Counts {
    fn learn(&mut self, ratio: u64) {
        self.0.resize(STEPS, 0);
        let total: u64 = self.0.iter().map(|n| u64::from(*n)).sum();
        if total >= KEEPS {
            self.0.iter_mut().for_each(|n| *n /= 2);
        }
        let step = usize::try_from(ratio / STEP).unwrap_or(STEPS);
        self.0[step.min(STEPS - 1)] += 1;
    }

    /// As if a few had been seen already: half of them near what was reckoned, the others from half
    /// to twice as long.
    fn count(&self, step: usize) -> u64 {
        let before = match step {
            4..8 => 2,
            8..13 => 3,
            13..23 => 1,
            _ => 0,
        };
        before + u64::from(self.0.get(step).copied().unwrap_or(0))
    }

    /// The ratio below which `percent` of all came out, thousandths.
    fn below(&self, percent: u64) -> u64 {
        let total: u64 = (0..STEPS).map(|step| self.count(step)).sum();
        let wanted = total * percent;
        let mut seen = 0;
        for (step, from) in (0..STEPS).zip((0..).step_by(STEP as usize)) {
            let here = self.count(step) * 100;
            if seen + here >= wanted && here > 0 {
                return from + (wanted - seen) * STEP / here;
            }
            seen += here;
        }
        STEPS as u64 * STEP
    }
}

/// The outcomes of both kinds of waits, by band.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Outcomes(BTreeMap<Kind, [Counts; BANDS.len()]>);

fn band(reckoned_s: u32) -> usize {
    let within = |end: &u32| reckoned_s <= *end;
    BANDS.iter().position(within).unwrap_or(BANDS.len() - 1)
}

impl Outcomes {
    pub fn learn(&mut self, reckoned: Reckoned, waited_s: u32) {
        let ratio = (u64::from(waited_s) + SLACK) * 1000 / (u64::from(reckoned.wait_s) + SLACK);
        let bands = self.0.entry(reckoned.kind).or_default();
        bands[band(reckoned.wait_s)].learn(ratio);
    }

    /// The range outside of which equally many end sooner and later, and the middle.
    pub fn foretell(&self, reckoned: Reckoned) -> Foretold {
        let outside = (100 - RANGE_HOLDS_PERCENT) / 2;
        let [from, middle, to] =
            [outside, 50, 100 - outside].map(|percent| self.below(reckoned, percent));
        Foretold::rounded(from, middle, to)
    }

    /// The wait below which `percent` of all such ended, seconds. Never less than for a wait that
    /// was reckoned shorter, also where a band begins.
    fn below(&self, reckoned: Reckoned, percent: u64) -> u32 {
        let none = <[Counts; BANDS.len()]>::default();
        let bands = self.0.get(&reckoned.kind).unwrap_or(&none);
        let last = band(reckoned.wait_s);
        let each = (0..=last).map(|band| {
            let wait = reckoned.wait_s.min(BANDS[band]);
            let corrected = (u64::from(wait) + SLACK) * bands[band].below(percent) / 1000;
            corrected.saturating_sub(SLACK)
        });
        u32::try_from(each.max().unwrap_or(0)).unwrap_or(u32::MAX)
    }
}
