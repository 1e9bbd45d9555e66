//! The house's rule sheet a second time, as a clerk with pencil and paper would keep it: lists,
//! names and numbers, one rule after the other. Written from the rule sheet alone and in another
//! way than `yingbin::core::floor`, whose logic it must never use: only the words of commands and
//! of the book are common. Where both agree on thousands of random days, a slip would have to have
//! been made twice, differently written.

mod arrivals;
mod clock;
mod house;
mod line;
pub mod seen;
mod steps;
mod turns;

use std::collections::BTreeMap;

use yingbin::core::booking::Appointment;
use yingbin::core::floor::Command;
use yingbin::core::house_rules::HouseRules;
use yingbin::core::rota::AwayReason;
use yingbin::core::site::Site;
use yingbin::core::ticket::Line;
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{VisitState, WantedBy};

use seen::OfferSeen;

/// A visit's id, as text.
pub type Ticket = String;
/// An agent's id.
pub type Name = String;
/// Milliseconds since the epoch.
pub type Time = i64;
/// How a command ended: fine, or the code of the refusal.
pub type Word = Result<(), &'static str>;

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;

/// What an agent is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Doing {
    Off,
    Ready,
    Offered(Ticket),
    Serving(Ticket),
    Away(AwayReason, Time),
}

/// An owed turn on a slip of paper; slips are numbered as they are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Owed {
    pub date: Time,
    pub number: u64,
    /// The guest whose turn was given back.
    pub guest: Option<Ticket>,
}

/// One agent's page for one rota.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub received: i64,
    pub lost: i64,
    pub start: i64,
    pub prepaid: i64,
    pub penalties: i64,
    pub owed: Vec<Owed>,
}

impl Page {
    /// Received + owed − prepaid.
    pub fn measure(&self) -> i64 {
        self.received + self.owed.len() as i64 - self.prepaid
    }

    pub fn write_owed(&mut self, slip: Owed) {
        self.owed.push(slip);
        self.owed.sort_by_key(|o| (o.date, o.number));
    }

    pub fn given_back_from(&self, ticket: &str) -> Option<Owed> {
        let own = |o: &&Owed| o.guest.as_deref() == Some(ticket);
        self.owed.iter().find(own).cloned()
    }

    pub fn strike_owed(&mut self, number: u64) -> Option<Owed> {
        let at = self.owed.iter().position(|o| o.number == number)?;
        Some(self.owed.remove(at))
    }
}

#[derive(Clone, Debug)]
pub struct Person {
    pub name: Name,
    /// On the staff list and signed off by the coach.
    pub counted: bool,
    pub place: String,
    pub doing: Doing,
    pub since: Time,
    pub vouched: Time,
    pub leaving: Option<(AwayReason, Time)>,
    pub suspended: Option<Time>,
    pub overdue: u32,
    /// Walk-in and phone.
    pub pages: [Page; 2],
}

impl Person {
    pub fn has_guest(&self) -> bool {
        matches!(self.doing, Doing::Offered(_) | Doing::Serving(_))
    }

    pub fn free(&self) -> bool {
        self.counted && self.doing == Doing::Ready && self.suspended.is_none()
    }
}

/// What an offer cost.
#[derive(Clone, Debug, PartialEq)]
pub enum Cost {
    Turn,
    Debt(Owed),
    Prepaid,
    Nothing,
    /// The slip written in the turn's place.
    Courtesy(Option<u64>),
}

/// The agent a guest is with.
#[derive(Clone, Debug)]
pub struct With {
    pub agent: Name,
    pub rule: Rule,
    pub cost: Cost,
    pub accept_by: Time,
}

/// Whose guest this is.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    pub agent: Name,
    pub by: WantedBy,
}

/// What can be taken back for ten seconds.
#[derive(Clone, Debug)]
pub struct Slip {
    pub until: Time,
    pub state: VisitState,
    pub since: Time,
    pub with: Option<With>,
    pub parked_until: Option<Time>,
}

#[derive(Clone, Debug)]
pub struct Guest {
    pub ticket: Ticket,
    pub line: Line,
    /// 0: walk-in, 1: phone.
    pub rota: usize,
    pub state: VisitState,
    pub came: Time,
    /// Parts of one party share their place.
    pub arrival: usize,
    pub late: Option<Time>,
    pub since: Time,
    pub size: u32,
    pub wish: Option<Wish>,
    pub with: Option<With>,
    pub waits: Option<(Name, Time)>,
    /// What the centre said later about whose guest this is.
    pub learned: Option<(Name, bool)>,
    pub refused: Vec<Name>,
    pub recalls: u32,
    pub parked_until: Option<Time>,
    pub missed: bool,
    pub no_buyer: bool,
    pub slip: Option<Slip>,
}

impl Guest {
    /// Rule 10: who refuses the owner goes by turn.
    pub fn wish_now(&self) -> Option<&Wish> {
        self.wish
            .as_ref()
            .filter(|w| !self.refused.contains(&w.agent))
    }
}

