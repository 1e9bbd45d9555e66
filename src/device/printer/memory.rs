//! A printer that keeps its tickets in memory: for trying the floor without a device.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Outcome, PrinterStatus};
use crate::device::ticket::DrawnTicket;

#[derive(Debug)]
struct Inner {
    status: PrinterStatus,
    tickets: Vec<(String, DrawnTicket)>,
}

/// Tickets by job name, in order of printing.
#[derive(Debug)]
pub struct MemoryPrinter(Mutex<Inner>);

impl Default for MemoryPrinter {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            status: PrinterStatus::Ready,
            tickets: Vec::new(),
        }))
    }
}

impl MemoryPrinter {
    /// From now on the printer is like that; in trouble it refuses jobs.
    pub fn set_status(&self, status: PrinterStatus) {
        self.inner().status = status;
    }

    pub fn tickets(&self) -> Vec<(String, DrawnTicket)> {
        self.inner().tickets.clone()
    }

    pub(super) fn status(&self) -> PrinterStatus {
        self.inner().status
    }

    pub(super) fn print(&self, job_name: &str, ticket: &DrawnTicket) -> Outcome {
        let mut inner = self.inner();
        if let PrinterStatus::Trouble(problem) = inner.status {
            return Outcome::Failed(problem);
        }
        inner.tickets.push((job_name.to_owned(), ticket.clone()));
        Outcome::Printed
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
