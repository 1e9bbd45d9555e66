//! Rows of numbers that grow and never repeat.

use crate::store::db::params;
use crate::store::db::{StoreError, Tx};
use crate::store::statement::statements;

statements! {
    NEXT = "INSERT INTO counters (name, value) VALUES (?1, 1)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
}

/// The next number of `counter`, from 1.
pub async fn next(tx: &mut dyn Tx, counter: &str) -> Result<i64, StoreError> {
    tx.row(&NEXT, params![counter])
        .await?
        .ok_or(StoreError::Shape(0))?
        .int(0)
}
