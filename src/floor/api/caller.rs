//! A device, or a member of staff who has signed in. Decided before anything they sent is looked at.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HeaderMap};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};

use super::Api;
use super::allowed;
use crate::core::id::AgentId;
use crate::core::site::StaffRole;
use crate::floor::grants::Device;
use crate::floor::staff::Signed;
use crate::http::{ApiError, bearer};

/// Beside the bits of devices in [`allowed`].
pub(super) const AGENT: u8 = 16;
pub(super) const RECEPTION: u8 = 32;
pub(super) const MANAGER: u8 = 64;
pub(super) const STAFF: u8 = AGENT | RECEPTION | MANAGER;

/// The pad's session.
pub(super) const COOKIE_NAME: &str = "yingbin_pad";
/// Pages of other origins cannot send it: with the cookie's `SameSite` a second lock on every
/// change.
pub(super) const PAD_HEADER: &str = "x-yingbin-pad";

const fn bit(role: StaffRole) -> u8 {
    match role {
        StaffRole::Agent => AGENT,
        StaffRole::Reception => RECEPTION,
        StaffRole::Manager => MANAGER,
    }
}

/// Who asks.
pub(super) enum Caller {
    Device(Device),
    Staff(Signed),
}

impl Caller {
    /// As it stands in the log.
    pub fn actor(&self) -> &str {
        match self {
            Self::Device(device) => device.id.as_str(),
            Self::Staff(signed) => signed.staff.as_str(),
        }
    }

    /// An agent, who may act for themselves alone.
    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Staff(signed) if signed.role == StaffRole::Agent => Some(&signed.staff),
            _ => None,
        }
    }
}

/// A known caller among `WHO`. Stands first among a handler's arguments.
pub(super) struct By<const WHO: u8>(pub Caller);

impl<const WHO: u8> FromRequestParts<Arc<Api>> for By<WHO> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let (caller, key, bit) = match known(parts, api)? {
            Some(found) => found,
            None => {
                api.limits
                    .stranger
                    .check(&bearer::peer(&parts.extensions))?;
                return Err(ApiError::unauthorised());
            }
        };
        api.limits.known.check(&key)?;
        if WHO & bit == 0 {
            return Err(ApiError::forbidden());
        }
        Ok(Self(caller))
    }
}

/// The caller, what they are counted by, and their bit.
fn known(parts: &Parts, api: &Api) -> Result<Option<(Caller, String, u8)>, ApiError> {
    if let Some(token) = bearer::token(&parts.headers) {
        let grants = api.grants.borrow().clone();
        if let Some(device) = grants.find(token).cloned() {
            let (hash, bit) = (device.token_hash.clone(), allowed::bit(device.role));
            return Ok(Some((Caller::Device(device), hash, bit)));
        }
        return Ok(signed(api, token).filter(|s| !s.pad).map(counted));
    }
    let Some(session) = cookie(&parts.headers).and_then(|token| signed(api, token)) else {
        return Ok(None);
    };
    if !matches!(parts.method, Method::GET | Method::HEAD)
        && !parts.headers.contains_key(PAD_HEADER)
    {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "cross_site",
            "A change from the pad carries the header X-Yingbin-Pad",
        ));
    }
    Ok(Some(session).filter(|s| s.pad).map(counted))
}

fn counted(signed: Signed) -> (Caller, String, u8) {
    let (hash, bit) = (signed.hash.clone(), bit(signed.role));
    (Caller::Staff(signed), hash, bit)
}

fn signed(api: &Api, token: &str) -> Option<Signed> {
    let sessions = api.sessions.borrow().clone();
    sessions.find(token, api.keeper.latest()).cloned()
}

/// The session's token in the pad's cookie.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, value)| value)
}

/// A member of staff, whatever their role.
pub(super) struct Person(pub Signed);

impl FromRequestParts<Arc<Api>> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let By(caller) = By::<STAFF>::from_request_parts(parts, api).await?;
        match caller {
            Caller::Staff(signed) => Ok(Self(signed)),
            Caller::Device(_) => Err(ApiError::forbidden()),
        }
    }
}
