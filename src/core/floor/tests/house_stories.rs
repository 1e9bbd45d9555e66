//! The rules of the house as stories: guests who belong with somebody, lines, penalties, slips.

use super::world::{World, agent, visit_id};
use crate::core::booking::{Appointment, Registration};
use crate::core::floor::{Attendance, Command, ManagersOrder, PHONE_CALL, Refusal, Step};
use crate::core::house_rules::{HouseRules, ReturnerTurn, RotaOrder, YesNo};
use crate::core::language::Language;
use crate::core::rota::{AwayReason, RotaKind, Status, TurnUse};
use crate::core::time::Millis;
use crate::core::turn_book::words::{Reader, signed, words};
use crate::core::turn_book::{Consequence, PassReason, Reason, Rule};
use crate::core::visit::{Action, KnownOwner, NotABuyer, OwnerSource, VisitState, WantedBy};

fn with(change: impl FnOnce(&mut HouseRules)) -> HouseRules {
    let mut rules = HouseRules::default();
    change(&mut rules);
    rules
}

fn own_guest(w: &mut World, n: usize, bought: bool) -> crate::core::id::VisitId {
    w.arrive_with(|c| {
        c.first_visit = false;
        c.owner = Some(KnownOwner {
            agent: agent(n),
            bought,
        });
    })
}

fn appointment(n: usize, time: Millis) -> Appointment {
    Appointment {
        id: format!("ap-{n}"),
        agent: agent(n),
        time,
    }
}

#[test]
fn k4_rule_2_whoever_is_no_buyer_uses_no_turn() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.begin(visit);
    let kind = NotABuyer::Surveyor;
    w.step(visit, Step::NotABuyer { kind });
    assert_eq!(w.visit_state(visit), VisitState::Cancelled);
    assert_eq!((w.owed(0), w.measure(0)), (1, 1), "the turn is returned");
    let from = w.state.book.len();
    let kind = NotABuyer::Courier;
    w.must(Command::NotABuyer { kind });
    assert_eq!(w.book_codes(from), ["not_a_buyer"]);
    assert!(w.state.rotas.walk_in.cursor == Some(agent(1)));
}

#[test]
fn k4_rule_3_an_appointment_goes_to_its_agent_and_uses_no_turn() {
    let mut w = World::on_duty(3);
    let time = w.now.plus_minutes(5);
    w.must(Command::SetAppointments {
        appointments: vec![appointment(2, time)],
    });
    let visit = w.arrive_with(|c| {
        c.purpose = "appointment".into();
        c.asked_for = Some(agent(2));
    });
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(2), Some(Rule::Appointment))
    );
    assert_eq!((w.measure(2), w.owed(2)), (0, 0));
    assert_eq!(w.state.rotas.walk_in.cursor, Some(agent(0)));
    // The one appointment is taken: the next guest with such a wish is one asking by name.
    w.serve(visit);
    let second = w.arrive_with(|c| {
        c.purpose = "appointment".into();
        c.asked_for = Some(agent(2));
    });
    assert_eq!(w.rule(second), Some(Rule::AskedFor));
    // A wrong one is said in the book, and the guest goes by the usual rules.
    let from = w.state.book.len();
    let third = w.arrive_with(|c| c.appointment = Some("ap-9".into()));
    assert_eq!(w.rule(third), Some(Rule::InTurn));
    assert_eq!(w.book_codes(from)[1], "no_such_appointment");
}

#[test]
fn k4_rule_3_the_desk_says_afterwards_that_the_party_has_an_appointment() {
    let mut w = World::on_duty(3);
    w.must(Command::AddAppointment {
        appointment: appointment(1, w.now),
    });
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(0));
    w.step(visit, Step::Appointment { id: "ap-1".into() });
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(1), Some(Rule::Appointment))
    );
    assert_eq!(w.owed(0), 1, "the first agent's turn is returned");
    let unknown = Command::Visit {
        visit,
        step: Step::Appointment { id: "?".into() },
    };
    assert_eq!(w.refused(unknown), Refusal::UnknownAppointment);
}

