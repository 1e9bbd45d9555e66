//! Check-ins over HTTP beside the raw rate of SQLite's group commit, in the same run on the same
//! disk: `cargo bench --bench check_in`.
//!
//! Stated limits: at 32 clients at least 20 % of the raw rate, and at most one commit a check-in.
//! They are printed with the figures, never asserted: a slow machine is not a defect.

#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/suite/support/office.rs"]
mod office;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/suite/support/processes.rs"]
mod processes;

use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use rusqlite::Connection;
use yingbin::client::FloorClient;
use yingbin::client::office::Office;

use processes::Program;
use yingbin::protocol::feed::DeviceRole;

const CLIENTS: [usize; 3] = [1, 8, 32];
const CHECK_INS_PER_CLIENT: usize = 150;
const KIOSKS: usize = 8;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = Program::server(&folder.path().join("central"));
    let url = server.says("centre:");
    let link = server.says("first start, make the administrator's account here (works once):");
    let mut office = Office::new(&url, "bench");
    let set_up = runtime.block_on(office::set_up(&mut office, &link));
    // Several kiosks: what one device may ask in a second is limited, and so is how many may be
    // enrolled in a minute.
    let codes: Vec<String> = runtime.block_on(async {
        let mut codes = Vec::new();
        for n in 0..KIOSKS {
            let id = format!("bench-kiosk-{n}");
            let added = office.add_device(&id, DeviceRole::Kiosk).await;
            codes.push(added.expect("added").code);
        }
        codes
    });
    let data = folder.path().join("floor");
    let floor = Program::start(
        &["floor"],
        &[
            ("YINGBIN_FLOOR_LISTEN", "127.0.0.1:0"),
            ("YINGBIN_FLOOR_DATA", data.to_str().expect("UTF-8")),
            ("YINGBIN_FLOOR_CENTRE__URL", &url),
            ("YINGBIN_FLOOR_CENTRE__FLOOR", &set_up.floor.floor),
            ("YINGBIN_FLOOR_CENTRE__TOKEN", &set_up.floor.token),
            ("RUST_LOG", "warn"),
        ],
    );
    let floor_url = floor.says("floor:");
    let desk = runtime.block_on(office::token(&floor_url, &set_up.desk));
    let desk = FloorClient::new(&floor_url, &desk, None).expect("a client");
    runtime.block_on(office::open_for_business(&desk));
    let kiosks: Vec<String> = runtime.block_on(async {
        let mut tokens = Vec::new();
        for code in &codes {
            tokens.push(office::token(&floor_url, code).await);
        }
        tokens
    });
    // Only the floor is measured; what it has for the centre waits.
    drop(server);

    println!("clients   raw group commit   check-ins over HTTP   share   limit");
    for clients in CLIENTS {
        let raw = raw_rate(&folder.path().join(format!("raw-{clients}.db")), clients);
        let http = runtime.block_on(http_rate(&floor_url, &kiosks, clients));
        let limit = if clients == 32 { ">= 20 %" } else { "" };
        println!(
            "{clients:>7}   {raw:>12.0} a s   {http:>15.0} a s   {:>4.0} %   {limit}",
            100.0 * http / raw
        );
    }
    drop(floor);
}

/// `clients` tasks, each sending its next check-in as soon as the last is answered.
async fn http_rate(floor: &str, tokens: &[String], clients: usize) -> f64 {
    let kiosk = |token: &String| FloorClient::new(floor, token, None).expect("a client");
    let kiosks: Vec<FloorClient> = tokens.iter().cycle().take(clients).map(kiosk).collect();
    let site = kiosks[0].site().await.expect("the site");
    // Sealed beforehand: that is the kiosk's work, not the floor's.
    let requests: Vec<Vec<_>> = (0..clients)
        .map(|c| {
            (0..CHECK_INS_PER_CLIENT)
                .map(|n| {
                    let mut guest = office::guest(n);
                    guest.key = format!("bench-{clients}-{c}-{n}");
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
                for (key, body) in requests {
                    kiosk.check_in(&key, &body).await.expect("checked in");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a client");
    }
    (clients * CHECK_INS_PER_CLIENT) as f64 / begun.elapsed().as_secs_f64()
}

/// The same number of writers, each waiting for its commit; one thread commits all that wait,
/// five inserts a check-in, as durably as the floor does.
fn raw_rate(file: &Path, clients: usize) -> f64 {
    let mut db = Connection::open(file).expect("a database");
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
         CREATE TABLE rows (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL);",
    )
    .expect("a table");
    let (send, asked) = mpsc::channel::<mpsc::Sender<()>>();
    let total = clients * CHECK_INS_PER_CLIENT;
    let begun = Instant::now();
    let writers: Vec<_> = (0..clients)
        .map(|_| {
            let send = send.clone();
            std::thread::spawn(move || {
                let (done, stored) = mpsc::channel();
                for _ in 0..CHECK_INS_PER_CLIENT {
                    send.send(done.clone()).expect("a committer");
                    stored.recv().expect("a commit");
                }
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
    for writer in writers {
        writer.join().expect("a writer");
    }
    total as f64 / begun.elapsed().as_secs_f64()
}
