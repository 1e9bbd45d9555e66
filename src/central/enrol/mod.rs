//! Floors and screens join the office. A floor gets a token that is shown once and kept as a hash; a
//! screen a one-time code, which it turns into a token at its floor.

pub mod api;

use uuid::Uuid;

use super::access::blocking;
use super::feed::{self, Kind};
use super::sites::{device_id, existing};
use super::state::Central;
use crate::crypto::{chain, enrolment, token};
use crate::http::ApiError;
use crate::protocol::central::{DeviceCode, DeviceDraft, FloorCredential};
use crate::protocol::feed::DeviceRole;
use crate::store::central::counters;
use crate::store::central::devices::{self, DeviceRow, NewDevice};
use crate::store::central::floors::{self, FloorRow};

/// How long a screen's code is good for, minutes: time enough to walk over to it.
pub const CODE_MINUTES: i64 = 30;

/// Adds a floor node to a showroom.
pub async fn add_floor(central: &Central, site: &str) -> Result<FloorCredential, ApiError> {
    let token = token::secret_token();
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    // What stands after the last hyphen is the floor's number, so no two floors share an id.
    let number = floors::of_site(&mut *tx, site).await?.len() + 1;
    let floor = format!("{site}-{number}");
    let hash = token::hash(&token);
    let now = central.clock.now();
    floors::add(&mut *tx, &floor, site, &hash, chain::GENESIS, now).await?;
    feed::publish_all(central, &mut *tx, site, &floor).await?;
    tx.commit().await?;
    Ok(FloorCredential { floor, token })
}

/// A new credential for a floor; the one before is worth nothing from then on.
pub async fn renew_floor(
    central: &Central,
    site: &str,
    floor: &str,
) -> Result<FloorCredential, ApiError> {
    let token = token::secret_token();
    let mut tx = central.db.write().await?;
    if !floors::new_token(&mut *tx, site, floor, &token::hash(&token)).await? {
        return Err(ApiError::not_found());
    }
    tx.commit().await?;
    Ok(FloorCredential {
        floor: floor.to_owned(),
        token,
    })
}

/// A showroom's floors, in the order they were added.
pub async fn floors(central: &Central, site: &str) -> Result<Vec<FloorRow>, ApiError> {
    let mut tx = central.db.read().await?;
    existing(&mut *tx, site).await?;
    Ok(floors::of_site(&mut *tx, site).await?)
}

/// Creates a screen with a one-time code; the floors of the showroom hear of it by the feed. The code
/// itself is kept nowhere.
pub async fn add_device(
    central: &Central,
    site: &str,
    draft: DeviceDraft,
) -> Result<DeviceCode, ApiError> {
    device_id(&draft.id, "/id")?;
    let code = enrolment::new_code();
    let key = {
        let code = code.clone();
        let derived = blocking(central, move || enrolment::key(&code)).await?;
        derived.ok_or_else(ApiError::internal)?
    };
    let now = central.clock.now();
    let expires = now.plus_minutes(CODE_MINUTES);
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    let number = match draft.role {
        DeviceRole::Kiosk => {
            let next = counters::next(&mut *tx, &format!("kiosks/{site}")).await?;
            Some(u32::try_from(next).map_err(|_| ApiError::internal())?)
        }
        DeviceRole::Display | DeviceRole::Desk => None,
    };
    let new = NewDevice {
        id: &draft.id,
        role: draft.role,
        number,
        enrolment: &Uuid::now_v7().to_string(),
        enrolment_key: &chain::hex(key.as_ref()),
        code_expires_at: expires,
    };
    if !devices::add(&mut *tx, site, new, now).await? {
        return Err(ApiError::conflict(
            "device_exists",
            "A device of this name is there; revoke it first",
        ));
    }
    feed::hand_down(central, tx, site, Kind::Devices).await?;
    Ok(DeviceCode {
        id: draft.id,
        role: draft.role,
        code,
        expires: expires.rfc3339(),
    })
}

/// Takes a screen's right away.
pub async fn revoke_device(central: &Central, site: &str, id: &str) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    if !devices::revoke(&mut *tx, site, id, central.clock.now()).await? {
        return Err(ApiError::not_found());
    }
    feed::hand_down(central, tx, site, Kind::Devices).await
}

/// A showroom's screens, the revoked ones too, by id.
pub async fn devices(central: &Central, site: &str) -> Result<Vec<DeviceRow>, ApiError> {
    let mut tx = central.db.read().await?;
    existing(&mut *tx, site).await?;
    Ok(devices::of_site(&mut *tx, site).await?)
}
