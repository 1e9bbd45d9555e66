//! The floors' logs arrive: exactly once in effect, in order, each batch in one transaction.
//!
//! Only three things stop a log: a gap, a fork (a restored or copied floor, also one that began a new
//! epoch while another is known), and an event version this program does not know. Whatever is wrong
//! with an event's contents is noted in quarantine, and the log goes on.

pub mod api;
mod effects;
mod note;
pub mod history;
mod person;

use std::collections::BTreeMap;

use crate::central::state::Central;
use crate::core::floor::event::{EVENT_VERSION, Event};
use crate::core::time::{Millis, zone_or_utc};
use crate::crypto::chain;
use crate::crypto::field::Place;
use crate::http::ApiError;
use crate::protocol::ingest::{Accepted, Batch, Envelope};
use crate::protocol::problem::Problem;
use crate::store::central::events::{self, NewEvent, Quarantined};
use crate::store::central::floors::{self, FloorRow};
use crate::store::central::sites::SiteRow;
use crate::store::{StoreError, Tx};

/// A log that cannot go on.
#[derive(Debug)]
enum Stop {
    Gap { expected: u64 },
    Forked,
    UnknownVersion,
}

impl Stop {
    fn code(&self) -> &'static str {
        match self {
            Self::Gap { .. } => "gap",
            Self::Forked => "forked",
            Self::UnknownVersion => "unknown_version",
        }
    }

    fn problem(&self) -> Problem {
        let title = match self {
            Self::Gap { .. } => "Events are missing before these",
            Self::Forked => "This log is not the one known here",
            Self::UnknownVersion => "The events are of a newer version than this server knows",
        };
        let mut problem = Problem::new(409, self.code(), title);
        if let Self::Gap { expected } = self {
            problem.expected_seq = Some(*expected);
        }
        problem
    }
}

/// What an event's effects need to know about where it happened.
struct Scene<'a> {
    central: &'a Central,
    site: &'a str,
    /// The showroom's rules and staff.
    house: &'a SiteRow,
    floor: &'a str,
    /// Of the site; days are counted by it.
    zone: jiff::tz::TimeZone,
    /// Sealed profiles of the batch, base64 by hash.
    profiles: &'a BTreeMap<String, String>,
}

/// Takes a batch in.
pub async fn receive(
    central: &Central,
    floor: &FloorRow,
    batch: Batch,
) -> Result<Accepted, ApiError> {
    let now = central.clock.now();
    let mut tx = central.db.write().await?;
    // Read again inside the transaction: two deliveries of one floor must not both see the old end.
    let floor = floors::one(&mut *tx, &floor.id)
        .await?
        .ok_or_else(ApiError::unauthorised)?;
    match take(central, &mut *tx, &floor, &batch, now).await? {
        Ok((accepted, told)) => {
            tx.commit().await?;
            if told {
                central.announce();
            }
            Ok(accepted)
        }
        Err(stop) => {
            drop(tx);
            tracing::warn!(
                floor = floor.id,
                code = stop.code(),
                "a floor's log stands still"
            );
            let mut tx = central.db.write().await?;
            floors::trouble(&mut *tx, &floor.id, stop.code(), now).await?;
            tx.commit().await?;
            Err(stop.problem().into())
        }
    }
}

