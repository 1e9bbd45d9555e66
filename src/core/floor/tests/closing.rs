//! The showroom closes for today, and what the reception does beside the rota.

use super::world::{World, agent};
use crate::core::chore::Chore;
use crate::core::floor::day::Rest;
use crate::core::floor::{Attendance, Command, Event, State, Step};
use crate::core::rota::Status;
use crate::core::turn_book::Reason;
use crate::core::visit::VisitState;

fn close(rest: Rest) -> Command {
    Command::CloseDay { rest }
}

fn status(world: &World, n: usize) -> Status {
    world.state.agents[&agent(n)].status
}

#[test]
fn k6_closing_sends_free_agents_home_and_lets_services_end() {
    let mut world = World::on_duty(3);
    let served = world.arrive();
    let accept = Step::Accept { place: None };
    world.step(served, accept);
    world.step(served, Step::Start);
    let offered = world.arrive();
    world.must(close(Rest::Serve));
    assert!(world.state.closed.is_some());
    assert_ne!(
        status(&world, 2),
        Status::Off,
        "somebody is still to be served"
    );
    world.step(offered, Step::Leave);
    assert_eq!(status(&world, 2), Status::Off);
    assert_eq!(status(&world, 1), Status::Off);
    assert!(matches!(status(&world, 0), Status::Serving { .. }));
    world.step(served, Step::Finish);
    assert_eq!(status(&world, 0), Status::Off, "home after the last guest");
}

#[test]
fn k6_closing_and_clearing_ends_every_visit_not_served_and_returns_its_turn() {
    let mut world = World::on_duty(1);
    let offered = world.arrive();
    let waiting = world.arrive();
    world.must(close(Rest::Leave));
    for visit in [offered, waiting] {
        assert_eq!(world.state.visits[&visit].state, VisitState::Left);
    }
    let account = &world.state.agents[&agent(0)].accounts.walk_in;
    assert_eq!((account.received, account.debts.open.len()), (0, 1));
    assert_eq!(status(&world, 0), Status::Off);
}

#[test]
fn k6_a_closed_day_opens_again_and_agents_sign_in_as_ever() {
    let mut world = World::on_duty(1);
    world.must(close(Rest::Serve));
    assert!(world.must(close(Rest::Serve)).is_empty(), "closed once");
    world.ready(0);
    assert_eq!(
        status(&world, 0),
        Status::Ready,
        "called back for a late guest"
    );
    world.must(Command::ReopenDay);
    assert_eq!(world.state.closed, None);
    world.must(close(Rest::Serve));
    world.must(Command::OpenDay {
        day: "2026-11-24".into(),
    });
    assert_eq!(world.state.closed, None, "a new day is open");
}

#[test]
fn k6_a_chore_done_twice_stands_once_and_replays() {
    let mut world = World::on_duty(1);
    let visit = world.arrive();
    let chore = Chore::Drink;
    let done = world.must(Command::Chore { visit, chore });
    assert_eq!(done, [Event::ChoreDone { visit, chore }]);
    assert!(world.must(Command::Chore { visit, chore }).is_empty());
    world.must(close(Rest::Leave));
    let mut replayed = State::default();
    for event in &world.log {
        replayed.evolve(event);
    }
    assert_eq!(replayed, world.state);
}

#[test]
fn k4_closing_and_opening_again_stand_in_the_book_with_who_did_it() {
    let mut world = World::on_duty(1);
    let book = |world: &World| {
        let lines = world.state.book.iter();
        let lines = lines.map(|l| (l.reason.clone(), l.by.clone()));
        lines.collect::<Vec<_>>()
    };
    let by_desk = Some("desk-1".to_owned());
    let now = world.now;
    for command in [close(Rest::Serve), Command::ReopenDay] {
        let done = world.state.decide_by(Some("desk-1"), command, now);
        // What follows of itself is the floor's.
        assert_eq!(done.events[0].by, by_desk);
    }
    let lines = book(&world);
    assert!(lines.contains(&(Reason::DayClosed, by_desk.clone())));
    assert!(lines.contains(&(Reason::DayReopened, by_desk.clone())));

    // Coming on duty by one's own sign-in needs no second naming; by the desk's word it is said.
    let ready = |n| Command::Agent {
        agent: agent(n),
        to: Attendance::Ready,
    };
    world.state.decide_by(Some("desk-1"), ready(0), now);
    let line = world.state.book.last().unwrap();
    assert_eq!(
        (line.agent.clone(), line.by.clone()),
        (Some(agent(0)), by_desk)
    );
    let off = Command::Agent {
        agent: agent(0),
        to: Attendance::Off,
    };
    world.state.decide_by(Some(agent(0).as_str()), off, now);
    world
        .state
        .decide_by(Some(agent(0).as_str()), ready(0), now);
    let line = world.state.book.last().unwrap();
    assert_eq!(line.by.as_deref(), Some(agent(0).as_str()));
}

#[test]
fn k10_what_was_seen_is_remembered_for_the_day_and_once() {
    let mut world = World::on_duty(1);
    let seen = || Command::Acknowledge {
        key: "lapse:A004:1".into(),
    };
    assert_eq!(world.must(seen()).len(), 1);
    assert!(world.must(seen()).is_empty());
    assert!(world.state.acknowledged.contains("lapse:A004:1"));
    world.must(Command::OpenDay {
        day: "2026-11-24".into(),
    });
    assert!(world.state.acknowledged.is_empty());
}
