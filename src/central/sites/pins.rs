//! One-time codes for staff's PINs. The code is shown once; the floors hear of its hash by the feed,
//! and the PIN the person then sets never leaves the floor.

use super::existing;
use crate::central::access::blocking;
use crate::central::feed::{self, Kind};
use crate::central::state::Central;
use crate::core::id::AgentId;
use crate::crypto::pin;
use crate::http::ApiError;
use crate::protocol::feed::PinCodeGrant;
use crate::protocol::staff::PinCode;
use crate::store::central::pin_codes;

/// A new code for a member of staff. The one before, and the PIN, are out of use once the floor has
/// heard.
pub async fn issue(central: &Central, site: &str, staff: &str) -> Result<PinCode, ApiError> {
    let (code, hash) = blocking(central, || {
        let code = pin::code();
        let hash = pin::hash_code(&code);
        (code, hash)
    })
    .await?;
    let now = central.clock.now();
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, site).await?;
    let staff = AgentId::new(staff);
    if !row.staff.iter().any(|s| s.id == staff) {
        return Err(ApiError::not_found());
    }
    let grant = PinCodeGrant {
        staff: staff.clone(),
        id: uuid::Uuid::now_v7(),
        hash,
        expires: now.plus_minutes(pin::CODE_HOURS * 60),
    };
    pin_codes::put(&mut *tx, site, &grant, now).await?;
    feed::hand_down(central, tx, site, Kind::PinCodes).await?;
    Ok(PinCode {
        staff,
        code,
        expires: grant.expires.rfc3339(),
    })
}
