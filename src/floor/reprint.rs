//! A ticket printed once more (补打): by staff only, with the same number and marked as such; a job
//! of its own, never by itself.

use uuid::Uuid;

use super::ask::AskError;
use super::log::{Batch, PrintRow};
use super::memory::Floor;
use crate::core::floor::Refusal;
use crate::core::id::VisitId;
use crate::protocol::visit::PrintState;

impl Floor {
    /// All of today's print jobs.
    pub fn jobs(&self) -> impl Iterator<Item = &PrintRow> {
        self.prints.values().chain(self.reprints.values())
    }

    pub fn job_mut(&mut self, visit: VisitId, job: &str) -> Option<&mut PrintRow> {
        let first = self.prints.get_mut(&visit).filter(|p| p.job == job);
        first.or_else(|| self.reprints.get_mut(job))
    }

    /// The last job of a ticket.
    pub fn last_print(&self, visit: VisitId) -> Option<&PrintRow> {
        let mut again = self.reprints.values().rev();
        again
            .find(|p| p.visit == visit)
            .or_else(|| self.prints.get(&visit))
    }

    /// Queues a ticket once more; gives the job's id. Refused while the last job may still print it.
    pub fn reprint(&mut self, visit: VisitId, batch: &mut Batch) -> Result<String, AskError> {
        if !self.state.visits.contains_key(&visit) || self.answered(visit).is_none() {
            return Err(Refusal::UnknownVisit.into());
        }
        let last = self.last_print(visit).map(|p| p.state);
        if matches!(last, Some(PrintState::Queued | PrintState::Sent)) {
            return Err(AskError::StillPrinting);
        }
        let row = PrintRow {
            visit,
            job: Uuid::now_v7().to_string(),
            day: self.state.day.clone().unwrap_or_default(),
            state: PrintState::Queued,
            problem: None,
            again: true,
        };
        self.reprints.insert(row.job.clone(), row.clone());
        batch.prints.push(row.clone());
        Ok(row.job)
    }
}
