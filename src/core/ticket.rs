//! Lines of the queue and the numbers printed on tickets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rota::RotaKind;

/// A line of the queue (队列), each with its own letter.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// 新客户
    New,
    /// 再次到访
    Returning,
    /// 预约
    Appointment,
    /// 签约
    Signing,
    /// 售后与投诉
    AfterSales,
    /// 来电: no guest stands there; rule 16.
    Phone,
}

impl Line {
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Returning,
        Self::Appointment,
        Self::Signing,
        Self::AfterSales,
        Self::Phone,
    ];

    pub const fn letter(self) -> char {
        match self {
            Self::New => 'A',
            Self::Returning => 'B',
            Self::Appointment => 'C',
            Self::Signing => 'D',
            Self::AfterSales => 'E',
            Self::Phone => 'P',
        }
    }
    /// As on the wire, e.g. `after_sales`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Returning => "returning",
            Self::Appointment => "appointment",
            Self::Signing => "signing",
            Self::AfterSales => "after_sales",
            Self::Phone => "phone",
        }
    }
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }
    /// The rota that serves this line (rule 16).
    pub const fn rota(self) -> RotaKind {
        match self {
            Self::Phone => RotaKind::Phone,
            _ => RotaKind::WalkIn,
        }
    }
}

/// A ticket's number (号码). Restarts each day and never repeats on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketNumber {
    /// Given by the floor: the line's letter and a count of at least three digits, `A007`, `A999`,
    /// then `A1000`.
    Floor { line: Line, count: u32 },
    /// Given by a kiosk that was cut off from its floor: the kiosk's number and its own count of at
    /// least two digits, `K2-07`. Says nothing of the line.
    Kiosk { kiosk: u32, count: u32 },
}

impl TicketNumber {
    pub const fn of_line(line: Line, count: u32) -> Self {
        Self::Floor { line, count }
    }
    /// The line its letter names.
    pub const fn line(self) -> Option<Line> {
        match self {
            Self::Floor { line, .. } => Some(line),
            Self::Kiosk { .. } => None,
        }
    }
    /// The kiosk whose own series it is of.
    pub const fn kiosk(self) -> Option<u32> {
        match self {
            Self::Floor { .. } => None,
            Self::Kiosk { kiosk, .. } => Some(kiosk),
        }
    }
    pub const fn count(self) -> u32 {
        match self {
            Self::Floor { count, .. } | Self::Kiosk { count, .. } => count,
        }
    }
    /// Whether this text is a number of a kiosk's own series, which promises a number and neither
    /// an agent nor a position.
    pub fn is_of_a_kiosk(text: &str) -> bool {
        text.parse::<Self>().is_ok_and(|n| n.kiosk().is_some())
    }
}

impl std::fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Floor { line, count } => write!(f, "{}{count:03}", line.letter()),
            Self::Kiosk { kiosk, count } => write!(f, "K{kiosk}-{count:02}"),
        }
    }
}

impl std::str::FromStr for TicketNumber {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a ticket number such as A001 or K2-07");
        let digits = |digits: &str, at_least: usize| {
            let right = digits.len() >= at_least && digits.bytes().all(|b| b.is_ascii_digit());
            let number = if right { digits.parse().ok() } else { None };
            number.ok_or_else(bad)
        };
        if let Some(rest) = text.strip_prefix('K') {
            let (kiosk, count) = rest.split_once('-').ok_or_else(bad)?;
            let number = Self::Kiosk {
                kiosk: digits(kiosk, 1)?,
                count: digits(count, 2)?,
            };
            // One way to write each number: no zeros in front.
            return Some(number)
                .filter(|n| n.to_string() == text && n.count() > 0)
                .ok_or_else(bad);
        }
        let mut chars = text.chars();
        let letter = chars.next().ok_or_else(bad)?;
        let line = Line::ALL
            .into_iter()
            .find(|l| l.letter() == letter)
            .ok_or_else(bad)?;
        Ok(Self::Floor {
            line,
            count: digits(chars.as_str(), 3)?,
        })
    }
}

impl Serialize for TicketNumber {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TicketNumber {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k10_both_series_are_written_in_one_way_and_read_back() {
        for text in ["A001", "E1000", "K1-01", "K2-07", "K12-100"] {
            assert_eq!(text.parse::<TicketNumber>().unwrap().to_string(), text);
        }
        for text in [
            "K2", "K-01", "K2-7", "K02-07", "K2-007", "K2-00", "K2-+7", "2-07", "k2-07", "A01", "",
        ] {
            assert!(text.parse::<TicketNumber>().is_err(), "{text}");
        }
        assert!(TicketNumber::is_of_a_kiosk("K2-07") && !TicketNumber::is_of_a_kiosk("A007"));
    }
}
