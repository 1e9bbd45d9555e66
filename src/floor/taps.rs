//! Taps of the pad: kept there while the Wi-Fi is away, sent in order, and done once however often
//! they are sent.

use std::sync::Arc;

use super::ask::AskError;
use super::keys::{BodyMac, Keys};
use super::log::{Batch, NoteRow, TapRow};
use super::memory::{Fault, Floor};
use crate::core::floor::Command;
use crate::core::id::AgentId;
use crate::core::time::Millis;

/// A tap on its way in.
pub(super) struct NewTap {
    pub staff: AgentId,
    pub key: String,
    pub mac: BodyMac,
    pub command: Command,
    /// Hash and sealed bytes of the free text.
    pub note: Option<(String, Vec<u8>)>,
}

impl Floor {
    /// Does what was tapped, or gives the first answer. `true`: it was done before.
    pub fn tap(
        &mut self,
        new: NewTap,
        now: Millis,
        keys: &Keys,
        batch: &mut Batch,
    ) -> Result<Result<bool, AskError>, Fault> {
        let slot = (new.staff.clone(), new.key.clone());
        if let Some(known) = self.taps.get(&slot) {
            return Ok(match &known.refusal {
                _ if known.mac != new.mac => Err(AskError::KeyReused),
                Some(refusal) => Err(refusal.clone().into()),
                None => Ok(true),
            });
        }
        let first = batch.events.len();
        let actor = new.staff.as_str();
        let (_, result) = self.apply(actor, new.command, now, keys, batch)?;
        if let (Some((hash, blob)), Ok(())) = (new.note, &result) {
            // The event that names the hash carries the text to the centre.
            let carrier = batch.events[first..]
                .iter()
                .find(|e| e.body.get().contains(&hash));
            if let Some(carrier) = carrier {
                let seq = carrier.seq;
                batch.notes.push(NoteRow { seq, hash, blob });
            }
        }
        let row = Arc::new(TapRow {
            staff: new.staff,
            key: new.key,
            mac: new.mac,
            day: self.state.day.clone().unwrap_or_default(),
            refusal: result.clone().err(),
        });
        batch.taps.push(row.clone());
        self.taps.insert(slot, row);
        Ok(result.map(|()| false).map_err(AskError::from))
    }
}
