//! Tickets on their way to paper. A ticket never waits for paper: its number is given already, and
//! what became of the paper is only noted.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::ask::Engine;
use super::lights::Lights;
use super::log::PrintRow;
use super::memory::Floor;
use crate::core::id::VisitId;
use crate::core::language::Language;
use crate::core::site::Site;
use crate::core::visit::Visit;
use crate::protocol::check_in::CheckInAnswer;
use crate::protocol::visit::PrintState;

/// Between two looks at a printer that does nothing wrong.
const LOOK: Duration = Duration::from_secs(10);
/// Between two looks at a printer in trouble: staff are standing at it.
const LOOK_IN_TROUBLE: Duration = Duration::from_secs(1);

/// All that may stand on a ticket; nothing of who the guest is (P6).
#[derive(Clone, Debug)]
pub struct PrintOrder {
    pub visit: VisitId,
    /// The print job's id.
    pub job: String,
    /// Printed once more by staff: marked as such.
    pub again: bool,
    pub language: Language,
    pub answer: CheckInAnswer,
    pub house: String,
    /// When they checked in, RFC 3339 with the site's offset.
    pub local_time: String,
    /// In the guest's language.
    pub drink: Option<String>,
}

/// What became of a ticket. The codes are those of `protocol::visit::PrintView`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// The printer said so.
    Printed,
    /// The job's first byte went out and the printer did not say what became of it. Never tried
    /// again by itself: the ticket may hang in the printer.
    Unknown(String),
    /// Not a byte of the job went out; it is tried again when the printer is well.
    NotBegun(String),
    /// It cannot be drawn; trying again would not help.
    Impossible(String),
}

/// A printer as the floor needs it. [`super::TicketPress`] is the one; the seam is here so that every
/// fate of a ticket can be rehearsed.
#[async_trait]
pub trait TicketPrinter: Send + Sync {
    async fn print(&self, order: PrintOrder) -> Printed;
    /// `ready`, `paper_low`, or what is wrong, as in `protocol::desk::PrinterView`.
    async fn status(&self) -> String;
}

/// Prints one ticket after the other until the engine is gone.
pub(super) async fn run(engine: Engine, printer: Arc<dyn TicketPrinter>, lights: Arc<Lights>) {
    let mut changes = engine.changes();
    let mut well = look(&*printer, &lights).await;
    loop {
        changes.borrow_and_update();
        let Ok(next) = engine.read(next).await else {
            return;
        };
        match next {
            Some(order) if well => well = print(&engine, &*printer, &lights, order).await,
            waiting => {
                let pause = if well { LOOK } else { LOOK_IN_TROUBLE };
                tokio::select! {
                    () = tokio::time::sleep(pause) => well = look(&*printer, &lights).await,
                    changed = changes.changed(), if waiting.is_none() => {
                        if changed.is_err() {
                            return;
                        }
                    }
                }
            }
        }
    }
}

/// Prints one ticket; gives whether the printer is well.
async fn print(
    engine: &Engine,
    printer: &dyn TicketPrinter,
    lights: &Lights,
    order: PrintOrder,
) -> bool {
    let (visit, job) = (order.visit, order.job.clone());
    // Known before the first byte: a floor that dies meanwhile must not print it twice.
    if engine
        .print(visit, &job, PrintState::Sent, None)
        .await
        .is_err()
    {
        return false;
    }
    let (state, problem) = match printer.print(order).await {
        Printed::Printed => (PrintState::Printed, None),
        Printed::Unknown(problem) => (PrintState::Unknown, Some(problem)),
        Printed::NotBegun(problem) => (PrintState::Queued, Some(problem)),
        Printed::Impossible(problem) => (PrintState::Failed, Some(problem)),
    };
    metrics::counter!("yingbin_floor_tickets_total", "state" => format!("{state:?}").to_lowercase())
        .increment(1);
    while engine
        .print(visit, &job, state, problem.clone())
        .await
        .is_err()
    {
        tokio::time::sleep(LOOK_IN_TROUBLE).await;
    }
    match state {
        PrintState::Printed => true,
        _ => look(printer, lights).await && state != PrintState::Queued,
    }
}

/// Lights the desk's lamp; gives whether the printer can print.
async fn look(printer: &dyn TicketPrinter, lights: &Lights) -> bool {
    let status = printer.status().await;
    lights.set_printer(&status);
    matches!(status.as_str(), "ready" | "paper_low")
}

/// The oldest job that waits.
fn next(floor: &Floor) -> Option<PrintOrder> {
    let job = floor
        .jobs()
        .filter(|p| p.state == PrintState::Queued)
        .min_by(|a, b| a.job.cmp(&b.job))?;
    let visit = floor.state.visits.get(&job.visit)?;
    order(floor, visit, job)
}

fn order(floor: &Floor, visit: &Visit, job: &PrintRow) -> Option<PrintOrder> {
    let answer = serde_json::from_str(&floor.answered(visit.id)?.answer).ok()?;
    let site = &floor.state.site;
    Some(PrintOrder {
        visit: visit.id,
        job: job.job.clone(),
        again: job.again,
        language: visit.language,
        answer,
        house: site.name.get(visit.language).to_owned(),
        local_time: floor.calendar.local(visit.checked_in_at),
        drink: drink(site, visit),
    })
}

fn drink(site: &Site, visit: &Visit) -> Option<String> {
    let wanted = visit.drink.as_ref()?;
    let drink = site.drinks.iter().find(|d| d.id == *wanted)?;
    Some(drink.text.get(visit.language).to_owned())
}