/// What is accepted, and whether a floor has something new to hear by the feed.
async fn take(
    central: &Central,
    tx: &mut dyn Tx,
    floor: &FloorRow,
    batch: &Batch,
    now: Millis,
) -> Result<Result<(Accepted, bool), Stop>, ApiError> {
    let epoch = batch.epoch.to_string();
    if floor.epoch.as_ref().is_some_and(|known| *known != epoch) {
        return Ok(Err(Stop::Forked));
    }
    let site = super::sites::existing(tx, &floor.site).await?;
    let scene = Scene {
        central,
        site: &floor.site,
        house: &site,
        floor: &floor.id,
        zone: zone_or_utc(&site.settings.time_zone),
        profiles: &batch.profiles,
    };
    let mut last_seq = floor.last_seq;
    let mut last_hash = floor.last_hash.clone();
    let mut told = false;
    for event in &batch.events {
        if event.seq > last_seq + 1 {
            let expected = last_seq + 1;
            return Ok(Err(Stop::Gap { expected }));
        }
        if event.seq <= last_seq {
            let known = events::known(tx, &floor.id, &epoch, event.seq).await?;
            let same =
                known.is_some_and(|(id, prev)| id == event.id.to_string() && prev == event.prev);
            if same {
                continue;
            }
            return Ok(Err(Stop::Forked));
        }
        if event.v != EVENT_VERSION {
            return Ok(Err(Stop::UnknownVersion));
        }
        if event.prev != last_hash {
            return Ok(Err(Stop::Forked));
        }
        told |= keep(&scene, tx, &epoch, event, now).await?;
        last_seq = event.seq;
        last_hash = chain::hash(event);
    }
    floors::advance(tx, &floor.id, &epoch, last_seq, &last_hash, now).await?;
    let accepted = Accepted {
        accepted_through: last_seq,
    };
    Ok(Ok((accepted, told)))
}

/// Stores one new event with its effects; what fails is set aside. Whether a floor has something new
/// to hear by the feed.
async fn keep(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    epoch: &str,
    event: &Envelope,
    now: Millis,
) -> Result<bool, ApiError> {
    let at = Millis::parse_rfc3339(&event.at);
    let body = serde_json::from_str::<Event>(event.body.get());
    let visit = body.as_ref().ok().and_then(Event::visit);
    let row = body_row(scene.floor, epoch, event.seq);
    let place = body_place(&row);
    let new = NewEvent {
        floor: scene.floor.to_owned(),
        epoch: epoch.to_owned(),
        seq: event.seq,
        site: scene.site.to_owned(),
        id: event.id.to_string(),
        prev: event.prev.clone(),
        at: at.unwrap_or(now),
        actor: event.actor.clone(),
        v: event.v,
        kind: body
            .as_ref()
            .map_or_else(|_| "unreadable".to_owned(), effects::kind_of),
        visit: visit.map(|v| v.to_string()),
        body: scene
            .central
            .keys
            .records
            .seal(place, event.body.get().as_bytes()),
        received_at: now,
    };
    events::add(tx, new).await?;
    metrics::counter!("yingbin_events_received_total").increment(1);

    let mut found = effects::Findings::default();
    if at.is_none() {
        found.add("time_unreadable");
    }
    match body {
        Ok(body) => effects::apply(scene, tx, &body, at.unwrap_or(now), &mut found).await?,
        Err(_) => found.add("body_unreadable"),
    }
    for code in &found.codes {
        let aside = Quarantined {
            floor: scene.floor.to_owned(),
            epoch: epoch.to_owned(),
            seq: event.seq,
            code: (*code).to_owned(),
            at: now,
        };
        events::quarantine(tx, scene.site, &aside, found.sealed.as_deref()).await?;
        tracing::warn!(
            floor = scene.floor,
            seq = event.seq,
            code,
            "an event was set aside"
        );
        metrics::counter!("yingbin_events_quarantined_total", "code" => *code).increment(1);
    }
    Ok(found.told)
}

/// Where an event's body is bound to.
pub(in crate::central) fn body_row(floor: &str, epoch: &str, seq: u64) -> String {
    format!("{floor}/{epoch}/{seq}")
}

pub(in crate::central) fn body_place(row: &str) -> Place<'_> {
    Place {
        table: "events",
        column: "body",
        row,
    }
}

/// The latest events set aside of a showroom, latest first.
pub async fn quarantined(
    central: &Central,
    site: &str,
    most: u32,
) -> Result<Vec<Quarantined>, StoreError> {
    let mut tx = central.db.read().await?;
    events::quarantined(&mut *tx, site, most).await
}
