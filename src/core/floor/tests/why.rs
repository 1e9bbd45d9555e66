//! "Why not me?": the answer is held to the state it speaks of.

use super::world::{World, agent};
use crate::core::floor::{Attendance, Before, ByTurn, ManagersOrder, Standing, Step};
use crate::core::house_rules::{HouseRules, RotaOrder};
use crate::core::language::Language;
use crate::core::rota::{AwayReason, RotaKind, Status};
use crate::core::turn_book::why::{Own, Then, Why, then, why, words};
use crate::core::turn_book::words::Reader;
use crate::core::turn_book::{BookLine, Consequence, PassReason, Rule};

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
    assert_eq!((by, own), (agent(0), Own::None));
    let sixth = world.arrive_asking(2);
    assert_eq!(world.server(sixth), Some(2));
    let named = Why::BelongsWith {
        agent: agent(2),
        rule: Rule::AskedFor,
    };
    assert_eq!(ask(&world, 1), named);
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
    world.step(
        c,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    told(&world);
    let to = (0..4).find(|n| world.state.agents[&agent(*n)].is_ready());
    if let Some(to) = to {
        let why = "x".to_owned();
        let agent = agent(to);
        world.step(c, Step::Reassign { agent, why });
    }
    told(&world);
}

fn standing(world: &World, n: usize) -> Standing {
    let standing = world.state.standing(&agent(n), RotaKind::WalkIn);
    standing.expect("a place in the rota")
}

fn receives(by: ByTurn) -> Before {
    Before::Receives(by)
}

#[test]
fn k7_where_am_i_counts_owed_turns_first_then_the_cursor() {
    let mut world = World::on_duty(3);
    assert_eq!(standing(&world, 0).place, 1);
    let third = standing(&world, 2);
    assert_eq!(third.place, 3);
    let cursor = receives(ByTurn::Cursor);
    assert_eq!(third.before, [(agent(0), cursor), (agent(1), cursor)]);
    let first = world.arrive();
    world.begin(first);
    for _ in 0..2 {
        let visit = world.arrive();
        world.serve(visit);
    }
    // The cursor stands at the one who serves, who would be passed over.
    let second = standing(&world, 1);
    assert_eq!((second.place, second.by), (1, ByTurn::Cursor));
    let passed = Before::Passed {
        why: PassReason::Serving,
        consequence: Consequence::OwedTurn,
    };
    assert_eq!(second.before, [(agent(0), passed)]);
    let visit = world.arrive();
    world.serve(visit);
    world.step(first, Step::Finish);
    let owed = standing(&world, 0);
    assert_eq!(owed.place, 1);
    assert!(matches!(owed.by, ByTurn::Owed { .. }));
    let last = standing(&world, 2);
    assert!(matches!(
        last.before[0],
        (_, Before::Receives(ByTurn::Owed { .. }))
    ));
    // The place is what happens: whoever is first receives the next visitor.
    let visit = world.arrive();
    assert_eq!(world.server(visit), Some(0));
    world.set(2, Attendance::Off);
    assert_eq!(world.state.standing(&agent(2), RotaKind::WalkIn), None);
}

#[test]
fn k7_who_is_about_to_lose_a_turn_is_not_told_to_be_next() {
    let mut world = World::on_duty(3);
    world.manager(ManagersOrder::Penalise {
        agent: agent(0),
        turns: 1,
        rota: RotaKind::WalkIn,
    });
    let told = standing(&world, 0);
    assert_eq!(told.place, 3);
    assert_eq!(told.settled, [Consequence::PenaltyTaken]);
    assert_eq!(standing(&world, 1).place, 1);
    let lost = Before::Passed {
        why: PassReason::Penalty,
        consequence: Consequence::PenaltyTaken,
    };
    assert_eq!(standing(&world, 1).before, [(agent(0), lost)]);
    // Suspended, or with too much overdue: no turn comes at all, and colleagues are told why.
    let until = world.now.plus_minutes(30);
    world.manager(ManagersOrder::Suspend {
        agent: agent(1),
        until,
    });
    assert_eq!(world.state.standing(&agent(1), RotaKind::WalkIn), None);
    let skipped = standing(&world, 2).before[1].1;
    assert_eq!(
        skipped,
        Before::Passed {
            why: PassReason::Suspended,
            consequence: Consequence::Skip
        }
    );
}

#[test]
fn k7_where_am_i_follows_the_order_of_the_house() {
    let rules = HouseRules {
        rota_order: RotaOrder::FewestReceived,
        ..HouseRules::default()
    };
    let mut world = World::on_duty_with(3, rules);
    for _ in 0..2 {
        let visit = world.arrive();
        world.serve(visit);
    }
    // The cursor never moved from the first; by rank the third is next.
    assert_eq!(standing(&world, 2).place, 1);
    assert_eq!(standing(&world, 0).place, 2);
    assert_eq!(
        standing(&world, 0).before,
        [(agent(2), receives(ByTurn::Rank))]
    );
}

#[test]
fn k7_a_refused_agent_with_the_older_debt_is_told_of_the_refusal() {
    let mut world = World::on_duty(2);
    for n in [0, 1] {
        world.manager(ManagersOrder::GrantTurn {
            agent: agent(n),
            rota: RotaKind::WalkIn,
        });
        world.pass_seconds(60);
    }
    let visit = world.arrive();
    assert_eq!(world.server(visit), Some(0));
    world.manager(ManagersOrder::GrantTurn {
        agent: agent(0),
        rota: RotaKind::WalkIn,
    });
    world.step(
        visit,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    assert_eq!(world.server(visit), Some(1));
    let Why::OwedTurn { own, .. } = ask(&world, 0) else {
        panic!("{:?}", ask(&world, 0));
    };
    assert_eq!(own, Own::Refused);
}

#[test]
fn k7_a_courtesy_paid_by_an_owed_turn_is_told_so() {
    let mut world = World::on_duty(3);
    world.set(0, Attendance::Away(AwayReason::Lunch));
    world.manager(ManagersOrder::GrantTurn {
        agent: agent(2),
        rota: RotaKind::WalkIn,
    });
    let visit = world.arrive_asking(0);
    assert_eq!(world.server(visit), Some(2));
    let Why::Courtesy { owner, paid, .. } = ask(&world, 1) else {
        panic!("{:?}", ask(&world, 1));
    };
    assert_eq!((owner, paid.map(|p| p.1)), (agent(0), Some(Own::None)));
    assert!(matches!(ask(&world, 0), Why::YourGuest { .. }));
}

#[test]
fn k7_what_the_manager_or_a_penalty_took_is_no_debt_any_more() {
    let mut world = World::on_duty(3);
    let grant = |n| ManagersOrder::GrantTurn {
        agent: agent(n),
        rota: RotaKind::WalkIn,
    };
    world.manager(grant(0));
    world.pass_seconds(60);
    world.manager(grant(1));
    world.manager(ManagersOrder::TakeTurn {
        agent: agent(0),
        rota: RotaKind::WalkIn,
    });
    let visit = world.arrive();
    assert_eq!(world.server(visit), Some(1));
    let Why::OwedTurn { own, .. } = ask(&world, 0) else {
        panic!("{:?}", ask(&world, 0));
    };
    assert_eq!(own, Own::None);
}
