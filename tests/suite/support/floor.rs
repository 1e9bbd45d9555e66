//! A real floor on port 0 with a centre that hands down a made-up showroom.

use std::path::Path;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use yingbin::core::site::Site;
use yingbin::core::time::Millis;
use yingbin::crypto::token;
use yingbin::floor::{CentreLine, Clock, FloorError, FloorSettings};
use yingbin::http::ready::Readiness;
use yingbin::http::serve::Transport;
use yingbin::protocol::check_in::{CheckInAnswer, CheckInRequest};
use yingbin::protocol::desk::DeskView;

use super::centre::{self, FakeCentre};
use super::site::{AGENTS, site};

pub const KIOSK: &str = "kiosk-token";
pub const OTHER_KIOSK: &str = "other-kiosk-token";
pub const DISPLAY: &str = "display-token";
pub const DESK: &str = "desk-token";
pub const OTHER_DISPLAY: &str = "other-display-token";
pub const OTHER_DESK: &str = "other-desk-token";

/// A Monday morning in Shanghai.
pub const MORNING: &str = "2026-11-23T01:00:00Z";

pub struct TestFloor {
    pub url: String,
    pub centre: FakeCentre,
    pub clock: watch::Sender<Millis>,
    pub data: tempfile::TempDir,
    http: reqwest::Client,
    running: Option<Running>,
}

struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), FloorError>>,
}

impl TestFloor {
    /// A floor that has heard of its site and devices; nobody is on duty.
    pub async fn start() -> Self {
        Self::start_at(site(), MORNING).await
    }

    /// Somewhere, at some time (RFC 3339).
    pub async fn start_at(site: Site, time: &str) -> Self {
        let centre = FakeCentre::start().await;
        let (clock, _) = watch::channel(Millis::parse_rfc3339(time).unwrap());
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut floor = Self {
            url: String::new(),
            centre,
            clock,
            data: tempfile::tempdir().unwrap(),
            http: reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .build()
                .unwrap(),
            running: None,
        };
        floor.begin();
        floor
            .centre
            .hand_down(json!({"kind": "site", "site": site}));
        let devices = floor.centre.hand_down(devices());
        floor.centre.heard(devices).await;
        floor
    }

    /// With everybody on duty.
    pub async fn open() -> Self {
        let floor = Self::start().await;
        for agent in AGENTS {
            floor.status(agent, json!({"status": "ready"})).await;
        }
        floor
    }

    pub fn settings(&self, data: &Path) -> FloorSettings {
        FloorSettings {
            data: data.to_owned(),
            warn_free: 0,
            centre: Some(CentreLine {
                url: self.centre.url.clone(),
                floor: "f1".into(),
                token: centre::TOKEN.into(),
                root_pem: None,
                recognise_within: yingbin::floor::RECOGNISE_WITHIN,
            }),
            public_url: "http://floor.example".into(),
            rules: None,
            printer: None,
            clock: Clock::Manual(self.clock.subscribe()),
            ready: Readiness::at_once(),
        }
    }

    /// Starts it on its data folder.
    pub fn begin(&mut self) {
        let settings = self.settings(self.data.path());
        self.begin_with(settings);
    }

    /// Starts it again where it was before, as its clients know it.
    pub fn begin_at(&mut self, url: &str) {
        let address = url.strip_prefix("http://").unwrap();
        let listener = std::net::TcpListener::bind(address).unwrap();
        let settings = self.settings(self.data.path());
        self.begin_on(listener, settings, Transport::default());
    }

    pub fn begin_with(&mut self, settings: FloorSettings) {
        self.begin_over(settings, Transport::default());
    }

    /// Over TLS, with a certificate the floor made for itself.
    pub fn begin_encrypted(&mut self) {
        let tls = yingbin::floor::own_certificate(self.data.path()).unwrap();
        let transport = Transport {
            tls: Some(tls),
            insecure: false,
        };
        self.begin_over(self.settings(self.data.path()), transport);
        self.url = self.url.replace("http:", "https:");
    }

