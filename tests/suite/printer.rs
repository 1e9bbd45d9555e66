//! The ticket printer: its job protocol against a printer that misbehaves, and the file printer.

use std::time::Duration;

use yingbin::device::printer::{
    FilePrinter, MemoryPrinter, NetworkPrinter, NetworkSettings, Outcome, Printer, PrinterStatus,
    Problem,
};
use yingbin::device::ticket::DrawnTicket;

use crate::support::fake_printer::{Behaviour, FakePrinter};
use crate::support::paper::{self, Heard, Paper};
use crate::support::ticket::drawn;

const JOB: &str = "019a0000-0000-7000-8000-000000000001";
/// Never reached: the test would fail by it.
const AMPLE: Duration = Duration::from_secs(60);
/// Always reached: nothing ever comes.
const SHORT: Duration = Duration::from_millis(50);

fn settings(address: &str) -> NetworkSettings {
    NetworkSettings {
        address: address.to_owned(),
        answers: true,
        connect: AMPLE,
        write: AMPLE,
        answer: AMPLE,
    }
}

fn patient(fake: &FakePrinter) -> Printer {
    Printer::Network(NetworkPrinter::new(settings(&fake.address)))
}

fn impatient(fake: &FakePrinter, answer: Duration) -> Printer {
    let settings = NetworkSettings {
        answer,
        ..settings(&fake.address)
    };
    Printer::Network(NetworkPrinter::new(settings))
}

fn trusting(fake: &FakePrinter) -> Printer {
    let settings = NetworkSettings {
        answers: false,
        ..settings(&fake.address)
    };
    Printer::Network(NetworkPrinter::new(settings))
}

fn rasters(heard: &[Heard]) -> usize {
    let raster = |h: &&Heard| matches!(h, Heard::Raster { .. });
    heard.iter().filter(raster).count()
}

#[tokio::test]
async fn k3_a_job_asks_first_prints_once_and_waits_for_the_end() {
    let fake = FakePrinter::start(Behaviour::Good).await;
    let ticket = drawn();
    assert_eq!(patient(&fake).print(JOB, &ticket).await, Outcome::Printed);

    let heard = fake.heard();
    let before = [
        Heard::Question(1),
        Heard::Question(2),
        Heard::Question(4),
        Heard::Unasked(0),
    ];
    assert_eq!(heard[..4], before);
    assert_eq!(heard.last(), Some(&Heard::PaperQuestion(1)));
    assert_eq!(heard[4..heard.len() - 1], paper::all(&ticket.bytes()));
    assert_eq!(fake.connections(), 1);
}

#[tokio::test]
async fn k3_a_slow_and_a_noisy_printer_print_all_the_same() {
    for behaviour in [Behaviour::Slow, Behaviour::Noisy] {
        let fake = FakePrinter::start(behaviour).await;
        let printer = patient(&fake);
        let ticket = drawn();
        assert_eq!(printer.print(JOB, &ticket).await, Outcome::Printed);
        assert_eq!(printer.status().await, PrinterStatus::Ready);
        let paper = Paper::of(&fake.heard());
        assert_eq!(paper.height(), ticket.bitmap().height() as usize);
    }
}

#[tokio::test]
async fn k3_a_roll_near_its_end_prints_and_warns() {
    let fake = FakePrinter::start(Behaviour::NearEnd).await;
    let printer = patient(&fake);
    assert_eq!(printer.print(JOB, &drawn()).await, Outcome::Printed);
    assert_eq!(printer.status().await, PrinterStatus::PaperLow);
    assert_eq!(printer.status().await.code(), "paper_low");
}

#[tokio::test]
async fn k3_a_printer_in_trouble_gets_no_job_and_says_what_it_is() {
    for (behaviour, problem, code) in [
        (Behaviour::PaperOut, Problem::PaperOut, "paper_out"),
        (Behaviour::CoverOpen, Problem::CoverOpen, "cover_open"),
        (Behaviour::Offline, Problem::Offline, "offline"),
    ] {
        let fake = FakePrinter::start(behaviour).await;
        let printer = patient(&fake);
        assert_eq!(printer.print(JOB, &drawn()).await, Outcome::Failed(problem));
        assert_eq!(rasters(&fake.heard()), 0);
        assert_eq!(printer.status().await.code(), code);
        assert_eq!(problem.code(), code);
    }
}

#[tokio::test]
async fn k3_a_silent_or_dead_printer_gets_no_job() {
    for behaviour in [Behaviour::Silent, Behaviour::Dead] {
        let fake = FakePrinter::start(behaviour).await;
        let printer = impatient(&fake, SHORT);
        let outcome = printer.print(JOB, &drawn()).await;
        assert_eq!(outcome, Outcome::Failed(Problem::Timeout));
        assert_eq!(rasters(&fake.heard()), 0);
        assert_eq!(printer.status().await.code(), "unreachable");
    }
}

#[tokio::test]
async fn k3_an_unplugged_printer_fails_without_a_byte() {
    let address = FakePrinter::refusing().await;
    let printer = Printer::Network(NetworkPrinter::new(settings(&address)));
    let outcome = printer.print(JOB, &drawn()).await;
    assert_eq!(outcome, Outcome::Failed(Problem::Unreachable));
    assert_eq!(printer.status().await.code(), "unreachable");
}

