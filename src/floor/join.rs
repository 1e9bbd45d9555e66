//! A restored floor and its centre find together again.
//!
//! Where the floor has done nothing since its backup, it takes the rest of its log back from the
//! centre: one history goes on, and the guests who wait are there again. Where it has gone on by
//! itself, both ends are true; the floor's goes to the centre in a new epoch behind the last event
//! that both have.

use uuid::Uuid;

use super::ask::Engine;
use super::centre::{BackOff, Centre};
use super::keys::Keys;
use super::lights::Line;
use super::log::{self, Batch, Head, Log, LogError, Reader, Restored};
use super::memory::{Fault, Floor};
use crate::core::floor::Event;
use crate::crypto::chain;
use crate::protocol::ingest::{Envelope, NewEpoch};

/// Why floor and centre did not find together yet.
#[derive(Debug, thiserror::Error)]
enum JoinError {
    #[error("the line to the centre: {}", .0.code())]
    Line(Line),
    #[error(transparent)]
    Log(#[from] LogError),
}

impl From<Line> for JoinError {
    fn from(line: Line) -> Self {
        Self::Line(line)
    }
}

/// What the comparison of both logs came to.
struct Compared {
    /// The last event both have.
    agreed: u64,
    /// The centre has another event behind it than this floor.
    apart: bool,
    /// The centre has events behind everything that is here.
    more: bool,
    /// The highest count of a number that the centre has heard of behind it.
    seen: u32,
}

/// Before the floor does anything: asks the centre until it answers, and takes back what there is.
pub(super) async fn before_the_start(
    log: &Log,
    reader: &Reader,
    keys: &Keys,
    centre: &Centre,
) -> Result<(), LogError> {
    let mut back_off = BackOff::new();
    loop {
        match join(log, reader, keys, centre).await {
            Ok(()) => return Ok(()),
            Err(JoinError::Log(error)) => return Err(error),
            Err(error @ JoinError::Line(_)) => {
                tracing::warn!(
                    %error,
                    "restored: waiting for the centre before any number is given; \
                     `yingbin restore` with `--alone` goes on without it"
                );
                tokio::time::sleep(back_off.pause()).await;
            }
        }
    }
}

async fn join(log: &Log, reader: &Reader, keys: &Keys, centre: &Centre) -> Result<(), JoinError> {
    let loaded = log.load().await?;
    let mut floor = Floor::new(loaded, keys).map_err(|e| LogError::from(Fault::from(e)))?;
    let compared = compare(centre, reader, floor.epoch, floor.delivered, &floor.head).await?;
    let mut batch = Batch {
        restored: Some(Some(Restored::Numbers {
            seen: compared.seen,
        })),
        ..Batch::default()
    };
    if compared.apart {
        let epoch = begin_epoch(centre, reader, &floor, compared.agreed).await?;
        batch.epoch = Some(epoch);
        batch.delivered = Some(compared.agreed);
        log.commit(batch).await?;
        return Ok(());
    }
    let before = floor.head.seq;
    if compared.agreed > floor.delivered {
        batch.delivered = Some(compared.agreed);
    }
    // Else the centre has less than there is here, and is sent the rest as always.
    while floor.head.seq == compared.agreed || floor.head.seq > before {
        let page = centre.history(floor.head.seq).await?;
        if page.epoch != Some(floor.epoch) || page.events.is_empty() {
            break;
        }
        let mut taken = Batch::default();
        for event in page.events {
            floor.take_back(event, keys, &mut taken)?;
        }
        taken.delivered = Some(floor.head.seq);
        log.commit(taken).await?;
    }
    tracing::info!(
        events = floor.head.seq - before,
        "restored: taken back from the centre"
    );
    if let Some(day) = &floor.state.day {
        // Not the key of a day that a page passed over.
        keys.destroy_other_days(day)
            .map_err(|e| LogError::from(Fault::from(e)))?;
    }
    log.commit(batch).await?;
    Ok(())
}

/// While the floor works: tells the centre where this log goes its own way, if it does.
pub(super) async fn while_running(
    engine: &Engine,
    reader: &Reader,
    centre: &Centre,
) -> Result<(), Line> {
    let standing = engine.read(|f| (f.epoch, f.delivered, f.head.clone(), f.restored));
    let Ok((epoch, delivered, head, restored)) = standing.await else {
        return Err(Line::Unreachable);
    };
    if restored != Some(Restored::Epoch) {
        return Ok(());
    }
    let unread = |error: LogError| {
        tracing::error!(%error, "the log could not be compared with the centre's");
        Line::Forked
    };
    let compared = match compare(centre, reader, epoch, delivered, &head).await {
        Ok(compared) => compared,
        Err(JoinError::Line(line)) => return Err(line),
        Err(JoinError::Log(error)) => return Err(unread(error)),
    };
    // Taking back is not possible any more once the floor works.
    let new = if compared.apart || compared.more {
        let joint = joint(reader, epoch, compared.agreed)
            .await
            .map_err(unread)?;
        centre.begin_epoch(&joint).await?;
        Some(joint.epoch)
    } else {
        None
    };
    let done = engine.rejoined(new, compared.agreed).await;
    done.map_err(|_| Line::Unreachable)
}

/// Walks along the centre's log from what it certainly has.
async fn compare(
    centre: &Centre,
    reader: &Reader,
    epoch: Uuid,
    delivered: u64,
    head: &Head,
) -> Result<Compared, JoinError> {
    let mut compared = Compared {
        agreed: delivered.min(head.seq),
        apart: false,
        more: false,
        seen: 0,
    };
    let mut after = compared.agreed;
    loop {
        let page = centre.history(after).await?;
        if page.epoch.is_some_and(|known| known != epoch) && !compared.apart {
            compared.apart = true;
            if after > 0 {
                // That epoch may have begun before this floor's last event: all its numbers count.
                after = 0;
                continue;
            }
        }
        let Some(last) = page.events.last().map(|e| e.seq) else {
            return Ok(compared);
        };
        after = last;
        compared.more |= last > head.seq;
        for theirs in &page.events {
            if !compared.apart {
                match reader.event(theirs.seq).await? {
                    Some(ours) if ours.id == theirs.id && ours.prev == theirs.prev => {
                        compared.agreed = theirs.seq;
                        continue;
                    }
                    // Behind everything that is here: to be taken back.
                    None if compared.agreed == head.seq
                        && follows(theirs, head, compared.agreed) => {}
                    None if theirs.seq > head.seq + 1 && compared.agreed == head.seq => {}
                    _ => compared.apart = true,
                }
            }
            compared.seen = compared.seen.max(number(theirs));
        }
    }
}

fn follows(event: &Envelope, head: &Head, agreed: u64) -> bool {
    event.seq == agreed + 1 && event.prev == head.hash
}

/// The count of the number an event gave; 0 for any other event.
fn number(event: &Envelope) -> u32 {
    match log::stamped(event).map(|stamped| stamped.event) {
        Ok(Event::CheckedIn { ticket, .. }) if ticket.line().is_some() => ticket.count(),
        Ok(Event::NumbersSkipped { through }) => through,
        _ => 0,
    }
}

async fn begin_epoch(
    centre: &Centre,
    reader: &Reader,
    floor: &Floor,
    agreed: u64,
) -> Result<Uuid, JoinError> {
    let joint = joint(reader, floor.epoch, agreed).await?;
    centre.begin_epoch(&joint).await?;
    tracing::warn!(
        seq = agreed,
        "restored: this log goes its own way behind this event and is delivered as a new epoch"
    );
    Ok(joint.epoch)
}

async fn joint(reader: &Reader, behind: Uuid, agreed: u64) -> Result<NewEpoch, LogError> {
    let hash = match agreed {
        0 => chain::GENESIS.to_owned(),
        seq => {
            let event = reader.event(seq).await?;
            chain::hash(&event.ok_or(LogError::Broken { seq })?)
        }
    };
    Ok(NewEpoch {
        epoch: Uuid::now_v7(),
        behind,
        seq: agreed,
        hash,
    })
}
