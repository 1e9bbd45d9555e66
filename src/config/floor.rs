//! The floor node's configuration.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::error::Fault;
use super::load::Config;
use super::parts::{Address, Tls, from_folder, safe_to_listen};
use super::role::Role;
use super::secret::{Secret, check_token, read_token};

/// `config/floor.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FloorConfig {
    pub listen: SocketAddr,
    /// Folder of the floor's records.
    pub data: PathBuf,
    /// The desk has a sign while the disk has less room than this, MB; 0: never.
    pub warn_free_mb: u64,
    /// Serve and call in clear also where others could listen.
    pub insecure: bool,
    /// The floor's address as guests' phones reach it; `None`: the one listened on.
    pub public_url: Option<Address>,
    /// The file of the house's rules; `None`: the defaults.
    pub house_rules: Option<PathBuf>,
    pub tls: Option<Tls>,
    /// Serve with a key and certificate the floor makes for itself; screens pin the key when they
    /// are enrolled.
    pub own_certificate: bool,
    /// `None`: the floor works alone.
    pub centre: Option<Centre>,
    pub printer: Printer,
}

impl Default for FloorConfig {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 7710).into(),
            data: "floor-data".into(),
            warn_free_mb: 500,
            insecure: false,
            public_url: None,
            house_rules: None,
            tls: None,
            own_certificate: false,
            centre: None,
            printer: Printer::default(),
        }
    }
}

impl FloorConfig {
    /// Bytes.
    pub const fn warn_free(&self) -> u64 {
        self.warn_free_mb.saturating_mul(1_000_000)
    }
}

/// The line to the central server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Centre {
    pub url: Address,
    /// This floor's id at the centre.
    pub floor: String,
    /// Always there once loaded: here or from [`Centre::token_file`].
    pub token: Option<Secret>,
    pub token_file: Option<PathBuf>,
    /// PEM; `None`: the public authorities.
    pub root_certificate: Option<PathBuf>,
    /// How long a check-in waits to hear whose guest a returner is; 0: it does not ask.
    #[serde(default = "recognise_ms")]
    pub recognise_ms: u64,
}

/// As long as a guest does not notice, and the most there may be; milliseconds.
pub const RECOGNISE_MS: u64 = 400;

const fn recognise_ms() -> u64 {
    RECOGNISE_MS
}

impl Centre {
    pub const fn recognise_within(&self) -> Duration {
        Duration::from_millis(self.recognise_ms)
    }
}

/// What the tickets are printed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrinterKind {
    None,
    Network,
    File,
}

/// The paper's width (纸宽).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub enum PaperWidth {
    Mm80,
    Mm58,
}

impl TryFrom<u16> for PaperWidth {
    type Error = &'static str;

    fn try_from(mm: u16) -> Result<Self, Self::Error> {
        match mm {
            80 => Ok(Self::Mm80),
            58 => Ok(Self::Mm58),
            _ => Err("must be 80 or 58"),
        }
    }
}

/// The ticket printer (小票打印机).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Printer {
    pub kind: PrinterKind,
    /// For [`PrinterKind::Network`]: host and port.
    pub address: Option<String>,
    /// For [`PrinterKind::File`].
    pub folder: PathBuf,
    pub width_mm: PaperWidth,
    /// Whether it answers status questions.
    pub answers: bool,
    pub connect_ms: u64,
    pub write_ms: u64,
    pub answer_ms: u64,
    pub logo: Option<PathBuf>,
}

impl Default for Printer {
    fn default() -> Self {
        Self {
            kind: PrinterKind::None,
            address: None,
            folder: "tickets".into(),
            width_mm: PaperWidth::Mm80,
            answers: true,
            connect_ms: 2000,
            write_ms: 10_000,
            answer_ms: 5000,
            logo: None,
        }
    }
}

impl Printer {
    pub const fn connect_within(&self) -> Duration {
        Duration::from_millis(self.connect_ms)
    }
    pub const fn write_within(&self) -> Duration {
        Duration::from_millis(self.write_ms)
    }
    pub const fn answer_within(&self) -> Duration {
        Duration::from_millis(self.answer_ms)
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.kind == PrinterKind::Network {
            let with_port = self.address.as_deref().is_some_and(|a| {
                a.rsplit_once(':')
                    .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
            });
            if !with_port {
                return Err(Fault::new(
                    "printer.address",
                    "a network printer needs host and port",
                    "print the printer's own status page: it names its address; the port is usually 9100",
                ));
            }
        }
        for (key, ms) in [
            ("printer.connect_ms", self.connect_ms),
            ("printer.write_ms", self.write_ms),
            ("printer.answer_ms", self.answer_ms),
        ] {
            if !(100..=60_000).contains(&ms) {
                let what = format!("{ms} is not between 100 and 60000 milliseconds");
                return Err(Fault::new(key, what, "take the line away for the default"));
            }
        }
        Ok(())
    }
}

impl Config for FloorConfig {
    const ROLE: Role = Role::Floor;

    fn resolve(&mut self, folder: &Path) -> Result<(), Fault> {
        from_folder(&mut self.data, folder);
        from_folder(&mut self.printer.folder, folder);
        let paths = [&mut self.house_rules, &mut self.printer.logo];
        for path in paths.into_iter().flatten() {
            from_folder(path, folder);
        }
        if let Some(tls) = &mut self.tls {
            tls.resolve(folder);
        }
        if let Some(centre) = &mut self.centre {
            let paths = [&mut centre.root_certificate, &mut centre.token_file];
            for path in paths.into_iter().flatten() {
                from_folder(path, folder);
            }
            let file = centre.token_file.as_deref();
            read_token(&mut centre.token, file, "centre.token")?;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Fault> {
        match (&self.tls, self.own_certificate) {
            (Some(_), true) => {
                return Err(Fault::new(
                    "own_certificate",
                    "stands beside [tls]; one of them is enough",
                    "take [tls] away, or `own_certificate`",
                ));
            }
            (None, true) => {}
            (tls, false) => safe_to_listen(self.listen, tls.as_ref(), self.insecure)?,
        }
        if let Some(centre) = &self.centre {
            centre.url.safe_to_call("centre.url", self.insecure)?;
            check_token(centre.token.as_ref(), "centre.token")?;
            if centre.floor.is_empty() {
                return Err(Fault::new(
                    "centre.floor",
                    "is empty",
                    "the console names it where the floor was set up",
                ));
            }
        }
        if let Some(centre) = &self.centre
            && centre.recognise_ms > RECOGNISE_MS
        {
            let what = format!(
                "{} milliseconds is longer than a guest should wait",
                centre.recognise_ms
            );
            return Err(Fault::new("centre.recognise_ms", what, "give at most 400"));
        }
        self.printer.check()
    }
}
