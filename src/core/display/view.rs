//! What stands on the display, in both languages.

use super::{Call, Display};
use crate::core::clock;
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::time::Millis;
use crate::core::words::say;

/// Calls shown large at once: one very large, the others beneath it.
const BIG: usize = 4;
/// Answered calls shown.
const RECENT: usize = 5;
/// Waiting numbers shown; the others are counted.
const WAITING: usize = 12;

/// The same words in the display's two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    pub large: String,
    pub small: String,
}

/// A call shown large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BigCall {
    pub ticket: String,
    pub place: Pair,
    pub consultant: Pair,
    /// Called, or called again, a moment ago.
    pub fresh: bool,
}

/// A call already answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentCall {
    pub ticket: String,
    pub place: String,
    pub consultant: String,
    pub time: String,
}

/// Everything on the display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub name: Pair,
    pub clock: String,
    pub date: Pair,
    pub calling_title: Pair,
    pub recent_title: Pair,
    pub waiting_title: Pair,
    pub welcome: Pair,
    pub welcome_hint: Pair,
    /// Latest first; empty: the welcome is shown.
    pub calling: Vec<BigCall>,
    pub recent: Vec<RecentCall>,
    pub waiting: Vec<String>,
    /// `+5` where more wait than fit, else empty.
    pub waiting_more: String,
    /// Said instead of numbers when nobody waits.
    pub nobody_waits: Pair,
    /// Said while nothing is heard of the floor; empty otherwise.
    pub stale: Pair,
}

impl Display {
    pub fn view(&self, now: Millis) -> View {
        let board = self.board.clone().unwrap_or_default();
        let clock = clock::hour_minute(now, &self.zone);
        View {
            name: self.pair(|l| self.name.get(l).to_owned()),
            date: self.pair(|l| clock::date(l, now, &self.zone)),
            clock,
            calling_title: self.words("now_calling"),
            recent_title: self.words("recent"),
            waiting_title: self.words("waiting"),
            welcome: self.words("welcome"),
            welcome_hint: self.words("welcome_hint"),
            calling: board
                .now_calling
                .iter()
                .take(BIG)
                .map(|c| self.big(c, now))
                .collect(),
            recent: board
                .recent
                .iter()
                .take(RECENT)
                .map(|c| RecentCall {
                    ticket: c.ticket.clone(),
                    place: say_place(self.language, &c.place),
                    consultant: c.consultant.clone(),
                    time: clock::hour_minute(c.called_at, &self.zone),
                })
                .collect(),
            waiting_more: match board.waiting.len().saturating_sub(WAITING) {
                0 => String::new(),
                more => format!("+{more}"),
            },
            waiting: board.waiting.into_iter().take(WAITING).collect(),
            nobody_waits: self.words("nobody_waits"),
            stale: self.stale(),
        }
    }

    fn stale(&self) -> Pair {
        match (self.silent, self.heard_at) {
            (false, _) => Pair::default(),
            (true, _) if self.other_floor => self.words("other_floor"),
            (true, None) => self.words("connecting"),
            (true, Some(at)) => {
                let time = clock::hour_minute(at, &self.zone);
                self.pair(|l| say(l, "display.reconnecting", &[("time", &time)]))
            }
        }
    }

    fn big(&self, call: &Call, now: Millis) -> BigCall {
        BigCall {
            ticket: call.ticket.clone(),
            place: self.pair(|l| say_place(l, &call.place)),
            consultant: self.pair(|l| say(l, "display.served_by", &[("name", &call.consultant)])),
            fresh: self.is_fresh(&call.ticket, now),
        }
    }

    fn words(&self, name: &str) -> Pair {
        self.pair(|l| say(l, &format!("display.{name}"), &[]))
    }

    /// The large language and the other one; what is the same in both is said once.
    fn pair(&self, words: impl Fn(Language) -> String) -> Pair {
        let other = if self.language.is_chinese() {
            Language::En
        } else {
            Language::ZhCn
        };
        let large = words(self.language);
        let small = words(other);
        Pair {
            small: if small == large { String::new() } else { small },
            large,
        }
    }
}