#[test]
fn k4_rule_3b_a_brokers_client_counts_only_if_registered_before_and_still_valid() {
    let registration = |registered, expires| Registration {
        id: "BJ-1".into(),
        broker: "安家经纪".into(),
        agent: agent(2),
        registered,
        expires,
    };
    let mut w = World::on_duty(3);
    let now = w.now;
    let (before, later) = (now.plus_minutes(-60), now.plus_minutes(60));
    let valid = w.arrive_with(|c| c.channel = Some(registration(before, later)));
    assert_eq!(
        (w.server(valid), w.rule(valid)),
        (Some(2), Some(Rule::Channel))
    );
    assert_eq!(w.measure(2), 0);
    for (registered, expires) in [(now, later), (before, now)] {
        let from = w.state.book.len();
        let visit = w.arrive_with(|c| c.channel = Some(registration(registered, expires)));
        assert_eq!(w.rule(visit), Some(Rule::InTurn));
        assert_eq!(w.book_codes(from)[1], "channel_judged");
        w.serve(visit);
    }
}

#[test]
fn k4_rule_4_a_returner_comes_to_the_owner_and_uses_a_turn_as_the_house_says() {
    for (setting, bought, uses) in [
        (ReturnerTurn::No, false, false),
        (ReturnerTurn::IfNotBought, true, false),
        (ReturnerTurn::IfNotBought, false, true),
        (ReturnerTurn::Yes, true, true),
    ] {
        let mut w = World::on_duty_with(3, with(|r| r.returner_uses_turn = setting));
        let visit = own_guest(&mut w, 1, bought);
        assert_eq!(
            (w.server(visit), w.rule(visit)),
            (Some(1), Some(Rule::Owner))
        );
        let account = &w.state.agents[&agent(1)].accounts.walk_in;
        assert_eq!(account.prepaid, u32::from(uses), "{setting:?} {bought}");
        assert_eq!(w.state.visits[&visit].ticket.to_string(), "B001");
    }
}

#[test]
fn k4_rule_4_without_the_centres_word_the_guests_own_counts() {
    let mut w = World::on_duty(3);
    let visit = w.arrive_with(|c| {
        c.first_visit = false;
        c.asked_for = Some(agent(2));
    });
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(2), Some(Rule::Owner))
    );
    let by = &w.state.visits[&visit].wanted.as_ref().unwrap().by;
    let source = OwnerSource::Guest;
    assert_eq!(
        *by,
        WantedBy::Owner {
            source,
            bought: false
        }
    );
}

#[test]
fn k4_rule_4_a_courtesy_paid_with_a_debt_keeps_its_date_and_rank() {
    let mut w = World::on_duty(3);
    w.manager(ManagersOrder::GrantTurn {
        agent: agent(1),
        rota: RotaKind::WalkIn,
    });
    let debt = w.state.agents[&agent(1)].accounts.walk_in.debts.open[0];
    w.pass_seconds(100);
    w.set(0, Attendance::Away(AwayReason::Leave));
    let visit = own_guest(&mut w, 0, false);
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(1), Some(Rule::Courtesy))
    );
    assert_eq!(
        w.state.agents[&agent(1)].accounts.walk_in.debts.open,
        [debt]
    );
}

#[test]
fn k4_rule_4_the_desk_corrects_the_owner_and_the_centre_may_learn_later() {
    let mut w = World::on_duty(3);
    let visit = w.arrive_with(|c| c.first_visit = false);
    assert_eq!(w.server(visit), Some(0));
    let owner = KnownOwner {
        agent: agent(2),
        bought: true,
    };
    w.must(Command::LearnOwner { visit, owner });
    assert_eq!(w.server(visit), Some(0), "nobody is moved by it");
    assert!(w.state.visits[&visit].learned_owner.is_some());
    w.step(
        visit,
        Step::Owner {
            agent: Some(agent(2)),
        },
    );
    assert_eq!(
        (w.server(visit), w.rule(visit)),
        (Some(2), Some(Rule::Owner))
    );
    assert_eq!(w.owed(0), 1);
    let by = &w.state.visits[&visit].wanted.as_ref().unwrap().by;
    let source = OwnerSource::Desk;
    assert_eq!(
        *by,
        WantedBy::Owner {
            source,
            bought: true
        }
    );
    w.step(visit, Step::Owner { agent: None });
    assert_eq!(
        w.rule(visit),
        Some(Rule::OwedTurn),
        "by turn, and 0 is owed one"
    );
}

