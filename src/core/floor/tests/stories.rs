use super::world::{World, agent};
use crate::core::floor::{Attendance, Command, Refusal, Step};
use crate::core::house_rules::{HouseRules, YesNo};
use crate::core::language::Language;
use crate::core::rota::{AwayReason, Status};
use crate::core::ticket::{Line, TicketNumber};
use crate::core::turn_book::words::{Reader, words};
use crate::core::turn_book::{Consequence, PassReason, Reason, Rule};
use crate::core::visit::{Action, VisitState};

#[test]
fn k4_new_visitors_go_round_in_the_order_of_signing_in() {
    let mut w = World::on_duty(3);
    for expected in [0, 1, 2, 0, 1] {
        let visit = w.arrive();
        assert_eq!(w.server(visit), Some(expected));
        assert_eq!(w.rule(visit), Some(Rule::InTurn));
        w.serve(visit);
    }
}

#[test]
fn k4_nobody_ready_the_party_waits_and_the_first_to_become_ready_takes_it() {
    let mut w = World::on_duty(1);
    let first = w.arrive();
    let second = w.arrive();
    let third = w.arrive();
    assert_eq!(w.visit_state(second), VisitState::Waiting);
    assert_eq!(
        (w.state.ahead(second), w.state.ahead(third)),
        (Some(0), Some(1))
    );
    assert!(w.state.wait_by_rule(third) > w.state.wait_by_rule(second));
    w.serve(first);
    assert_eq!(w.server(second), Some(0));
}

#[test]
fn k4_passed_over_while_serving_is_owed_and_the_oldest_debt_is_paid_first() {
    let mut w = World::on_duty(3);
    let a = w.arrive();
    w.begin(a);
    let b = w.arrive_asking(1);
    w.begin(b);
    // The cursor stands at 1, who serves: asked for by name, so the pass settles that.
    let c = w.arrive();
    assert_eq!(w.server(c), Some(2));
    assert_eq!(w.last_passes()[0].why, PassReason::Prepaid);
    w.begin(c);
    w.step(a, Step::Finish);
    w.step(c, Step::Finish);
    // Cursor at 0: ready, takes it. Then 1 (serving) is passed over: owed.
    let d = w.arrive();
    assert_eq!(w.server(d), Some(0));
    w.begin(d);
    let e = w.arrive();
    assert_eq!(w.server(e), Some(2));
    assert_eq!(w.last_passes()[0].consequence, Consequence::OwedTurn);
    assert_eq!(w.owed(1), 1);
    w.step(b, Step::Finish);
    w.begin(e);
    w.step(d, Step::Finish);
    let f = w.arrive();
    assert_eq!((w.server(f), w.rule(f)), (Some(1), Some(Rule::OwedTurn)));
    assert_eq!(w.owed(1), 0);
}

#[test]
fn k4_above_the_cap_nothing_more_is_owed_and_the_book_says_so() {
    let rules = HouseRules {
        owed_cap: 1,
        ..HouseRules::default()
    };
    let mut w = World::on_duty_with(2, rules);
    w.set(0, Attendance::Away(AwayReason::Lunch));
    w.pass_seconds(600);
    for expected in [Consequence::OwedTurn, Consequence::WithheldCap] {
        let visit = w.arrive();
        assert_eq!(w.server(visit), Some(1));
        assert_eq!(w.last_passes()[0].consequence, expected);
        w.serve(visit);
    }
    assert_eq!(w.owed(0), 1);
}

#[test]
fn k4_an_absence_set_when_the_guest_is_already_at_the_door_earns_no_debt() {
    let mut w = World::on_duty(2);
    w.set(0, Attendance::Away(AwayReason::Toilet));
    w.pass_seconds(119);
    let visit = w.arrive();
    assert_eq!(w.last_passes()[0].consequence, Consequence::WithheldLate);
    w.serve(visit);
    w.pass_seconds(1);
    let visit = w.arrive();
    assert_eq!(w.last_passes()[0].consequence, Consequence::OwedTurn);
    assert_eq!(w.server(visit), Some(1));
}

