//! The floor's database: one thread writes, one transaction a batch.

mod audit;
mod load;
mod read;
mod rest;
pub(super) mod restored;
mod write;

pub use self::audit::{Audit, audit};
pub use self::load::Recorded;

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

use super::keys::{BodyMac, sheet_key};
use super::known_keys::Slot;
use super::staff::{PinRow, SessionRow};
use crate::core::floor::Refusal;
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::time::Millis;
use crate::core::turn_book::BookLine;
use crate::core::turn_book::sheet::SheetAccount;
use crate::crypto::sign::SigningKey;
use crate::protocol::feed::DeviceGrant;
use crate::protocol::ingest::Envelope;
use crate::protocol::visit::PrintState;

pub(super) use load::Loaded;
pub(super) use load::{events, stamped};
pub(super) use read::Reader;
pub(super) use rest::{Fetched, RestedRow};
pub(super) use restored::Restored;

const SCHEMA: &str = include_str!("schema.sql");
/// Raised with every change of `schema.sql`, together with a step that brings older files there.
const SCHEMA_VERSION: i64 = 3;

/// Version 1 kept each field of a grant in a column of its own.
const FROM_1: &str = "INSERT INTO device_grants (device, body)
    SELECT device, json_object('id', device, 'role', json(role), 'token_hash', token_hash)
    FROM grants;
    DROP TABLE grants;";

/// How long a repeated check-in still gets its first answer, days.
pub(super) const ANSWERS_KEPT_DAYS: i64 = 7;

/// Why the log could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("{0} cannot be used as a floor's database: {1}")]
    Unusable(String, String),
    #[error("the floor's database: {0}")]
    Sql(#[from] rusqlite::Error),
    #[error("the floor's database holds something unreadable in {table}")]
    Unreadable { table: &'static str },
    #[error("the chain of events is broken at {seq}: the log was edited or restored in part")]
    Broken { seq: u64 },
    #[error("event {seq} is of version {v}, which this program does not know; use a newer one")]
    UnknownVersion { seq: u64, v: u32 },
    #[error("the database has version {found}, newer than this program's {known}")]
    NewerSchema { found: i64, known: i64 },
    #[error("the database thread has ended")]
    Closed,
    #[error("{0}")]
    Fault(#[from] crate::floor::memory::Fault),
}

impl LogError {
    /// What the staff are told of it, as in `protocol::desk::Alarm`.
    pub fn alarm(&self) -> &'static str {
        match self {
            Self::Sql(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) =>
            {
                "storage_full"
            }
            _ => "storage_failing",
        }
    }
}

/// The end of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub seq: u64,
    pub hash: String,
}

/// A check-in's answer as it stays known.
#[derive(Debug)]
pub(super) struct Answered {
    pub device: DeviceId,
    pub key: String,
    /// `None` for what a restore brought back: the key alone then tells a repetition.
    pub mac: Option<BodyMac>,
    pub visit: VisitId,
    pub day: String,
    pub token_hash: String,
    /// The first answer to the letter, JSON; empty where a restore lost it.
    pub answer: String,
}

/// What a check-in leaves behind beside its events.
pub(super) struct CheckInRow {
    pub answered: Arc<Answered>,
    /// Of its `checked_in` event.
    pub seq: u64,
    /// Hash and sealed bytes.
    pub profile: Option<(String, Vec<u8>)>,
    /// Encrypted under the day's key.
    pub form: Option<Vec<u8>>,
}

/// A print job's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PrintRow {
    pub visit: VisitId,
    pub job: String,
    pub day: String,
    pub state: PrintState,
    pub problem: Option<String>,
    /// Printed once more by staff (补打); a ticket's first print has its row to itself.
    pub again: bool,
}

/// A sealed note on its way to the centre, beside the event `seq` that names its hash.
pub(super) struct NoteRow {
    pub seq: u64,
    pub hash: String,
    pub blob: Vec<u8>,
}

/// A tap that was answered.
#[derive(Debug)]
pub(super) struct TapRow {
    pub staff: AgentId,
    pub key: String,
    pub mac: BodyMac,
    pub day: String,
    /// `None`: it was done.
    pub refusal: Option<Refusal>,
}

/// What the feed brought beside events.
#[derive(Debug)]
pub(super) struct FeedRow {
    pub cursor: u64,
    pub grants: Option<Vec<DeviceGrant>>,
}

/// A closed day as it stands.
#[derive(Clone, Debug)]
pub(super) struct Closing {
    pub day: String,
    pub at: Millis,
    pub accounts: Vec<SheetAccount>,
}

