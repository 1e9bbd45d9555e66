//! A sealed note is opened and kept under the customer's own key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Scene;
use super::effects::Findings;
use crate::central::customers::record;
use crate::core::id::VisitId;
use crate::core::time::Millis;
use crate::crypto::chain::sha256_hex;
use crate::crypto::seal;
use crate::http::ApiError;
use crate::protocol::profile::Note;
use crate::store::Tx;
use crate::store::central::customers;
use crate::store::central::notes::{self, NoteRow};

/// Takes in the free text that came with an event. What is wrong with it is noted.
pub async fn take_in(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    visit: VisitId,
    hash: &str,
    at: Millis,
    found: &mut Findings,
) -> Result<(), ApiError> {
    let Some(text) = scene.profiles.get(hash) else {
        found.add("note_missing");
        return Ok(());
    };
    let Ok(sealed) = STANDARD.decode(text) else {
        found.add("note_unreadable");
        return Ok(());
    };
    let note = match open(scene, visit, hash, &sealed) {
        Ok(note) => note,
        Err(code) => {
            found.add(code);
            found.sealed = Some(sealed);
            return Ok(());
        }
    };
    let id = visit.to_string();
    let Some(customer) = notes::customer_of(tx, scene.floor, &id).await? else {
        found.add("visit_unknown");
        return Ok(());
    };
    let keys = &scene.central.keys;
    let row = match &customer {
        Some(customer) => customers::one(tx, customer).await?,
        None => None,
    };
    let body = match &row {
        Some(row) => record::seal_note(&record::key(keys, row)?, &id, hash, &note.text),
        None => record::seal_note(&keys.records, &id, hash, &note.text),
    };
    let row = NoteRow {
        visit: id,
        hash: hash.to_owned(),
        customer,
        site: scene.site.to_owned(),
        body,
    };
    Ok(notes::add(tx, row, at).await?)
}

/// Opens it and makes sure that it was meant for this very visit.
fn open(
    scene: &Scene<'_>,
    visit: VisitId,
    hash: &str,
    sealed: &[u8],
) -> Result<Note, &'static str> {
    if sha256_hex(sealed) != hash {
        return Err("note_hash");
    }
    let note =
        seal::open_note(sealed, &scene.central.keys.identity).map_err(|_| "note_unopenable")?;
    if note.visit == visit {
        Ok(note)
    } else {
        Err("note_moved")
    }
}
