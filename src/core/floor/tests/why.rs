//! "Why not me?": the answer is held to the state it speaks of.

use super::world::{World, agent};
use crate::core::floor::standing::Before;
use crate::core::floor::{Attendance, Step};
use crate::core::language::Language;
use crate::core::rota::{AwayReason, Status};
use crate::core::turn_book::why::{Then, Why, then, why, words};
use crate::core::turn_book::words::Reader;
use crate::core::turn_book::{BookLine, Consequence, PassReason};

/// The index of the latest line that gave somebody a visit.
fn last_offer(book: &[BookLine]) -> usize {
    let gives = |line: &BookLine| {
        line.visit.is_some()
            && crate::core::turn_book::words::code(&line.reason).starts_with("offered")
    };
    book.iter().rposition(gives).expect("an offer")
}

fn ask(world: &World, n: usize) -> Why {
    let book = &world.state.book;
    why(book, last_offer(book), &agent(n)).unwrap().why
}

#[test]
fn k7_why_not_me_names_the_reason_of_the_decision() {
    let mut world = World::on_duty(3);
    let first = world.arrive();
    world.begin(first);
    assert_eq!(ask(&world, 0), Why::You);
    assert_eq!(ask(&world, 1), Why::NotReached { agent: agent(0) });
    for n in 1..3 {
        let visit = world.arrive();
        world.begin(visit);
        assert_eq!(world.server(visit), Some(n));
        world.step(visit, Step::Finish);
    }
    // The rota comes to the first again, who is still serving, and goes on to the second.
    let fourth = world.arrive();
    assert_eq!(world.server(fourth), Some(1));
    assert_eq!(
        ask(&world, 0),
        Why::PassedOver {
            passes: vec![(PassReason::Serving, Consequence::OwedTurn)]
        }
    );
    assert_eq!(ask(&world, 2), Why::NotReached { agent: agent(1) });
    // The debt is paid before the rota goes on.
    world.step(first, Step::Finish);
    let fifth = world.arrive();
    assert_eq!(world.server(fifth), Some(0));
    let Why::OwedTurn { agent: by, own, .. } = ask(&world, 2) else {
        panic!("{:?}", ask(&world, 2));
    };
    assert_eq!((by, own), (agent(0), None));
    let sixth = world.arrive_asking(2);
    assert_eq!(world.server(sixth), Some(2));
    assert_eq!(ask(&world, 1), Why::AskedFor { agent: agent(2) });
    let book = &world.state.book;
    let at = last_offer(book);
    assert!(why(book, book.len(), &agent(0)).is_none());
    let arrival = (0..at).rfind(|i| book[*i].visit.is_none()).unwrap();
    assert_eq!(why(book, arrival, &agent(0)).unwrap().why, Why::NoDecision);

    for language in Language::ALL {
        let name = |id: &crate::core::id::AgentId| id.to_string();
        let time = |_| "09:00".to_owned();
        let reader = Reader {
            language,
            name: &name,
            time: &time,
        };
        for n in 0..3 {
            for at in 0..book.len() {
                let text = words(&why(book, at, &agent(n)).unwrap(), &reader);
                assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
                assert!(!text.contains("pad.") && !text.contains("book."), "{text}");
            }
        }
    }
}

#[test]
fn k7_the_answer_is_true_of_the_state_before() {
    let mut world = World::on_duty(4);
    let told = |world: &World| {
        for n in 0..4 {
            let ticket = |visit| Some(world.state.visits[&visit].ticket);
            let truly = match world.state.agents[&agent(n)].status {
                Status::Off => Then::Off,
                Status::Ready => Then::Ready,
                Status::Offered { visit } => Then::Offered(ticket(visit)),
                Status::Serving { visit } => Then::Serving(ticket(visit)),
                Status::Away { reason, .. } => Then::Away(reason),
            };
            assert_eq!(then(&world.state.book, &agent(n)), truly, "agent {n}");
        }
    };
    let a = world.arrive();
    world.begin(a);
    told(&world);
    world.set(0, Attendance::Away(AwayReason::Lunch));
    world.set(1, Attendance::Away(AwayReason::Errand));
    told(&world);
    world.step(a, Step::Finish);
    told(&world);
    let b = world.arrive();
    told(&world);
    world.pass_seconds(60);
    told(&world);
    world.step(b, Step::Leave);
    told(&world);
    world.ready(0);
    world.set(1, Attendance::Off);
    let c = world.arrive_asking(0);
    world.begin(c);
    world.step(c, Step::Refuse { why: None });
    told(&world);
    let to = (0..4).find(|n| world.state.agents[&agent(*n)].is_ready());
    if let Some(to) = to {
        let why = "x".to_owned();
        let agent = agent(to);
        world.step(c, Step::Reassign { agent, why });
    }
    told(&world);
}

#[test]
fn k7_where_am_i_counts_owed_turns_first_then_the_cursor() {
    let mut world = World::on_duty(3);
    assert_eq!(world.state.standing(&agent(0)).unwrap().place, 1);
    let third = world.state.standing(&agent(2)).unwrap();
    assert_eq!(third.place, 3);
    assert_eq!(
        third.before,
        [(agent(0), Before::Cursor), (agent(1), Before::Cursor)]
    );
    let first = world.arrive();
    world.begin(first);
    for _ in 0..2 {
        let visit = world.arrive();
        world.serve(visit);
    }
    // The cursor stands at the one who serves, who would be passed over.
    let second = world.state.standing(&agent(1)).unwrap();
    assert_eq!(second.place, 1);
    assert_eq!(second.before, [(agent(0), Before::NotReady)]);
    let visit = world.arrive();
    world.serve(visit);
    world.step(first, Step::Finish);
    let owed = world.state.standing(&agent(0)).unwrap();
    assert_eq!(owed.place, 1);
    assert!(owed.owed_since.is_some());
    let last = world.state.standing(&agent(2)).unwrap();
    assert!(matches!(last.before[0], (_, Before::Owed { .. })));
    // The place is what happens: whoever is first receives the next visitor.
    let visit = world.arrive();
    assert_eq!(world.server(visit), Some(0));
    world.set(2, Attendance::Off);
    assert_eq!(world.state.standing(&agent(2)), None);
}
