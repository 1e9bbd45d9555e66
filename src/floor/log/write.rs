//! What is written, each batch in one transaction.

use rusqlite::{Connection, Transaction, params};

use super::{ANSWERS_KEPT_DAYS, Batch, CheckInRow, Closing, Committed, LogError, PrintRow};
use crate::core::turn_book::sheet::{SheetAccount, TurnSheet};
use crate::crypto::sign::SigningKey;
use crate::floor::calendar::days_before;
use crate::protocol::feed::DeviceGrant;
use crate::protocol::ingest::Envelope;
use crate::protocol::visit::PrintState;

pub(super) fn commit(
    db: &mut Connection,
    key: &SigningKey,
    batch: &Batch,
) -> Result<Committed, LogError> {
    db.pragma_update(
        None,
        "synchronous",
        if batch.is_promise() { "FULL" } else { "NORMAL" },
    )?;
    let tx = db.transaction()?;
    for event in &batch.events {
        insert_event(&tx, event)?;
    }
    {
        let mut insert =
            tx.prepare_cached("INSERT INTO turn_lines (day, seq, line) VALUES (?1, ?2, ?3)")?;
        for (day, line) in &batch.lines {
            insert.execute(params![day, signed(line.seq), json(line, "turn_lines")?])?;
        }
    }
    for row in &batch.check_ins {
        insert_check_in(&tx, row)?;
    }
    for row in &batch.prints {
        set_print(&tx, row)?;
    }
    for row in &batch.rested {
        super::rest::put_away(&tx, row)?;
    }
    for (day, accounts) in &batch.ended {
        sign_sheet(&tx, key, day, accounts)?;
    }
    if let Some(closing) = &batch.closing {
        sign_closing(&tx, key, closing)?;
    }
    write_staff(&tx, batch)?;
    if let Some(day) = &batch.opened {
        open_day(&tx, day)?;
    }
    if let Some(feed) = &batch.feed {
        set_meta(&tx, "feed", feed.cursor)?;
        if let Some(grants) = &feed.grants {
            set_grants(&tx, grants)?;
        }
    }
    if let Some(to) = batch.restored {
        super::restored::write(&tx, to)?;
    }
    if let Some(epoch) = batch.epoch {
        set_meta(&tx, "epoch", epoch)?;
    }
    let mut oldest = None;
    if let Some(through) = batch.delivered {
        set_meta(&tx, "delivered", through)?;
        tx.prepare_cached("DELETE FROM profiles WHERE seq <= ?1")?
            .execute([signed(through)])?;
        oldest = super::load::happened(&tx, through + 1)?;
    }
    tx.commit()?;
    Ok(Committed { oldest })
}

/// What there must be room for before a disk counts as well again, bytes: dozens of check-ins.
const ROOM: usize = 64 * 1024;

/// Writes something of no meaning as durably as a promise, and takes it away.
pub(super) fn probe(db: &mut Connection) -> Result<(), LogError> {
    db.pragma_update(None, "synchronous", "FULL")?;
    for text in ["0".repeat(ROOM), String::new()] {
        let tx = db.transaction()?;
        set_meta(&tx, "probe", text)?;
        tx.commit()?;
    }
    Ok(())
}

pub(super) fn snapshot(
    db: &mut Connection,
    seq: u64,
    day: &str,
    state: &str,
) -> Result<(), LogError> {
    let tx = db.transaction()?;
    // A replay behind this snapshot never asks for them.
    tx.execute("DELETE FROM put_away WHERE day <> ?1", [day])?;
    tx.execute("DELETE FROM snapshots", [])?;
    tx.execute(
        "INSERT INTO snapshots (seq, state) VALUES (?1, ?2)",
        params![signed(seq), state],
    )?;
    Ok(tx.commit()?)
}

/// The day is over: its sheet is signed once, in the transaction that ends it, so that nothing
/// edited later can pass for it.
fn sign_sheet(
    tx: &Transaction,
    key: &SigningKey,
    day: &str,
    accounts: &[SheetAccount],
) -> Result<(), LogError> {
    let sheet = TurnSheet {
        day: day.to_owned(),
        accounts: accounts.to_vec(),
        lines: super::load::lines(tx, day, None)?,
        as_of: None,
    };
    let text = json(&sheet, "turn_sheets")?;
    tx.execute(
        "INSERT INTO turn_sheets (day, sheet, signature, public_key) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
        params![day, text, key.sign(text.as_bytes()), key.public()],
    )?;
    Ok(())
}

/// The showroom is closed and empty: the office gets its sheet now, not at midnight.
fn sign_closing(tx: &Transaction, key: &SigningKey, closing: &Closing) -> Result<(), LogError> {
    let sheet = TurnSheet {
        day: closing.day.clone(),
        accounts: closing.accounts.clone(),
        lines: super::load::lines(tx, &closing.day, None)?,
        as_of: Some(closing.at),
    };
    let Some(through) = sheet.lines.last().map(|line| line.seq) else {
        return Ok(());
    };
    let text = json(&sheet, "closing_sheets")?;
    tx.execute(
        "INSERT INTO closing_sheets (day, through, at, sheet, signature, public_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        params![
            closing.day,
            signed(through),
            closing.at.0,
            text,
            key.sign(text.as_bytes()),
            key.public()
        ],
    )?;
    Ok(())
}

fn insert_event(tx: &Transaction, e: &Envelope) -> Result<(), LogError> {
    tx.prepare_cached(
        "INSERT INTO events (seq, id, prev, at, actor, v, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        signed(e.seq),
        e.id.hyphenated().encode_lower(&mut [0; 36]) as &str,
        e.prev,
        e.at,
        e.actor,
        e.v,
        e.body.get()
    ])?;
    Ok(())
}

