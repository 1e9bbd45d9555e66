//! What is read at the start and after a failed commit.

use std::str::FromStr;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::restored::{self, Restored};
use super::write::{print_state, signed};
use super::{Answered, ClosingSheet, Head, LogError, PrintRow, TapRow};
use crate::core::floor::event::EVENT_VERSION;
use crate::core::floor::{Event, Stamped, State};
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::time::Millis;
use crate::core::turn_book::BookLine;
use crate::crypto::chain;
use crate::floor::known_keys::KnownKeys;
use crate::floor::memory::OF_ITSELF;
use crate::floor::rest::is_printed;
use crate::floor::staff::{PinRow, SessionRow};
use crate::protocol::feed::DeviceGrant;
use crate::protocol::ingest::Envelope;

/// Everything committed, as it stands at hand.
pub(in crate::floor) struct Loaded {
    pub epoch: Uuid,
    pub state: State,
    pub head: Head,
    /// The event the replay began behind.
    pub snapshot: u64,
    pub restored: Option<Restored>,
    pub delivered: u64,
    pub oldest: Option<String>,
    pub feed: u64,
    pub known: KnownKeys,
    /// Of the visits in the state.
    pub answers: Vec<Arc<Answered>>,
    /// Of the open day.
    pub lines: Vec<BookLine>,
    pub forms: Vec<(VisitId, Vec<u8>)>,
    pub prints: Vec<PrintRow>,
    pub grants: Vec<DeviceGrant>,
    pub taps: Vec<TapRow>,
    pub pins: Vec<PinRow>,
    pub sessions: Vec<SessionRow>,
    /// Of the open day, where it was closed.
    pub closing: Option<ClosingSheet>,
}

pub(super) fn load(db: &Connection) -> Result<Loaded, LogError> {
    let (mut state, head, snapshot) = replay(db)?;
    let restored = restored::read(db)?;
    if restored.is_some() {
        // Events taken back may name any of the day's visits.
        super::rest::bring_all_back(db, &mut state)?;
    }
    let (known, answers) = answers(db, &state)?;
    let delivered = meta(db, "delivered")?.unwrap_or(0);
    let day = state.day.clone().unwrap_or_default();
    Ok(Loaded {
        epoch: meta(db, "epoch")?.ok_or(LogError::Unreadable { table: "meta" })?,
        head,
        snapshot,
        restored,
        delivered,
        oldest: happened(db, delivered + 1)?,
        feed: meta(db, "feed")?.unwrap_or(0),
        known,
        answers,
        lines: lines(db, &day, None)?,
        forms: forms(db, &state)?,
        prints: prints(db, &state)?,
        grants: grants(db)?,
        taps: taps(db)?,
        pins: pins(db)?,
        sessions: sessions(db)?,
        closing: closing(db, &day)?,
        state,
    })
}

/// The snapshot, and every event after it evolved. The chain is checked on the way.
fn replay(db: &Connection) -> Result<(State, Head, u64), LogError> {
    let snapshot: Option<(i64, String)> = db
        .query_row(
            "SELECT seq, state FROM snapshots ORDER BY seq DESC LIMIT 1",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .optional()?;
    let (mut state, mut head) = match snapshot {
        Some((seq, state)) => {
            let seq = seq.cast_unsigned();
            let last = events(db, seq, seq)?
                .pop()
                .ok_or(LogError::Broken { seq })?;
            let hash = chain::hash(&last);
            (parse(&state, "snapshots")?, Head { seq, hash })
        }
        None => (
            State::default(),
            Head {
                seq: 0,
                hash: chain::GENESIS.to_owned(),
            },
        ),
    };
    let began = head.seq;
    loop {
        let some = events(db, head.seq + 1, head.seq + 1000)?;
        if some.is_empty() {
            return Ok((state, head, began));
        }
        for event in some {
            let seq = event.seq;
            if seq != head.seq + 1 || event.prev != head.hash {
                return Err(LogError::Broken { seq });
            }
            let stamped = stamped(&event)?;
            super::rest::bring_back(db, &mut state, &stamped.event, seq)?;
            state.evolve(&stamped);
            // The book's lines stand in their own table already.
            state.book.clear();
            head = Head {
                seq,
                hash: chain::hash(&event),
            };
        }
    }
}

/// A floor's whole log, its chain checked.
pub struct Recorded {
    pub events: Vec<Stamped>,
    /// Of each event its hash in the chain; `seq` counts from 1.
    pub hashes: Vec<String>,
}

/// All events there are, their chain checked.
pub(super) fn recorded(db: &Connection) -> Result<Recorded, LogError> {
    let mut log = Recorded {
        events: Vec::new(),
        hashes: Vec::new(),
    };
    let (mut seq, mut hash) = (0, chain::GENESIS.to_owned());
    loop {
        let some = events(db, seq + 1, seq + 1000)?;
        if some.is_empty() {
            // Behind a hole nothing is read above.
            let last: i64 =
                db.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |r| r.get(0))?;
            return match last.cast_unsigned() {
                last if last > seq => Err(LogError::Broken { seq: seq + 1 }),
                _ => Ok(log),
            };
        }
        for event in some {
            if event.seq != seq + 1 || event.prev != hash {
                return Err(LogError::Broken { seq: event.seq });
            }
            (seq, hash) = (event.seq, chain::hash(&event));
            log.hashes.push(hash.clone());
            log.events.push(stamped(&event)?);
        }
    }
}

