//! The floor's own keys, in `DATA/keys/`. None opens a guest's profile: that is sealed to the
//! centre before it arrives here.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::private;
use crate::core::id::VisitId;
use crate::crypto::sign::SigningKey;
use crate::crypto::token::random;

const NONCE: usize = 24;

type Key = Zeroizing<[u8; 32]>;

/// A keyed digest of a request's body: tells whether a repeated key carries the same body without
/// keeping anything of it.
pub(super) type BodyMac = [u8; 32];

/// The folder of keys and the ones that live as long as the floor.
pub(super) struct Keys {
    dir: PathBuf,
    bodies: Key,
    pepper: Key,
}

impl Keys {
    /// Opens `data/keys`, making what is missing.
    pub fn open(data: &Path) -> std::io::Result<Self> {
        let dir = data.join("keys");
        fs::create_dir_all(&dir)?;
        let bodies = read_or_make(&dir.join("bodies.key"))?;
        let pepper = read_or_make(&dir.join("pins.key"))?;
        Ok(Self {
            dir,
            bodies,
            pepper,
        })
    }

    pub fn mac(&self, body: &[u8]) -> BodyMac {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.bodies.as_ref())
            .expect("HMAC takes a key of any length");
        mac.update(body);
        mac.finalize().into_bytes().into()
    }

    /// What goes into staff's PINs before they are hashed: the database alone tells nothing of them.
    pub fn pepper(&self) -> &[u8; 32] {
        &self.pepper
    }

    /// The key of one day, made when the day begins.
    pub fn day(&self, day: &str) -> std::io::Result<DayKey> {
        Ok(DayKey {
            key: read_or_make(&self.day_file(day))?,
        })
    }

    /// Destroys the keys of all days but this one: how guests were addressed then can no longer be
    /// read, whatever copies of the database there are.
    pub fn destroy_other_days(&self, day: &str) -> std::io::Result<()> {
        let keep = self.day_file(day);
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            let of_a_day = path
                .file_name()
                .and_then(|n| n.to_str())
                .is_some_and(|n| n.starts_with("day-"));
            if of_a_day && path != keep {
                let mut file = fs::OpenOptions::new().write(true).open(&path)?;
                file.write_all(&[0; 32])?;
                file.sync_all()?;
                drop(file);
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    fn day_file(&self, day: &str) -> PathBuf {
        self.dir.join(format!("day-{day}.key"))
    }
}

/// The key with which a floor signs the sheets of its days; made when missing.
pub(super) fn sheet_key(data: &Path) -> std::io::Result<SigningKey> {
    let dir = data.join("keys");
    fs::create_dir_all(&dir)?;
    Ok(SigningKey::from_seed(&*read_or_make(
        &dir.join("sheets.key"),
    )?))
}

/// Encrypts how to address a guest (称呼, e.g. 李女士) for one day.
pub(super) struct DayKey {
    key: Key,
}

impl DayKey {
    /// Nonce, then ciphertext; bound to the visit.
    pub fn seal(&self, visit: VisitId, text: &str) -> Vec<u8> {
        let nonce = random::<NONCE>();
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: text.as_bytes(),
                    aad: visit.0.as_bytes(),
                },
            )
            .expect("a short text in memory can always be encrypted");
        [nonce.as_slice(), &sealed].concat()
    }

    /// `None` for what was sealed on another day or for another visit.
    pub fn open(&self, visit: VisitId, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let text = self
            .cipher()
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: sealed,
                    aad: visit.0.as_bytes(),
                },
            )
            .ok()?;
        String::from_utf8(text).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new_from_slice(self.key.as_ref()).expect("the key has 32 bytes")
    }
}

fn read_or_make(path: &Path) -> std::io::Result<Key> {
    match fs::read(path) {
        Ok(bytes) => Ok(Zeroizing::new(
            Zeroizing::new(bytes).as_slice().try_into().map_err(|_| {
                std::io::Error::new(
                    std::io::ErrorKind::InvalidData,
                    format!("{} is not a key of 32 bytes", path.display()),
                )
            })?,
        )),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let key = Zeroizing::new(random::<32>());
            let new = path.with_extension("new");
            let mut file = private::create(&new)?;
            file.write_all(key.as_ref())?;
            file.sync_all()?;
            drop(file);
            fs::rename(&new, path)?;
            Ok(key)
        }
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p6_an_address_form_opens_only_for_its_visit_and_on_its_day() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(dir.path()).unwrap();
        let (a, b) = (VisitId(uuid::Uuid::now_v7()), VisitId(uuid::Uuid::now_v7()));
        let sealed = keys.day("2026-11-23").unwrap().seal(a, "李女士");
        let again = keys.day("2026-11-23").unwrap();
        assert_eq!(again.open(a, &sealed).as_deref(), Some("李女士"));
        assert_eq!(again.open(b, &sealed), None);
        assert_eq!(again.open(a, b"short"), None);
        keys.day("2026-11-24").unwrap();
        keys.destroy_other_days("2026-11-24").unwrap();
        assert_eq!(keys.day("2026-11-23").unwrap().open(a, &sealed), None);
        assert_eq!(keys.mac(b"x"), Keys::open(dir.path()).unwrap().mac(b"x"));
    }
}
