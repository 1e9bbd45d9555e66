//! `/api/v1/sites/{site}/appointments`, `…/registrations`, `…/overdue`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json as Answer, Router};

use crate::central::access::caller::Administrator;
use crate::central::state::Central;
use crate::http::{ApiError, Json, Path};
use crate::protocol::booking::{AppointmentList, OverdueCounts, RegistrationList};
use crate::protocol::problem::Problem;

type App = State<Arc<Central>>;

pub fn routes() -> Router<Arc<Central>> {
    Router::new()
        .route(
            "/api/v1/sites/{site}/appointments",
            get(appointments).put(save_appointments),
        )
        .route(
            "/api/v1/sites/{site}/registrations",
            get(registrations).put(save_registrations),
        )
        .route(
            "/api/v1/sites/{site}/overdue",
            get(overdue).put(save_overdue),
        )
}

/// The appointments from today on.
#[utoipa::path(get, path = "/api/v1/sites/{site}/appointments", security(("bearer" = [])),
    responses((status = 200, body = AppointmentList, description = "By time")))]
pub(crate) async fn appointments(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<AppointmentList>, ApiError> {
    Ok(Answer(super::appointments(&central, &site).await?))
}

/// Replaces the office's own appointments; what the desks arranged stays.
#[utoipa::path(put, path = "/api/v1/sites/{site}/appointments", security(("bearer" = [])),
    request_body = AppointmentList, responses(
    (status = 200, body = AppointmentList, description = "All there are from today on"),
    (status = 422, body = Problem, description = "`bad_time`, `bad_text`, `unknown_agent`, `twice`")))]
pub(crate) async fn save_appointments(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(list): Json<AppointmentList>,
) -> Result<Answer<AppointmentList>, ApiError> {
    super::save_appointments(&central, &site, &list).await?;
    Ok(Answer(super::appointments(&central, &site).await?))
}

/// The brokers' registrations.
#[utoipa::path(get, path = "/api/v1/sites/{site}/registrations", security(("bearer" = [])),
    responses((status = 200, body = RegistrationList, description = "By the time they were made")))]
pub(crate) async fn registrations(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<RegistrationList>, ApiError> {
    Ok(Answer(super::registrations(&central, &site).await?))
}

/// Replaces the brokers' registrations.
#[utoipa::path(put, path = "/api/v1/sites/{site}/registrations", security(("bearer" = [])),
    request_body = RegistrationList, responses(
    (status = 200, body = RegistrationList, description = "As saved"),
    (status = 422, body = Problem, description = "`bad_time`, `never_valid`, `bad_text`, `unknown_agent`, `twice`")))]
pub(crate) async fn save_registrations(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(list): Json<RegistrationList>,
) -> Result<Answer<RegistrationList>, ApiError> {
    super::save_registrations(&central, &site, &list).await?;
    Ok(Answer(super::registrations(&central, &site).await?))
}

/// Overdue follow-ups by agent.
#[utoipa::path(get, path = "/api/v1/sites/{site}/overdue", security(("bearer" = [])),
    responses((status = 200, body = OverdueCounts, description = "Whoever is left out has none")))]
pub(crate) async fn overdue(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<OverdueCounts>, ApiError> {
    Ok(Answer(super::overdue(&central, &site).await?))
}

/// Replaces the counts of overdue follow-ups.
#[utoipa::path(put, path = "/api/v1/sites/{site}/overdue", security(("bearer" = [])),
    request_body = OverdueCounts, responses(
    (status = 200, body = OverdueCounts, description = "As saved"),
    (status = 422, body = Problem, description = "`unknown_agent`")))]
pub(crate) async fn save_overdue(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(counts): Json<OverdueCounts>,
) -> Result<Answer<OverdueCounts>, ApiError> {
    super::save_overdue(&central, &site, &counts).await?;
    Ok(Answer(counts))
}
