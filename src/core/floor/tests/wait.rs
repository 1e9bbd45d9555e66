//! How long a party is told to wait.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::world::{World, agent};
use crate::core::floor::{Attendance, Command, State, Step};
use crate::core::foretold::Foretold;
use crate::core::id::VisitId;
use crate::core::replay::{Month, simulate};
use crate::core::rota::AwayReason;
use crate::core::ticket::Line;
use crate::core::visit::VisitState;

/// A house in which everybody serves.
fn all_serving(agents: usize) -> World {
    let mut w = World::on_duty(agents);
    for _ in 0..agents {
        let visit = w.arrive();
        w.begin(visit);
    }
    w
}

fn told(w: &World, visit: VisitId) -> Foretold {
    w.state.told(visit).expect("something is foretold")
}

fn now(w: &World, visit: VisitId) -> Foretold {
    w.state
        .wait_at(visit, w.now)
        .expect("something is foretold")
}

#[test]
fn k3_nobody_on_duty_nothing_is_foretold() {
    let mut w = World::with_rules(2, Default::default());
    let visit = w.arrive();
    assert_eq!(
        (w.state.told(visit), w.state.wait_at(visit, w.now)),
        (None, None)
    );
    w.ready(0);
    assert_eq!(w.server(visit), Some(0));
    assert_eq!(w.state.wait_at(visit, w.now), None, "given to somebody");
}

#[test]
fn k3_whoever_is_given_to_somebody_at_once_was_foretold_nothing() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(0));
    assert_eq!(w.state.told(visit), None);
}

#[test]
fn k3_the_longer_the_guests_before_have_been_served_the_shorter_the_wait() {
    let mut w = all_serving(3);
    let visit = w.arrive();
    let at_first = now(&w, visit);
    assert_eq!(told(&w, visit), at_first);
    w.pass_seconds(25 * 60);
    let later = now(&w, visit);
    assert!(later.wait_s < at_first.wait_s, "{at_first:?} {later:?}");
    assert_eq!(told(&w, visit), at_first, "what was told stays");
}

#[test]
fn k3_more_agents_on_duty_shorten_the_wait_and_those_away_come_back_late() {
    let wait = |agents: usize, away: usize| {
        let mut w = all_serving(agents);
        for n in 0..away {
            w.set(n, Attendance::Away(AwayReason::Lunch));
        }
        w.arrive();
        let visit = w.arrive();
        now(&w, visit).wait_s
    };
    assert!(wait(4, 0) < wait(2, 0));
    assert!(wait(4, 3) > wait(4, 0), "they go to lunch when done");
}

#[test]
fn k3_a_guest_of_a_busy_agent_waits_for_that_one_or_for_the_next() {
    let mut w = all_serving(2);
    w.pass_seconds(60);
    for _ in 0..4 {
        w.arrive();
    }
    let by_turn = w.arrive();
    // Just begun: that agent will hardly be done within the ten minutes.
    let named = w.arrive_asking(0);
    assert!(now(&w, named).wait_s >= 10 * 60);
    // Nearly done: sooner than by turn.
    w.pass_seconds(70 * 60);
    let soon = w.arrive_asking(1);
    assert!(now(&w, soon).wait_s < now(&w, by_turn).wait_s);
}

#[test]
fn k3_whom_the_guest_refused_does_not_shorten_the_wait() {
    let mut w = all_serving(1);
    w.ready(0);
    let visit = w.arrive();
    assert!(w.state.wait_at(visit, w.now).is_some());
    w.state
        .visits
        .get_mut(&visit)
        .unwrap()
        .refused
        .insert(agent(0));
    assert_eq!(w.state.wait_at(visit, w.now), None);
}

#[test]
fn k3_the_floor_learns_how_long_services_take() {
    let wait = |minutes: i64| {
        let mut w = World::on_duty(2);
        for _ in 0..30 {
            let visit = w.arrive();
            w.begin(visit);
            w.pass_seconds(minutes * 60);
            w.step(visit, Step::Finish);
        }
        w.tell(Command::OpenDay {
            day: "2026-11-24".into(),
        });
        for n in 0..2 {
            w.ready(n);
            let visit = w.arrive();
            w.begin(visit);
        }
        let visit = w.arrive();
        now(&w, visit).wait_s
    };
    assert!(wait(10) < wait(40) && wait(40) < wait(90));
}

#[test]
fn k3_a_slip_taken_back_teaches_nothing() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    w.begin(visit);
    w.pass_seconds(60);
    let before = w.state.waits.clone();
    w.step(visit, Step::Finish);
    assert_ne!(w.state.waits, before);
    w.step(visit, Step::Undo);
    let times =
        |w: &World| serde_json::to_value(&w.state.waits).unwrap()["learned"]["services"].clone();
    let count = &times(&w)["new"]["all"];
    assert_eq!(*count, serde_json::json!([0, 0]));
    w.pass_seconds(1800);
    w.step(visit, Step::Finish);
    assert_eq!(times(&w)["new"]["all"], serde_json::json!([1, 1860]));
}

