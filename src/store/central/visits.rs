//! Visits as the floors report them.

use crate::core::language::Language;
use crate::core::time::Millis;
use crate::core::visit::VisitState;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    ADD = "INSERT INTO visits (id, site, floor, device, day, ticket, line, state, since,
            place_in_queue, language, first_visit, purpose, party_size, drink, asked_for,
            checked_in_at, consent_receipt, token_hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?8,
            ?16, ?17)
        ON CONFLICT (id) DO NOTHING";
    SET_CUSTOMER = "UPDATE visits SET customer = ?2 WHERE id = ?1";
    CUSTOMER_OF = "SELECT customer FROM visits WHERE floor = ?1 AND id = ?2";
    WAIT = "UPDATE visits SET state = 'waiting', since = ?3, agent = NULL, place = NULL
        WHERE floor = ?1 AND id = ?2";
    QUEUE_AT = "UPDATE visits SET place_in_queue = ?3 WHERE floor = ?1 AND id = ?2";
    SET_LINE = "UPDATE visits SET line = ?3 WHERE floor = ?1 AND id = ?2";
    OFFER = "UPDATE visits SET state = 'offered', since = ?3, agent = ?4, place = NULL
        WHERE floor = ?1 AND id = ?2";
    CALL = "UPDATE visits SET since = CASE WHEN state = 'called' THEN since ELSE ?3 END,
            state = 'called', agent = ?4, place = ?5, called_at = ?3
        WHERE floor = ?1 AND id = ?2";
    START = "UPDATE visits SET state = 'serving', since = ?3, agent = ?4, started_at = ?3
        WHERE floor = ?1 AND id = ?2";
    PARK = "UPDATE visits SET state = 'parked', since = ?3, agent = NULL, place = NULL
        WHERE floor = ?1 AND id = ?2";
    END = "UPDATE visits SET state = ?4, since = ?3, ended_at = ?3 WHERE floor = ?1 AND id = ?2";
    END_BEHIND = "UPDATE visits SET state = 'left', since = ?4, ended_at = ?4
        WHERE floor = ?1 AND state IN ('waiting', 'offered', 'called', 'serving', 'parked')
            AND id IN (SELECT visit FROM events
                WHERE floor = ?1 AND epoch = ?2 AND seq > ?3 AND kind = 'checked_in')";
    QUEUE = "SELECT id, place_in_queue FROM visits
        WHERE floor = ?1 AND state = 'waiting' AND id <> ?2 ORDER BY place_in_queue, id";
    CAME = "SELECT place_in_queue, checked_in_at FROM visits
        WHERE floor = ?1 AND state = 'waiting' ORDER BY place_in_queue, id";
    RENUMBER = "UPDATE visits SET ticket = ?3, other_token_hash = ?4 WHERE floor = ?1 AND id = ?2";
    LAST_PLACE = "SELECT max(place_in_queue) FROM visits WHERE floor = ?1";
    BY_TOKEN = "SELECT v.id, v.site, v.floor, v.ticket, v.state, v.agent, v.place, v.language,
            (SELECT count(*) FROM visits w WHERE w.floor = v.floor AND w.state = 'waiting'
                AND w.place_in_queue < v.place_in_queue)
        FROM visits v WHERE v.token_hash = ?1 OR v.other_token_hash = ?1";
    BY_STATE = "SELECT state, count(*) FROM visits WHERE site = ?1 AND day = ?2
        GROUP BY state ORDER BY state";
    BY_AGENT = "SELECT agent, count(*),
            cast(sum(CASE WHEN state = 'finished' THEN 1 ELSE 0 END) as bigint)
        FROM visits WHERE site = ?1 AND day = ?2 AND agent IS NOT NULL
        GROUP BY agent ORDER BY agent";
    OF_DAY = "SELECT id, ticket, line, state, since, language, first_visit, purpose, party_size,
            agent, place, checked_in_at, called_at, started_at, ended_at, customer
        FROM visits WHERE site = ?1 AND day = ?2
        ORDER BY checked_in_at DESC, id DESC LIMIT ?3";
}

/// A visit that has just begun.
pub struct NewVisit {
    pub id: String,
    pub site: String,
    pub floor: String,
    pub device: String,
    /// Of the site's time zone, `YYYY-MM-DD`.
    pub day: String,
    pub ticket: String,
    pub line: String,
    pub at: Millis,
    pub place_in_queue: f64,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub drink: Option<String>,
    pub asked_for: Option<String>,
    pub consent_receipt: String,
    pub token_hash: String,
}