#[test]
fn k4_rule_6_who_forgot_with_whom_goes_by_turn_and_may_be_claimed() {
    let mut w = World::on_duty(2);
    let visit = w.arrive_with(|c| c.first_visit = false);
    assert_eq!(w.rule(visit), Some(Rule::InTurn));
    let says = |l: &crate::core::turn_book::BookLine| {
        l.rule == Rule::Forgotten && l.reason == Reason::ForgotWithWhom { days: 2 }
    };
    assert!(w.state.book.iter().any(says));
}

#[test]
fn k4_rule_7b_fewest_received_goes_by_the_account() {
    let mut w = World::on_duty_with(3, with(|r| r.rota_order = RotaOrder::FewestReceived));
    let named = w.arrive_asking(0);
    assert_eq!(
        w.state.agents[&agent(0)].accounts.walk_in.prepaid,
        0,
        "it simply counts"
    );
    w.serve(named);
    let mut order = Vec::new();
    for _ in 0..4 {
        let visit = w.arrive();
        order.extend(w.server(visit));
        w.serve(visit);
    }
    assert_eq!(order, [1, 2, 0, 1]);
    // 2 is away without a good reason and would be next: the turn is lost, once.
    w.set(2, Attendance::Away(AwayReason::Private));
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(0));
    assert_eq!(w.last_passes()[0].consequence, Consequence::Skip);
    w.serve(visit);
    w.ready(2);
    assert_eq!(
        w.state.turn_of(&agent(2)),
        Some(2),
        "the lost turn counts as received"
    );
}

#[test]
fn k4_rule_13_under_fewest_received_a_newcomer_starts_at_the_average_rounded_up() {
    let rules = with(|r| r.rota_order = RotaOrder::FewestReceived);
    let mut w = World::with_rules(3, rules);
    w.ready(0);
    w.ready(1);
    for _ in 0..3 {
        let visit = w.arrive();
        w.serve(visit);
    }
    // 2 and 1 received: the average is 1.5.
    w.ready(2);
    assert_eq!(w.state.agents[&agent(2)].accounts.walk_in.rank(), 2);
    // Signing off and on again does not pay.
    w.set(0, Attendance::Off);
    w.ready(0);
    assert_eq!(w.state.agents[&agent(0)].accounts.walk_in.rank(), 2);
}

#[test]
fn k4_rule_7b_the_managers_list_orders_the_rota_at_once() {
    let mut w = World::on_duty_with(3, with(|r| r.rota_order = RotaOrder::ManagersList));
    w.manager(ManagersOrder::SetOrder {
        agents: vec![agent(2), agent(0), agent(1)],
    });
    assert_eq!(w.state.rotas.walk_in.order, [agent(2), agent(0), agent(1)]);
    w.set(2, Attendance::Off);
    w.ready(2);
    assert_eq!(
        w.state.rotas.walk_in.order[0],
        agent(2),
        "back at the list's place"
    );
}

#[test]
fn k4_rule_12_turns_to_be_lost_are_taken_at_the_pass_and_from_a_debt() {
    let mut w = World::on_duty(2);
    let penalty = |agent, turns| ManagersOrder::Penalise {
        agent,
        turns,
        rota: RotaKind::WalkIn,
    };
    w.manager(penalty(agent(0), 1));
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(1));
    assert_eq!(
        (w.last_passes()[0].why, w.last_passes()[0].consequence),
        (PassReason::Penalty, Consequence::PenaltyTaken)
    );
    w.serve(visit);
    w.manager(ManagersOrder::GrantTurn {
        agent: agent(0),
        rota: RotaKind::WalkIn,
    });
    w.manager(penalty(agent(0), 2));
    let visit = w.arrive();
    let consequences: Vec<_> = w.last_passes().iter().map(|p| p.consequence).collect();
    assert_eq!(
        consequences,
        [Consequence::PenaltyFromDebt, Consequence::PenaltyTaken]
    );
    assert_eq!((w.server(visit), w.owed(0)), (Some(1), 0));
    let account = &w.state.agents[&agent(0)].accounts.walk_in;
    assert_eq!((account.penalties, account.debts.cancelled), (0, 1));
}