#[test]
fn k4_an_absence_announced_while_serving_counts_from_the_announcement() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.begin(visit);
    w.set(0, Attendance::Away(AwayReason::Lunch));
    w.pass_seconds(130);
    w.step(visit, Step::Finish);
    assert!(matches!(
        w.state.agents[&agent(0)].status,
        Status::Away { .. }
    ));
    let second = w.arrive();
    w.serve(second);
    let third = w.arrive();
    assert_eq!(w.server(third), Some(1));
    assert_eq!(w.last_passes()[0].consequence, Consequence::OwedTurn);
}

#[test]
fn k4_a_service_of_over_two_hours_earns_debts_only_with_the_desks_word() {
    let mut w = World::on_duty(2);
    let long = w.arrive();
    w.begin(long);
    let passed = |w: &mut World| {
        let visit = w.arrive();
        w.serve(visit);
        w.last_passes().first().map(|p| p.consequence)
    };
    assert_eq!(passed(&mut w), None, "1 is next anyway");
    w.pass_seconds(2 * 3600);
    assert_eq!(passed(&mut w), Some(Consequence::OwedTurn));
    w.pass_seconds(1);
    assert_eq!(passed(&mut w), Some(Consequence::WithheldLong));
    w.set(0, Attendance::StillServing);
    assert_eq!(passed(&mut w), Some(Consequence::OwedTurn));
    let idle = Command::Agent {
        agent: agent(1),
        to: Attendance::StillServing,
    };
    assert_eq!(w.refused(idle), Refusal::AgentNotServing);
}

#[test]
fn k4_leave_and_private_errands_lose_the_turn() {
    for reason in [AwayReason::Leave, AwayReason::Private, AwayReason::Late] {
        let mut w = World::on_duty(2);
        w.set(0, Attendance::Away(reason));
        w.pass_seconds(1000);
        w.arrive();
        assert_eq!(w.last_passes()[0].consequence, Consequence::Skip);
        assert_eq!(w.owed(0), 0);
    }
}

#[test]
fn k4_asked_for_by_name_uses_the_next_pass() {
    let mut w = World::on_duty(3);
    let visit = w.arrive_asking(2);
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(2), Some(Rule::AskedFor))
    );
    assert_eq!(w.state.agents[&agent(2)].accounts.walk_in.prepaid, 1);
    w.serve(visit);
    for expected in [0, 1, 0] {
        let visit = w.arrive();
        assert_eq!(w.server(visit), Some(expected));
        w.serve(visit);
    }
    assert_eq!(w.state.agents[&agent(2)].accounts.walk_in.prepaid, 0);
}

#[test]
fn k4_asked_for_but_busy_waits_then_a_colleague_serves_as_a_courtesy() {
    let mut w = World::on_duty(2);
    let first = w.arrive();
    w.begin(first);
    let asking = w.arrive_asking(0);
    assert_eq!(w.visit_state(asking), VisitState::Waiting);
    w.pass_seconds(599);
    assert_eq!(w.visit_state(asking), VisitState::Waiting);
    w.pass_seconds(1);
    assert_eq!(
        (w.server(asking), w.rule(asking)),
        (Some(1), Some(Rule::Courtesy))
    );
    assert_eq!(w.owed(1), 1, "the courtesy is given back as an owed turn");
    assert_eq!(w.state.agents[&agent(1)].accounts.walk_in.received, 0);
}

#[test]
fn k4_asked_for_and_ready_again_in_time_takes_the_guest_before_the_queue() {
    let mut w = World::on_duty(2);
    let (first, second) = (w.arrive(), w.arrive());
    w.begin(first);
    w.begin(second);
    let third = w.arrive();
    let asking = w.arrive_asking(0);
    w.step(first, Step::Finish);
    assert_eq!(w.server(asking), Some(0));
    assert_eq!(w.visit_state(third), VisitState::Waiting);
}

#[test]
fn k4_asked_for_but_gone_home_is_served_by_a_colleague_at_once() {
    let mut w = World::on_duty(2);
    w.set(0, Attendance::Off);
    let visit = w.arrive_asking(0);
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(1), Some(Rule::Courtesy))
    );
}

#[test]
fn k4_an_offer_lapses_at_exactly_sixty_seconds_and_the_next_is_asked() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.pass_seconds(59);
    assert_eq!(w.server(visit), Some(0));
    w.pass_seconds(1);
    assert_eq!(w.server(visit), Some(1));
    let away = w.state.agents[&agent(0)].status;
    assert!(matches!(
        away,
        Status::Away {
            reason: AwayReason::Unreachable,
            ..
        }
    ));
    assert_eq!(w.owed(0), 0, "a lapse uses the turn");
    assert_eq!(w.state.agents[&agent(0)].accounts.walk_in.received, 0);
}

