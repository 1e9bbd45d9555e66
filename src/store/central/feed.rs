//! What is handed down to each floor: the latest document of each kind and the day's news, by one
//! growing cursor.

use super::counters;
use crate::protocol::feed::{FeedBody, FeedItem};
use crate::store::db::params;
use crate::store::db::{StoreError, Tx};
use crate::store::statement::statements;

statements! {
    PUT = "INSERT INTO feed (floor, kind, site, cursor, body) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (floor, kind) DO UPDATE SET cursor = excluded.cursor, body = excluded.body";
    AFTER = "SELECT cursor, body FROM feed WHERE floor = ?1 AND cursor > ?2
        UNION ALL SELECT cursor, body FROM feed_notices WHERE floor = ?1 AND cursor > ?2
        ORDER BY cursor";
    DROP_OTHER_DAYS = "DELETE FROM feed_notices WHERE floor = ?1 AND day <> ?2";
    TELL = "INSERT INTO feed_notices (floor, cursor, site, day, body)
        VALUES (?1, ?2, ?3, ?4, ?5)";
}

/// Replaces the document of the same kind, under a new cursor.
pub async fn put(
    tx: &mut dyn Tx,
    floor: &str,
    site: &str,
    body: &FeedBody,
) -> Result<(), StoreError> {
    let kind = match body {
        FeedBody::Site { .. } => "site",
        FeedBody::Rules { .. } => "rules",
        FeedBody::Devices { .. } => "devices",
        FeedBody::PinCodes { .. } => "pin_codes",
        FeedBody::Appointments { .. } => "appointments",
        FeedBody::Registrations { .. } => "registrations",
        FeedBody::Overdue { .. } => "overdue",
        // About one visit, see `tell`.
        FeedBody::OwnerLearned { .. } => "owner_learned",
    };
    let cursor = counters::next(tx, "feed").await?;
    let body = super::to_document(body, "feed item")?;
    tx.run(&PUT, params![floor, kind, site, cursor, body])
        .await?;
    Ok(())
}

/// Adds news that replace nothing and are void after `day`; those of other days go.
pub async fn tell(
    tx: &mut dyn Tx,
    floor: &str,
    site: &str,
    day: &str,
    body: &FeedBody,
) -> Result<(), StoreError> {
    tx.run(&DROP_OTHER_DAYS, params![floor, day]).await?;
    let cursor = counters::next(tx, "feed").await?;
    let body = super::to_document(body, "feed item")?;
    tx.run(&TELL, params![floor, cursor, site, day, body])
        .await?;
    Ok(())
}

/// The documents and news behind the cursor, oldest first.
pub async fn after(tx: &mut dyn Tx, floor: &str, cursor: u64) -> Result<Vec<FeedItem>, StoreError> {
    // A cursor beyond what the column can hold is beyond every item.
    let cursor = i64::try_from(cursor).unwrap_or(i64::MAX);
    tx.rows(&AFTER, params![floor, cursor])
        .await?
        .iter()
        .map(|row| {
            Ok(FeedItem {
                cursor: u64::try_from(row.int(0)?).map_err(|_| StoreError::Shape(0))?,
                body: super::document(&row.text(1)?, "feed item")?,
            })
        })
        .collect()
}
