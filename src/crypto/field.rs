//! Encrypted columns (P8): XChaCha20-Poly1305 with a random nonce, bound to its place, so that a
//! field copied into another row does not open there.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::token::random;

const NONCE: usize = 24;

/// The field does not open: another key, another place, or damaged.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an encrypted field cannot be opened")]
pub struct FieldError;

/// Where a field stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    /// Id of the row.
    pub row: &'a str,
}

impl Place<'_> {
    fn bound(self) -> Vec<u8> {
        format!("{}|{}|{}", self.table, self.column, self.row).into_bytes()
    }
}

/// A 256-bit key, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct FieldKey([u8; 32]);

impl FieldKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// A new random key, e.g. for one person.
    pub fn generate() -> Self {
        Self(random())
    }

    /// Nonce, then ciphertext with its tag.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = random();
        let payload = Payload {
            msg: plain,
            aad: &place.bound(),
        };
        let sealed = XChaCha20Poly1305::new((&self.0).into())
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a field is far shorter than the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, FieldError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(FieldError)?;
        let payload = Payload {
            msg: sealed,
            aad: &place.bound(),
        };
        XChaCha20Poly1305::new((&self.0).into())
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| FieldError)
    }

    /// This key, encrypted by `master`: what stands in a person's row.
    pub fn wrap(&self, master: &Self, place: Place<'_>) -> Vec<u8> {
        master.seal(place, &self.0)
    }

    pub fn unwrap(master: &Self, place: Place<'_>, wrapped: &[u8]) -> Result<Self, FieldError> {
        let plain = master.open(place, wrapped)?;
        <[u8; 32]>::try_from(plain.as_slice())
            .map(Self)
            .map_err(|_| FieldError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_a_field_opens_only_in_its_own_place_with_its_own_key() {
        let key = FieldKey::generate();
        let place = Place {
            table: "customers",
            column: "name",
            row: "1",
        };
        let sealed = key.seal(place, "王小雨".as_bytes());
        assert_eq!(*key.open(place, &sealed).unwrap(), "王小雨".as_bytes());
        assert_ne!(sealed, key.seal(place, "王小雨".as_bytes()));
        for other in [
            Place { row: "2", ..place },
            Place {
                column: "phone",
                ..place
            },
            Place {
                table: "visits",
                ..place
            },
        ] {
            assert_eq!(key.open(other, &sealed), Err(FieldError));
        }
        assert_eq!(FieldKey::generate().open(place, &sealed), Err(FieldError));
        assert_eq!(key.open(place, &sealed[..10]), Err(FieldError));

        let master = FieldKey::generate();
        let again = FieldKey::unwrap(&master, place, &key.wrap(&master, place)).unwrap();
        assert_eq!(*again.open(place, &sealed).unwrap(), "王小雨".as_bytes());
        assert!(FieldKey::unwrap(&key, place, &key.wrap(&master, place)).is_err());
    }
}
