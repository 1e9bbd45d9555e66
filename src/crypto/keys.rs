//! The centre's own keys, in a folder of their own so that they can be kept apart from the data.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::blind::BlindKey;
use super::field::FieldKey;
use super::token::random;

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// New keys would make everything in the database unreadable for ever.
    #[error(
        "{0} is missing although there is a database: put the keys' folder back from its backup"
    )]
    Missing(PathBuf),
    #[error("{0} is damaged: put it back from its backup")]
    Damaged(PathBuf),
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

/// All keys of a centre.
pub struct Keys {
    /// Wraps each person's own key.
    pub master: FieldKey,
    /// Encrypts what belongs to no one person, as the floors' logs.
    pub records: FieldKey,
    pub blind: BlindKey,
    /// Opens what kiosks sealed.
    pub identity: age::x25519::Identity,
}

const MASTER: &str = "master.key";
const RECORDS: &str = "records.key";
const BLIND: &str = "blind.key";
const IDENTITY: &str = "identity.age";

impl Keys {
    /// Reads the keys from `folder`. Where it does not exist and `may_create`, all are made at once:
    /// the folder appears whole or not at all.
    pub fn open(folder: &Path, may_create: bool) -> Result<Self, KeysError> {
        if !folder.exists() {
            if !may_create {
                return Err(KeysError::Missing(folder.to_owned()));
            }
            create(folder)?;
        }
        let identity = folder.join(IDENTITY);
        let text = Zeroizing::new(read(&identity)?);
        let identity = std::str::from_utf8(&text)
            .ok()
            .and_then(|t| t.trim().parse().ok())
            .ok_or(KeysError::Damaged(identity))?;
        Ok(Self {
            master: FieldKey::new(key(&folder.join(MASTER))?),
            records: FieldKey::new(key(&folder.join(RECORDS))?),
            blind: BlindKey::new(key(&folder.join(BLIND))?),
            identity,
        })
    }

    /// What kiosks seal to (`age1…`).
    pub fn recipient(&self) -> String {
        self.identity.to_public().to_string()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, KeysError> {
    fs::read(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => KeysError::Missing(path.to_owned()),
        _ => KeysError::Io(path.to_owned(), e),
    })
}

fn key(path: &Path) -> Result<[u8; 32], KeysError> {
    let bytes = Zeroizing::new(read(path)?);
    <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeysError::Damaged(path.to_owned()))
}

fn create(folder: &Path) -> Result<(), KeysError> {
    let new = folder.with_extension("new");
    let make = || -> io::Result<()> {
        // Left over from a start that was cut off; nothing has been encrypted with it.
        if new.exists() {
            fs::remove_dir_all(&new)?;
        }
        private::folder(&new)?;
        for name in [MASTER, RECORDS, BLIND] {
            write(&new.join(name), &*Zeroizing::new(random::<32>()))?;
        }
        let identity = age::x25519::Identity::generate().to_string();
        write(&new.join(IDENTITY), identity.expose_secret().as_bytes())?;
        fs::rename(&new, folder)
    };
    make().map_err(|e| KeysError::Io(folder.to_owned(), e))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private::file(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Files only their owner can read.
#[cfg(unix)]
mod private {
    use std::fs::{DirBuilder, File, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    use std::path::Path;

    pub fn folder(path: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).recursive(true).create(path)
    }
    pub fn file(path: &Path) -> io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
    }
}

/// Elsewhere the folder's inherited rights decide: the data folder is the service account's own.
#[cfg(not(unix))]
mod private {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::path::Path;

    pub fn folder(path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }
    pub fn file(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_keys_are_made_once_private_and_never_over_a_database() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("keys");
        assert!(matches!(
            Keys::open(&folder, false),
            Err(KeysError::Missing(_))
        ));
        let first = Keys::open(&folder, true).unwrap().recipient();
        assert!(first.starts_with("age1"));
        assert_eq!(Keys::open(&folder, false).unwrap().recipient(), first);
        #[cfg(unix)]
        for entry in fs::read_dir(&folder).unwrap() {
            use std::os::unix::fs::PermissionsExt;
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(folder.join(BLIND), b"short").unwrap();
        assert!(matches!(
            Keys::open(&folder, true),
            Err(KeysError::Damaged(_))
        ));
        fs::remove_file(folder.join(BLIND)).unwrap();
        assert!(matches!(
            Keys::open(&folder, true),
            Err(KeysError::Missing(_))
        ));
    }
}
