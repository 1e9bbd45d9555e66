//! What agents wrote about visits, already encrypted.

use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    CUSTOMER_OF = "SELECT customer FROM visits WHERE floor = ?1 AND id = ?2";
    ADD = "INSERT INTO visit_notes (visit, hash, customer, site, body, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (visit, hash) DO NOTHING";
    OF_CUSTOMER = "SELECT visit, hash, body FROM visit_notes WHERE customer = ?1
        ORDER BY visit, hash";
}

/// The customer of a floor's visit; `None`: the floor has no such visit.
pub async fn customer_of(
    tx: &mut dyn Tx,
    floor: &str,
    visit: &str,
) -> Result<Option<Option<String>>, StoreError> {
    let row = tx.row(&CUSTOMER_OF, params![floor, visit]).await?;
    row.map(|r| r.opt_text(0)).transpose()
}

/// One note.
pub struct NoteRow {
    pub visit: String,
    /// Of what was sealed; the event names it.
    pub hash: String,
    pub customer: Option<String>,
    pub site: String,
    pub body: Vec<u8>,
}

pub async fn add(tx: &mut dyn Tx, note: NoteRow, at: Millis) -> Result<(), StoreError> {
    tx.run(
        &ADD,
        params![
            note.visit,
            note.hash,
            note.customer,
            note.site,
            note.body,
            at.0
        ],
    )
    .await?;
    Ok(())
}

/// Visit, hash and body of each of a customer's notes.
pub async fn of_customer(
    tx: &mut dyn Tx,
    customer: &str,
) -> Result<Vec<(String, String, Vec<u8>)>, StoreError> {
    let read = |row: &Row| Ok((row.text(0)?, row.text(1)?, row.bytes(2)?));
    let rows = tx.rows(&OF_CUSTOMER, params![customer]).await?;
    rows.iter().map(read).collect()
}
