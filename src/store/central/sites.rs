//! Showrooms: settings, staff, house rules, and every version of the notice.

use super::counters;
use crate::core::house_rules::HouseRules;
use crate::core::site::{Notice, StaffMember};
use crate::core::time::Millis;
use crate::protocol::central::SiteSettings;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    PUT = "INSERT INTO sites (id, settings, staff, rules, updated_at) VALUES (?1, ?2, '[]', '{}', ?3)
        ON CONFLICT (id) DO UPDATE SET settings = excluded.settings,
            updated_at = excluded.updated_at";
    SET_STAFF = "UPDATE sites SET staff = ?2, updated_at = ?3 WHERE id = ?1";
    SET_RULES = "UPDATE sites SET rules = ?2, rules_by = ?4, updated_at = ?3 WHERE id = ?1";
    ONE = "SELECT id, settings, staff, rules, rules_by FROM sites WHERE id = ?1";
    LIST = "SELECT id, settings, staff, rules, rules_by FROM sites ORDER BY id";
    ADD_NOTICE = "INSERT INTO notices (site, version, hash, body, published_at, number)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    NOTICES = "SELECT body FROM notices WHERE site = ?1 ORDER BY number DESC";
    NOTICE_IN_FORCE = "SELECT body FROM notices WHERE site = ?1 ORDER BY number DESC LIMIT 1";
}

/// A showroom as the centre keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteRow {
    pub id: String,
    pub settings: SiteSettings,
    pub staff: Vec<StaffMember>,
    pub rules: HouseRules,
    /// The user who last changed them.
    pub rules_by: Option<String>,
}

/// Creates the showroom or replaces its settings; staff, rules and notices stay.
pub async fn put(
    tx: &mut dyn Tx,
    id: &str,
    settings: &SiteSettings,
    at: Millis,
) -> Result<(), StoreError> {
    let settings = super::to_document(settings, "site")?;
    tx.run(&PUT, params![id, settings, at.0]).await?;
    Ok(())
}

/// Replaces the whole list, in order.
pub async fn set_staff(
    tx: &mut dyn Tx,
    id: &str,
    staff: &[StaffMember],
    at: Millis,
) -> Result<(), StoreError> {
    let staff = super::to_document(&staff, "staff")?;
    tx.run(&SET_STAFF, params![id, staff, at.0]).await?;
    Ok(())
}

pub async fn set_rules(
    tx: &mut dyn Tx,
    id: &str,
    rules: &HouseRules,
    by: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let rules = super::to_document(rules, "rules")?;
    tx.run(&SET_RULES, params![id, rules, at.0, by]).await?;
    Ok(())
}

pub async fn one(tx: &mut dyn Tx, id: &str) -> Result<Option<SiteRow>, StoreError> {
    let row = tx.row(&ONE, params![id]).await?;
    row.as_ref().map(read).transpose()
}

pub async fn list(tx: &mut dyn Tx) -> Result<Vec<SiteRow>, StoreError> {
    let rows = tx.rows(&LIST, params![]).await?;
    rows.iter().map(read).collect()
}

/// Adds a version; [`StoreError::Unique`] when the version exists, as a shown notice never changes.
pub async fn add_notice(
    tx: &mut dyn Tx,
    site: &str,
    notice: &Notice,
    at: Millis,
) -> Result<(), StoreError> {
    let number = counters::next(tx, "notice").await?;
    let body = super::to_document(notice, "notice")?;
    tx.run(
        &ADD_NOTICE,
        params![site, &notice.version, &notice.hash, body, at.0, number],
    )
    .await?;
    Ok(())
}

/// The version in force.
pub async fn notice_in_force(tx: &mut dyn Tx, site: &str) -> Result<Option<Notice>, StoreError> {
    let rows = tx.rows(&NOTICE_IN_FORCE, params![site]).await?;
    let read = |row: &Row| super::document(&row.text(0)?, "notice");
    rows.first().map(read).transpose()
}

/// All versions, the one in force first.
pub async fn notices(tx: &mut dyn Tx, site: &str) -> Result<Vec<Notice>, StoreError> {
    tx.rows(&NOTICES, params![site])
        .await?
        .iter()
        .map(|row| super::document(&row.text(0)?, "notice"))
        .collect()
}

fn read(row: &Row) -> Result<SiteRow, StoreError> {
    Ok(SiteRow {
        id: row.text(0)?,
        settings: super::document(&row.text(1)?, "site")?,
        staff: super::document(&row.text(2)?, "staff")?,
        rules: super::document(&row.text(3)?, "rules")?,
        rules_by: row.opt_text(4)?,
    })
}
