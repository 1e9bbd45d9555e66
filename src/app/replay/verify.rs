//! Whether a turn sheet is the one the floor signed, and says what its log says.

use std::collections::BTreeMap;
use std::path::Path;

use super::ReplayError;
use crate::core::floor::{Event, Stamped, State};
use crate::core::language::Language;
use crate::core::turn_book::BookLine;
use crate::core::turn_book::sheet::TurnSheet;
use crate::core::words::say;
use crate::crypto::sign;
use crate::protocol::turn_book::SignedSheet;

/// What is wrong with a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetFault {
    #[error("is provisional: its day was not over, and it has no signature")]
    Unsigned,
    #[error("does not fit its signature: it was changed")]
    Changed,
    #[error("is not a turn sheet")]
    NoSheet,
    #[error("does not say what this floor's log says of that day")]
    OtherLog,
}

/// A sheet that fits its signature and the log.
pub struct Checked {
    pub sheet: TurnSheet,
    /// Lines of the day that came after it.
    pub later: usize,
}

/// Checks a sheet against the books of all days.
pub fn check(
    signed: &SignedSheet,
    books: &BTreeMap<String, Vec<BookLine>>,
) -> Result<Checked, SheetFault> {
    let signature = signed.signature.as_ref().ok_or(SheetFault::Unsigned)?;
    let key = signed.public_key.as_ref().ok_or(SheetFault::Unsigned)?;
    if !sign::verify(key, signed.sheet.as_bytes(), signature) {
        return Err(SheetFault::Changed);
    }
    let sheet: TurnSheet = serde_json::from_str(&signed.sheet).map_err(|_| SheetFault::NoSheet)?;
    let book = books.get(&sheet.day).map_or(&[][..], Vec::as_slice);
    // One signed after the closing holds the day up to then.
    let whole = sheet.as_of.is_none();
    if !book.starts_with(&sheet.lines) || whole && book.len() != sheet.lines.len() {
        return Err(SheetFault::OtherLog);
    }
    let later = book.len() - sheet.lines.len();
    Ok(Checked { sheet, later })
}

pub(super) fn sheet(
    file: &Path,
    log: &[Stamped],
    language: Language,
) -> Result<String, ReplayError> {
    let bad = |what: String| ReplayError::Sheet {
        file: file.to_owned(),
        what,
    };
    let text = std::fs::read_to_string(file).map_err(|_| bad("cannot be read".to_owned()))?;
    let signed: SignedSheet = serde_json::from_str(&text)
        .map_err(|_| bad("is not a turn sheet saved as JSON".to_owned()))?;
    let checked = check(&signed, &books(log)).map_err(|fault| bad(fault.to_string()))?;
    let sheet = checked.sheet;
    let (later, lines) = (checked.later.to_string(), sheet.lines.len().to_string());
    let params = [
        ("day", sheet.day.as_str()),
        ("lines", lines.as_str()),
        ("key", signed.public_key.as_deref().unwrap_or_default()),
        ("later", later.as_str()),
    ];
    let word = match (sheet.as_of.is_none(), checked.later) {
        (true, _) => "replay.verified",
        (false, 0) => "replay.verified_closing",
        (false, _) => "replay.verified_superseded",
    };
    Ok(format!("{}\n", say(language, word, &params)))
}

/// The books of all days, written again from the events.
pub fn books(log: &[Stamped]) -> BTreeMap<String, Vec<BookLine>> {
    let mut state = State::default();
    let mut books: BTreeMap<String, Vec<BookLine>> = BTreeMap::new();
    for stamped in log {
        let opens = matches!(stamped.event, Event::DayOpened { .. });
        // What the new day closes still belongs to the day before.
        let before = state.day.clone();
        state.evolve(stamped);
        let written = if opens || before.is_none() {
            state.day.clone()
        } else {
            before
        };
        let lines = std::mem::take(&mut state.book);
        books
            .entry(written.unwrap_or_default())
            .or_default()
            .extend(lines);
    }
    books
}
