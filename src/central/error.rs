//! What the store's errors are to a caller: nothing of the inside is shown.

use crate::crypto::field::FieldError;
use crate::http::ApiError;
use crate::store::StoreError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Closed => Self::unavailable(),
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::internal()
            }
        }
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        tracing::error!(%error, "a stored field does not open");
        Self::internal()
    }
}
