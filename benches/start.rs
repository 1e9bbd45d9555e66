//! The floor's start and memory with a long past: `cargo bench --bench start` (in small:
//! `cargo test --bench start`).
//!
//! Stated limits: with a million past events it answers within a second of its start; a hundred
//! thousand further check-ins add at most 5 MiB, a thousand a day as well as all on one day, where
//! each party goes again. Whoever waits is held in memory; what that costs is printed beside it.
//! Printed, never asserted.

#[allow(dead_code, reason = "each benchmark uses its part")]
mod common;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};
use yingbin::client::{ClientError, FloorClient};
use yingbin::core::id::VisitId;
use yingbin::core::time::Millis;
use yingbin::floor::{Clock, FloorSettings};
use yingbin::http::ready::Readiness;
use yingbin::http::serve::Transport;
use yingbin::protocol::check_in::CheckInRequest;
use yingbin::protocol::visit::ActionRequest;

use common::{House, ms, office, past, percentile, resident_mib, size, timed};

/// Check-ins on each day of the long run.
const A_DAY: usize = 1000;
/// Between two guests where all come on one day: the hundred thousand come in seven hours.
const BETWEEN_MS: i64 = 250;
const DAY_MS: i64 = 24 * 3_600_000;
/// The made-up office lies in Shanghai.
const EAST_MS: i64 = 8 * 3_600_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let [_, role, data, kiosk, desk, ..] = &arguments[..] {
        match role.as_str() {
            "days" => return runtime.block_on(by_hand(data.as_ref(), kiosk, desk, days)),
            "day" => return runtime.block_on(by_hand(data.as_ref(), kiosk, desk, day)),
            _ => {}
        }
    }
    let house = runtime.block_on(House::set_up(4));
    house.copy("empty", "past");
    house.copy("empty", "days");
    house.copy("empty", "day");
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
    let waiting = size(10_000, 100);
    let run = check_ins(&house, &url, "waiting", waiting);
    let (took, ()) = runtime.block_on(timed(run));
    let grown = resident_mib(floor.id()) - before;
    println!(
        "{waiting} who all wait: {grown:.1} MiB more, {:.0} s",
        took.as_secs_f64()
    );
    drop(floor);

    // Each in a process of its own, whose clock is moved by hand.
    for run in ["day", "days"] {
        let ended = std::process::Command::new(std::env::current_exe().expect("this program"))
            .arg(run)
            .arg(house.data(run))
            .args([&house.kiosks[0], &house.desk])
            .args(arguments.iter().filter(|a| *a == "--bench"))
            .status();
        assert!(ended.expect("the long run").success());
    }
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

async fn check_in(kiosk: &FloorClient, key: &str, body: &CheckInRequest) -> VisitId {
    patiently(|| kiosk.check_in(key, body)).await.visit_id
}

/// Waits where the floor's limit says so.
async fn patiently<T, F>(ask: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, ClientError>>,
{
    loop {
        match ask().await {
            Ok(done) => return done,
            Err(error) => assert!(error.is_temporary(), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A kiosk and a desk at a floor whose clock is moved by hand.
struct Hand {
    kiosk: FloorClient,
    desk: FloorClient,
    body: CheckInRequest,
    clock: watch::Sender<Millis>,
}

/// A floor in this process; it begins at eight on a day to come.
async fn by_hand<F: Future<Output = ()>>(
    data: &std::path::Path,
    kiosk: &str,
    desk: &str,
    run: impl FnOnce(Hand) -> F,
) {
    let now = yingbin::wall_clock::now().0 + EAST_MS;
    let morning = now - now % DAY_MS + 2 * DAY_MS + 8 * 3_600_000 - EAST_MS;
    let (hand, clock) = watch::channel(Millis(morning));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let settings = FloorSettings {
        warn_free: 0,
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
    run(Hand {
        desk: FloorClient::new(&url, desk, None).expect("a client"),
        kiosk,
        body: office::anonymous(&site),
        clock: hand,
    })
    .await;
    stop.send(()).expect("a floor");
    running.await.expect("its end").expect("an orderly end");
}

/// A hundred thousand guests on one day, a few at any time: each comes and goes again.
async fn day(hand: Hand) {
    let leave = serde_json::json!({"action": "leave"});
    let leave: ActionRequest = serde_json::from_value(leave).expect("an action");
    let pass = |name: &'static str, guests: usize| {
        let (hand, leave) = (&hand, &leave);
        async move {
            for n in 0..guests {
                let visit = check_in(&hand.kiosk, &format!("{name}-{n}"), &hand.body).await;
                patiently(|| hand.desk.act(visit, leave)).await;
                hand.clock.send_modify(|now| now.0 += BETWEEN_MS);
            }
        }
    };
    pass("warm", size(10_000, 200)).await;
    let before = resident_mib(std::process::id());
    let guests = size(100_000, 1_000);
    let (took, ()) = timed(pass("further", guests)).await;
    let grown = resident_mib(std::process::id()) - before;
    println!(
        "{guests} check-ins on one single day, each gone again: {grown:.1} MiB more (limit <= 5), {:.0} s",
        took.as_secs_f64()
    );
}

/// Ten days to get warm, then a hundred.
async fn days(hand: Hand) {
    let pass = |days: usize, from: usize| {
        let hand = &hand;
        async move {
            for day in from..from + days {
                for n in 0..size(A_DAY, 20) {
                    check_in(&hand.kiosk, &format!("day-{day}-{n}"), &hand.body).await;
                }
                let next = |now: &mut Millis| *now = now.plus_minutes(24 * 60);
                hand.clock.send_modify(next);
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
}
