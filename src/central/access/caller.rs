//! The caller of a request, as handlers' first arguments: authentication before validation.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::ADMINISTRATOR;
use crate::central::state::Central;
use crate::crypto::token;
use crate::http::{ApiError, bearer};
use crate::store::central::accounts::SessionRow;
use crate::store::central::floors::{self, FloorRow};

/// Anybody with a session.
pub struct Staff(pub SessionRow);

/// Somebody who may set the office up.
pub struct Administrator(pub SessionRow);

/// The floor named in the address, with its own credential.
pub struct Floor(pub FloorRow);

impl FromRequestParts<Arc<Central>> for Staff {
    type Rejection = ApiError;
    async fn from_request_parts(
        parts: &mut Parts,
        central: &Arc<Central>,
    ) -> Result<Self, ApiError> {
        let found = match bearer::token(&parts.headers) {
            Some(token) => super::session(central, token).await?,
            None => None,
        };
        let session = known(central, parts, found)?;
        central.limits.known.check(&session.account)?;
        Ok(Self(session))
    }
}

impl FromRequestParts<Arc<Central>> for Administrator {
    type Rejection = ApiError;
    async fn from_request_parts(
        parts: &mut Parts,
        central: &Arc<Central>,
    ) -> Result<Self, ApiError> {
        let Staff(session) = Staff::from_request_parts(parts, central).await?;
        if session.role == ADMINISTRATOR {
            Ok(Self(session))
        } else {
            Err(ApiError::forbidden())
        }
    }
}

impl FromRequestParts<Arc<Central>> for Floor {
    type Rejection = ApiError;
    async fn from_request_parts(
        parts: &mut Parts,
        central: &Arc<Central>,
    ) -> Result<Self, ApiError> {
        let found = match bearer::token(&parts.headers) {
            Some(token) => {
                let mut tx = central.db.read().await?;
                floors::by_token(&mut *tx, &token::hash(token)).await?
            }
            None => None,
        };
        let floor = known(central, parts, found)?;
        central.limits.known.check(&floor.id)?;
        let path = RawPathParams::from_request_parts(parts, central)
            .await
            .map_err(|_| ApiError::not_found())?;
        let own = path
            .iter()
            .any(|(name, value)| name == "floor" && value == floor.id);
        if own {
            Ok(Self(floor))
        } else {
            Err(ApiError::forbidden())
        }
    }
}

/// 401 for strangers, or 429 for those who knock too often.
fn known<T>(central: &Central, parts: &Parts, found: Option<T>) -> Result<T, ApiError> {
    match found {
        Some(found) => Ok(found),
        None => {
            central
                .limits
                .stranger
                .check(&bearer::peer(&parts.extensions))?;
            Err(ApiError::unauthorised())
        }
    }
}
