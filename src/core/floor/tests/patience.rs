//! How long a wait counts, and when it is too long: one measure for the queue and the desk.

use super::world::World;
use crate::core::floor::Step;
use crate::core::floor::queue::InLine;
use crate::core::house_rules::HouseRules;
use crate::core::id::VisitId;

fn since(world: &World, visit: VisitId) -> i64 {
    let visit = &world.state.visits[&visit];
    world.now.since(visit.waits_since()) / 60_000
}

fn left(world: &World, visit: VisitId) -> i64 {
    let visit = &world.state.visits[&visit];
    world.state.patience_ends(visit).since(world.now) / 60_000
}

#[test]
fn k6_a_wait_counts_from_the_arrival_also_after_a_while_set_aside() {
    let longest = i64::from(HouseRules::default().lines.new.max_wait_minutes);
    let mut world = World::with_rules(1, HouseRules::default());
    let visit = world.arrive();
    assert_eq!((since(&world, visit), left(&world, visit)), (0, longest));
    world.pass_seconds(10 * 60);
    world.step(visit, Step::Park);
    world.pass_seconds(5 * 60);
    world.step(visit, Step::Resume);
    assert_eq!(
        (since(&world, visit), left(&world, visit)),
        (15, longest - 15)
    );
    world.pass_seconds((longest - 15) * 60);
    let party = &world.state.visits[&visit];
    let ends = world.state.patience_ends(party);
    assert_eq!(
        world.state.in_line(party, world.now),
        InLine::Overdue(ends),
        "the queue and the desk go by the same moment"
    );
}

#[test]
fn r11_who_comes_back_late_after_a_call_waits_since_the_return() {
    let longest = i64::from(HouseRules::default().lines.new.max_wait_minutes);
    let mut world = World::on_duty(1);
    let visit = world.arrive();
    world.miss(visit);
    world.pass_seconds(8 * 60);
    world.step(visit, Step::Resume);
    assert_eq!((since(&world, visit), left(&world, visit)), (0, longest));
}
