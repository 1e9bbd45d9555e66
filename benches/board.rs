//! A change on the board, from the press of a button to the last of a thousand displays, beside the
//! barest stream axum gives: `cargo bench --bench board` (in small: `cargo test --bench board`).
//!
//! Stated limit: the p99 at most twice the bare one's. Printed, never asserted.

#[allow(dead_code, reason = "each benchmark uses its part")]
mod common;

use std::convert::Infallible;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt, stream};
use reqwest::Method;
use tokio::sync::{mpsc, watch};
use yingbin::protocol::visit::ActionRequest;

use common::{House, ms, office, percentile, size};

/// Between two changes: longer than the floor's own pace, which is for eyes.
const PAUSE: Duration = Duration::from_millis(150);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match arguments.get(1).map(String::as_str) {
        Some("bare") => runtime.block_on(bare()),
        Some("measure") => runtime.block_on(measure()),
        // A thousand listeners are more open files than most shells allow.
        _ => {
            let this = std::env::current_exe().expect("this program");
            let measured = Command::new("sh")
                .args(["-c", "ulimit -n 8192 2>/dev/null; exec \"$0\" \"$@\""])
                .arg(this)
                .arg("measure")
                .args(arguments.iter().filter(|a| *a == "--bench"))
                .status();
            assert!(measured.expect("sh").success());
        }
    }
}

async fn measure() {
    let (listeners, rounds) = (size(1000, 20), size(100, 5));
    let house = House::set_up(1).await;
    let (floor, url) = house.floor("empty");
    let desk = house.client(&url, &house.desk);
    office::open_for_business(&desk).await;
    let kiosk = house.client(&url, &house.kiosks[0]);
    let site = kiosk.site().await.expect("the site");
    let called = kiosk.check_in("bench", &office::anonymous(&site)).await;
    let visit = called.expect("checked in").visit_id;
    let call = serde_json::json!({"action": "call"});
    let call: ActionRequest = serde_json::from_value(call).expect("an action");

    let this = std::env::current_exe().expect("this program");
    let bare = common::processes::Program::run(
        {
            let mut command = Command::new(this);
            command.arg("bare");
            command
        },
        &[],
    );
    let bare_url = bare.says("bare:");
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");

    let mut times = Vec::new();
    for (url, path, token) in [
        (&bare_url, "/stream", ""),
        (&url, "/api/v1/board/stream", house.display.as_str()),
    ] {
        let mut heard = listen(&http, &format!("{url}{path}"), token, listeners).await;
        let mut round_times = Vec::new();
        for _ in 0..rounds {
            tokio::time::sleep(PAUSE).await;
            let begun = Instant::now();
            if token.is_empty() {
                let poke = http.request(Method::POST, format!("{url}/poke"));
                poke.send().await.expect("poked");
            } else {
                // Called once more: announced once more.
                desk.act(visit, &call).await.expect("called");
            }
            for _ in 0..listeners {
                heard.recv().await.expect("a listener");
            }
            round_times.push(begun.elapsed());
        }
        times.push(round_times);
    }
    let [bare_times, floor_times] = &mut times[..] else {
        unreachable!("two were measured");
    };
    println!("{listeners} listeners, {rounds} changes, to the last of them");
    println!("                p50        p99");
    for (name, times) in [
        ("bare axum", &mut *bare_times),
        ("floor", &mut *floor_times),
    ] {
        let (p50, p99) = (percentile(times, 0.5), percentile(times, 0.99));
        println!("{name:<10} {:>6.1} ms  {:>6.1} ms", ms(p50), ms(p99));
    }
    let ratio =
        percentile(floor_times, 0.99).as_secs_f64() / percentile(bare_times, 0.99).as_secs_f64();
    println!("ratio of the p99: {ratio:.2} (limit <= 2)");
    drop((floor, bare));
}

/// Opens the streams; each tells of every event behind its first.
async fn listen(
    http: &reqwest::Client,
    url: &str,
    token: &str,
    listeners: usize,
) -> mpsc::UnboundedReceiver<()> {
    let (tell, heard) = mpsc::unbounded_channel();
    let (ready, mut all_ready) = mpsc::unbounded_channel();
    for _ in 0..listeners {
        let request = http.get(url).bearer_auth(token);
        let (tell, ready) = (tell.clone(), ready.clone());
        tokio::spawn(async move {
            let response = request.send().await.expect("a stream");
            assert!(response.status().is_success(), "{}", response.status());
            let mut events = response.bytes_stream().eventsource();
            events.next().await.expect("a first event").expect("whole");
            ready.send(()).expect("counted");
            while let Some(Ok(_)) = events.next().await {
                if tell.send(()).is_err() {
                    return;
                }
            }
        });
    }
    for _ in 0..listeners {
        all_ready.recv().await.expect("a listener");
    }
    heard
}

/// Axum alone: one picture of a board's size to all who listen.
async fn bare() {
    let (changes, _) = watch::channel(0_u64);
    let router = Router::new()
        .route("/stream", get(bare_stream))
        .route("/poke", post(poke))
        .with_state(Arc::new(changes));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    println!(
        "bare: http://{}",
        listener.local_addr().expect("an address")
    );
    axum::serve(listener, router).await.expect("served");
}

type Changes = State<Arc<watch::Sender<u64>>>;

async fn poke(State(changes): Changes) {
    changes.send_modify(|n| *n += 1);
}

async fn bare_stream(
    State(changes): Changes,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let picture: Arc<str> = "x".repeat(400).into();
    let mut changes = changes.subscribe();
    changes.mark_changed();
    Sse::new(stream::unfold(
        (changes, picture),
        |(mut changes, picture)| async {
            changes.changed().await.ok()?;
            let event = Event::default().event("board").data(&*picture);
            Some((Ok(event), (changes, picture)))
        },
    ))
}
