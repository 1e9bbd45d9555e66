//! What must always hold, written apart from the code it judges.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::floor::places::Place;
use crate::core::floor::state::Due;
use crate::core::floor::{Event, Stamped, State};
use crate::core::house_rules::RotaOrder;
use crate::core::id::VisitId;
use crate::core::rota::{Agent, AwayReason, RotaKind, Status, TurnUse};
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
    places_are_those_of_the_line(state, now);
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
        for kind in RotaKind::ALL {
            let order = &state.rotas.of(kind).order;
            let in_rota = order.iter().filter(|id| **id == agent.id).count();
            let on_duty = agent.status != Status::Off;
            assert_eq!(in_rota, usize::from(on_duty), "{}", agent.id);
        }
    }
    for kind in RotaKind::ALL {
        let rota = state.rotas.of(kind);
        assert_eq!(rota.cursor.is_none(), rota.order.is_empty());
        assert!(rota.cursor.iter().all(|c| rota.order.contains(c)));
    }
}

/// Invariant 4. Debts balance for each agent, for ever.
fn debts_balance(state: &State) {
    for agent in state.agents.values() {
        for kind in RotaKind::ALL {
            let debts = &agent.accounts.of(kind).debts;
            assert!(debts.balances(), "{}: {debts:?}", agent.id);
            let ranks: Vec<_> = debts.open.iter().map(|d| (d.date, d.order)).collect();
            assert!(ranks.is_sorted());
        }
    }
}

/// Invariant 8. No visit waits while an agent ready and eligible for it stands free, unless it waits for the
/// one it asked for.
fn nobody_waits_beside_a_free_agent(state: &State) {
    for id in &state.queue {
        let visit = &state.visits[id];
        let free = |a: &&Agent| a.status == Status::Ready && a.suspended_until.is_none();
        for agent in state.agents.values().filter(free) {
            match &visit.waits_for {
                Some(waits) => assert_ne!(waits.agent, agent.id),
                None => assert!(
                    visit.refused.contains(&agent.id) || too_much_overdue(state, agent),
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
    let visits = state.visits.values();
    let visits = visits.filter_map(|v| v.due().map(|at| (at, Due::Visit(v.id))));
    let agents = state.agents.values();
    let agents = agents.filter_map(|a| a.suspended_until.map(|at| (at, Due::Agent(a.id.clone()))));
    assert!(visits.chain(agents).collect::<BTreeSet<_>>() == state.timers);
}

/// What is counted place by place is what the whole line-up says, now and later.
fn places_are_those_of_the_line(state: &State, now: Millis) {
    let visits = state.queue.iter().map(|id| Place::of(&state.visits[id]));
    assert_eq!(state.places()[..], visits.collect::<Vec<_>>());
    let mut times = vec![state.last, now];
    times.extend(state.next_out_of_patience(now));
    times.extend([10, 35, 600].map(|m| now.plus_minutes(m)));
    for at in times {
        for (place, id) in state.line_up_at(at).iter().enumerate() {
            assert_eq!(state.ahead_at(*id, at), u32::try_from(place).ok(), "{id:?}");
        }
    }
    let line = |at| state.line_up_at(at);
    match state.next_out_of_patience(now) {
        Some(end) => assert_eq!(line(now), line(Millis(end.0 - 1)), "nothing before"),
        None => assert_eq!(line(now), line(now.plus_minutes(100_000)), "never again"),
    }
}

/// Rule 12, in words of its own.
fn too_much_overdue(state: &State, agent: &Agent) -> bool {
    state.rules.overdue_followups_block != 0 && agent.overdue > state.rules.overdue_followups_block
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
                .map(|a| (a.id.clone(), a.accounts.of(visit.rota()).prepaid))
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
                        let by_cursor = state.rules.rota_order != RotaOrder::FewestReceived
                            && pass.consequence != Consequence::PenaltyFromDebt;
                        assert!(!by_cursor || *left == 0, "a prepaid pass comes first");
                        assert!(is_true(
                            why,
                            agent,
                            visit.refused.contains(&agent.id),
                            too_much_overdue(&state, agent)
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
                    let penalties = a.accounts.of(visit.rota()).penalties;
                    a.status == Status::Ready
                        && a.suspended_until.is_none()
                        && !too_much_overdue(&state, a)
                        && penalties == 0
                        && !visit.refused.contains(&a.id)
                        && a.accounts
                            .of(visit.rota())
                            .debts
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

fn is_true(why: PassReason, agent: &Agent, refused: bool, overdue: bool) -> bool {
    let status = agent.status;
    let away = |wanted| matches!(status, Status::Away { reason, .. } if reason == wanted);
    match why {
        PassReason::Prepaid => false,
        PassReason::Suspended => agent.suspended_until.is_some(),
        PassReason::Serving => matches!(status, Status::Serving { .. }),
        PassReason::Offered => matches!(status, Status::Offered { .. }),
        PassReason::Errand => away(AwayReason::Errand),
        PassReason::Lunch => away(AwayReason::Lunch),
        PassReason::Toilet => away(AwayReason::Toilet),
        PassReason::Leave => away(AwayReason::Leave),
        PassReason::Private => away(AwayReason::Private),
        PassReason::Late => away(AwayReason::Late),
        PassReason::Unreachable => away(AwayReason::Unreachable),
        PassReason::Overdue => status == Status::Ready && overdue,
        PassReason::Refused => status == Status::Ready && refused,
        PassReason::Penalty => {
            let penalties = |kind| agent.accounts.of(kind).penalties > 0;
            status == Status::Ready && RotaKind::ALL.into_iter().any(penalties)
        }
    }
}

/// Invariant 9. Every turn used ends in service, lapse, refusal or return; 1. every visit has its lines.
pub fn turns_end_once(log: &[Stamped], state: &State) {
    let mut open: BTreeMap<VisitId, TurnUse> = BTreeMap::new();
    let mut ending: BTreeMap<VisitId, TurnUse> = BTreeMap::new();
    let mut serving: BTreeMap<VisitId, TurnUse> = BTreeMap::new();
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
            Event::Started { visit, .. } => {
                serving.extend(open.remove(visit).map(|turn| (*visit, turn)));
            }
            // An agent whose pad was off the line gets the turn back.
            Event::Lapsed { visit, .. } => {
                refused.extend(open.remove(visit).map(|_| *visit));
            }
            // Rule 2 returns the turn also where the service had begun.
            Event::NotABuyer {
                visit: Some(visit), ..
            } => {
                let used = open.remove(visit).or_else(|| serving.remove(visit));
                ending.extend(used.map(|turn| (*visit, turn)));
            }
            Event::Undone { visit, to, .. } => {
                let turn = to.assignment.as_ref().map(|a| (*visit, a.turn));
                match to.back_to {
                    VisitState::Serving => {
                        assert!(ending.remove(visit).is_none_or(needs_no_return));
                        serving.extend(turn);
                    }
                    VisitState::Called => {
                        serving.remove(visit);
                        open.extend(turn);
                    }
                    _ => {}
                }
            }
            Event::Refused { visit, .. } => {
                serving.remove(visit);
                refused.extend(open.remove(visit).map(|_| *visit));
            }
            Event::Parked { visit, .. }
            | Event::Left { visit, .. }
            | Event::Cancelled { visit, .. }
            | Event::Transferred { visit, .. }
            | Event::Withdrawn { visit, .. }
            | Event::Joined { visit, .. }
            | Event::Reassigned { visit, .. } => {
                serving.remove(visit);
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
