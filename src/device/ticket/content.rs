//! What stands on a ticket, in the guest's language. Never who the guest is (P6).

use jiff::fmt::temporal::Pieces;

use crate::core::foretold::{is_short, say_wait};
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::ticket::TicketNumber;
use crate::core::words::say;
use crate::protocol::check_in::CheckInAnswer;

/// What the floor knows when it prints.
#[derive(Clone, Copy, Debug)]
pub struct TicketFacts<'a> {
    pub language: Language,
    /// The showroom's name in that language.
    pub house: &'a str,
    /// The stored first answer, so that paper and screen say the same.
    pub answer: &'a CheckInAnswer,
    /// The check-in in the site's zone, RFC 3339 with its offset.
    pub local_time: &'a str,
    /// The drink's name in that language.
    pub drink: Option<&'a str>,
    /// Printed again by the staff (补打).
    pub reprint: bool,
}

/// The consultant's lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisor {
    pub label: String,
    pub name: String,
    pub title: String,
    /// Where to come, e.g. `3号洽谈桌`; may be empty.
    pub place: String,
    /// A colleague serves when this one is busy.
    pub note: String,
}

/// A label and its value.
pub type Entry = (String, String);

/// All words of a ticket, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketContent {
    pub house: String,
    pub welcome: String,
    pub number_label: String,
    /// E.g. `A001`.
    pub number: String,
    /// Parties ahead and the wait; `None`: a number of a kiosk's own, which promises no position.
    pub figures: Option<(Entry, Entry)>,
    /// Said in their place.
    pub own_number: String,
    /// `None`: nobody is free yet, and `please_wait` is said instead.
    pub advisor: Option<Advisor>,
    /// Promises no more than the wait that stands above it.
    pub please_wait: String,
    pub drink: Option<Entry>,
    /// Exactly what the QR holds; empty: the ticket has none.
    pub url: String,
    pub scan: String,
    pub withdraw: String,
    pub receipt: Entry,
    pub time: Entry,
    pub thanks: String,
    /// The mark of a reprint.
    pub reprint: Option<String>,
}

impl TicketContent {
    pub fn new(facts: &TicketFacts<'_>) -> Self {
        let language = facts.language;
        let word = |name: &str| say(language, &format!("ticket.{name}"), &[]);
        let entry = |name: &str, value: String| (word(name), value);
        let ticket = &facts.answer.ticket;
        Self {
            house: facts.house.to_owned(),
            welcome: word("welcome"),
            number_label: word("your_number"),
            number: ticket.number.clone(),
            figures: (!TicketNumber::is_of_a_kiosk(&ticket.number)).then(|| {
                let ahead = entry("ahead", ahead(language, ticket.ahead));
                let there = facts.answer.assignment.is_some();
                let wait = say_wait(language, ticket.wait_s, ticket.wait_range, there);
                (ahead, entry("wait", wait))
            }),
            own_number: word("own_number"),
            advisor: facts.answer.assignment.as_ref().map(|a| Advisor {
                label: word("consultant"),
                name: a.name.clone(),
                title: a.title.get(language).to_owned(),
                place: say_place(language, &a.place),
                note: word("colleague"),
            }),
            please_wait: word(if is_short(ticket.wait_range) {
                "please_wait"
            } else {
                "please_sit"
            }),
            drink: facts.drink.map(|d| entry("drink", d.to_owned())),
            url: ticket.url.clone(),
            scan: word("scan"),
            withdraw: word("withdraw"),
            receipt: entry("receipt", facts.answer.consent_receipt.clone()),
            time: entry("time", minute(facts.local_time)),
            thanks: word("thanks"),
            reprint: facts.reprint.then(|| word("reprint")),
        }
    }
}

fn ahead(language: Language, parties: u32) -> String {
    match parties {
        0 => say(language, "ticket.ahead_none", &[]),
        1 => say(language, "ticket.ahead_one", &[]),
        n => say(language, "ticket.ahead_many", &[("n", &n.to_string())]),
    }
}

/// `2026-11-23 14:05`, as the showroom's clock shows it; something unreadable stays as it is.
fn minute(rfc3339: &str) -> String {
    let read = || {
        let pieces = Pieces::parse(rfc3339).ok()?;
        let at = pieces.date().to_datetime(pieces.time()?);
        Some(at.strftime("%Y-%m-%d %H:%M").to_string())
    };
    read().unwrap_or_else(|| rfc3339.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k3_the_figures_are_said_in_each_language() {
        assert_eq!(ahead(Language::ZhCn, 3), "3 位");
        assert_eq!(ahead(Language::En, 1), "1 party");
        assert_eq!(ahead(Language::En, 2), "2 parties");
    }

    #[test]
    fn k3_the_time_is_the_showrooms() {
        assert_eq!(minute("2026-11-23T14:05:59.123+08:00"), "2026-11-23 14:05");
        assert_eq!(minute("soon"), "soon");
    }
}
