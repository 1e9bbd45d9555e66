//! Registering a party by hand (代客登记): the kiosk's questions, asked aloud. The notice is shown
//! first in the guest's language (P1), each purpose is answered by its own yes or no and nothing is
//! preset (P2), and personal fields open only with the reception's consent and an adult (P4). A guest
//! who wants none of it gets a ticket all the same.

use crate::core::consent::{Consent, RECEPTION};
use crate::core::foretold::WaitRange;
use crate::core::guest_name::Title;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;

use jiff::tz::TimeZone;

use super::Effect;
use super::broker::{Broker, BrokerLine, Brought};
use super::picture::{Booked, Private, Showroom, Trouble, Visit};
use crate::core::ticket::Line;
use crate::core::time::Millis;

/// Largest party the wire carries.
const LARGEST_PARTY: u32 = 99;
/// Longest name typed, characters.
const LONGEST_NAME: usize = 20;
/// Longest telephone typed, characters.
const LONGEST_PHONE: usize = 20;
/// Fewest and most digits of a telephone number (E.164; a landline without its area code).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A change to the form.
#[derive(Clone, Debug)]
pub enum Edit {
    /// One of the showroom's languages.
    Language(usize),
    /// The notice was shown to the guest, in the chosen language.
    NoticeShown,
    FirstVisit(bool),
    Purpose(usize),
    Party(i32),
    /// Pressing the chosen drink again takes it back.
    Drink(usize),
    /// As with a drink.
    AskedFor(Option<AgentId>),
    /// Is the guest fourteen or older, or with an adult who answers?
    Adult(bool),
    Consent {
        index: usize,
        given: bool,
    },
    Surname(String),
    GivenName(String),
    Title(Title),
    Phone(String),
    /// The choice at this index among the brokers' registrations: those known, then the one to type.
    Broker(usize),
    BrokerLine(BrokerLine, String),
    BrokerAgent(AgentId),
}

/// What is sent, before sealing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub notice_version: String,
    pub notice_hash: String,
    pub consents: Vec<Consent>,
    pub asked_for: Option<AgentId>,
    pub drink: Option<String>,
    /// The appointment the party came for (rule 3).
    pub appointment: Option<String>,
    /// The broker's registration the party came with (rule 3b).
    pub channel: Option<Brought>,
    /// A part of this party goes on by itself (rule 8).
    pub split_from: Option<VisitId>,
    /// Only with consent and a surname.
    pub person: Option<Person>,
}

/// Who the guest is; sealed before it leaves this machine (P7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub surname: Private,
    pub given_name: Option<Private>,
    pub title: Title,
    pub phone: Option<Private>,
}

/// The ticket the floor gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    pub visit: VisitId,
    pub ticket: String,
    pub ahead: u32,
    /// The likeliest wait, seconds.
    pub wait_s: u32,
    /// `None`: nothing can be foretold.
    pub wait_range: Option<WaitRange>,
    /// Name and place of the agent in turn, if there is one.
    pub agent: Option<(String, String)>,
}

/// A yes or no that was given or is still open.
pub type Answer = Option<bool>;

/// What becomes of a form that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    /// Not sent, or refused: it can be changed.
    Open,
    Sent {
        key: String,
    },
    /// No answer came and it may have arrived. It can only be sent again as it is, with its key,
    /// so that the party cannot get two tickets.
    Uncertain {
        key: String,
    },
    Done(Registered),
}

/// The form.
pub(super) struct Form {
    pub language: Language,
    pub notice_shown: bool,
    pub notice_version: String,
    pub notice_hash: String,
    pub first_visit: Answer,
    pub purpose: Option<String>,
    pub party_size: u32,
    pub drink: Option<String>,
    pub asked_for: Option<AgentId>,
    pub adult: Answer,
    /// By the notice's purposes, in their order.
    pub consents: Vec<(String, Answer)>,
    pub surname: String,
    pub given_name: String,
    pub title: Title,
    pub phone: String,
    pub sending: Sending,
    pub appointment: Option<String>,
    pub broker: Broker,
    pub split_from: Option<VisitId>,
    /// Most people this party can have.
    pub largest: u32,
}

impl Form {
    /// A part of `whole` goes by itself: the same language and purpose, fewer people.
    pub fn parted(showroom: &Showroom, whole: &Visit) -> Self {
        let mut form = Self::new(showroom, whole.language);
        form.first_visit = Some(whole.first_visit);
        let known = showroom.purposes.iter().any(|p| p.id == whole.purpose);
        form.purpose = known.then(|| whole.purpose.clone());
        form.split_from = Some(whole.id);
        form.largest = whole.party_size.saturating_sub(1).max(1);
        form
    }

