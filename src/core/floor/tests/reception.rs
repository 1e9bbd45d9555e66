//! What an agent does at the pad: the seven steps, a hand asked for, the end with a next step; and
//! who may do it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::world::{World, agent};
use crate::core::floor::{Command, Deed, Event, Refusal, Step};
use crate::core::id::VisitId;
use crate::core::reception::{
    Fact, HandKind, Needs, Next, NextStep, ReceptionStep, Rooms, SkipReason, UNDO_MS,
};
use crate::core::visit::VisitState;

impl World {
    fn own(&self, n: usize, visit: VisitId, deed: Deed) -> Command {
        let agent = agent(n);
        assert!(self.state.agents.contains_key(&agent));
        Command::Own { agent, visit, deed }
    }
    fn deed(&mut self, n: usize, visit: VisitId, deed: Deed) -> Vec<Event> {
        let command = self.own(n, visit, deed);
        self.must(command)
    }
    fn no(&mut self, n: usize, visit: VisitId, deed: Deed) -> Refusal {
        let command = self.own(n, visit, deed);
        self.refused(command)
    }
    fn served_by_first(&mut self) -> VisitId {
        let visit = self.arrive();
        self.begin(visit);
        visit
    }
}

fn accept() -> Deed {
    Deed::Accept {
        offered_at: None,
        place: None,
    }
}

fn done(step: ReceptionStep) -> Deed {
    Deed::Done { step, ago_ms: 0 }
}

fn finish(skipped: &[ReceptionStep]) -> Deed {
    Deed::Finish {
        skipped: skipped
            .iter()
            .map(|s| (*s, SkipReason::GuestDeclined))
            .collect(),
        next: NextStep {
            next: Next::Revisit,
            day: Some("2026-11-28".into()),
        },
    }
}

#[test]
fn k7_an_agent_walks_a_party_through_the_seven_steps() {
    let mut world = World::on_duty(2);
    let visit = world.arrive();
    world.deed(0, visit, accept());
    world.deed(0, visit, Deed::Start);
    for step in ReceptionStep::ALL {
        world.pass_seconds(60);
        let events = world.deed(0, visit, done(*step));
        assert_eq!(events.len(), 1);
        assert!(
            world.deed(0, visit, done(*step)).is_empty(),
            "once is enough"
        );
    }
    let marks = world.state.visits[&visit].reception.marks.clone();
    let times: Vec<i64> = ReceptionStep::ALL.iter().map(|s| marks[s].at.0).collect();
    assert!(times.windows(2).all(|w| w[1] - w[0] == 60_000));
    world.deed(0, visit, finish(&[]));
    assert_eq!(world.visit_state(visit), VisitState::Finished);
    let next = world.state.visits[&visit].reception.next.clone().unwrap();
    assert_eq!(next.next, Next::Revisit);
}

#[test]
fn s3_1_a_step_left_out_needs_a_reason_at_the_end() {
    let mut world = World::on_duty(1);
    let visit = world.served_by_first();
    for step in &ReceptionStep::ALL[..5] {
        world.deed(0, visit, done(*step));
    }
    let rest = &ReceptionStep::ALL[5..];
    assert_eq!(
        world.no(0, visit, finish(&rest[..1])),
        Refusal::StepsOpen { left: 1 }
    );
    assert_eq!(world.visit_state(visit), VisitState::Serving);
    assert_eq!(world.state.visits[&visit].reception.marks.len(), 5);
    world.deed(0, visit, finish(rest));
    let marks = &world.state.visits[&visit].reception.marks;
    assert_eq!(marks[&rest[0]].skipped, Some(SkipReason::GuestDeclined));
    // A reason given for a step that was done does not undo it.
    let mut world = World::on_duty(1);
    let visit = world.served_by_first();
    world.deed(0, visit, done(ReceptionStep::Welcome));
    world.deed(0, visit, finish(ReceptionStep::ALL));
    let marks = &world.state.visits[&visit].reception.marks;
    assert_eq!(marks[&ReceptionStep::Welcome].skipped, None);
}

#[test]
fn s3_1_a_slip_is_taken_back_within_seconds_and_not_later() {
    let mut world = World::on_duty(1);
    let visit = world.served_by_first();
    let step = ReceptionStep::Welcome;
    world.deed(0, visit, done(step));
    world.pass_seconds(UNDO_MS / 1000);
    world.deed(0, visit, Deed::Undo { step });
    assert!(world.state.visits[&visit].reception.marks.is_empty());
    world.deed(0, visit, done(step));
    world.pass_seconds(UNDO_MS / 1000 + 1);
    assert_eq!(world.no(0, visit, Deed::Undo { step }), Refusal::TooLate);
}

