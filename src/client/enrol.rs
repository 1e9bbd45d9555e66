//! Enrolling a screen at its floor with a one-time code.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ClientError, FloorClient};
use crate::crypto::chain::hex;
use crate::crypto::enrolment::{self, Granted, IN_CLEAR, KeyHash};
use crate::crypto::token::random;
use crate::protocol::enrol::{EnrolAnswer, EnrolRequest};
use crate::protocol::feed::DeviceRole;

/// Why a screen was not enrolled; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    #[error("this is not a code: it has ten letters and digits, e.g. 7K3MD-01ZXW")]
    NotACode,
    #[error(
        "the floor does not take this code: it is mistyped, was used, or is too old; make a new one \
         in the console under Devices"
    )]
    Refused,
    #[error("too many attempts; please wait a minute")]
    TooMany,
    /// It is not used up.
    #[error("this code is for a {0}")]
    OtherRole(&'static str),
    #[error(
        "the floor's answer is not its own: somebody may be listening. Nothing was kept; make a new \
         code and look at the network first"
    )]
    Untrue,
    #[error("{0}")]
    Line(ClientError),
}

impl EnrolError {
    /// Whether the same code may work in a moment: the floor is starting.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Line(error) if error.is_temporary())
    }
}

/// What the enrolment gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    pub device: String,
    pub role: DeviceRole,
    pub token: String,
    /// The key to pin; `None` where the line is in clear.
    pub floor_key: Option<KeyHash>,
}

impl Enrolled {
    pub fn floor_key_hex(&self) -> Option<String> {
        self.floor_key.map(|key| hex(&key))
    }
}

/// Enrols at the floor at `base`. `role`: what the screen is; `None`: whatever the code is for.
pub async fn enrol(
    base: &str,
    code: &str,
    role: Option<DeviceRole>,
) -> Result<Enrolled, EnrolError> {
    let code = code.to_owned();
    let key = tokio::task::spawn_blocking(move || enrolment::key(&code)).await;
    let key = key.ok().flatten().ok_or(EnrolError::NotACode)?;

    // Which key the floor has is seen first, so that the proof can be bound to it.
    let floor_key = FloorClient::key_of(base).await.map_err(EnrolError::Line)?;
    let client = match floor_key {
        Some(key) => FloorClient::pinned(base, "", key),
        None => FloorClient::new(base, "", None),
    };
    let bound_to = floor_key.unwrap_or(IN_CLEAR);
    let nonce = random::<32>();
    let request = EnrolRequest {
        nonce: STANDARD.encode(nonce),
        proof: STANDARD.encode(enrolment::device_proof(&key, &nonce, &bound_to)),
        role,
    };
    let answer: EnrolAnswer = client
        .map_err(EnrolError::Line)?
        .enrol(&request)
        .await
        .map_err(|error| match &error {
            ClientError::Refused(p) if p.code == "code_refused" => EnrolError::Refused,
            ClientError::Refused(p) if p.code == "code_for_kiosk" => EnrolError::OtherRole("kiosk"),
            ClientError::Refused(p) if p.code == "code_for_display" => {
                EnrolError::OtherRole("display")
            }
            ClientError::Refused(p) if p.code == "code_for_desk" => EnrolError::OtherRole("desk"),
            ClientError::Refused(p) if p.status == 429 => EnrolError::TooMany,
            _ => EnrolError::Line(error),
        })?;
    let granted = Granted {
        device: answer.device.as_str(),
        role: answer.role.code(),
        token: &answer.token,
    };
    let bytes = |text: &str| <[u8; 32]>::try_from(STANDARD.decode(text).ok()?).ok();
    let true_floor =
        bytes(&answer.nonce)
            .zip(bytes(&answer.proof))
            .is_some_and(|(theirs, proof)| {
                enrolment::is_floor_proof(&key, (&nonce, &theirs), &bound_to, granted, &proof)
            });
    if !true_floor {
        return Err(EnrolError::Untrue);
    }
    // It was said what this screen is; no floor gives it another's token.
    if role.is_some_and(|role| role != answer.role) {
        return Err(EnrolError::Untrue);
    }
    Ok(Enrolled {
        device: answer.device.0,
        role: answer.role,
        token: answer.token,
        floor_key,
    })
}
