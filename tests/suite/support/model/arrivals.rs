//! Who comes in, and with whom they belong (rules 1 to 6 and 8).

use yingbin::core::booking::{Appointment, Verdict};
use yingbin::core::floor::PHONE_CALL;
use yingbin::core::ticket::{Line, TicketNumber};
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{CheckIn, OwnerSource, VisitState, WantedBy};

use super::{Guest, Model, Time, Wish, Word};

impl Model {
    pub fn check_in(&mut self, said: &CheckIn, now: Time) -> Word {
        if self.day.is_none() {
            return Err("no_day_open");
        }
        let ticket = said.visit.to_string();
        if self.guest(&ticket).is_some() {
            return Err("visit_exists");
        }
        let purpose = self
            .site
            .visit_purposes
            .iter()
            .find(|p| p.id == said.purpose);
        // What a kiosk promised is not refused for what has changed meanwhile.
        let promised = said.issued.as_ref();
        let asked_line = match purpose {
            _ if said.purpose == PHONE_CALL => Line::Phone,
            Some(purpose) => purpose.line,
            None if promised.is_some() => Line::New,
            None => return Err("unknown_purpose"),
        };
        let mut said = said.clone();
        if let Some(asked) = &said.asked_for
            && !self.counts(&asked.0)
        {
            if promised.is_none() {
                return Err("unknown_agent");
            }
            said.asked_for = None;
        }
        let said = &said;
        let (mut came, mut arrival) = (now, self.guests.len());
        let mut of_past_day = false;
        if let Some(promise) = promised {
            // A party stands where it came; a kiosk's clock may run ahead.
            came = promise.at.0.min(now);
            of_past_day = self.day.as_ref().is_some_and(|open| promise.day < *open);
            if !of_past_day && self.is_taken(promise.ticket) {
                return Err("number_taken");
            }
        }
        let mut parted = false;
        if let Some(from) = &said.split_from {
            let from = from.to_string();
            let whole = self.guest(&from).ok_or("unknown_visit")?;
            if whole.state.is_over() || (whole.rota == 1) != (asked_line == Line::Phone) {
                return Err("cannot_join");
            }
            if said.party_size >= whole.size {
                return Err("party_size");
            }
            (came, arrival) = (whole.came, whole.arrival);
            self.guest_mut(&from).size -= said.party_size;
            parted = true;
        }
        let line = if asked_line == Line::New && !said.first_visit {
            Line::Returning
        } else {
            asked_line
        };
        let wish = self.whose_guest(said, line, came);
        let number = match promised {
            Some(promise) => promise.ticket,
            None => {
                let last = self.numbers.entry(line).or_default();
                *last += 1;
                TicketNumber::of_line(line, *last)
            }
        };
        self.write(Rule::Queue, "checked_in", Some(&ticket), None);
        if parted {
            self.write(Rule::Party, "parted", Some(&ticket), None);
        }
        let by = wish.as_ref().map(|w| &w.by);
        let expected = said.appointment.is_some() || line == Line::Appointment;
        if expected && !matches!(by, Some(WantedBy::Appointment { .. })) {
            let rule = Rule::Appointment;
            self.write(rule, "no_such_appointment", Some(&ticket), None);
        }
        if let Some(registration) = &said.channel {
            let agent = Some(registration.agent.as_str());
            self.write(Rule::Channel, "channel_judged", Some(&ticket), agent);
        }
        let forgot = !said.first_visit && wish.is_none() && line != Line::Phone;
        self.guests.push(Guest {
            ticket: ticket.clone(),
            number,
            also: None,
            of_past_day,
            line,
            rota: usize::from(line == Line::Phone),
            state: VisitState::Waiting,
            came,
            arrival,
            late: None,
            since: now,
            size: said.party_size,
            wish,
            with: None,
            waits: None,
            learned: None,
            co_owners: Default::default(),
            refused: vec![],
            recalls: 0,
            calls: 0,
            called: None,
            reception: Default::default(),
            chores: Default::default(),
            parked_until: None,
            missed: false,
            no_buyer: false,
            pass_struck: false,
            slip: None,
        });
        if of_past_day {
            // Recorded; whoever came then has gone.
            self.set_state(&ticket, VisitState::Left, now);
            self.write(Rule::NewDay, "closed_by_new_day", Some(&ticket), None);
            return Ok(());
        }
        if forgot {
            self.write(Rule::Forgotten, "forgot_with_whom", Some(&ticket), None);
        }
        self.wait_again(&ticket, now);
        self.ask_for_the_owner(&ticket, now);
        Ok(())
    }

    /// Appointment before broker's client before owner before the name asked for.
    /// Who no longer works here owns nobody.
    fn whose_guest(&self, said: &CheckIn, line: Line, came: Time) -> Option<Wish> {
        let wish = |agent: &yingbin::core::id::AgentId, by| {
            Some(Wish {
                agent: agent.0.clone(),
                by,
            })
        };
        let appointment = match &said.appointment {
            Some(id) => self.appointments.get(id),
            None => self.nearest_appointment(said, line, came),
        };
        if let Some(known) = appointment.filter(|a| self.counts(&a.agent.0)) {
            let by = WantedBy::Appointment {
                id: known.id.clone(),
                time: known.time,
            };
            return wish(&known.agent, by);
        }
        if let Some(registration) = &said.channel {
            let arrived = yingbin::core::time::Millis(came);
            let valid = registration.verdict(arrived) == Verdict::Valid;
            if valid && self.counts(&registration.agent.0) {
                let by = WantedBy::Channel {
                    broker: registration.broker.clone(),
                };
                return wish(&registration.agent, by);
            }
        }
        if let Some(owner) = said.owner.as_ref().filter(|o| self.counts(&o.agent.0)) {
            let by = WantedBy::Owner {
                source: OwnerSource::Centre,
                bought: owner.bought || has_bought(line),
            };
            return wish(&owner.agent, by);
        }
        let asked = said.asked_for.as_ref()?;
        if said.first_visit {
            return wish(asked, WantedBy::Name);
        }
        let by = WantedBy::Owner {
            source: OwnerSource::Guest,
            bought: has_bought(line),
        };
        wish(asked, by)
    }

    /// Who comes for an appointment with somebody, without saying which.
    fn nearest_appointment(&self, said: &CheckIn, line: Line, came: Time) -> Option<&Appointment> {
        let asked = said
            .asked_for
            .as_ref()
            .filter(|_| line == Line::Appointment)?;
        let mut nearest: Option<&Appointment> = None;
        for appointment in self.appointments.values() {
            let taken = self.guests.iter().any(|g| {
                matches!(&g.wish, Some(Wish { by: WantedBy::Appointment { id, .. }, .. }) if *id == appointment.id)
            });
            // Those of other days are on the list too; the house is at UTC+8.
            let day = |at: Time| (at + 8 * 3_600_000).div_euclid(24 * 3_600_000);
            if day(appointment.time.0) != day(came) {
                continue;
            }
            let distance = |a: &Appointment| (a.time.0 - came).abs();
            let nearer = nearest.is_none_or(|n| distance(appointment) < distance(n));
            if appointment.agent == *asked && !taken && nearer {
                nearest = Some(appointment);
            }
        }
        nearest
    }
}

/// Whatever the centre has heard yet: who comes to sign or after the sale has bought.
pub const fn has_bought(line: Line) -> bool {
    matches!(line, Line::Signing | Line::AfterSales)
}
