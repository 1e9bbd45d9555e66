//! What the second, separately written rule sheet (`tests/suite/support/model`) found: each as the
//! story in which the two disagreed.

use super::world::{World, agent};
use crate::core::floor::{Attendance, Command, ManagersOrder, Refusal, Step};
use crate::core::house_rules::{Courtesy, HouseRules, RotaOrder, YesNo};
use crate::core::rota::{Account, AwayReason, RotaKind, Status};
use crate::core::turn_book::{Consequence, PassReason};
use crate::core::visit::{KnownOwner, VisitState};

fn with(change: impl FnOnce(&mut HouseRules)) -> HouseRules {
    let mut rules = HouseRules::default();
    change(&mut rules);
    rules
}

fn fewest() -> HouseRules {
    with(|r| r.rota_order = RotaOrder::FewestReceived)
}

fn page(w: &World, n: usize) -> &Account {
    &w.state.agents[&agent(n)].accounts.walk_in
}

fn rules(w: &mut World, rules: HouseRules) {
    let rules = Box::new(rules);
    w.must(Command::SetRules { rules });
}

const WALK_IN: RotaKind = RotaKind::WalkIn;

#[test]
fn r_a_lapsed_turn_is_lost_also_where_the_fewest_received_decide() {
    let mut w = World::on_duty_with(2, fewest());
    let first = w.arrive();
    w.pass_seconds(60);
    assert_eq!(w.server(first), Some(1));
    assert_eq!((page(&w, 0).lost, page(&w, 0).rank()), (1, 1));
    w.begin(first);
    w.ready(0);
    w.step(first, Step::Finish);
    let second = w.arrive();
    assert_eq!(w.server(second), Some(0), "equal now: the first signed in");
}

#[test]
fn r_a_courtesy_that_earns_nothing_uses_the_colleagues_turn_also_by_fewest_received() {
    let mut w = World::on_duty_with(
        3,
        with(|r| {
            r.rota_order = RotaOrder::FewestReceived;
            r.courtesy = Courtesy::Nothing;
        }),
    );
    w.set(2, Attendance::Away(AwayReason::Leave));
    let visit = w.arrive_asking(2);
    assert_eq!(w.server(visit), Some(0));
    assert_eq!(page(&w, 0).rank(), 1);
    w.serve(visit);
    let next = w.arrive();
    assert_eq!(w.server(next), Some(1));
    let other = w.arrive_asking(2);
    w.step(other, Step::Leave);
    assert_eq!((page(&w, 0).lost, w.owed(0)), (1, 1), "returned as a debt");
}

#[test]
fn r_an_owed_turn_taken_as_penalty_is_a_turn_lost() {
    let mut w = World::on_duty_with(2, fewest());
    w.manager(ManagersOrder::GrantTurn {
        agent: agent(0),
        rota: WALK_IN,
    });
    w.manager(ManagersOrder::Penalise {
        agent: agent(0),
        turns: 1,
        rota: WALK_IN,
    });
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(1));
    assert_eq!(w.last_passes()[0].consequence, Consequence::PenaltyFromDebt);
    assert_eq!((w.owed(0), page(&w, 0).lost, page(&w, 0).rank()), (0, 1, 1));
}

#[test]
fn r_a_pass_received_ahead_is_settled_also_after_the_house_changed_its_order() {
    let mut w = World::on_duty(2);
    let named = w.arrive_asking(0);
    w.serve(named);
    assert_eq!(page(&w, 0).prepaid, 1);
    rules(&mut w, fewest());
    let visit = w.arrive();
    assert_eq!(w.server(visit), Some(1));
    let pass = &w.last_passes()[0];
    assert_eq!((&pass.agent, pass.why), (&agent(0), PassReason::Prepaid));
    assert_eq!(page(&w, 0).prepaid, 0);
}