#[tokio::test]
async fn k3_a_job_cut_off_is_unknown_and_never_sent_again() {
    for limit in [40, 20_000] {
        let fake = FakePrinter::start(Behaviour::ResetAfter(limit)).await;
        let outcome = patient(&fake).print(JOB, &drawn()).await;
        assert_eq!(outcome, Outcome::Unknown(Problem::Unreachable));
        assert_eq!(fake.connections(), 1);
    }
}

#[tokio::test]
async fn k3_paper_that_ends_in_mid_ticket_leaves_it_unknown_and_is_named() {
    let fake = FakePrinter::start(Behaviour::EmptyAfter(20_000)).await;
    // Waited for in full once, for the answer that never comes.
    let printer = impatient(&fake, Duration::from_millis(1500));
    let outcome = printer.print(JOB, &drawn()).await;
    assert_eq!(outcome, Outcome::Unknown(Problem::PaperOut));
    assert_eq!(fake.connections(), 1);
}

#[tokio::test]
async fn k3_a_printer_set_to_give_no_answers_is_asked_nothing() {
    let fake = FakePrinter::start(Behaviour::Silent).await;
    let printer = trusting(&fake);
    let ticket = drawn();
    assert_eq!(printer.print(JOB, &ticket).await, Outcome::Printed);
    assert_eq!(fake.heard(), paper::all(&ticket.bytes()));
    assert_eq!(printer.status().await, PrinterStatus::Ready);

    let fake = FakePrinter::start(Behaviour::ResetAfter(20_000)).await;
    let outcome = trusting(&fake).print(JOB, &ticket).await;
    assert_eq!(outcome, Outcome::Unknown(Problem::Unreachable));
}

#[tokio::test]
async fn k3_a_printer_is_spoken_to_by_one_at_a_time() {
    let fake = FakePrinter::start(Behaviour::Good).await;
    let printer = patient(&fake);
    let ticket = drawn();
    let (first, status, second) = tokio::join!(
        printer.print(JOB, &ticket),
        printer.status(),
        printer.print(JOB, &ticket),
    );
    assert_eq!((first, second), (Outcome::Printed, Outcome::Printed));
    assert_eq!(status, PrinterStatus::Ready);
    assert_eq!(fake.connections(), 3);
    assert_eq!(fake.most_open(), 1);
    let heard = fake.heard();
    let cuts = heard.iter().filter(|h| **h == Heard::Cut).count();
    assert_eq!(cuts, 2);
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn k3_the_file_printer_leaves_the_bytes_and_the_same_picture() {
    let data = tempfile::tempdir().expect("a folder");
    let folder = data.path().join("tickets");
    let printer = Printer::File(FilePrinter::new(folder.clone()));
    let ticket = drawn();
    // Twice: a reprint takes the first one's place.
    for _ in 0..2 {
        assert_eq!(printer.print(JOB, &ticket).await, Outcome::Printed);
    }
    assert_eq!(names(&folder), [format!("{JOB}.bin"), format!("{JOB}.png")]);
    assert_eq!(printer.status().await, PrinterStatus::Ready);

    let heard = paper::all(&std::fs::read(folder.join(format!("{JOB}.bin"))).expect("bytes"));
    assert_eq!(heard.first(), Some(&Heard::Initialise));
    assert_eq!(heard.last(), Some(&Heard::Cut));
    let png = std::fs::read(folder.join(format!("{JOB}.png"))).expect("a picture");
    assert_eq!(Paper::of(&heard).lines, picture(&png));
}

/// The black dots of a one-bit PNG.
fn picture(file: &[u8]) -> Vec<Vec<bool>> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut grey = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut grey).expect("a picture");
    grey.chunks(frame.width as usize)
        .map(|line| line.iter().map(|g| *g == 0).collect())
        .collect()
}

#[tokio::test]
async fn k3_the_file_printer_says_when_it_cannot_write() {
    let data = tempfile::tempdir().expect("a folder");
    let in_the_way = data.path().join("tickets");
    std::fs::write(&in_the_way, "").expect("a file");
    let printer = Printer::File(FilePrinter::new(in_the_way));
    let outcome = printer.print(JOB, &drawn()).await;
    assert_eq!(outcome, Outcome::Failed(Problem::NotWritten));
    assert_eq!(printer.status().await.code(), "offline");

    let elsewhere = Printer::File(FilePrinter::new(data.path().join("in")));
    let outcome = elsewhere.print("../out", &drawn()).await;
    assert_eq!(outcome, Outcome::Failed(Problem::NotWritten));
    assert!(!data.path().join("out.bin").exists());
}

#[tokio::test]
async fn k3_the_memory_printer_keeps_tickets_and_refuses_in_trouble() {
    let memory = MemoryPrinter::default();
    memory.set_status(PrinterStatus::Trouble(Problem::PaperOut));
    let printer = Printer::Memory(memory);
    let ticket: DrawnTicket = drawn();
    let outcome = printer.print(JOB, &ticket).await;
    assert_eq!(outcome, Outcome::Failed(Problem::PaperOut));
    let Printer::Memory(memory) = &printer else {
        unreachable!("it was made as one");
    };
    memory.set_status(PrinterStatus::Ready);
    assert_eq!(printer.print(JOB, &ticket).await, Outcome::Printed);
    assert_eq!(memory.tickets(), [(JOB.to_owned(), ticket)]);
}