#[test]
fn k4_a_lapse_of_a_courtesy_loses_the_turn_it_had_earned() {
    let mut w = World::on_duty(2);
    w.set(0, Attendance::Off);
    let visit = w.arrive_asking(0);
    assert_eq!(w.owed(1), 1);
    w.pass_seconds(60);
    assert_eq!(w.visit_state(visit), VisitState::Waiting);
    assert_eq!(w.owed(1), 0);
    assert!(w.state.agents[&agent(1)].accounts.walk_in.debts.balances());
}

#[test]
fn k4_no_timer_counts_time_in_which_the_floor_was_down() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.pass_seconds(30);
    w.now = w.now.plus_seconds(3600);
    w.must(Command::Resume { down_ms: 3_600_000 });
    assert_eq!(w.server(visit), Some(0));
    w.pass_seconds(29);
    assert_eq!(w.server(visit), Some(0));
    w.pass_seconds(1);
    assert_eq!(w.server(visit), Some(1));
}

#[test]
fn k6_a_no_show_needs_all_recalls_returns_the_turn_and_is_dropped_after_an_hour() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.step(visit, Step::Accept { place: None });
    let no_show = || Command::Visit {
        visit,
        step: Step::NoShow,
    };
    assert_eq!(w.refused(no_show()), Refusal::RecallsLeft { left: 2 });
    assert!(
        !w.state
            .actions(&w.state.visits[&visit])
            .contains(&Action::NoShow)
    );
    w.step(visit, Step::Recall);
    w.step(visit, Step::Recall);
    w.step(visit, Step::NoShow);
    assert_eq!(w.visit_state(visit), VisitState::Parked);
    assert_eq!(
        (
            w.owed(0),
            w.state.agents[&agent(0)].accounts.walk_in.received
        ),
        (1, 0)
    );
    w.pass_seconds(3599);
    assert_eq!(w.visit_state(visit), VisitState::Parked);
    w.pass_seconds(1);
    assert_eq!(w.visit_state(visit), VisitState::NoShow);
}

#[test]
fn k6_a_late_guest_comes_back_three_behind_and_the_returned_turn_is_the_turn() {
    let mut w = World::on_duty(1);
    let late = w.arrive();
    let queue: Vec<_> = (0..5).map(|_| w.arrive()).collect();
    w.step(late, Step::Accept { place: None });
    w.step(late, Step::Recall);
    w.step(late, Step::Recall);
    w.step(late, Step::NoShow);
    assert_eq!(
        w.server(queue[0]),
        Some(0),
        "the returned turn is paid with the next guest"
    );
    w.step(late, Step::Resume);
    assert_eq!(w.state.ahead(late), Some(3));
    assert_eq!(
        w.state.queue,
        vec![queue[1], queue[2], queue[3], late, queue[4]]
    );

    let mut w = World::on_duty(2);
    let late = w.arrive();
    w.step(late, Step::Accept { place: None });
    w.step(late, Step::Recall);
    w.step(late, Step::Recall);
    w.step(late, Step::NoShow);
    w.step(late, Step::Resume);
    assert_eq!(w.server(late), Some(0));
    let account = &w.state.agents[&agent(0)].accounts.walk_in.debts;
    assert_eq!(
        (account.cancelled, account.used, account.open.len()),
        (1, 0, 0)
    );
}

#[test]
fn k6_whoever_refuses_an_agent_is_never_given_to_that_agent_again() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.step(
        visit,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    assert_eq!(w.server(visit), Some(1));
    w.step(
        visit,
        Step::Refuse {
            why: Some("想听方言".into()),
            of: None,
        },
    );
    assert_eq!(w.visit_state(visit), VisitState::Waiting);
    assert_eq!(w.owed(0), 0);
    // Somebody else is served meanwhile.
    let other = w.arrive();
    assert_eq!(w.server(other), Some(0));
}

