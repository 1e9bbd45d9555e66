//! What a restore leaves to be done, kept in the database until it is done.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::LogError;

/// A step after a restore, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::floor) enum Restored {
    /// The centre is asked for what the backup lacks, before anything else is done.
    Join,
    /// Somebody chose to go on without hearing the centre first.
    Alone,
    /// Numbers go on behind every one known, `seen` among them.
    Numbers { seen: u32 },
    /// The centre is to be told, as soon as it is heard, where this log goes its own way.
    Epoch,
}

pub(in crate::floor) fn read(db: &Connection) -> Result<Option<Restored>, LogError> {
    let text: Option<String> = db
        .query_row("SELECT value FROM meta WHERE name = 'restored'", [], |r| {
            r.get(0)
        })
        .optional()?;
    let bad = |_| LogError::Unreadable { table: "meta" };
    text.map(|t| serde_json::from_str(&t).map_err(bad))
        .transpose()
}

pub(in crate::floor) fn write(db: &Connection, to: Option<Restored>) -> Result<(), LogError> {
    match to {
        Some(to) => {
            let text =
                serde_json::to_string(&to).map_err(|_| LogError::Unreadable { table: "meta" })?;
            db.execute(
                "INSERT INTO meta (name, value) VALUES ('restored', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [text],
            )?;
        }
        None => {
            db.execute("DELETE FROM meta WHERE name = 'restored'", [])?;
        }
    }
    Ok(())
}
