//! Everything a printer on the network does wrong, as the desk sees it, and what becomes of the ticket.

use std::sync::Arc;
use std::time::Duration;

use yingbin::config::PaperWidth;
use yingbin::device::printer::{NetworkPrinter, NetworkSettings, Printer};
use yingbin::device::ticket::Logo;
use yingbin::floor::TicketPress;
use yingbin::protocol::visit::{PrintState, PrintView};

use crate::support::fake_printer::{Behaviour, FakePrinter};
use crate::support::floor::TestFloor;
use crate::support::paper::Heard;
use crate::support::site::party;

/// Never reached where an answer comes.
const AMPLE: Duration = Duration::from_secs(60);
/// Waited for in full where none comes.
const SHORT: Duration = Duration::from_millis(300);

fn press(address: &str, answer: Duration) -> Arc<TicketPress> {
    let printer = NetworkPrinter::new(NetworkSettings {
        address: address.to_owned(),
        answers: true,
        connect: AMPLE,
        write: AMPLE,
        answer,
    });
    let printer = Printer::Network(printer);
    Arc::new(TicketPress::new(printer, PaperWidth::Mm80, Logo::Mark))
}

async fn restart(floor: &mut TestFloor, press: Arc<TicketPress>) {
    floor.stop().await;
    let mut settings = floor.settings(floor.data.path());
    settings.printer = Some(press);
    floor.begin_with(settings);
}

fn tickets(printer: &FakePrinter) -> usize {
    printer.heard().iter().filter(|h| **h == Heard::Cut).count()
}

fn state(state: PrintState, problem: Option<&str>) -> PrintView {
    PrintView {
        state,
        problem: problem.map(str::to_owned),
    }
}

#[tokio::test]
async fn k3_whatever_a_printer_does_the_number_stands_the_desk_sees_it_and_nothing_prints_twice() {
    use Behaviour::*;
    use PrintState::{Printed, Queued, Unknown};
    for (behaviour, answer, paper, lamp) in [
        (Good, AMPLE, state(Printed, None), "ready"),
        (Slow, AMPLE, state(Printed, None), "ready"),
        (Noisy, AMPLE, state(Printed, None), "ready"),
        (NearEnd, AMPLE, state(Printed, None), "paper_low"),
        (PaperOut, AMPLE, state(Queued, None), "paper_out"),
        (CoverOpen, AMPLE, state(Queued, None), "cover_open"),
        (Offline, AMPLE, state(Queued, None), "offline"),
        (Silent, SHORT, state(Queued, None), "unreachable"),
        (Dead, SHORT, state(Queued, None), "unreachable"),
        (
            ResetAfter(20_000),
            AMPLE,
            state(Unknown, Some("unreachable")),
            "ready",
        ),
        (
            StopsReadingAfter(20_000),
            Duration::from_millis(1500),
            state(Unknown, Some("timeout")),
            "ready",
        ),
        (
            MuteAtTheEnd,
            Duration::from_millis(1500),
            state(Unknown, Some("timeout")),
            "ready",
        ),
        (
            EmptyAfter(20_000),
            Duration::from_millis(1500),
            state(Unknown, Some("paper_out")),
            // Only the connection that ran out knows of it.
            "ready",
        ),
    ] {
        let fake = FakePrinter::start(behaviour).await;
        let mut floor = TestFloor::start().await;
        restart(&mut floor, press(&fake.address, answer)).await;
        let ticket = floor.check_in("k", &party()).await;
        assert_eq!(ticket.ticket.number, "A001", "{behaviour:?}");
        let desk = floor
            .desk_until(|d| {
                let print = &d.visits[0].print;
                d.printer.state == lamp && print.state == paper.state
            })
            .await;
        if paper.problem.is_some() {
            assert_eq!(desk.visits[0].print, paper, "{behaviour:?}");
        }
        let (queued, unknown) = (desk.printer.queued, desk.printer.unknown_today);
        let expected = (
            u32::from(paper.state == Queued),
            u32::from(paper.state == Unknown),
        );
        assert_eq!((queued, unknown), expected, "{behaviour:?}");

        // Another printer in its place: what never began is printed, once; nothing else.
        let well = FakePrinter::start(Good).await;
        restart(&mut floor, press(&well.address, AMPLE)).await;
        let last = floor.check_in("last", &party()).await.visit_id;
        floor
            .desk_until(|d| {
                let mut all = d.visits.iter();
                let printed = |s: PrintState| s == Printed;
                all.any(|v| v.id == last && printed(v.print.state)) && d.printer.queued == 0
            })
            .await;
        let waited = usize::from(paper.state == Queued);
        assert_eq!(tickets(&well), 1 + waited, "{behaviour:?}");
        assert!(tickets(&fake) <= 1);
        floor.stop().await;
    }
}

#[tokio::test]
async fn k3_an_unplugged_printer_is_seen_at_once_and_prints_when_it_is_back() {
    let mut floor = TestFloor::start().await;
    let nowhere = FakePrinter::refusing().await;
    restart(&mut floor, press(&nowhere, AMPLE)).await;
    let visit = floor.check_in("k", &party()).await.visit_id;
    floor
        .desk_until(|d| d.printer.state == "unreachable" && d.printer.queued == 1)
        .await;
    let back = FakePrinter::start(Behaviour::Good).await;
    restart(&mut floor, press(&back.address, AMPLE)).await;
    floor
        .desk_until(|d| {
            d.visits
                .iter()
                .any(|v| v.id == visit && v.print.state == PrintState::Printed)
        })
        .await;
    assert_eq!(tickets(&back), 1);
}