/// The latest sheet signed after a closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClosingSheet {
    /// The last line of the book it holds.
    pub through: u64,
    pub at: Millis,
}

/// Everything that becomes true together or not at all.
#[derive(Default)]
pub(super) struct Batch {
    pub events: Vec<Envelope>,
    /// With the day the line belongs to.
    pub lines: Vec<(String, BookLine)>,
    pub check_ins: Vec<CheckInRow>,
    pub prints: Vec<PrintRow>,
    pub rested: Vec<RestedRow>,
    pub notes: Vec<NoteRow>,
    pub taps: Vec<Arc<TapRow>>,
    /// Each replaces the one of the same person.
    pub pins: Vec<PinRow>,
    pub sessions: Vec<SessionRow>,
    /// Hashes of the sessions that ended.
    pub closed: Vec<String>,
    pub delivered: Option<u64>,
    pub feed: Option<FeedRow>,
    /// A device got its token.
    pub enrolled: bool,
    /// The day that was opened: what belongs to other days goes.
    pub opened: Option<String>,
    /// The days that ended thereby, and where every account stood then.
    pub ended: Vec<(String, Vec<SheetAccount>)>,
    /// The day as it stands in a closed showroom after the last guest, to be signed with this batch.
    pub closing: Option<Closing>,
    /// What still has to be done after a restore; `Some(None)`: nothing any more.
    pub restored: Option<Option<Restored>>,
    /// The log goes on in this epoch.
    pub epoch: Option<uuid::Uuid>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        !self.is_promise()
            && self.prints.is_empty()
            && self.delivered.is_none()
            && self.feed.is_none()
            && self.restored.is_none()
            && self.epoch.is_none()
    }
    /// Somebody outside relies on it, so it must survive the loss of power. The rest is
    /// bookkeeping that repairs itself when repeated.
    fn is_promise(&self) -> bool {
        !self.events.is_empty()
            || !self.check_ins.is_empty()
            || !self.taps.is_empty()
            || !self.pins.is_empty()
            || !self.sessions.is_empty()
            || !self.closed.is_empty()
            || self.epoch.is_some()
    }
}

/// What the writer knows after a commit.
#[derive(Debug)]
pub(super) struct Committed {
    /// When the oldest undelivered event happened, if the batch moved the delivery cursor.
    pub oldest: Option<String>,
}

type Reply<T> = oneshot::Sender<Result<T, LogError>>;

enum Job {
    Load(Reply<Loaded>),
    Commit(Box<Batch>, Reply<Committed>),
    Fetch(Vec<VisitId>, Vec<Slot>, Reply<Fetched>),
    Snapshot {
        seq: u64,
        day: String,
        state: String,
    },
    Tidy,
    Beat(i64),
    Probe(Reply<()>),
}

/// The writing thread. Dropping it waits until everything handed over is written.
pub(super) struct Log {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    path: PathBuf,
}

