//! `POST /api/v1/floors/{floor}/events`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::routing::post;
use axum::{Json as Answer, Router};

use crate::central::access::caller::Floor;
use crate::central::state::Central;
use crate::http::{ApiError, body};
use crate::protocol::ingest::{Accepted, Batch};
use crate::protocol::problem::Problem;

/// The largest batch, bytes: thousands of events, or a few hundred with sealed profiles. A floor that
/// meets 413 sends fewer at a time.
pub const LARGEST_BATCH: usize = 16 * 1024 * 1024;

pub fn routes() -> Router<Arc<Central>> {
    Router::new().route("/api/v1/floors/{floor}/events", post(receive))
}

/// Delivers events of a floor's log: `{"epoch", "events": [{seq, id, prev, at, actor, v, body}],
/// "profiles"}`, at most 16 MiB. Repetition is harmless.
#[utoipa::path(post, path = "/api/v1/floors/{floor}/events", security(("bearer" = [])),
    request_body = Object, responses(
    (status = 200, body = Accepted, description = "On the disk up to there"),
    (status = 403, body = Problem, description = "The credential of another floor"),
    (status = 409, body = Problem, description = "`gap` with `expected_seq`, `forked`, `unknown_version`"),
    (status = 413, body = Problem, description = "More than 16 MiB")))]
pub(crate) async fn receive(
    Floor(floor): Floor,
    State(central): State<Arc<Central>>,
    request: Request,
) -> Result<Answer<Accepted>, ApiError> {
    let batch: Batch = body::read_json(request, LARGEST_BATCH).await?;
    Ok(Answer(super::receive(&central, &floor, batch).await?))
}
