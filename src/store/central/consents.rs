//! Consent records in full (K2).

use crate::core::consent::Manner;
use crate::core::language::Language;
use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    ADD = "INSERT INTO consents (visit, purpose, given, notice_version, notice_hash, language, at,
            site, floor, device, receipt, manner)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (visit, purpose) DO NOTHING";
    OF_VISIT = "SELECT visit, purpose, given, notice_version, notice_hash, language, at, site,
            floor, device, receipt, manner
        FROM consents WHERE visit = ?1 ORDER BY purpose";
}

/// One answer to one purpose (同意记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    pub visit: String,
    pub purpose: String,
    pub given: bool,
    pub notice_version: String,
    pub notice_hash: String,
    pub language: Language,
    pub at: Millis,
    /// The place: the showroom, and in it the floor and the device.
    pub site: String,
    pub floor: String,
    pub device: String,
    pub receipt: String,
    pub manner: Manner,
}

pub async fn add(tx: &mut dyn Tx, c: &ConsentRow) -> Result<(), StoreError> {
    tx.run(
        &ADD,
        params![
            &c.visit,
            &c.purpose,
            c.given,
            &c.notice_version,
            &c.notice_hash,
            c.language.tag(),
            c.at.0,
            &c.site,
            &c.floor,
            &c.device,
            &c.receipt,
            c.manner.code()
        ],
    )
    .await?;
    Ok(())
}

pub async fn of_visit(tx: &mut dyn Tx, visit: &str) -> Result<Vec<ConsentRow>, StoreError> {
    let rows = tx.rows(&OF_VISIT, params![visit]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ConsentRow, StoreError> {
    Ok(ConsentRow {
        visit: row.text(0)?,
        purpose: row.text(1)?,
        given: row.flag(2)?,
        notice_version: row.text(3)?,
        notice_hash: row.text(4)?,
        language: Language::from_tag(&row.text(5)?).ok_or(StoreError::Shape(5))?,
        at: Millis(row.int(6)?),
        site: row.text(7)?,
        floor: row.text(8)?,
        device: row.text(9)?,
        receipt: row.text(10)?,
        manner: Manner::from_code(&row.text(11)?).ok_or(StoreError::Shape(11))?,
    })
}
