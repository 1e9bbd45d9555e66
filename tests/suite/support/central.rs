//! A central server as a real one is started: own folder, free port, set up by its own API.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use yingbin::central::{self, Central, CentralSettings, Clock};
use yingbin::core::time::Millis;
use yingbin::http::ready::Readiness;
use yingbin::http::serve::Transport;

pub const USER: &str = "admin";
pub const PASSWORD: &str = "showroom-2026";
pub const SITE: &str = "xihu";

/// 10:00 in Shanghai.
pub const MORNING: &str = "2026-11-23T02:00:00.000Z";

/// A running centre; [`Running::stop`] ends it in order.
pub struct Running {
    pub address: SocketAddr,
    pub central: Arc<Central>,
    pub setup_link: Option<String>,
    http: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    now: Arc<AtomicI64>,
}

impl Running {
    /// Starts over a folder, new or known.
    pub async fn start(data: &Path) -> Self {
        let now = Arc::new(AtomicI64::new(Millis::parse_rfc3339(MORNING).unwrap().0));
        let clock = Arc::clone(&now);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let office = central::open(CentralSettings {
            data: data.to_owned(),
            public_url: format!("http://{address}"),
            clock: Clock::from_fn(move || Millis(clock.load(Ordering::SeqCst))),
            ready: Readiness::at_once(),
        })
        .await
        .unwrap();
        let setup_link = office.setup_link().map(str::to_owned);
        let central = Arc::clone(office.central());
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            let shutdown = async move {
                let _ = stopped.await;
            };
            office
                .serve(listener, Transport::default(), shutdown)
                .await
                .unwrap();
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap();
        Self {
            address,
            central,
            setup_link,
            http,
            stop,
            served,
            now,
        }
    }

    pub async fn stop(self) {
        let _ = self.stop.send(());
        drop(self.http);
        self.served.await.unwrap();
    }

    pub fn pass_minutes(&self, minutes: i64) {
        self.now.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    pub fn code(&self) -> String {
        let link = self.setup_link.as_deref().expect("a first start");
        link.rsplit_once('/').unwrap().1.to_owned()
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, format!("http://{}{path}", self.address));
        if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        }
    }

    pub async fn get(&self, path: &str, token: &str) -> Response {
        self.request(Method::GET, path, token).send().await.unwrap()
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &impl Serialize,
    ) -> Response {
        let request = self.request(method, path, token).json(body);
        request.send().await.unwrap()
    }

    pub async fn sign_in(&self, user: &str, password: &str) -> Response {
        let body = json!({"user": user, "password": password});
        self.send(Method::POST, "/api/v1/sessions", "", &body).await
    }
}

/// A centre with administrator, site, notice, staff and one floor.
pub struct Office {
    pub running: Running,
    pub data: TempDir,
    pub admin: String,
    pub floor: String,
    pub floor_token: String,
    pub notice_hash: String,
    pub recipient: String,
}

impl Office {
    pub async fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        let running = Running::start(data.path()).await;
        let account = json!({"code": running.code(), "user": USER, "password": PASSWORD});
        let made = running
            .send(Method::POST, "/api/v1/setup", "", &account)
            .await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let session = value(running.sign_in(USER, PASSWORD).await).await;
        let admin = session["token"].as_str().unwrap().to_owned();

        let path = |rest: &str| format!("/api/v1/sites/{SITE}{rest}");
        let put = |rest: &'static str, body: Value| {
            let (running, admin) = (&running, &admin);
            async move {
                let answer = running.send(Method::PUT, &path(rest), admin, &body).await;
                assert!(answer.status().is_success(), "{rest}: {}", answer.status());
            }
        };
        put("", settings()).await;
        let notice = running
            .send(Method::POST, &path("/notices"), &admin, &notice("2026-1"))
            .await;
        assert_eq!(notice.status(), StatusCode::CREATED);
        let notice = value(notice).await;
        put("/staff", staff()).await;
        let floor = running
            .send(Method::POST, &path("/floors"), &admin, &json!({}))
            .await;
        assert_eq!(floor.status(), StatusCode::CREATED);
        let floor = value(floor).await;
        let recipient = running.central.keys.recipient();
        Self {
            floor: floor["floor"].as_str().unwrap().to_owned(),
            floor_token: floor["token"].as_str().unwrap().to_owned(),
            notice_hash: notice["hash"].as_str().unwrap().to_owned(),
            admin,
            running,
            data,
            recipient,
        }
    }

    /// The feed's items after a cursor, without waiting.
    pub async fn feed(&self, after: u64) -> Vec<Value> {
        let path = format!("/api/v1/floors/{}/feed?after={after}&wait=0", self.floor);
        let feed = value(self.running.get(&path, &self.floor_token).await).await;
        feed["items"].as_array().unwrap().clone()
    }

    pub async fn deliver(&self, batch: &impl Serialize) -> Response {
        let path = format!("/api/v1/floors/{}/events", self.floor);
        self.running
            .send(Method::POST, &path, &self.floor_token, batch)
            .await
    }

    pub async fn search(&self, body: Value) -> Value {
        let path = "/api/v1/customers/search";
        let answer = self.running.send(Method::POST, path, &self.admin, &body);
        value(answer.await).await
    }

    /// Codes in quarantine, latest first.
    pub async fn quarantine(&self) -> Vec<String> {
        central::ingest::quarantined(&self.running.central, SITE, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|q| q.code)
            .collect()
    }
}

pub async fn value(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// Status and code of a problem, which must be one.
pub async fn problem(response: Response) -> (u16, String) {
    let kind = response.headers()["content-type"].to_str().unwrap();
    assert_eq!(kind, "application/problem+json");
    let status = response.status().as_u16();
    let problem = value(response).await;
    assert_eq!(problem["status"], status);
    (status, problem["code"].as_str().unwrap().to_owned())
}

pub fn settings() -> Value {
    json!({
        "name": {"zh-CN": "西湖云庐", "en": "West Lake Residence"},
        "languages": ["zh-CN", "en"],
        "time_zone": "Asia/Shanghai",
        "visit_purposes": [
            {"id": "view_homes", "line": "new", "text": {"zh-CN": "看房", "en": "View homes"}}
        ],
        "drinks": [{"id": "tea", "text": {"zh-CN": "茶", "en": "Tea"}}],
        "ticket_base_url": ""
    })
}

pub fn notice(version: &str) -> Value {
    json!({
        "version": version,
        "text": {"zh-CN": "个人信息处理告知\n- 处理者: 示例公司", "en": "Notice\n- Who: Example Ltd"},
        "purposes": [
            {"id": "reception", "text": {"zh-CN": "接待", "en": "Reception"}},
            {"id": "follow_up_call", "text": {"zh-CN": "电话回访", "en": "Calls"}}
        ]
    })
}

pub fn staff() -> Value {
    json!({"staff": [
        {"id": "chen-jing", "name": "陈静", "title": {"zh-CN": "置业顾问"}, "place": "3"}
    ]})
}
