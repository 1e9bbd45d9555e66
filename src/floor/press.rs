//! The house's printer at the floor's service: draws an order and prints it.

use std::sync::Arc;

use async_trait::async_trait;

use super::printing::{PrintOrder, Printed, TicketPrinter};
use crate::config::{self, PaperWidth, PrinterKind};
use crate::device::printer::{
    FilePrinter, NetworkPrinter, NetworkSettings, Outcome, Printer, Problem,
};
use crate::device::ticket::{
    DrawError, DrawnTicket, Logo, LogoError, TicketContent, TicketFacts, draw,
};

/// A device with the paper in it.
pub struct TicketPress {
    printer: Printer,
    width: PaperWidth,
    logo: Arc<Logo>,
}

impl TicketPress {
    pub fn new(printer: Printer, width: PaperWidth, logo: Logo) -> Self {
        Self {
            printer,
            width,
            logo: Arc::new(logo),
        }
    }

    /// The printer a checked configuration names; `None` for none.
    pub fn from_config(config: &config::Printer) -> Result<Option<Self>, LogoError> {
        let printer = match config.kind {
            PrinterKind::None => return Ok(None),
            PrinterKind::File => Printer::File(FilePrinter::new(config.folder.clone())),
            PrinterKind::Network => Printer::Network(NetworkPrinter::new(NetworkSettings {
                address: config.address.clone().unwrap_or_default(),
                answers: config.answers,
                connect: config.connect_within(),
                write: config.write_within(),
                answer: config.answer_within(),
            })),
        };
        let logo = match &config.logo {
            Some(path) => Logo::from_file(path)?,
            None => Logo::Mark,
        };
        Ok(Some(Self::new(printer, config.width_mm, logo)))
    }

    /// On a thread of its own: drawing takes milliseconds that others would wait.
    async fn draw(&self, order: PrintOrder) -> Option<Result<DrawnTicket, DrawError>> {
        let (width, logo) = (self.width, self.logo.clone());
        tokio::task::spawn_blocking(move || {
            let content = TicketContent::new(&TicketFacts {
                language: order.language,
                house: &order.house,
                answer: &order.answer,
                local_time: &order.local_time,
                drink: order.drink.as_deref(),
                reprint: order.again,
            });
            draw(&content, width, &logo)
        })
        .await
        .ok()
    }
}

#[async_trait]
impl TicketPrinter for TicketPress {
    async fn print(&self, order: PrintOrder) -> Printed {
        let job = job_name(&order);
        let ticket = match self.draw(order).await {
            Some(Ok(ticket)) => ticket,
            Some(Err(error)) => {
                tracing::error!(%error, job, "a ticket cannot be drawn");
                return Printed::Impossible("undrawable".to_owned());
            }
            None => return Printed::Impossible("undrawable".to_owned()),
        };
        let code = |problem: Problem| problem.code().to_owned();
        match self.printer.print(&job, &ticket).await {
            Outcome::Printed => Printed::Printed,
            Outcome::Unknown(problem) => Printed::Unknown(code(problem)),
            Outcome::Failed(problem) => Printed::NotBegun(code(problem)),
        }
    }

    async fn status(&self) -> String {
        self.printer.status().await.code().to_owned()
    }
}

/// The first print bears the visit's name; each further one its own besides.
fn job_name(order: &PrintOrder) -> String {
    if order.again {
        format!("{}-{}", order.visit, order.job)
    } else {
        order.visit.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::words::known;

    #[test]
    fn k3_whatever_keeps_a_ticket_from_paper_has_words_on_the_desk() {
        let problems = [
            Problem::PaperOut,
            Problem::CoverOpen,
            Problem::Offline,
            Problem::Unreachable,
            Problem::Timeout,
            Problem::NotWritten,
        ];
        let codes = problems.map(Problem::code);
        for code in codes.into_iter().chain(["undrawable"]) {
            assert!(known(&format!("desk.problem_{code}")), "{code}");
        }
    }
}
