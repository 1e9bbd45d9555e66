//! "Where am I?" and "why not me?" over random days: what is told is what happens, and what was so.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::properties::{AGENTS, appointments, happen, happening, rules};
use super::world::{World, agent};
use crate::core::floor::event::Offer;
use crate::core::floor::{Attendance, Command, Event, PHONE_CALL, Standing, State};
use crate::core::language::Language;
use crate::core::rota::{RotaKind, Status, TurnUse};
use crate::core::turn_book::why::{Own, Then, Why, then, why, words};
use crate::core::turn_book::words::Reader;
use crate::core::turn_book::{PassReason, Reason};

proptest! {
    // The same days in every run; `PROPTEST_RNG_SEED` tries others.
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(20261123),
        ..ProptestConfig::default()
    })]

    #[test]
    fn k7_the_nth_in_turn_receives_the_nth_visitor(
        rules in rules(),
        happenings in prop::collection::vec(happening(), 1..80),
    ) {
        let mut world = World::on_duty_with(AGENTS, rules);
        appointments(&mut world);
        let mut day = 0;
        for (at, happening) in happenings.iter().enumerate() {
            happen(&mut world, happening, &mut day);
            if at % 8 == 0 {
                for kind in RotaKind::ALL {
                    places_are_kept(&world, kind);
                }
            }
        }
    }

    #[test]
    fn k7_why_not_me_is_true_of_the_state_before_on_random_days(
        rules in rules(),
        happenings in prop::collection::vec(happening(), 1..80),
    ) {
        let mut world = World::on_duty_with(AGENTS, rules);
        appointments(&mut world);
        let mut day = 0;
        for happening in &happenings {
            happen(&mut world, happening, &mut day);
        }
        // Once more, event by event, beside the book that was written.
        let book = world.state.book.clone();
        let mut told = State::default();
        for stamped in &world.log {
            let before = told.clone();
            told.evolve(stamped);
            if let Event::Offered(offer) = &stamped.event {
                for n in 0..AGENTS {
                    answer_is_true(&before, &book, offer, n);
                }
            }
        }
        for n in 0..AGENTS {
            prop_assert_eq!(then(&book, &agent(n)), truly(&world.state, n));
        }
    }
}

fn places_are_kept(world: &World, kind: RotaKind) {
    let state = &world.state;
    let standings = (0..AGENTS).filter_map(|n| Some((n, state.standing(&agent(n), kind)?)));
    let standings: Vec<(usize, Standing)> = standings.collect();
    let ready = |n: &usize| state.agents[&agent(*n)].is_ready();
    let mut next = world.clone();
    let now = next.now.max(state.last);
    next.now = now;
    // What is due by time alone is another event.
    if state.next_due().is_some_and(|due| due <= now) || now != state.last {
        return;
    }
    let count = standings.iter().filter(|(n, _)| ready(n)).count();
    for place in 1..=count {
        let visit = next.arrive_with(|guest| {
            if kind == RotaKind::Phone {
                guest.purpose = PHONE_CALL.into();
            }
        });
        let server = next.server(visit);
        let told = standings
            .iter()
            .find(|(n, s)| ready(n) && s.place as usize == place);
        assert_eq!(
            server,
            told.map(|(n, _)| *n),
            "{kind:?} {place}: {standings:?}"
        );
    }
    // Whoever is away or busy is told the place they would have, were they ready.
    for (n, standing) in standings.iter().filter(|(n, _)| !ready(n)) {
        let away = matches!(state.agents[&agent(*n)].status, Status::Away { .. });
        if !away || !state.queue.is_empty() {
            continue;
        }
        let mut back = world.clone();
        back.now = now;
        back.tell(Command::Agent {
            agent: agent(*n),
            to: Attendance::Ready,
        });
        assert_eq!(
            back.state.standing(&agent(*n), kind).as_ref(),
            Some(standing)
        );
    }
}

