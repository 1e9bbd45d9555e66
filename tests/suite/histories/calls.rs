//! The calls by which the commands of the histories reach a real floor, and what it says to them.

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use yingbin::core::floor::{Attendance, Command, Deed, Step};
use yingbin::core::id::VisitId;
use yingbin::core::visit::{CheckIn, Issued};
use yingbin::crypto::token;
use yingbin::protocol::booking::RegistrationEntry;
use yingbin::protocol::check_in::{Channel, CheckInRequest, Issued as WireIssued};

use crate::support::floor::{DESK, KIOSK, OTHER_KIOSK, TestFloor};
use crate::support::histories;
use crate::support::pad::{MANAGER, PIN};
use crate::support::site::party;

/// Fine, with the visit or appointment that was made, or the code of the refusal.
pub type Answer = Result<Option<String>, String>;

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |v: &Value| v.as_str().map(str::to_owned);
    if status.is_success() {
        Ok(text(&body["visit_id"]).or_else(|| text(&body["id"])))
    } else {
        Err(text(&body["code"]).unwrap_or_default())
    }
}

/// What a floor's clients keep.
#[derive(Default)]
pub struct Clients {
    keys: u32,
    /// A kiosk's check-ins, by visit: so it can say that it never heard the answer.
    asked: BTreeMap<VisitId, (String, CheckInRequest)>,
    /// Sessions, by person.
    sessions: BTreeMap<String, String>,
    last: Option<(String, CheckInRequest)>,
}

impl Clients {
    /// Signs in whoever must have a session; `false`: the floor lets them not.
    pub async fn ready_for(&mut self, floor: &TestFloor, command: &Command) -> bool {
        let who = match command {
            Command::Manager { .. } => MANAGER,
            Command::Own { agent, .. } => agent.as_str(),
            Command::Renumber { visit, .. } => return self.asked.contains_key(visit),
            _ => return true,
        };
        if let Some(session) = self.sessions.get(who) {
            let (status, _) = floor.get(session, "/api/v1/pad").await;
            if status == StatusCode::OK {
                return true;
            }
        }
        let (status, answer) = floor.sign_in(who, PIN).await;
        let session = answer["token"].as_str().map(str::to_owned);
        match session.filter(|_| status == StatusCode::CREATED) {
            Some(session) => {
                self.sessions.insert(who.to_owned(), session);
                true
            }
            None => false,
        }
    }

    /// The call for a command; for what has none, one that is refused and changes nothing but what
    /// is due.
    pub fn request(&mut self, floor: &TestFloor, command: &Command) -> RequestBuilder {
        let post = |path: String, body: Value| floor.call(DESK, Method::POST, &path).json(&body);
        match command {
            Command::CheckIn(said) => {
                self.keys += 1;
                let (key, body) = (format!("key-{}", self.keys), body(said));
                if said.device.as_str() == "kiosk-1" {
                    self.last = Some((key.clone(), body.clone()));
                }
                check_in(floor, device_token(said), &key, &body)
            }
            Command::Renumber { visit, issued, .. } => {
                let (key, body) = &self.asked[visit];
                let body = CheckInRequest {
                    issued: Some(wire(issued)),
                    ..body.clone()
                };
                check_in(floor, KIOSK, key, &body)
            }
            Command::Visit { visit, step } => {
                post(format!("/api/v1/visits/{visit}/actions"), action(step))
            }
            Command::Agent { agent, to } => {
                let body = match to {
                    Attendance::Ready => json!({"status": "ready"}),
                    Attendance::Off => json!({"status": "off"}),
                    Attendance::StillServing => json!({"status": "serving"}),
                    Attendance::Away(reason) => json!({"status": "away", "reason": reason}),
                };
                post(format!("/api/v1/agents/{agent}/status"), body)
            }
            Command::AddAppointment { appointment } => {
                let time = appointment.time.rfc3339();
                let body = json!({"agent": appointment.agent, "time": time});
                post("/api/v1/appointments".into(), body)
            }
            Command::NotABuyer { kind } => post("/api/v1/not-buyers".into(), json!({"kind": kind})),
            Command::Chore { visit, chore } => {
                let path = format!("/api/v1/visits/{visit}/chores");
                post(path, json!({"chore": chore}))
            }
            Command::CloseDay { rest } => post("/api/v1/day/close".into(), json!({"rest": rest})),
            Command::Acknowledge { key } => {
                post("/api/v1/acknowledgements".into(), json!({"key": key}))
            }
            Command::ReopenDay => post("/api/v1/day/reopen".into(), json!({})),
            Command::HandGiven { visit, kind } => {
                let path = format!("/api/v1/visits/{visit}/hands");
                post(path, json!({"kind": kind}))
            }
            Command::Manager { order, why } => {
                let session = &self.sessions[MANAGER];
                let body = json!({"order": order, "reason": why});
                let path = "/api/v1/manager/orders";
                floor.call(session, Method::POST, path).json(&body)
            }
            Command::Own { agent, visit, deed } => {
                self.keys += 1;
                let call = floor.call(
                    &self.sessions[agent.as_str()],
                    Method::POST,
                    "/api/v1/pad/taps",
                );
                let call = call.header("Idempotency-Key", format!("tap-{}", self.keys));
                call.json(&tap(*visit, deed))
            }
            _ => post(
                format!("/api/v1/visits/{}/actions", histories::visit(0)),
                json!({"action": "finish"}),
            ),
        }
    }

