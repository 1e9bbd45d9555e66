//! The showroom closes for today, and what the reception does beside the rota.

use super::world::{World, agent};
use crate::core::chore::Chore;
use crate::core::floor::day::Rest;
use crate::core::floor::{Command, Event, State, Step};
use crate::core::rota::Status;
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
