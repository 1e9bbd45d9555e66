//! Visits put away, and their way back.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::load::{answered, collect, parse, print, visit};
use super::write::{json, signed};
use super::{Answered, LogError, PrintRow};
use crate::core::floor::rest::Rested;
use crate::core::floor::{Event, State};
use crate::core::id::{DeviceId, VisitId};
use crate::core::turn_book::BookLine;
use crate::floor::known_keys::Slot;

const TABLE: &str = "put_away";

/// A visit put away, with what belongs to it.
pub(in crate::floor) struct RestedRow {
    pub rested: Rested,
    /// As it was after this event.
    pub seq: u64,
    pub day: String,
    pub token_hash: String,
    /// Of its check-in.
    pub slot: Slot,
    /// The line that gave it to its agent.
    pub offer: Option<BookLine>,
    /// Only on the way back, as the next two.
    pub answered: Option<Arc<Answered>>,
    pub form: Option<Vec<u8>>,
    pub print: Option<PrintRow>,
}

/// What was asked for by name, as far as it is there.
#[derive(Default)]
pub(in crate::floor) struct Fetched {
    pub rested: Vec<RestedRow>,
    pub answers: Vec<Arc<Answered>>,
}

pub(super) fn put_away(tx: &Transaction, row: &RestedRow) -> Result<(), LogError> {
    // Brought back and not changed, it may be put away twice after one event.
    tx.prepare_cached(
        "INSERT INTO put_away (visit, seq, day, token_hash, device, key, rested, offer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (visit, seq) DO UPDATE SET rested = excluded.rested",
    )?
    .execute(params![
        row.rested.visit.id.to_string(),
        signed(row.seq),
        row.day,
        row.token_hash,
        row.slot.0.as_str(),
        row.slot.1,
        json(&row.rested, TABLE)?,
        row.offer.as_ref().map(|o| json(o, TABLE)).transpose()?
    ])?;
    Ok(())
}

pub(super) fn fetch(
    db: &Connection,
    visits: &[VisitId],
    slots: &[Slot],
) -> Result<Fetched, LogError> {
    let mut fetched = Fetched::default();
    for slot in slots {
        fetched.answers.extend(answer(db, slot)?);
    }
    let of_answers = fetched.answers.iter().map(|a| a.visit);
    let mut wanted: Vec<VisitId> = visits.iter().copied().chain(of_answers).collect();
    wanted.sort();
    wanted.dedup();
    for id in wanted {
        fetched.rested.extend(whole(db, id)?);
    }
    Ok(fetched)
}

/// The visit as it was put away last, with its ticket, its paper and how its guest is addressed.
fn whole(db: &Connection, id: VisitId) -> Result<Option<RestedRow>, LogError> {
    let Some(mut row) = last(db, id, u64::MAX)? else {
        return Ok(None);
    };
    row.answered = answer(db, &row.slot)?;
    let id = id.to_string();
    row.form = db
        .prepare_cached("SELECT sealed FROM address_forms WHERE visit = ?1")?
        .query_row([&id], |r| r.get(0))
        .optional()?;
    let sql = "SELECT visit, job, day, state, problem, 0 FROM print_jobs WHERE visit = ?1";
    row.print = collect(db, sql, [&id], print)?.pop();
    Ok(Some(row))
}

fn answer(db: &Connection, (device, key): &Slot) -> Result<Option<Arc<Answered>>, LogError> {
    let sql = "SELECT device, key, mac, visit, day, token_hash, answer FROM check_ins
        WHERE device = ?1 AND key = ?2";
    Ok(collect(db, sql, [device.as_str(), key], answered)?.pop())
}

/// The visit as it was put away last before `seq`.
fn last(db: &Connection, id: VisitId, seq: u64) -> Result<Option<RestedRow>, LogError> {
    let sql = "SELECT rested, seq, day, token_hash, device, key, offer FROM put_away
        WHERE visit = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT 1";
    Ok(collect(db, sql, params![id.to_string(), signed(seq)], row)?.pop())
}

fn row(r: &Row) -> Result<RestedRow, LogError> {
    let offer: Option<String> = r.get(6)?;
    Ok(RestedRow {
        rested: parse(&r.get::<_, String>(0)?, TABLE)?,
        seq: r.get::<_, i64>(1)?.cast_unsigned(),
        day: r.get(2)?,
        token_hash: r.get(3)?,
        slot: (DeviceId(r.get(4)?), r.get(5)?),
        offer: offer.map(|text| parse(&text, TABLE)).transpose()?,
        answered: None,
        form: None,
        print: None,
    })
}

pub(super) fn by_token(db: &Connection, token_hash: &str) -> Result<Option<VisitId>, LogError> {
    let found: Option<String> = db
        .prepare_cached("SELECT visit FROM put_away WHERE token_hash = ?1 LIMIT 1")?
        .query_row([token_hash], |r| r.get(0))
        .optional()?;
    found.map(|id| visit(&id, TABLE)).transpose()
}

/// Brings back what the event `seq` names and a snapshot had put away.
pub(super) fn bring_back(
    db: &Connection,
    state: &mut State,
    event: &Event,
    seq: u64,
) -> Result<(), LogError> {
    if state.put_away.count == 0 {
        return Ok(());
    }
    for id in event.names() {
        if !state.visits.contains_key(&id)
            && let Some(row) = last(db, id, seq)?
        {
            state.bring_back(row.rested);
        }
    }
    Ok(())
}

/// Brings back everything of the open day that is put away.
pub(super) fn bring_all_back(db: &Connection, state: &mut State) -> Result<(), LogError> {
    let day = state.day.clone().unwrap_or_default();
    let sql = "SELECT rested, seq, day, token_hash, device, key, offer FROM put_away
        WHERE day = ?1 ORDER BY seq DESC";
    for row in collect(db, sql, [&day], row)? {
        // The latest of each comes first, and the first one stays.
        state.bring_back(row.rested);
    }
    Ok(())
}
