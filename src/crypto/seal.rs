//! Sealing a profile to the centre's pinned recipient (P7): what a kiosk has sealed it cannot open.

use crate::protocol::profile::{Note, Profile};

/// Why a profile could not be sealed or opened. Never names what is inside.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    #[error("the recipient is not an age recipient (age1…)")]
    Recipient,
    #[error("the identity is not an age identity (AGE-SECRET-KEY-1…)")]
    Identity,
    #[error("the sealed profile could not be opened with this identity")]
    Unopenable,
    #[error("the sealed profile does not hold a profile of a known version")]
    Contents,
}

/// Seals `profile` to `recipient` as an `age` file.
pub fn seal(profile: &Profile, recipient: &str) -> Result<Vec<u8>, SealError> {
    let recipient: age::x25519::Recipient = recipient.parse().map_err(|_| SealError::Recipient)?;
    let plain =
        zeroize::Zeroizing::new(serde_json::to_vec(profile).map_err(|_| SealError::Contents)?);
    age::encrypt(&recipient, &plain).map_err(|_| SealError::Recipient)
}

/// Seals what an agent wrote about a visit to `recipient` as an `age` file.
pub fn seal_note(note: &Note, recipient: &str) -> Result<Vec<u8>, SealError> {
    let recipient: age::x25519::Recipient = recipient.parse().map_err(|_| SealError::Recipient)?;
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(note).map_err(|_| SealError::Contents)?);
    age::encrypt(&recipient, &plain).map_err(|_| SealError::Recipient)
}

/// Opens a sealed note.
pub fn open_note(sealed: &[u8], identity: &age::x25519::Identity) -> Result<Note, SealError> {
    let plain =
        zeroize::Zeroizing::new(age::decrypt(identity, sealed).map_err(|_| SealError::Unopenable)?);
    let note: Note = serde_json::from_slice(&plain).map_err(|_| SealError::Contents)?;
    if note.v == crate::protocol::profile::PROFILE_VERSION {
        Ok(note)
    } else {
        Err(SealError::Contents)
    }
}

/// Opens an `age` file with any of the centre's identities.
pub fn open(sealed: &[u8], identity: &age::x25519::Identity) -> Result<Profile, SealError> {
    let plain =
        zeroize::Zeroizing::new(age::decrypt(identity, sealed).map_err(|_| SealError::Unopenable)?);
    let profile: Profile = serde_json::from_slice(&plain).map_err(|_| SealError::Contents)?;
    if profile.v == crate::protocol::profile::PROFILE_VERSION {
        Ok(profile)
    } else {
        Err(SealError::Contents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::profile::{PROFILE_VERSION, Title};

    #[test]
    fn p7_a_sealed_profile_opens_only_with_the_identity_it_was_sealed_to() {
        let ours = age::x25519::Identity::generate();
        let other = age::x25519::Identity::generate();
        let profile = Profile {
            v: PROFILE_VERSION,
            surname: "欧阳".into(),
            given_name: None,
            title: Title::Ms,
            phone: Some("13800138000".into()),
            idempotency_key: "k".into(),
            notice_hash: "h".into(),
        };
        let sealed = seal(&profile, &ours.to_public().to_string()).unwrap();
        assert!(open(&sealed, &ours).unwrap() == profile);
        assert_eq!(open(&sealed, &other), Err(SealError::Unopenable));
        assert_eq!(seal(&profile, "age1nonsense"), Err(SealError::Recipient));
        assert!(!format!("{profile:?}").contains("欧阳"));
    }
}
