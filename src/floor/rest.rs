//! What the floor holds of visits that are over: put away into the database in the same transaction
//! as the events that ended them, and brought back before anything that names them is done. Whoever
//! asks never notices.

use super::ask::Ask;
use super::known_keys::Slot;
use super::log::{Answered, Batch, Fetched, PrintRow, RestedRow};
use super::memory::Floor;
use super::views::{OVER_SHOWN, RECENT_CALLS};
use crate::core::floor::rest::Shown;
use crate::core::id::VisitId;
use crate::protocol::visit::PrintState;

/// The state is looked through each time it has grown by so many visits.
const ROUND: usize = 64;

impl Floor {
    /// What the asks name and memory does not hold.
    pub fn missing(&self, asks: &[Ask]) -> (Vec<VisitId>, Vec<Slot>) {
        let (mut visits, mut slots) = (Vec::new(), Vec::new());
        for ask in asks {
            if self.state.put_away.count > 0 {
                let named = ask.names().into_iter();
                visits.extend(named.filter(|v| !self.state.visits.contains_key(v)));
            }
            if let Ask::CheckIn(new, _) = ask
                && self.known.may_know(&new.device, &new.key)
            {
                slots.push((new.device.clone(), new.key.clone()));
            }
        }
        (visits, slots)
    }

    /// Holds what was fetched until it is put away again.
    pub fn take(&mut self, fetched: Fetched) {
        for row in fetched.rested {
            let visit = row.rested.visit.id;
            if self.state.visits.contains_key(&visit) {
                continue;
            }
            self.state.bring_back(row.rested);
            if let Some(line) = row.offer {
                self.offers.insert(visit, line);
            }
            if let Some(form) = row.form {
                self.forms.insert(visit, form);
            }
            if let Some(print) = row.print {
                self.prints.entry(visit).or_insert(print);
            }
            if let Some(answered) = row.answered {
                self.hold(answered);
            }
        }
        let given = fetched.answers.into_iter();
        self.given
            .extend(given.map(|a| ((a.device.clone(), a.key.clone()), a)));
    }

    /// The stored answer to this key, if there is one. Those of the batch at hand and those fetched for
    /// it are in memory.
    pub fn given(&self, slot: &Slot) -> Option<&std::sync::Arc<Answered>> {
        self.given.get(slot)
    }

    /// After a batch nobody asks for its answers any more.
    pub fn forget_given(&mut self) {
        self.given.clear();
    }

    /// Puts away what is at rest, once enough has come.
    pub fn put_away(&mut self, batch: &mut Batch) {
        if self.state.visits.len() < self.rest_at {
            return;
        }
        let shown = Shown {
            over: OVER_SHOWN,
            calls: RECENT_CALLS,
        };
        for visit in self.state.at_rest(shown) {
            let again = self.reprints.values().filter(|p| p.visit == visit);
            let mut jobs = self.prints.get(&visit).into_iter().chain(again);
            let printing = |p: &PrintRow| matches!(p.state, PrintState::Queued | PrintState::Sent);
            if jobs.any(printing) {
                continue;
            }
            if let Some(answered) = self.answered(visit).cloned() {
                self.release(visit, &answered, batch);
            }
        }
        self.rest_at = self.state.visits.len() + ROUND;
    }

    fn release(&mut self, visit: VisitId, answered: &Answered, batch: &mut Batch) {
        let Some(rested) = self.state.put_away(visit) else {
            return;
        };
        batch.rested.push(RestedRow {
            rested,
            seq: self.head.seq,
            day: self.state.day.clone().unwrap_or_default(),
            token_hash: answered.token_hash.clone(),
            slot: (answered.device.clone(), answered.key.clone()),
            offer: self.offers.remove(&visit),
            // These have tables of their own.
            answered: None,
            form: None,
            print: None,
        });
        self.forms.remove(&visit);
        self.by_visit.remove(&visit);
        self.by_token.remove(&answered.token_hash);
        // The desk counts those that did not come out.
        if self.prints.get(&visit).is_some_and(is_printed) {
            self.prints.remove(&visit);
        }
    }
}

/// Done with for good.
pub(super) fn is_printed(print: &PrintRow) -> bool {
    matches!(print.state, PrintState::Printed | PrintState::None)
}
