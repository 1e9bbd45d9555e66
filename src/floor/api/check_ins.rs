//! `POST /api/v1/check-ins`.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::allowed::{Allowed, DESK, KIOSK};
use super::error::problem;
use super::{Answer, Shared};
use crate::floor::check_in::NewCheckIn;
use crate::http::{ApiError, Json};
use crate::protocol::check_in::{CheckInAnswer, CheckInRequest};
use crate::protocol::feed::DeviceRole;
use crate::protocol::problem::Problem;

/// A party checks in.
///
/// The same key and body again give the stored first answer, figures included.
#[utoipa::path(
    post, path = "/api/v1/check-ins", request_body = CheckInRequest,
    params(("Idempotency-Key" = String, Header, description = "New for every check-in")),
    responses(
        (status = 201, body = CheckInAnswer),
        (status = 200, body = CheckInAnswer, description = "The key was known: the first answer"),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem, description = "`number_taken`: a kiosk's own number that another visit has"),
        (status = 413, body = Problem),
        (status = 422, body = Problem, description = "`pointer` names the field; `key_reused`: the key was used with another body"),
        (status = 429, body = Problem), (status = 503, body = Problem, description = "Nothing was stored; ask again with the same key"),
    ),
    security(("device" = [])),
)]
pub(super) async fn check_in(
    State(api): Shared,
    Allowed(device): Allowed<{ KIOSK | DESK }>,
    headers: HeaderMap,
    Json(request): Json<CheckInRequest>,
) -> Answer<Response> {
    let key = headers
        .get("Idempotency-Key")
        .and_then(|k| k.to_str().ok())
        .ok_or_else(|| ApiError::bad_request("key_missing", "An Idempotency-Key is needed"))?;
    if device.role == DeviceRole::Kiosk {
        said_at_the_desk(&request)?;
    }
    if request.issued.is_some() && device.role != DeviceRole::Kiosk {
        return Err(ApiError::forbidden());
    }
    let new = NewCheckIn::new(&device, key.to_owned(), request, &api.keys).map_err(problem)?;
    let introduced = api.recogniser.introduce(&api.engine, new).await;
    let (new, _held) = introduced.map_err(problem)?;
    let done = api.engine.check_in(new).await.map_err(problem)?;
    let status = if done.repeated {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let body = Body::from(done.answered.answer.clone());
    Ok((status, [(CONTENT_TYPE, "application/json")], body).into_response())
}

/// A kiosk knows of no brokers and parts no parties.
fn said_at_the_desk(request: &CheckInRequest) -> Answer<()> {
    let field = match (&request.channel, &request.split_from) {
        (Some(_), _) => "/channel",
        (None, Some(_)) => "/split_from",
        (None, None) => return Ok(()),
    };
    let title = "This is said at the desk only";
    Err(ApiError::invalid("desk_only", field, title))
}