#[test]
fn k6_reassigning_needs_a_reason_a_ready_agent_and_counts_as_asked_for() {
    let mut w = World::on_duty(3);
    let visit = w.arrive();
    let to = |n: usize, why: &str| Command::Visit {
        visit,
        step: Step::Reassign {
            agent: agent(n),
            why: why.into(),
        },
    };
    assert_eq!(w.refused(to(1, "  ")), Refusal::ReasonNeeded);
    assert_eq!(w.refused(to(0, "老客户")), Refusal::AgentHasVisit);
    w.set(1, Attendance::Away(AwayReason::Lunch));
    assert_eq!(w.refused(to(1, "老客户")), Refusal::AgentNotReady);
    w.must(to(2, "会讲粤语"));
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(2), Some(Rule::Override))
    );
    assert_eq!(w.state.agents[&agent(2)].accounts.walk_in.prepaid, 1);
    assert_eq!(
        w.owed(0),
        1,
        "the turn taken from the first agent is returned"
    );
}

#[test]
fn k6_every_step_is_possible_exactly_where_the_table_says() {
    use VisitState::*;
    let table: [(Action, &[VisitState]); 19] = [
        (Action::Accept, &[Offered]),
        (Action::Call, &[Offered, Called]),
        (Action::Recall, &[Called]),
        (Action::Start, &[Called]),
        (Action::Finish, &[Serving]),
        (Action::NoShow, &[Called]),
        (Action::Refuse, &[Offered, Called, Serving]),
        (Action::Park, &[Waiting, Offered, Called]),
        (Action::Resume, &[Parked]),
        (Action::Transfer, &[Waiting, Offered, Called, Serving]),
        (Action::Reassign, &[Waiting, Offered, Called, Serving]),
        (Action::Leave, &[Waiting, Offered, Called, Parked]),
        (
            Action::Cancel,
            &[Waiting, Offered, Called, Serving, Parked, NoShow, Left],
        ),
        (
            Action::NotABuyer,
            &[Waiting, Offered, Called, Serving, Parked],
        ),
        (Action::Appointment, &[Waiting, Offered, Called]),
        (Action::Channel, &[Waiting, Offered, Called]),
        (Action::Owner, &[Waiting, Offered, Called]),
        (Action::Join, &[Waiting, Offered, Called, Parked]),
        (Action::Undo, &[Serving, Finished, Parked, Left, Cancelled]),
    ];
    for (action, from) in table {
        for state in VisitState::ALL {
            assert_eq!(
                action.possible_from(state),
                from.contains(&state),
                "{action:?} {state:?}"
            );
        }
    }
}

#[test]
fn k6_an_agent_with_a_guest_cannot_go_off_and_one_offered_cannot_go_away() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    let to = |to| Command::Agent {
        agent: agent(0),
        to,
    };
    assert_eq!(w.refused(to(Attendance::Off)), Refusal::AgentHasVisit);
    let lunch = Attendance::Away(AwayReason::Lunch);
    assert_eq!(w.refused(to(lunch)), Refusal::AgentHasVisit);
    w.begin(visit);
    w.must(to(lunch));
    assert_eq!(w.refused(to(Attendance::Off)), Refusal::AgentHasVisit);
    w.must(to(Attendance::Ready));
    w.step(visit, Step::Finish);
    assert_eq!(
        w.state.agents[&agent(0)].status,
        Status::Ready,
        "the away was withdrawn"
    );
}

#[test]
fn k4_whoever_joins_late_or_again_is_reached_last() {
    let mut w = World::with_rules(4, HouseRules::default());
    (0..3).for_each(|n| w.ready(n));
    let visit = w.arrive();
    w.serve(visit);
    // The cursor points at 1; the newcomer comes after 0.
    w.ready(3);
    let mut order = Vec::new();
    for _ in 0..4 {
        let visit = w.arrive();
        order.extend(w.server(visit));
        w.serve(visit);
    }
    assert_eq!(order, [1, 2, 0, 3]);
    w.set(1, Attendance::Off);
    w.ready(1);
    assert_eq!(w.state.rotas.walk_in.turn_of(&agent(1)), Some(4));
}

