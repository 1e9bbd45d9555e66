//! The screens that may speak to a showroom's floor.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::form::Form;
use super::frame::{Choice, Frame};
use super::render;
use super::signed::Manager;
use super::signed::Signed;
use super::words::Words;
use crate::central::enrol;
use crate::http::ApiError;
use crate::protocol::central::DeviceDraft;
use crate::protocol::feed::DeviceRole;
use crate::store::central as store;

#[derive(Template)]
#[template(path = "devices.html")]
pub struct DevicesPage {
    pub frame: Frame,
    pub secret: Option<Secret>,
    pub devices: Vec<DeviceRow>,
    pub roles: Vec<Choice>,
    pub entered: String,
}

/// Something shown this once.
pub struct Secret {
    pub title: String,
    pub hint: String,
    pub token: String,
}

pub struct DeviceRow {
    pub id: String,
    pub role: String,
    /// The beginning of a kiosk's own numbers; empty for others.
    pub series: String,
    /// When; empty until it was.
    pub enrolled: String,
    /// `good`, `warn` or `off`.
    pub tone: &'static str,
    pub standing: String,
    /// Nothing to be revoked any more.
    pub revoked: bool,
}

const ROLES: [DeviceRole; 3] = [DeviceRole::Kiosk, DeviceRole::Display, DeviceRole::Desk];

/// The role a form names.
pub fn role(name: &str) -> Option<DeviceRole> {
    ROLES.into_iter().find(|r| r.code() == name)
}

/// The roles with `chosen` marked.
pub fn roles(t: &Words, chosen: &str) -> Vec<Choice> {
    ROLES
        .into_iter()
        .map(|r| Choice {
            value: r.code().to_owned(),
            label: t.code("role", r.code()),
            chosen: r.code() == chosen,
        })
        .collect()
}

/// `GET /devices`.
pub async fn show(State(centre): State<Centre>, Manager(signed): Manager) -> Response {
    let frame = signed.frame();
    answer(&centre, &signed, frame, None, "").await
}

/// `POST /devices`: creates one; the answer is the only page that ever shows its code.
pub async fn enrol(State(centre): State<Centre>, Manager(signed): Manager, form: Form) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let id = form.one("id");
    let Some(role) = role(form.one("role")) else {
        return signed.refuse(&ApiError::not_found());
    };
    let draft = DeviceDraft {
        id: id.to_owned(),
        role,
    };
    match enrol::add_device(&centre, &site.id, draft).await {
        Ok(created) => {
            let t = signed.words();
            let secret = Secret {
                title: t.n("device_code", &created.id),
                hint: t.n("device_code_hint", enrol::CODE_MINUTES),
                token: created.code,
            };
            let frame = signed.frame();
            answer(&centre, &signed, frame, Some(secret), "").await
        }
        Err(error) => {
            let frame = signed.trouble(&error);
            let page = answer(&centre, &signed, frame, None, id).await;
            (render::status(&error), page).into_response()
        }
    }
}

/// `POST /devices/revoke`.
pub async fn revoke(
    State(centre): State<Centre>,
    Manager(signed): Manager,
    form: Form,
) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    match enrol::revoke_device(&centre, &site.id, form.one("id")).await {
        Ok(()) => render::see("/devices?done=revoked"),
        Err(error) => signed.refuse(&error),
    }
}

async fn answer(
    centre: &Centre,
    signed: &Signed,
    frame: Frame,
    secret: Option<Secret>,
    entered: &str,
) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let (t, clock) = (signed.words(), signed.clock());
    let devices = match all(centre, &site.id).await {
        Ok(devices) => devices,
        Err(error) => return signed.refuse(&error),
    };
    render::page(&DevicesPage {
        frame,
        secret,
        devices: devices
            .into_iter()
            .map(|d| {
                let (tone, standing) = match (d.revoked_at, d.enrolled_at) {
                    (Some(at), _) => ("off", t.n("revoked", clock.date_time(at))),
                    (None, Some(_)) => ("good", t.w("valid")),
                    (None, None) if d.code_expires_at <= centre.clock.now() => {
                        ("off", t.w("code_too_old"))
                    }
                    (None, None) => {
                        let until = clock.date_time(d.code_expires_at);
                        ("warn", t.n("code_waits", until))
                    }
                };
                DeviceRow {
                    role: t.code("role", d.role.code()),
                    series: d.number.map(|n| format!("K{n}")).unwrap_or_default(),
                    enrolled: d
                        .enrolled_at
                        .map(|at| clock.date_time(at))
                        .unwrap_or_default(),
                    tone,
                    standing,
                    revoked: d.revoked_at.is_some(),
                    id: d.id,
                }
            })
            .collect(),
        roles: roles(&t, "kiosk"),
        entered: entered.to_owned(),
    })
}

async fn all(centre: &Centre, site: &str) -> Result<Vec<store::devices::DeviceRow>, ApiError> {
    let mut tx = centre.db.read().await?;
    Ok(store::devices::of_site(&mut *tx, site).await?)
}
