//! Check-ins over HTTP beside the raw group commit of SQLite, in the same run on the same disk:
//! `cargo bench --bench check_in` (in small: `cargo test --bench check_in`).
//!
//! Stated limits: at 32 clients at least 20 % of the raw rate and a p99 of at most three times the
//! raw one; alone, with a million past events, a p50 of at most 1.2 times that of an empty floor; at
//! most 1.1 fsyncs a check-in alone and 0.2 at 32 clients (counted by strace, where it is installed).
//! They are printed with the figures, never asserted: a slow machine is not a defect.

#[allow(dead_code, reason = "each benchmark uses its part")]
mod common;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use yingbin::client::FloorClient;
use yingbin::protocol::check_in::CheckInRequest;

use common::{House, ms, office, past, percentile, size};

const CLIENTS: [usize; 3] = [1, 8, 32];

fn main() {
    let each = size(150, 5);
    let events = size(1_000_000, 5_000);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let most = CLIENTS.into_iter().max().unwrap_or(1);
    let house = runtime.block_on(House::set_up(most));
    house.copy("empty", "busy");
    house.copy("empty", "past");

    println!(
        "clients   raw group commit   check-ins over HTTP   share   p99 raw   p99 HTTP   ratio"
    );
    let (floor, url) = house.floor("busy");
    runtime.block_on(office::open_for_business(&house.client(&url, &house.desk)));
    for clients in CLIENTS {
        let file = house.data(&format!("raw-{clients}.db"));
        let (raw, mut raw_times) = raw(&file, clients, each);
        let named = format!("rate-{clients}");
        let (http, mut times) = runtime.block_on(http(&house, &url, clients, each, &named));
        let (raw_p99, p99) = (
            percentile(&mut raw_times, 0.99),
            percentile(&mut times, 0.99),
        );
        let limit = if clients == most {
            "limits: share >= 20 %, ratio <= 3"
        } else {
            ""
        };
        println!(
            "{clients:>7}   {raw:>12.0} a s   {http:>15.0} a s   {:>4.0} %   {:>4.1} ms   {:>5.1} ms   {:>5.1}   {limit}",
            100.0 * http / raw,
            ms(raw_p99),
            ms(p99),
            p99.as_secs_f64() / raw_p99.as_secs_f64(),
        );
    }

    for (clients, limit) in [(1, 1.1), (most, 0.2)] {
        let counted = Syncs::of(floor.id(), &house.data(&format!("strace-{clients}")));
        let Some(counted) = counted else {
            println!("fsyncs: not counted; strace is not installed or may not look at processes");
            break;
        };
        let named = format!("syncs-{clients}");
        runtime.block_on(http(&house, &url, clients, each, &named));
        let syncs = counted.end() as f64 / (clients * each) as f64;
        println!("fsyncs a check-in, {clients:>2} clients: {syncs:.2} (limit <= {limit})");
    }
    house.stop(floor);

    let made = Instant::now();
    let events = past::write(&house.data("past"), events as u64);
    println!(
        "a past of {events} events, written in {:.0} s",
        made.elapsed().as_secs_f64()
    );
    let (empty, empty_url) = house.floor("empty");
    let (old, old_url) = house.floor("past");
    for url in [&empty_url, &old_url] {
        runtime.block_on(office::open_for_business(&house.client(url, &house.desk)));
    }
    let (mut on_empty, mut on_old) = (Vec::new(), Vec::new());
    // In turns, so that what else the machine does meets both.
    for round in 0..size(10, 2) {
        for (url, times) in [(&empty_url, &mut on_empty), (&old_url, &mut on_old)] {
            let named = format!("past-{round}");
            times.extend(runtime.block_on(http(&house, url, 1, each, &named)).1);
        }
    }
    let (empty_p50, old_p50) = (percentile(&mut on_empty, 0.5), percentile(&mut on_old, 0.5));
    println!(
        "p50 alone: empty {:.2} ms, with a past {:.2} ms, ratio {:.2} (limit <= 1.2)",
        ms(empty_p50),
        ms(old_p50),
        old_p50.as_secs_f64() / empty_p50.as_secs_f64()
    );
    drop((empty, old));
}

