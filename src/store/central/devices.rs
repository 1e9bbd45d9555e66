//! Screens of a showroom: of their codes only derived keys, of their tokens only hashes.

use crate::core::time::Millis;
use crate::protocol::feed::DeviceRole;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    /// A revoked device, or one whose code ran out unused, may be created anew under its old name.
    ADD = "INSERT INTO devices (site, id, role, number, enrolment, enrolment_key, code_expires_at,
            created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (site, id) DO UPDATE SET role = excluded.role, number = excluded.number,
            enrolment = excluded.enrolment, enrolment_key = excluded.enrolment_key,
            code_expires_at = excluded.code_expires_at, created_at = excluded.created_at,
            token_hash = NULL, enrolled_at = NULL, revoked_at = NULL
        WHERE devices.revoked_at IS NOT NULL
            OR (devices.token_hash IS NULL AND devices.code_expires_at <= ?8)";
    ENROLLED = "UPDATE devices SET token_hash = ?4, enrolled_at = ?5, enrolment_key = NULL
        WHERE site = ?1 AND id = ?2 AND enrolment = ?3 AND token_hash IS NULL
            AND revoked_at IS NULL";
    REVOKE = "UPDATE devices SET revoked_at = ?3, enrolment_key = NULL
        WHERE site = ?1 AND id = ?2 AND revoked_at IS NULL";
    OF_SITE = "SELECT id, role, number, enrolment, enrolment_key, code_expires_at, created_at,
            token_hash, enrolled_at, revoked_at
        FROM devices WHERE site = ?1 ORDER BY id";
}

/// A screen.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceRow {
    pub id: String,
    pub role: DeviceRole,
    pub number: Option<u32>,
    pub enrolment: Option<String>,
    /// Lower-case hex; none once the code was used.
    pub enrolment_key: Option<String>,
    pub code_expires_at: Millis,
    pub created_at: Millis,
    /// None until it was enrolled.
    pub token_hash: Option<String>,
    pub enrolled_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

/// A screen that is to be enrolled.
pub struct NewDevice<'a> {
    pub id: &'a str,
    pub role: DeviceRole,
    pub number: Option<u32>,
    pub enrolment: &'a str,
    /// Lower-case hex.
    pub enrolment_key: &'a str,
    pub code_expires_at: Millis,
}

/// False when a live device has that id already.
pub async fn add(
    tx: &mut dyn Tx,
    site: &str,
    new: NewDevice<'_>,
    at: Millis,
) -> Result<bool, StoreError> {
    let role = super::to_document(&new.role, "role")?;
    let number = new.number.map(i64::from);
    let values = params![
        site,
        new.id,
        role,
        number,
        new.enrolment,
        new.enrolment_key,
        new.code_expires_at.0,
        at.0
    ];
    Ok(tx.run(&ADD, values).await? == 1)
}

/// A floor says that the code was used. False when it is another's word: of a code that was used
/// before, of a device that was revoked or created anew.
pub async fn enrolled(
    tx: &mut dyn Tx,
    site: &str,
    id: &str,
    enrolment: &str,
    token_hash: &str,
    at: Millis,
) -> Result<bool, StoreError> {
    let values = params![site, id, enrolment, token_hash, at.0];
    Ok(tx.run(&ENROLLED, values).await? == 1)
}

/// False when there is no such live device.
pub async fn revoke(tx: &mut dyn Tx, site: &str, id: &str, at: Millis) -> Result<bool, StoreError> {
    Ok(tx.run(&REVOKE, params![site, id, at.0]).await? == 1)
}

/// All of a showroom, the revoked ones too, by id.
pub async fn of_site(tx: &mut dyn Tx, site: &str) -> Result<Vec<DeviceRow>, StoreError> {
    let read = |row: &Row| {
        let number = row.opt_int(2)?;
        Ok(DeviceRow {
            id: row.text(0)?,
            role: super::document(&row.text(1)?, "role")?,
            number: number
                .map(|n| u32::try_from(n).map_err(|_| StoreError::Shape(2)))
                .transpose()?,
            enrolment: row.opt_text(3)?,
            enrolment_key: row.opt_text(4)?,
            code_expires_at: Millis(row.int(5)?),
            created_at: Millis(row.int(6)?),
            token_hash: row.opt_text(7)?,
            enrolled_at: row.opt_int(8)?.map(Millis),
            revoked_at: row.opt_int(9)?.map(Millis),
        })
    };
    let rows = tx.rows(&OF_SITE, params![site]).await?;
    rows.iter().map(read).collect()
}
