//! Kiosk, display and desk.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::core::language::Language;

use super::error::Fault;
use super::floor::Printer;
use super::load::Config;
use super::parts::{Address, from_folder};
use super::role::Role;
use super::secret::{Secret, check_token, read_token};

/// What draws the windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Renderer {
    #[default]
    Software,
    Femtovg,
}

/// A colour, `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl Colour {
    const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text
            .strip_prefix('#')
            .filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or("must be a colour like #0f3d38")?;
        let [_, red, green, blue] = digits.to_be_bytes();
        Ok(Self::new(red, green, blue))
    }
}

/// The house's colours, as the theme names them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Colours {
    pub main: Colour,
    pub deep: Colour,
    pub light: Colour,
    pub accent: Colour,
    pub accent_soft: Colour,
}

impl Default for Colours {
    fn default() -> Self {
        Self {
            main: Colour::new(0x0f, 0x3d, 0x38),
            deep: Colour::new(0x0a, 0x2c, 0x28),
            light: Colour::new(0x1f, 0x7a, 0x6b),
            accent: Colour::new(0xc9, 0xa0, 0x50),
            accent_soft: Colour::new(0xe9, 0xcf, 0x8f),
        }
    }
}

/// The house's face (品牌).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// `None`: the site's name.
    pub name: Option<String>,
    pub logo: Option<PathBuf>,
    pub picture: Option<PathBuf>,
    pub colours: Colours,
}

/// The chime before a call (提示音).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chime {
    pub silent: bool,
    /// Percent.
    pub volume: u8,
    /// Program and arguments, `{file}` for the WAV file; `None`: the first known player found.
    pub command: Option<Vec<String>>,
}

impl Default for Chime {
    fn default() -> Self {
        Self {
            silent: false,
            volume: 80,
            command: None,
        }
    }
}

/// How a screen reaches its floor.
#[derive(Clone, Copy, Debug)]
pub struct FloorLine<'a> {
    /// None: where the screen was enrolled, else this machine.
    pub address: Option<&'a Address>,
    /// None: the enrolment beside the configuration has it.
    pub token: Option<&'a Secret>,
    /// PEM, the only certificate trusted.
    pub root_certificate: Option<&'a Path>,
    /// In clear also over a network.
    pub insecure: bool,
}

/// A screen's keys: those all three have, and its own. One table, since a flattened one could not
/// be strict.
macro_rules! screen {
    (
        $(#[$doc:meta])* $name:ident: $role:ident, fullscreen = $fullscreen:literal;
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            /// The floor node's address; none: where the screen was enrolled, else this machine.
            pub floor: Option<Address>,
            /// From here or from the file; none: the enrolment beside the configuration has it.
            pub token: Option<Secret>,
            pub token_file: Option<PathBuf>,
            /// PEM, the only certificate trusted.
            pub root_certificate: Option<PathBuf>,
            /// Speak to the floor in clear also where others could listen.
            pub insecure: bool,
            pub fullscreen: bool,
            pub renderer: Renderer,
            pub large_text: bool,
            pub brand: Brand,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    floor: None,
                    token: None,
                    token_file: None,
                    root_certificate: None,
                    insecure: false,
                    fullscreen: $fullscreen,
                    renderer: Renderer::default(),
                    large_text: false,
                    brand: Brand::default(),
                    $($field: $default,)*
                }
            }
        }

        impl $name {
            pub fn floor_line(&self) -> FloorLine<'_> {
                FloorLine {
                    address: self.floor.as_ref(),
                    token: self.token.as_ref(),
                    root_certificate: self.root_certificate.as_deref(),
                    insecure: self.insecure,
                }
            }
        }

        impl Config for $name {
            const ROLE: Role = Role::$role;

            fn resolve(&mut self, folder: &Path) -> Result<(), Fault> {
                let paths = [
                    &mut self.token_file,
                    &mut self.root_certificate,
                    &mut self.brand.logo,
                    &mut self.brand.picture,
                ];
                for path in paths.into_iter().flatten() {
                    from_folder(path, folder);
                }
                self.resolve_own(folder);
                read_token(&mut self.token, self.token_file.as_deref(), "token")
            }

            fn check(&self) -> Result<(), Fault> {
                check_line(self.floor_line())?;
                self.check_own()
            }
        }
    };
}

screen! {
    /// `config/kiosk.toml`.
    KioskConfig: Kiosk, fullscreen = true;
    /// How long nobody touches the screen before the countdown begins, seconds (P6).
    idle_seconds: u32 = 30,
    /// How long the countdown lasts before the wipe, seconds.
    countdown_seconds: u32 = 10,
    /// The centre's pinned `age` recipient (P7).
    recipient: Option<String> = None,
    /// Folder of what the kiosk keeps for the time without its floor.
    data: PathBuf = "kiosk-data".into(),
    /// Prints the tickets that the kiosk gives by itself; the floor's printer prints all others.
    printer: Printer = Printer::default(),
}

screen! {
    /// `config/display.toml`.
    DisplayConfig: Display, fullscreen = true;
    language: Language = Language::default(),
    chime: Chime = Chime::default(),
}

screen! {
    /// `config/desk.toml`.
    DeskConfig: Desk, fullscreen = false;
    language: Language = Language::default(),
}

fn check_line(line: FloorLine<'_>) -> Result<(), Fault> {
    if let Some(address) = line.address {
        address.safe_to_call("floor", line.insecure)?;
    }
    let Some(token) = line.token else {
        return Ok(());
    };
    if line.address.is_some_and(Address::is_encrypted) && line.root_certificate.is_none() {
        return Err(Fault::new(
            "root_certificate",
            "is missing: the floor's address is https://, and only its own certificate is trusted",
            "take the token away and enrol this screen by code, which pins the floor's key, or copy \
             the floor's certificate (not its key) to this machine",
        ));
    }
    check_token(Some(token), "token")
}

impl KioskConfig {
    fn resolve_own(&mut self, folder: &Path) {
        from_folder(&mut self.data, folder);
        from_folder(&mut self.printer.folder, folder);
        if let Some(logo) = &mut self.printer.logo {
            from_folder(logo, folder);
        }
    }

    fn check_own(&self) -> Result<(), Fault> {
        self.printer.check()?;
        for (key, seconds, range) in [
            ("idle_seconds", self.idle_seconds, 10..=300),
            ("countdown_seconds", self.countdown_seconds, 3..=60),
        ] {
            if !range.contains(&seconds) {
                let (from, to) = range.into_inner();
                let what = format!("{seconds} is not between {from} and {to} seconds");
                return Err(Fault::new(key, what, "take the line away for the default"));
            }
        }
        match &self.recipient {
            Some(key) if key.parse::<age::x25519::Recipient>().is_err() => Err(Fault::new(
                "recipient",
                "is not an age recipient (age1…)",
                "copy it whole from the console's page of this floor",
            )),
            _ => Ok(()),
        }
    }
}

impl DisplayConfig {
    fn resolve_own(&mut self, _: &Path) {}

    fn check_own(&self) -> Result<(), Fault> {
        if self.chime.volume > 100 {
            let what = format!("{} is not between 0 and 100 percent", self.chime.volume);
            return Err(Fault::new("chime.volume", what, "give at most 100"));
        }
        if self.chime.command.as_ref().is_some_and(Vec::is_empty) {
            return Err(Fault::new(
                "chime.command",
                "names no program",
                "take the line away, or say `silent = true`",
            ));
        }
        Ok(())
    }
}

impl DeskConfig {
    fn resolve_own(&mut self, _: &Path) {}

    fn check_own(&self) -> Result<(), Fault> {
        Ok(())
    }
}
