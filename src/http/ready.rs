//! Whether a server says it is well: one that is still being set up answers, but not as ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;

use super::error::ApiError;

/// Shared between whoever prepares a server and its `/healthz`.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Ready as soon as it serves.
    pub fn at_once() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// Ready only once [`Readiness::set`].
    pub fn not_yet() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// 503 `starting` until it is ready.
    pub fn check(&self) -> Result<(), ApiError> {
        if self.0.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "starting",
            "This server is being set up",
        ))
    }
}
