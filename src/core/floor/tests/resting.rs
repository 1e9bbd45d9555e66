//! Visits put away as early as can be, beside a floor that keeps them all.

use std::collections::BTreeMap;

use super::world::World;
use crate::core::floor::rest::{Rested, Shown};
use crate::core::floor::{Event, Stamped, State};
use crate::core::id::VisitId;
use crate::core::visit::{Visit, VisitState};

/// Plays the commands of `world` again, putting away after each whatever can be, and compares.
pub fn same_without(world: &World, shown: Shown) {
    let (mut kept, mut slim) = (State::default(), State::default());
    let mut away: BTreeMap<VisitId, Rested> = BTreeMap::new();
    for (command, at) in &world.told {
        for named in command.names() {
            if let Some(rested) = away.remove(&named) {
                slim.bring_back(rested);
            }
        }
        let expected = kept.decide(command.clone(), *at);
        assert_eq!(slim.decide(command.clone(), *at), expected, "{command:?}");
        let new_day = |s: &Stamped| matches!(s.event, Event::DayOpened { .. });
        if expected.events.iter().any(new_day) {
            away.clear();
        }
        assert_eq!(pictures(&slim, shown), pictures(&kept, shown));
        assert_eq!(slim.served_today(), kept.served_today());
        for id in slim.at_rest(shown) {
            away.extend(slim.put_away(id).map(|rested| (id, rested)));
        }
        assert_eq!(pictures(&slim, shown), pictures(&kept, shown));
        assert_eq!(slim.served_today(), kept.served_today());
        assert_eq!(slim.put_away.count as usize, away.len());
        // As after a start.
        let text = serde_json::to_string(&slim).expect("a state serialises");
        let book = std::mem::take(&mut slim.book);
        slim = serde_json::from_str(&text).expect("and comes back");
        slim.book = book;
    }
    for (_, rested) in away {
        slim.bring_back(rested);
    }
    assert_eq!(slim, kept);
}

/// What screens show of visits that are over: the last ones, and the last calls of the served.
fn pictures(state: &State, shown: Shown) -> (Vec<Visit>, Vec<VisitId>) {
    let mut over: Vec<&Visit> = state.visits.values().collect();
    over.retain(|v| v.state.is_over());
    over.sort_by_key(|v| std::cmp::Reverse((v.since, v.came())));
    over.truncate(shown.over);
    let mut served: Vec<&Visit> = state.visits.values().collect();
    served.retain(|v| v.state == VisitState::Finished && v.last_call.is_some());
    served.sort_by_key(|v| std::cmp::Reverse(v.last_call.as_ref().map(|c| c.at)));
    served.truncate(shown.calls);
    (
        over.into_iter().cloned().collect(),
        served.into_iter().map(|v| v.id).collect(),
    )
}
