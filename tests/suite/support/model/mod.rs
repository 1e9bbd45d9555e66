//! The house's rule sheet a second time, as a clerk with pencil and paper would keep it: lists,
//! names and numbers, one rule after the other. Written from the rule sheet alone and in another
//! way than `yingbin::core::floor`, whose logic it must never use: only the words of commands and
//! of the book are common. Where both agree on thousands of random days, a slip would have to have
//! been made twice, differently written.

mod arrivals;
mod book;
mod clock;
mod closing;
mod house;
mod kiosks;
mod line;
mod pad;
pub mod seen;
mod steps;
mod turns;

use std::collections::{BTreeMap, BTreeSet};

use yingbin::core::booking::{Appointment, Registration};
use yingbin::core::chore::Chore;
use yingbin::core::floor::Command;
use yingbin::core::house_rules::HouseRules;
use yingbin::core::id::{AgentId, DeviceId};
use yingbin::core::reception::Reception;
use yingbin::core::rota::AwayReason;
use yingbin::core::site::Site;
use yingbin::core::ticket::{Line, TicketNumber};
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{VisitState, WantedBy};

use seen::{LineSeen, OfferSeen};

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
#[derive(Clone, Debug, Default, PartialEq)]
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

#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub name: Name,
    /// On the staff list and signed off by the coach.
    pub counted: bool,
    pub place: String,
    pub doing: Doing,
    pub since: Time,
    /// When the service began, or the desk's word that it goes on.
    pub vouched: Time,
    pub leaving: Option<(AwayReason, Time)>,
    pub suspended: Option<Time>,
    pub overdue: u32,
    /// Guests served to the end today.
    pub served: u32,
    /// Whether the pad is on the line, and since when; `None`: none was used today.
    pub pad: Option<(bool, Time)>,
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
    /// Number and date of the slip written in the turn's place.
    Courtesy(Option<(u64, Time)>),
}

/// The agent a guest is with.
#[derive(Clone, Debug, PartialEq)]
pub struct With {
    pub agent: Name,
    pub rule: Rule,
    pub cost: Cost,
    pub offered_at: Time,
    pub accept_by: Time,
    /// The agent uses a pad, which was not on the line since the offer.
    pub unseen: bool,
    /// Where the guest was called to.
    pub place: String,
}

/// Whose guest this is.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    pub agent: Name,
    pub by: WantedBy,
}

/// What can be taken back for ten seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Slip {
    pub until: Time,
    pub state: VisitState,
    pub since: Time,
    pub with: Option<With>,
    pub parked_until: Option<Time>,
}

/// The latest call on the display: who called, where to, when.
pub type Called = (Name, String, Time);

#[derive(Clone, Debug, PartialEq)]
pub struct Guest {
    pub ticket: Ticket,
    /// What the guest is called by.
    pub number: TicketNumber,
    /// The number the floor had given before the kiosk's was known.
    pub also: Option<TicketNumber>,
    /// Handed over after its day was over.
    pub of_past_day: bool,
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
    /// Who owns a part of the party.
    pub co_owners: BTreeSet<Name>,
    pub refused: Vec<Name>,
    pub recalls: u32,
    /// Announcements since the offer.
    pub calls: u32,
    pub called: Option<Called>,
    pub reception: Reception,
    pub chores: BTreeSet<Chore>,
    pub parked_until: Option<Time>,
    pub missed: bool,
    pub no_buyer: bool,
    /// With it the pass booked ahead was struck out.
    pub pass_struck: bool,
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    pub day: Option<String>,
    pub last: Time,
    pub rules: HouseRules,
    pub site: Site,
    pub people: Vec<Person>,
    pub rows: [Row; 2],
    pub list: Vec<Name>,
    pub appointments: BTreeMap<String, Appointment>,
    pub registrations: BTreeMap<String, Registration>,
    /// Screens and the code each was enrolled by.
    pub screens: BTreeMap<DeviceId, String>,
    /// Closed for today; who was on duty then and has not gone home.
    pub closed: Option<BTreeSet<Name>>,
    /// Today's guests in order of arrival.
    pub guests: Vec<Guest>,
    /// The waiting, each at its own place.
    pub queue: Vec<Ticket>,
    pub run: u32,
    pub numbers: BTreeMap<Line, u32>,
    pub slips: u64,
    /// What was seen at a desk today.
    pub acknowledged: BTreeSet<String>,
    /// Written down although it changes nothing here.
    pub noted: u64,
    /// Offers made by the last command.
    pub offers: Vec<OfferSeen>,
    /// Lines of the book that the last command left.
    pub lines: Vec<LineSeen>,
}

