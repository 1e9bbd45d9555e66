//! One-time enrolment codes: a screen and its floor prove to each other that both know the code,
//! without sending it, and bind the proof to the floor's TLS key. A stranger in the middle, who has
//! another key, learns nothing that helps: the key is derived slowly, and a code lives for minutes.

use argon2::Argon2;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::token::spoken;
use crate::core::enrol::code;

/// What both proofs are made with; never leaves centre, floor and screen.
pub type EnrolmentKey = Zeroizing<[u8; 32]>;
pub type Nonce = [u8; 32];
pub type Proof = [u8; 32];
/// SHA-256 of a TLS key (SubjectPublicKeyInfo); zeros where the line is in clear.
pub type KeyHash = [u8; 32];

/// A line that has no TLS has no key either.
pub const IN_CLEAR: KeyHash = [0; 32];

/// Sets these keys apart from all others derived of short codes.
const SALT: &[u8] = b"yingbin enrolment code 1";

/// A new code of fifty random bits, in two groups.
pub fn new_code() -> String {
    spoken()
}

/// The key of a code as a person types it: case, spaces and hyphens do not matter, and letters that
/// are read as digits are those digits. `None`: it cannot be a code.
pub fn key(typed: &str) -> Option<EnrolmentKey> {
    let signs = typed
        .chars()
        .filter(|c| !code::is_between(*c))
        .map(code::sign);
    let signs: Zeroizing<String> = Zeroizing::new(signs.collect::<Option<String>>()?);
    if signs.len() != code::SIGNS {
        return None;
    }
    let mut key = EnrolmentKey::default();
    Argon2::default()
        .hash_password_into(signs.as_bytes(), SALT, key.as_mut())
        .ok()?;
    Some(key)
}

/// A key's hash as it is kept, in hex; `None` for anything else.
pub fn key_hash(hex: &str) -> Option<KeyHash> {
    let mut hash = KeyHash::default();
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Some(hash)
}

/// What a screen shows of its knowledge.
pub fn device_proof(key: &EnrolmentKey, nonce: &Nonce, floor_key: &KeyHash) -> Proof {
    mac(key, b"screen", &[nonce, floor_key])
        .finalize()
        .into_bytes()
        .into()
}

/// Whether the screen knows the code and speaks to the floor whose key this is.
pub fn is_device_proof(
    key: &EnrolmentKey,
    nonce: &Nonce,
    floor_key: &KeyHash,
    proof: &Proof,
) -> bool {
    mac(key, b"screen", &[nonce, floor_key])
        .verify_slice(proof)
        .is_ok()
}

/// All that the floor's answer says, as its proof covers it.
#[derive(Clone, Copy)]
pub struct Granted<'a> {
    pub device: &'a str,
    pub role: &'a str,
    pub token: &'a str,
}

/// What the floor shows of its knowledge.
pub fn floor_proof(
    key: &EnrolmentKey,
    nonces: (&Nonce, &Nonce),
    floor_key: &KeyHash,
    granted: Granted<'_>,
) -> Proof {
    floor_mac(key, nonces, floor_key, granted)
        .finalize()
        .into_bytes()
        .into()
}

/// Whether the answer comes whole from a floor that knows the code.
pub fn is_floor_proof(
    key: &EnrolmentKey,
    nonces: (&Nonce, &Nonce),
    floor_key: &KeyHash,
    granted: Granted<'_>,
    proof: &Proof,
) -> bool {
    floor_mac(key, nonces, floor_key, granted)
        .verify_slice(proof)
        .is_ok()
}

fn floor_mac(
    key: &EnrolmentKey,
    (theirs, ours): (&Nonce, &Nonce),
    floor_key: &KeyHash,
    granted: Granted<'_>,
) -> Hmac<Sha256> {
    let texts = [granted.device, granted.role, granted.token].map(str::as_bytes);
    mac(
        key,
        b"floor",
        &[theirs, ours, floor_key, texts[0], texts[1], texts[2]],
    )
}

/// Over the parts with their lengths, so that none can reach into the next.
fn mac(key: &EnrolmentKey, who: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key.as_ref())
        .expect("HMAC takes a key of any length");
    for part in [who].iter().chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k10_a_code_is_typed_as_people_type() {
        let right = key("7K3MD-01ZXW").unwrap();
        for text in ["7k3md01zxw", " 7K3MD – oizxw ", "7K3MD OLZXW"] {
            assert_eq!(key(text).as_ref(), Some(&right), "{text}");
        }
        for text in [
            "",
            "7K3MD-01ZX",
            "7K3MD-01ZXWW",
            "7K3MD-01ZX!",
            "7K3MU-01ZXW",
            "号票号票号票号票号票",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
        assert_ne!(key("7K3MD-01ZXV").unwrap(), right);
        assert!(key(&new_code()).is_some());
    }

    #[test]
    fn k10_proofs_hold_for_their_code_their_nonces_and_their_floors_key_alone() {
        let (ours, other) = (key("7K3MD-01ZXW").unwrap(), key("7K3MD-01ZXV").unwrap());
        let (nonce, floor) = ([1; 32], [2; 32]);
        let proof = device_proof(&ours, &nonce, &floor);
        assert!(is_device_proof(&ours, &nonce, &floor, &proof));
        assert!(!is_device_proof(&other, &nonce, &floor, &proof));
        assert!(!is_device_proof(&ours, &[3; 32], &floor, &proof));
        assert!(!is_device_proof(&ours, &nonce, &[3; 32], &proof));

        let granted = Granted {
            device: "kiosk-1",
            role: "kiosk",
            token: "t",
        };
        let nonces = (&nonce, &[4; 32]);
        let proof = floor_proof(&ours, nonces, &floor, granted);
        assert!(is_floor_proof(&ours, nonces, &floor, granted, &proof));
        assert!(!is_floor_proof(&other, nonces, &floor, granted, &proof));
        let moved = Granted {
            device: "kiosk-1k",
            role: "iosk",
            ..granted
        };
        assert!(!is_floor_proof(&ours, nonces, &floor, moved, &proof));
        assert!(!is_floor_proof(&ours, nonces, &IN_CLEAR, granted, &proof));
    }
}
