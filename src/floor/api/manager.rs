//! The manager's own decisions about the rota (rules 12 and 15).

use axum::extract::State;
use axum::http::StatusCode;

use super::caller::{By, MANAGER};
use super::error::problem;
use super::visits::text;
use super::{Answer, Shared};
use crate::core::floor::{Command, Refusal};
use crate::http::Json;
use crate::protocol::problem::Problem;
use crate::protocol::steer::OrderRequest;

/// A manager decides about the rota, signed in as such, with a reason that goes in the book.
#[utoipa::path(
    post, path = "/api/v1/manager/orders", request_body = OrderRequest,
    responses(
        (status = 204), (status = 401, body = Problem),
        (status = 403, body = Problem, description = "Not a manager's session"),
        (status = 409, body = Problem, description = "`not_in_rota`, `nothing_open`, `penalty_size`, `not_later`"),
        (status = 422, body = Problem, description = "`reason_needed`, `unknown_agent`, `too_long`"),
        (status = 503, body = Problem),
    ),
    security(("staff" = [])),
)]
pub(super) async fn order(
    State(api): Shared,
    By(caller): By<MANAGER>,
    Json(OrderRequest { order, reason }): Json<OrderRequest>,
) -> Answer<StatusCode> {
    let why = text(Some(reason), "/reason")?;
    let why = why.ok_or_else(|| problem(Refusal::ReasonNeeded.into()))?;
    let command = Command::Manager { order, why };
    api.engine
        .command(caller.actor(), command)
        .await
        .map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
