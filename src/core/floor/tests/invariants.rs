//! What must always hold, written apart from the code it judges.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::floor::{Event, Stamped, State};
use crate::core::id::VisitId;
use crate::core::rota::{AwayReason, Status, TurnUse};
use crate::core::time::Millis;
use crate::core::turn_book::{Consequence, PassReason, Rule};
use crate::core::visit::VisitState;

/// Holds after every command.
pub fn hold(state: &State, now: Millis) {
    nobody_is_lost_or_served_twice(state);
    debts_balance(state);
    nobody_waits_beside_a_free_agent(state);
    no_offer_outlives_its_time(state, now);
    timers_are_those_of_the_visits(state);
}

/// Invariant 1. No visit is lost or served twice at once.
fn nobody_is_lost_or_served_twice(state: &State) {
    for visit in state.visits.values() {
        let queued = state.queue.iter().filter(|q| **q == visit.id).count();
        assert_eq!(
            queued,
            usize::from(visit.state == VisitState::Waiting),
            "{visit:?}"
        );
        let holders: Vec<_> = state
            .agents
            .values()
            .filter(|a| a.status.visit() == Some(visit.id))
            .collect();
        assert_eq!(
            holders.len(),
            usize::from(visit.state.has_agent()),
            "{visit:?}"
        );
        if let Some(holder) = holders.first() {
            let bound = visit
                .assignment
                .as_ref()
                .expect("a bound visit names its agent");
            assert_eq!(bound.agent, holder.id);
            let serving = matches!(holder.status, Status::Serving { .. });
            assert_eq!(serving, visit.state == VisitState::Serving);
        }
    }
    for agent in state.agents.values() {
        let in_rota = state
            .rota
            .order
            .iter()
            .filter(|id| **id == agent.id)
            .count();
        assert_eq!(
            in_rota,
            usize::from(agent.status != Status::Off),
            "{}",
            agent.id
        );
    }
    assert_eq!(state.rota.cursor.is_none(), state.rota.order.is_empty());
    if let Some(cursor) = &state.rota.cursor {
        assert!(state.rota.order.contains(cursor));
    }
}

/// Invariant 4. Debts balance for each agent, for ever.
fn debts_balance(state: &State) {
    for agent in state.agents.values() {
        assert!(agent.debts.balances(), "{}: {:?}", agent.id, agent.debts);
        let ranks: Vec<_> = agent.debts.open.iter().map(|d| (d.date, d.order)).collect();
        assert!(ranks.is_sorted());
    }
}

/// Invariant 8. No visit waits while an agent ready and eligible for it stands free, unless it waits for the
/// one it asked for.
fn nobody_waits_beside_a_free_agent(state: &State) {
    for id in &state.queue {
        let visit = &state.visits[id];
        for agent in state.agents.values().filter(|a| a.status == Status::Ready) {
            match &visit.waits_for {
                Some(waits) => assert_ne!(waits.agent, agent.id),
                None => assert!(
                    visit.refused.contains(&agent.id),
                    "{} stands free",
                    agent.id
                ),
            }
        }
    }
}

/// Invariant 8. No offer outlives the accept timer.
fn no_offer_outlives_its_time(state: &State, now: Millis) {
    for visit in state
        .visits
        .values()
        .filter(|v| v.state == VisitState::Offered)
    {
        assert!(
            visit
                .assignment
                .as_ref()
                .expect("offered to somebody")
                .accept_by
                > now
        );
    }
}

fn timers_are_those_of_the_visits(state: &State) {
    let due = state
        .visits
        .values()
        .filter_map(|v| v.due().map(|at| (at, v.id)));
    assert!(due.collect::<BTreeSet<_>>() == state.timers);
}

/// Invariant 2. Replay of the events gives the same state and the same book.
pub fn replays(log: &[Stamped], state: &State) {
    let mut again = State::default();
    for stamped in log {
        let text = serde_json::to_string(stamped).expect("events serialise");
        again.evolve(&serde_json::from_str(&text).expect("events come back"));
    }
    assert_eq!(&again, state);
    let seqs: Vec<u64> = again.book.iter().map(|l| l.seq).collect();
    assert_eq!(
        seqs,
        (0..again.next_book_seq).collect::<Vec<_>>(),
        "the book has no gaps"
    );
}

