//! What is read beside the writer: batches for the centre, old days of the turn book.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::LogError;
use super::load::{collect, events, lines};
use super::rest;
use super::restored::{self, Restored};
use super::write::signed;
use crate::core::id::VisitId;
use crate::core::turn_book::BookLine;
use crate::protocol::ingest::Envelope;
use crate::protocol::turn_book::SignedSheet;

/// Most events in one delivery.
const BATCH_EVENTS: u64 = 200;
/// A delivery stops growing at this size, bytes; what the centre takes at once is more.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// A connection that cannot write. SQLite works on a blocking thread each time.
#[derive(Clone)]
pub(in crate::floor) struct Reader {
    db: Arc<Mutex<Connection>>,
}

/// Events on their way, with the sealed profiles that belong to them (base64 by hash).
pub(in crate::floor) struct Parcel {
    pub events: Vec<Envelope>,
    pub profiles: BTreeMap<String, String>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, LogError> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        db.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(Self {
            db: Arc::new(Mutex::new(db)),
        })
    }

    /// The next events after `delivered`, in order; empty when all are delivered.
    pub async fn parcel(&self, delivered: u64) -> Result<Parcel, LogError> {
        self.blocking(move |db| parcel(db, delivered)).await
    }

    /// One event; `None` where the log is shorter.
    pub async fn event(&self, seq: u64) -> Result<Option<Envelope>, LogError> {
        self.blocking(move |db| Ok(events(db, seq, seq)?.pop()))
            .await
    }

    /// What a restore left to be done.
    pub async fn restored(&self) -> Result<Option<Restored>, LogError> {
        self.blocking(restored::read).await
    }

    /// The turn book of one day, behind the line `after`.
    pub async fn turn_lines(
        &self,
        day: String,
        after: Option<u64>,
    ) -> Result<Vec<BookLine>, LogError> {
        self.blocking(move |db| lines(db, &day, after)).await
    }

    /// The visit put away whose ticket page has this token's hash.
    pub async fn rested(&self, token_hash: String) -> Result<Option<VisitId>, LogError> {
        self.blocking(move |db| rest::by_token(db, &token_hash))
            .await
    }

    /// The signed sheet of a day that is over.
    pub async fn turn_sheet(&self, day: String) -> Result<Option<SignedSheet>, LogError> {
        self.blocking(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT sheet, signature, public_key FROM turn_sheets WHERE day = ?1",
                )?
                .query_row([day], |r| {
                    Ok(SignedSheet {
                        sheet: r.get(0)?,
                        signature: Some(r.get(1)?),
                        public_key: Some(r.get(2)?),
                    })
                })
                .optional()?)
        })
        .await
    }

    /// The sheet of `day` signed after the closing with the line `through` as its last.
    pub async fn closing_sheet(
        &self,
        day: String,
        through: u64,
    ) -> Result<Option<SignedSheet>, LogError> {
        self.blocking(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT sheet, signature, public_key FROM closing_sheets
                     WHERE day = ?1 AND through = ?2",
                )?
                .query_row(rusqlite::params![day, signed(through)], |r| {
                    Ok(SignedSheet {
                        sheet: r.get(0)?,
                        signature: Some(r.get(1)?),
                        public_key: Some(r.get(2)?),
                    })
                })
                .optional()?)
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let db = self.db.clone();
        tokio::task::spawn_blocking(move || {
            read(&db.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(|_| LogError::Closed)?
    }
}

fn parcel(db: &Connection, delivered: u64) -> Result<Parcel, LogError> {
    let mut found = events(db, delivered + 1, delivered + BATCH_EVENTS)?;
    let last = found.last().map_or(delivered, |e| e.seq);
    let blobs: BTreeMap<u64, (String, Vec<u8>)> = collect(
        db,
        "SELECT seq, hash, blob FROM profiles WHERE seq BETWEEN ?1 AND ?2",
        [signed(delivered + 1), signed(last)],
        |r| Ok((r.get::<_, i64>(0)?.cast_unsigned(), (r.get(1)?, r.get(2)?))),
    )?
    .into_iter()
    .collect();
    let mut size = 0;
    let fitting = found
        .iter()
        .take_while(|e| {
            let before = size;
            // Base64 is a third longer.
            size += e.body.get().len() + blobs.get(&e.seq).map_or(0, |(_, b)| b.len() * 4 / 3);
            before == 0 || size <= BATCH_BYTES
        })
        .count();
    found.truncate(fitting);
    let last = found.last().map_or(delivered, |e| e.seq);
    Ok(Parcel {
        events: found,
        profiles: blobs
            .into_iter()
            .filter(|(seq, _)| *seq <= last)
            .map(|(_, (hash, blob))| (hash, STANDARD.encode(blob)))
            .collect(),
    })
}
