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

/// A ticket's number (号码): the line's letter and a count that restarts each day and never
/// repeats on a day. At least three digits: `A007`, `A999`, then `A1000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber {
    pub line: Line,
    pub count: u32,
}

impl std::fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:03}", self.line.letter(), self.count)
    }
}

impl std::str::FromStr for TicketNumber {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a ticket number such as A001");
        let mut chars = text.chars();
        let letter = chars.next().ok_or_else(bad)?;
        let line = Line::ALL
            .into_iter()
            .find(|l| l.letter() == letter)
            .ok_or_else(bad)?;
        let digits = chars.as_str();
        if digits.len() < 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        Ok(Self {
            line,
            count: digits.parse().map_err(|_| bad())?,
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
