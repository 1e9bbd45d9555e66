//! Accounts, their sessions, and the one-time setup code.

use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    PUT_CODE = "INSERT INTO setup_codes (hash, created_at) VALUES (?1, ?2)";
    TAKE_CODE = "DELETE FROM setup_codes WHERE hash = ?1";
    DROP_CODES = "DELETE FROM setup_codes";
    COUNT = "SELECT count(*) FROM accounts";
    ADD = "INSERT INTO accounts (id, user_name, password, role, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    BY_NAME = "SELECT id, user_name, password, role FROM accounts
        WHERE user_name = ?1 AND disabled_at IS NULL";
    OPEN_SESSION = "INSERT INTO sessions (hash, account, created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4)";
    SESSION = "SELECT a.id, a.user_name, a.role, s.expires_at
        FROM sessions s JOIN accounts a ON a.id = s.account
        WHERE s.hash = ?1 AND s.expires_at > ?2 AND a.disabled_at IS NULL";
    END_SESSION = "DELETE FROM sessions WHERE hash = ?1";
    DROP_EXPIRED = "DELETE FROM sessions WHERE expires_at <= ?1";
}

/// An account with its password's hash (PHC string).
#[derive(Clone)]
pub struct Account {
    pub id: String,
    pub user: String,
    pub password: String,
    pub role: String,
}

/// Whom a session belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub account: String,
    pub user: String,
    pub role: String,
    pub expires: Millis,
}

/// Keeps a new setup code's hash and forgets older ones.
pub async fn put_setup_code(tx: &mut dyn Tx, hash: &str, at: Millis) -> Result<(), StoreError> {
    tx.run(&DROP_CODES, params![]).await?;
    tx.run(&PUT_CODE, params![hash, at.0]).await?;
    Ok(())
}

/// Uses a setup code up; false when it is not known.
pub async fn take_setup_code(tx: &mut dyn Tx, hash: &str) -> Result<bool, StoreError> {
    Ok(tx.run(&TAKE_CODE, params![hash]).await? == 1)
}

pub async fn any(tx: &mut dyn Tx) -> Result<bool, StoreError> {
    let row = tx.row(&COUNT, params![]).await?;
    Ok(row.ok_or(StoreError::Shape(0))?.int(0)? > 0)
}

/// Adds an account; [`StoreError::Unique`] when the name is taken.
pub async fn add(tx: &mut dyn Tx, account: &Account, at: Millis) -> Result<(), StoreError> {
    tx.run(
        &ADD,
        params![
            &account.id,
            &account.user,
            &account.password,
            &account.role,
            at.0
        ],
    )
    .await?;
    Ok(())
}

/// The enabled account of that name.
pub async fn by_name(tx: &mut dyn Tx, user: &str) -> Result<Option<Account>, StoreError> {
    let read = |row: Row| {
        Ok(Account {
            id: row.text(0)?,
            user: row.text(1)?,
            password: row.text(2)?,
            role: row.text(3)?,
        })
    };
    tx.row(&BY_NAME, params![user]).await?.map(read).transpose()
}

/// Opens a session; expired ones are cleared on the way.
pub async fn open_session(
    tx: &mut dyn Tx,
    token_hash: &str,
    account: &str,
    at: Millis,
    expires: Millis,
) -> Result<(), StoreError> {
    tx.run(&DROP_EXPIRED, params![at.0]).await?;
    tx.run(&OPEN_SESSION, params![token_hash, account, at.0, expires.0])
        .await?;
    Ok(())
}

/// The live session with this token, of an enabled account.
pub async fn session(
    tx: &mut dyn Tx,
    token_hash: &str,
    now: Millis,
) -> Result<Option<SessionRow>, StoreError> {
    let read = |row: Row| {
        Ok(SessionRow {
            account: row.text(0)?,
            user: row.text(1)?,
            role: row.text(2)?,
            expires: Millis(row.int(3)?),
        })
    };
    tx.row(&SESSION, params![token_hash, now.0])
        .await?
        .map(read)
        .transpose()
}

pub async fn end_session(tx: &mut dyn Tx, token_hash: &str) -> Result<(), StoreError> {
    tx.run(&END_SESSION, params![token_hash]).await?;
    Ok(())
}
