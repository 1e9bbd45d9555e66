//! Every pass is true of the state before it, and has the consequence that the rule sheet says (5,
//! rule 7b). The passes of one offer are followed one by one: each uses something up.

use std::collections::BTreeMap;

use yingbin::core::floor::State;
use yingbin::core::floor::event::Offer;
use yingbin::core::id::AgentId;
use yingbin::core::rota::{Account, Agent, AwayReason, Status};
use yingbin::core::time::Millis;
use yingbin::core::turn_book::{Consequence, Pass, PassReason};
use yingbin::core::visit::Visit;

use super::{Finding, must};

/// One offer's passes as they use up what the agents had.
pub(super) struct Passing<'a> {
    state: &'a State,
    visit: &'a Visit,
    at: Millis,
    accounts: BTreeMap<AgentId, Account>,
}

impl<'a> Passing<'a> {
    pub fn new(state: &'a State, offer: &Offer, at: Millis) -> Self {
        Self {
            state,
            visit: &state.visits[&offer.visit],
            at,
            accounts: BTreeMap::new(),
        }
    }

    fn account(&mut self, agent: &AgentId) -> &mut Account {
        let own = self.state.agents[agent].accounts.of(self.visit.rota());
        self.accounts
            .entry(agent.clone())
            .or_insert_with(|| own.clone())
    }

    pub fn pass(&mut self, pass: &Pass) -> Finding {
        let agent = &self.state.agents[&pass.agent];
        let (cap, open) = (
            self.state.rules.owed_cap as usize,
            self.account(&agent.id).debts.open.len(),
        );
        let why = match pass.consequence {
            // 7a: its turn came by the debt.
            Consequence::PenaltyFromDebt => {
                let account = self.account(&agent.id);
                (account.penalties > 0 && open > 0).then_some(PassReason::Penalty)
            }
            _ => self.first_reason(agent),
        };
        must(why == Some(pass.why), || {
            format!("5: {pass:?} is not so: {why:?} of {:?}", agent.status)
        })?;
        let consequence = match pass.why {
            PassReason::Prepaid => Consequence::PrepaidUsed,
            PassReason::Penalty if pass.consequence == Consequence::PenaltyFromDebt => {
                Consequence::PenaltyFromDebt
            }
            PassReason::Penalty => Consequence::PenaltyTaken,
            PassReason::Serving if self.too_long(agent) => Consequence::WithheldLong,
            PassReason::Errand | PassReason::Lunch | PassReason::Toilet if self.too_late(agent) => {
                Consequence::WithheldLate
            }
            PassReason::Serving
            | PassReason::Offered
            | PassReason::Errand
            | PassReason::Lunch
            | PassReason::Toilet => match open < cap {
                true => Consequence::OwedTurn,
                false => Consequence::WithheldCap,
            },
            _ => Consequence::Skip,
        };
        must(pass.consequence == consequence, || {
            format!("5: {pass:?} must be {consequence:?}")
        })?;
        let at = self.at;
        let account = self.account(&agent.id);
        match consequence {
            Consequence::PrepaidUsed => account.prepaid -= 1,
            Consequence::PenaltyTaken => account.penalties -= 1,
            Consequence::PenaltyFromDebt => {
                account.penalties -= 1;
                account.debts.open.remove(0);
            }
            Consequence::OwedTurn => account.debts.grant(yingbin::core::rota::Debt {
                date: at,
                order: u64::MAX,
                returned_from: None,
            }),
            _ => {}
        }
        Ok(())
    }

    /// Whoever receives by the cursor could not be passed.
    pub fn receives(&mut self, agent: &AgentId) -> Finding {
        let why = self.first_reason(&self.state.agents[agent]);
        must(why.is_none(), || {
            format!("5: {agent} receives and should be passed: {why:?}")
        })
    }

    /// The first reason of rule 7b that applies; `None`: the turn is this agent's.
    fn first_reason(&mut self, agent: &Agent) -> Option<PassReason> {
        let block = self.state.rules.overdue_followups_block;
        let refused = self.visit.refused.contains(&agent.id);
        let account = self.account(&agent.id);
        if account.prepaid > 0 {
            return Some(PassReason::Prepaid);
        }
        if agent.suspended_until.is_some() {
            return Some(PassReason::Suspended);
        }
        match agent.status {
            Status::Serving { .. } => return Some(PassReason::Serving),
            Status::Offered { .. } => return Some(PassReason::Offered),
            Status::Away { reason, .. } => {
                return Some(match reason {
                    AwayReason::Errand => PassReason::Errand,
                    AwayReason::Lunch => PassReason::Lunch,
                    AwayReason::Toilet => PassReason::Toilet,
                    AwayReason::Leave => PassReason::Leave,
                    AwayReason::Private => PassReason::Private,
                    AwayReason::Late => PassReason::Late,
                    AwayReason::Unreachable => PassReason::Unreachable,
                });
            }
            Status::Ready | Status::Off => {}
        }
        if block > 0 && agent.overdue > block {
            return Some(PassReason::Overdue);
        }
        if refused {
            return Some(PassReason::Refused);
        }
        (account.penalties > 0).then_some(PassReason::Penalty)
    }

    /// Serving for long without the desk's word.
    fn too_long(&self, agent: &Agent) -> bool {
        let minutes = i64::from(self.state.rules.long_service_minutes);
        self.at > agent.vouched_at.plus_minutes(minutes)
    }

    /// Nobody looks at the guest and goes to the toilet.
    fn too_late(&self, agent: &Agent) -> bool {
        let lead = i64::from(self.state.rules.reason_lead_seconds);
        match agent.status {
            Status::Away { set_at, .. } => set_at.plus_seconds(lead) > self.visit.checked_in_at,
            _ => false,
        }
    }
}