/// What a ticket's page shows (票面页).
#[derive(Clone, Debug, PartialEq)]
pub struct TicketRow {
    pub visit: String,
    pub site: String,
    pub floor: String,
    pub number: String,
    pub state: VisitState,
    pub agent: Option<String>,
    pub place: Option<String>,
    pub language: Language,
    /// Parties ahead; none unless waiting.
    pub ahead: Option<u32>,
}

/// One line of a day's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRow {
    pub id: String,
    pub ticket: String,
    pub line: String,
    pub state: VisitState,
    pub since: Millis,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub agent: Option<String>,
    pub place: Option<String>,
    pub checked_in_at: Millis,
    pub called_at: Option<Millis>,
    pub started_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub customer: Option<String>,
}

/// An agent's day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDay {
    pub agent: String,
    /// Visits bound to the agent at their last step, the finished ones among them.
    pub received: u32,
    pub finished: u32,
}

/// How a visit moves; each says when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move<'a> {
    Wait,
    Offer { agent: &'a str },
    Call { agent: &'a str, place: &'a str },
    Start { agent: &'a str },
    Park,
    End(VisitState),
}

/// Ends the open visits that checked in behind `seq`: their floor has forgotten them.
pub async fn end_behind(
    tx: &mut dyn Tx,
    floor: &str,
    epoch: &str,
    seq: u64,
    at: Millis,
) -> Result<(), StoreError> {
    let seq = i64::try_from(seq).map_err(|_| StoreError::Shape(2))?;
    tx.run(&END_BEHIND, params![floor, epoch, seq, at.0])
        .await?;
    Ok(())
}

/// False when a visit of that id is known already, on whatever floor.
pub async fn add(tx: &mut dyn Tx, v: NewVisit) -> Result<bool, StoreError> {
    let added = tx
        .run(
            &ADD,
            params![
                v.id,
                v.site,
                v.floor,
                v.device,
                v.day,
                v.ticket,
                v.line,
                v.at.0,
                v.place_in_queue,
                v.language.tag(),
                v.first_visit,
                v.purpose,
                v.party_size,
                v.drink,
                v.asked_for,
                v.consent_receipt,
                v.token_hash
            ],
        )
        .await?;
    Ok(added == 1)
}

pub async fn set_customer(tx: &mut dyn Tx, id: &str, customer: &str) -> Result<(), StoreError> {
    tx.run(&SET_CUSTOMER, params![id, customer]).await?;
    Ok(())
}

/// The customer of a visit of this floor; none where the guest is not known.
pub async fn customer_of(
    tx: &mut dyn Tx,
    floor: &str,
    id: &str,
) -> Result<Option<String>, StoreError> {
    let row = tx.row(&CUSTOMER_OF, params![floor, id]).await?;
    Ok(row.map(|r| r.opt_text(0)).transpose()?.flatten())
}

/// Moves a visit of this floor; false when the floor has no such visit.
pub async fn shift(
    tx: &mut dyn Tx,
    floor: &str,
    id: &str,
    step: Move<'_>,
    at: Millis,
) -> Result<bool, StoreError> {
    let changed = match step {
        Move::Wait => tx.run(&WAIT, params![floor, id, at.0]).await?,
        Move::Offer { agent } => tx.run(&OFFER, params![floor, id, at.0, agent]).await?,
        Move::Call { agent, place } => {
            tx.run(&CALL, params![floor, id, at.0, agent, place])
                .await?
        }
        Move::Start { agent } => tx.run(&START, params![floor, id, at.0, agent]).await?,
        Move::Park => tx.run(&PARK, params![floor, id, at.0]).await?,
        Move::End(state) => tx.run(&END, params![floor, id, at.0, state.code()]).await?,
    };
    Ok(changed == 1)
}

pub async fn set_line(
    tx: &mut dyn Tx,
    floor: &str,
    id: &str,
    line: &str,
) -> Result<bool, StoreError> {
    Ok(tx.run(&SET_LINE, params![floor, id, line]).await? == 1)
}

pub async fn queue_at(
    tx: &mut dyn Tx,
    floor: &str,
    id: &str,
    place: f64,
) -> Result<bool, StoreError> {
    Ok(tx.run(&QUEUE_AT, params![floor, id, place]).await? == 1)
}

/// Places of the waiting visits of a floor but this one, in order.
pub async fn queue_without(tx: &mut dyn Tx, floor: &str, id: &str) -> Result<Vec<f64>, StoreError> {
    let rows = tx.rows(&QUEUE, params![floor, id]).await?;
    rows.iter().map(|r| r.double(1)).collect()
}

/// Places of the waiting visits of a floor in order, with when each party came.
pub async fn queue_with_times(
    tx: &mut dyn Tx,
    floor: &str,
) -> Result<Vec<(f64, Millis)>, StoreError> {
    let rows = tx.rows(&CAME, params![floor]).await?;
    let read = |r: &Row| Ok((r.double(0)?, Millis(r.int(1)?)));
    rows.iter().map(read).collect()
}

/// The visit goes by another number; its page is found by both tokens. False when the floor has no
/// such visit.
pub async fn renumber(
    tx: &mut dyn Tx,
    floor: &str,
    id: &str,
    ticket: &str,
    token_hash: &str,
) -> Result<bool, StoreError> {
    let values = params![floor, id, ticket, token_hash];
    Ok(tx.run(&RENUMBER, values).await? == 1)
}

/// The last place ever given on a floor; 0 before the first.
pub async fn last_place(tx: &mut dyn Tx, floor: &str) -> Result<f64, StoreError> {
    match tx.row(&LAST_PLACE, params![floor]).await? {
        Some(row) if row.0.first() != Some(&crate::store::Value::Null) => row.double(0),
        _ => Ok(0.0),
    }
}

/// The ticket with this token.
pub async fn ticket_by_token(
    tx: &mut dyn Tx,
    token_hash: &str,
) -> Result<Option<TicketRow>, StoreError> {
    let read = |row: Row| {
        let state = state(&row, 4)?;
        Ok(TicketRow {
            visit: row.text(0)?,
            site: row.text(1)?,
            floor: row.text(2)?,
            number: row.text(3)?,
            state,
            agent: row.opt_text(5)?,
            place: row.opt_text(6)?,
            language: language(&row, 7)?,
            ahead: (state == VisitState::Waiting)
                .then(|| row.count(8))
                .transpose()?,
        })
    };
    tx.row(&BY_TOKEN, params![token_hash])
        .await?
        .map(read)
        .transpose()
}

/// How many visits of a day stand in each state.
pub async fn by_state(
    tx: &mut dyn Tx,
    site: &str,
    day: &str,
) -> Result<Vec<(VisitState, u32)>, StoreError> {
    let rows = tx.rows(&BY_STATE, params![site, day]).await?;
    rows.iter()
        .map(|r| Ok((state(r, 0)?, r.count(1)?)))
        .collect()
}

/// Agents' days, by agent.
pub async fn by_agent(tx: &mut dyn Tx, site: &str, day: &str) -> Result<Vec<AgentDay>, StoreError> {
    let read = |row: &Row| {
        Ok(AgentDay {
            agent: row.text(0)?,
            received: row.count(1)?,
            finished: row.count(2)?,
        })
    };
    let rows = tx.rows(&BY_AGENT, params![site, day]).await?;
    rows.iter().map(read).collect()
}

/// A day's visits, latest first.
pub async fn of_day(
    tx: &mut dyn Tx,
    site: &str,
    day: &str,
    most: u32,
) -> Result<Vec<DayRow>, StoreError> {
    let read = |row: &Row| {
        Ok(DayRow {
            id: row.text(0)?,
            ticket: row.text(1)?,
            line: row.text(2)?,
            state: state(row, 3)?,
            since: Millis(row.int(4)?),
            language: language(row, 5)?,
            first_visit: row.flag(6)?,
            purpose: row.text(7)?,
            party_size: row.count(8)?,
            agent: row.opt_text(9)?,
            place: row.opt_text(10)?,
            checked_in_at: Millis(row.int(11)?),
            called_at: row.opt_int(12)?.map(Millis),
            started_at: row.opt_int(13)?.map(Millis),
            ended_at: row.opt_int(14)?.map(Millis),
            customer: row.opt_text(15)?,
        })
    };
    let rows = tx.rows(&OF_DAY, params![site, day, most]).await?;
    rows.iter().map(read).collect()
}

fn state(row: &Row, column: usize) -> Result<VisitState, StoreError> {
    VisitState::from_code(&row.text(column)?).ok_or(StoreError::Shape(column))
}

fn language(row: &Row, column: usize) -> Result<Language, StoreError> {
    Language::from_tag(&row.text(column)?).ok_or(StoreError::Shape(column))
}