impl Log {
    /// Opens `data/floor.db`, making it when missing.
    pub fn open(data: &Path) -> Result<Self, LogError> {
        let path = data.join("floor.db");
        let db = open(&path)?;
        let key = sheet_key(data).map_err(crate::floor::memory::Fault::from)?;
        let heartbeat = data.join("heartbeat");
        let (jobs, inbox) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("floor-log".into())
            .spawn(move || work(db, &key, &heartbeat, &inbox))
            .map_err(|_| LogError::Closed)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            path,
        })
    }

    /// A connection that only reads.
    pub fn reader(&self) -> Result<Reader, LogError> {
        Reader::open(&self.path)
    }

    /// Everything committed.
    pub async fn load(&self) -> Result<Loaded, LogError> {
        self.ask(Job::Load).await
    }

    pub async fn commit(&self, batch: Batch) -> Result<Committed, LogError> {
        self.ask(|reply| Job::Commit(Box::new(batch), reply)).await
    }

    /// Keeps the state after `seq`; a failure costs a longer replay and nothing else.
    pub fn snapshot(&self, seq: u64, day: String, state: String) {
        self.tell(Job::Snapshot { seq, day, state });
    }

    /// These visits as far as they are put away, and the answers to these keys with their visits.
    pub async fn fetch(&self, visits: Vec<VisitId>, slots: Vec<Slot>) -> Result<Fetched, LogError> {
        self.ask(|reply| Job::Fetch(visits, slots, reply)).await
    }

    /// Empties the write-ahead log, so that what was deleted is gone from the disk.
    pub fn tidy(&self) {
        self.tell(Job::Tidy);
    }

    /// Notes that the floor is alive now, in milliseconds.
    pub fn beat(&self, now: i64) {
        self.tell(Job::Beat(now));
    }

    /// Whether anything can be stored at all.
    pub async fn probe(&self) -> Result<(), LogError> {
        self.ask(Job::Probe).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, LogError> {
        let (reply, answer) = oneshot::channel();
        self.tell(job(reply));
        answer.await.map_err(|_| LogError::Closed)?
    }

    /// A thread that has ended drops the job, which the asker sees.
    fn tell(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Every event of the floor whose folder is `data`, in order, its chain checked. A running floor is
/// not disturbed.
///
/// # Errors
/// There is no floor's database, or it cannot be read or was edited.
pub fn recorded(data: &Path) -> Result<Recorded, LogError> {
    load::recorded(&read_only(data)?)
}

/// The database of the floor whose folder is `data`, to be read.
fn read_only(data: &Path) -> Result<Connection, LogError> {
    let path = data.join("floor.db");
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(db)
}

/// When the floor was last alive, milliseconds; `None` when it never was.
pub(super) fn last_beat(data: &Path) -> Option<i64> {
    std::fs::read_to_string(data.join("heartbeat"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Opens the database, making it when missing.
pub(super) fn open(path: &Path) -> Result<Connection, LogError> {
    let db = Connection::open(path)?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    let found: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(LogError::NewerSchema {
            found,
            known: SCHEMA_VERSION,
        });
    }
    if found < SCHEMA_VERSION {
        let step = if found == 1 { FROM_1 } else { "" };
        db.execute_batch(&format!(
            "BEGIN; {SCHEMA} {step} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        ))?;
    }
    db.execute(
        "INSERT INTO meta (name, value) VALUES ('epoch', ?1) ON CONFLICT DO NOTHING",
        [uuid::Uuid::now_v7().to_string()],
    )?;
    Ok(db)
}

/// On a full disk the last beat stays readable.
fn beat(heartbeat: &Path, now: i64) -> std::io::Result<()> {
    let new = heartbeat.with_extension("new");
    std::fs::write(&new, now.to_string())?;
    std::fs::rename(new, heartbeat)
}

fn work(mut db: Connection, key: &SigningKey, heartbeat: &Path, inbox: &mpsc::Receiver<Job>) {
    while let Ok(job) = inbox.recv() {
        match job {
            Job::Load(reply) => {
                let _ = reply.send(load::load(&db));
            }
            Job::Commit(batch, reply) => {
                let _ = reply.send(write::commit(&mut db, key, &batch));
            }
            Job::Probe(reply) => {
                let _ = reply.send(write::probe(&mut db));
            }
            Job::Fetch(visits, slots, reply) => {
                let _ = reply.send(rest::fetch(&db, &visits, &slots));
            }
            Job::Snapshot { seq, day, state } => {
                if let Err(error) = write::snapshot(&mut db, seq, &day, &state) {
                    tracing::warn!(%error, "no snapshot could be written");
                }
            }
            Job::Tidy => {
                let emptied = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
                if let Err(error) = emptied {
                    tracing::warn!(%error, "the write-ahead log could not be emptied");
                }
            }
            Job::Beat(now) => {
                if let Err(error) = beat(heartbeat, now) {
                    tracing::warn!(%error, "the heartbeat could not be written");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::feed::DeviceRole;

    #[tokio::test]
    async fn k10_the_devices_of_an_older_database_are_known_as_before() {
        let data = tempfile::tempdir().unwrap();
        drop(Log::open(data.path()).unwrap());
        let db = Connection::open(data.path().join("floor.db")).unwrap();
        db.execute_batch(
            "DROP TABLE device_grants;
             CREATE TABLE grants (device TEXT PRIMARY KEY, role TEXT NOT NULL,
                 token_hash TEXT NOT NULL) WITHOUT ROWID;
             INSERT INTO grants VALUES ('desk-1', '\"desk\"', 'hash');
             PRAGMA user_version = 1;",
        )
        .unwrap();
        drop(db);
        let log = Log::open(data.path()).unwrap();
        let grants = log.load().await.unwrap().grants;
        let expected = DeviceGrant {
            id: DeviceId::new("desk-1"),
            role: DeviceRole::Desk,
            token_hash: Some("hash".to_owned()),
            number: None,
            enrolment: None,
        };
        assert_eq!(grants, [expected]);
    }
}