#[test]
fn k4_rule_12_the_suspended_get_nothing_until_their_time_and_lose_their_turns() {
    let mut w = World::on_duty(2);
    let until = w.now.plus_minutes(30);
    w.manager(ManagersOrder::Suspend {
        agent: agent(0),
        until,
    });
    assert_eq!(w.state.agents[&agent(0)].status_code(), "suspended");
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(1));
    assert_eq!(w.last_passes()[0].why, PassReason::Suspended);
    assert_eq!(w.owed(0), 0);
    w.begin(visit);
    let waiting = w.arrive();
    w.pass_seconds(30 * 60 - 1);
    assert_eq!(w.visit_state(waiting), VisitState::Waiting);
    w.pass_seconds(1);
    assert_eq!(
        w.server(waiting),
        Some(0),
        "the suspension's end is due by itself"
    );
}

#[test]
fn k4_rule_12_too_many_overdue_follow_ups_lose_the_turn_but_not_ones_own_guests() {
    let mut w = World::on_duty_with(2, with(|r| r.overdue_followups_block = 3));
    w.must(Command::SetOverdue {
        overdue: [(agent(0), 4), (agent(1), 3)].into(),
    });
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(1));
    assert_eq!(w.last_passes()[0].why, PassReason::Overdue);
    let own = own_guest(&mut w, 0, false);
    assert_eq!(w.server(own), Some(0));
}

#[test]
fn k4_rule_12_a_newcomer_is_not_in_the_rota_until_signed_off() {
    let mut w = World::on_duty(2);
    let mut site = w.state.site.clone();
    site.staff[1].newcomer = true;
    w.must(Command::SetSite {
        site: Box::new(site.clone()),
    });
    assert_eq!(w.state.agents[&agent(1)].status, Status::Off);
    let ready = || Command::Agent {
        agent: agent(1),
        to: Attendance::Ready,
    };
    assert_eq!(w.refused(ready()), Refusal::NotSignedOff);
    site.staff[1].newcomer = false;
    w.must(Command::SetSite {
        site: Box::new(site),
    });
    w.must(ready());
}

#[test]
fn k4_rule_15_the_managers_word_moves_the_cursor_and_stands_in_the_book() {
    let mut w = World::on_duty(3);
    w.manager(ManagersOrder::MoveCursor {
        agent: agent(2),
        rota: RotaKind::WalkIn,
    });
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(2));
    let no_reason = Command::Manager {
        order: ManagersOrder::MoveCursor {
            agent: agent(0),
            rota: RotaKind::WalkIn,
        },
        why: " ".into(),
    };
    assert_eq!(w.refused(no_reason), Refusal::ReasonNeeded);
    assert!(w.state.book.iter().any(|l| {
        l.reason
            == Reason::CursorMoved {
                why: "主管决定".into(),
            }
    }));
}

#[test]
fn k4_rule_15_reassigning_a_returner_uses_no_turn() {
    let mut w = World::on_duty(3);
    let visit = own_guest(&mut w, 0, false);
    w.step(
        visit,
        Step::Reassign {
            agent: agent(1),
            why: "会讲粤语".into(),
        },
    );
    let assignment = w.state.visits[&visit].assignment.as_ref().unwrap();
    assert_eq!(
        (assignment.rule, assignment.turn),
        (Rule::Override, TurnUse::Free)
    );
    assert_eq!(w.owed(0), 0, "nothing was used, nothing is returned");
}

#[test]
fn k4_rule_16_calls_by_phone_go_round_in_a_rota_of_their_own() {
    let mut w = World::on_duty(3);
    let walk_in = w.arrive();
    w.serve(walk_in);
    let call = w.arrive_with(|c| c.purpose = PHONE_CALL.into());
    assert_eq!(
        w.server(call),
        Some(0),
        "the other rota begins at its own head"
    );
    assert_eq!(w.state.visits[&call].ticket.to_string(), "P001");
    w.begin(call);
    // 0 is on the phone: passed over for walk-ins with one owed turn there, none for calls.
    w.arrive();
    w.arrive();
    let accounts = &w.state.agents[&agent(0)].accounts;
    assert_eq!((accounts.walk_in.received, accounts.phone.received), (1, 1));
    assert_eq!(w.measure(0) + accounts.phone.measure(), 2);
    let other = Command::Visit {
        visit: call,
        step: Step::Transfer {
            line: crate::core::ticket::Line::Signing,
        },
    };
    assert_eq!(w.refused(other), Refusal::OtherRota);
}

