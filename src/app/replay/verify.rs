//! Whether a turn sheet is the one the floor signed, and says what its log says.

use std::path::Path;

use super::ReplayError;
use crate::core::floor::{Event, Stamped, State};
use crate::core::language::Language;
use crate::core::turn_book::BookLine;
use crate::core::turn_book::sheet::TurnSheet;
use crate::core::words::say;
use crate::crypto::sign;
use crate::protocol::turn_book::SignedSheet;

pub(super) fn sheet(
    file: &Path,
    log: &[Stamped],
    language: Language,
) -> Result<String, ReplayError> {
    let bad = |what| ReplayError::Sheet {
        file: file.to_owned(),
        what,
    };
    let text = std::fs::read_to_string(file).map_err(|_| bad("cannot be read"))?;
    let signed: SignedSheet =
        serde_json::from_str(&text).map_err(|_| bad("is not a turn sheet saved as JSON"))?;
    let (signature, key) = signed
        .signature
        .zip(signed.public_key)
        .ok_or_else(|| bad("is provisional: its day was not over, and it has no signature"))?;
    if !sign::verify(&key, signed.sheet.as_bytes(), &signature) {
        return Err(bad("does not fit its signature: it was changed"));
    }
    let sheet: TurnSheet =
        serde_json::from_str(&signed.sheet).map_err(|_| bad("is not a turn sheet"))?;
    let book = book_of(log, &sheet.day);
    let whole = sheet.as_of.is_none();
    // One signed after the closing holds the day up to then.
    if !book.starts_with(&sheet.lines) || whole && book.len() != sheet.lines.len() {
        return Err(bad("does not say what this floor's log says of that day"));
    }
    let later = (book.len() - sheet.lines.len()).to_string();
    let lines = sheet.lines.len().to_string();
    let params = [
        ("day", sheet.day.as_str()),
        ("lines", lines.as_str()),
        ("key", key.as_str()),
        ("later", later.as_str()),
    ];
    let word = match (whole, later.as_str()) {
        (true, _) => "replay.verified",
        (false, "0") => "replay.verified_closing",
        (false, _) => "replay.verified_superseded",
    };
    Ok(format!("{}\n", say(language, word, &params)))
}

/// The book of one day, written again from the events.
fn book_of(log: &[Stamped], day: &str) -> Vec<BookLine> {
    let mut state = State::default();
    let mut book = Vec::new();
    for stamped in log {
        let opens = matches!(stamped.event, Event::DayOpened { .. });
        // What the new day closes still belongs to the day before.
        let before = state.day.clone();
        state.evolve(stamped);
        let written = if opens || before.is_none() {
            &state.day
        } else {
            &before
        };
        let lines = std::mem::take(&mut state.book);
        if written.as_deref() == Some(day) {
            book.extend(lines);
        }
    }
    book
}
