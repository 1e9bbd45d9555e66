//! The reader's words: one section of the translation files in one language.

use std::fmt::Display;

use crate::core::language::{Language, Text};
use crate::core::ticket::Line;
use crate::core::words::{known, say};

/// Words of one section for one reader; what templates call as `t`.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub language: Language,
    section: &'static str,
}

impl Words {
    pub const fn console(language: Language) -> Self {
        Self {
            language,
            section: "console",
        }
    }

    pub const fn ticket_page(language: Language) -> Self {
        Self {
            language,
            section: "ticket_page",
        }
    }

    /// The text of `name`.
    pub fn w(&self, name: &str) -> String {
        say(self.language, &format!("{}.{name}", self.section), &[])
    }

    /// The text of `name` with its `{n}` replaced by `value`.
    pub fn n(&self, name: &str, value: impl Display) -> String {
        let key = format!("{}.{name}", self.section);
        say(self.language, &key, &[("n", &value.to_string())])
    }

    /// The text of a code that came from elsewhere, e.g. `state` + `waiting`; an unknown one (a
    /// newer floor's, say) is shown as it is.
    pub fn code(&self, kind: &str, code: &str) -> String {
        let key = format!("{}.{kind}_{code}", self.section);
        if known(&key) {
            say(self.language, &key, &[])
        } else {
            code.to_owned()
        }
    }

    pub fn line(&self, line: &Line) -> String {
        self.code("line", line.code())
    }

    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.language)
    }

    /// BCP 47 tag, for `<html lang>`.
    pub fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// How long something has lasted, rounded down to what a glance needs.
    pub fn lasting(&self, milliseconds: i64) -> String {
        let minutes = milliseconds.max(0) / 60_000;
        match minutes {
            0 => self.w("just_now"),
            1..60 => self.n("minutes", minutes),
            _ if minutes < 48 * 60 => self.n("hours", minutes / 60),
            _ => self.n("days", minutes / (24 * 60)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_newer_floor_is_shown_as_it_is() {
        let words = Words::console(Language::En);
        assert_eq!(words.code("state", "teleported"), "teleported");
    }
}