fn insert_check_in(tx: &Transaction, row: &CheckInRow) -> Result<(), LogError> {
    let a = &row.answered;
    let visit = a.visit.to_string();
    tx.prepare_cached(
        "INSERT INTO check_ins (device, key, mac, visit, day, token_hash, answer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        a.device.as_str(),
        a.key,
        a.mac.as_ref().map_or(&[][..], |mac| mac.as_slice()),
        visit,
        a.day,
        a.token_hash,
        a.answer
    ])?;
    if let Some((hash, blob)) = &row.profile {
        tx.prepare_cached("INSERT INTO profiles (seq, hash, blob) VALUES (?1, ?2, ?3)")?
            .execute(params![signed(row.seq), hash, blob])?;
    }
    if let Some(sealed) = &row.form {
        tx.prepare_cached("INSERT INTO address_forms (visit, day, sealed) VALUES (?1, ?2, ?3)")?
            .execute(params![visit, a.day, sealed])?;
    }
    Ok(())
}

fn write_staff(tx: &Transaction, batch: &Batch) -> Result<(), LogError> {
    for note in &batch.notes {
        tx.prepare_cached("INSERT INTO profiles (seq, hash, blob) VALUES (?1, ?2, ?3)")?
            .execute(params![signed(note.seq), note.hash, note.blob])?;
    }
    for tap in &batch.taps {
        tx.prepare_cached(
            "INSERT INTO taps (staff, key, mac, day, refusal) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            tap.staff.as_str(),
            tap.key,
            tap.mac.as_slice(),
            tap.day,
            tap.refusal.as_ref().map(|r| json(r, "taps")).transpose()?
        ])?;
    }
    for row in &batch.pins {
        tx.prepare_cached(
            "INSERT INTO pins (staff, pin, code, last_code, guesses, locked_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (staff) DO UPDATE SET pin = excluded.pin, code = excluded.code,
                last_code = excluded.last_code, guesses = excluded.guesses,
                locked_until = excluded.locked_until",
        )?
        .execute(params![
            row.staff.as_str(),
            row.pin,
            row.code.as_ref().map(|c| json(c, "pins")).transpose()?,
            row.last_code.to_string(),
            row.guesses,
            row.locked_until.0
        ])?;
    }
    for row in &batch.sessions {
        tx.prepare_cached(
            "INSERT INTO sessions (hash, staff, pad, expires) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            row.hash,
            row.staff.as_str(),
            row.pad,
            row.expires.0
        ])?;
    }
    for hash in &batch.closed {
        tx.prepare_cached("DELETE FROM sessions WHERE hash = ?1")?
            .execute([hash])?;
    }
    Ok(())
}

fn set_print(tx: &Transaction, row: &PrintRow) -> Result<(), LogError> {
    tx.prepare_cached(if row.again {
        "INSERT INTO reprints (visit, job, day, state, problem) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (job) DO UPDATE SET state = excluded.state, problem = excluded.problem"
    } else {
        "INSERT INTO print_jobs (visit, job, day, state, problem) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (visit) DO UPDATE SET state = excluded.state, problem = excluded.problem"
    })?
    .execute(params![
        row.visit.to_string(),
        row.job,
        row.day,
        print_code(row.state),
        row.problem
    ])?;
    Ok(())
}

/// What was kept for the days before goes.
fn open_day(tx: &Transaction, day: &str) -> Result<(), LogError> {
    tx.execute("DELETE FROM address_forms WHERE day <> ?1", [day])?;
    tx.execute("DELETE FROM print_jobs WHERE day <> ?1", [day])?;
    tx.execute("DELETE FROM reprints WHERE day <> ?1", [day])?;
    tx.execute(
        "DELETE FROM taps WHERE day < ?1",
        [days_before(day, ANSWERS_KEPT_DAYS)],
    )?;
    tx.execute(
        "DELETE FROM check_ins WHERE day < ?1",
        [days_before(day, ANSWERS_KEPT_DAYS)],
    )?;
    Ok(())
}

fn set_grants(tx: &Transaction, grants: &[DeviceGrant]) -> Result<(), LogError> {
    tx.execute("DELETE FROM device_grants", [])?;
    for grant in grants {
        tx.execute(
            "INSERT INTO device_grants (device, body) VALUES (?1, ?2)
             ON CONFLICT (device) DO UPDATE SET body = excluded.body",
            params![grant.id.as_str(), json(grant, "device_grants")?],
        )?;
    }
    Ok(())
}

fn set_meta(tx: &Transaction, name: &str, value: impl ToString) -> Result<(), LogError> {
    tx.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value.to_string()])?;
    Ok(())
}

pub(super) fn json(value: &impl serde::Serialize, table: &'static str) -> Result<String, LogError> {
    serde_json::to_string(value).map_err(|_| LogError::Unreadable { table })
}

/// SQLite's integers are signed; the log never reaches the end of either.
pub(super) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub(super) const fn print_code(state: PrintState) -> &'static str {
    match state {
        PrintState::Queued => "queued",
        PrintState::Sent => "sent",
        PrintState::Printed => "printed",
        PrintState::Unknown => "unknown",
        PrintState::Failed => "failed",
        PrintState::None => "none",
    }
}

pub(super) fn print_state(code: &str) -> Option<PrintState> {
    use PrintState::*;
    [Queued, Sent, Printed, Unknown, Failed, None]
        .into_iter()
        .find(|s| print_code(*s) == code)
}