/// The event with its moment.
pub(in crate::floor) fn stamped(event: &Envelope) -> Result<Stamped, LogError> {
    if event.v != EVENT_VERSION {
        return Err(LogError::UnknownVersion {
            seq: event.seq,
            v: event.v,
        });
    }
    let at = Millis::parse_rfc3339(&event.at).ok_or(LogError::Unreadable { table: "events" })?;
    let body: Event = parse(event.body.get(), "events")?;
    let by = event.actor.as_str();
    let by = (!OF_ITSELF.contains(&by)).then(|| by.to_owned());
    Ok(Stamped {
        at,
        by,
        event: body,
    })
}

/// The events from `first` to `last`, both included.
pub(in crate::floor) fn events(
    db: &Connection,
    first: u64,
    last: u64,
) -> Result<Vec<Envelope>, LogError> {
    collect(
        db,
        "SELECT seq, id, prev, at, actor, v, body FROM events
         WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
        [signed(first), signed(last)],
        |r| {
            let (id, body): (String, String) = (r.get(1)?, r.get(6)?);
            let bad = || LogError::Unreadable { table: "events" };
            Ok(Envelope {
                seq: r.get::<_, i64>(0)?.cast_unsigned(),
                id: Uuid::parse_str(&id).map_err(|_| bad())?,
                prev: r.get(2)?,
                at: r.get(3)?,
                actor: r.get(4)?,
                v: r.get(5)?,
                body: serde_json::value::RawValue::from_string(body).map_err(|_| bad())?,
            })
        },
    )
}

/// When the event `seq` happened, RFC 3339.
pub(super) fn happened(db: &Connection, seq: u64) -> Result<Option<String>, LogError> {
    Ok(db
        .prepare_cached("SELECT at FROM events WHERE seq = ?1")?
        .query_row([signed(seq)], |r| r.get(0))
        .optional()?)
}

pub(super) fn lines(
    db: &Connection,
    day: &str,
    after: Option<u64>,
) -> Result<Vec<BookLine>, LogError> {
    collect(
        db,
        "SELECT line FROM turn_lines WHERE day = ?1 AND seq > ?2 ORDER BY seq",
        rusqlite::params![
            day,
            after.map_or(-1, |seq| seq.min(i64::MAX as u64).cast_signed())
        ],
        |r| parse(&r.get::<_, String>(0)?, "turn_lines"),
    )
}

fn closing(db: &Connection, day: &str) -> Result<Option<ClosingSheet>, LogError> {
    Ok(db
        .query_row(
            "SELECT through, at FROM closing_sheets WHERE day = ?1 ORDER BY through DESC LIMIT 1",
            [day],
            |r| {
                Ok(ClosingSheet {
                    through: r.get::<_, i64>(0)?.cast_unsigned(),
                    at: Millis(r.get(1)?),
                })
            },
        )
        .optional()?)
}

/// Every key that was answered, and the answers of the visits in the state.
fn answers(db: &Connection, state: &State) -> Result<(KnownKeys, Vec<Arc<Answered>>), LogError> {
    let mut known = KnownKeys::default();
    let sql = "SELECT device, key, mac, visit, day, token_hash, answer FROM check_ins";
    let answers = collect(db, sql, [], |r| {
        let (device, key, day): (_, String, String) = (DeviceId(r.get(0)?), r.get(1)?, r.get(4)?);
        known.add(&day, &device, &key);
        let of = visit(&r.get::<_, String>(3)?, "check_ins")?;
        let here = state.visits.contains_key(&of);
        here.then(|| answered(r)).transpose()
    })?;
    Ok((known, answers.into_iter().flatten().collect()))
}

/// A row of device, key, mac, visit, day, hash of the token and answer.
pub(super) fn answered(r: &Row) -> Result<Arc<Answered>, LogError> {
    Ok(Arc::new(Answered {
        device: DeviceId(r.get(0)?),
        key: r.get(1)?,
        mac: match r.get::<_, Vec<u8>>(2)? {
            none if none.is_empty() => None,
            mac => Some(
                mac.try_into()
                    .map_err(|_| LogError::Unreadable { table: "check_ins" })?,
            ),
        },
        visit: visit(&r.get::<_, String>(3)?, "check_ins")?,
        day: r.get(4)?,
        token_hash: r.get(5)?,
        answer: r.get(6)?,
    }))
}

