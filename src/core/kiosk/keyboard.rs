//! The screen's own keyboard: letters, pinyin with candidates, digits. Text lives here, not in the
//! window, so that nothing typed can outlive the session.

use phonenumber::country::Id;

use super::message::Message;
use super::{Kiosk, MAX_NAME, MAX_PHONE};
use crate::core::guest_name::Title;
use crate::core::ime::{Ime, NamePosition};
use crate::core::language::Language;

/// A personal field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Surname,
    GivenName,
    Phone,
}

/// Which part of a name is being typed; the engine weighs its candidates by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePart<'a> {
    Surname,
    /// After this surname.
    GivenName(&'a str),
}

/// One candidate for a pinyin: `consumed` letters (bytes, as pinyin is ASCII) of it become `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub text: String,
    pub consumed: usize,
}

/// The pinyin engine as the kiosk needs it.
pub trait Candidates: Send + Sync {
    /// Best first.
    fn candidates(&self, pinyin: &str, part: NamePart<'_>) -> Vec<Choice>;
    /// The common surnames (常见姓氏) of the grid, most common first.
    fn common_surnames(&self) -> Vec<String>;
}

/// What is being typed and how.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    /// Pinyin not yet turned into characters.
    pub(super) composing: String,
    pub(super) candidates: Vec<Choice>,
    /// Letters go in as they are.
    pub(super) latin: bool,
    pub(super) shift: bool,
}

/// The bar shows no more; further ones are never wanted for names.
const MAX_CANDIDATES: usize = 24;
/// No name needs a longer pinyin.
const MAX_PINYIN: usize = 30;

impl Typing {
    /// Forgets what was being composed; the mode follows the language.
    pub(super) fn reset(&mut self, language: Language) {
        *self = Self {
            latin: !language.is_chinese(),
            ..Self::default()
        };
    }
}

impl Kiosk {
    pub(super) fn typed(&mut self, message: Message) {
        match message {
            Message::Surname(surname) => self.take_surname(surname),
            Message::Title(title) => self.take_title(title),
            Message::Focus(field) => self.focus(field),
            Message::Key(key) => self.key(key),
            Message::Backspace => self.backspace(),
            Message::Clear => {
                self.clear_composing();
                if let Some(text) = self.text_mut() {
                    text.clear();
                }
                self.session.phone_wrong = false;
            }
            Message::Shift => self.session.typing.shift = !self.session.typing.shift,
            Message::SwitchInput => {
                self.session.typing.latin = !self.session.typing.latin;
                self.clear_composing();
            }
            Message::Pick(index) => self.pick(index),
            _ => {}
        }
    }

    fn take_surname(&mut self, surname: String) {
        if self.step == super::Step::Name {
            self.clear_composing();
            self.session.surname = surname.chars().take(MAX_NAME).collect();
        }
    }

    fn take_title(&mut self, title: Title) {
        if self.step == super::Step::Name {
            self.session.title = title;
        }
    }

    fn focus(&mut self, field: Field) {
        let here = match self.step {
            super::Step::Name => field != Field::Phone,
            _ => field == Field::Phone,
        };
        if here {
            self.clear_composing();
            self.session.field = Some(field);
        }
    }

    fn key(&mut self, key: char) {
        let latin = self.session.typing.latin;
        match self.session.field {
            Some(Field::Phone) => {
                let phone = &mut self.session.phone;
                let fits = key.is_ascii_digit() || (key == '+' && phone.is_empty());
                if fits && phone.chars().count() < MAX_PHONE {
                    phone.push(key);
                    self.session.phone_wrong = false;
                }
            }
            Some(_) if !latin && key == ' ' && !self.session.typing.composing.is_empty() => {
                self.pick(0);
            }
            Some(_) if !latin && (key.is_ascii_alphabetic() || key == '\'') => {
                let composing = &mut self.session.typing.composing;
                let separator_first = key == '\'' && composing.is_empty();
                if composing.len() < MAX_PINYIN && !separator_first {
                    composing.push(key.to_ascii_lowercase());
                    self.look_up();
                }
            }
            Some(_) => {
                let key = if self.session.typing.shift {
                    key.to_uppercase().next().unwrap_or(key)
                } else {
                    key
                };
                self.append(&key.to_string());
                self.session.typing.shift = false;
            }
            None => {}
        }
    }

    /// Letters of any script and what stands inside names; everything else is not taken.
    fn append(&mut self, typed: &str) {
        let Some(text) = self.text_mut() else { return };
        for c in typed.chars() {
            let inside = matches!(c, '\'' | '’' | '-' | '.' | '·' | ' ') && !text.is_empty();
            if (c.is_alphabetic() || inside) && text.chars().count() < MAX_NAME {
                text.push(c);
            }
        }
    }

    fn backspace(&mut self) {
        if self.session.typing.composing.pop().is_some() {
            self.look_up();
        } else if let Some(text) = self.text_mut() {
            text.pop();
        }
        self.session.phone_wrong = false;
    }

    fn pick(&mut self, index: usize) {
        let Some(choice) = self.session.typing.candidates.get(index).cloned() else {
            return;
        };
        self.append(&choice.text);
        let composing = &mut self.session.typing.composing;
        let consumed = choice.consumed.min(composing.len());
        composing.drain(..consumed);
        let separators = composing.len() - composing.trim_start_matches('\'').len();
        composing.drain(..separators);
        self.look_up();
    }

    fn look_up(&mut self) {
        let typing = &self.session.typing;
        let part = match self.session.field {
            Some(Field::GivenName) => NamePart::GivenName(&self.session.surname),
            _ => NamePart::Surname,
        };
        let mut found = if typing.composing.is_empty() {
            Vec::new()
        } else {
            self.ime.candidates(&typing.composing, part)
        };
        found.truncate(MAX_CANDIDATES);
        self.session.typing.candidates = found;
    }

    fn clear_composing(&mut self) {
        self.session.typing.composing.clear();
        self.session.typing.candidates.clear();
    }

    fn text_mut(&mut self) -> Option<&mut String> {
        match self.session.field? {
            Field::Surname => Some(&mut self.session.surname),
            Field::GivenName => Some(&mut self.session.given_name),
            Field::Phone => Some(&mut self.session.phone),
        }
    }
}

/// Whether this can be somebody's number: China's rules for national numbers, the country's own
/// after `+`.
pub(super) fn is_phone(typed: &str) -> bool {
    phonenumber::parse(Some(Id::CN), typed).is_ok_and(|number| number.is_valid())
}

/// A mainland mobile number in the groups people read aloud (138 0013 8000); others as typed.
pub(super) fn grouped(phone: &str) -> String {
    if phone.starts_with('1') && phone.len() <= 11 && phone.is_ascii() {
        let cut = |from: usize, to: usize| phone.get(from..to.min(phone.len())).unwrap_or("");
        [cut(0, 3), cut(3, 7), cut(7, 11)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        phone.to_owned()
    }
}

impl Candidates for Ime {
    fn candidates(&self, pinyin: &str, part: NamePart<'_>) -> Vec<Choice> {
        let position = match part {
            NamePart::Surname => NamePosition::Surname,
            NamePart::GivenName(surname) => NamePosition::GivenAfter(surname),
        };
        Self::candidates(self, pinyin, position)
            .into_iter()
            .map(|c| Choice {
                text: c.text,
                consumed: c.consumed,
            })
            .collect()
    }

    fn common_surnames(&self) -> Vec<String> {
        Self::common_surnames(self).map(str::to_owned).collect()
    }
}
