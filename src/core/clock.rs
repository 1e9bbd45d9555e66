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

/// A moment as it is said on the day of `on`: the wall clock, and where it was another day that day
/// before it, `11月22日17:40` or `Nov 22, 17:40`.
pub fn moment(language: Language, at: Millis, on: Millis, zone: &TimeZone) -> String {
    let time = hour_minute(at, zone);
    if date_of(at, zone) == date_of(on, zone) {
        return time;
    }
    let day = zoned(at, zone);
    let month = if language.is_chinese() {
        day.month().to_string()
    } else {
        day.strftime("%b").to_string()
    };
    let date = day.day().to_string();
    let params = [("month", &*month), ("day", &*date), ("time", &*time)];
    say(language, "book.moment", &params)
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

/// A moment as people write it: `2026-11-20 09:00`, `11-20 9:00` (of this year), `11/20`, `9:00`
/// (today). A day alone is its beginning, or with `ends` its end.
pub fn written(text: &str, ends: bool, zone: &TimeZone, now: Millis) -> Option<Millis> {
    let plain = text.replace(['/', '.', '年', '月'], "-");
    let plain = plain.replace('日', " ").replace('：', ":");
    let (mut day, mut time) = (None, None);
    for part in plain.split_whitespace() {
        let slot = if part.contains(':') {
            &mut time
        } else {
            &mut day
        };
        if slot.replace(part).is_some() {
            return None;
        }
    }
    let today = zoned(now, zone).date();
    let date = match day {
        None => today,
        Some(day) => {
            let numbers: Option<Vec<i16>> = day.split('-').map(|n| n.parse().ok()).collect();
            let (year, month, day) = match numbers?.as_slice() {
                [year, month, day] => (*year, *month, *day),
                [month, day] => (today.year(), *month, *day),
                _ => return None,
            };
            let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            jiff::civil::Date::new(year, month, day).ok()?
        }
    };
    let at = match time {
        Some(time) => {
            let (hour, minute) = time.split_once(':')?;
            let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
            date.to_datetime(jiff::civil::Time::new(hour, minute, 0, 0).ok()?)
        }
        None if day.is_none() => return None,
        None if ends => date
            .tomorrow()
            .ok()?
            .to_datetime(jiff::civil::Time::midnight()),
        None => date.to_datetime(jiff::civil::Time::midnight()),
    };
    let at = zone.to_ambiguous_timestamp(at).compatible().ok()?;
    Some(Millis(at.as_millisecond()))
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
    fn k4_a_moment_is_read_as_people_write_it() {
        let zone = zone_of("2026-11-23T14:05:00+08:00").unwrap();
        let now = Millis::parse_rfc3339("2026-11-23T06:05:00Z").unwrap();
        let read = |text, ends| written(text, ends, &zone, now).map(Millis::rfc3339);
        let is = |time: &str| Some(format!("{time}:00.000Z"));
        assert_eq!(read("2026-11-20 09:00", false), is("2026-11-20T01:00"));
        assert_eq!(read(" 11/20 9：05 ", true), is("2026-11-20T01:05"));
        assert_eq!(read("11月20日", false), is("2026-11-19T16:00"));
        assert_eq!(read("12.20", true), is("2026-12-20T16:00"), "to its end");
        assert_eq!(read("8:30", false), is("2026-11-23T00:30"));
        for wrong in ["", "soon", "13-40", "11-20 25:00", "11-20 11-21", "2026"] {
            assert_eq!(read(wrong, false), None, "{wrong}");
        }
    }

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
        let next = at.plus_minutes(24 * 60);
        assert_eq!(moment(Language::En, at, at.plus_minutes(9), &zone), "14:05");
        assert_eq!(moment(Language::En, at, next, &zone), "Nov 23, 14:05");
        assert_eq!(moment(Language::ZhCn, at, next, &zone), "11月23日14:05");
        assert_eq!(minutes_between(at, at.plus_seconds(119)), 1);
        assert_eq!(minutes_between(at.plus_minutes(1), at), 0);
    }
}
