//! Random histories through the floor's rules and through a second rule sheet, written separately;
//! both must agree after every step. Histories that failed once are tried first, for ever:
//! `tests/regressions/reference.txt`.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};
use yingbin::core::floor::{Command, State};
use yingbin::core::time::Millis;

use crate::support::always::Watch;
use crate::support::histories::{Director, MORNING, Move, Opening, moves, opening};
use crate::support::model::Model;
use crate::support::model::seen::{Seen, floor};

fn settings() -> ProptestConfig {
    ProptestConfig {
        cases: cases(),
        // The same histories in every run: a gate must not fail by chance. `PROPTEST_RNG_SEED` tries others.
        rng_seed: RngSeed::Fixed(20261123),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/regressions/reference.txt",
        ))),
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

/// `YINGBIN_HISTORIES` tries more.
fn cases() -> u32 {
    std::env::var("YINGBIN_HISTORIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(2000)
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn r_the_floor_and_a_second_rule_sheet_agree_after_every_step(
        opening in opening(),
        moves in moves(60),
    ) {
        run(&opening, &moves)?;
    }
}

fn run(opening: &Opening, moves: &[Move]) -> Result<(), TestCaseError> {
    let mut pair = Pair::new();
    for command in opening.commands() {
        pair.both_hear(command)?;
    }
    let mut director = Director::default();
    for step in moves {
        pair.now += step.seconds() * 1000;
        let command = director.command(&step.act, &pair.model, pair.now);
        pair.both_hear(command)?;
    }
    pair.watch.replays(&pair.state).map_err(TestCaseError::fail)
}

/// The floor and the second rule sheet.
struct Pair {
    state: State,
    model: Model,
    now: i64,
    story: Vec<(i64, Command)>,
    watch: Watch,
    /// How many lines the book has.
    lines: usize,
}

impl Pair {
    fn new() -> Self {
        Self {
            state: State::default(),
            model: Model::default(),
            now: MORNING,
            story: vec![],
            watch: Watch::default(),
            lines: 0,
        }
    }

    fn both_hear(&mut self, command: Command) -> Result<(), TestCaseError> {
        self.story.push((self.now, command.clone()));
        let before = self.model.clone();
        let word = self.model.obey(&command, self.now);
        let decision = self.state.decide(command.clone(), Millis(self.now));
        let expected = self.model.look(word, self.state.last.0);
        let shown = floor(&self.state, &decision, self.lines);
        self.lines = self.state.book.len();
        let always = self.watch.look(&command, &decision, &self.state);
        if shown == expected && always.is_ok() {
            return Ok(());
        }
        let mut told = format!("{always:?}\n");
        for (at, command) in &self.story {
            let _ = writeln!(told, "{:>6} s  {command:?}", (at - MORNING) / 1000);
        }
        let _ = writeln!(told, "{}", differences(&shown, &expected));
        for event in &decision.events {
            let _ = writeln!(
                told,
                "  event {:>6} {:?}",
                (event.at.0 - MORNING) / 1000,
                event.event
            );
        }
        let _ = writeln!(
            told,
            "before: {:#?}\n",
            before.look(Ok(()), self.state.last.0)
        );
        Err(TestCaseError::fail(told))
    }
}

fn differences(floor: &Seen, model: &Seen) -> String {
    let mut told = String::new();
    let mut line = |what: &str, floor: &dyn std::fmt::Debug, model: &dyn std::fmt::Debug| {
        let (floor, model) = (format!("{floor:?}"), format!("{model:?}"));
        if floor != model {
            let _ = writeln!(told, "{what}\n  floor {floor}\n  model {model}");
        }
    };
    line("result", &floor.result, &model.result);
    line("day", &floor.day, &model.day);
    line("offers", &floor.offers, &model.offers);
    line("line", &floor.line_up, &model.line_up);
    line("numbers", &floor.numbers, &model.numbers);
    line("closed", &floor.closed, &model.closed);
    line("arranged", &floor.arranged, &model.arranged);
    line("screens", &floor.screens, &model.screens);
    line("book", &floor.lines, &model.lines);
    line("walk-in rota", &floor.rotas[0], &model.rotas[0]);
    line("phone rota", &floor.rotas[1], &model.rotas[1]);
    for at in 0..floor.guests.len().max(model.guests.len()) {
        line("guest", &floor.guests.get(at), &model.guests.get(at));
    }
    for at in 0..floor.people.len().max(model.people.len()) {
        line("agent", &floor.people.get(at), &model.people.get(at));
    }
    told
}
