//! Floors and screens join the office: each gets a token that is shown once and kept as a hash.

pub mod api;

use super::feed::{self, Kind};
use super::sites::{device_id, existing};
use super::state::Central;
use crate::crypto::{chain, token};
use crate::http::ApiError;
use crate::protocol::central::{DeviceCredential, DeviceDraft, FloorCredential};
use crate::store::central::devices::{self, DeviceRow};
use crate::store::central::floors::{self, FloorRow};

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

/// Enrols a screen; the floors of the showroom hear of it by the feed.
pub async fn add_device(
    central: &Central,
    site: &str,
    draft: DeviceDraft,
) -> Result<DeviceCredential, ApiError> {
    device_id(&draft.id, "/id")?;
    let token = token::secret_token();
    let hash = token::hash(&token);
    let now = central.clock.now();
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    if !devices::add(&mut *tx, site, &draft.id, draft.role, &hash, now).await? {
        return Err(ApiError::conflict(
            "device_exists",
            "A device of this name is enrolled; revoke it first",
        ));
    }
    feed::publish(central, &mut *tx, site, Kind::Devices).await?;
    tx.commit().await?;
    central.announce();
    Ok(DeviceCredential {
        id: draft.id,
        role: draft.role,
        token,
    })
}

/// Takes a screen's right away.
pub async fn revoke_device(central: &Central, site: &str, id: &str) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    if !devices::revoke(&mut *tx, site, id, central.clock.now()).await? {
        return Err(ApiError::not_found());
    }
    feed::publish(central, &mut *tx, site, Kind::Devices).await?;
    tx.commit().await?;
    central.announce();
    Ok(())
}

/// A showroom's screens, the revoked ones too, by id.
pub async fn devices(central: &Central, site: &str) -> Result<Vec<DeviceRow>, ApiError> {
    let mut tx = central.db.read().await?;
    existing(&mut *tx, site).await?;
    Ok(devices::of_site(&mut *tx, site).await?)
}