    /// The party that came for `booked`.
    pub fn appointed(showroom: &Showroom, language: Language, booked: &Booked) -> Self {
        let mut form = Self::new(showroom, language);
        let line = |line| showroom.purposes.iter().find(move |p| p.line == line);
        let purpose = line(Line::Appointment).or_else(|| line(Line::New));
        form.purpose = purpose.map(|p| p.id.clone());
        form.appointment = Some(booked.id.clone());
        form.asked_for = Some(booked.agent.clone());
        form
    }

    pub fn new(showroom: &Showroom, language: Language) -> Self {
        let mut form = Self {
            language,
            notice_shown: false,
            notice_version: String::new(),
            notice_hash: String::new(),
            first_visit: None,
            purpose: None,
            party_size: 1,
            drink: None,
            asked_for: None,
            adult: None,
            consents: Vec::new(),
            surname: String::new(),
            given_name: String::new(),
            title: Title::None,
            phone: String::new(),
            sending: Sending::Open,
            appointment: None,
            broker: Broker::default(),
            split_from: None,
            largest: LARGEST_PARTY,
        };
        if !showroom.languages.contains(&language) {
            form.language = showroom.languages.first().copied().unwrap_or(language);
        }
        form.take_notice(showroom);
        form
    }

    /// Begins the questions about data anew: for another language or another version of the notice.
    fn take_notice(&mut self, showroom: &Showroom) {
        self.notice_shown = false;
        self.notice_version = showroom.notice.version.clone();
        self.notice_hash = showroom.notice.hash.clone();
        self.consents = showroom
            .notice
            .purposes
            .iter()
            .map(|p| (p.id.clone(), None))
            .collect();
        self.forget_person();
    }

    fn forget_person(&mut self) {
        self.surname.clear();
        self.given_name.clear();
        self.phone.clear();
        self.title = Title::None;
    }

    pub fn edit(&mut self, edit: Edit, showroom: &Showroom) {
        if self.sending != Sending::Open {
            return;
        }
        let data_stops = self.notice_shown && !showroom.recipient_is_pinned;
        if data_stops || self.notice_hash != showroom.notice.hash {
            self.adult = None;
            self.take_notice(showroom);
        }
        match edit {
            Edit::Language(index) => {
                let pressed = showroom.languages.get(index).copied();
                if let Some(language) = pressed.filter(|l| *l != self.language) {
                    self.language = language;
                    self.adult = None;
                    self.take_notice(showroom);
                }
            }
            Edit::NoticeShown => self.notice_shown = showroom.recipient_is_pinned,
            Edit::FirstVisit(first) => self.first_visit = Some(first),
            Edit::Purpose(index) => {
                self.purpose = showroom.purposes.get(index).map(|p| p.id.clone());
            }
            Edit::Party(by) => {
                self.party_size = self
                    .party_size
                    .saturating_add_signed(by)
                    .clamp(1, self.largest);
            }
            Edit::Drink(index) => {
                let pressed = showroom.drinks.get(index).map(|d| d.id.clone());
                self.drink = if pressed == self.drink { None } else { pressed };
            }
            Edit::AskedFor(agent) => {
                self.asked_for = if agent == self.asked_for { None } else { agent };
            }
            Edit::BrokerLine(line, text) => self.broker.write(line, &text),
            Edit::BrokerAgent(agent) => self.broker.agent = Some(agent),
            Edit::Adult(adult) if self.notice_shown => {
                if self.adult != Some(adult) {
                    // A child is not asked: every purpose counts as refused.
                    let answer = (!adult).then_some(false);
                    self.consents.iter_mut().for_each(|c| c.1 = answer);
                    self.forget_person();
                }
                self.adult = Some(adult);
            }
            Edit::Consent { index, given } if self.consent_is_open() => {
                if let Some(consent) = self.consents.get_mut(index) {
                    consent.1 = Some(given);
                }
                if !self.person_is_open() {
                    self.forget_person();
                }
            }
            Edit::Surname(text) if self.person_is_open() => {
                self.surname = short(&text, LONGEST_NAME)
            }
            Edit::GivenName(text) if self.person_is_open() => {
                self.given_name = short(&text, LONGEST_NAME);
            }
            Edit::Title(title) if self.person_is_open() => self.title = title,
            Edit::Phone(text) if self.person_is_open() => self.phone = short(&text, LONGEST_PHONE),
            Edit::Adult(_)
            | Edit::Consent { .. }
            | Edit::Surname(_)
            | Edit::GivenName(_)
            | Edit::Title(_)
            | Edit::Phone(_)
            // Needs what the floor knows.
            | Edit::Broker(_) => {}
        }
    }

