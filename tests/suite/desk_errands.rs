//! What the desk asks of a floor, over real HTTP.

use std::sync::{Arc, Mutex};

use age::x25519::Identity;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::mpsc;
use yingbin::client::FloorClient;
use yingbin::core::consent::Consent;
use yingbin::core::desk::{Details, Effect, Message, Person, Private, Registration, Trouble};
use yingbin::core::guest_name::Title;
use yingbin::core::language::Language;
use yingbin::core::visit::Action;
use yingbin::crypto::seal;
use yingbin::protocol::check_in::CheckInRequest;
use yingbin::protocol::problem::{CONTENT_TYPE, Problem};
use yingbin::screens::desk::{Errands, check_in as check_in_body};

use super::support::desk_picture::id;

/// The keys and bodies that arrived.
type Arrived = Arc<Mutex<Vec<(String, CheckInRequest)>>>;

async fn check_in(
    State(arrived): State<Arrived>,
    headers: HeaderMap,
    Json(body): Json<CheckInRequest>,
) -> Response {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    arrived.lock().unwrap().push((key, body));
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

async fn refuse() -> Response {
    let problem = Problem::new(409, "impossible_step", "not now");
    (
        StatusCode::CONFLICT,
        [("content-type", CONTENT_TYPE)],
        Json(problem),
    )
        .into_response()
}

struct Office {
    errands: Errands,
    told: mpsc::UnboundedReceiver<Message>,
    arrived: Arrived,
    identity: Identity,
}

async fn office() -> Office {
    let arrived = Arrived::default();
    let app = Router::new()
        .route("/api/v1/check-ins", post(check_in))
        .route("/api/v1/visits/{id}/actions", post(refuse))
        .with_state(Arc::clone(&arrived));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let (tell, told) = mpsc::unbounded_channel();
    let identity = Identity::generate();
    let client = FloorClient::new(&base, "secret", None).unwrap();
    Office {
        errands: Errands::new(client, identity.to_public().to_string(), tell),
        told,
        arrived,
        identity,
    }
}

fn register(key: &str) -> Effect {
    Effect::Register {
        key: key.into(),
        registration: Box::new(Registration {
            language: Language::ZhCn,
            first_visit: true,
            purpose: "view_homes".into(),
            party_size: 2,
            notice_version: "2026-11".into(),
            notice_hash: "ab12".into(),
            consents: vec![Consent {
                purpose: "reception".into(),
                given: true,
            }],
            asked_for: None,
            drink: None,
            appointment: None,
            channel: None,
            split_from: None,
            person: Some(Person {
                surname: Private("欧阳".into()),
                given_name: None,
                title: Title::Ms,
                phone: Some(Private("13800138000".into())),
            }),
        }),
    }
}

#[tokio::test]
async fn p7_the_desk_seals_the_profile_and_sends_the_same_bytes_again() {
    let mut office = office().await;
    for key in ["k1", "k1", "k2"] {
        office.errands.run(register(key)).await;
        let told = office.told.recv().await.unwrap();
        assert!(
            matches!(&told, Message::Registered { key: k, result: Err(Trouble::Busy) } if k == key)
        );
    }
    let arrived = office.arrived.lock().unwrap();
    assert_eq!(arrived[0], arrived[1], "a key goes with one body only");
    assert_ne!(arrived[0].1.sealed_profile, arrived[2].1.sealed_profile);
    let body = &arrived[2].1;
    assert_eq!(body.address_form.as_deref(), Some("欧阳女士"));
    let sealed = STANDARD
        .decode(body.sealed_profile.as_ref().unwrap())
        .unwrap();
    let profile = seal::open(&sealed, &office.identity).unwrap();
    assert_eq!(profile.surname, "欧阳");
    assert_eq!(profile.phone.as_deref(), Some("13800138000"));
    assert_eq!(profile.idempotency_key, "k2");
    assert_eq!(profile.notice_hash, "ab12");
}

#[test]
fn k6_the_desk_addresses_a_guest_as_the_kiosk_does() {
    let Effect::Register { key, registration } = register("k1") else {
        panic!()
    };
    let recipient = Identity::generate().to_public().to_string();
    for (language, surname, title, want) in [
        (Language::ZhTw, "李", Title::None, "李貴賓"),
        (Language::ZhCn, "Smith", Title::Mr, "Smith 先生"),
        (Language::En, "Li", Title::None, "Guest Li"),
    ] {
        let mut registration = registration.clone();
        registration.language = language;
        let person = registration.person.as_mut().unwrap();
        person.surname = Private(surname.into());
        person.title = title;
        let body = check_in_body(&key, &registration, &recipient).unwrap();
        assert_eq!(body.address_form.as_deref(), Some(want));
    }
}

#[tokio::test]
async fn k6_a_refusal_comes_back_with_its_code() {
    let mut office = office().await;
    let effect = Effect::Act {
        visit: id(1),
        action: Action::Start,
        details: Details::default(),
    };
    office.errands.run(effect).await;
    let told = office.told.recv().await.unwrap();
    let Message::Acted {
        visit,
        result: Err(Trouble::Refused { code }),
    } = told
    else {
        panic!("{told:?}")
    };
    assert_eq!((visit, code.as_str()), (id(1), "impossible_step"));
}
