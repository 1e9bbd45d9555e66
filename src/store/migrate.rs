//! Numbered SQL files, applied once each, in order. A shipped one is never edited: the hash of what
//! was applied is kept and compared.

use super::db::{Db, StoreError};
use crate::core::time::Millis;
use crate::crypto::chain::sha256_hex;
use crate::store::db::params;
use crate::store::statement::statements;

/// One numbered step; numbers count from 1 without gaps.
#[derive(Debug)]
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub sql: &'static str,
}

/// The list of a database's migrations from its files.
macro_rules! migrations {
    ($folder:literal: $($number:literal $name:literal),+ $(,)?) => {
        &[$($crate::store::migrate::Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src/store/migrations/",
                $folder,
                "/",
                $name,
                ".sql"
            )),
        }),+]
    };
}

pub(crate) use migrations;

/// Where the applied steps are kept. Runs before anything else, and does nothing when it is there.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (
    number bigint PRIMARY KEY, name text NOT NULL, hash text NOT NULL, applied_at bigint NOT NULL)";

statements! {
    APPLIED = "SELECT number, hash FROM migrations ORDER BY number";
    RECORD = "INSERT INTO migrations (number, name, hash, applied_at) VALUES (?1, ?2, ?3, ?4)";
}

/// Brings the database to the newest step, each step in one transaction with its record.
pub async fn run(db: &dyn Db, steps: &[Migration], now: Millis) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    tx.script(TABLE).await?;
    let applied = tx.rows(&APPLIED, params![]).await?;
    tx.commit().await?;

    let known = steps.last().map_or(0, |s| s.number);
    let mut done = 0;
    for row in &applied {
        let number = row.int(0)?;
        let step = steps
            .iter()
            .find(|s| s.number == number)
            .ok_or(StoreError::Newer {
                found: number,
                known,
            })?;
        if row.text(1)? != hash(step) {
            return Err(StoreError::MigrationChanged(number));
        }
        done = number;
    }
    for step in steps.iter().filter(|s| s.number > done) {
        let mut tx = db.write().await?;
        tx.script(step.sql).await?;
        tx.run(&RECORD, params![step.number, step.name, hash(step), now.0])
            .await?;
        tx.commit().await?;
        tracing::info!(name = step.name, "migration applied");
    }
    Ok(())
}

/// Line endings do not count: a checkout on another system may change them.
fn hash(step: &Migration) -> String {
    sha256_hex(step.sql.replace("\r\n", "\n").as_bytes())
}
