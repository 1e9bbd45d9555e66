//! A copy of the floor's records, made while it works, and its way back.
//!
//! What must not come back is not in it: the forms of address (their key is destroyed when the day
//! closes) and the keyed digests of requests (their key stays with the floor). Sealed profiles that
//! the centre has not got yet are in it, as only the centre opens them.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::log::{self, LogError, Restored};
use super::private;
use super::serve::{FloorError, lock};
use crate::crypto::chain;
use crate::wall_clock;

/// Why there is no backup, or none came back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} holds no floor's records; look at `data` in the configuration")]
    NoFloor(String),
    #[error("{0} is no sound backup of a floor: {1}")]
    Unsound(String, String),
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    #[error(transparent)]
    Floor(#[from] FloorError),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Where the records to be restored are.
pub enum Source<'a> {
    /// A file that [`backup`] made.
    File(&'a Path),
    /// In the data folder already, put back there by hand.
    InPlace,
}

/// How far the records go.
#[derive(Debug, PartialEq, Eq)]
pub struct Standing {
    /// The last event.
    pub seq: u64,
    /// When it happened, RFC 3339; empty without events.
    pub at: String,
    /// The records that were replaced, where there were any.
    pub kept: Option<PathBuf>,
}

/// Copies the records in `data` to the file `to`, also from under a running floor; an older copy is
/// replaced only by a sound one.
pub fn backup(data: &Path, to: &Path) -> Result<Standing, BackupError> {
    let records = data.join("floor.db");
    let db = Connection::open_with_flags(&records, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|_| BackupError::NoFloor(data.display().to_string()))?;
    db.busy_timeout(std::time::Duration::from_secs(30))
        .map_err(LogError::from)?;
    let new = beside(to, "new");
    private::create(&new).map_err(|e| file(&new, e))?;
    let copied = copy(&db, &new);
    let standing = copied.inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })?;
    let synced = fs::File::open(&new).and_then(|f| f.sync_all());
    synced
        .and_then(|()| fs::rename(&new, to))
        .map_err(|e| file(to, e))?;
    Ok(standing)
}

fn copy(db: &Connection, new: &Path) -> Result<Standing, BackupError> {
    db.execute("VACUUM INTO ?1", [&*new.to_string_lossy()])
        .map_err(LogError::from)?;
    let copy = Connection::open(new).map_err(LogError::from)?;
    // No journal beside the copy: it would hold what is deleted here.
    copy.execute_batch(
        "PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON;
         DELETE FROM address_forms; UPDATE check_ins SET mac = x'';
         DELETE FROM sessions; DELETE FROM taps;",
    )
    .map_err(LogError::from)?;
    sound(&copy, new)
}

/// Puts records back into `data` and marks them as restored, so that the floor finds together with
/// its centre before it gives a number; with `alone` it does not wait for that. Whatever records
/// are there are kept beside. The floor must not run.
pub fn restore(data: &Path, source: &Source<'_>, alone: bool) -> Result<Standing, BackupError> {
    let _lock = lock(data)?;
    let records = data.join("floor.db");
    let new = data.join("floor.db.restoring");
    let from = match source {
        Source::File(from) => {
            let file_made = private::create(&new).map_err(|e| file(&new, e));
            file_made?;
            fs::copy(from, &new).map_err(|e| file(from, e))?;
            &new
        }
        Source::InPlace if records.is_file() => &records,
        Source::InPlace => return Err(BackupError::NoFloor(data.display().to_string())),
    };
    let marked = mark(from, alone);
    let mut standing = marked.inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })?;
    if let Source::File(_) = source {
        standing.kept = set_aside(data)?;
        fs::rename(&new, &records).map_err(|e| file(&records, e))?;
    }
    // The floor was last alive when its last event happened, as far as these records know.
    let _ = fs::remove_file(data.join("heartbeat"));
    Ok(standing)
}

fn mark(records: &Path, alone: bool) -> Result<Standing, BackupError> {
    let how = if alone {
        Restored::Alone
    } else {
        Restored::Join
    };
    let unusable = |e: LogError| BackupError::Unsound(records.display().to_string(), e.to_string());
    let db = Connection::open_with_flags(records, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|e| unusable(e.into()))?;
    let standing = sound(&db, records)?;
    drop(db);
    let db = log::open(records).map_err(unusable)?;
    log::restored::write(&db, Some(how))?;
    // The paper of that time is printed, lost or under way: nothing of it is printed by itself.
    db.execute(
        "UPDATE print_jobs SET state = 'unknown' WHERE state IN ('queued', 'sent')",
        [],
    )
    .map_err(LogError::from)?;
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(LogError::from)?;
    Ok(standing)
}

/// Whether the database is whole and its chain of events unbroken.
fn sound(db: &Connection, path: &Path) -> Result<Standing, BackupError> {
    let unsound = |why: String| BackupError::Unsound(path.display().to_string(), why);
    let check: String = db
        .query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))
        .map_err(|e| unsound(e.to_string()))?;
    if check != "ok" {
        return Err(unsound(check));
    }
    let mut standing = Standing {
        seq: 0,
        at: String::new(),
        kept: None,
    };
    let mut hash = chain::GENESIS.to_owned();
    loop {
        let some = log::events(db, standing.seq + 1, standing.seq + 1000)
            .map_err(|e| unsound(e.to_string()))?;
        if some.is_empty() {
            return Ok(standing);
        }
        for event in some {
            if event.seq != standing.seq + 1 || event.prev != hash {
                return Err(unsound(LogError::Broken { seq: event.seq }.to_string()));
            }
            hash = chain::hash(&event);
            (standing.seq, standing.at) = (event.seq, event.at);
        }
    }
}

/// Moves the present records out of the way; gives where they are now.
fn set_aside(data: &Path) -> Result<Option<PathBuf>, BackupError> {
    let records = data.join("floor.db");
    if !records.is_file() {
        return Ok(None);
    }
    let kept = data.join(format!("floor.db.before-restore-{}", wall_clock::now().0));
    for end in ["-wal", "-shm", ""] {
        let from = beside(&records, end);
        match fs::rename(&from, beside(&kept, end)) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(file(&from, e)),
        }
    }
    Ok(Some(kept))
}

/// The path with something at its end.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    if !end.is_empty() && !end.starts_with('-') {
        name.push(".");
    }
    name.push(end);
    name.into()
}

fn file(path: &Path, error: std::io::Error) -> BackupError {
    BackupError::File(path.display().to_string(), error)
}