impl Model {
    /// Takes a command at `now`; [`Model::look`] then tells what everybody sees.
    pub fn obey(&mut self, command: &Command, now: Time) -> Word {
        self.offers.clear();
        self.lines.clear();
        // A clock set back stands still until it is there again.
        let now = now.max(self.last);
        if let Command::Resume { down_ms } = command {
            self.shift_timers(*down_ms, now);
        }
        self.let_happen(now);
        let before = self.clone();
        let result = self.carry_out(command, now);
        if result.is_err() {
            *self = before;
        } else {
            self.settle(now);
            // Time is that of what happened last.
            if *self != before {
                self.last = now;
            }
        }
        result
    }

    fn carry_out(&mut self, command: &Command, now: Time) -> Word {
        match command {
            Command::OpenDay { day } => self.open_day(day, now),
            Command::Resume { .. } | Command::Tick => Ok(()),
            Command::SetRegistrations { registrations } => {
                let by_id = registrations.iter().map(|r| (r.id.clone(), r.clone()));
                self.registrations = by_id.collect();
                Ok(())
            }
            Command::SetSite { site } => self.set_site(site, now),
            Command::SetRules { rules } | Command::OfficeRules { rules, .. } => {
                self.set_rules(rules)
            }
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
                self.noted += 1;
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
                self.learn(&visit.to_string(), &owner.agent, owner.bought)
            }
            Command::NotABuyer { .. } => {
                self.write(Rule::NotABuyer, "not_a_buyer", None, None);
                Ok(())
            }
            Command::Renumber { visit, issued, .. } => {
                self.renumber(&visit.to_string(), issued.ticket)
            }
            Command::EnrolDevice { device, enrolled } => self.enrol(device, &enrolled.enrolment),
            Command::SkipNumbers { seen } => {
                self.skip_numbers(*seen);
                Ok(())
            }
            Command::Chore { visit, chore } => self.chore(&visit.to_string(), *chore),
            Command::CloseDay { rest } => self.close(*rest, now),
            Command::ReopenDay => self.reopen(),
            // What was seen at a desk is no matter of turns, but it happened.
            Command::Acknowledge { key } => {
                self.acknowledged.insert(key.clone());
                Ok(())
            }
            Command::Own { agent, visit, deed } => {
                self.own(&agent.0, &visit.to_string(), deed, now)
            }
            Command::HandGiven { visit, kind } => self.hand_given(&visit.to_string(), *kind),
            Command::Pad {
                agent, connected, ..
            } => self.pad(&agent.0, *connected, now),
            Command::Manager { order, why } => self.manager(order, why, now),
        }
    }

    /// The desk is told of a guest who is here, and not of what it knows or the guest has refused.
    fn learn(&mut self, ticket: &str, agent: &AgentId, bought: bool) -> Word {
        let guest = self.guest(ticket).ok_or("unknown_visit")?;
        let known = guest.wish.as_ref().is_some_and(|w| w.agent == agent.0);
        let news = Some((agent.0.clone(), bought));
        let refused = guest.refused.contains(&agent.0);
        if !known && !refused && !guest.state.is_over() && guest.learned != news {
            self.guest_mut(ticket).learned = news;
            self.write(Rule::Owner, "belongs_to", Some(ticket), Some(&agent.0));
        }
        Ok(())
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