#[test]
fn r_a_courtesy_earns_a_turn_when_penalties_have_just_emptied_the_account() {
    let mut w = World::on_duty_with(2, with(|r| r.owed_cap = 1));
    w.manager(ManagersOrder::GrantTurn {
        agent: agent(0),
        rota: WALK_IN,
    });
    w.manager(ManagersOrder::Penalise {
        agent: agent(0),
        turns: 1,
        rota: WALK_IN,
    });
    w.set(1, Attendance::Away(AwayReason::Leave));
    let visit = w.arrive_asking(1);
    assert_eq!((w.server(visit), w.owed(0)), (Some(0), 1));
}

#[test]
fn r_a_returned_turn_taken_as_penalty_does_not_spare_the_next_debt() {
    let mut w = World::on_duty_with(1, with(|r| r.recalls = 0));
    let late = w.arrive();
    w.miss(late);
    w.pass_seconds(1);
    w.manager(ManagersOrder::GrantTurn {
        agent: agent(0),
        rota: WALK_IN,
    });
    w.manager(ManagersOrder::Penalise {
        agent: agent(0),
        turns: 1,
        rota: WALK_IN,
    });
    assert_eq!(w.owed(0), 2);
    w.step(late, Step::Resume);
    assert_eq!(w.server(late), Some(0));
    assert_eq!(w.owed(0), 0, "one lost, the other paid");
    assert!(page(&w, 0).debts.balances());
}

#[test]
fn r_a_guest_withdrawn_for_a_slip_waits_for_the_agent_they_wanted() {
    let mut w = World::on_duty(2);
    let served = w.arrive();
    w.begin(served);
    w.step(served, Step::Finish);
    let named = w.arrive_asking(0);
    assert_eq!(w.server(named), Some(0));
    w.step(served, Step::Undo);
    assert_eq!(w.visit_state(served), VisitState::Serving);
    let waits = w.state.visits[&named].waits_for.clone();
    assert_eq!(waits.map(|w| w.agent), Some(agent(0)));
}

#[test]
fn r_who_is_joined_by_somebodys_guest_waits_for_that_agent() {
    let mut w = World::on_duty(1);
    let first = w.arrive();
    w.begin(first);
    let host = w.arrive();
    let own = w.arrive_with(|c| {
        c.first_visit = false;
        c.owner = Some(KnownOwner {
            agent: agent(0),
            bought: false,
        });
    });
    w.step(own, Step::Join { into: host });
    let waits = w.state.visits[&host].waits_for.clone();
    assert_eq!(waits.map(|w| w.agent), Some(agent(0)));
}

#[test]
fn r_an_announced_away_survives_a_slip_taken_back() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    w.begin(visit);
    w.set(0, Attendance::Away(AwayReason::Lunch));
    w.step(visit, Step::Finish);
    w.step(visit, Step::Undo);
    let next = w.arrive();
    w.step(visit, Step::Finish);
    assert!(matches!(
        w.state.agents[&agent(0)].status,
        Status::Away {
            reason: AwayReason::Lunch,
            ..
        }
    ));
    assert_eq!(w.visit_state(next), VisitState::Waiting);
}

#[test]
fn r_a_no_show_taken_back_books_a_kept_turn_only_once() {
    let mut w = World::on_duty_with(
        1,
        with(|r| {
            r.recalls = 0;
            r.no_show_returns_turn = YesNo::No;
        }),
    );
    let named = w.arrive_asking(0);
    w.miss(named);
    w.step(named, Step::Undo);
    assert_eq!(w.server(named), Some(0));
    assert_eq!((page(&w, 0).received, page(&w, 0).prepaid), (1, 1));
}

#[test]
fn r_a_missed_call_is_not_forgotten_by_a_cancel_taken_back() {
    let mut w = World::on_duty_with(1, with(|r| r.recalls = 0));
    let visit = w.arrive();
    w.miss(visit);
    let why = "看错".to_owned();
    w.step(visit, Step::Cancel { why });
    w.step(visit, Step::Undo);
    assert_eq!(w.visit_state(visit), VisitState::Parked);
    assert!(w.state.visits[&visit].missed_call);
}

