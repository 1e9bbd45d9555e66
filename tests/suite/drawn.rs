//! The random histories ask for everything that can be asked: every kind of command, each granted at
//! least once, every refusal, and every kind of line in the book. A new kind of command does not
//! compile here until it has a name, and fails until the histories draw it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use yingbin::core::floor::{Attendance, Command, Deed, ManagersOrder, State, Step};
use yingbin::core::time::Millis;
use yingbin::core::turn_book::words;

use crate::support::histories::{Director, MORNING, Opening, moves, opening};
use crate::support::model::Model;
use crate::support::model::seen;

/// Names of all variants, and the name of one; a variant without one does not compile.
macro_rules! kinds {
    ($all:ident, $name:ident, $of:ident: $($kind:ident)+) => {
        const $all: &[&str] = &[$(concat!(stringify!($of), "::", stringify!($kind))),+];

        fn $name(it: &$of) -> &'static str {
            match it {
                $($of::$kind { .. } => concat!(stringify!($of), "::", stringify!($kind))),+
            }
        }
    };
}

kinds!(COMMANDS, command, Command: OpenDay Resume SetSite SetRules OfficeRules CheckIn Renumber EnrolDevice
    SkipNumbers Visit Agent SetAppointments AddAppointment SetRegistrations SetOverdue LearnOwner
    NotABuyer Chore Acknowledge CloseDay ReopenDay Manager Own HandGiven Pad Tick);
kinds!(STEPS, step, Step: Accept Call Recall Start Finish NoShow Refuse Park Resume Transfer Reassign
    Leave Cancel NotABuyer Appointment Channel Owner Join Undo);
kinds!(DEEDS, deed, Deed: Accept Call Recall Start NoShow Done Undo AskHand WithdrawHand Needs Finish);
kinds!(ORDERS, order, ManagersOrder: MoveCursor SetOrder GrantTurn TakeTurn Penalise LiftPenalty
    Suspend EndSuspension);
kinds!(STATES, attendance, Attendance: Ready Away StillServing Off);

/// What the core says no with. That the showroom is closed (`day_closed`) a kiosk is told before; a
/// step or a finish taken back too late (`too_late`, `too_late_to_undo`) is drawn only once in some
/// thousand histories.
const REFUSALS: [&str; 29] = [
    "agent_has_visit",
    "agent_not_ready",
    "agent_not_serving",
    "agent_off",
    "cannot_join",
    "code_used",
    "day_not_later",
    "impossible_step",
    "no_day_open",
    "no_such_hand",
    "not_in_rota",
    "not_later",
    "not_serving",
    "not_signed_off",
    "not_yours",
    "nothing_open",
    "nothing_to_undo",
    "number_taken",
    "offer_over",
    "other_rota",
    "party_size",
    "penalty_size",
    "reason_needed",
    "recalls_left",
    "steps_open",
    "unknown_agent",
    "unknown_appointment",
    "unknown_purpose",
    "unknown_visit",
];

fn names(command: &Command) -> Vec<&'static str> {
    let mut names = vec![self::command(command)];
    names.extend(match command {
        Command::Visit { step, .. } => Some(self::step(step)),
        Command::Own { deed, .. } => Some(self::deed(deed)),
        Command::Manager { order, .. } => Some(self::order(order)),
        Command::Agent { to, .. } => Some(attendance(to)),
        Command::CheckIn(check_in) if check_in.issued.is_some() => Some("a kiosk's own number"),
        Command::CheckIn(check_in) if check_in.split_from.is_some() => Some("a party parted"),
        _ => None,
    });
    names
}

#[test]
fn r_the_random_histories_ask_for_everything() {
    let all = [COMMANDS, STEPS, DEEDS, ORDERS, STATES].concat();
    let all = all
        .into_iter()
        .chain(["a kiosk's own number", "a party parted"]);
    let mut never: BTreeSet<&str> = all.collect();
    let mut never_refused: BTreeSet<&str> = REFUSALS.into_iter().collect();
    never_refused.insert("visit_exists");
    let mut never_written: BTreeSet<String> = seen::written().map(str::to_owned).collect();
    let mut clock_set_back = false;
    let mut runner = TestRunner::deterministic();
    let histories = (opening(), moves(60));
    for _ in 0..1500 {
        let drawn = histories.new_tree(&mut runner).unwrap().current();
        let (opening, moves): (Opening, _) = drawn;
        let (mut floor, mut model, mut now) = (State::default(), Model::default(), MORNING);
        let mut director = Director::default();
        let mut tell = |floor: &mut State, model: &mut Model, command: Command, now| {
            let kinds = names(&command);
            let _ = model.obey(&command, now);
            match floor.decide(command, Millis(now)).result {
                Ok(()) => kinds.iter().for_each(|kind| {
                    never.remove(kind);
                }),
                Err(refusal) => {
                    never_refused.remove(refusal.code());
                }
            }
        };
        for command in opening.commands() {
            tell(&mut floor, &mut model, command, now);
        }
        for step in &moves {
            clock_set_back |= step.seconds() < 0;
            now += step.seconds() * 1000;
            let command = director.command(&step.act, &model, now);
            tell(&mut floor, &mut model, command, now);
        }
        for line in &floor.book {
            let code = words::code(&line.reason);
            never_written.remove(&seen::what(&code).unwrap_or(code));
        }
    }
    assert!(clock_set_back);
    assert_eq!(never, BTreeSet::new(), "never asked for and granted");
    assert_eq!(never_refused, BTreeSet::new(), "never refused so");
    assert_eq!(never_written, BTreeSet::new(), "never written in the book");
}