    /// The purposes can be asked: the notice was shown and the one who answers may answer.
    pub fn consent_is_open(&self) -> bool {
        self.notice_shown && self.adult == Some(true)
    }

    /// Names and telephone can be typed.
    pub fn person_is_open(&self) -> bool {
        self.consent_is_open()
            && self
                .consents
                .iter()
                .any(|(id, given)| id == RECEPTION && *given == Some(true))
    }

    pub fn phone_is_good(&self) -> bool {
        let phone = self.phone.trim();
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        phone.is_empty()
            || (PHONE_DIGITS.contains(&digits)
                && phone
                    .strip_prefix('+')
                    .unwrap_or(phone)
                    .chars()
                    .all(|c| c.is_ascii_digit() || " -()".contains(c)))
    }

    /// What is still missing, as the names of words under `desk.`; in the order of the form.
    pub fn missing(&self, zone: &TimeZone, now: Millis) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut need = |there: bool, word| {
            if !there {
                missing.push(word);
            }
        };
        need(self.first_visit.is_some(), "missing_first_visit");
        need(self.purpose.is_some(), "missing_purpose");
        need(self.broker.is_complete(zone, now), "missing_broker");
        need(!self.notice_shown || self.adult.is_some(), "missing_adult");
        need(
            !self.consent_is_open() || self.consents.iter().all(|(_, given)| given.is_some()),
            "missing_consents",
        );
        let person = self.surname.trim().is_empty()
            && !(self.given_name.trim().is_empty() && self.phone.trim().is_empty());
        need(!person, "missing_surname");
        need(self.phone_is_good(), "missing_phone");
        missing
    }

    fn registration(&self, zone: &TimeZone, now: Millis) -> Option<Registration> {
        if !self.missing(zone, now).is_empty() {
            return None;
        }
        let private = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| Private(text.to_owned()))
        };
        Some(Registration {
            language: self.language,
            first_visit: self.first_visit?,
            purpose: self.purpose.clone()?,
            party_size: self.party_size,
            notice_version: self.notice_version.clone(),
            notice_hash: self.notice_hash.clone(),
            consents: self
                .consents
                .iter()
                .filter_map(|(purpose, given)| {
                    Some(Consent {
                        purpose: purpose.clone(),
                        given: (*given)?,
                    })
                })
                .collect(),
            asked_for: self.asked_for.clone(),
            drink: self.drink.clone(),
            appointment: self.appointment.clone(),
            channel: self.broker.brought(zone, now),
            split_from: self.split_from,
            person: private(&self.surname)
                .filter(|_| self.person_is_open())
                .map(|surname| Person {
                    surname,
                    given_name: private(&self.given_name),
                    title: self.title,
                    phone: private(&self.phone),
                }),
        })
    }

    /// Nothing was sent, or it was refused.
    pub fn is_open(&self) -> bool {
        self.sending == Sending::Open
    }

    pub fn submit(&mut self, fresh_key: String, zone: &TimeZone, now: Millis) -> Option<Effect> {
        let key = match &self.sending {
            Sending::Open => fresh_key,
            Sending::Uncertain { key } => key.clone(),
            Sending::Sent { .. } | Sending::Done(_) => return None,
        };
        let registration = Box::new(self.registration(zone, now)?);
        self.sending = Sending::Sent { key: key.clone() };
        Some(Effect::Register { key, registration })
    }

    /// Takes the answer to `key`; an answer to a form closed before is none of this one's.
    pub fn answered(&mut self, to: &str, result: Result<Registered, Trouble>) {
        let Sending::Sent { key } = &self.sending else {
            return;
        };
        if key != to {
            return;
        }
        self.sending = match result {
            Ok(registered) => {
                let done = Sending::Done(registered);
                self.forget_person();
                done
            }
            Err(trouble) if trouble.is_uncertain() => Sending::Uncertain { key: key.clone() },
            Err(_) => Sending::Open,
        };
    }
}

fn short(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
