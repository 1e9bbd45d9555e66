//! What a screen keeps of its enrolment, in a file beside its configuration: `kiosk.toml` has
//! `kiosk.enrolment`.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::private;
use super::role::Role;

/// A token, and the floor it is good for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    pub device: String,
    /// As on the wire: `kiosk`, `display` or `desk`.
    pub role: String,
    pub token: String,
    /// Lower-case hex SHA-256 of the floor's TLS key; none where the line is in clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_key: Option<String>,
    /// The floor's address, where the configuration names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
}

impl std::fmt::Debug for Enrolment {
    /// Never shows the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolment")
            .field("device", &self.device)
            .field("floor_key", &self.floor_key)
            .finish_non_exhaustive()
    }
}

/// Why a screen's enrolment cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    #[error(
        "this {role} is not enrolled. Make it in the console under Devices (控制台 · 设备), \
         then start this where there is a screen and type the code there, or run:\n  \
         yingbin enrol {role} --config {} --code XXXXX-XXXXX", file.display()
    )]
    None { role: Role, file: PathBuf },
    #[error("{} is the enrolment of a {found}, not of a {role}; enrol anew with a code for a {role}", file.display())]
    OtherRole {
        role: Role,
        found: String,
        file: PathBuf,
    },
    #[error("{} cannot be used ({why}); enrol anew with a new code", file.display())]
    Unusable { file: PathBuf, why: String },
}

impl Enrolment {
    /// Where the enrolment beside this configuration is.
    pub fn beside(config: &Path) -> PathBuf {
        config.with_extension("enrolment")
    }

    /// Reads the enrolment of a `role` beside `config`.
    ///
    /// # Errors
    /// When there is none, or it is another role's.
    pub fn read(role: Role, config: &Path) -> Result<Self, EnrolmentError> {
        let file = Self::beside(config);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let file = config.to_owned();
                return Err(EnrolmentError::None { role, file });
            }
            Err(e) => {
                let why = e.kind().to_string();
                return Err(EnrolmentError::Unusable { file, why });
            }
        };
        let Ok(kept) = toml::from_str::<Self>(&text) else {
            let why = "not an enrolment".to_owned();
            return Err(EnrolmentError::Unusable { file, why });
        };
        if kept.role == role.name() {
            Ok(kept)
        } else {
            let found = kept.role;
            Err(EnrolmentError::OtherRole { role, found, file })
        }
    }

    /// Whether an enrolment can be kept beside `config`: to be known before a code is used up.
    pub fn prove_place(config: &Path) -> io::Result<()> {
        let proof = config.with_extension("enrolment.proof");
        private::replace(&proof, b"")?;
        std::fs::remove_file(proof)
    }

    /// Keeps it beside `config`, for its owner alone.
    pub fn keep(&self, config: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        private::replace(&Self::beside(config), text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k10_an_enrolment_is_kept_for_its_owner_alone_and_is_its_roles_own() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("kiosk.toml");
        let none = Enrolment::read(Role::Kiosk, &config)
            .unwrap_err()
            .to_string();
        assert!(none.contains("yingbin enrol kiosk --config"), "{none}");
        let enrolment = Enrolment {
            device: "kiosk-1".into(),
            role: "kiosk".into(),
            token: "verysecret".into(),
            floor_key: Some("ab".repeat(32)),
            floor: None,
        };
        Enrolment::prove_place(&config).unwrap();
        enrolment.keep(&config).unwrap();
        enrolment.keep(&config).unwrap();
        assert_eq!(Enrolment::read(Role::Kiosk, &config).unwrap(), enrolment);
        assert!(!format!("{enrolment:?}").contains("verysecret"));
        // Kept before there were addresses in it.
        let file = Enrolment::beside(&config);
        assert!(!std::fs::read_to_string(file).unwrap().contains("floor ="));
        let typed = Enrolment {
            floor: Some("https://192.168.1.20:7710".into()),
            ..enrolment.clone()
        };
        typed.keep(&config).unwrap();
        assert_eq!(Enrolment::read(Role::Kiosk, &config).unwrap(), typed);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(Enrolment::prove_place(&folder.path().join("none/kiosk.toml")).is_err());
        let other = Enrolment::read(Role::Desk, &config).unwrap_err();
        assert!(matches!(other, EnrolmentError::OtherRole { .. }));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = std::fs::metadata(Enrolment::beside(&config)).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(Enrolment::beside(&config), "no toml").unwrap();
        let broken = Enrolment::read(Role::Kiosk, &config).unwrap_err();
        assert!(matches!(broken, EnrolmentError::Unusable { .. }));
    }
}