fn truly(state: &State, n: usize) -> Then {
    let Some(agent) = state.agents.get(&agent(n)) else {
        return Then::Off;
    };
    let ticket = |visit| state.visits.get(&visit).map(|v| v.ticket);
    match agent.status {
        Status::Ready | Status::Away { .. } if agent.suspended_until.is_some() => Then::Suspended,
        Status::Off => Then::Off,
        Status::Ready => Then::Ready,
        Status::Offered { visit } => Then::Offered(ticket(visit)),
        Status::Serving { visit } => Then::Serving(ticket(visit)),
        Status::Away { reason, .. } => Then::Away(reason),
    }
}

fn answer_is_true(
    before: &State,
    book: &[crate::core::turn_book::BookLine],
    offer: &Offer,
    n: usize,
) {
    let at = book.iter().position(|l| l.seq == before.next_book_seq);
    let at = at.expect("the offer's line");
    let me = agent(n);
    let answer = why(book, at, &me).expect("an answer");
    assert_eq!(answer.then, truly(before, n), "line {at}, agent {n}");
    let visit = &before.visits[&offer.visit];
    let account = before.agents[&me].accounts.of(visit.rota());
    let refused = visit.refused.contains(&me);
    let own_is_true = |own: Own, since| {
        let oldest = account.debts.oldest().map(|d| d.date);
        let can = before.agents[&me].is_ready() && !before.is_blocked(&before.agents[&me]);
        let so = match own {
            Own::Refused => refused,
            Own::None => oldest.is_none(),
            Own::Younger(date) => oldest == Some(date) && date > since,
            Own::SameTime => oldest == Some(since),
            Own::Older(date) => oldest == Some(date) && date < since && !can,
        };
        assert!(so && (own == Own::Refused) == refused, "{own:?} {oldest:?}");
    };
    let passes: Vec<_> = offer.passed_over.iter().filter(|p| p.agent == me).collect();
    match &answer.why {
        Why::NoDecision => panic!("an offer gives a visit"),
        Why::You => assert_eq!(offer.agent, me),
        Why::PassedOver { passes: told } => {
            assert_eq!(told.len(), passes.len());
            let refusal = told.iter().any(|(why, _)| *why == PassReason::Refused);
            assert!(refused || !refusal);
        }
        Why::OwedTurn { since, own, .. } => {
            assert!(matches!(offer.turn, TurnUse::Debt { date } if date == *since));
            assert_eq!(visit.wanted_now(), None);
            own_is_true(*own, *since);
        }
        Why::NotReached { .. } => {
            assert!(offer.debt.is_none() && passes.is_empty());
            assert_eq!(offer.reason, Reason::OfferedInTurn);
        }
        Why::BelongsWith { agent, .. } => {
            assert_eq!(visit.wanted_now().map(|w| &w.agent), Some(agent));
        }
        Why::YourGuest { passes: told, .. } => {
            assert_eq!(visit.wanted_now().map(|w| &w.agent), Some(&me));
            assert_eq!(told.len(), passes.len());
            assert!(!before.agents[&me].is_ready());
        }
        Why::Courtesy { owner, paid, .. } => {
            assert_eq!(visit.wanted_now().map(|w| &w.agent), Some(owner));
            assert_eq!(paid.map(|p| p.0), offer.debt.map(|t| t.debt.date));
            if let Some((since, own)) = paid {
                own_is_true(*own, *since);
            }
        }
        Why::Again { .. } => assert_eq!(offer.reason, Reason::OfferedAgain),
        Why::Override { .. } => {
            assert!(matches!(offer.reason, Reason::OfferedOverride { .. }));
        }
    }
    for language in Language::ALL {
        let name = |id: &crate::core::id::AgentId| id.to_string();
        let time = |_| "09:00".to_owned();
        let reader = Reader {
            language,
            name: &name,
            time: &time,
        };
        let text = words(&answer, &reader);
        let raw = text.contains(['{', '}', '_']) || text.contains("pad.") || text.contains("book.");
        assert!(!text.is_empty() && !raw, "{text}");
    }
}
