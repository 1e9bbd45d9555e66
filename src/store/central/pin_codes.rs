//! One-time codes for staff's PINs; of each only a slow hash.

use uuid::Uuid;

use crate::core::id::AgentId;
use crate::core::time::Millis;
use crate::protocol::feed::PinCodeGrant;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    PUT = "INSERT INTO pin_codes (site, staff, id, hash, issued_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (site, staff) DO UPDATE SET id = excluded.id, hash = excluded.hash,
            issued_at = excluded.issued_at, expires_at = excluded.expires_at";
    OF_SITE = "SELECT staff, id, hash, expires_at FROM pin_codes
        WHERE site = ?1 AND expires_at > ?2 ORDER BY staff";
}

/// Replaces the person's code before it.
pub async fn put(
    tx: &mut dyn Tx,
    site: &str,
    code: &PinCodeGrant,
    now: Millis,
) -> Result<(), StoreError> {
    let (staff, id) = (code.staff.as_str(), code.id.to_string());
    tx.run(
        &PUT,
        params![site, staff, id, &code.hash, now.0, code.expires.0],
    )
    .await?;
    Ok(())
}

/// Those not expired yet; whether they were used, the floor knows.
pub async fn of_site(
    tx: &mut dyn Tx,
    site: &str,
    now: Millis,
) -> Result<Vec<PinCodeGrant>, StoreError> {
    let read = |row: &Row| {
        Ok(PinCodeGrant {
            staff: AgentId(row.text(0)?),
            id: Uuid::parse_str(&row.text(1)?).map_err(|_| StoreError::Shape(1))?,
            hash: row.text(2)?,
            expires: Millis(row.int(3)?),
        })
    };
    let rows = tx.rows(&OF_SITE, params![site, now.0]).await?;
    rows.iter().map(read).collect()
}
