//! A floor's records as somebody who doubts them reads them: all of them, changing nothing.

use std::path::Path;

use rusqlite::Connection;

use super::load::{self, Recorded, collect, parse};
use super::{LogError, read_only};
use crate::core::turn_book::BookLine;
use crate::protocol::turn_book::SignedSheet;

/// What stands in a floor's folder beside each other and has to agree.
pub struct Audit {
    /// The events, their chain checked.
    pub log: Recorded,
    /// The turn book as it is kept to be read: each line with its day.
    pub book: Vec<(String, BookLine)>,
    /// Every sheet that was signed, by day and time.
    pub sheets: Vec<SignedSheet>,
}

/// Reads the records in `data`; a running floor is not disturbed.
///
/// # Errors
/// There is no floor's database, or it cannot be read, or the chain of its events is broken.
pub fn audit(data: &Path) -> Result<Audit, LogError> {
    let db = read_only(data)?;
    // One picture of all tables, also while the floor goes on writing.
    db.execute_batch("BEGIN")?;
    Ok(Audit {
        log: load::recorded(&db)?,
        book: book(&db)?,
        sheets: sheets(&db)?,
    })
}

fn book(db: &Connection) -> Result<Vec<(String, BookLine)>, LogError> {
    collect(
        db,
        "SELECT day, line FROM turn_lines ORDER BY seq",
        [],
        |r| Ok((r.get(0)?, parse(&r.get::<_, String>(1)?, "turn_lines")?)),
    )
}

fn sheets(db: &Connection) -> Result<Vec<SignedSheet>, LogError> {
    collect(
        db,
        "SELECT sheet, signature, public_key, day, 1 AS whole, 0 AS through FROM turn_sheets
         UNION ALL SELECT sheet, signature, public_key, day, 0, through FROM closing_sheets
         ORDER BY 4, 5, 6",
        [],
        |r| {
            Ok(SignedSheet {
                sheet: r.get(0)?,
                signature: Some(r.get(1)?),
                public_key: Some(r.get(2)?),
            })
        },
    )
}