#[test]
fn k7_a_tap_kept_while_the_wifi_was_away_keeps_its_time_but_not_one_before_the_service() {
    let mut world = World::on_duty(1);
    let visit = world.served_by_first();
    let began = world.now;
    world.pass_seconds(600);
    let late = |step, seconds: i64| Deed::Done {
        step,
        ago_ms: seconds * 1000,
    };
    world.deed(0, visit, late(ReceptionStep::Welcome, 540));
    world.deed(0, visit, late(ReceptionStep::Introduce, 9_999));
    world.deed(0, visit, late(ReceptionStep::AskNeeds, -50));
    let marks = &world.state.visits[&visit].reception.marks;
    assert_eq!(marks[&ReceptionStep::Welcome].at, began.plus_seconds(60));
    assert_eq!(marks[&ReceptionStep::Introduce].at, began);
    assert_eq!(marks[&ReceptionStep::AskNeeds].at, world.now);
}

#[test]
fn k7_only_the_agent_bound_to_a_visit_acts_on_it() {
    let mut world = World::on_duty(2);
    let visit = world.arrive();
    assert_eq!(world.server(visit), Some(0));
    assert_eq!(world.no(1, visit, accept()), Refusal::OfferOver);
    assert_eq!(world.no(1, visit, Deed::Start), Refusal::NotYours);
    world.begin(visit);
    let step = ReceptionStep::Welcome;
    assert_eq!(world.no(1, visit, done(step)), Refusal::NotYours);
    assert_eq!(
        world.no(0, super::world::visit_id(99), accept()),
        Refusal::UnknownVisit
    );
    world.step(visit, Step::Finish);
    assert_eq!(world.no(0, visit, done(step)), Refusal::NotServing);
}

#[test]
fn r9_an_accept_tapped_offline_takes_only_the_offer_it_was_made_for() {
    let mut world = World::on_duty(2);
    let visit = world.arrive();
    let offered_at = world.state.visits[&visit]
        .assignment
        .as_ref()
        .unwrap()
        .offered_at;
    world.pass_seconds(60);
    assert_eq!(
        world.server(visit),
        Some(1),
        "lapsed, and offered to the next"
    );
    let late = Deed::Accept {
        offered_at: Some(offered_at),
        place: None,
    };
    assert_eq!(world.no(0, visit, late.clone()), Refusal::OfferOver);
    // Offered to the same agent again: the old tap still means the old offer.
    world.ready(0);
    world.pass_seconds(60);
    assert_eq!(world.server(visit), Some(0));
    assert_eq!(world.no(0, visit, late), Refusal::OfferOver);
    world.deed(0, visit, accept());
    // What the desk did for the agent meanwhile is no reason to refuse.
    assert!(world.deed(0, visit, accept()).is_empty());
}

#[test]
fn k7_a_hand_is_asked_for_until_somebody_comes() {
    let mut world = World::on_duty(1);
    let visit = world.served_by_first();
    let kind = HandKind::Manager;
    assert_eq!(world.deed(0, visit, Deed::AskHand { kind }).len(), 1);
    assert!(world.deed(0, visit, Deed::AskHand { kind }).is_empty());
    world.must(Command::HandGiven { visit, kind });
    assert!(world.state.visits[&visit].reception.hands.is_empty());
    let again = world.refused(Command::HandGiven { visit, kind });
    assert_eq!(again, Refusal::NoSuchHand);
    world.deed(0, visit, Deed::AskHand { kind });
    let taken_back = world.deed(0, visit, Deed::WithdrawHand { kind });
    let ended = Fact::HandEnded {
        hand: kind,
        given: false,
    };
    assert!(matches!(&taken_back[..], [Event::Reception { fact, .. }] if *fact == ended));
}