#[test]
fn k3_what_went_another_way_than_foretold_is_no_lesson() {
    let mut w = all_serving(1);
    let visits: Vec<VisitId> = (0..4).map(|_| w.arrive()).collect();
    let before = serde_json::to_value(&w.state.waits).unwrap()["outcomes"].clone();
    w.step(visits[0], Step::Leave);
    w.step(visits[1], Step::Park);
    w.step(visits[1], Step::Resume);
    let line = Line::Signing;
    w.step(visits[2], Step::Transfer { line });
    for visit in &visits[..3] {
        assert_eq!(w.state.told(*visit), None);
    }
    w.tell(Command::OpenDay {
        day: "2026-11-24".into(),
    });
    assert_eq!(w.state.told(visits[3]), None);
    let after = serde_json::to_value(&w.state.waits).unwrap()["outcomes"].clone();
    assert_eq!(before, after);
}

#[test]
fn k3_learning_takes_bounded_room_and_survives_nights_and_snapshots() {
    let size = |days| {
        let played = simulate(&Month {
            days,
            ..Month::default()
        });
        let open = played.state.visits.values();
        let open = open.filter(|v| matches!(v.state, VisitState::Waiting | VisitState::Offered));
        let waits = serde_json::to_value(&played.state.waits).unwrap();
        assert!(waits["told"].as_object().unwrap().len() <= open.count());
        let written = serde_json::to_string(&played.state).unwrap();
        let read: State = serde_json::from_str(&written).unwrap();
        assert_eq!(read.waits, played.state.waits);
        serde_json::to_string(&waits).unwrap().len()
    };
    let (few, many) = (size(20), size(60));
    assert!(many < 8 * 1024 && many < few * 5 / 4, "{few} {many}");
}

#[test]
fn k3_a_snapshot_of_before_waits_were_learned_is_read() {
    let mut w = all_serving(2);
    let mut old = serde_json::to_value(&w.state).unwrap();
    old.as_object_mut().unwrap().remove("waits");
    w.state = serde_json::from_value(old).unwrap();
    let visit = w.arrive();
    assert!(w.state.told(visit).is_some());
}

/// What agents and guests do before somebody asks how long it takes.
#[derive(Clone, Debug)]
enum Hour {
    Arrive,
    Ask(usize),
    Begin,
    Finish,
    Pass(i64),
    Away(usize),
    Back(usize),
}

fn hour() -> impl Strategy<Value = Hour> {
    prop_oneof![
        5 => Just(Hour::Arrive),
        1 => (0..4usize).prop_map(Hour::Ask),
        4 => Just(Hour::Begin),
        4 => Just(Hour::Finish),
        5 => (1..3000i64).prop_map(Hour::Pass),
        1 => (0..4usize).prop_map(Hour::Away),
        2 => (0..4usize).prop_map(Hour::Back),
    ]
}

fn first_in(w: &World, states: &[VisitState]) -> Option<VisitId> {
    let mut visits = w.state.visits.values();
    visits.find(|v| states.contains(&v.state)).map(|v| v.id)
}

fn played(hours: Vec<Hour>) -> World {
    let mut w = World::on_duty(4);
    for hour in hours {
        let go = |w: &mut World, n, to| {
            w.tell(Command::Agent {
                agent: agent(n),
                to,
            });
        };
        match hour {
            Hour::Arrive => drop(w.arrive()),
            Hour::Ask(n) => drop(w.arrive_asking(n)),
            Hour::Begin => {
                if let Some(visit) = first_in(&w, &[VisitState::Offered]) {
                    w.begin(visit);
                }
            }
            Hour::Finish => {
                if let Some(visit) = first_in(&w, &[VisitState::Serving]) {
                    w.step(visit, Step::Finish);
                }
            }
            Hour::Pass(seconds) => w.pass_seconds(seconds),
            Hour::Away(n) => go(&mut w, n, Attendance::Away(AwayReason::Errand)),
            Hour::Back(n) => go(&mut w, n, Attendance::Ready),
        }
    }
    w
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(20_261_123),
        cases: 200,
        ..ProptestConfig::default()
    })]

    #[test]
    fn k3_a_range_holds_its_point_and_more_people_ahead_never_shorten_the_wait(
        hours in prop::collection::vec(hour(), 0..80),
    ) {
        let mut w = played(hours);
        for visit in w.state.line_up() {
            if let Some(told) = w.state.told(visit) {
                prop_assert!(told.range.from_s < told.range.to_s);
                prop_assert!(told.holds(told.wait_s));
            }
        }
        // New guests without anybody in particular, one behind the other.
        let mut before = Foretold::default();
        for _ in 0..12 {
            let visit = w.arrive();
            if w.visit_state(visit) != VisitState::Waiting {
                continue;
            }
            let Some(told) = w.state.wait_at(visit, w.now) else {
                // Nobody, or too long to be foretold: then for all behind too.
                before = Foretold::rounded(u32::MAX, u32::MAX, u32::MAX);
                continue;
            };
            prop_assert!(told.holds(told.wait_s));
            prop_assert!(told.wait_s >= before.wait_s);
            prop_assert!(told.range.from_s >= before.range.from_s);
            prop_assert!(told.range.to_s >= before.range.to_s);
            before = told;
        }
    }

    #[test]
    fn k3_a_replay_learns_and_foretells_the_same(
        hours in prop::collection::vec(hour(), 0..80),
    ) {
        let w = played(hours);
        let mut again = State::default();
        for stamped in &w.log {
            again.evolve(stamped);
        }
        prop_assert!(again.waits == w.state.waits);
    }
}
