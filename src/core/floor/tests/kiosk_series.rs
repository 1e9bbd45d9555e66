//! Numbers that a kiosk promised while it was cut off from the floor.

use super::world::{World, agent, visit_id};
use crate::core::floor::devices::EnrolledDevice;
use crate::core::floor::{Command, Event, Refusal, State, Step};
use crate::core::id::{DeviceId, VisitId};
use crate::core::language::Language;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::Millis;
use crate::core::turn_book::words::{Reader, words};
use crate::core::visit::{Issued, VisitState};

const TODAY: &str = "2026-11-23";

fn number(count: u32) -> TicketNumber {
    TicketNumber::Kiosk { kiosk: 2, count }
}

fn issued(count: u32, at: Millis, day: &str) -> Issued {
    Issued {
        ticket: number(count),
        at,
        day: day.into(),
    }
}

/// The command that hands a promised number over.
fn handed_over(w: &mut World, issued: Issued) -> (VisitId, Command) {
    let (visit, command) = w.check_in_command(None);
    let Command::CheckIn(mut check_in) = command else {
        unreachable!("a check-in");
    };
    check_in.issued = Some(issued);
    (visit, Command::CheckIn(check_in))
}

fn hand_over(w: &mut World, count: u32, at: Millis) -> VisitId {
    let (visit, command) = handed_over(w, issued(count, at, TODAY));
    w.must(command);
    visit
}

fn same_after_replay(w: &World) {
    let mut again = State::default();
    for stamped in &w.log {
        again.evolve(stamped);
    }
    assert_eq!(again, w.state);
}

#[test]
fn k10_a_promised_number_stands_where_its_party_came() {
    let mut w = World::on_duty(0);
    w.pass_seconds(60);
    let first = w.arrive();
    let came = w.now.plus_seconds(30);
    w.pass_seconds(120);
    let later = w.arrive();
    w.pass_seconds(60);
    let seventh = hand_over(&mut w, 7, came);
    let eighth = hand_over(&mut w, 8, came.plus_seconds(1));
    assert_eq!(w.state.queue, [first, seventh, eighth, later]);
    let visit = &w.state.visits[&seventh];
    assert_eq!(visit.ticket.to_string(), "K2-07");
    assert_eq!((visit.checked_in_at, visit.since), (came, w.now));
    assert_eq!(visit.line, Line::New);
    assert_eq!(w.state.last_of_kiosk(2), 8);
    assert_eq!(w.state.last_of_kiosk(1), 0);

    // Parked and back, it stands where it came, and so does whoever came later.
    w.step(seventh, Step::Park);
    w.step(later, Step::Park);
    w.step(later, Step::Resume);
    w.step(seventh, Step::Resume);
    assert_eq!(w.state.queue, [first, seventh, eighth, later]);
    assert_eq!(w.arrive(), w.state.queue[4]);
    assert_eq!(w.state.visits[&w.state.queue[4]].ticket.to_string(), "A003");
    same_after_replay(&w);
}

#[test]
fn k10_what_an_agent_was_offered_meanwhile_stays() {
    let mut w = World::on_duty(1);
    let came = w.now;
    w.pass_seconds(60);
    let offered = w.arrive();
    assert_eq!(w.server(offered), Some(0));
    let promised = hand_over(&mut w, 1, came);
    assert_eq!(w.server(offered), Some(0));
    assert_eq!(w.visit_state(promised), VisitState::Waiting);
    w.serve(offered);
    assert_eq!(w.server(promised), Some(0));
    same_after_replay(&w);
}

#[test]
fn k10_a_kiosks_clock_that_runs_ahead_puts_nobody_into_the_future() {
    let mut w = World::on_duty(0);
    let ahead = w.now.plus_minutes(90);
    let (visit, command) = handed_over(&mut w, issued(1, ahead, "2026-11-24"));
    w.must(command);
    assert_eq!(w.state.visits[&visit].checked_in_at, w.now);
    assert_eq!(w.visit_state(visit), VisitState::Waiting);
}

