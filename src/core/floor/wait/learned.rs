//! What a floor learns from its own days: how long services and absences take. Whole numbers in
//! a bounded space; what is older counts for less and less.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::rota::AwayReason;
use crate::core::ticket::Line;

/// Hours of a day.
const HOURS: usize = 24;
/// Times counted by one mean before the older ones are halved.
const MEAN_KEEPS: u32 = 120;
/// As many times of its own an hour must have seen to count as much as its line, and a line to
/// count as much as the house's rule.
const OWN_WEIGHT: u64 = 8;
/// Nobody serves or is away longer at a stretch; whoever seems to has forgotten to say so. Seconds.
const LONGEST: u32 = 4 * 3600;
/// How long an absence takes until the floor has seen some, seconds.
const USUAL_ABSENCE: u64 = 30 * 60;
/// Width of a step of [`Shape`], thousandths of the expected time.
const STEP: u64 = 125;
/// Steps of [`Shape`]; the last one takes in all that is longer.
const STEPS: usize = 32;
/// Times counted by the shape before the older ones are halved.
const SHAPE_KEEPS: u64 = 2000;

/// A mean that follows slow changes: how many, and their sum in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mean(u32, u64);

impl Mean {
    fn add(&mut self, seconds: u32) {
        if self.0 >= MEAN_KEEPS {
            *self = Self(self.0 / 2, self.1 / 2);
        }
        self.0 += 1;
        self.1 += u64::from(seconds);
    }

    fn take_back(&mut self, seconds: u32) {
        self.0 = self.0.saturating_sub(1);
        self.1 = self.1.saturating_sub(u64::from(seconds));
    }

    /// The mean in seconds, drawn towards `usual` while few were seen.
    fn or(self, usual: u64) -> u64 {
        let Self(count, sum) = self;
        (sum + OWN_WEIGHT * usual) / (u64::from(count) + OWN_WEIGHT)
    }
}

/// Services of one line: all of them, and by the hour of the site's day in which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Services {
    all: Mean,
    hours: Vec<Mean>,
}

/// How times differ from what was expected of them: counts of actual ÷ expected, in steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Shape(Vec<u32>);

impl Shape {
    fn add(&mut self, ratio: u64) {
        self.0.resize(STEPS, 0);
        let total: u64 = self.0.iter().map(|n| u64::from(*n)).sum();
        if total >= SHAPE_KEEPS {
            self.0.iter_mut().for_each(|n| *n /= 2);
        }
        let step = usize::try_from(ratio / STEP).unwrap_or(STEPS);
        self.0[step.min(STEPS - 1)] += 1;
    }

    /// As if a few had been seen already: most near what was expected, none above twice that.
    fn count(&self, step: usize) -> u64 {
        let before = match step {
            0..8 => step as u64 + 1,
            8..16 => 16 - step as u64,
            _ => 0,
        };
        2 * before + u64::from(self.0.get(step).copied().unwrap_or(0)) * 4
    }
}

/// Shares of times that take longer than so many steps.
pub(super) struct Survival([u64; STEPS + 1]);

impl Survival {
    /// How much is left at `ratio` (thousandths of the expected time).
    fn at(&self, ratio: u64) -> u64 {
        let step = usize::try_from(ratio / STEP).unwrap_or(STEPS);
        if step >= STEPS {
            return 0;
        }
        let (here, next) = (self.0[step], self.0[step + 1]);
        here - (here - next) * (ratio % STEP) / STEP
    }

    /// The chance in thousandths that what has lasted `elapsed` of an expected `mean` ends within
    /// `more` seconds.
    pub fn ends_within(&self, elapsed: u64, mean: u64, more: u64) -> u64 {
        let mean = mean.max(60);
        let left = self.at(elapsed * 1000 / mean);
        if left * 100 < self.0[0] {
            // Longer than nearly all that was seen: as if it began anew, with half the time.
            return (more * 2000 / mean).min(1000);
        }
        1000 - self.at((elapsed + more) * 1000 / mean) * 1000 / left
    }
}

/// Times learned from services and absences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Learned {
    services: BTreeMap<Line, Services>,
    shape: Shape,
    absences: BTreeMap<AwayReason, Mean>,
}

impl Learned {
    /// A party of `line`, given to an agent in `hour`, was done after `seconds`. `usual`: by the
    /// house's rule, seconds.
    pub fn served(&mut self, line: Line, hour: usize, seconds: u32, usual: u64) {
        let seconds = seconds.min(LONGEST);
        let expected = self.service(line, hour, usual).max(60);
        self.shape.add(u64::from(seconds) * 1000 / expected);
        let services = self.services.entry(line).or_default();
        services.hours.resize(HOURS, Mean::default());
        services.all.add(seconds);
        services.hours[hour % HOURS].add(seconds);
    }

    /// That end was a slip and is taken back.
    pub fn not_served(&mut self, line: Line, hour: usize, seconds: u32) {
        let seconds = seconds.min(LONGEST);
        if let Some(services) = self.services.get_mut(&line) {
            services.all.take_back(seconds);
            if let Some(mean) = services.hours.get_mut(hour % HOURS) {
                mean.take_back(seconds);
            }
        }
    }

    pub fn came_back(&mut self, reason: AwayReason, seconds: u32) {
        let mean = self.absences.entry(reason).or_default();
        mean.add(seconds.min(LONGEST));
    }

    /// From the offer to the end, seconds: of this line in this hour, as far as such were seen.
    pub fn service(&self, line: Line, hour: usize, usual: u64) -> u64 {
        let Some(services) = self.services.get(&line) else {
            return usual;
        };
        let of_line = services.all.or(usual);
        let of_hour = services.hours.get(hour % HOURS);
        of_hour.map_or(of_line, |mean| mean.or(of_line))
    }

    /// The same over all lines, each counting by how often it comes.
    pub fn any_service(&self, hour: usize, usual: u64) -> u64 {
        let weighed = self.services.iter().map(|(line, services)| {
            let count = u64::from(services.all.0);
            (count, count * self.service(*line, hour, usual))
        });
        let (count, sum) = weighed.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        (sum + OWN_WEIGHT * usual) / (count + OWN_WEIGHT)
    }

    pub fn absence(&self, reason: AwayReason) -> u64 {
        let mean = self.absences.get(&reason).copied().unwrap_or_default();
        mean.or(USUAL_ABSENCE)
    }

    pub fn survival(&self) -> Survival {
        let mut left = [0; STEPS + 1];
        for step in (0..STEPS).rev() {
            left[step] = left[step + 1] + self.shape.count(step);
        }
        Survival(left)
    }
}