    /// What was asked last, while another request is made beside it.
    pub fn take_last(&mut self) -> Option<(String, CheckInRequest)> {
        self.last.take()
    }

    pub fn put_last(&mut self, last: Option<(String, CheckInRequest)>) {
        self.last = last;
    }

    /// The floor names its visits and appointments itself.
    pub fn settle(&mut self, command: &mut Command, answer: &Answer) {
        let last = self.last.take();
        let Ok(Some(made)) = answer else { return };
        match command {
            Command::CheckIn(said) => {
                said.visit = VisitId(made.parse().expect("a visit's id"));
                if let Some(asked) = last {
                    self.asked.insert(said.visit, asked);
                }
            }
            Command::AddAppointment { appointment } => appointment.id.clone_from(made),
            _ => {}
        }
    }
}

fn device_token(said: &CheckIn) -> &'static str {
    match said.device.as_str() {
        "kiosk-1" => KIOSK,
        "kiosk-2" => OTHER_KIOSK,
        _ => DESK,
    }
}

fn check_in(floor: &TestFloor, device: &str, key: &str, body: &CheckInRequest) -> RequestBuilder {
    let call = floor.call(device, Method::POST, "/api/v1/check-ins");
    call.header("Idempotency-Key", key).json(body)
}

fn body(said: &CheckIn) -> CheckInRequest {
    CheckInRequest {
        first_visit: said.first_visit,
        purpose: said.purpose.clone(),
        party_size: said.party_size,
        asked_for: said.asked_for.clone(),
        appointment: said.appointment.clone(),
        split_from: said.split_from,
        channel: said.channel.as_ref().map(|r| {
            Channel::Shown(RegistrationEntry {
                id: r.id.clone(),
                broker: r.broker.clone(),
                agent: r.agent.clone(),
                registered: r.registered.rfc3339(),
                expires: r.expires.rfc3339(),
            })
        }),
        issued: said.issued.as_ref().map(wire),
        ..party()
    }
}

fn wire(issued: &Issued) -> WireIssued {
    WireIssued {
        number: issued.ticket.to_string(),
        at: issued.at.rfc3339(),
        notice_hash: "0".repeat(64),
        token: token::ticket_token(),
        consent_receipt: token::spoken(),
    }
}

fn action(step: &Step) -> Value {
    let mut body = json!({"action": step.action()});
    match step {
        Step::Refuse { of, .. } => body["agent"] = json!(of),
        Step::Transfer { line } => body["line"] = json!(line),
        Step::Reassign { agent, .. } => {
            body["agent"] = json!(agent);
            body["reason"] = json!("slip");
        }
        Step::Cancel { .. } => body["reason"] = json!("slip"),
        Step::NotABuyer { kind } => body["kind"] = json!(kind),
        Step::Appointment { id } => body["appointment"] = json!(id),
        Step::Channel { registration } => {
            body["registration"] = json!(RegistrationEntry::from(registration));
        }
        Step::Owner { agent } => body["agent"] = json!(agent),
        Step::Join { into } => body["into"] = json!(into),
        _ => {}
    }
    body
}

fn tap(visit: VisitId, deed: &Deed) -> Value {
    let mut ago = 0;
    let mut tap = match deed {
        Deed::Accept { offered_at, .. } => {
            // A pad names the offer it shows; of one that is none, any time.
            let offered_at = offered_at.map_or(0, |at| at.0);
            json!({"do": "accept", "offered_at": offered_at})
        }
        Deed::Call { .. } => json!({"do": "call"}),
        Deed::Recall => json!({"do": "recall"}),
        Deed::Start => json!({"do": "start"}),
        Deed::NoShow => json!({"do": "no_show"}),
        Deed::Done { step, ago_ms } => {
            ago = *ago_ms;
            json!({"do": "done", "step": step})
        }
        Deed::Undo { step } => json!({"do": "undo", "step": step}),
        Deed::AskHand { kind } => json!({"do": "ask_hand", "hand": kind}),
        Deed::WithdrawHand { kind } => json!({"do": "withdraw_hand", "hand": kind}),
        Deed::Needs { needs, .. } => json!({"do": "needs", "needs": needs}),
        Deed::Finish { skipped, next } => {
            json!({"do": "finish", "skipped": skipped, "next": next})
        }
    };
    tap["visit"] = json!(visit);
    json!({"tap": tap, "ago_ms": ago})
}

/// Everybody who signs in here.
pub fn people() -> Vec<&'static str> {
    let agents = histories::NAMES.into_iter();
    agents.take(4).chain([MANAGER]).collect()
}