#[test]
fn k10_a_number_of_a_day_that_is_over_is_recorded_and_waits_for_nobody() {
    let mut w = World::on_duty(1);
    let now = w.now;
    let (visit, command) = handed_over(&mut w, issued(7, Millis(now.0 - 86_400_000), "2026-11-22"));
    w.must(command);
    assert_eq!(w.visit_state(visit), VisitState::Left);
    assert!(w.state.queue.is_empty());
    let today = hand_over(&mut w, 7, now);
    assert_eq!(w.server(today), Some(0), "today's number is another's");
    same_after_replay(&w);
}

#[test]
fn k10_nothing_that_changed_meanwhile_refuses_a_promise_but_a_number_twice_is_refused() {
    let mut w = World::on_duty(1);
    let now = w.now;
    let (visit, command) = handed_over(&mut w, issued(1, now, TODAY));
    let Command::CheckIn(mut check_in) = command else {
        unreachable!("a check-in");
    };
    check_in.purpose = "no longer offered".into();
    check_in.asked_for = Some(agent(5));
    w.must(Command::CheckIn(check_in));
    let kept = &w.state.visits[&visit];
    assert_eq!((kept.line, &kept.asked_for), (Line::New, &None));
    let before = w.state.clone();
    let (_, twice) = handed_over(&mut w, issued(1, now, TODAY));
    assert_eq!(w.refused(twice), Refusal::NumberTaken);
    assert_eq!(w.state, before);
}

#[test]
fn k10_a_lost_answer_leaves_one_visit_known_by_both_numbers() {
    let mut w = World::on_duty(0);
    let visit = w.arrive();
    let renumber = |count| Command::Renumber {
        visit,
        issued: issued(count, Millis(0), TODAY),
        token_hash: "hash".into(),
    };
    let events = w.must(renumber(7));
    assert!(matches!(events[..], [Event::Renumbered { .. }]));
    assert_eq!(w.must(renumber(7)), [], "asked again, nothing more happens");
    let known = &w.state.visits[&visit];
    assert_eq!(known.ticket, number(7));
    let also = known.also.as_ref().unwrap();
    assert_eq!(
        (also.number.to_string(), &*also.token_hash),
        ("A001".into(), "hash")
    );
    let line = w.state.book.last().expect("a line of the book");
    assert_eq!((line.visit, line.ticket), (Some(visit), Some(number(7))));
    for language in Language::ALL {
        let reader = Reader {
            language,
            name: &|agent| agent.to_string(),
            time: &|_| String::new(),
        };
        let said = words(line, &reader);
        assert!(said.contains("A001"), "{said}");
    }
    let now = w.now;
    let other = hand_over(&mut w, 8, now);
    assert_eq!(w.refused(renumber(8)), Refusal::NumberTaken);
    let nobody = Command::Renumber {
        visit: visit_id(99),
        issued: issued(9, Millis(0), TODAY),
        token_hash: String::new(),
    };
    assert_eq!(w.refused(nobody), Refusal::UnknownVisit);
    assert_eq!(w.state.queue, [visit, other]);
    assert_eq!(w.arrive(), w.state.queue[2]);
    assert_eq!(w.state.visits[&w.state.queue[2]].ticket.to_string(), "A002");
    same_after_replay(&w);
}

#[test]
fn k10_an_enrolment_code_is_good_for_one_token() {
    let mut w = World::on_duty(0);
    let enrol = |enrolment: &str, token: &str| Command::EnrolDevice {
        device: DeviceId::from("kiosk-1"),
        enrolled: EnrolledDevice {
            enrolment: enrolment.into(),
            token_hash: token.into(),
        },
    };
    w.must(enrol("one", "a"));
    assert_eq!(w.refused(enrol("one", "b")), Refusal::CodeUsed);
    w.must(enrol("two", "c"));
    let device = &w.state.devices[&DeviceId::from("kiosk-1")];
    assert_eq!(device.token_hash, "c");
    same_after_replay(&w);
}

#[test]
fn k10_events_written_before_a_kiosk_had_its_own_series_are_read_as_they_were() {
    let mut w = World::on_duty(0);
    w.arrive();
    let event = serde_json::to_string(&w.log.last().unwrap().event).unwrap();
    assert!(
        !event.contains("issued") && !event.contains("\"line\":null"),
        "{event}"
    );
    let read: Event = serde_json::from_str(&event).unwrap();
    assert_eq!(read, w.log.last().unwrap().event);
}