#[test]
fn k7_a_colleague_who_takes_over_asks_for_nothing_yet() {
    let mut world = World::on_duty(2);
    let visit = world.served_by_first();
    let kind = HandKind::Manager;
    world.deed(0, visit, Deed::AskHand { kind });
    world.step(
        visit,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    world.begin(visit);
    assert_eq!(world.server(visit), Some(1));
    assert!(world.state.visits[&visit].reception.hands.is_empty());
}

#[test]
fn s2_1_2_needs_are_noted_with_the_hash_of_what_was_sealed() {
    let mut world = World::on_duty(1);
    let visit = world.served_by_first();
    let needs = Needs {
        rooms: Some(Rooms::Three),
        ..Needs::default()
    };
    let note = Some("ab".to_owned());
    world.deed(0, visit, Deed::Needs { needs, note });
    let kept = &world.state.visits[&visit].reception;
    assert_eq!((kept.needs, kept.has_note), (Some(needs), true));
    assert_eq!(needs.chosen().collect::<Vec<_>>(), [("rooms", "3")]);
}

#[test]
fn r9_a_pad_counts_only_for_agents_who_used_one_today() {
    let mut world = World::on_duty(2);
    let pad = |n, connected| Command::Pad {
        agent: agent(n),
        connected,
        since: None,
    };
    let noon = world.now;
    assert!(world.must(pad(0, false)).is_empty(), "none was used");
    assert!(!world.state.agents[&agent(0)].pad_missed(noon));
    assert_eq!(world.must(pad(0, true)).len(), 1);
    assert!(world.must(pad(0, true)).is_empty());
    assert!(!world.state.agents[&agent(0)].pad_missed(noon));
    world.pass_seconds(10);
    world.must(pad(0, false));
    let gone = world.now;
    let known = &world.state.agents[&agent(0)];
    assert!(!known.pad_missed(noon), "it was there for a while");
    assert!(known.pad_missed(gone.plus_seconds(1)));
    world.must(Command::OpenDay {
        day: "2026-11-24".into(),
    });
    assert_eq!(world.state.agents[&agent(0)].pad, None);
}

#[derive(Clone, Debug)]
enum Tap {
    Done(usize, i64),
    Undo(usize),
    Ask(usize),
    Withdraw(usize),
    Given(usize),
    Finish(Vec<usize>),
    Pass(i64),
}

fn taps() -> impl Strategy<Value = Vec<Tap>> {
    let tap = prop_oneof![
        6 => (0..7_usize, -1..400_i64).prop_map(|(s, ago)| Tap::Done(s, ago)),
        2 => (0..7_usize).prop_map(Tap::Undo),
        2 => (0..3_usize).prop_map(Tap::Ask),
        1 => (0..3_usize).prop_map(Tap::Withdraw),
        2 => (0..3_usize).prop_map(Tap::Given),
        1 => proptest::collection::vec(0..7_usize, 0..8).prop_map(Tap::Finish),
        2 => (0..40_i64).prop_map(Tap::Pass),
    ];
    proptest::collection::vec(tap, 0..40)
}

proptest! {
    /// Whatever is tapped in whatever order: no time lies outside the service, a finished visit has
    /// an answer for every step, a refusal changes nothing, and a replay gives the same state.
    #[test]
    fn k7_any_taps_leave_a_reception_that_can_be_told(taps in taps()) {
        let mut world = World::on_duty(2);
        let visit = world.served_by_first();
        let began = world.now;
        for tap in taps {
            let before = world.state.clone();
            let deed = match tap {
                Tap::Pass(seconds) => {
                    world.pass_seconds(seconds);
                    continue;
                }
                Tap::Given(kind) => {
                    let kind = HandKind::ALL[kind];
                    world.tell(Command::HandGiven { visit, kind });
                    continue;
                }
                Tap::Done(step, ago) => Deed::Done {
                    step: ReceptionStep::ALL[step],
                    ago_ms: ago * 1000,
                },
                Tap::Undo(step) => Deed::Undo { step: ReceptionStep::ALL[step] },
                Tap::Ask(kind) => Deed::AskHand { kind: HandKind::ALL[kind] },
                Tap::Withdraw(kind) => Deed::WithdrawHand { kind: HandKind::ALL[kind] },
                Tap::Finish(steps) => {
                    let steps: BTreeMap<_, _> = steps
                        .into_iter()
                        .map(|s| (ReceptionStep::ALL[s], SkipReason::NoTime))
                        .collect();
                    Deed::Finish {
                        skipped: steps,
                        next: NextStep { next: Next::None, day: None },
                    }
                }
            };
            let command = world.own(0, visit, deed);
            if world.tell(command).result.is_err() {
                prop_assert_eq!(&before, &world.state);
            }
        }
        let known = &world.state.visits[&visit];
        for mark in known.reception.marks.values() {
            prop_assert!(mark.at >= began && mark.at <= world.now);
        }
        if known.state == VisitState::Finished {
            prop_assert_eq!(known.reception.open_steps().count(), 0);
            prop_assert!(known.reception.next.is_some());
        }
        let mut replayed = crate::core::floor::State::default();
        for stamped in &world.log {
            replayed.evolve(stamped);
        }
        replayed.book.clone_from(&world.state.book);
        prop_assert_eq!(&replayed, &world.state);
    }
}
