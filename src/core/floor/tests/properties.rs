use proptest::prelude::*;

use super::invariants;
use super::world::{World, agent};
use crate::core::floor::{Attendance, Command, Event, Step};
use crate::core::house_rules::{Courtesy, HouseRules, YesNo};
use crate::core::rota::AwayReason;
use crate::core::ticket::Line;
use crate::core::turn_book::Consequence;

const AGENTS: usize = 4;

/// One thing that happens in a house; indexes are taken modulo what there is.
#[derive(Clone, Debug)]
enum Happening {
    Wait(i64),
    Arrive(Option<usize>),
    Step(usize, Step),
    Attendance(usize, Attendance),
    NewDay,
    Down(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let why = || "原因".to_owned();
    prop_oneof![
        4 => Just(Step::Accept { place: None }),
        1 => Just(Step::Call { place: Some("2".into()) }),
        3 => Just(Step::Recall),
        4 => Just(Step::Start),
        4 => Just(Step::Finish),
        2 => Just(Step::NoShow),
        1 => Just(Step::Refuse { why: None }),
        1 => Just(Step::Park),
        2 => Just(Step::Resume),
        1 => Just(Step::Transfer { line: Line::Signing }),
        1 => (0..AGENTS).prop_map(move |n| Step::Reassign { agent: agent(n), why: why() }),
        1 => Just(Step::Leave),
        1 => Just(Step::Cancel { why: "原因".into() }),
    ]
}

fn attendance() -> impl Strategy<Value = Attendance> {
    prop_oneof![
        4 => Just(Attendance::Ready),
        2 => prop::sample::select(AwayReason::ALL.to_vec()).prop_map(Attendance::Away),
        1 => Just(Attendance::StillServing),
        1 => Just(Attendance::Off),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => prop_oneof![0i64..90, Just(60), Just(600), Just(3600)].prop_map(Happening::Wait),
        4 => prop::option::weighted(0.3, 0..AGENTS).prop_map(Happening::Arrive),
        8 => (0usize..12, step()).prop_map(|(n, s)| Happening::Step(n, s)),
        2 => (0..AGENTS, attendance()).prop_map(|(n, a)| Happening::Attendance(n, a)),
        1 => (1i64..5000).prop_map(Happening::Down),
        1 => prop::bool::weighted(0.2).prop_map(|day| {
            if day { Happening::NewDay } else { Happening::Wait(5) }
        }),
    ]
}

fn rules() -> impl Strategy<Value = HouseRules> {
    let yes_no = || prop::sample::select(vec![YesNo::Yes, YesNo::No]);
    let courtesy = prop::sample::select(vec![Courtesy::OwedTurn, Courtesy::Nothing]);
    (
        yes_no(),
        courtesy,
        0u32..4,
        yes_no(),
        yes_no(),
        yes_no(),
        0u32..3,
    )
        .prop_map(
            |(named, courtesy, owed_cap, regains, no_show, carry, recalls)| HouseRules {
                named_uses_turn: named,
                courtesy,
                owed_cap,
                refused_agent_regains_turn: regains,
                no_show_returns_turn: no_show,
                carry_owed_turns: carry,
                recalls,
                ..HouseRules::default()
            },
        )
}

fn happen(world: &mut World, happening: &Happening, day: &mut u32) {
    let before = world.state.clone();
    let decision = match happening {
        Happening::Wait(seconds) => {
            world.now = world.now.plus_seconds(*seconds);
            world.tell(Command::Tick)
        }
        Happening::Arrive(asked) => {
            let (_, command) = world.check_in_command(asked.map(agent));
            world.tell(command)
        }
        Happening::Step(n, step) => {
            let visits: Vec<_> = world.state.open_visits();
            let Some(visit) = visits.get(n % visits.len().max(1)) else {
                return;
            };
            world.tell(Command::Visit {
                visit: *visit,
                step: step.clone(),
            })
        }
        Happening::Attendance(n, to) => world.tell(Command::Agent {
            agent: agent(*n),
            to: *to,
        }),
        Happening::NewDay => {
            *day += 1;
            world.tell(Command::OpenDay {
                day: format!("2027-01-{day:02}"),
            })
        }
        Happening::Down(seconds) => {
            world.now = world.now.plus_seconds(*seconds);
            world.tell(Command::Resume {
                down_ms: seconds * 1000,
            })
        }
    };
    if decision.result.is_err() && decision.events.is_empty() {
        assert_eq!(world.state, before, "a refusal changes nothing");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever happens, in any order, under any rules of the house.
    #[test]
    fn k4_what_must_always_hold_holds_on_random_days(
        rules in rules(),
        happenings in prop::collection::vec(happening(), 1..120),
    ) {
        let no_show_returns = rules.no_show_returns_turn.is_yes();
        let mut world = World::on_duty_with(AGENTS, rules);
        let mut day = 0;
        for happening in &happenings {
            happen(&mut world, happening, &mut day);
            invariants::hold(&world.state, world.now);
        }
        invariants::replays(&world.log, &world.state);
        invariants::reasons_are_true(&world.log);
        if no_show_returns {
            invariants::turns_end_once(&world.log, &world.state);
        }
    }

    /// Invariant 3. Under `sign_in`, among agents on duty since before the day's first visitor, without
    /// skip, penalty or capped debt, received + owed − prepaid differs by at most one; between two
    /// passes of one agent the cursor reaches everybody.
    #[test]
    fn k4_turns_are_even_among_those_who_stayed(
        happenings in prop::collection::vec(happening(), 1..150),
    ) {
        let rules = HouseRules { owed_cap: 1000, ..HouseRules::default() };
        let mut world = World::on_duty_with(AGENTS, rules);
        let mut day = 0;
        for happening in &happenings {
            let fair = match happening {
                Happening::Wait(seconds) => *seconds < 10,
                Happening::Step(_, Step::Refuse { .. } | Step::Reassign { .. }) => false,
                Happening::Attendance(..) | Happening::NewDay | Happening::Down(_) => false,
                _ => true,
            };
            if fair && !would_lapse(&world, happening) {
                happen(&mut world, happening, &mut day);
                let measures: Vec<i64> = (0..AGENTS).map(|n| world.measure(n)).collect();
                let spread = measures.iter().max().unwrap() - measures.iter().min().unwrap();
                prop_assert!(spread <= 1, "{measures:?}");
            }
        }
        let mut next = None;
        for stamped in &world.log {
            if let Event::Offered(offer) = &stamped.event {
                let by_cursor = offer.cursor != next && next.is_some() || !offer.passed_over.is_empty();
                if by_cursor && offer.debt.is_none() {
                    let first = offer.passed_over.first().map_or(&offer.agent, |p| &p.agent);
                    prop_assert_eq!(Some(first), next.as_ref());
                }
                next.clone_from(&offer.cursor);
                prop_assert!(offer.passed_over.iter().all(|p| p.consequence != Consequence::Skip));
            }
        }
    }
}

/// A lapse costs a turn, and is no part of the fair day told here.
fn would_lapse(world: &World, happening: &Happening) -> bool {
    let Happening::Wait(seconds) = happening else {
        return false;
    };
    world
        .state
        .next_due()
        .is_some_and(|due| due <= world.now.plus_seconds(*seconds))
}

/// Invariant 7. Two commands at once are the same as one after the other: the engine decides one by one, so
/// it is enough that a decision depends on nothing but state, command and time.
#[test]
fn k4_the_same_commands_give_the_same_decisions_on_any_machine() {
    let tell = || {
        let mut world = World::on_duty(3);
        for n in 0..20 {
            let visit = if n % 3 == 0 {
                world.arrive_asking(n % 2)
            } else {
                world.arrive()
            };
            if world.server(visit).is_some() {
                world.begin(visit);
            }
            if n % 2 == 0 {
                world.pass_seconds(70);
            }
        }
        world.log
    };
    assert_eq!(tell(), tell());
}
