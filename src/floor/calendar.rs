//! Dates of the site's time zone. The zone data is in the program, never the machine's.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::core::clock;
use crate::core::language::Language;
use crate::core::time::{self, Millis};

/// One zone, looked up once.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    name: String,
    zone: TimeZone,
}

impl Calendar {
    /// `name`: IANA, e.g. `Asia/Shanghai`. A name nobody knows counts as UTC: a showroom with a
    /// misspelt zone still opens.
    pub fn new(name: &str) -> Self {
        let zone = time::zone(name).unwrap_or_else(|| {
            // Before the first site there is none to be wrong.
            if !name.is_empty() {
                tracing::error!(
                    zone = name,
                    "the site's time zone is not known; UTC is used"
                );
            }
            TimeZone::UTC
        });
        Self {
            name: name.to_owned(),
            zone,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The local date, `YYYY-MM-DD`.
    pub fn day(&self, at: Millis) -> String {
        clock::date_of(at, &self.zone)
    }

    /// RFC 3339 with the site's offset, to the second.
    pub fn local(&self, at: Millis) -> String {
        clock::local(at, &self.zone)
    }

    /// Time of day, `HH:MM`.
    pub fn clock(&self, at: Millis) -> String {
        clock::hour_minute(at, &self.zone)
    }

    /// As it is said on the day of `on`: with its date where that is another day.
    pub fn moment(&self, language: Language, at: Millis, on: Millis) -> String {
        clock::moment(language, at, on, &self.zone)
    }

    /// The first moment of the day after the one `at` is in.
    pub fn next_midnight(&self, at: Millis) -> Millis {
        self.zoned(at)
            .date()
            .tomorrow()
            .and_then(|d| d.to_zoned_datetime(self.zone.clone()))
            .map_or(at.plus_minutes(24 * 60), |z| {
                Millis(z.timestamp().as_millisecond())
            })
    }

    fn zoned(&self, at: Millis) -> jiff::ZonedDateTime {
        Timestamp::from_millisecond(at.0)
            .unwrap_or_default()
            .to_zoned_datetime(self.zone.clone())
    }
}

/// The date so many days before `day`; `day` itself where it is none.
pub(super) fn days_before(day: &str, days: i64) -> String {
    day.parse::<jiff::civil::Date>()
        .and_then(|d| d.checked_sub(days.days()))
        .map_or_else(|_| day.to_owned(), |d| d.to_string())
}

/// Whether this is a date, `YYYY-MM-DD`.
pub(super) fn is_day(day: &str) -> bool {
    day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_the_sites_zone() {
        let shanghai = Calendar::new("Asia/Shanghai");
        let evening = Millis::parse_rfc3339("2026-11-23T15:59:59Z").unwrap();
        assert_eq!(shanghai.day(evening), "2026-11-23");
        assert_eq!(
            shanghai.next_midnight(evening).rfc3339(),
            "2026-11-23T16:00:00.000Z"
        );
        assert_eq!(shanghai.local(evening), "2026-11-23T23:59:59+08:00");
        assert_eq!(shanghai.day(evening.plus_seconds(1)), "2026-11-24");
        assert_eq!(Calendar::new("Nowhere/Else").day(evening), "2026-11-23");
        assert_eq!(days_before("2026-03-01", 1), "2026-02-28");
        assert!(is_day("2026-11-23") && !is_day("23.11.2026") && !is_day("2026-13-01"));
    }

    #[test]
    fn k9_a_day_begins_once_also_where_the_clocks_change_at_midnight() {
        // Midnight does not come, or comes twice.
        for (zone, noon, first, day) in [
            (
                "Africa/Cairo",
                "2026-04-23T10:00:00Z",
                "2026-04-23T22:00:00.000Z",
                "2026-04-24",
            ),
            (
                "America/Havana",
                "2026-10-31T16:00:00Z",
                "2026-11-01T04:00:00.000Z",
                "2026-11-01",
            ),
        ] {
            let calendar = Calendar::new(zone);
            let noon = Millis::parse_rfc3339(noon).unwrap();
            let midnight = calendar.next_midnight(noon);
            assert_eq!(midnight.rfc3339(), first);
            assert_eq!(calendar.day(midnight), day);
            assert!(calendar.day(midnight.plus_seconds(-1)).as_str() < day);
            // The repeated hour is the same day's, and the next midnight is a day away.
            assert_eq!(calendar.day(midnight.plus_minutes(90)), day);
            let next = calendar.next_midnight(midnight.plus_minutes(1));
            assert!(next.since(midnight) >= 23 * 3_600_000);
        }
    }
}
