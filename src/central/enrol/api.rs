//! `/api/v1/sites/{site}/floors`, `/api/v1/sites/{site}/devices`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json as Answer, Router};
use serde::Serialize;
use utoipa::ToSchema;

use crate::central::access::caller::Administrator;
use crate::central::state::Central;
use crate::core::time::Millis;
use crate::http::{ApiError, Json, Path};
use crate::protocol::central::{DeviceCode, DeviceDraft, FloorCredential};
use crate::protocol::feed::DeviceRole;
use crate::protocol::problem::Problem;

type App = State<Arc<Central>>;

pub fn routes() -> Router<Arc<Central>> {
    Router::new()
        .route("/api/v1/sites/{site}/floors", get(floors).post(add_floor))
        .route(
            "/api/v1/sites/{site}/floors/{floor}/credential",
            post(renew_floor),
        )
        .route(
            "/api/v1/sites/{site}/devices",
            get(devices).post(add_device),
        )
        .route(
            "/api/v1/sites/{site}/devices/{device}",
            delete(revoke_device),
        )
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FloorList {
    floors: Vec<FloorView>,
}

/// How far a floor has been heard.
#[derive(Serialize, ToSchema)]
pub(crate) struct FloorView {
    floor: String,
    accepted_through: u64,
    /// RFC 3339.
    heard_at: Option<String>,
    /// Why its log stands still: `gap`, `forked` or `unknown_version`.
    trouble: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceList {
    devices: Vec<DeviceView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceView {
    id: String,
    role: DeviceRole,
    /// A kiosk's: its own tickets are `K<number>-01`, ….
    number: Option<u32>,
    /// RFC 3339.
    created_at: String,
    /// How long its code is good for, RFC 3339.
    code_expires_at: String,
    /// RFC 3339; none until its code was used.
    enrolled_at: Option<String>,
    /// RFC 3339.
    revoked_at: Option<String>,
}

/// A showroom's floors.
#[utoipa::path(get, path = "/api/v1/sites/{site}/floors", security(("bearer" = [])),
    responses((status = 200, body = FloorList, description = "In the order they were added")))]
pub(crate) async fn floors(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<FloorList>, ApiError> {
    let floors = super::floors(&central, &site).await?;
    let view = |f: crate::store::central::floors::FloorRow| FloorView {
        floor: f.id,
        accepted_through: f.last_seq,
        heard_at: f.heard_at.map(Millis::rfc3339),
        trouble: f.trouble,
    };
    Ok(Answer(FloorList {
        floors: floors.into_iter().map(view).collect(),
    }))
}

/// Adds a floor node.
#[utoipa::path(post, path = "/api/v1/sites/{site}/floors", security(("bearer" = [])), responses(
    (status = 201, body = FloorCredential, description = "The token is shown this once")))]
pub(crate) async fn add_floor(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<(StatusCode, Answer<FloorCredential>), ApiError> {
    let credential = super::add_floor(&central, &site).await?;
    Ok((StatusCode::CREATED, Answer(credential)))
}

/// Replaces a floor's credential.
#[utoipa::path(post, path = "/api/v1/sites/{site}/floors/{floor}/credential",
    security(("bearer" = [])), responses(
    (status = 201, body = FloorCredential, description = "The one before is void"),
    (status = 404, body = Problem, description = "No such floor")))]
pub(crate) async fn renew_floor(
    _: Administrator,
    State(central): App,
    Path((site, floor)): Path<(String, String)>,
) -> Result<(StatusCode, Answer<FloorCredential>), ApiError> {
    let credential = super::renew_floor(&central, &site, &floor).await?;
    Ok((StatusCode::CREATED, Answer(credential)))
}

/// A showroom's screens.
#[utoipa::path(get, path = "/api/v1/sites/{site}/devices", security(("bearer" = [])),
    responses((status = 200, body = DeviceList, description = "The revoked ones too, by id")))]
pub(crate) async fn devices(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<DeviceList>, ApiError> {
    let devices = super::devices(&central, &site).await?;
    let view = |d: crate::store::central::devices::DeviceRow| DeviceView {
        id: d.id,
        role: d.role,
        number: d.number,
        created_at: d.created_at.rfc3339(),
        code_expires_at: d.code_expires_at.rfc3339(),
        enrolled_at: d.enrolled_at.map(Millis::rfc3339),
        revoked_at: d.revoked_at.map(Millis::rfc3339),
    };
    Ok(Answer(DeviceList {
        devices: devices.into_iter().map(view).collect(),
    }))
}

/// Creates a screen, which is enrolled with the code.
#[utoipa::path(post, path = "/api/v1/sites/{site}/devices", security(("bearer" = [])),
    request_body = DeviceDraft, responses(
    (status = 201, body = DeviceCode, description = "The code is shown this once, and good once"),
    (status = 409, body = Problem, description = "`device_exists`")))]
pub(crate) async fn add_device(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(draft): Json<DeviceDraft>,
) -> Result<(StatusCode, Answer<DeviceCode>), ApiError> {
    let code = super::add_device(&central, &site, draft).await?;
    Ok((StatusCode::CREATED, Answer(code)))
}

/// Revokes a screen.
#[utoipa::path(delete, path = "/api/v1/sites/{site}/devices/{device}", security(("bearer" = [])),
    responses(
    (status = 204, description = "Its token or code is worth nothing any more"),
    (status = 404, body = Problem, description = "No such live device")))]
pub(crate) async fn revoke_device(
    _: Administrator,
    State(central): App,
    Path((site, device)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    super::revoke_device(&central, &site, &device).await?;
    Ok(StatusCode::NO_CONTENT)
}
