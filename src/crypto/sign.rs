//! Signatures (Ed25519, RFC 8032) of what a floor vouches for, checked by anyone with its public key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

/// A floor's own key for its sheets.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// The key whose secret is `seed`.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed"))
    }

    /// The signature in base64; the same for the same message.
    pub fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.0.sign(message))
    }

    /// The public key in base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.public_key())
    }
}

/// Whether `signature` over `message` was made with the key whose public half is `public`.
pub fn verify(public: &str, message: &[u8], signature: &str) -> bool {
    let (Ok(public), Ok(signature)) = (STANDARD.decode(public), STANDARD.decode(signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, public)
        .verify(message, &signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k4_a_signature_fits_its_message_and_key_alone() {
        let key = SigningKey::from_seed(&[7; 32]);
        let signature = key.sign(b"a day");
        assert!(verify(&key.public(), b"a day", &signature));
        assert!(!verify(&key.public(), b"another day", &signature));
        let other = SigningKey::from_seed(&[8; 32]).public();
        assert!(!verify(&other, b"a day", &signature));
        assert!(!verify("?", b"a day", &signature));
        assert!(!verify(&key.public(), b"a day", "?"));
    }
}
