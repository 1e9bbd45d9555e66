//! The floor nodes of a showroom: credential, last news, what waits to be looked at.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::Centre;
use super::devices::Secret;
use super::floor_today::heard;
use super::form::Form;
use super::frame::Frame;
use super::render;
use super::signed::Manager;
use super::signed::Signed;
use crate::central::enrol;
use crate::http::ApiError;
use crate::protocol::central::FloorCredential;
use crate::store::central::events::Quarantined;
use crate::store::central::floors::FloorRow as FloorRecord;
use crate::store::central::{self as store, events};

#[derive(Template)]
#[template(path = "floors.html")]
pub struct FloorsPage {
    pub frame: Frame,
    pub secret: Option<Secret>,
    pub floors: Vec<FloorRow>,
}

pub struct FloorRow {
    pub id: String,
    /// `good`, `warn` or nothing.
    pub tone: &'static str,
    pub standing: String,
    pub heard: String,
    pub accepted: String,
    /// Why the floor's log does not go on, in words.
    pub trouble: Option<String>,
    pub quarantined: Vec<QuarantineRow>,
}

/// An event that is stored and had no effect.
pub struct QuarantineRow {
    pub seq: u64,
    pub at: String,
    pub cause: String,
}

/// Most quarantined events listed for a showroom.
const LISTED: u32 = 100;

/// `GET /floors`.
pub async fn show(State(centre): State<Centre>, Manager(signed): Manager) -> Response {
    answer(&centre, &signed, None).await
}

/// `POST /floors`: a new floor; the answer is the only page that ever shows its credential.
pub async fn add(State(centre): State<Centre>, Manager(signed): Manager) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let made = enrol::add_floor(&centre, &site.id).await;
    shown_once(&centre, &signed, made).await
}

/// `POST /floors/renew`: another credential, where the first was lost or seen by others.
pub async fn renew(State(centre): State<Centre>, Manager(signed): Manager, form: Form) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let made = enrol::renew_floor(&centre, &site.id, form.one("id")).await;
    shown_once(&centre, &signed, made).await
}

async fn shown_once(
    centre: &Centre,
    signed: &Signed,
    made: Result<FloorCredential, ApiError>,
) -> Response {
    match made {
        Ok(credential) => {
            let t = signed.words();
            let secret = Secret {
                title: t.n("floor_secret", &credential.floor),
                hint: t.w("secret_hint"),
                token: credential.token,
            };
            answer(centre, signed, Some(secret)).await
        }
        Err(error) => signed.refuse(&error),
    }
}

async fn answer(centre: &Centre, signed: &Signed, secret: Option<Secret>) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let (floors, odd) = match all(centre, &site.id).await {
        Ok(found) => found,
        Err(error) => return signed.refuse(&error),
    };
    let (t, clock, now) = (signed.words(), signed.clock(), centre.clock.now());
    let row = |floor: FloorRecord| {
        let (tone, standing) = match (&floor.trouble, floor.heard_at) {
            (Some(_), _) => ("bad", "floor_stopped"),
            (None, Some(_)) => ("good", "floor_known"),
            (None, None) => ("", "floor_new"),
        };
        FloorRow {
            tone,
            standing: t.w(standing),
            heard: heard(&t, now, floor.heard_at),
            accepted: floor.last_seq.to_string(),
            trouble: floor.trouble.as_ref().map(|code| t.code("trouble", code)),
            quarantined: odd
                .iter()
                .filter(|event| event.floor == floor.id)
                .map(|event| QuarantineRow {
                    seq: event.seq,
                    at: clock.date_time(event.at),
                    cause: t.code("cause", &event.code),
                })
                .collect(),
            id: floor.id,
        }
    };
    render::page(&FloorsPage {
        frame: signed.frame(),
        secret,
        floors: floors.into_iter().map(row).collect(),
    })
}

async fn all(
    centre: &Centre,
    site: &str,
) -> Result<(Vec<FloorRecord>, Vec<Quarantined>), ApiError> {
    let mut tx = centre.db.read().await?;
    let floors = store::floors::of_site(&mut *tx, site).await?;
    let odd = events::quarantined(&mut *tx, site, LISTED).await?;
    Ok((floors, odd))
}