fn forms(db: &Connection, state: &State) -> Result<Vec<(VisitId, Vec<u8>)>, LogError> {
    let mut forms = collect(db, "SELECT visit, sealed FROM address_forms", [], |r| {
        Ok((visit(&r.get::<_, String>(0)?, "address_forms")?, r.get(1)?))
    })?;
    forms.retain(|(visit, _)| state.visits.contains_key(visit));
    Ok(forms)
}

fn prints(db: &Connection, state: &State) -> Result<Vec<PrintRow>, LogError> {
    let mut rows = collect(
        db,
        "SELECT visit, job, day, state, problem, 0 FROM print_jobs
         UNION ALL SELECT visit, job, day, state, problem, 1 FROM reprints ORDER BY 2",
        [],
        print,
    )?;
    rows.retain(|p| p.again || !is_printed(p) || state.visits.contains_key(&p.visit));
    Ok(rows)
}

/// A row of visit, job, day, state, problem and whether it is a reprint.
pub(super) fn print(r: &Row) -> Result<PrintRow, LogError> {
    let bad = LogError::Unreadable {
        table: "print_jobs",
    };
    Ok(PrintRow {
        visit: visit(&r.get::<_, String>(0)?, "print_jobs")?,
        job: r.get(1)?,
        day: r.get(2)?,
        state: print_state(&r.get::<_, String>(3)?).ok_or(bad)?,
        problem: r.get(4)?,
        again: r.get(5)?,
    })
}

fn grants(db: &Connection) -> Result<Vec<DeviceGrant>, LogError> {
    collect(
        db,
        "SELECT body FROM device_grants ORDER BY device",
        [],
        |r| parse(&r.get::<_, String>(0)?, "device_grants"),
    )
}

fn taps(db: &Connection) -> Result<Vec<TapRow>, LogError> {
    collect(
        db,
        "SELECT staff, key, mac, day, refusal FROM taps",
        [],
        |r| {
            let refusal: Option<String> = r.get(4)?;
            Ok(TapRow {
                staff: AgentId(r.get(0)?),
                key: r.get(1)?,
                mac: r
                    .get::<_, Vec<u8>>(2)?
                    .try_into()
                    .map_err(|_| LogError::Unreadable { table: "taps" })?,
                day: r.get(3)?,
                refusal: refusal.map(|text| parse(&text, "taps")).transpose()?,
            })
        },
    )
}

fn pins(db: &Connection) -> Result<Vec<PinRow>, LogError> {
    collect(
        db,
        "SELECT staff, pin, code, last_code, guesses, locked_until FROM pins ORDER BY staff",
        [],
        |r| {
            let (code, last): (Option<String>, String) = (r.get(2)?, r.get(3)?);
            Ok(PinRow {
                staff: AgentId(r.get(0)?),
                pin: r.get(1)?,
                code: code.map(|text| parse(&text, "pins")).transpose()?,
                last_code: Uuid::parse_str(&last)
                    .map_err(|_| LogError::Unreadable { table: "pins" })?,
                guesses: r.get(4)?,
                locked_until: Millis(r.get(5)?),
            })
        },
    )
}

fn sessions(db: &Connection) -> Result<Vec<SessionRow>, LogError> {
    collect(
        db,
        "SELECT hash, staff, pad, expires FROM sessions ORDER BY hash",
        [],
        |r| {
            Ok(SessionRow {
                hash: r.get(0)?,
                staff: AgentId(r.get(1)?),
                pad: r.get(2)?,
                expires: Millis(r.get(3)?),
            })
        },
    )
}

fn meta<T: FromStr>(db: &Connection, name: &str) -> Result<Option<T>, LogError> {
    let text: Option<String> = db
        .query_row("SELECT value FROM meta WHERE name = ?1", [name], |r| {
            r.get(0)
        })
        .optional()?;
    text.map(|t| {
        t.parse()
            .map_err(|_| LogError::Unreadable { table: "meta" })
    })
    .transpose()
}

pub(super) fn collect<T>(
    db: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    mut read: impl FnMut(&Row) -> Result<T, LogError>,
) -> Result<Vec<T>, LogError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

pub(super) fn parse<T: DeserializeOwned>(text: &str, table: &'static str) -> Result<T, LogError> {
    serde_json::from_str(text).map_err(|_| LogError::Unreadable { table })
}

pub(super) fn visit(text: &str, table: &'static str) -> Result<VisitId, LogError> {
    Uuid::parse_str(text)
        .map(VisitId)
        .map_err(|_| LogError::Unreadable { table })
}
