//! A floor's log given back to it: after a restore it takes from here what its backup lacks, and where
//! it has gone on by itself meanwhile, it begins a new epoch from the last event both have.

use serde_json::value::RawValue;
use uuid::Uuid;

use super::{body_place, body_row};
use crate::central::state::Central;
use crate::crypto::chain;
use crate::http::ApiError;
use crate::protocol::ingest::{Accepted, Envelope, History, NewEpoch};
use crate::store::central::events::{self, KeptEvent};
use crate::store::central::floors::{self, FloorRow};
use crate::store::central::visits;

/// Most events in one answer.
const PAGE: u32 = 500;

/// The events of the floor's present epoch behind `after`.
pub async fn read(central: &Central, floor: &FloorRow, after: u64) -> Result<History, ApiError> {
    let Some(epoch) = floor.epoch.clone() else {
        return Ok(History {
            epoch: None,
            last_seq: 0,
            events: Vec::new(),
        });
    };
    let mut tx = central.db.read().await?;
    let kept = events::after(&mut *tx, &floor.id, &epoch, after, PAGE).await?;
    let events = kept
        .into_iter()
        .map(|event| envelope(central, &floor.id, &epoch, event))
        .collect::<Option<Vec<Envelope>>>()
        .ok_or_else(ApiError::internal)?;
    Ok(History {
        epoch: Some(Uuid::parse_str(&epoch).map_err(|_| ApiError::internal())?),
        last_seq: floor.last_seq,
        events,
    })
}

/// Lets the floor's log go on in another epoch behind an event known here.
pub async fn begin(
    central: &Central,
    floor: &FloorRow,
    new: &NewEpoch,
) -> Result<Accepted, ApiError> {
    let now = central.clock.now();
    let mut tx = central.db.write().await?;
    let floor = floors::one(&mut *tx, &floor.id)
        .await?
        .ok_or_else(ApiError::unauthorised)?;
    let epoch = new.epoch.to_string();
    if floor.epoch.as_ref() == Some(&epoch) {
        // The answer to the first request was lost.
        return Ok(Accepted {
            accepted_through: floor.last_seq,
        });
    }
    let behind = new.behind.to_string();
    let hash = match new.seq.checked_sub(1) {
        None => Some(chain::GENESIS.to_owned()),
        Some(before) => events::after(&mut *tx, &floor.id, &behind, before, 1)
            .await?
            .pop()
            .filter(|event| event.seq == new.seq)
            .and_then(|event| envelope(central, &floor.id, &behind, event))
            .map(|event| chain::hash(&event)),
    };
    if hash.as_ref() != Some(&new.hash) {
        return Err(ApiError::conflict(
            "forked",
            "This log does not continue the one known here",
        ));
    }
    if let Some(present) = &floor.epoch {
        let shared = if *present == behind { new.seq } else { 0 };
        visits::end_behind(&mut *tx, &floor.id, present, shared, now).await?;
    }
    floors::advance(&mut *tx, &floor.id, &epoch, new.seq, &new.hash, now).await?;
    tx.commit().await?;
    tracing::warn!(
        floor = floor.id,
        seq = new.seq,
        "a restored floor goes on in a new epoch"
    );
    metrics::counter!("yingbin_floor_epochs_begun_total").increment(1);
    Ok(Accepted {
        accepted_through: new.seq,
    })
}

/// The event as the floor sent it, to the letter.
fn envelope(central: &Central, floor: &str, epoch: &str, event: KeptEvent) -> Option<Envelope> {
    let row = body_row(floor, epoch, event.seq);
    let body = central
        .keys
        .records
        .open(body_place(&row), &event.body)
        .ok()?;
    let body = String::from_utf8(body.to_vec()).ok()?;
    Some(Envelope {
        seq: event.seq,
        id: Uuid::parse_str(&event.id).ok()?,
        prev: event.prev,
        at: event.at.rfc3339(),
        actor: event.actor,
        v: event.v,
        body: RawValue::from_string(body).ok()?,
    })
}
