//! What was promised to a visitor or an agent during an outage is never taken back afterwards (6).

use yingbin::core::floor::{Command, Decision, Refusal, State};
use yingbin::core::time::Millis;
use yingbin::core::visit::{Visit, VisitState};

use super::{Finding, Watch, must};

impl Watch {
    /// 6: a number that a kiosk gave while it was cut off is taken over, stays its guest's and stands
    /// at the place at which the party came.
    pub(super) fn promises_of_kiosks_are_kept(
        &self,
        command: &Command,
        decision: &Decision,
        state: &State,
    ) -> Finding {
        let handed_over = match command {
            Command::CheckIn(check_in) => check_in.issued.as_ref(),
            Command::Renumber { issued, .. } => Some(issued),
            _ => None,
        };
        if let (Some(issued), Err(refusal)) = (handed_over, &decision.result) {
            let holder = state.visits.values().any(|v| v.ticket == issued.ticket);
            let right = match refusal {
                Refusal::NumberTaken => holder,
                Refusal::NoDayOpen | Refusal::VisitExists | Refusal::UnknownVisit => true,
                _ => false,
            };
            must(right, || {
                format!("6: {} is refused: {refusal}", issued.ticket)
            })?;
        }
        for (visit, number) in &self.promised {
            must(state.visits[visit].ticket == *number, || {
                format!("6: {number} was taken back")
            })?;
        }
        // Who came first stands first; a late return was placed behind.
        let own_places = state.queue.iter().map(|v| &state.visits[v]);
        let own_places: Vec<_> = own_places.filter(|v| v.late_since.is_none()).collect();
        let sorted = own_places.windows(2).all(|w| w[0].came() <= w[1].came());
        must(sorted, || {
            "6: somebody stands before those who came earlier".into()
        })
    }
}

/// 6: nobody loses by the floor having been down what had not run out before; no timer counts that
/// time.
pub(super) fn nobody_loses_by_an_outage(before: &State, after: &State, down_ms: i64) -> Finding {
    let ran_out = |v: &Visit| {
        let by = v.due().filter(|_| v.state == VisitState::Offered);
        by.is_some_and(|by| by.0 + down_ms <= after.last.0)
    };
    let bound = before.visits.values().filter(|v| v.state.has_agent());
    for visit in bound.filter(|v| !ran_out(v)) {
        let with = |v: &Visit| v.assignment.as_ref().map(|a| a.agent.clone());
        let now = &after.visits[&visit.id];
        must(with(now) == with(visit), || {
            format!(
                "6: {} lost its agent while the floor was down",
                visit.ticket
            )
        })?;
    }
    for visit in before.visits.values() {
        let Some(due) = visit.due() else { continue };
        let now = &after.visits[&visit.id];
        let same = now.state == visit.state && now.since == visit.since;
        let shifted = now.due() == Some(Millis(due.0 + down_ms.max(0)));
        must(!same || now.due().is_none() || shifted, || {
            format!("6: the outage counts for {}", visit.ticket)
        })?;
        let still_to_come = due.0 + down_ms > after.last.0;
        let by_itself = matches!(visit.state, VisitState::Offered | VisitState::Parked);
        must(same || !still_to_come || !by_itself, || {
            format!("6: {} ran out while the floor was down", visit.ticket)
        })?;
    }
    Ok(())
}