/// So many clients, each sending its next check-in as soon as the last is answered: how many a
/// second, and how long each took.
async fn http(
    house: &House,
    floor: &str,
    clients: usize,
    each: usize,
    name: &str,
) -> (f64, Vec<Duration>) {
    let kiosks: Vec<FloorClient> = house
        .kiosks
        .iter()
        .cycle()
        .take(clients)
        .map(|token| house.client(floor, token))
        .collect();
    let site = kiosks[0].site().await.expect("the site");
    // Sealed beforehand: that is the kiosk's work, not the floor's.
    let requests: Vec<Vec<(String, CheckInRequest)>> = (0..clients)
        .map(|c| {
            (0..each)
                .map(|n| {
                    let mut guest = office::guest(n);
                    guest.key = format!("{name}-{c}-{n}");
                    (guest.key.clone(), guest.request(&site))
                })
                .collect()
        })
        .collect();
    let begun = Instant::now();
    let tasks: Vec<_> = requests
        .into_iter()
        .zip(kiosks)
        .map(|(requests, kiosk)| {
            tokio::spawn(async move {
                let mut times = Vec::new();
                for (key, body) in requests {
                    let sent = Instant::now();
                    kiosk.check_in(&key, &body).await.expect("checked in");
                    times.push(sent.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a client"));
    }
    (
        (clients * each) as f64 / begun.elapsed().as_secs_f64(),
        times,
    )
}

/// The same number of writers, each waiting for its commit; one thread commits all that wait,
/// five inserts a check-in, as durably as the floor does.
fn raw(file: &Path, clients: usize, each: usize) -> (f64, Vec<Duration>) {
    let mut db = Connection::open(file).expect("a database");
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
         CREATE TABLE rows (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL);",
    )
    .expect("a table");
    let (send, asked) = mpsc::channel::<mpsc::Sender<()>>();
    let total = clients * each;
    let begun = Instant::now();
    let writers: Vec<_> = (0..clients)
        .map(|_| {
            let send = send.clone();
            std::thread::spawn(move || {
                let (done, stored) = mpsc::channel();
                let mut times = Vec::new();
                for _ in 0..each {
                    let sent = Instant::now();
                    send.send(done.clone()).expect("a committer");
                    stored.recv().expect("a commit");
                    times.push(sent.elapsed());
                }
                times
            })
        })
        .collect();
    drop(send);
    let body = "x".repeat(400);
    let mut stored = 0;
    while stored < total {
        let mut waiting = vec![asked.recv().expect("a writer")];
        waiting.extend(asked.try_iter());
        let tx = db.transaction().expect("a transaction");
        for _ in &waiting {
            for kind in ["event", "event", "line", "answer", "blob"] {
                tx.prepare_cached("INSERT INTO rows (kind, body) VALUES (?1, ?2)")
                    .and_then(|mut insert| insert.execute((kind, &body)))
                    .expect("an insert");
            }
        }
        tx.commit().expect("a commit");
        stored += waiting.len();
        for writer in waiting {
            let _ = writer.send(());
        }
    }
    let writers = writers.into_iter().map(|w| w.join().expect("a writer"));
    let times = writers.flatten().collect();
    (total as f64 / begun.elapsed().as_secs_f64(), times)
}

/// Counts a process's fsyncs from outside.
struct Syncs {
    strace: std::process::Child,
    seen: std::path::PathBuf,
}

impl Syncs {
    fn of(pid: u32, seen: &Path) -> Option<Self> {
        let mut strace = Command::new("strace")
            .args(["-f", "-e", "trace=fsync,fdatasync", "-p", &pid.to_string()])
            .arg("-o")
            .arg(seen)
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        // It says one line once it is attached.
        let mut said = std::io::BufReader::new(strace.stderr.take()?);
        let mut line = String::new();
        std::io::BufRead::read_line(&mut said, &mut line).ok()?;
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        line.contains("attached").then(|| Self {
            strace,
            seen: seen.to_owned(),
        })
    }

    fn end(mut self) -> usize {
        let pid = self.strace.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.strace.wait();
        let seen = std::fs::read_to_string(&self.seen).unwrap_or_default();
        // A call that another thread's interrupts is written in two lines.
        seen.lines().filter(|l| l.contains("sync(")).count()
    }
}
