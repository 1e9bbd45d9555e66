//! Times as people at the showroom read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::core::time::Millis;

/// A field of date and time (`datetime-local`).
const FIELD: &str = "%Y-%m-%dT%H:%M";

/// The showroom's clock. An unknown zone reads as UTC rather than failing the page.
#[derive(Clone)]
pub struct Clock(TimeZone);

impl Clock {
    pub fn new(zone: &str) -> Self {
        Self(crate::core::time::zone_or_utc(zone))
    }

    /// E.g. `14:05`.
    pub fn time(&self, at: Millis) -> String {
        self.format(at, "%H:%M")
    }

    /// E.g. `2026-11-23 14:05`.
    pub fn date_time(&self, at: Millis) -> String {
        self.format(at, "%Y-%m-%d %H:%M")
    }

    /// The day, e.g. `2026-11-23`.
    pub fn day(&self, at: Millis) -> String {
        self.format(at, "%Y-%m-%d")
    }

    /// As [`Self::date_time`], from RFC 3339; anything else is shown as it came.
    pub fn read(&self, rfc3339: &str) -> String {
        Millis::parse_rfc3339(rfc3339).map_or_else(|| rfc3339.to_owned(), |at| self.date_time(at))
    }

    /// As a field of date and time takes it, e.g. `2026-11-23T14:05`.
    pub fn field(&self, at: Millis) -> String {
        self.format(at, FIELD)
    }

    /// What a field of date and time holds, by the showroom's clock. An hour that a change of clocks
    /// leaves out is the one after it.
    pub fn parse(&self, field: &str) -> Option<Millis> {
        let civil = jiff::civil::DateTime::strptime(FIELD, field).ok()?;
        let at = self
            .0
            .to_ambiguous_zoned_datetime(civil)
            .compatible()
            .ok()?;
        Some(Millis(at.timestamp().as_millisecond()))
    }

    fn format(&self, at: Millis, pattern: &str) -> String {
        Timestamp::from_millisecond(at.0).map_or_else(
            |_| "—".to_owned(),
            |t| {
                t.to_zoned_datetime(self.0.clone())
                    .strftime(pattern)
                    .to_string()
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_showrooms_not_the_machines() {
        let at = Millis::parse_rfc3339("2026-11-23T06:05:00Z").expect("a time");
        assert_eq!(Clock::new("Asia/Shanghai").time(at), "14:05");
        assert_eq!(Clock::new("no/where").date_time(at), "2026-11-23 06:05");
        let shanghai = Clock::new("Asia/Shanghai");
        assert_eq!(shanghai.field(at), "2026-11-23T14:05");
        assert_eq!(shanghai.parse("2026-11-23T14:05"), Some(at));
        assert_eq!(shanghai.parse("tomorrow"), None);
    }
}
