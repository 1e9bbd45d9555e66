//! A screen's membership of its floor: the line that its configuration or its enrolment gives, and
//! joining by one-time code. The one way to do either, for `yingbin enrol` and for the page in the
//! window.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::enrol::{EnrolError, Enrolled, enrol};
use super::{ClientError, FloorClient};
use crate::config::{Address, Enrolment, EnrolmentError, FloorLine, Role, Secret};
use crate::crypto::enrolment;
use crate::protocol::feed::DeviceRole;

/// Why a screen has no line to its floor; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NoLine {
    /// Another code helps.
    #[error("{0}")]
    Enrolment(#[from] EnrolmentError),
    #[error("{0}")]
    Client(#[from] ClientError),
    #[error("root_certificate: {0}")]
    RootCertificate(io::Error),
}

/// Why a screen did not join its floor; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error("`{0}` is not a floor's address, e.g. https://192.168.1.20:7710")]
    NotAnAddress(String),
    #[error(
        "{0} would be spoken to without encryption over a network; use https://, or, where nobody \
         else can listen, say `insecure = true` in the configuration"
    )]
    InClear(Address),
    #[error("{0}")]
    Enrol(#[from] EnrolError),
    #[error("nothing can be kept in {}: {why}. The code is not used up", folder.display())]
    NoPlace { folder: PathBuf, why: io::Error },
    #[error("{} could not be written: {why}. Make a new code in the console", file.display())]
    NotKept { file: PathBuf, why: io::Error },
}

/// What a screen is, what its configuration says of the floor, and where its enrolment is kept.
#[derive(Clone, Debug)]
pub struct Membership {
    role: Role,
    floor: Option<Address>,
    insecure: bool,
    token: Option<Secret>,
    root_certificate: Option<PathBuf>,
    config: PathBuf,
}

impl Membership {
    /// `config`: the configuration file; without one the enrolment is kept beside where it usually
    /// is.
    pub fn new(role: Role, line: FloorLine<'_>, config: Option<&Path>) -> Self {
        let usual = || PathBuf::from(format!("{role}.toml"));
        Self {
            role,
            floor: line.address.cloned(),
            insecure: line.insecure,
            token: line.token.cloned(),
            root_certificate: line.root_certificate.map(Path::to_owned),
            config: config.map_or_else(usual, Path::to_owned),
        }
    }

    pub fn role(&self) -> Role {
        self.role
    }
    /// Beside which the enrolment is kept.
    pub fn config(&self) -> &Path {
        &self.config
    }
    /// The floor that the configuration names.
    pub fn floor(&self) -> Option<&Address> {
        self.floor.as_ref()
    }
    pub fn insecure(&self) -> bool {
        self.insecure
    }
    /// Whether a code gives the line: not where the configuration has a token.
    pub fn is_by_code(&self) -> bool {
        self.token.is_none()
    }

    /// Where it was enrolled before, as far as that is known.
    pub fn last_floor(&self) -> Option<Address> {
        let kept = Enrolment::read(self.role, &self.config).ok()?.floor?;
        Address::try_from(kept).ok()
    }

    /// The line of the configured token, or of the enrolment kept.
    pub fn client(&self) -> Result<FloorClient, NoLine> {
        if let Some(token) = &self.token {
            let root = self.root_certificate.as_deref().map(fs::read).transpose();
            let root = root.map_err(NoLine::RootCertificate)?;
            let address = self.floor.clone().unwrap_or_else(Address::own_floor);
            return Ok(FloorClient::new(
                address.as_str(),
                token.expose(),
                root.as_deref(),
            )?);
        }
        let kept = Enrolment::read(self.role, &self.config)?;
        let unusable = |why: &str| EnrolmentError::Unusable {
            file: Enrolment::beside(&self.config),
            why: why.to_owned(),
        };
        let address = match (&self.floor, kept.floor) {
            (Some(address), _) => address.clone(),
            (None, None) => Address::own_floor(),
            (None, Some(kept)) => {
                let address = Address::try_from(kept).map_err(unusable)?;
                if !address.is_safe(self.insecure) {
                    return Err(unusable("its floor is spoken to without encryption").into());
                }
                address
            }
        };
        match kept.floor_key.as_deref().map(enrolment::key_hash) {
            Some(Some(key)) => Ok(FloorClient::pinned(address.as_str(), &kept.token, key)?),
            // Enrolled in clear: an encrypted line would have a key nobody has looked at.
            None if !address.is_encrypted() => {
                Ok(FloorClient::new(address.as_str(), &kept.token, None)?)
            }
            _ => Err(unusable("it pins no key for an https:// address").into()),
        }
    }

    /// Turns the code into an enrolment, kept beside the configuration. `typed`: a whole address;
    /// counts, and is kept with it, only where the configuration names none.
    pub async fn join(&self, typed: Option<&str>, code: &str) -> Result<Enrolled, JoinError> {
        let address = self.address(typed)?;
        let place = Enrolment::prove_place(&self.config);
        place.map_err(|why| JoinError::NoPlace {
            folder: self.config.parent().map(Path::to_owned).unwrap_or_default(),
            why,
        })?;
        let role = match self.role {
            Role::Kiosk => Some(DeviceRole::Kiosk),
            Role::Display => Some(DeviceRole::Display),
            Role::Desk => Some(DeviceRole::Desk),
            Role::Floor | Role::Server | Role::HouseRules => None,
        };
        let enrolled = enrol(address.as_str(), code, role).await?;
        let kept = Enrolment {
            device: enrolled.device.clone(),
            role: enrolled.role.code().to_owned(),
            token: enrolled.token.clone(),
            floor_key: enrolled.floor_key_hex(),
            floor: self.floor.is_none().then(|| address.as_str().to_owned()),
        };
        kept.keep(&self.config).map_err(|why| JoinError::NotKept {
            file: Enrolment::beside(&self.config),
            why,
        })?;
        Ok(enrolled)
    }

    fn address(&self, typed: Option<&str>) -> Result<Address, JoinError> {
        if let Some(configured) = &self.floor {
            return Ok(configured.clone());
        }
        let Some(typed) = typed else {
            return Ok(self.last_floor().unwrap_or_else(Address::own_floor));
        };
        let address = Address::try_from(typed.to_owned())
            .map_err(|_| JoinError::NotAnAddress(typed.to_owned()))?;
        if address.is_safe(self.insecure) {
            Ok(address)
        } else {
            Err(JoinError::InClear(address))
        }
    }
}
