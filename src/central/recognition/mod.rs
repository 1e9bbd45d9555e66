//! Recognising a returner: a floor shows a sealed profile, and hears whose customer it is or
//! nothing. The profile is opened in memory and forgotten; only that somebody was looked up is
//! written down, not who.

pub mod api;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::customers::owner;
use super::sites;
use super::state::Central;
use crate::crypto::phone::Phone;
use crate::crypto::seal;
use crate::http::ApiError;
use crate::protocol::recognition::{RecognitionAnswer, RecognitionRequest};
use crate::store::central::audit::{self, Look};
use crate::store::central::customers;
use crate::store::central::floors::FloorRow;

/// Largest sealed profile, bytes, as the floor takes it.
const PROFILE_MAX: usize = 16 * 1024;

/// Whose customer the profile's guest is in this floor's showroom. A guest who is not known, has no
/// phone, or whose owner is protected no more gets the same empty answer.
pub async fn recognise(
    central: &Central,
    floor: &FloorRow,
    request: &RecognitionRequest,
) -> Result<RecognitionAnswer, ApiError> {
    // Whoever holds a floor's credential could seal phones of their choice and ask for each.
    central.limits.recognition.check(&floor.id)?;
    let phone = phone_of(central, request)?;
    let now = central.clock.now();
    let mut tx = central.db.write().await?;
    let mut answer = RecognitionAnswer::default();
    if let Some(phone) = &phone {
        let site = sites::existing(&mut *tx, &floor.site).await?;
        let index = central.keys.blind.phone(phone);
        if let Some(id) = customers::by_phone(&mut *tx, &floor.site, &index).await? {
            answer.owner = owner::known(&mut *tx, &site, &id, now).await?;
        }
    }
    let look = Look {
        at: now,
        account: floor.id.clone(),
        site: Some(floor.site.clone()),
        kind: "recognition".to_owned(),
        subject: None,
        found: None,
    };
    audit::add(&mut *tx, &look).await?;
    tx.commit().await?;
    metrics::counter!("yingbin_recognitions_total").increment(1);
    Ok(answer)
}

/// The phone in the profile, which must have been sealed for this very check-in.
fn phone_of(central: &Central, request: &RecognitionRequest) -> Result<Option<Phone>, ApiError> {
    let refused = |code, what: &str| ApiError::invalid(code, "/sealed_profile", what);
    let sealed = STANDARD
        .decode(&request.sealed_profile)
        .ok()
        .filter(|s| s.len() <= PROFILE_MAX)
        .ok_or_else(|| refused("sealed_profile", "Base64 of an age file of at most 16 KiB"))?;
    let profile = seal::open(&sealed, &central.keys.identity)
        .map_err(|_| refused("profile_unopenable", "It does not open here"))?;
    let bound = profile.idempotency_key == request.idempotency_key
        && profile.notice_hash == request.notice_hash;
    if !bound {
        return Err(refused("profile_moved", "It belongs to another check-in"));
    }
    Ok(profile.phone.as_deref().and_then(Phone::parse))
}
