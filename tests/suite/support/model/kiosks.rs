//! Screens, and the numbers a kiosk gave by itself while it was cut off: a promise is never taken
//! back.

use yingbin::core::id::DeviceId;
use yingbin::core::ticket::{Line, TicketNumber};
use yingbin::core::turn_book::Rule;

use super::{Model, Word};

impl Model {
    /// Numbers never repeat on a day.
    pub fn is_taken(&self, number: TicketNumber) -> bool {
        self.guests
            .iter()
            .any(|g| g.number == number && !g.of_past_day)
    }

    /// The kiosk never heard the floor's answer: the guest goes by the number on the paper, and the
    /// other is kept beside it.
    pub fn renumber(&mut self, ticket: &str, number: TicketNumber) -> Word {
        let guest = self.guest(ticket).ok_or("unknown_visit")?;
        if guest.number == number {
            return Ok(());
        }
        if self.is_taken(number) {
            return Err("number_taken");
        }
        let guest = self.guest_mut(ticket);
        guest.also = Some(guest.number);
        guest.number = number;
        self.write(Rule::Flow, "renumbered", Some(ticket), None);
        Ok(())
    }

    /// A code is good for one screen.
    pub fn enrol(&mut self, screen: &DeviceId, code: &str) -> Word {
        if self.screens.get(screen).is_some_and(|used| used == code) {
            return Err("code_used");
        }
        self.screens.insert(screen.clone(), code.to_owned());
        Ok(())
    }

    /// After a restore: another thousand, at least five hundred behind whatever anybody knows of.
    pub fn skip_numbers(&mut self, seen: u32) {
        if self.day.is_none() {
            return;
        }
        let known = self.numbers.values().copied().max().unwrap_or(0).max(seen);
        let mut through = 0;
        while through < known + 500 {
            through += 1000;
        }
        for line in Line::ALL {
            let last = self.numbers.entry(line).or_default();
            *last = through.max(*last);
        }
        self.write(Rule::Flow, "numbers_skipped", None, None);
    }
}
