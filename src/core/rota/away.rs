//! What an away costs, known before it is chosen: rule 7b.

use super::AwayReason;
use crate::core::house_rules::HouseRules;

/// What happens to a turn that comes by meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// It is owed, if a guest comes at least so many seconds after the away was set.
    Owed { lead_seconds: u32 },
    /// It would be owed, but so many are owed already and nothing more is granted.
    CapReached { cap: u32 },
    /// It is lost.
    Lost,
}

impl Missed {
    /// For an agent who is owed `owed` turns now.
    pub fn while_away(reason: AwayReason, owed: u32, rules: &HouseRules) -> Self {
        if !reason.earns_a_debt() {
            Self::Lost
        } else if owed >= rules.owed_cap {
            Self::CapReached {
                cap: rules.owed_cap,
            }
        } else {
            Self::Owed {
                lead_seconds: rules.reason_lead_seconds,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k6_what_an_away_costs_follows_from_the_houses_rules() {
        let rules = HouseRules::default();
        let missed = |reason, owed| Missed::while_away(reason, owed, &rules);
        for reason in [AwayReason::Errand, AwayReason::Lunch, AwayReason::Toilet] {
            assert_eq!(missed(reason, 1), Missed::Owed { lead_seconds: 120 });
            assert_eq!(missed(reason, 2), Missed::CapReached { cap: 2 });
        }
        for reason in [AwayReason::Leave, AwayReason::Private, AwayReason::Late] {
            assert_eq!(missed(reason, 0), Missed::Lost);
        }
    }
}
