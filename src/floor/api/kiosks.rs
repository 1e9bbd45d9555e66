//! `PUT /api/v1/kiosk`: a kiosk says how it stands.

use axum::extract::State;
use axum::http::StatusCode;

use super::allowed::{Allowed, KIOSK};
use super::{Answer, Shared};
use crate::http::Json;
use crate::protocol::kiosk::KioskStanding;
use crate::protocol::problem::Problem;

/// How a kiosk stands; the desk sees it.
#[utoipa::path(
    put, path = "/api/v1/kiosk", request_body = KioskStanding,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)),
    security(("device" = [])),
)]
pub(super) async fn standing(
    State(api): Shared,
    Allowed(device): Allowed<KIOSK>,
    Json(standing): Json<KioskStanding>,
) -> Answer<StatusCode> {
    api.kiosks.told(&device.id, standing);
    Ok(StatusCode::NO_CONTENT)
}
