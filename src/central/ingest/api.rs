//! `POST /api/v1/floors/{floor}/events`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};

use crate::central::access::caller::Floor;
use crate::central::state::Central;
use crate::http::{ApiError, Json, Query, body};
use crate::protocol::ingest::{Accepted, Batch, History, NewEpoch};
use crate::protocol::problem::Problem;

/// The largest batch, bytes: thousands of events, or a few hundred with sealed profiles. A floor that
/// meets 413 sends fewer at a time.
pub const LARGEST_BATCH: usize = 16 * 1024 * 1024;

pub fn routes() -> Router<Arc<Central>> {
    Router::new()
        .route("/api/v1/floors/{floor}/events", get(history).post(receive))
        .route("/api/v1/floors/{floor}/epochs", post(begin_epoch))
}

#[derive(serde::Deserialize)]
pub(crate) struct After {
    after: u64,
}

/// The floor's own log as it arrived, behind `after`: for a floor restored from a backup.
#[utoipa::path(get, path = "/api/v1/floors/{floor}/events", security(("bearer" = [])),
    params(("after" = u64, Query)), responses(
    (status = 200, body = Object, description = "`{epoch, last_seq, events}`; events empty at the end"),
    (status = 403, body = Problem, description = "The credential of another floor")))]
pub(crate) async fn history(
    Floor(floor): Floor,
    State(central): State<Arc<Central>>,
    Query(After { after }): Query<After>,
) -> Result<Answer<History>, ApiError> {
    Ok(Answer(super::history::read(&central, &floor, after).await?))
}

/// A restored floor that has gone on by itself begins a new epoch behind the last event that both
/// have. What the centre got behind it stays; its open visits are ended.
#[utoipa::path(post, path = "/api/v1/floors/{floor}/epochs", security(("bearer" = [])),
    request_body = NewEpoch, responses(
    (status = 200, body = Accepted, description = "The log goes on behind this"),
    (status = 403, body = Problem, description = "The credential of another floor"),
    (status = 409, body = Problem, description = "`forked`: no such event is known here")))]
pub(crate) async fn begin_epoch(
    Floor(floor): Floor,
    State(central): State<Arc<Central>>,
    Json(new): Json<NewEpoch>,
) -> Result<Answer<Accepted>, ApiError> {
    Ok(Answer(super::history::begin(&central, &floor, &new).await?))
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