#[test]
fn k6_rule_8_joined_parties_are_one_and_both_own() {
    let mut w = World::on_duty(3);
    let first = own_guest(&mut w, 0, false);
    let second = own_guest(&mut w, 1, false);
    w.step(second, Step::Join { into: first });
    let host = &w.state.visits[&first];
    assert_eq!((host.party_size, w.server(first)), (4, Some(0)));
    assert!(host.co_owners.contains(&agent(1)));
    assert_eq!(w.visit_state(second), VisitState::Cancelled);
    assert_eq!(w.state.agents[&agent(1)].status, Status::Ready);
    let itself = Command::Visit {
        visit: first,
        step: Step::Join { into: first },
    };
    assert_eq!(w.refused(itself), Refusal::CannotJoin);
}

#[test]
fn k6_rule_8_a_part_of_a_party_shares_its_place() {
    let mut w = World::on_duty(1);
    let busy = w.arrive();
    w.begin(busy);
    let whole = w.arrive();
    let behind = w.arrive();
    let part = w.arrive_with(|c| {
        c.split_from = Some(whole);
        c.party_size = 1;
    });
    assert_eq!(w.state.visits[&whole].party_size, 1);
    assert_eq!(w.state.queue, [whole, part, behind]);
    let too_big = w.check_in_command(None).1;
    let Command::CheckIn(mut c) = too_big else {
        unreachable!()
    };
    c.split_from = Some(whole);
    assert_eq!(w.refused(Command::CheckIn(c)), Refusal::PartySize);
}

#[test]
fn k6_lines_go_by_weight_and_ratio_and_nobody_starves() {
    let mut w = World::on_duty(1);
    let busy = w.arrive();
    w.begin(busy);
    let ordinary: Vec<_> = (0..2).map(|_| w.arrive()).collect();
    let signing: Vec<_> = (0..3)
        .map(|_| w.arrive_with(|c| c.purpose = "signing".into()))
        .collect();
    let expected = vec![signing[0], signing[1], ordinary[0], signing[2], ordinary[1]];
    assert_eq!(
        w.state.line_up(),
        expected,
        "two of the priority line, then one"
    );
    assert_eq!(w.state.ahead(ordinary[0]), Some(2));
    let mut next = busy;
    for expected in [signing[0], signing[1], ordinary[0]] {
        w.step(next, Step::Finish);
        assert_eq!(w.server(expected), Some(0));
        w.begin(expected);
        next = expected;
    }
    // After its longest wait an ordinary guest goes before everybody.
    w.pass_seconds(20 * 60);
    let late = w.arrive_with(|c| c.purpose = "signing".into());
    w.pass_seconds(20 * 60);
    assert_eq!(w.state.line_up_at(w.now), [signing[2], ordinary[1], late]);
}

#[test]
fn k6_a_late_guest_of_a_priority_line_does_not_jump_the_queue() {
    let mut w = World::on_duty(1);
    let late = w.arrive_with(|c| c.purpose = "signing".into());
    let queue: Vec<_> = (0..5).map(|_| w.arrive()).collect();
    w.miss(late);
    w.step(late, Step::Resume);
    assert_eq!(w.state.line_up()[..4], [queue[1], queue[2], queue[3], late]);
}

