use super::*;
use crate::core::floor::{Event, Stamped, State};
use crate::core::house_rules::{HouseRules, RotaOrder, YesNo};
use crate::core::id::VisitId;
use crate::core::ticket::{Line, TicketNumber};

fn month(days: u32, seed: u64) -> Month {
    Month {
        days,
        seed,
        ..Month::default()
    }
}

fn receivers(log: &[Stamped]) -> Vec<(VisitId, String)> {
    let offers = log.iter().filter_map(|s| match &s.event {
        Event::Offered(o) => Some((o.visit, o.agent.to_string())),
        _ => None,
    });
    offers.collect()
}

#[test]
fn k4_a_month_runs_through_the_floors_own_rules_and_stays_even() {
    let played = simulate(&month(30, 7));
    let figures = Figures::of(&played.log, "", "");
    assert_eq!(figures.days.len(), 30);
    assert!(figures.spread() <= 1, "{}", figures.spread());
    let parties: usize = figures.days.iter().map(|d| d.receipts.len()).sum();
    assert!(parties >= 30 * 40, "{parties}");
    let served: u32 = figures.totals().values().map(|a| a.served).sum();
    assert!(served as usize > parties * 8 / 10, "{served} of {parties}");
    let lapsed: u32 = figures.totals().values().map(|a| a.lapsed).sum();
    let courtesy: u32 = figures.totals().values().map(|a| a.courtesy).sum();
    assert!(
        lapsed > 0 && courtesy > 0,
        "the month has something to tell"
    );
    // The log replays to the same state.
    let mut again = State::default();
    for stamped in &played.log {
        again.evolve(stamped);
    }
    again.book.clear();
    assert!(again == played.state);
}

#[test]
fn k4_the_same_seed_gives_the_same_month_and_another_a_different_one() {
    let of = |seed| receivers(&simulate(&month(3, seed)).log);
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn k4_days_played_again_under_the_same_rules_come_out_the_same() {
    for seed in 1..16 {
        let played = simulate(&month(6, seed));
        let history = History::read(&played.log);
        let again = history.again();
        let (was, now) = (played.log.iter(), again.log.iter());
        let differs = was.zip(now).find(|(was, now)| was != now);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(receivers(&again.log), receivers(&played.log));
        assert_eq!(
            Figures::of(&again.log, "", ""),
            Figures::of(&played.log, "", "")
        );
    }
}

#[test]
fn k4_other_rules_give_another_month_over_the_same_guests() {
    let played = simulate(&month(5, 3));
    let history = History::read(&played.log);
    let rules = HouseRules {
        rota_order: RotaOrder::FewestReceived,
        named_uses_turn: YesNo::No,
        ..HouseRules::default()
    };
    let other = history.under(&rules);
    let (was, would) = (
        Figures::of(&played.log, "", ""),
        Figures::of(&other.log, "", ""),
    );
    let tickets = |f: &Figures| -> Vec<TicketNumber> {
        let receipts = f.days.iter().flat_map(|d| &d.receipts);
        receipts.map(|r| r.ticket).collect()
    };
    assert_eq!(tickets(&was), tickets(&would), "the same parties came");
    assert_ne!(was, would);
}

#[test]
fn k4_a_span_of_days_is_cut_out_by_their_dates() {
    let played = simulate(&month(5, 3));
    let some = Figures::of(&played.log, "2026-12-02", "2026-12-03");
    let days: Vec<_> = some.days.iter().map(|d| d.day.as_str()).collect();
    assert_eq!(days, ["2026-12-02", "2026-12-03"]);
}

#[test]
fn k4_a_dispute_shows_the_state_before_the_rule_and_the_decision() {
    let played = simulate(&month(2, 5));
    let ticket = TicketNumber::of_line(Line::New, 4);
    let case = Case::of(&played.log, "2026-12-01", ticket);
    assert_eq!(case.day, "2026-12-01");
    let given = case.decisions.iter().find(|d| !d.before.is_empty());
    let given = given.expect("somebody was chosen");
    assert_eq!(given.before.iter().filter(|s| s.at_cursor).count(), 1);
    assert!(given.lines.iter().any(|l| l.agent.is_some()));
    let last = Case::of(&played.log, "", ticket);
    assert_eq!(last.day, "2026-12-02");
    let none = Case::of(&played.log, "2030-01-01", ticket);
    assert!(none.decisions.is_empty());
}

#[test]
fn percentiles_of_few_values() {
    assert_eq!(figures::percentile(&[], 90), 0);
    assert_eq!(figures::percentile(&[5], 90), 5);
    let ten: Vec<u32> = (1..=10).collect();
    assert_eq!(figures::percentile(&ten, 50), 6);
    assert_eq!(figures::percentile(&ten, 100), 10);
}
