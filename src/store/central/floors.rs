//! Floor nodes: whose they are, their credential's hash, and how far their log has been heard.

use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    ADD = "INSERT INTO floors (id, site, token_hash, created_at, last_seq, last_hash)
        VALUES (?1, ?2, ?3, ?4, 0, ?5)";
    ONE = "SELECT id, site, token_hash, epoch, last_seq, last_hash, heard_at, trouble FROM floors
        WHERE id = ?1";
    BY_TOKEN = "SELECT id, site, token_hash, epoch, last_seq, last_hash, heard_at, trouble
        FROM floors WHERE token_hash = ?1";
    OF_SITE = "SELECT id, site, token_hash, epoch, last_seq, last_hash, heard_at, trouble
        FROM floors WHERE site = ?1 ORDER BY created_at, id";
    ADVANCE = "UPDATE floors SET epoch = ?2, last_seq = ?3, last_hash = ?4, heard_at = ?5,
        trouble = NULL WHERE id = ?1";
    TROUBLE = "UPDATE floors SET trouble = ?2, heard_at = ?3 WHERE id = ?1";
    NEW_TOKEN = "UPDATE floors SET token_hash = ?3 WHERE id = ?1 AND site = ?2";
}

/// One floor node (现场主机).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorRow {
    pub id: String,
    pub site: String,
    pub token_hash: String,
    /// The log's epoch; none until it was first heard.
    pub epoch: Option<String>,
    pub last_seq: u64,
    /// Hash of the last event.
    pub last_hash: String,
    pub heard_at: Option<Millis>,
    /// Why its log stands still: `gap`, `forked` or `unknown_version`.
    pub trouble: Option<String>,
}

/// `genesis`: the hash before the first event.
pub async fn add(
    tx: &mut dyn Tx,
    id: &str,
    site: &str,
    token_hash: &str,
    genesis: &str,
    at: Millis,
) -> Result<(), StoreError> {
    tx.run(&ADD, params![id, site, token_hash, at.0, genesis])
        .await?;
    Ok(())
}

pub async fn one(tx: &mut dyn Tx, id: &str) -> Result<Option<FloorRow>, StoreError> {
    let row = tx.row(&ONE, params![id]).await?;
    row.as_ref().map(read).transpose()
}

pub async fn of_site(tx: &mut dyn Tx, site: &str) -> Result<Vec<FloorRow>, StoreError> {
    let rows = tx.rows(&OF_SITE, params![site]).await?;
    rows.iter().map(read).collect()
}

/// Moves the cursor of the floor's log and clears its trouble.
pub async fn advance(
    tx: &mut dyn Tx,
    id: &str,
    epoch: &str,
    last_seq: u64,
    last_hash: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let seq = i64::try_from(last_seq).map_err(|_| StoreError::Shape(2))?;
    tx.run(&ADVANCE, params![id, epoch, seq, last_hash, at.0])
        .await?;
    Ok(())
}

/// Notes why the floor's log cannot go on.
pub async fn trouble(tx: &mut dyn Tx, id: &str, code: &str, at: Millis) -> Result<(), StoreError> {
    tx.run(&TROUBLE, params![id, code, at.0]).await?;
    Ok(())
}

/// The floor with this credential.
pub async fn by_token(tx: &mut dyn Tx, token_hash: &str) -> Result<Option<FloorRow>, StoreError> {
    let row = tx.row(&BY_TOKEN, params![token_hash]).await?;
    row.as_ref().map(read).transpose()
}

/// Replaces the credential: the old one is worth nothing from then on. False when the showroom has
/// no such floor.
pub async fn new_token(
    tx: &mut dyn Tx,
    site: &str,
    id: &str,
    token_hash: &str,
) -> Result<bool, StoreError> {
    Ok(tx.run(&NEW_TOKEN, params![id, site, token_hash]).await? == 1)
}

fn read(row: &Row) -> Result<FloorRow, StoreError> {
    Ok(FloorRow {
        id: row.text(0)?,
        site: row.text(1)?,
        token_hash: row.text(2)?,
        epoch: row.opt_text(3)?,
        last_seq: u64::try_from(row.int(4)?).map_err(|_| StoreError::Shape(4))?,
        last_hash: row.text(5)?,
        heard_at: row.opt_int(6)?.map(Millis),
        trouble: row.opt_text(7)?,
    })
}
