//! What the second rule sheet found about numbers that kiosks promise, and about reasons that were no
//! longer true when they were written.

use super::world::{World, agent};
use crate::core::booking::Registration;
use crate::core::floor::{Command, Refusal, Step};
use crate::core::house_rules::HouseRules;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::Millis;
use crate::core::turn_book::{Reason, Rule};
use crate::core::visit::{CheckIn, Issued, VisitState};

fn change(w: &mut World, change: impl FnOnce(&mut HouseRules)) {
    let mut rules = Box::new(w.state.rules.clone());
    change(&mut rules);
    w.must(Command::SetRules { rules });
}

fn promised(check_in: &mut CheckIn, at: Millis) {
    check_in.issued = Some(Issued {
        ticket: TicketNumber::Kiosk { kiosk: 1, count: 1 },
        at,
        day: "2026-11-23".into(),
    });
}

#[test]
fn r1_a_promised_returner_stands_in_the_line_of_returners_whatever_they_came_for() {
    let mut w = World::on_duty(0);
    let now = w.now;
    let visit = w.arrive_with(|c| {
        promised(c, now);
        c.first_visit = false;
        c.purpose = "no_longer_on_the_list".into();
    });
    assert_eq!(w.state.visits[&visit].line, Line::Returning);
}

#[test]
fn r3b_a_brokers_client_with_a_promised_number_is_judged_by_when_they_came() {
    let mut w = World::on_duty(2);
    let came = w.now.plus_minutes(10);
    w.now = w.now.plus_minutes(120);
    let registration = Registration {
        id: "BJ-1".into(),
        broker: "中介".into(),
        agent: agent(1),
        registered: came.plus_minutes(-60),
        expires: came.plus_minutes(60),
    };
    let visit = w.arrive_with(|c| {
        promised(c, came);
        c.channel = Some(registration.clone());
    });
    let served = (w.server(visit), w.rule(visit));
    assert_eq!(served, (Some(1), Some(Rule::Channel)), "it was valid then");

    // Registered only when the party was there already.
    let registration = Registration {
        registered: came.plus_minutes(30),
        ..registration
    };
    let visit = w.arrive_with(|c| {
        promised(c, came);
        c.issued.as_mut().unwrap().ticket = TicketNumber::Kiosk { kiosk: 1, count: 2 };
        c.channel = Some(registration);
    });
    assert_eq!(w.rule(visit), Some(Rule::InTurn));
}

#[test]
fn r9_a_lapse_says_how_long_the_offer_stood_also_where_the_house_has_another_time_by_now() {
    let mut w = World::on_duty(2);
    w.arrive();
    change(&mut w, |r| r.accept_seconds = 300);
    w.pass_seconds(60);
    let said = w
        .state
        .book
        .iter()
        .any(|l| matches!(l.reason, Reason::Lapsed { seconds: 60, .. }));
    assert!(said, "{:?}", w.state.book);
}

#[test]
fn r11_a_parked_visit_is_dropped_with_the_time_its_place_was_kept() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    w.step(visit, Step::Park);
    change(&mut w, |r| r.parked_minutes = 240);
    w.pass_seconds(3600);
    let kept = Reason::DroppedFromParking { minutes: 60 };
    assert!(
        w.state.book.iter().any(|l| l.reason == kept),
        "{:?}",
        w.state.book
    );
}

#[test]
fn r14_a_guest_of_a_day_that_is_over_does_not_come_back_by_an_undo() {
    let mut w = World::on_duty(1);
    let yesterday = w.now.plus_minutes(-24 * 60);
    let visit = w.arrive_with(|c| {
        promised(c, yesterday);
        c.issued.as_mut().unwrap().day = "2026-11-22".into();
    });
    assert_eq!(w.visit_state(visit), VisitState::Left);
    let step = Step::Undo;
    let refused = w.refused(Command::Visit { visit, step });
    assert_eq!(refused, Refusal::NothingToUndo);
}
