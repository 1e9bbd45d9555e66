//! The floor's start and memory with a long past: `cargo bench --bench start` (in small:
//! `cargo test --bench start`).
//!
//! Stated limits: with a million past events it answers within a second of its start; a hundred
//! thousand further check-ins, a thousand a day, add at most 5 MiB. Printed, never asserted.

#[allow(dead_code, reason = "each benchmark uses its part")]
mod common;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};
use yingbin::client::FloorClient;
use yingbin::core::time::Millis;
use yingbin::floor::{Clock, FloorSettings};
use yingbin::http::ready::Readiness;
use yingbin::http::serve::Transport;

use common::{House, ms, office, past, percentile, resident_mib, size, timed};

/// Check-ins on each day of the long run.
const A_DAY: usize = 1000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let [_, role, data, kiosk, ..] = &arguments[..]
        && role == "days"
    {
        return runtime.block_on(days(data.as_ref(), kiosk));
    }
    let house = runtime.block_on(House::set_up(4));
    house.copy("empty", "past");
    house.copy("empty", "days");
    let events = past::write(&house.data("past"), size(1_000_000, 20_000) as u64);

    println!("               start (median of 5)   memory idle");
    let (empty_start, empty_mib) = start(&runtime, &house, "empty");
    let (past_start, past_mib) = start(&runtime, &house, "past");
    println!(
        "empty         {:>12.0} ms   {empty_mib:>14.1} MiB",
        ms(empty_start)
    );
    println!(
        "{events:>8} past {:>12.0} ms   {past_mib:>14.1} MiB   (limit: start <= 1000 ms)",
        ms(past_start)
    );

    let (floor, url) = house.floor("past");
    // Warm first: connections, caches and the allocator take their share once.
    runtime.block_on(check_ins(&house, &url, "warm", size(5_000, 100)));
    let before = resident_mib(floor.id());
    let further = size(100_000, 1_000);
    let (took, ()) = runtime.block_on(timed(check_ins(&house, &url, "further", further)));
    let grown = resident_mib(floor.id()) - before;
    println!(
        "{further} check-ins on one single day: {grown:.1} MiB more, {:.0} s",
        took.as_secs_f64()
    );
    drop(floor);

    // In a process of its own, whose clock is moved by hand.
    let days = std::process::Command::new(std::env::current_exe().expect("this program"))
        .arg("days")
        .arg(house.data("days"))
        .arg(&house.kiosks[0])
        .args(arguments.iter().filter(|a| *a == "--bench"))
        .status();
    assert!(days.expect("the long run").success());
}

/// Median time from the start of the process to its first answer, and its memory then.
fn start(runtime: &tokio::runtime::Runtime, house: &House, name: &str) -> (Duration, f64) {
    let mut times = Vec::new();
    let mut mib = 0.0;
    for _ in 0..5 {
        let begun = Instant::now();
        let (floor, url) = house.floor(name);
        let kiosk = house.client(&url, &house.kiosks[0]);
        runtime.block_on(async { kiosk.site().await.expect("an answer") });
        times.push(begun.elapsed());
        mib = resident_mib(floor.id());
        // Like a power cut: the next start has the same to read.
        floor.kill();
    }
    (percentile(&mut times, 0.5), mib)
}

async fn check_ins(house: &House, url: &str, name: &'static str, how_many: usize) {
    let clients = house.kiosks.len();
    let tasks: Vec<_> = house
        .kiosks
        .iter()
        .enumerate()
        .map(|(c, token)| {
            let kiosk = house.client(url, token);
            tokio::spawn(async move {
                let site = kiosk.site().await.expect("the site");
                for n in (c..how_many).step_by(clients) {
                    let body = office::anonymous(&site);
                    check_in(&kiosk, &format!("{name}-{n}"), &body).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a client");
    }
}

/// Waits where the floor's limit says so.
async fn check_in(
    kiosk: &FloorClient,
    key: &str,
    body: &yingbin::protocol::check_in::CheckInRequest,
) {
    while let Err(error) = kiosk.check_in(key, body).await {
        assert!(error.is_temporary(), "{error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A floor in this process: ten days to get warm, then a hundred.
async fn days(data: &std::path::Path, kiosk: &str) {
    let (hand, clock) = watch::channel(yingbin::wall_clock::now().plus_minutes(24 * 60));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let settings = FloorSettings {
        data: data.to_owned(),
        centre: None,
        public_url: url.clone(),
        rules: None,
        printer: None,
        clock: Clock::Manual(clock),
        ready: Readiness::at_once(),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let transport = Transport::default();
    let running = tokio::spawn(yingbin::floor::serve(
        settings,
        listener,
        transport,
        async {
            let _ = stopped.await;
        },
    ));
    let kiosk = FloorClient::new(&url, kiosk, None).expect("a client");
    let site = kiosk.site().await.expect("the site");
    let body = office::anonymous(&site);
    let pass = |days: usize, from: usize| {
        let (kiosk, body, hand) = (&kiosk, &body, &hand);
        async move {
            for day in from..from + days {
                for n in 0..size(A_DAY, 20) {
                    check_in(kiosk, &format!("day-{day}-{n}"), body).await;
                }
                hand.send_modify(|now: &mut Millis| *now = now.plus_minutes(24 * 60));
            }
        }
    };
    let (warm, long) = (size(10, 2), size(100, 3));
    pass(warm, 0).await;
    let before = resident_mib(std::process::id());
    pass(long, warm).await;
    let grown = resident_mib(std::process::id()) - before;
    println!(
        "{} check-ins over {long} days: {grown:.1} MiB more than after the first {warm} days (limit <= 5)",
        long * size(A_DAY, 20)
    );
    stop.send(()).expect("a floor");
    running.await.expect("its end").expect("an orderly end");
}