#[test]
fn r_a_party_that_joined_another_cannot_be_undone_out_of_it() {
    let mut w = World::on_duty(1);
    let host = w.arrive();
    let visit = w.arrive();
    w.step(visit, Step::Park);
    w.step(visit, Step::Join { into: host });
    let step = Step::Undo;
    assert_eq!(
        w.refused(Command::Visit { visit, step }),
        Refusal::NothingToUndo
    );
}

#[test]
fn r_nobodys_guest_said_once_more_keeps_the_offer() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.step(visit, Step::Accept { place: None });
    assert_eq!(w.step(visit, Step::Owner { agent: None }), []);
    assert_eq!(w.visit_state(visit), VisitState::Called);
}

#[test]
fn r_penalties_and_prepaid_passes_outlast_a_night_off_the_staff_list() {
    let mut w = World::on_duty(2);
    w.manager(ManagersOrder::Penalise {
        agent: agent(1),
        turns: 2,
        rota: WALK_IN,
    });
    let site = |n| Command::SetSite {
        site: Box::new(super::world::site(n)),
    };
    w.must(site(1));
    let day = "2026-11-24".to_owned();
    w.must(Command::OpenDay { day });
    w.must(site(2));
    assert_eq!(page(&w, 1).penalties, 2);
}

#[test]
fn r_a_newcomer_is_told_so_on_every_day() {
    let mut w = World::on_duty(1);
    let mut site = super::world::site(2);
    site.staff[1].newcomer = true;
    let site = Box::new(site);
    w.must(Command::SetSite { site });
    let day = "2026-11-24".to_owned();
    w.must(Command::OpenDay { day });
    let (agent, to) = (agent(1), Attendance::Ready);
    assert_eq!(
        w.refused(Command::Agent { agent, to }),
        Refusal::NotSignedOff
    );
}

#[test]
fn r_a_refused_courtesy_earns_no_turn() {
    let mut w = World::on_duty(3);
    w.set(2, Attendance::Away(AwayReason::Leave));
    let visit = w.arrive_asking(2);
    assert_eq!((w.server(visit), w.owed(0)), (Some(0), 1));
    w.step(
        visit,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    assert_eq!((w.owed(0), page(&w, 0).lost), (0, 1), "the turn stays used");
    assert!(page(&w, 0).debts.balances());
}

#[test]
fn r_a_reassignment_that_comes_on_top_leaves_the_returned_turn_open() {
    let mut w = World::on_duty_with(2, with(|r| r.named_uses_turn = YesNo::No));
    let visit = w.arrive();
    w.step(visit, Step::Park);
    assert_eq!(w.owed(0), 1);
    w.set(0, Attendance::Away(AwayReason::Leave));
    w.step(visit, Step::Resume);
    w.ready(0);
    let why = "认识".to_owned();
    let agent = agent(0);
    w.step(visit, Step::Reassign { agent, why });
    assert_eq!((w.server(visit), w.owed(0)), (Some(0), 1));
}

#[test]
fn r_who_is_not_on_the_managers_list_comes_after_it_on_signing_in_too() {
    let mut w = World::with_rules(2, with(|r| r.rota_order = RotaOrder::ManagersList));
    w.manager(ManagersOrder::SetOrder {
        agents: vec![agent(1)],
    });
    w.ready(0);
    w.ready(1);
    assert_eq!(w.state.rotas.walk_in.order, [agent(1), agent(0)]);
}

#[test]
fn r_no_slip_runs_out_while_the_floor_is_down() {
    let mut w = World::with_rules(1, HouseRules::default());
    let visit = w.arrive();
    w.step(visit, Step::Leave);
    w.now = w.now.plus_seconds(605);
    w.must(Command::Resume { down_ms: 600_000 });
    w.step(visit, Step::Undo);
    assert_eq!(w.visit_state(visit), VisitState::Waiting);
}