#[test]
fn k6_a_slip_is_taken_back_within_ten_seconds() {
    let undo = |visit| Command::Visit {
        visit,
        step: Step::Undo,
    };
    // A finished service goes on, and the guest offered in between waits again.
    let mut w = World::on_duty(1);
    let (first, second) = (w.arrive(), w.arrive());
    w.begin(first);
    w.pass_seconds(5);
    w.step(first, Step::Finish);
    assert_eq!(w.visit_state(second), VisitState::Offered);
    assert!(
        w.state
            .actions(&w.state.visits[&first])
            .contains(&Action::Undo)
    );
    w.pass_seconds(9);
    w.must(undo(first));
    assert_eq!(w.visit_state(first), VisitState::Serving);
    assert_eq!(w.visit_state(second), VisitState::Waiting);
    assert_eq!(w.state.agents[&agent(0)].served, 0);
    assert_eq!(w.refused(undo(first)), Refusal::NothingToUndo, "only once");
    w.step(first, Step::Finish);
    w.pass_seconds(10);
    assert_eq!(w.refused(undo(first)), Refusal::NothingToUndo, "too late");

    // Cancelled by mistake while called: the same agent, the same turn.
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.step(visit, Step::Accept { place: None });
    w.step(
        visit,
        Step::Cancel {
            why: "误点".into()
        },
    );
    assert_eq!(w.owed(0), 1);
    w.must(undo(visit));
    assert_eq!((w.server(visit), w.owed(0), w.measure(0)), (Some(0), 0, 1));

    // Begun by mistake: called again, with nothing lost.
    w.begin(visit);
    w.must(undo(visit));
    assert_eq!(w.visit_state(visit), VisitState::Called);

    // The agent has called somebody else already.
    let mut w = World::on_duty(1);
    let (first, second) = (w.arrive(), w.arrive());
    w.begin(first);
    w.step(first, Step::Finish);
    w.step(second, Step::Accept { place: None });
    assert_eq!(w.refused(undo(first)), Refusal::TooLateToUndo);
}

#[test]
fn k4_a_change_of_rules_says_which_switch_and_counts_from_the_next_decision() {
    let mut w = World::on_duty(2);
    let rules = with(|r| {
        r.accept_seconds = 90;
        r.carry_owed_turns = YesNo::No;
        r.lines.new.max_wait_minutes = 25;
    });
    w.must(Command::SetRules {
        rules: Box::new(rules),
    });
    let Some(Reason::RulesChanged { changed, .. }) = w.state.book.last().map(|l| l.reason.clone())
    else {
        panic!("the change stands in the book");
    };
    assert_eq!(
        changed,
        [
            "accept_seconds: 60 → 90",
            "carry_owed_turns: yes → no",
            "lines.new.max_wait_minutes: 40 → 25"
        ]
    );
    let visit = w.arrive();
    w.pass_seconds(89);
    assert_eq!(w.server(visit), Some(0));
}

#[test]
fn k6_a_visit_not_there_is_refused_by_name() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    let nobody = Command::Visit {
        visit,
        step: Step::Join {
            into: visit_id(999),
        },
    };
    assert_eq!(w.refused(nobody), Refusal::UnknownVisit);
}

#[test]
fn k7_rule_9_an_offer_that_no_pad_could_show_gives_the_turn_back() {
    let pad = |w: &mut World, connected| {
        w.must(Command::Pad {
            agent: agent(0),
            connected,
            since: None,
        })
    };
    let mut w = World::on_duty(2);
    pad(&mut w, true);
    pad(&mut w, false);
    let offered = w.now;
    w.arrive();
    w.pass_seconds(60);
    let debts = &w.state.agents[&agent(0)].accounts.walk_in.debts;
    assert_eq!(debts.open[0].date, offered, "with its date");
    assert_eq!(w.measure(0), 1);

    // A pad that was on the line for a moment may have shown it; an agent without one is told by
    // the desk.
    let mut w = World::on_duty(2);
    pad(&mut w, true);
    w.arrive();
    w.pass_seconds(1);
    pad(&mut w, false);
    w.pass_seconds(59);
    assert_eq!(w.owed(0), 0);
    let mut w = World::on_duty(2);
    w.arrive();
    w.pass_seconds(60);
    assert_eq!(w.owed(0), 0);
}

#[test]
fn r9_a_pad_found_out_late_to_be_gone_was_gone_when_the_offer_was_made() {
    let pad = |w: &mut World, connected, since| {
        w.must(Command::Pad {
            agent: agent(0),
            connected,
            since,
        })
    };
    let owed = |last_heard: i64| {
        let mut w = World::on_duty(2);
        pad(&mut w, true, None);
        w.pass_seconds(30);
        let offered = w.now;
        w.arrive();
        // Eight seconds later the floor knows that nothing was answered since then.
        w.pass_seconds(8);
        pad(&mut w, false, Some(offered.plus_seconds(last_heard)));
        w.pass_seconds(52);
        w.owed(0)
    };
    assert_eq!(owed(-3), 1, "the offer reached nobody");
    assert_eq!(owed(1), 0, "the page had it");
    // Nobody is gone before they came, or in the future.
    assert_eq!(owed(-31), 0);
    assert_eq!(owed(9), 0);
}

