//! `/api/v1/setup`, `/api/v1/sessions`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, post};
use axum::{Json as Answer, Router};

use super::caller::Staff;
use crate::central::state::Central;
use crate::http::{ApiError, Json, bearer};
use crate::protocol::central::{SessionAnswer, SessionRequest, SetupRequest};
use crate::protocol::problem::Problem;

pub fn routes() -> Router<Arc<Central>> {
    Router::new()
        .route("/api/v1/setup", post(set_up))
        .route("/api/v1/sessions", post(sign_in))
        .route("/api/v1/sessions/current", delete(sign_out))
}

/// Makes the first account by the one-time administrator link.
#[utoipa::path(post, path = "/api/v1/setup", request_body = SetupRequest, responses(
    (status = 201, description = "The administrator can sign in; the link is used up"),
    (status = 403, description = "`setup_code_unknown`", body = Problem),
    (status = 422, description = "`weak_password`, `bad_user`", body = Problem),
    (status = 429, body = Problem, description = "Too many tries"),
))]
pub(crate) async fn set_up(
    State(central): State<Arc<Central>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Json(request): Json<SetupRequest>,
) -> Result<StatusCode, ApiError> {
    super::set_up(&central, peer.ip(), request).await?;
    Ok(StatusCode::CREATED)
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/sessions", request_body = SessionRequest, responses(
    (status = 201, body = SessionAnswer, description = "Signed in for twelve hours"),
    (status = 401, description = "`wrong_password`", body = Problem),
    (status = 429, body = Problem, description = "Too many tries"),
))]
pub(crate) async fn sign_in(
    State(central): State<Arc<Central>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Json(request): Json<SessionRequest>,
) -> Result<(StatusCode, Answer<SessionAnswer>), ApiError> {
    let answer = super::sign_in(&central, peer.ip(), request).await?;
    Ok((StatusCode::CREATED, Answer(answer)))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/sessions/current", security(("bearer" = [])), responses(
    (status = 204, description = "The token is worth nothing any more"),
    (status = 401, body = Problem, description = "No session"),
))]
pub(crate) async fn sign_out(
    _: Staff,
    State(central): State<Arc<Central>>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    if let Some(token) = bearer::token(&headers) {
        super::sign_out(&central, token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
