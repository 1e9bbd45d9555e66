//! The sheet of a new PIN.

use super::super::new_pin::{NewPinSheet, OneTimeCode};
use super::super::{Desk, Private};
use super::sheet::{empty, plain};
use super::{Fact, Field, Group, SheetView};
use crate::core::clock;

impl Desk {
    /// On an agent's sign-in: the way for whoever has no PIN to type.
    pub(super) fn no_pin(&self) -> Group {
        Group {
            title: String::new(),
            across: 1,
            choices: vec![plain(self.say("no_pin_yet", &[]), "", false)],
        }
    }

    pub(super) fn new_pin_sheet(&self, new: &NewPinSheet) -> SheetView {
        let title = self.say("menu_new_pin", &[]);
        let whose = new.staff.as_ref().map(|id| self.staff_name(id));
        match (&new.code, whose) {
            (Some(code), Some(name)) => SheetView {
                facts: self.code_facts(code),
                fields: [("new_pin", &new.pin), ("new_pin_again", &new.again)]
                    .map(|(name, text)| self.pin_field(name, text, new))
                    .into(),
                groups: vec![self.number_pad(new.is_complete())],
                hint: self.say("code_hint", &[]),
                ..empty(format!("{name} · {title}"))
            },
            _ => {
                let staff = self.staff().iter();
                let chosen = |id| new.staff.as_ref() == Some(id);
                SheetView {
                    choices_title: self.say("choose_name", &[]),
                    choices: staff
                        .map(|(id, name)| plain(name.clone(), "", chosen(id)))
                        .collect(),
                    confirm: self.say("code_give", &[]),
                    can_confirm: new.is_complete(),
                    hint: self.say("code_give_hint", &[]),
                    ..empty(title)
                }
            }
        }
    }

    fn code_facts(&self, code: &OneTimeCode) -> Vec<Fact> {
        let date = clock::date(self.language, code.expires, &self.zone);
        let time = clock::hour_minute(code.expires, &self.zone);
        vec![
            Fact {
                label: self.say("code", &[]),
                value: code.code.0.clone(),
            },
            Fact {
                label: self.say("code_until", &[]),
                value: format!("{date} {time}"),
            },
        ]
    }

    fn pin_field(&self, name: &str, text: &Private, new: &NewPinSheet) -> Field {
        Field {
            label: self.say(name, &[]),
            hint: self.say(name, &[]),
            text: text.clone(),
            hidden: true,
            wrong: name == "new_pin_again" && new.differs(),
        }
    }
}
