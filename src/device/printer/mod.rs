//! Ticket printers (小票打印机) by their kind, and what can be wrong with them.

mod file;
mod memory;
mod network;
mod replies;

pub use file::FilePrinter;
pub use memory::MemoryPrinter;
pub use network::{NetworkPrinter, NetworkSettings};

use crate::device::ticket::DrawnTicket;

/// What keeps a ticket from being printed. Nothing in it tells of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("the printer is out of paper")]
    PaperOut,
    #[error("the printer's cover is open")]
    CoverOpen,
    /// It answers, and says that it cannot print.
    #[error("the printer says that it is off line")]
    Offline,
    /// No connection, or the connection broke.
    #[error("the printer cannot be reached")]
    Unreachable,
    /// It is there and does not answer, or takes nothing.
    #[error("the printer does not answer")]
    Timeout,
    #[error("the ticket's file cannot be written")]
    NotWritten,
}

impl Problem {
    /// As in `protocol::visit::PrintView`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::Offline => "offline",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::NotWritten => "not_written",
        }
    }
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The printer said so (a printer set to `answers = false`: it took the job whole).
    Printed,
    /// The job's first byte went out and nothing says what became of it: the ticket may hang in
    /// the printer. Never to be tried again by itself.
    Unknown(Problem),
    /// Not a byte of the job went out; trying again prints no second ticket.
    Failed(Problem),
}

/// The printer's light on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrinterStatus {
    Ready,
    /// It prints, and its roll is near the end (纸将尽).
    PaperLow,
    Trouble(Problem),
}

impl PrinterStatus {
    /// As in `protocol::desk::PrinterView`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::PaperLow => "paper_low",
            Self::Trouble(Problem::Timeout) => Problem::Unreachable.code(),
            Self::Trouble(Problem::NotWritten) => Problem::Offline.code(),
            Self::Trouble(problem) => problem.code(),
        }
    }
}

/// A printer; which kind is decided where the program is put together.
#[derive(Debug)]
pub enum Printer {
    Network(NetworkPrinter),
    File(FilePrinter),
    Memory(MemoryPrinter),
}

impl Printer {
    /// Prints one ticket, once. `job_name`, the visit's id, names it where a printer keeps names.
    pub async fn print(&self, job_name: &str, ticket: &DrawnTicket) -> Outcome {
        match self {
            Self::Network(p) => p.print(&ticket.bytes()).await,
            Self::File(p) => p.print(job_name, ticket).await,
            Self::Memory(p) => p.print(job_name, ticket),
        }
    }

    /// How the printer is now. Waits for a job under way.
    pub async fn status(&self) -> PrinterStatus {
        match self {
            Self::Network(p) => p.status().await,
            Self::File(p) => p.status().await,
            Self::Memory(p) => p.status(),
        }
    }
}
