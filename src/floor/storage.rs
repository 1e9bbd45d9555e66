//! Whether the floor can store anything: the one trouble it must tell of without storing it.

use crate::core::time::Millis;
use crate::protocol::desk::Alarm;

/// How the disk is, by the last attempt to store something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Storage {
    #[default]
    Well,
    Trouble {
        /// As in [`Alarm`].
        code: &'static str,
        since: Millis,
    },
}

impl Storage {
    /// After an attempt that failed; the trouble began with the first one.
    pub fn troubled(self, code: &'static str, now: Millis) -> Self {
        let since = match self {
            Self::Well => now,
            Self::Trouble { since, .. } => since,
        };
        Self::Trouble { code, since }
    }

    pub fn alarm(self) -> Option<Alarm> {
        match self {
            Self::Well => None,
            Self::Trouble { code, since } => Some(Alarm {
                code: code.to_owned(),
                since: since.rfc3339(),
            }),
        }
    }
}
