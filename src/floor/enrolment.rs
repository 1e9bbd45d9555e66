//! A screen shows that it knows a one-time code, and gets its token.

use super::ask::AskError;
use crate::core::floor::devices::EnrolledDevice;
use crate::core::id::DeviceId;
use crate::core::time::Millis;
use crate::crypto::enrolment::{self, EnrolmentKey, Granted, KeyHash, Nonce, Proof};
use crate::crypto::token;
use crate::protocol::enrol::EnrolAnswer;
use crate::protocol::feed::{DeviceGrant, DeviceRole};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A proof as it came.
pub(super) struct NewEnrolment {
    pub nonce: Nonce,
    pub proof: Proof,
    /// Of this floor's TLS.
    pub floor_key: KeyHash,
    /// What the screen is, where it says so.
    pub role: Option<DeviceRole>,
}

/// The code that a proof was made with.
pub(super) struct Proven {
    pub device: DeviceId,
    role: DeviceRole,
    enrolment: String,
    key: EnrolmentKey,
}

impl NewEnrolment {
    /// The grant whose code this proves: one that is not too old. Whether it was used, the core
    /// knows; the caller says the same of all three. Who knows the code may know what it is for.
    pub fn proven(&self, grants: &[DeviceGrant], now: Millis) -> Result<Proven, AskError> {
        let proven = grants
            .iter()
            .filter_map(|grant| {
                let enrolment = grant.enrolment.as_ref()?;
                let expires = Millis::parse_rfc3339(&enrolment.expires)?;
                let key = enrolment::key_hash(enrolment.key.as_deref()?)?.into();
                let proven =
                    enrolment::is_device_proof(&key, &self.nonce, &self.floor_key, &self.proof);
                (proven && now < expires).then(|| Proven {
                    device: grant.id.clone(),
                    role: grant.role,
                    enrolment: enrolment.id.clone(),
                    key,
                })
            })
            .next()
            .ok_or(AskError::CodeRefused)?;
        match self.role {
            Some(role) if role != proven.role => Err(AskError::CodeForAnother(proven.role)),
            _ => Ok(proven),
        }
    }

    /// A new token, with the floor's own proof.
    pub fn answer(&self, proven: Proven) -> (EnrolledDevice, EnrolAnswer) {
        let token = token::secret_token();
        let enrolled = EnrolledDevice {
            enrolment: proven.enrolment,
            token_hash: token::hash(&token),
        };
        let nonce = token::random::<32>();
        let granted = Granted {
            device: proven.device.as_str(),
            role: proven.role.code(),
            token: &token,
        };
        let nonces = (&self.nonce, &nonce);
        let proof = enrolment::floor_proof(&proven.key, nonces, &self.floor_key, granted);
        let answer = EnrolAnswer {
            device: proven.device,
            role: proven.role,
            token,
            nonce: STANDARD.encode(nonce),
            proof: STANDARD.encode(proof),
        };
        (enrolled, answer)
    }
}
