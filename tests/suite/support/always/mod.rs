//! What must always hold (the nine sentences at the end of the rule sheet), looked at from outside
//! after every step: at the events, the book, and the state they leave. Sentence 7, that two commands
//! at once are the same as one after the other, is looked at where two can be at once: over HTTP
//! (`histories.rs`).

mod fairness;
mod passes;
mod promises;
mod reasons;
mod turns;
mod visits;

use std::collections::{BTreeMap, BTreeSet};

use yingbin::core::floor::{Command, Decision, Event, Stamped, State};
use yingbin::core::id::VisitId;
use yingbin::core::rota::{Agent, RotaKind};
use yingbin::core::ticket::TicketNumber;
use yingbin::core::visit::Visit;

use fairness::{Fair, Laps};

type Finding = Result<(), String>;

fn must(holds: bool, what: impl FnOnce() -> String) -> Finding {
    if holds { Ok(()) } else { Err(what()) }
}

/// Watches one floor from its first command on.
#[derive(Default)]
pub struct Watch {
    /// The floor as the events alone tell it.
    told: State,
    log: Vec<Stamped>,
    /// Everybody who checked in today.
    came: BTreeSet<VisitId>,
    /// Numbers of kiosks that guests hold.
    promised: BTreeMap<VisitId, TicketNumber>,
    /// Turns used and not yet ended: has the service begun?
    turns: BTreeMap<VisitId, bool>,
    fair: BTreeMap<RotaKind, Fair>,
    laps: BTreeMap<RotaKind, Laps>,
    book_lines: usize,
}

impl Watch {
    /// After each step.
    pub fn look(&mut self, command: &Command, decision: &Decision, state: &State) -> Finding {
        let before = self.told.clone();
        for stamped in &decision.events {
            self.true_of_the_state_before(stamped)?;
            self.account_for_turns(&stamped.event)?;
            self.compare(&stamped.event);
            self.cursor_goes_round(&stamped.event)?;
            let cursors = self.cursors();
            self.told.evolve(stamped);
            self.cursor_stays(&cursors, &stamped.event)?;
            self.log.push(stamped.clone());
            self.attend(&stamped.event);
        }
        self.nothing_used_stays_open()?;
        must(self.told == *state, || {
            "2: the events tell another state".into()
        })?;
        self.in_the_book(&before, decision, state)?;
        self.nobody_is_lost(state)?;
        turns::balances(&before, state)?;
        visits::nobody_waits_in_vain(state)?;
        self.evenly(state)?;
        self.promises_of_kiosks_are_kept(command, decision, state)?;
        if let Command::Resume { down_ms } = command {
            promises::nobody_loses_by_an_outage(&before, state, *down_ms)?;
        }
        let only_what_was_due = decision.events.is_empty() || due(&before, state);
        must(decision.result.is_ok() || only_what_was_due, || {
            "a refused command changed something that was not due".into()
        })
    }

    /// Invariant 2, at the end: read back from what is stored, the same state and book.
    pub fn replays(&self, state: &State) -> Finding {
        let stored = serde_json::to_string(&self.log).map_err(|e| e.to_string())?;
        let log: Vec<Stamped> = serde_json::from_str(&stored).map_err(|e| e.to_string())?;
        let mut again = State::default();
        for stamped in &log {
            again.evolve(stamped);
        }
        must(again == *state, || {
            "2: a replay gives another state or book".into()
        })?;
        let gapless = state
            .book
            .iter()
            .zip(0..)
            .all(|(l, n)| l.seq == state.book[0].seq + n);
        must(gapless, || "the book has gaps".into())
    }

    fn attend(&mut self, event: &Event) {
        match event {
            Event::DayOpened { .. } => {
                self.came.clear();
                self.promised.clear();
                self.fair.clear();
                self.laps.clear();
            }
            Event::CheckedIn {
                check_in, ticket, ..
            } => {
                self.came.insert(check_in.visit);
                if check_in.issued.is_some() {
                    self.promised.insert(check_in.visit, *ticket);
                }
            }
            Event::Renumbered { visit, ticket, .. } => {
                self.promised.insert(*visit, *ticket);
            }
            _ => {}
        }
    }
}

/// Ready, and eligible for this visit.
fn eligible(state: &State, agent: &Agent, visit: &Visit) -> bool {
    let block = state.rules.overdue_followups_block;
    let in_rota = state.rotas.of(visit.rota()).order.contains(&agent.id);
    let blocked = block > 0 && agent.overdue > block;
    in_rota && agent.is_ready() && !blocked && !visit.refused.contains(&agent.id)
}

/// Whether something was due.
fn due(before: &State, after: &State) -> bool {
    before.next_due().is_some_and(|at| at <= after.last)
}
