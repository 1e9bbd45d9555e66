//! A long wait: the row and the things to do say the same of it.

use super::*;

fn waits(since: i64, patience_ends: i64) -> Desk {
    let mut party = visit(1, VisitState::Waiting, &[]);
    // Back from a while set aside: the state is young, the wait is not.
    party.since = at(29);
    party.wait = Some(Wait {
        since: at(since),
        patience_ends: at(patience_ends),
    });
    desk_with(vec![party])
}

/// The row's minutes and colour, and the thing to do.
fn said(desk: &Desk, minute: i64) -> (String, Tone, Option<(String, Tone)>) {
    let view = desk.view(at(minute));
    let row = &view.columns[0][0];
    let todo = view.todo.iter().find(|t| t.key.starts_with("wait:"));
    let todo = todo.map(|t| (t.text.clone(), t.tone));
    (row.lasted.clone(), row.lasted_tone, todo)
}

#[test]
fn k6_a_long_wait_is_one_measure_for_the_row_its_colour_and_the_things_to_do() {
    let desk = waits(0, 40);
    assert_eq!(said(&desk, 31), ("31 分钟".into(), Tone::Plain, None));
    let todo = Some(("A001 已等候 32 分钟，上限 40 分钟".into(), Tone::Warn));
    assert_eq!(said(&desk, 32), ("32 分钟".into(), Tone::Warn, todo));
    let todo = Some(("A001 已等候 40 分钟，超过 40 分钟".into(), Tone::Bad));
    assert_eq!(said(&desk, 40), ("40 分钟".into(), Tone::Bad, todo));
}

#[test]
fn k6_each_lines_own_patience_counts() {
    // An appointment waits a quarter of an hour at most.
    let desk = waits(0, 15);
    let (_, tone, todo) = said(&desk, 15);
    assert_eq!((tone, todo.map(|t| t.1)), (Tone::Bad, Some(Tone::Bad)));
    // Somebody who came back late begins anew.
    let desk = waits(29, 69);
    assert_eq!(said(&desk, 30), ("1 分钟".into(), Tone::Plain, None));
}