#[test]
fn k4_the_new_day_closes_what_was_open_and_carries_debts() {
    for carry in [YesNo::Yes, YesNo::No] {
        let rules = HouseRules {
            carry_owed_turns: carry,
            ..HouseRules::default()
        };
        let mut w = World::on_duty_with(3, rules);
        let serving = w.arrive();
        w.begin(serving);
        let offered = w.arrive();
        let parked = w.arrive();
        w.step(parked, Step::Park);
        let before = w.log.len();
        w.must(Command::OpenDay {
            day: "2026-11-24".into(),
        });
        let kinds: Vec<String> = w.log[before..]
            .iter()
            .map(|s| {
                serde_json::to_value(&s.event).unwrap()["kind"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(kinds[..4], ["finished", "left", "turn_returned", "dropped"]);
        assert!(w.state.visits.is_empty() && w.state.rotas.walk_in.order.is_empty());
        assert_eq!(
            w.owed(1) + w.owed(2),
            if carry == YesNo::Yes { 2 } else { 0 }
        );
        assert!(
            w.state
                .agents
                .values()
                .all(|a| a.status == Status::Off && a.accounts.walk_in.debts.balances())
        );
        let _ = offered;
        w.ready(0);
        let visit = w.arrive();
        let first = TicketNumber::Floor {
            line: Line::New,
            count: 1,
        };
        assert_eq!(w.state.visits[&visit].ticket, first);
        let again = Command::OpenDay {
            day: "2026-11-24".into(),
        };
        assert!(matches!(w.refused(again), Refusal::DayNotLater { .. }));
    }
}

#[test]
fn k3_numbers_have_at_least_three_digits_and_go_on_after_999() {
    let show = |count| {
        TicketNumber::Floor {
            line: Line::New,
            count,
        }
        .to_string()
    };
    assert_eq!(
        [show(1), show(42), show(999), show(1000)],
        ["A001", "A042", "A999", "A1000"]
    );
    for text in ["A001", "B1000"] {
        assert_eq!(text.parse::<TicketNumber>().unwrap().to_string(), text);
    }
    for text in ["", "A", "A1", "Z001", "A00x", "号001"] {
        assert!(text.parse::<TicketNumber>().is_err(), "{text}");
    }
}

#[test]
fn k1_returning_guests_join_their_own_line() {
    let mut w = World::on_duty(1);
    let (visit, command) = w.check_in_command(None);
    let Command::CheckIn(mut check_in) = command else {
        unreachable!()
    };
    check_in.first_visit = false;
    w.must(Command::CheckIn(check_in.clone()));
    assert_eq!(w.state.visits[&visit].ticket.to_string(), "B001");
    assert_eq!(
        w.refused(Command::CheckIn(check_in.clone())),
        Refusal::VisitExists
    );
    check_in.visit = super::world::visit_id(99);
    check_in.purpose = "surfing".into();
    assert_eq!(
        w.refused(Command::CheckIn(check_in)),
        Refusal::UnknownPurpose
    );
}

#[test]
fn k4_every_line_of_the_book_has_words_in_every_language() {
    let mut w = World::on_duty(3);
    let first = w.arrive();
    w.begin(first);
    let named = w.arrive_asking(0);
    let second = w.arrive();
    w.step(
        second,
        Step::Accept {
            place: Some("2号桌".into()),
        },
    );
    w.step(second, Step::Recall);
    w.step(second, Step::Recall);
    w.step(second, Step::NoShow);
    w.step(second, Step::Resume);
    w.pass_seconds(60);
    w.step(
        named,
        Step::Cancel {
            why: "接错".into()
        },
    );
    w.must(Command::OpenDay {
        day: "2026-11-24".into(),
    });
    assert!(w.state.book.len() > 20);
    for language in Language::ALL {
        let name = |a: &crate::core::id::AgentId| a.0.to_uppercase();
        let time = |_| "09:30".to_owned();
        let reader = Reader {
            language,
            name: &name,
            time: &time,
        };
        for line in &w.state.book {
            let text = words(line, &reader);
            assert!(!text.contains("book.") && !text.contains('{'), "{text}");
        }
    }
    let skipped = w.state.book.iter().find(|l| !l.passed_over.is_empty());
    let reader = Reader {
        language: Language::ZhCn,
        name: &|a| a.0.clone(),
        time: &|_| "".into(),
    };
    assert!(skipped.is_none_or(|l| words(l, &reader).contains("跳过情况")));
    assert!(
        w.state
            .book
            .iter()
            .any(|l| matches!(l.reason, Reason::TurnReturned { .. }))
    );
}
