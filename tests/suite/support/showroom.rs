//! A real centre and a real floor in one process, set up by their own calls, on clocks of their own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use yingbin::client::FloorClient;
use yingbin::client::office::Office;
use yingbin::core::id::VisitId;
use yingbin::core::rota::AwayReason;
use yingbin::core::time::Millis;
use yingbin::core::visit::Action;
use yingbin::floor::{CentreLine, Clock, FloorError, FloorSettings, RECOGNISE_WITHIN};
use yingbin::http::ready::Readiness;
use yingbin::http::serve::Transport;
use yingbin::protocol::agent::{StatusChange, StatusRequest};
use yingbin::protocol::check_in::{CheckInAnswer, CheckInRequest};
use yingbin::protocol::site::SiteView;
use yingbin::protocol::visit::{ActionRequest, VisitView};

use super::central::{MORNING, Running, value};
use super::office::{Guest, PASSWORD, SetUp, USER, open_for_business, set_up, token, until};

const SITE: &str = "test-house";

pub struct Showroom {
    pub centre: Running,
    pub kiosk: FloorClient,
    pub desk: FloorClient,
    pub site: SiteView,
    pub admin: String,
    pub folder: tempfile::TempDir,
    clock: watch::Sender<Millis>,
    stop: oneshot::Sender<()>,
    floor: JoinHandle<Result<(), FloorError>>,
    visits: AtomicU32,
}

impl Showroom {
    /// Open for business, three consultants signed in in the order of the staff list.
    pub async fn open() -> Self {
        Self::open_with(RECOGNISE_WITHIN * 100).await
    }

    /// `recognise_within`: so long that a slow machine changes nothing, or zero for a floor that
    /// hears of returners only afterwards.
    pub async fn open_with(recognise_within: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let centre = Running::start(&folder.path().join("centre")).await;
        let url = format!("http://{}", centre.address);
        let link = centre.setup_link.clone().expect("a first start");
        let mut office = Office::new(&url, SITE);
        let set_up = set_up(&mut office, &link).await;
        let session = value(centre.sign_in(USER, PASSWORD).await).await;

        let (clock, hand) = watch::channel(Millis::parse_rfc3339(MORNING).unwrap());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let floor_url = format!("http://{}", listener.local_addr().unwrap());
        let settings = FloorSettings {
            data: folder.path().join("floor"),
            warn_free: 0,
            centre: Some(CentreLine {
                url,
                floor: set_up.floor.floor.clone(),
                token: set_up.floor.token.clone(),
                root_pem: None,
                recognise_within,
            }),
            public_url: floor_url.clone(),
            rules: None,
            printer: None,
            clock: Clock::Manual(hand),
            ready: Readiness::at_once(),
        };
        let (stop, stopped) = oneshot::channel();
        let floor = tokio::spawn(yingbin::floor::serve(
            settings,
            listener,
            Transport::default(),
            async {
                let _ = stopped.await;
            },
        ));
        let (kiosk, desk) = clients(&floor_url, &set_up).await;
        let site = until("the site", async || {
            let site = kiosk.site().await.ok()?;
            (!site.recipient.is_empty()).then_some(site)
        })
        .await;
        open_for_business(&desk).await;
        Self {
            centre,
            kiosk,
            desk,
            site,
            admin: session["token"].as_str().unwrap().to_owned(),
            folder,
            clock,
            stop,
            floor,
            visits: AtomicU32::new(0),
        }
    }

    /// Ends both; gives the folder of all files, which goes with `self.folder`.
    pub async fn close(self) -> (tempfile::TempDir, PathBuf) {
        let _ = self.stop.send(());
        self.floor.await.unwrap().unwrap();
        self.centre.stop().await;
        let floor = self.folder.path().join("floor");
        (self.folder, floor)
    }

    /// On both clocks.
    pub fn let_pass(&self, minutes: i64) {
        self.centre.pass_minutes(minutes);
        self.clock
            .send_modify(|now| *now = now.plus_minutes(minutes));
    }

    /// Sets something of the showroom at the centre.
    pub async fn put(&self, what: &str, body: Value) {
        let path = format!("/api/v1/sites/{SITE}/{what}");
        let answer = self.centre.send(Method::PUT, &path, &self.admin, &body);
        let answer = answer.await;
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
    }

    /// Another visit of the guest, who says it is the first or not.
    pub fn another_visit(&self, guest: &Guest, first_visit: bool) -> (String, CheckInRequest) {
        let n = self.visits.fetch_add(1, Ordering::Relaxed);
        let visit = Guest {
            key: format!("{}-{n}", guest.key),
            ..guest.clone()
        };
        let request = CheckInRequest {
            first_visit,
            ..visit.request(&self.site)
        };
        (visit.key, request)
    }

    pub async fn comes(&self, guest: &Guest, first_visit: bool) -> CheckInAnswer {
        let (key, request) = self.another_visit(guest, first_visit);
        self.kiosk.check_in(&key, &request).await.unwrap()
    }

    /// Served to the end by whoever has the visit, and known at the centre.
    pub async fn served(&self, visit: VisitId) {
        for action in [Action::Accept, Action::Start, Action::Finish] {
            self.act(visit, ActionRequest::plain(action)).await;
        }
        self.delivered().await;
    }

    pub async fn act(&self, visit: VisitId, action: ActionRequest) -> VisitView {
        self.desk.act(visit, &action).await.unwrap()
    }

    pub async fn status(&self, agent: &str, status: StatusChange, reason: Option<AwayReason>) {
        let request = StatusRequest { status, reason };
        self.desk.set_status(&agent.into(), &request).await.unwrap();
    }

    /// Waits until the centre has heard everything.
    pub async fn delivered(&self) {
        until("an empty outbox", async || {
            (self.desk.desk().await.ok()?.outbox.backlog == 0).then_some(())
        })
        .await;
    }

    /// The centre's record of a guest by their phone.
    pub async fn customer(&self, guest: &Guest) -> String {
        let search = serde_json::json!({"phone": guest.phone});
        let path = "/api/v1/customers/search";
        let found = self.centre.send(Method::POST, path, &self.admin, &search);
        let found = value(found.await).await;
        found["customers"][0]["id"].as_str().unwrap().to_owned()
    }
}

async fn clients(floor: &str, set_up: &SetUp) -> (FloorClient, FloorClient) {
    (
        FloorClient::new(floor, &token(floor, &set_up.kiosk).await, None).unwrap(),
        FloorClient::new(floor, &token(floor, &set_up.desk).await, None).unwrap(),
    )
}
