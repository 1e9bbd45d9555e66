//! A centre that keeps what it is sent and hands down what a test puts in. It can be cut off. A log
//! that is not the one it knows it stops, as the real one does, until the floor begins a new epoch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;
use yingbin::crypto::chain;
use yingbin::protocol::ingest::{Batch, Envelope, History, NewEpoch};
use yingbin::protocol::problem::Problem;

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
    /// The log's own events of each epoch.
    logs: BTreeMap<Uuid, Vec<Envelope>>,
    /// The present epoch, and the last event of the log with its hash.
    present: Option<(Uuid, u64, String)>,
}

impl Kept {
    /// Takes a batch in, or says what is wrong with it.
    fn take(&mut self, batch: Batch) -> Result<u64, &'static str> {
        let (epoch, mut seq, mut hash) = match &self.present {
            Some((known, ..)) if *known != batch.epoch => return Err("forked"),
            Some(present) => present.clone(),
            None => (batch.epoch, 0, chain::GENESIS.to_owned()),
        };
        let log = self.logs.entry(epoch).or_default();
        let mut new = Vec::new();
        for event in &batch.events {
            if event.seq > seq + 1 {
                return Err("gap");
            }
            if event.seq <= seq {
                let known = log.iter().find(|e| e.seq == event.seq);
                if !known.is_some_and(|e| e.id == event.id && e.prev == event.prev) {
                    return Err("forked");
                }
            } else if event.prev != hash {
                return Err("forked");
            } else {
                (seq, hash) = (event.seq, chain::hash(event));
                new.push(event.clone());
            }
        }
        log.append(&mut new);
        self.present = Some((epoch, seq, hash));
        self.batches.push(batch);
        Ok(seq)
    }

    /// Lets the log go on in another epoch, if it begins behind an event known here.
    fn begin(&mut self, new: &NewEpoch) -> bool {
        let log = self.logs.get(&new.behind);
        let known = match new.seq {
            0 => Some(chain::GENESIS.to_owned()),
            seq => log
                .and_then(|log| log.iter().find(|e| e.seq == seq))
                .map(chain::hash),
        };
        if known.as_ref() == Some(&new.hash) {
            self.present = Some((new.epoch, new.seq, new.hash.clone()));
        }
        known.as_ref() == Some(&new.hash)
    }
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
            .route("/api/v1/floors/f1/events", post(events).get(history))
            .route("/api/v1/floors/f1/epochs", post(begin_epoch))
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

    /// Items handed down so far.
    pub fn cursor(&self) -> u64 {
        self.shared.kept.lock().unwrap().items.len() as u64
    }

    /// Whoever polls next is another floor, or the same at an earlier time.
    pub fn forget_polls(&self) {
        self.shared.polled.send_replace(0);
    }

    /// The present epoch, if any was heard of, and its own events.
    pub fn log(&self) -> (Option<Uuid>, Vec<Envelope>) {
        let kept = self.shared.kept.lock().unwrap();
        let epoch = kept.present.as_ref().map(|p| p.0);
        let log = epoch.and_then(|e| kept.logs.get(&e)).cloned();
        (epoch, log.unwrap_or_default())
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
    match shared.kept.lock().unwrap().take(body.0) {
        Ok(last) => axum::Json(json!({ "accepted_through": last })).into_response(),
        Err(code) => conflict(code),
    }
}

fn conflict(code: &str) -> Response {
    let problem = Problem::new(409, code, "This log is not the one known here");
    (StatusCode::CONFLICT, axum::Json(problem)).into_response()
}

#[derive(serde::Deserialize)]
struct Behind {
    after: u64,
}

async fn history(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(Behind { after }): Query<Behind>,
) -> Response {
    if !allowed(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if !*shared.up.borrow() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let kept = shared.kept.lock().unwrap();
    let log = kept.present.as_ref().and_then(|p| kept.logs.get(&p.0));
    let behind = log.into_iter().flatten().filter(|e| e.seq > after);
    axum::Json(History {
        epoch: kept.present.as_ref().map(|p| p.0),
        last_seq: kept.present.as_ref().map_or(0, |p| p.1),
        // In several answers, as the real one does.
        events: behind.take(50).cloned().collect(),
    })
    .into_response()
}

async fn begin_epoch(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    new: axum::Json<NewEpoch>,
) -> Response {
    if !allowed(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if !*shared.up.borrow() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if shared.kept.lock().unwrap().begin(&new) {
        axum::Json(json!({ "accepted_through": new.seq })).into_response()
    } else {
        conflict("forked")
    }
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
