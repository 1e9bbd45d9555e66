//! A new PIN for somebody who has forgotten theirs, or never had one. The manager signs in, the floor
//! gives a one-time code, and the person sets a PIN that nobody else knows: here, or at the pad.

use crate::core::id::AgentId;
use crate::core::time::Millis;

use super::deed::Deed;
use super::manager::{PadKey, STAYS_SECONDS};
use super::picture::Private;
use super::sheet::Sheet;
use super::{Desk, Effect, Tone};

/// Digits of a PIN.
const PIN_DIGITS: usize = 6;

/// Good for one new PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeCode {
    pub code: Private,
    pub expires: Millis,
}

/// The sheet: whose PIN; then the code, and the new PIN twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPinSheet {
    pub staff: Option<AgentId>,
    pub code: Option<OneTimeCode>,
    pub pin: Private,
    pub again: Private,
}

impl NewPinSheet {
    pub(super) fn of(staff: Option<AgentId>) -> Self {
        Self {
            staff,
            ..Self::default()
        }
    }

    pub(super) fn forget_typed(&mut self) {
        self.pin.0.clear();
        self.again.0.clear();
    }

    pub(super) fn write(&mut self, field: usize, text: &str) {
        let digits = text.chars().filter(char::is_ascii_digit);
        let digits = digits.take(PIN_DIGITS).collect();
        match field {
            0 => self.pin.0 = digits,
            _ => self.again.0 = digits,
        }
    }

    /// The pad writes the first line, and when that is full the second; it deletes backwards.
    fn press(&mut self, key: PadKey) {
        match key {
            PadKey::Digit(digit) if self.pin.0.len() < PIN_DIGITS => self.pin.0.push(digit),
            PadKey::Digit(digit) if self.again.0.len() < PIN_DIGITS => self.again.0.push(digit),
            PadKey::Delete if self.again.0.pop().is_none() => {
                self.pin.0.pop();
            }
            _ => {}
        }
    }

    /// The second line is not the beginning of the first.
    pub(super) fn differs(&self) -> bool {
        !self.pin.0.starts_with(&self.again.0)
    }

    /// What stands there can be sent: whose code, or the new PIN twice.
    pub(super) fn is_complete(&self) -> bool {
        match self.code {
            None => self.staff.is_some(),
            Some(_) => self.pin.0.len() == PIN_DIGITS && self.pin == self.again,
        }
    }
}

impl Desk {
    /// Everybody who has a PIN.
    pub(super) fn staff(&self) -> &[(AgentId, String)] {
        self.showroom.as_ref().map_or(&[], |s| s.staff.as_slice())
    }

    pub(super) fn staff_name<'a>(&'a self, id: &'a AgentId) -> &'a str {
        let found = self.staff().iter().find(|(staff, _)| staff == id);
        found.map_or_else(|| self.agent_name(id), |(_, name)| name)
    }

    pub(super) fn choose_for_new_pin(&mut self, mut new: NewPinSheet, index: usize) {
        if new.code.is_none() {
            new.staff = self.staff().get(index).map(|(id, _)| id.clone());
        }
        self.sheet = Some(Sheet::NewPin(new));
    }

    pub(super) fn confirm_new_pin(&mut self, new: NewPinSheet) -> Vec<Effect> {
        if !new.is_complete() {
            return Vec::new();
        }
        match (new.staff.clone(), new.code.clone()) {
            (Some(staff), Some(OneTimeCode { code, .. })) => {
                let pin = new.pin;
                self.deed(Deed::SetPin { staff, code, pin })
            }
            (Some(staff), None) if self.manager.is_some() => self.deed(Deed::PinCode { staff }),
            // The sign-in was over meanwhile.
            _ => {
                self.with_manager(Some(Sheet::NewPin(new)));
                Vec::new()
            }
        }
    }

    pub(super) fn new_pin_key(&mut self, index: usize) -> Vec<Effect> {
        let Some(Sheet::NewPin(new)) = &mut self.sheet else {
            return Vec::new();
        };
        match PadKey::at(index) {
            PadKey::Enter => {
                let new = new.clone();
                self.confirm_new_pin(new)
            }
            key => {
                new.press(key);
                Vec::new()
            }
        }
    }

    /// The code has come; it stands on the sheet alone, and goes with it.
    pub(super) fn show_code(&mut self, deed: &Deed, code: OneTimeCode, now: Millis) {
        if let (Deed::PinCode { staff }, Some(Sheet::NewPin(new))) = (deed, &mut self.sheet)
            && new.staff.as_ref() == Some(staff)
        {
            new.code = Some(code);
            self.typed_at = now;
        }
    }

    pub(super) fn pin_is_set(&mut self, staff: &AgentId, now: Millis) {
        let at_it =
            |s: &Sheet| matches!(s, Sheet::NewPin(new) if new.staff.as_ref() == Some(staff));
        self.sheet.take_if(|sheet| at_it(sheet));
        let name = self.staff_name(staff).to_owned();
        self.tell("pin_is_set", &[("name", &name)], Tone::Good, now);
    }

    /// A code does not stay on a screen that nobody works at.
    pub(super) fn forget_code(&mut self, now: Millis) {
        let over = now >= self.typed_at.plus_seconds(STAYS_SECONDS);
        let shown = |s: &Sheet| matches!(s, Sheet::NewPin(new) if new.code.is_some());
        self.sheet.take_if(|sheet| over && shown(sheet));
    }
}
