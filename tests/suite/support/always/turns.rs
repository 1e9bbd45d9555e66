//! Every turn used ends in service, lapse, refusal or return (9); debts balance (4).

use yingbin::core::floor::{Event, State};
use yingbin::core::id::VisitId;
use yingbin::core::rota::{RotaKind, TurnUse};
use yingbin::core::visit::VisitState;

use super::{Finding, Watch, must};

impl Watch {
    /// 9: every turn used ends in service, lapse, refusal or return.
    pub(super) fn account_for_turns(&mut self, event: &Event) -> Finding {
        match event {
            Event::Offered(offer) => {
                let open = self.turns.remove(&offer.visit);
                must(open != Some(false), || "9: a turn ended in nothing".into())?;
                // A courtesy's turn came back when it was offered.
                let came_back = matches!(offer.turn, TurnUse::Courtesy { granted: Some(_) });
                if offer.turn != TurnUse::Free && !came_back {
                    self.turns.insert(offer.visit, false);
                }
            }
            Event::Started { visit, .. } => {
                if let Some(begun) = self.turns.get_mut(visit) {
                    *begun = true;
                }
            }
            Event::Finished { visit, .. }
            | Event::Lapsed { visit, .. }
            | Event::Refused { visit, .. }
            | Event::TurnReturned { visit, .. } => {
                self.turns.remove(visit);
            }
            Event::Parked {
                visit,
                missed_call: true,
                ..
            } if !self.told.rules.no_show_returns_turn.is_yes() => {
                self.turns.remove(visit);
            }
            Event::Undone { visit, to, .. } => {
                let turn = to.assignment.as_ref().map(|a| a.turn);
                let uses = turn.is_some_and(|t| {
                    t != TurnUse::Free && !matches!(t, TurnUse::Courtesy { granted: Some(_) })
                });
                if uses {
                    self.turns.insert(*visit, to.back_to == VisitState::Serving);
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn nothing_used_stays_open(&mut self) -> Finding {
        let visits = &self.told.visits;
        let with_agent = |v: &VisitId| visits.get(v).is_some_and(|v| v.state.has_agent());
        let over: Vec<(VisitId, bool)> = self
            .turns
            .iter()
            .filter(|(v, _)| !with_agent(v))
            .map(|(v, begun)| (*v, *begun))
            .collect();
        for (visit, begun) in over {
            must(begun, || format!("9: the turn of {visit} ended in nothing"))?;
            self.turns.remove(&visit);
        }
        Ok(())
    }
}

/// 4: debts balance for each agent, for ever: nothing that was booked is ever unbooked.
pub(super) fn balances(before: &State, state: &State) -> Finding {
    for agent in state.agents.values() {
        for rota in RotaKind::ALL {
            let d = &agent.accounts.of(rota).debts;
            let open = d.open.len() as u64;
            let even = d.granted == d.used + d.expired + d.cancelled + open;
            must(even, || format!("4: {} does not balance: {d:?}", agent.id))?;
            let then = before.agents.get(&agent.id);
            let grows = then.map(|a| &a.accounts.of(rota).debts).is_none_or(|t| {
                t.granted <= d.granted
                    && t.used <= d.used
                    && t.expired <= d.expired
                    && t.cancelled <= d.cancelled
            });
            must(grows, || format!("4: {} was unbooked: {d:?}", agent.id))?;
        }
    }
    Ok(())
}
