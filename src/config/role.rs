//! The roles, and the commented example of each.

use std::fmt;
use std::str::FromStr;

/// What one running `yingbin` is, or, for the house's rules, what one file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Kiosk,
    Display,
    Desk,
    Floor,
    Server,
    HouseRules,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Kiosk,
        Self::Display,
        Self::Desk,
        Self::Floor,
        Self::Server,
        Self::HouseRules,
    ];

    /// As it stands on the command line: `yingbin config NAME`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Display => "display",
            Self::Desk => "desk",
            Self::Floor => "floor",
            Self::Server => "server",
            Self::HouseRules => "house-rules",
        }
    }

    /// What the names of this role's environment variables begin with, e.g. `YINGBIN_FLOOR_`.
    pub(super) fn variable_prefix(self) -> String {
        format!("YINGBIN_{}_", self.name().replace('-', "_").to_uppercase())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    /// # Errors
    /// A sentence naming the known roles.
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|role| role.name() == name)
            .ok_or_else(|| format!("known are {}", known.join(", ")))
    }
}

/// The commented example that `yingbin config ROLE` prints: every key with its default.
pub const fn example(role: Role) -> &'static str {
    match role {
        Role::Kiosk => include_str!("../../config/kiosk.toml"),
        Role::Display => include_str!("../../config/display.toml"),
        Role::Desk => include_str!("../../config/desk.toml"),
        Role::Floor => include_str!("../../config/floor.toml"),
        Role::Server => include_str!("../../config/server.toml"),
        Role::HouseRules => include_str!("../../config/house-rules.toml"),
    }
}

/// The line of the example that sets `key` (`printer.kind`), without the mark of a resting one.
pub(super) fn example_line(role: Role, key: &str) -> Option<&'static str> {
    let (table, key) = key.rsplit_once('.').unwrap_or(("", key));
    let mut current = "";
    for line in example(role).lines() {
        let line = line.strip_prefix('#').unwrap_or(line);
        if let Some(heading) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            current = heading;
            let above = heading.split_once('.').map(|(first, _)| first);
            if key == heading || Some(key) == above {
                return Some(line);
            }
        } else if current == table && line.split_once(" = ").is_some_and(|(name, _)| name == key) {
            return Some(line);
        }
    }
    None
}