    fn begin_over(&mut self, settings: FloorSettings, transport: Transport) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        self.begin_on(listener, settings, transport);
    }

    fn begin_on(
        &mut self,
        listener: std::net::TcpListener,
        settings: FloorSettings,
        transport: Transport,
    ) {
        self.url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(yingbin::floor::serve(
            settings,
            listener,
            transport,
            async {
                let _ = stopped.await;
            },
        ));
        self.running = Some(Running { stop, task });
    }

    /// An orderly end.
    pub async fn stop(&mut self) {
        let running = self.running.take().expect("it runs");
        let _ = running.stop.send(());
        running.task.await.unwrap().unwrap();
    }

    pub fn let_pass(&self, seconds: i64) {
        self.clock
            .send_modify(|now| *now = now.plus_seconds(seconds));
    }

    pub fn call(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        }
    }

    pub async fn get(&self, token: &str, path: &str) -> (StatusCode, Value) {
        read(self.call(token, Method::GET, path)).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> (StatusCode, Value) {
        read(self.call(token, Method::POST, path).json(&body)).await
    }

    pub async fn try_check_in(
        &self,
        token: &str,
        key: &str,
        body: &CheckInRequest,
    ) -> (StatusCode, Value) {
        let request = self.call(token, Method::POST, "/api/v1/check-ins");
        read(request.header("Idempotency-Key", key).json(body)).await
    }

    pub async fn check_in(&self, key: &str, body: &CheckInRequest) -> CheckInAnswer {
        let (status, answer) = self.try_check_in(KIOSK, key, body).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        serde_json::from_value(answer).unwrap()
    }

    pub async fn act(&self, visit: &str, body: Value) -> (StatusCode, Value) {
        let path = format!("/api/v1/visits/{visit}/actions");
        self.post(DESK, &path, body).await
    }

    /// An action that must succeed.
    pub async fn step(&self, visit: &str, action: &str) -> Value {
        let (status, view) = self.act(visit, json!({"action": action})).await;
        assert_eq!(status, StatusCode::OK, "{action}: {view}");
        view
    }

    pub async fn status(&self, agent: &str, body: Value) -> Value {
        let path = format!("/api/v1/agents/{agent}/status");
        let (status, view) = self.post(DESK, &path, body).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    pub async fn desk(&self) -> DeskView {
        serde_json::from_value(self.get(DESK, "/api/v1/desk").await.1).unwrap()
    }

    /// The data of a stream's events named `name`.
    pub async fn stream(
        &self,
        token: &str,
        path: &str,
        name: &'static str,
    ) -> impl futures_util::Stream<Item = Value> + Unpin + use<> {
        let response = self.call(token, Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Box::pin(response.bytes_stream().eventsource().map(move |event| {
            let event = event.unwrap();
            assert_eq!(event.event, name);
            serde_json::from_str(&event.data).unwrap()
        }))
    }

    /// Waits until the centre has everything.
    pub async fn until_delivered(&self) {
        self.desk_until(|desk| desk.outbox.backlog == 0).await;
    }

    /// Waits until the desk's picture is as told.
    pub async fn desk_until(&self, is: impl Fn(&DeskView) -> bool) -> DeskView {
        let mut desks = self.stream(DESK, "/api/v1/desk/stream", "desk").await;
        while let Some(desk) = desks.next().await {
            let desk: DeskView = serde_json::from_value(desk).unwrap();
            if is(&desk) {
                return desk;
            }
        }
        panic!("the stream ended");
    }
}

async fn read(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub fn devices() -> Value {
    let devices: Vec<Value> = [
        ("kiosk-1", "kiosk", KIOSK, json!(1)),
        ("kiosk-2", "kiosk", OTHER_KIOSK, json!(2)),
        ("display-1", "display", DISPLAY, json!(null)),
        ("display-2", "display", OTHER_DISPLAY, json!(null)),
        ("desk-1", "desk", DESK, json!(null)),
        ("desk-2", "desk", OTHER_DESK, json!(null)),
    ]
    .iter()
    .map(|(id, role, secret, number)| {
        json!({"id": id, "role": role, "token_hash": token::hash(secret), "number": number})
    })
    .collect();
    json!({"kind": "devices", "devices": devices})
}
