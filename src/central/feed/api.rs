//! `GET /api/v1/floors/{floor}/feed`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Json as Answer, Router};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::central::access::caller::Floor;
use crate::central::state::Central;
use crate::http::{ApiError, Query};
use crate::protocol::feed::Feed;
use crate::protocol::problem::Problem;
use crate::store::central::feed;

/// Longest a poll is held open, seconds.
const LONGEST_WAIT: u64 = 25;

pub fn routes() -> Router<Arc<Central>> {
    Router::new().route("/api/v1/floors/{floor}/feed", get(poll))
}

#[derive(Deserialize, IntoParams)]
pub(crate) struct Since {
    /// The last cursor known; 0 gives everything.
    #[serde(default)]
    after: u64,
    /// How long to wait for news, seconds, at most 25 (which is the default).
    #[serde(default)]
    wait: Option<u64>,
}

/// What changed since the cursor: the latest document of each kind. Waits for news when there is
/// none, and answers with an empty list when the wait is over.
#[utoipa::path(get, path = "/api/v1/floors/{floor}/feed", params(Since), security(("bearer" = [])),
    responses(
    (status = 200, body = Object, description = "`{\"items\": [{\"cursor\", \"kind\", …}]}`"),
    (status = 403, body = Problem, description = "The credential of another floor")))]
pub(crate) async fn poll(
    Floor(floor): Floor,
    State(central): State<Arc<Central>>,
    Query(since): Query<Since>,
) -> Result<Answer<Feed>, ApiError> {
    let wait = Duration::from_secs(since.wait.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT));
    let deadline = tokio::time::Instant::now() + wait;
    let mut news = central.news();
    let mut closing = central.closing.clone();
    loop {
        let mut tx = central.db.read().await?;
        let items = feed::after(&mut *tx, &floor.id, since.after).await?;
        drop(tx);
        if !items.is_empty() || wait.is_zero() {
            return Ok(Answer(Feed { items }));
        }
        tokio::select! {
            changed = news.changed() => if changed.is_err() { break },
            () = tokio::time::sleep_until(deadline) => break,
            () = closing.wait() => break,
        }
    }
    Ok(Answer(Feed::default()))
}