/// Invariant 5. Every reason is true of the state before it, and 3. no debt is paid while the holder of an
/// older one is ready and eligible for that visit.
pub fn reasons_are_true(log: &[Stamped]) {
    let mut state = State::default();
    for stamped in log {
        if let Event::Offered(offer) = &stamped.event {
            let visit = &state.visits[&offer.visit];
            let receiver = &state.agents[&offer.agent];
            assert_eq!(receiver.status, Status::Ready);
            assert!(offer.rule == Rule::Override || !visit.refused.contains(&offer.agent));
            let mut prepaid: BTreeMap<_, u32> = state
                .agents
                .values()
                .map(|a| (a.id.clone(), a.prepaid))
                .collect();
            for pass in &offer.passed_over {
                let agent = &state.agents[&pass.agent];
                let left = prepaid.get_mut(&pass.agent).expect("a known agent");
                match pass.why {
                    PassReason::Prepaid => {
                        assert!(*left > 0);
                        *left -= 1;
                    }
                    why => {
                        assert_eq!(*left, 0, "a prepaid pass comes first");
                        assert!(is_true(
                            why,
                            agent.status,
                            visit.refused.contains(&agent.id)
                        ));
                    }
                }
                assert_eq!(
                    pass.why == PassReason::Prepaid,
                    pass.consequence == Consequence::PrepaidUsed
                );
            }
            if let Some(taken) = offer.debt.filter(|d| !d.cancelled) {
                let older = state.agents.values().find(|a| {
                    a.status == Status::Ready
                        && !visit.refused.contains(&a.id)
                        && a.debts
                            .open
                            .iter()
                            .any(|d| (d.date, d.order) < (taken.debt.date, taken.debt.order))
                });
                assert!(older.is_none(), "an older debt of {older:?} comes first");
            }
        }
        state.evolve(stamped);
    }
}

fn is_true(why: PassReason, status: Status, refused: bool) -> bool {
    let away = |wanted| matches!(status, Status::Away { reason, .. } if reason == wanted);
    match why {
        PassReason::Prepaid => false,
        PassReason::Serving => matches!(status, Status::Serving { .. }),
        PassReason::Offered => matches!(status, Status::Offered { .. }),
        PassReason::Errand => away(AwayReason::Errand),
        PassReason::Lunch => away(AwayReason::Lunch),
        PassReason::Toilet => away(AwayReason::Toilet),
        PassReason::Leave => away(AwayReason::Leave),
        PassReason::Private => away(AwayReason::Private),
        PassReason::Late => away(AwayReason::Late),
        PassReason::Unreachable => away(AwayReason::Unreachable),
        PassReason::Refused => status == Status::Ready && refused,
    }
}

/// Invariant 9. Every turn used ends in service, lapse, refusal or return; 1. every visit has its lines.
pub fn turns_end_once(log: &[Stamped], state: &State) {
    let mut open: BTreeMap<VisitId, TurnUse> = BTreeMap::new();
    let mut ending: BTreeMap<VisitId, TurnUse> = BTreeMap::new();
    // The house may give the turn back to a refused agent, or not.
    let mut refused: BTreeSet<VisitId> = BTreeSet::new();
    for Stamped { event, .. } in log {
        match event {
            Event::Offered(offer) => {
                refused.remove(&offer.visit);
                assert!(ending.remove(&offer.visit).is_none_or(needs_no_return));
                assert!(
                    open.insert(offer.visit, offer.turn).is_none(),
                    "a turn is still open"
                );
            }
            Event::Started { visit, .. } | Event::Lapsed { visit, .. } => {
                open.remove(visit);
            }
            Event::Refused { visit, .. } => {
                refused.extend(open.remove(visit).map(|_| *visit));
            }
            Event::Parked { visit, .. }
            | Event::Left { visit, .. }
            | Event::Cancelled { visit, .. }
            | Event::Transferred { visit, .. }
            | Event::Reassigned { visit, .. } => {
                ending.extend(open.remove(visit).map(|turn| (*visit, turn)));
            }
            Event::TurnReturned { visit, .. } => {
                let used = ending.remove(visit).is_some() || refused.remove(visit);
                assert!(used, "returned once, and only what was used");
            }
            _ => {}
        }
    }
    assert!(
        ending.into_values().all(needs_no_return),
        "a turn was neither served nor returned"
    );
    for visit in state.visits.values() {
        let bound = visit.state == VisitState::Offered || visit.state == VisitState::Called;
        assert_eq!(open.contains_key(&visit.id), bound);
        let lines = state
            .book
            .iter()
            .filter(|l| l.visit == Some(visit.id))
            .count();
        assert!(lines > usize::from(visit.state.is_over()), "{visit:?}");
    }
}

fn needs_no_return(turn: TurnUse) -> bool {
    matches!(turn, TurnUse::Free | TurnUse::Courtesy { granted: Some(_) })
}
