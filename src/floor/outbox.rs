//! The log on its way to the centre, in order. What the centre has is never sent again on purpose;
//! what it may have is, because repetition does no harm there.

use std::sync::Arc;

use super::ask::Engine;
use super::centre::{BackOff, Centre};
use super::join;
use super::lights::{Lights, Line};
use super::log::Reader;
use crate::protocol::ingest::Batch;

/// Runs until the engine is gone.
pub(super) async fn run(engine: Engine, reader: Reader, centre: Centre, lights: Arc<Lights>) {
    let mut changes = engine.changes();
    let mut back_off = BackOff::new();
    loop {
        changes.borrow_and_update();
        let standing = engine.read(|f| (f.epoch, f.delivered, f.head.seq, f.restored.is_some()));
        let Ok((epoch, delivered, head, restored)) = standing.await else {
            return;
        };
        if restored {
            if let Err(line) = join::while_running(&engine, &reader, &centre).await {
                lights.set_line(line);
                tokio::time::sleep(back_off.pause()).await;
            }
            continue;
        }
        if delivered >= head {
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        }
        let parcel = match reader.parcel(delivered).await {
            Ok(parcel) => parcel,
            Err(error) => {
                tracing::error!(%error, "the log could not be read for delivery");
                tokio::time::sleep(back_off.pause()).await;
                continue;
            }
        };
        // Since the floor's standing was read, more may have been committed and be in the parcel.
        let there_is = parcel.events.last().map_or(head, |last| head.max(last.seq));
        let batch = Batch {
            epoch,
            events: parcel.events,
            profiles: parcel.profiles,
        };
        let line = match centre.deliver(&batch).await {
            Ok(through) if believable(through, delivered, there_is) => {
                lights.set_line(Line::Ok);
                // What could not be noted is delivered once more.
                if engine.delivered(through).await.is_ok() {
                    back_off.reset();
                    continue;
                }
                Line::Ok
            }
            // The centre claims less than it was given, or more than there is.
            Ok(_) => Line::Forked,
            Err(line) => line,
        };
        lights.set_line(line);
        metrics::counter!("yingbin_floor_failed_deliveries_total", "line" => line.code())
            .increment(1);
        if matches!(line, Line::Gap | Line::Forked | Line::UnknownVersion) {
            tracing::error!(
                line = line.code(),
                "the centre does not take the log; somebody must look at it"
            );
        }
        tokio::time::sleep(back_off.pause()).await;
    }
}

/// Whether the centre can have accepted so far: something new, and nothing that does not exist.
const fn believable(through: u64, delivered: u64, there_is: u64) -> bool {
    through > delivered && through <= there_is
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k9_the_centre_is_believed_only_about_what_there_is() {
        assert!(believable(7, 4, 7) && believable(5, 4, 7));
        assert!(!believable(4, 4, 7) && !believable(8, 4, 7));
    }
}
