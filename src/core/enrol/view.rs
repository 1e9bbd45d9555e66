//! What is to be seen: plain values, ready to draw, in the chosen language.

use super::{Enrol, Failure, Field, Screen, State, Why, code};
use crate::core::language::Language;
use crate::core::words::say;

/// How the line above the button is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Quiet,
    Busy,
    Bad,
    Good,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub language: Language,
    pub title: String,
    /// Why the page is there; empty for a new screen.
    pub reason: String,
    /// Where the code comes from.
    pub note: String,
    /// For guests who come by; empty where none do.
    pub guests: String,
    /// For a screen where nobody can type; else empty.
    pub command: String,
    pub address_label: String,
    /// As configured, or as typed.
    pub address: String,
    pub address_hint: String,
    /// How what was typed is understood; empty where that is the same.
    pub understood: String,
    pub asks_for_address: bool,
    pub field: Field,
    pub code_label: String,
    /// What is typed of the code.
    pub signs: Vec<char>,
    pub status: String,
    pub tone: Tone,
    pub button: String,
    pub can_enrol: bool,
    /// Nothing can be typed: a code is on its way, or done.
    pub busy: bool,
    pub key_clear: String,
    pub key_backspace: String,
    /// What a keyboard's keys do.
    pub keys: String,
}

impl Enrol {
    pub fn view(&self) -> View {
        let say = |key: &str| self.say(key, &[]);
        let screen = self.settings.screen;
        let busy = self.state != State::Typing;
        let whole = self.whole_address();
        let (status, tone) = self.status();
        let understood = whole
            .as_ref()
            .filter(|whole| **whole != self.address)
            .map(|address| self.say("understood", &[("address", address)]));
        View {
            language: self.language,
            title: say(&format!("title_{}", screen.name())),
            reason: self.reason(),
            note: say("note"),
            guests: match screen {
                Screen::Kiosk => say("guests"),
                Screen::Display | Screen::Desk => String::new(),
            },
            command: match screen {
                Screen::Display => self.say("command", &[("command", &self.settings.command)]),
                Screen::Kiosk | Screen::Desk => String::new(),
            },
            address_label: say("address"),
            address: self
                .settings
                .floor
                .clone()
                .unwrap_or_else(|| self.address.clone()),
            address_hint: say("address_hint"),
            understood: understood.unwrap_or_default(),
            asks_for_address: self.asks_for_address(),
            field: self.field,
            code_label: say("code"),
            signs: self.code.chars().collect(),
            status,
            tone,
            button: say(if self.state == State::Running {
                "enrolling"
            } else {
                "enrol"
            }),
            can_enrol: !busy
                && self.code.len() == code::SIGNS
                && (whole.is_some() || !self.asks_for_address()),
            busy,
            key_clear: say("key_clear"),
            key_backspace: say("key_backspace"),
            keys: say(if self.asks_for_address() {
                "keys_both"
            } else {
                "keys"
            }),
        }
    }

    fn reason(&self) -> String {
        let why = match self.settings.why {
            Why::New => None,
            Why::Unknown => Some("why_unknown"),
            Why::OtherFloor => Some("why_other_floor"),
            Why::Unusable => Some("why_unusable"),
        };
        let why = why.map(|key| self.say(key, &[]));
        let held = (self.settings.held > 0).then(|| {
            let count = self.settings.held.to_string();
            self.say("held", &[("count", &count)])
        });
        let parts: Vec<String> = why.into_iter().chain(held).collect();
        parts.join(if self.language.is_chinese() { "" } else { " " })
    }

    fn status(&self) -> (String, Tone) {
        match (&self.state, self.failure) {
            (State::Running, _) => (self.say("running", &[]), Tone::Busy),
            (State::Done(device), _) => (self.say("done", &[("device", device)]), Tone::Good),
            (State::Typing, Some(failure)) => (self.failure(failure), Tone::Bad),
            (State::Typing, None) => (String::new(), Tone::Quiet),
        }
    }

    fn failure(&self, failure: Failure) -> String {
        let screen = self.screen(self.settings.screen);
        let key = match failure {
            Failure::NotAnAddress => "not_an_address",
            Failure::InClear => "in_clear",
            Failure::Refused => "refused",
            Failure::TooMany => "too_many",
            Failure::OtherRole(other) => {
                let other = other.map_or_else(|| self.say("other_screen", &[]), |s| self.screen(s));
                let params = [("other", other.as_str()), ("screen", screen.as_str())];
                return self.say("other_role", &params);
            }
            Failure::Untrue => "untrue",
            Failure::Unreachable => "unreachable",
            Failure::Tls => "tls",
            Failure::NotAFloor => "not_a_floor",
            Failure::Starting => "starting",
            Failure::NoPlace => "no_place",
            Failure::NotKept => "not_kept",
        };
        self.say(key, &[])
    }

    fn screen(&self, screen: Screen) -> String {
        self.say(&format!("screen_{}", screen.name()), &[])
    }

    fn say(&self, name: &str, params: &[(&str, &str)]) -> String {
        say(self.language, &format!("enrol.{name}"), params)
    }
}
