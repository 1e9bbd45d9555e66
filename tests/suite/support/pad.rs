//! Staff with PINs on a test's floor.

use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use yingbin::core::id::AgentId;
use yingbin::core::language::Text;
use yingbin::core::site::{Site, StaffMember, StaffRole};
use yingbin::crypto::pin;

use super::floor::TestFloor;
use super::site::site;

pub const MANAGER: &str = "fang-heng";
pub const RECEPTIONIST: &str = "pan-yun";
pub const PIN: &str = "204719";
pub const CODE: &str = "7K3M-9QWX";

/// The made-up showroom with a receptionist and a manager, who are not in the rota.
pub fn site_with_managers(recipient: &str) -> Site {
    let mut site = site();
    recipient.clone_into(&mut site.recipient);
    for (id, name, role) in [
        (RECEPTIONIST, "潘昀", StaffRole::Reception),
        (MANAGER, "方衡", StaffRole::Manager),
    ] {
        site.staff.push(StaffMember {
            newcomer: false,
            id: AgentId::new(id),
            name: name.into(),
            title: Text::zh_en("员工", "Staff"),
            place: String::new(),
            role,
        });
    }
    site
}

impl TestFloor {
    /// Everybody on duty; receptionist and manager on the staff.
    pub async fn open_with_managers(recipient: &str) -> Self {
        let floor = Self::open().await;
        let site = site_with_managers(recipient);
        let heard = floor
            .centre
            .hand_down(json!({"kind": "site", "site": site}));
        floor.centre.heard(heard).await;
        floor
    }

    /// Hands down a one-time code for each.
    pub async fn hand_down_codes(&self, staff: &[&str]) {
        let hash = pin::hash_code(CODE);
        let expires = self.clock.borrow().plus_minutes(pin::CODE_HOURS * 60);
        let codes: Vec<Value> = staff
            .iter()
            .map(|id| json!({"staff": id, "id": Uuid::now_v7(), "hash": hash, "expires": expires}))
            .collect();
        let item = json!({"kind": "pin_codes", "codes": codes});
        let heard = self.centre.hand_down(item);
        self.centre.heard(heard).await;
    }

    /// PINs set as people set them.
    pub async fn set_pins(&self, staff: &[&str]) {
        self.hand_down_codes(staff).await;
        for id in staff {
            let body = json!({"staff": id, "code": CODE, "pin": PIN});
            let (status, answer) = self.post("", "/api/v1/staff/pins", body).await;
            assert_eq!(status, StatusCode::NO_CONTENT, "{answer}");
        }
    }

    pub async fn sign_in(&self, staff: &str, pin: &str) -> (StatusCode, Value) {
        let body = json!({"staff": staff, "pin": pin});
        self.post("", "/api/v1/staff/sessions", body).await
    }

    /// The token of a session without a pad.
    pub async fn token_of(&self, staff: &str) -> String {
        let (status, answer) = self.sign_in(staff, PIN).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    /// A pad as far as it speaks HTTP.
    pub async fn pad(&self, staff: &str) -> Pad<'_> {
        let body = json!({"staff": staff, "pin": PIN, "pad": true});
        let request = self.call("", Method::POST, "/api/v1/staff/sessions");
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        assert!(body["token"].is_null(), "no script sees the token");
        Pad {
            floor: self,
            set_cookie: cookie.clone(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }
}

pub struct Pad<'a> {
    floor: &'a TestFloor,
    /// The header as it came.
    pub set_cookie: String,
    pub cookie: String,
}

impl Pad<'_> {
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.floor
            .call("", method, path)
            .header("Cookie", &self.cookie)
            .header("X-Yingbin-Pad", "1")
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn view(&self) -> Value {
        let (status, view) = self.get("/api/v1/pad").await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    pub async fn tap_as(&self, key: &str, tap: Value) -> (StatusCode, Value) {
        let request = self
            .request(Method::POST, "/api/v1/pad/taps")
            .header("Idempotency-Key", key)
            .json(&json!({"tap": tap}));
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// A tap that must be done.
    pub async fn tap(&self, tap: Value) {
        let key = Uuid::now_v7().to_string();
        let (status, answer) = self.tap_as(&key, tap.clone()).await;
        assert_eq!(status, StatusCode::OK, "{tap}: {answer}");
    }

    /// The pad's stream of server-sent events.
    pub async fn stream(&self) -> impl Stream<Item = eventsource_stream::Event> + Unpin + use<> {
        let request = self.request(Method::GET, "/api/v1/pad/stream?lang=en");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        Box::pin(answer.bytes_stream().eventsource().map(Result::unwrap))
    }

    /// Answers what the stream brought, as the page does.
    pub async fn answers(&self, seen: &str) -> StatusCode {
        let request = self.request(Method::POST, "/api/v1/pad/beats");
        let answer = request.json(&json!({"seen": seen})).send().await.unwrap();
        answer.status()
    }
}
