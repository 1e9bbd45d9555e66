//! Who looked at what and when; never the words they looked for.

use super::counters;
use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{StoreError, Tx};
use crate::store::statement::statements;

statements! {
    ADD = "INSERT INTO audit (number, at, account, site, kind, subject, found)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    LATEST = "SELECT at, account, site, kind, subject, found FROM audit
        ORDER BY number DESC LIMIT ?1";
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub at: Millis,
    pub account: String,
    pub site: Option<String>,
    /// `search_phone`, `search_name`, `search_tail`, `customer`, `timeline`, …
    pub kind: String,
    /// Id of the customer looked at.
    pub subject: Option<String>,
    /// How many were found.
    pub found: Option<u32>,
}

pub async fn add(tx: &mut dyn Tx, look: &Look) -> Result<(), StoreError> {
    let number = counters::next(tx, "audit").await?;
    tx.run(
        &ADD,
        params![
            number,
            look.at.0,
            &look.account,
            look.site.as_ref(),
            &look.kind,
            look.subject.as_ref(),
            look.found
        ],
    )
    .await?;
    Ok(())
}

/// The latest looks, latest first.
pub async fn latest(tx: &mut dyn Tx, most: u32) -> Result<Vec<Look>, StoreError> {
    tx.rows(&LATEST, params![most])
        .await?
        .into_iter()
        .map(|row| {
            Ok(Look {
                at: Millis(row.int(0)?),
                account: row.text(1)?,
                site: row.opt_text(2)?,
                kind: row.text(3)?,
                subject: row.opt_text(4)?,
                found: row.opt_int(5)?.map(|_| row.count(5)).transpose()?,
            })
        })
        .collect()
}
