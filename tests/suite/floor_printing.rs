//! What becomes of the paper, as kiosk and desk see it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::json;
use tokio::sync::watch;
use yingbin::config::PaperWidth;
use yingbin::core::id::VisitId;
use yingbin::device::printer::{FilePrinter, Printer};
use yingbin::device::ticket::Logo;
use yingbin::floor::{PrintOrder, Printed, TicketPress, TicketPrinter};
use yingbin::protocol::visit::PrintState;

use crate::support::floor::{KIOSK, TestFloor};
use crate::support::site::{agreed, party};

/// Does what it is told, then prints well.
struct ScriptedPrinter {
    script: Mutex<VecDeque<Printed>>,
    status: Mutex<String>,
    orders: Mutex<Vec<PrintOrder>>,
    /// Cleared: a job is taken and never comes back.
    answers: watch::Sender<bool>,
}

impl ScriptedPrinter {
    fn new(script: impl IntoIterator<Item = Printed>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.into_iter().collect()),
            status: Mutex::new("ready".into()),
            orders: Mutex::default(),
            answers: watch::channel(true).0,
        })
    }
    fn set_status(&self, status: &str) {
        *self.status.lock().unwrap() = status.to_owned();
    }
    fn orders_of(&self, visit: VisitId) -> usize {
        let orders = self.orders.lock().unwrap();
        orders.iter().filter(|o| o.visit == visit).count()
    }
}

#[async_trait]
impl TicketPrinter for ScriptedPrinter {
    async fn print(&self, order: PrintOrder) -> Printed {
        self.orders.lock().unwrap().push(order);
        let mut answers = self.answers.subscribe();
        answers.wait_for(|answers| *answers).await.unwrap();
        let next = self.script.lock().unwrap().pop_front();
        next.unwrap_or(Printed::Printed)
    }
    async fn status(&self) -> String {
        self.status.lock().unwrap().clone()
    }
}

async fn floor_with(printer: &Arc<ScriptedPrinter>) -> TestFloor {
    let mut floor = TestFloor::open().await;
    restart(&mut floor, printer).await;
    floor
}

async fn restart(floor: &mut TestFloor, printer: &Arc<ScriptedPrinter>) {
    floor.stop().await;
    let mut settings = floor.settings(floor.data.path());
    settings.printer = Some(printer.clone());
    floor.begin_with(settings);
}

async fn until(floor: &TestFloor, visit: VisitId, state: PrintState) {
    floor
        .desk_until(|d| {
            d.visits
                .iter()
                .any(|v| v.id == visit && v.print.state == state)
        })
        .await;
}

#[tokio::test]
async fn k3_a_ticket_is_printed_with_everything_but_the_guests_name() {
    let printer = ScriptedPrinter::new([]);
    let floor = floor_with(&printer).await;
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("慕容先生".into());
    let answer = floor.check_in("k", &body).await;
    assert!(answer.print_job.is_some());
    until(&floor, answer.visit_id, PrintState::Printed).await;
    let order = printer.orders.lock().unwrap()[0].clone();
    assert_eq!(order.answer, answer);
    assert_eq!(
        (order.house.as_str(), order.drink.as_deref()),
        ("云栖府", Some("茶"))
    );
    assert_eq!(order.local_time, "2026-11-23T09:00:00+08:00");
    assert!(!format!("{order:?}").contains("慕容"));
    let path = format!("/api/v1/visits/{}", answer.visit_id);
    let (_, own) = floor.get(KIOSK, &path).await;
    assert_eq!(own["print"], json!({"state": "printed", "problem": null}));
}

#[tokio::test]
async fn k3_without_paper_the_number_stands_and_the_ticket_comes_when_paper_is_back() {
    let printer = ScriptedPrinter::new([Printed::NotBegun("paper_out".into())]);
    let floor = floor_with(&printer).await;
    floor.desk_until(|d| d.printer.state == "ready").await;
    printer.set_status("paper_out");
    let first = floor.check_in("k1", &party()).await;
    let second = floor.check_in("k2", &party()).await;
    assert_eq!(second.ticket.number, "A002");
    let desk = floor.desk_until(|d| d.printer.state == "paper_out").await;
    assert_eq!(desk.printer.queued, 2);
    let print = &desk
        .visits
        .iter()
        .find(|v| v.id == first.visit_id)
        .unwrap()
        .print;
    assert_eq!(
        (print.state, print.problem.as_deref()),
        (PrintState::Queued, Some("paper_out"))
    );
    printer.set_status("ready");
    until(&floor, second.visit_id, PrintState::Printed).await;
    until(&floor, first.visit_id, PrintState::Printed).await;
    assert_eq!(printer.orders_of(first.visit_id), 2);
    assert_eq!(printer.orders_of(second.visit_id), 1);
}

#[tokio::test]
async fn k3_what_may_hang_in_the_printer_is_never_printed_again_by_itself() {
    let script = [
        Printed::Unknown("timeout".into()),
        Printed::Impossible("too_long".into()),
    ];
    let printer = ScriptedPrinter::new(script);
    let mut floor = floor_with(&printer).await;
    let silent = floor.check_in("k1", &party()).await.visit_id;
    let undrawable = floor.check_in("k2", &party()).await.visit_id;
    let fine = floor.check_in("k3", &party()).await.visit_id;
    until(&floor, fine, PrintState::Printed).await;
    let desk = floor.desk().await;
    assert_eq!(
        (desk.printer.unknown_today, desk.printer.failed_today),
        (1, 1)
    );
    restart(&mut floor, &printer).await;
    let last = floor.check_in("k4", &party()).await.visit_id;
    until(&floor, last, PrintState::Printed).await;
    for visit in [silent, undrawable, fine] {
        assert_eq!(printer.orders_of(visit), 1);
    }
}

#[tokio::test]
async fn k3_a_job_under_way_when_the_floor_dies_is_unknown_and_the_queue_goes_on() {
    let printer = ScriptedPrinter::new([]);
    printer.answers.send_replace(false);
    let mut floor = floor_with(&printer).await;
    let under_way = floor.check_in("k1", &party()).await.visit_id;
    let queued = floor.check_in("k2", &party()).await.visit_id;
    until(&floor, under_way, PrintState::Sent).await;
    floor.stop().await;
    printer.answers.send_replace(true);
    let mut settings = floor.settings(floor.data.path());
    settings.printer = Some(printer.clone());
    floor.begin_with(settings);
    until(&floor, queued, PrintState::Printed).await;
    until(&floor, under_way, PrintState::Unknown).await;
    assert_eq!(printer.orders_of(under_way), 1);
}

#[tokio::test]
async fn k3_the_file_printer_leaves_the_bytes_and_a_picture_under_the_visits_id() {
    let mut floor = TestFloor::open().await;
    floor.stop().await;
    let mut settings = floor.settings(floor.data.path());
    let folder = floor.data.path().join("tickets");
    let printer = Printer::File(FilePrinter::new(folder.clone()));
    let press = TicketPress::new(printer, PaperWidth::Mm80, Logo::Mark);
    settings.printer = Some(Arc::new(press));
    floor.begin_with(settings);
    let visit = floor.check_in("k", &party()).await.visit_id;
    until(&floor, visit, PrintState::Printed).await;
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [format!("{visit}.bin"), format!("{visit}.png")]);
}
