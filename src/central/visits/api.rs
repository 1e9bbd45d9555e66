//! `/api/v1/sites/{site}/visits`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json as Answer, Router};
use serde::Deserialize;

use crate::central::access::caller::Administrator;
use crate::central::state::Central;
use crate::http::{ApiError, Path, Query};
use crate::protocol::central::VisitRecords;
use crate::protocol::problem::Problem;

pub fn routes() -> Router<Arc<Central>> {
    Router::new().route("/api/v1/sites/{site}/visits", get(of_day))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    day: Option<String>,
}

/// The visits of one day, today's without `day`, in order of arrival. Tells nothing of the guests.
#[utoipa::path(get, path = "/api/v1/sites/{site}/visits", security(("bearer" = [])),
    params(("day" = Option<String>, Query, description = "YYYY-MM-DD of the site's time zone")),
    responses(
    (status = 200, body = VisitRecords, description = "The day's visits"),
    (status = 404, body = Problem, description = "No such showroom")))]
pub(crate) async fn of_day(
    _: Administrator,
    State(central): State<Arc<Central>>,
    Path(site): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Answer<VisitRecords>, ApiError> {
    Ok(Answer(super::records(&central, &site, wanted.day).await?))
}
