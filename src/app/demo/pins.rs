//! Everybody on the demonstration's staff gets a PIN, by the same calls as in a real office: a
//! one-time code from the centre, which the person turns into a PIN at the floor.

use std::path::Path;
use std::time::Duration;

use super::access::Kept;
use super::house;
use crate::app::AppError;
use crate::client::office::Office;
use crate::client::{ClientError, FloorClient};
use crate::core::id::AgentId;
use crate::crypto::{pin, token};

/// Sets what is not set yet.
pub async fn set(
    office: &Office,
    floor: &FloorClient,
    kept: &mut Kept,
    data: &Path,
) -> Result<(), AppError> {
    let mut codes = Vec::new();
    for member in house::staff().staff {
        if !kept.pins.contains_key(member.id.as_str()) {
            let code = office.pin_code(&member.id).await?.code;
            codes.push((member.id, code));
        }
    }
    for (staff, code) in codes {
        let chosen = random_pin();
        until_heard(floor, &staff, &code, &chosen).await?;
        kept.pins.insert(staff.0, chosen);
        // A kill before this costs another code and nothing else.
        kept.save(data)?;
    }
    Ok(())
}

/// The floor hears of the code by the feed; it lets nobody knock too often meanwhile.
async fn until_heard(
    floor: &FloorClient,
    staff: &AgentId,
    code: &str,
    chosen: &str,
) -> Result<(), AppError> {
    for _ in 0..100 {
        let pause = match floor.set_pin(staff, code, chosen).await {
            Err(ClientError::Refused(problem)) if problem.code == "no_code" => 200,
            Err(ClientError::Refused(problem)) if problem.status == 429 => 6000,
            other => return Ok(other?),
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    Err(AppError::Demo(
        "the floor heard nothing of the PIN codes".to_owned(),
    ))
}

fn random_pin() -> String {
    loop {
        let number = u32::from_le_bytes(token::random()) % 1_000_000;
        let chosen = format!("{number:06}");
        if pin::acceptable(&chosen) {
            return chosen;
        }
    }
}
