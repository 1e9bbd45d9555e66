//! Enrolled screens of a showroom; of their tokens only hashes.

use crate::core::time::Millis;
use crate::protocol::feed::DeviceRole;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    /// A revoked device may be enrolled anew under its old name; a live one may not.
    ADD = "INSERT INTO devices (site, id, role, token_hash, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (site, id) DO UPDATE SET role = excluded.role, token_hash = excluded.token_hash,
            enrolled_at = excluded.enrolled_at, revoked_at = NULL
        WHERE devices.revoked_at IS NOT NULL";
    REVOKE = "UPDATE devices SET revoked_at = ?3
        WHERE site = ?1 AND id = ?2 AND revoked_at IS NULL";
    OF_SITE = "SELECT id, role, token_hash, enrolled_at, revoked_at FROM devices
        WHERE site = ?1 ORDER BY id";
}

/// An enrolled screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    pub id: String,
    pub role: DeviceRole,
    pub token_hash: String,
    pub enrolled_at: Millis,
    pub revoked_at: Option<Millis>,
}

/// False when a live device has that id already.
pub async fn add(
    tx: &mut dyn Tx,
    site: &str,
    id: &str,
    role: DeviceRole,
    token_hash: &str,
    at: Millis,
) -> Result<bool, StoreError> {
    let role = super::to_document(&role, "role")?;
    Ok(tx
        .run(&ADD, params![site, id, role, token_hash, at.0])
        .await?
        == 1)
}

/// False when there is no such live device.
pub async fn revoke(tx: &mut dyn Tx, site: &str, id: &str, at: Millis) -> Result<bool, StoreError> {
    Ok(tx.run(&REVOKE, params![site, id, at.0]).await? == 1)
}

/// All of a showroom, the revoked ones too, by id.
pub async fn of_site(tx: &mut dyn Tx, site: &str) -> Result<Vec<DeviceRow>, StoreError> {
    let read = |row: &Row| {
        Ok(DeviceRow {
            id: row.text(0)?,
            role: super::document(&row.text(1)?, "role")?,
            token_hash: row.text(2)?,
            enrolled_at: Millis(row.int(3)?),
            revoked_at: row.opt_int(4)?.map(Millis),
        })
    };
    let rows = tx.rows(&OF_SITE, params![site]).await?;
    rows.iter().map(read).collect()
}
