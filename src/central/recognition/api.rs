//! `POST /api/v1/floors/{floor}/recognitions`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::post;
use axum::{Json as Answer, Router};

use crate::central::access::caller::Floor;
use crate::central::state::Central;
use crate::http::{ApiError, Json};
use crate::protocol::problem::Problem;
use crate::protocol::recognition::{RecognitionAnswer, RecognitionRequest};

pub fn routes() -> Router<Arc<Central>> {
    Router::new().route("/api/v1/floors/{floor}/recognitions", post(recognise))
}

/// Whose customer a returner is. Nothing is stored but that somebody was looked up.
#[utoipa::path(post, path = "/api/v1/floors/{floor}/recognitions", security(("bearer" = [])),
    request_body = RecognitionRequest, responses(
    (status = 200, body = RecognitionAnswer, description = "The owner under protection, or `{}`"),
    (status = 403, body = Problem, description = "The credential of another floor"),
    (status = 422, body = Problem, description = "`profile_moved`, `profile_unopenable`, `sealed_profile`"),
    (status = 429, body = Problem, description = "More often than guests come back")))]
pub(crate) async fn recognise(
    Floor(floor): Floor,
    State(central): State<Arc<Central>>,
    Json(request): Json<RecognitionRequest>,
) -> Result<Answer<RecognitionAnswer>, ApiError> {
    Ok(Answer(super::recognise(&central, &floor, &request).await?))
}
