//! What the showroom hears while a restored floor waits for its centre: that it waits, and nothing else.

use std::net::TcpListener;

use axum::Router;
use axum::http::StatusCode;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::serve::FloorError;
use crate::http::serve::{self, ServeError, Transport};
use crate::http::{ApiError, shell};

/// Answers everything with 503 `restoring` until it is closed.
pub(super) struct Room {
    close: oneshot::Sender<()>,
    served: JoinHandle<Result<(), ServeError>>,
}

impl Room {
    pub fn open(listener: &TcpListener, transport: Transport) -> Result<Self, FloorError> {
        let listener = listener.try_clone().map_err(ServeError::from)?;
        let (close, closed) = oneshot::channel();
        let (closer, _) = serve::closing();
        let router = shell::around(Router::new()).fallback(restoring);
        let served = tokio::spawn(serve::serve(listener, transport, router, closer, async {
            let _ = closed.await;
        }));
        Ok(Self { close, served })
    }

    /// Lets the answers under way finish.
    pub async fn close(self) {
        let _ = self.close.send(());
        if let Ok(Err(error)) = self.served.await {
            tracing::warn!(%error, "the floor could not say that it is waiting");
        }
    }
}

async fn restoring() -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "restoring",
        "This floor was restored and waits for its centre",
    )
}
