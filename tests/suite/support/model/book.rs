//! The book: a line for whatever happens, with the rule it follows from.

use yingbin::core::turn_book::{Consequence, PassReason, Rule};

use super::seen::LineSeen;
use super::{Model, Name};

impl Model {
    pub fn write(
        &mut self,
        rule: Rule,
        what: &'static str,
        visit: Option<&str>,
        agent: Option<&str>,
    ) {
        self.lines.push(LineSeen {
            visit: visit.map(str::to_owned),
            agent: agent.map(str::to_owned),
            rule,
            what: what.to_owned(),
            passes: vec![],
        });
    }

    /// An offer, naming everyone passed over and with what consequence.
    pub fn write_offer(
        &mut self,
        rule: Rule,
        visit: &str,
        agent: &str,
        passes: Vec<(Name, PassReason, Consequence)>,
    ) {
        self.lines.push(LineSeen {
            visit: Some(visit.to_owned()),
            agent: Some(agent.to_owned()),
            rule,
            what: "offered".to_owned(),
            passes,
        });
    }

    /// Each pass that granted, withheld or took a debt has a line of its own.
    pub fn write_passes(&mut self, visit: &str, passes: &[(Name, PassReason, Consequence)]) {
        for (name, _, consequence) in passes {
            let (rule, what) = match consequence {
                Consequence::OwedTurn => (Rule::OwedTurn, "debt_granted"),
                Consequence::WithheldCap
                | Consequence::WithheldLong
                | Consequence::WithheldLate => (Rule::OwedTurn, "debt_withheld"),
                Consequence::PenaltyFromDebt => (Rule::Penalty, "debt_taken_as_penalty"),
                Consequence::PrepaidUsed | Consequence::Skip | Consequence::PenaltyTaken => {
                    continue;
                }
            };
            self.write(rule, what, Some(visit), Some(name));
        }
    }
}
