//! The one door to a database: SQL written once, for two engines.
//!
//! Rules of the SQL here, so that SQLite and PostgreSQL give the same results: placeholders `?1`
//! (never `$1`, which SQLite binds by order of appearance); types bigint, double precision, text,
//! bytea; money in fen, times in milliseconds UTC, booleans 0/1; `ON CONFLICT` only; sums as
//! `cast(sum(x) as bigint)`; every row carries its site. Statements stand only in `statements!`
//! lists, which a test prepares one by one.

pub mod central;
pub mod db;
pub mod migrate;
pub mod sqlite;
pub mod statement;

pub use db::{Db, Row, StoreError, Tx, Value};
pub use statement::Sql;

#[cfg(test)]
mod contract;
