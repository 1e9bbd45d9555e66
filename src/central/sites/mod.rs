//! The office's showrooms: settings, notice, staff, rules. Every change reaches each floor of the
//! showroom by the feed, in the same transaction.

pub mod api;
pub(super) mod check;
pub mod pins;

use super::feed::{self, Kind};
use super::state::Central;
use crate::core::house_rules::HouseRules;
use crate::core::site::Notice;
use crate::crypto::chain::sha256_hex;
use crate::http::ApiError;
use crate::protocol::central::{NoticeDraft, SiteSettings, StaffList};
use crate::store::central::sites::{self, SiteRow};
use crate::store::{StoreError, Tx};

pub use check::{device_id, site_id};

/// The showroom, or 404.
pub async fn existing(tx: &mut dyn Tx, site: &str) -> Result<SiteRow, ApiError> {
    sites::one(tx, site).await?.ok_or_else(ApiError::not_found)
}

/// All showrooms, by id.
pub async fn list(central: &Central) -> Result<Vec<SiteRow>, ApiError> {
    let mut tx = central.db.read().await?;
    Ok(sites::list(&mut *tx).await?)
}

/// One showroom, or 404.
pub async fn one(central: &Central, site: &str) -> Result<SiteRow, ApiError> {
    let mut tx = central.db.read().await?;
    existing(&mut *tx, site).await
}

/// All versions of a showroom's notice, the one in force first.
pub async fn notices(central: &Central, site: &str) -> Result<Vec<Notice>, ApiError> {
    let mut tx = central.db.read().await?;
    existing(&mut *tx, site).await?;
    Ok(sites::notices(&mut *tx, site).await?)
}

/// Creates the showroom (true) or replaces its settings (false).
pub async fn save(
    central: &Central,
    site: &str,
    settings: &SiteSettings,
) -> Result<bool, ApiError> {
    check::site_id(site)?;
    check::settings(settings)?;
    let mut tx = central.db.write().await?;
    let new = sites::one(&mut *tx, site).await?.is_none();
    sites::put(&mut *tx, site, settings, central.clock.now()).await?;
    feed::hand_down(central, tx, site, Kind::Site).await?;
    Ok(new)
}

/// Publishes a new version of the notice; it is in force from then on.
pub async fn publish_notice(
    central: &Central,
    site: &str,
    draft: NoticeDraft,
) -> Result<Notice, ApiError> {
    check::notice(&draft)?;
    let mut notice = Notice {
        version: draft.version,
        hash: String::new(),
        text: draft.text,
        purposes: draft.purposes,
    };
    notice.hash = sha256_hex(&notice.canonical());
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    match sites::add_notice(&mut *tx, site, &notice, central.clock.now()).await {
        Err(StoreError::Unique) => {
            return Err(ApiError::conflict(
                "notice_exists",
                "This version exists; a notice that was shown never changes",
            ));
        }
        other => other?,
    }
    feed::hand_down(central, tx, site, Kind::Site).await?;
    Ok(notice)
}

/// Replaces the staff list, in order.
pub async fn save_staff(central: &Central, site: &str, list: &StaffList) -> Result<(), ApiError> {
    check::staff(list)?;
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    sites::set_staff(&mut *tx, site, &list.staff, central.clock.now()).await?;
    feed::hand_down(central, tx, site, Kind::Site).await
}

/// Replaces the house's rules. `by`: the user who changes them, for the turn book.
pub async fn save_rules(
    central: &Central,
    site: &str,
    rules: &HouseRules,
    by: &str,
) -> Result<(), ApiError> {
    check::rules(rules)?;
    let mut tx = central.db.write().await?;
    existing(&mut *tx, site).await?;
    sites::set_rules(&mut *tx, site, rules, by, central.clock.now()).await?;
    feed::hand_down(central, tx, site, Kind::Rules).await
}
