//! `yingbin audit verify`: whether a floor's records were edited, cut short or put in another order.
//!
//! Three things have to agree. The events are a chain of hashes; the turn book and the signed sheets
//! follow from them, and are written again here to be compared. Whoever can rewrite the whole file
//! can also make a new chain: against that the number and hash printed at the end are noted
//! elsewhere, and named with `--noted` the next time.

use std::collections::BTreeMap;

use super::AppError;
use super::cli::{AuditArgs, Noted};
use super::replay::{show, verify};
use crate::config::{self, FloorConfig};
use crate::core::language::Language;
use crate::core::turn_book::BookLine;
use crate::core::words::say;
use crate::floor::{Audit, LogError, audit};

/// What the records cannot be trusted for.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(
        "{folder}: {source}\nGive the floor's data folder with --data, or its configuration with --config."
    )]
    Log { folder: String, source: LogError },
    #[error("the log ends at {last}: what was noted at {seq} is not there, it was cut short")]
    CutShort { seq: u64, last: u64 },
    #[error("event {seq} is not the one that was noted: the log was written anew")]
    NotAsNoted { seq: u64 },
    #[error("the turn book of {day} is not what its events say: it was edited")]
    Book { day: String },
    #[error("a signed sheet {0}")]
    Sheet(#[from] verify::SheetFault),
}

/// `yingbin audit verify`.
pub fn verify(args: &AuditArgs) -> Result<(), AppError> {
    let data = match &args.data {
        Some(data) => data.clone(),
        None => config::load::<FloorConfig>(args.config.as_deref(), std::env::vars())?.data,
    };
    let records = audit(&data).map_err(|source| AuditError::Log {
        folder: data.display().to_string(),
        source,
    })?;
    show(&judge(
        &records,
        args.noted.as_ref(),
        args.language.language(),
    )?)
}

fn judge(records: &Audit, noted: Option<&Noted>, language: Language) -> Result<String, AuditError> {
    let last = u64::try_from(records.log.hashes.len()).unwrap_or(u64::MAX);
    if let Some(Noted { seq, hash }) = noted {
        let at = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        match records.log.hashes.get(at) {
            None => return Err(AuditError::CutShort { seq: *seq, last }),
            Some(found) if found != hash => return Err(AuditError::NotAsNoted { seq: *seq }),
            Some(_) => {}
        }
    }
    let books = verify::books(&records.log.events);
    let mut kept: BTreeMap<&str, Vec<&BookLine>> = BTreeMap::new();
    for (day, line) in &records.book {
        kept.entry(day).or_default().push(line);
    }
    let days: Vec<&str> = books
        .keys()
        .map(String::as_str)
        .chain(kept.keys().copied())
        .collect();
    for day in days {
        let said = books.get(day).map_or(&[][..], Vec::as_slice);
        let kept = kept.get(day).map_or(&[][..], Vec::as_slice);
        if !said.iter().eq(kept.iter().copied()) {
            let day = day.to_owned();
            return Err(AuditError::Book { day });
        }
    }
    for sheet in &records.sheets {
        verify::check(sheet, &books)?;
    }
    let hash = records.log.hashes.last().map_or("-", String::as_str);
    let lines = records.book.len().to_string();
    let sheets = records.sheets.len().to_string();
    let seq = last.to_string();
    let params = [
        ("events", seq.as_str()),
        ("lines", lines.as_str()),
        ("sheets", sheets.as_str()),
        ("noted", &format!("{seq}:{hash}")),
    ];
    Ok(format!(
        "{}\n",
        say(language, "replay.audit_sound", &params)
    ))
}
