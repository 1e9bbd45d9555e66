//! What the demonstration remembers between starts, and what it tells to whoever tries it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::private;

/// Sign-ins and tokens of a demonstration's folder, kept so that a later start resumes it. Written
/// before each is used for the first time, so that a kill at any moment loses none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub user: String,
    pub password: String,
    /// The floor's id at the centre.
    pub floor: String,
    pub floor_token: String,
    pub kiosk_token: String,
    pub display_token: String,
    pub desk_token: String,
    /// Staff's PINs by their ids.
    pub pins: BTreeMap<String, String>,
}

impl Kept {
    fn path(data: &Path) -> PathBuf {
        data.join("demo.toml")
    }

    /// What an earlier start kept, or nothing.
    pub fn load(data: &Path) -> io::Result<Self> {
        match fs::read_to_string(Self::path(data)) {
            Ok(text) => toml::from_str(&text).map_err(io::Error::other),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(e),
        }
    }

    pub fn save(&self, data: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        private::replace(&Self::path(data), text.as_bytes())
    }
}

#[derive(Serialize)]
struct Access<'a> {
    central: CentralAccess<'a>,
    floor: FloorAccess<'a>,
    pad: PadAccess<'a>,
}

#[derive(Serialize)]
struct PadAccess<'a> {
    url: String,
    pins: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct CentralAccess<'a> {
    url: &'a str,
    user: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct FloorAccess<'a> {
    url: &'a str,
    kiosk_token: &'a str,
    display_token: &'a str,
    desk_token: &'a str,
}

/// Writes `access.toml`, replaced as a whole.
pub fn write(data: &Path, central_url: &str, floor_url: &str, kept: &Kept) -> io::Result<()> {
    let access = Access {
        central: CentralAccess {
            url: central_url,
            user: &kept.user,
            password: &kept.password,
        },
        floor: FloorAccess {
            url: floor_url,
            kiosk_token: &kept.kiosk_token,
            display_token: &kept.display_token,
            desk_token: &kept.desk_token,
        },
        pad: PadAccess {
            url: format!("{floor_url}/pad"),
            pins: &kept.pins,
        },
    };
    let text = toml::to_string(&access).map_err(io::Error::other)?;
    private::replace(&data.join("access.toml"), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k0_a_demonstration_is_resumed_with_what_it_kept() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Kept::load(folder.path()).unwrap(), Kept::default());
        let kept = Kept {
            user: "admin".into(),
            password: "一个口令\"'".into(),
            ..Kept::default()
        };
        kept.save(folder.path()).unwrap();
        kept.save(folder.path()).unwrap();
        assert_eq!(Kept::load(folder.path()).unwrap(), kept);
        write(folder.path(), "http://a", "http://b", &kept).unwrap();
        let path = folder.path().join("access.toml");
        let table: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(table["central"]["url"].as_str(), Some("http://a"));
        assert_eq!(table["central"]["password"].as_str(), Some("一个口令\"'"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }
}