#[test]
fn k4_the_book_says_in_words_where_a_guest_was_called_to() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    w.step(visit, Step::Accept { place: None });
    let called = w.state.book.last().expect("a line");
    let reader = Reader {
        language: Language::ZhCn,
        name: &|a| a.0.clone(),
        time: &|_| String::new(),
    };
    assert_eq!(words(called, &reader), "an叫号，请到1号洽谈桌");
}

#[test]
fn k4_a_slip_of_no_buyer_taken_back_books_the_named_turn_ahead_again() {
    let mut w = World::on_duty(2);
    let visit = w.arrive_with(|c| c.asked_for = Some(agent(1)));
    w.begin(visit);
    let account = |w: &World| {
        let account = &w.state.agents[&agent(1)].accounts.walk_in;
        (account.received, account.prepaid)
    };
    assert_eq!(account(&w), (1, 1), "booked against the next pass");
    let from = w.state.book.len();
    let kind = NotABuyer::Peer;
    w.step(visit, Step::NotABuyer { kind });
    assert_eq!(account(&w), (0, 0));
    w.step(visit, Step::Undo);
    assert_eq!(w.visit_state(visit), VisitState::Serving);
    assert_eq!(account(&w), (1, 1), "the service is not free of a turn");
    let turn = w.state.visits[&visit].assignment.as_ref().map(|a| a.turn);
    assert_eq!(turn, Some(TurnUse::Prepaid));
    assert!(w.book_codes(from).contains(&"prepaid_again".to_owned()));
    // And a second slip gives it back once.
    w.step(visit, Step::NotABuyer { kind });
    assert_eq!(account(&w), (0, 0));
}

#[test]
fn k4_rule_15_what_a_person_decides_stands_in_the_book_under_their_name() {
    let mut w = World::on_duty(3);
    let busy = w.arrive();
    w.begin(busy);
    let visit = w.arrive();
    let by = |w: &mut World, who: &str, command| {
        let now = w.now;
        w.state.decide_by(Some(who), command, now)
    };
    let give = |to| Command::Visit {
        visit,
        step: Step::Reassign {
            agent: agent(to),
            why: "language".into(),
        },
    };
    let refused = by(&mut w, "lin", give(0)).result;
    assert_eq!(
        refused,
        Err(Refusal::AgentHasVisit),
        "never to one who has a guest"
    );
    let from = w.state.book.len();
    assert_eq!(by(&mut w, "lin", give(2)).result, Ok(()));
    let lines = w.state.book[from..].iter();
    let line = lines
        .clone()
        .find(|l| matches!(l.reason, Reason::Reassigned { .. }));
    assert_eq!(line.and_then(|l| l.by.as_deref()), Some("lin"));
    assert_eq!(
        w.state.agents[&agent(2)].accounts.walk_in.prepaid,
        1,
        "as asked for by name"
    );

    let order = ManagersOrder::Suspend {
        agent: agent(1),
        until: w.now.plus_minutes(60),
    };
    let why = "a dispute".to_owned();
    let command = Command::Manager { order, why };
    by(&mut w, "lin", command);
    let order = ManagersOrder::EndSuspension { agent: agent(1) };
    let why = "settled".to_owned();
    by(&mut w, "lin", Command::Manager { order, why });
    let name = |id: &crate::core::id::AgentId| match id.as_str() {
        "lin" => "林主任".to_owned(),
        other => other.to_owned(),
    };
    let reader = Reader {
        language: Language::ZhCn,
        name: &name,
        time: &|at| at.rfc3339(),
    };
    let last = signed(w.state.book.last().unwrap(), Some("林主任"), &reader);
    assert_eq!(last, "林主任：提前恢复bo轮排：settled");
    let now = w.now;
    let close = Command::CloseDay {
        rest: crate::core::floor::day::Rest::Serve,
    };
    let from = w.state.book.len();
    w.state.decide_by(Some("desk-1"), close, now);
    let closed = signed(&w.state.book[from], Some("前台"), &reader);
    assert_eq!(closed, "前台：今日闭店，取号机不再取号");
}
