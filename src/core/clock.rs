//! Moments as people read them: on the wall, on a row, on a note. The time zone is handed in; it is
//! the site's, never the machine's.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::language::Language;
use super::time::Millis;
use super::words::say;

/// The wall clock, `14:05`.
pub fn hour_minute(at: Millis, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%H:%M").to_string()
}

/// The date with its weekday: `11月23日 星期一`, `Mon, 23 Nov`.
pub fn date(language: Language, at: Millis, zone: &TimeZone) -> String {
    let day = zoned(at, zone);
    let weekday = say(
        language,
        &format!("display.weekday_{}", day.weekday().to_monday_one_offset()),
        &[],
    );
    let month = if language.is_chinese() {
        day.month().to_string()
    } else {
        day.strftime("%b").to_string()
    };
    say(
        language,
        "display.date",
        &[
            ("month", &month),
            ("day", &day.day().to_string()),
            ("weekday", &weekday),
        ],
    )
}

/// Whole minutes from `from` to `to`; never negative, as two clocks may differ a little.
pub fn minutes_between(from: Millis, to: Millis) -> i64 {
    (to.since(from) / 60_000).max(0)
}

/// The zone that an RFC 3339 time of the floor carries as its offset.
pub fn zone_of(rfc3339: &str) -> Option<TimeZone> {
    jiff::fmt::temporal::Pieces::parse(rfc3339)
        .ok()?
        .to_numeric_offset()
        .map(TimeZone::fixed)
}

/// The day a moment belongs to, `2026-11-23`.
pub fn date_of(at: Millis, zone: &TimeZone) -> String {
    zoned(at, zone).date().to_string()
}

/// RFC 3339 with the zone's offset, to the second.
pub fn local(at: Millis, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The moment at which the clock shows `hour:minute` on the day of `now`.
pub fn today_at(now: Millis, zone: &TimeZone, hour: i8, minute: i8) -> Option<Millis> {
    let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
    let moment = zoned(now, zone).date().to_datetime(time);
    let moment = zone.to_ambiguous_timestamp(moment).compatible().ok()?;
    Some(Millis(moment.as_millisecond()))
}

fn zoned(at: Millis, zone: &TimeZone) -> jiff::ZonedDateTime {
    Timestamp::from_millisecond(at.0)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned_datetime(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k5_the_wall_clock_is_that_of_the_site() {
        let at = Millis::parse_rfc3339("2026-11-23T06:05:00Z").unwrap();
        let zone = zone_of("2026-11-23T14:05:00+08:00").unwrap();
        assert_eq!(hour_minute(at, &zone), "14:05");
        assert_eq!(date(Language::ZhCn, at, &zone), "11月23日 星期一");
        assert_eq!(date(Language::ZhTw, at, &zone), "11月23日 星期一");
        assert_eq!(date(Language::En, at, &zone), "Mon, 23 Nov");
        assert_eq!(local(at, &zone), "2026-11-23T14:05:00+08:00");
        assert_eq!(date_of(at.plus_minutes(600), &zone), "2026-11-24");
        assert_eq!(minutes_between(at, at.plus_seconds(119)), 1);
        assert_eq!(minutes_between(at.plus_minutes(1), at), 0);
    }
}
