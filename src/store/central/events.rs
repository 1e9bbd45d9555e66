//! The floors' logs as they came, and the quarantine of events whose effect failed.

use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{StoreError, Tx};
use crate::store::statement::statements;

statements! {
    ADD = "INSERT INTO events (floor, epoch, seq, site, id, prev, at, actor, v, kind, visit, body,
            received_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    KNOWN = "SELECT id, prev FROM events WHERE floor = ?1 AND epoch = ?2 AND seq = ?3";
    AFTER = "SELECT seq, id, prev, at, actor, v, body FROM events
        WHERE floor = ?1 AND epoch = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4";
    OF_CUSTOMER = "SELECT e.floor, e.epoch, e.seq, e.at, e.visit, v.ticket, e.body
        FROM events e JOIN visits v ON v.id = e.visit AND v.floor = e.floor
        WHERE v.customer = ?1 ORDER BY e.at DESC, e.seq DESC LIMIT ?2";
    OF_VISIT = "SELECT epoch, seq, at, body FROM events WHERE floor = ?1 AND visit = ?2
        ORDER BY epoch, seq";
    QUARANTINE = "INSERT INTO quarantine (floor, epoch, seq, code, site, at, sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (floor, epoch, seq, code) DO NOTHING";
    QUARANTINED = "SELECT floor, epoch, seq, code, at FROM quarantine WHERE site = ?1
        ORDER BY at DESC, seq DESC LIMIT ?2";
    COUNT = "SELECT count(*) FROM events WHERE floor = ?1";
}

/// One event as kept; the body is encrypted.
pub struct NewEvent {
    pub floor: String,
    pub epoch: String,
    pub seq: u64,
    pub site: String,
    pub id: String,
    pub prev: String,
    pub at: Millis,
    pub actor: String,
    pub v: u32,
    /// The body's kind, e.g. `checked_in`; `unreadable` where it cannot be parsed.
    pub kind: String,
    pub visit: Option<String>,
    pub body: Vec<u8>,
    pub received_at: Millis,
}

/// An event as it is given back to its floor; the body is encrypted.
pub struct KeptEvent {
    pub seq: u64,
    pub id: String,
    pub prev: String,
    pub at: Millis,
    pub actor: String,
    pub v: u32,
    pub body: Vec<u8>,
}

/// An event of one customer's visits; the body is encrypted.
pub struct VisitEvent {
    pub floor: String,
    pub epoch: String,
    pub seq: u64,
    pub at: Millis,
    pub visit: String,
    pub ticket: String,
    pub body: Vec<u8>,
}

/// One of the events of a visit, in order; the body is encrypted.
pub struct Step {
    pub epoch: String,
    pub seq: u64,
    pub at: Millis,
    pub body: Vec<u8>,
}

/// An event whose effect failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    pub floor: String,
    pub epoch: String,
    pub seq: u64,
    /// `body_unreadable`, `profile_unopenable`, …
    pub code: String,
    pub at: Millis,
}

fn seq_column(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(|_| StoreError::Shape(2))
}

fn seq_value(seq: i64) -> Result<u64, StoreError> {
    u64::try_from(seq).map_err(|_| StoreError::Shape(2))
}

pub async fn add(tx: &mut dyn Tx, e: NewEvent) -> Result<(), StoreError> {
    let seq = seq_column(e.seq)?;
    tx.run(
        &ADD,
        params![
            e.floor,
            e.epoch,
            seq,
            e.site,
            e.id,
            e.prev,
            e.at.0,
            e.actor,
            e.v,
            e.kind,
            e.visit,
            e.body,
            e.received_at.0
        ],
    )
    .await?;
    Ok(())
}

/// Id and `prev` of a known event.
pub async fn known(
    tx: &mut dyn Tx,
    floor: &str,
    epoch: &str,
    seq: u64,
) -> Result<Option<(String, String)>, StoreError> {
    let row = tx
        .row(&KNOWN, params![floor, epoch, seq_column(seq)?])
        .await?;
    row.map(|r| Ok((r.text(0)?, r.text(1)?))).transpose()
}

/// The next `most` events behind `seq`, in order.
pub async fn after(
    tx: &mut dyn Tx,
    floor: &str,
    epoch: &str,
    seq: u64,
    most: u32,
) -> Result<Vec<KeptEvent>, StoreError> {
    tx.rows(&AFTER, params![floor, epoch, seq_column(seq)?, most])
        .await?
        .iter()
        .map(|row| {
            Ok(KeptEvent {
                seq: seq_value(row.int(0)?)?,
                id: row.text(1)?,
                prev: row.text(2)?,
                at: Millis(row.int(3)?),
                actor: row.text(4)?,
                v: u32::try_from(row.int(5)?).map_err(|_| StoreError::Shape(5))?,
                body: row.bytes(6)?,
            })
        })
        .collect()
}

/// The latest `most` events of the customer's visits, latest first.
pub async fn of_customer(
    tx: &mut dyn Tx,
    customer: &str,
    most: u32,
) -> Result<Vec<VisitEvent>, StoreError> {
    tx.rows(&OF_CUSTOMER, params![customer, most])
        .await?
        .iter()
        .map(|row| {
            Ok(VisitEvent {
                floor: row.text(0)?,
                epoch: row.text(1)?,
                seq: seq_value(row.int(2)?)?,
                at: Millis(row.int(3)?),
                visit: row.text(4)?,
                ticket: row.text(5)?,
                body: row.bytes(6)?,
            })
        })
        .collect()
}

/// The events of a visit, in order.
pub async fn of_visit(tx: &mut dyn Tx, floor: &str, visit: &str) -> Result<Vec<Step>, StoreError> {
    let rows = tx.rows(&OF_VISIT, params![floor, visit]).await?;
    rows.iter()
        .map(|row| {
            Ok(Step {
                epoch: row.text(0)?,
                seq: seq_value(row.int(1)?)?,
                at: Millis(row.int(2)?),
                body: row.bytes(3)?,
            })
        })
        .collect()
}

/// Sets an event aside; `sealed`: the profile that came with it.
pub async fn quarantine(
    tx: &mut dyn Tx,
    site: &str,
    q: &Quarantined,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    let seq = seq_column(q.seq)?;
    tx.run(
        &QUARANTINE,
        params![&q.floor, &q.epoch, seq, &q.code, site, q.at.0, sealed],
    )
    .await?;
    Ok(())
}

/// The latest `most` of a showroom, latest first.
pub async fn quarantined(
    tx: &mut dyn Tx,
    site: &str,
    most: u32,
) -> Result<Vec<Quarantined>, StoreError> {
    tx.rows(&QUARANTINED, params![site, most])
        .await?
        .iter()
        .map(|row| {
            Ok(Quarantined {
                floor: row.text(0)?,
                epoch: row.text(1)?,
                seq: seq_value(row.int(2)?)?,
                code: row.text(3)?,
                at: Millis(row.int(4)?),
            })
        })
        .collect()
}

/// How many events of a floor have arrived.
pub async fn count(tx: &mut dyn Tx, floor: &str) -> Result<u64, StoreError> {
    let row = tx.row(&COUNT, params![floor]).await?;
    seq_value(row.ok_or(StoreError::Shape(0))?.int(0)?)
}