/// One rota: who is in it, and whose turn it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub names: Vec<Name>,
    pub cursor: Option<Name>,
}

/// The whole desk.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub day: Option<String>,
    pub last: Time,
    pub rules: HouseRules,
    pub site: Site,
    pub people: Vec<Person>,
    pub rows: [Row; 2],
    pub list: Vec<Name>,
    pub appointments: BTreeMap<String, Appointment>,
    /// Today's guests in order of arrival.
    pub guests: Vec<Guest>,
    /// The waiting, each at its own place.
    pub queue: Vec<Ticket>,
    pub run: u32,
    pub numbers: BTreeMap<Line, u32>,
    pub slips: u64,
    /// Offers made by the last command.
    pub offers: Vec<OfferSeen>,
}

impl Model {
    /// Takes a command at `now`; [`Model::look`] then tells what everybody sees.
    pub fn obey(&mut self, command: &Command, now: Time) -> Word {
        self.offers.clear();
        let now = now.max(self.last);
        if let Command::Resume { down_ms } = command {
            self.shift_timers(*down_ms);
        }
        self.let_happen(now);
        let before = self.clone();
        let result = self.carry_out(command, now);
        if result.is_err() {
            *self = before;
        } else {
            self.settle(now);
            self.last = now;
        }
        result
    }

    fn carry_out(&mut self, command: &Command, now: Time) -> Word {
        match command {
            Command::OpenDay { day } => self.open_day(day, now),
            Command::Resume { .. } | Command::Tick | Command::SetRegistrations { .. } => Ok(()),
            Command::SetSite { site } => self.set_site(site, now),
            Command::SetRules { rules } => self.set_rules(rules),
            Command::CheckIn(check_in) => self.check_in(check_in, now),
            Command::Visit { visit, step } => self.step(&visit.to_string(), step, now),
            Command::Agent { agent, to } => self.attend(&agent.0, *to, now),
            Command::SetAppointments { appointments } => {
                self.appointments = appointments
                    .iter()
                    .map(|a| (a.id.clone(), a.clone()))
                    .collect();
                Ok(())
            }
            Command::AddAppointment { appointment } => {
                if self.person(&appointment.agent.0).is_none() {
                    return Err("unknown_agent");
                }
                self.appointments
                    .insert(appointment.id.clone(), appointment.clone());
                Ok(())
            }
            Command::SetOverdue { overdue } => {
                for person in &mut self.people {
                    person.overdue = overdue
                        .iter()
                        .find(|(id, _)| id.0 == person.name)
                        .map_or(0, |(_, n)| *n);
                }
                Ok(())
            }
            Command::LearnOwner { visit, owner } => {
                let ticket = visit.to_string();
                let guest = self.guest(&ticket).ok_or("unknown_visit")?;
                let known = guest
                    .wish
                    .as_ref()
                    .is_some_and(|w| w.agent == owner.agent.0);
                if !known {
                    self.guest_mut(&ticket).learned = Some((owner.agent.0.clone(), owner.bought));
                }
                Ok(())
            }
            Command::NotABuyer { .. } => Ok(()),
            // Screens and pads, numbers of a kiosk's own series, the steps of a reception, closing: not on
            // this sheet yet, and not in its histories.
            Command::Renumber { .. }
            | Command::EnrolDevice { .. }
            | Command::SkipNumbers { .. }
            | Command::Chore { .. }
            | Command::CloseDay { .. }
            | Command::ReopenDay
            | Command::Own { .. }
            | Command::HandGiven { .. }
            | Command::Pad { .. } => Ok(()),
            Command::Manager { order, why } => self.manager(order, why, now),
        }
    }

    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.name == name)
    }

    pub fn person_mut(&mut self, name: &str) -> &mut Person {
        self.people
            .iter_mut()
            .find(|p| p.name == name)
            .expect("a person on the sheet")
    }

    /// On the staff list and signed off by the coach.
    pub fn counts(&self, name: &str) -> bool {
        self.person(name).is_some_and(|p| p.counted)
    }

    pub fn guest(&self, ticket: &str) -> Option<&Guest> {
        self.guests.iter().find(|g| g.ticket == ticket)
    }

    pub fn guest_mut(&mut self, ticket: &str) -> &mut Guest {
        self.guests
            .iter_mut()
            .find(|g| g.ticket == ticket)
            .expect("a guest on the sheet")
    }

    pub fn page(&mut self, name: &str, rota: usize) -> &mut Page {
        &mut self.person_mut(name).pages[rota]
    }

    /// Writes an owed turn down and tells its number.
    pub fn owe(&mut self, name: &str, rota: usize, date: Time, guest: Option<Ticket>) -> u64 {
        let number = self.slips;
        self.slips += 1;
        self.page(name, rota).write_owed(Owed {
            date,
            number,
            guest,
        });
        number
    }
}
