//! A centre that keeps what it is sent and hands down what a test puts in. It can be cut off.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;
use yingbin::crypto::chain;
use yingbin::protocol::ingest::Batch;

pub const TOKEN: &str = "floor-credential";

pub struct FakeCentre {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    kept: Mutex<Kept>,
    news: watch::Sender<u64>,
    polled: watch::Sender<u64>,
    refused: watch::Sender<u64>,
    up: watch::Sender<bool>,
    recognition: Mutex<Recognition>,
}

/// What is answered to a floor that shows a profile, and how often it did.
#[derive(Default)]
struct Recognition {
    /// `None`: never anything.
    answer: Option<(StatusCode, Value)>,
    asked: u32,
}

#[derive(Default)]
struct Kept {
    items: Vec<Value>,
    batches: Vec<Batch>,
}

impl FakeCentre {
    pub async fn start() -> Self {
        let shared = Arc::new(Shared {
            kept: Mutex::default(),
            news: watch::channel(0).0,
            polled: watch::channel(0).0,
            refused: watch::channel(0).0,
            up: watch::channel(true).0,
            recognition: Mutex::default(),
        });
        let router = Router::new()
            .route("/api/v1/floors/f1/events", post(events))
            .route("/api/v1/floors/f1/feed", get(feed))
            .route("/api/v1/floors/f1/recognitions", post(recognise))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// Hands down an item of the feed; gives its cursor.
    pub fn hand_down(&self, mut item: Value) -> u64 {
        let mut kept = self.shared.kept.lock().unwrap();
        let cursor = kept.items.len() as u64 + 1;
        item["cursor"] = json!(cursor);
        kept.items.push(item);
        self.shared.news.send_replace(cursor);
        cursor
    }

    /// Waits until the floor has stored everything up to `cursor`: only then it asks for more.
    pub async fn heard(&self, cursor: u64) {
        let mut polled = self.shared.polled.subscribe();
        polled.wait_for(|after| *after >= cursor).await.unwrap();
    }

    /// Cut off, every call is answered 503.
    pub fn cut_off(&self, cut: bool) {
        self.shared.up.send_replace(!cut);
    }

    /// Waits until a delivery was turned away since the last call.
    pub async fn turned_away(&self) {
        let mut refused = self.shared.refused.subscribe();
        refused.mark_unchanged();
        refused.changed().await.unwrap();
    }

    /// What floors that show a profile are answered from now on; `None`: nothing, ever.
    pub fn recognises(&self, answer: Option<(StatusCode, Value)>) {
        self.shared.recognition.lock().unwrap().answer = answer;
    }

    /// How often a profile was shown.
    pub fn asked(&self) -> u32 {
        self.shared.recognition.lock().unwrap().asked
    }

    /// Everything delivered, repetitions left out; checks that order and chain hold.
    pub fn events(&self) -> Vec<Value> {
        let kept = self.shared.kept.lock().unwrap();
        let mut events: Vec<Value> = Vec::new();
        let mut hash = chain::GENESIS.to_owned();
        for event in kept.batches.iter().flat_map(|b| &b.events) {
            if event.seq <= events.len() as u64 {
                continue;
            }
            assert_eq!(event.seq, events.len() as u64 + 1, "a gap");
            assert_eq!(event.prev, hash, "a broken chain");
            hash = chain::hash(event);
            events.push(serde_json::to_value(event).unwrap());
        }
        events
    }

    /// The sealed profiles delivered, base64 by hash.
    pub fn profiles(&self) -> std::collections::BTreeMap<String, String> {
        let kept = self.shared.kept.lock().unwrap();
        let all = kept.batches.iter().flat_map(|b| b.profiles.clone());
        all.collect()
    }
}

fn allowed(headers: &HeaderMap) -> bool {
    headers["authorization"] == format!("Bearer {TOKEN}")
}

async fn events(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: axum::Json<Batch>,
) -> Response {
    if !allowed(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if !*shared.up.borrow() {
        shared.refused.send_modify(|n| *n += 1);
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let last = body.events.last().map_or(0, |e| e.seq);
    shared.kept.lock().unwrap().batches.push(body.0);
    axum::Json(json!({ "accepted_through": last })).into_response()
}

async fn recognise(State(shared): State<Arc<Shared>>) -> Response {
    let answer = {
        let mut recognition = shared.recognition.lock().unwrap();
        recognition.asked += 1;
        recognition.answer.clone()
    };
    match answer {
        Some((status, body)) => (status, axum::Json(body)).into_response(),
        None => std::future::pending().await,
    }
}

#[derive(serde::Deserialize)]
struct After {
    after: u64,
    wait: Option<u64>,
}

async fn feed(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(After { after, wait }): Query<After>,
) -> Response {
    if !allowed(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    shared.polled.send_replace(after);
    if wait != Some(0) {
        let mut news = shared.news.subscribe();
        news.wait_for(|cursor| *cursor > after).await.unwrap();
    }
    let kept = shared.kept.lock().unwrap();
    let items = &kept.items[after as usize..];
    axum::Json(json!({ "items": items })).into_response()
}
