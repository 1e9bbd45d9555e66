//! How well waits were foretold: what parties were told when they checked in against how long it
//! was until they were first called.

use std::collections::BTreeMap;

use super::figures::{Figures, percentile};
use crate::core::foretold::Foretold;
use crate::core::ticket::Line;

/// What a party was told, and how it came out. Seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub line: Line,
    /// Of the site's day, in which the party came.
    pub hour: usize,
    pub told: Foretold,
    /// What the house's rule alone would have told.
    pub by_rule_s: u32,
    pub waited_s: u32,
}

/// How well some waits were foretold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    pub parties: usize,
    /// Of a hundred waits so many ended within the range.
    pub within_percent: usize,
    /// Half of the waits were foretold at least so exactly, seconds.
    pub median_error_s: u32,
    /// Mean error, seconds.
    pub mean_error_s: u32,
    /// The same by the house's rule alone.
    pub rule_median_error_s: u32,
    pub rule_mean_error_s: u32,
}

impl Accuracy {
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let outcomes: Vec<&Outcome> = outcomes.into_iter().collect();
        let held = outcomes.iter().filter(|o| o.told.holds(o.waited_s));
        let of = |told: fn(&Outcome) -> u32| errors(&outcomes, told);
        let (median_error_s, mean_error_s) = of(|o| o.told.wait_s);
        let (rule_median_error_s, rule_mean_error_s) = of(|o| o.by_rule_s);
        let parties = outcomes.len();
        Self {
            parties,
            within_percent: (held.count() * 100 + parties / 2) / parties.max(1),
            median_error_s,
            mean_error_s,
            rule_median_error_s,
            rule_mean_error_s,
        }
    }
}

/// Median and mean.
fn errors(outcomes: &[&Outcome], told: fn(&Outcome) -> u32) -> (u32, u32) {
    let errors = outcomes.iter().map(|o| told(o).abs_diff(o.waited_s));
    let mut errors: Vec<u32> = errors.collect();
    errors.sort_unstable();
    let sum: u64 = errors.iter().map(|e| u64::from(*e)).sum();
    let mean = sum / errors.len().max(1) as u64;
    let mean = u32::try_from(mean).unwrap_or(u32::MAX);
    (percentile(&errors, 50), mean)
}

impl Figures {
    /// Every wait that was foretold, in order.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        let receipts = self.days.iter().flat_map(|d| &d.receipts);
        receipts.filter_map(|r| r.foretold.as_ref())
    }

    pub fn accuracy_by_line(&self) -> BTreeMap<Line, Accuracy> {
        self.accuracy_by(|o| o.line)
    }

    /// By the hour in which the parties came.
    pub fn accuracy_by_hour(&self) -> BTreeMap<usize, Accuracy> {
        self.accuracy_by(|o| o.hour)
    }

    fn accuracy_by<K: Ord>(&self, key: impl Fn(&Outcome) -> K) -> BTreeMap<K, Accuracy> {
        let mut groups: BTreeMap<K, Vec<&Outcome>> = BTreeMap::new();
        for outcome in self.outcomes() {
            groups.entry(key(outcome)).or_default().push(outcome);
        }
        let accuracies = groups.into_iter();
        accuracies
            .map(|(key, group)| (key, Accuracy::of(group)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::floor::RANGE_HOLDS_PERCENT;
    use crate::core::house_rules::HouseRules;
    use crate::core::replay::{Month, simulate};

    fn a_month(seed: u64, agents: usize, usual_service_minutes: u32) -> Figures {
        let rules = HouseRules {
            usual_service_minutes,
            ..HouseRules::default()
        };
        let played = simulate(&Month {
            seed,
            agents,
            parties: 40 * u32::try_from(agents).unwrap() / 6,
            rules,
            ..Month::default()
        });
        Figures::of(&played.log, "", "")
    }

    #[test]
    fn k3_ranges_hold_as_often_as_promised_and_the_floor_does_better_than_its_rule() {
        // The made-up services do take about 40 minutes: the rule alone could not know better.
        let mut shares = Vec::new();
        for (seed, agents) in [(1, 6), (2, 6), (3, 10), (4, 4)] {
            let all = Accuracy::of(a_month(seed, agents, 40).outcomes());
            assert!(all.parties > 300, "{all:?}");
            assert!(all.mean_error_s < all.rule_mean_error_s, "{seed}: {all:?}");
            shares.push(all.within_percent);
        }
        let promised = RANGE_HOLDS_PERCENT as usize;
        let near = |share: &usize| share.abs_diff(promised) <= 7;
        assert!(shares.iter().all(near), "{shares:?}");
    }

    #[test]
    fn k3_a_rule_far_from_the_truth_is_soon_forgotten() {
        for usual in [20, 70] {
            let figures = a_month(5, 6, usual);
            let all = Accuracy::of(figures.outcomes());
            assert!(
                all.mean_error_s * 4 < all.rule_mean_error_s * 3,
                "{usual}: {all:?}"
            );
            assert!(all.within_percent.abs_diff(80) <= 8, "{usual}: {all:?}");
        }
    }

    #[test]
    fn k3_accuracy_is_counted_as_by_hand() {
        let outcome = |line, hour, waited_min: u32, by_rule_min: u32| Outcome {
            line,
            hour,
            told: Foretold::rounded(5 * 60, 10 * 60, 15 * 60),
            by_rule_s: by_rule_min * 60,
            waited_s: waited_min * 60,
        };
        let outcomes = [
            outcome(Line::New, 9, 5, 10),
            outcome(Line::New, 9, 15, 30),
            outcome(Line::New, 10, 16, 20),
            outcome(Line::Signing, 10, 4, 20),
        ];
        let all = Accuracy::of(&outcomes);
        let expected = Accuracy {
            parties: 4,
            within_percent: 50,
            median_error_s: 6 * 60,
            mean_error_s: 22 * 60 / 4,
            rule_median_error_s: 15 * 60,
            rule_mean_error_s: 40 * 60 / 4,
        };
        assert_eq!(all, expected);
        assert_eq!(Accuracy::of([]), Accuracy::default());
    }

    #[test]
    fn k3_accuracy_by_line_and_by_hour_counts_every_wait_once() {
        let figures = a_month(6, 6, 40);
        let all = figures.outcomes().count();
        let lines = figures.accuracy_by_line();
        let hours = figures.accuracy_by_hour();
        assert!(lines.len() >= 3 && hours.len() >= 5);
        assert_eq!(lines.values().map(|a| a.parties).sum::<usize>(), all);
        assert_eq!(hours.values().map(|a| a.parties).sum::<usize>(), all);
        assert!(hours.keys().all(|hour| (9..19).contains(hour)), "{hours:?}");
    }
}
