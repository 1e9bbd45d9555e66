//! Who asks, and whether they may. Decided before anything they sent is looked at.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Api;
use crate::floor::grants::Device;
use crate::http::{ApiError, bearer};
use crate::protocol::feed::DeviceRole;

pub(super) const KIOSK: u8 = 1;
pub(super) const DISPLAY: u8 = 2;
pub(super) const DESK: u8 = 4;
pub(super) const ALL: u8 = KIOSK | DISPLAY | DESK;

pub(super) const fn bit(role: DeviceRole) -> u8 {
    match role {
        DeviceRole::Kiosk => KIOSK,
        DeviceRole::Display => DISPLAY,
        DeviceRole::Desk => DESK,
    }
}

/// A known device whose role is among `ROLES`. Stands first among a handler's arguments.
pub(super) struct Allowed<const ROLES: u8>(pub Device);

impl<const ROLES: u8> FromRequestParts<Arc<Api>> for Allowed<ROLES> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let grants = api.grants.borrow().clone();
        let known = bearer::token(&parts.headers).and_then(|token| grants.find(token));
        let Some(device) = known else {
            api.limits
                .stranger
                .check(&bearer::peer(&parts.extensions))?;
            return Err(ApiError::unauthorised());
        };
        api.limits.known.check(&device.token_hash)?;
        if device.role == DeviceRole::Kiosk {
            api.kiosks.called(&device.id);
        }
        if ROLES & bit(device.role) == 0 {
            return Err(ApiError::forbidden());
        }
        Ok(Self(device.clone()))
    }
}
