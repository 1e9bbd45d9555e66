//! What the registration form shows.

use super::{Choice, Field};
use crate::core::foretold::say_wait;
use crate::core::guest_name::Title;
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::time::Millis;

use super::super::broker::Chosen;
use super::super::picture::Private;
use super::super::register::{Answer, Form, Sending};
use super::super::{Desk, Showroom};

/// One purpose with its own yes and no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    /// In the receptionist's language, to be asked aloud.
    pub text: String,
    pub answer: Answer,
}

/// The form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormView {
    pub languages: Vec<Choice>,
    pub first_visit: Answer,
    pub purposes: Vec<Choice>,
    pub party_size: u32,
    pub largest_party: u32,
    /// Of which appointment or party this is, or empty.
    pub about: String,
    pub drinks: Vec<Choice>,
    /// Agents in the rota, in the order of turns.
    pub agents: Vec<Choice>,
    /// Brokers' registrations the floor knows, then the one to be typed.
    pub brokers: Vec<Choice>,
    /// To be typed; empty where one that is known was chosen, or none.
    pub broker_fields: Vec<Field>,
    /// The channel desk's agents, with the fields.
    pub broker_agents: Vec<Choice>,
    /// What comes of the registration; empty while it is not complete.
    pub broker_words: String,
    /// The notice in the guest's language.
    pub notice: String,
    /// `已出示（版本 …）`
    pub notice_done: String,
    pub notice_shown: bool,
    /// What to do about personal data before the notice was shown.
    pub data_hint: String,
    pub can_take_data: bool,
    pub adult: Answer,
    pub consents_open: bool,
    pub consents: Vec<ConsentRow>,
    pub person_open: bool,
    pub surname: Private,
    pub given_name: Private,
    pub title: Title,
    pub phone: Private,
    pub phone_is_good: bool,
    /// What is still missing, in words; empty: it can be sent.
    pub missing: String,
    pub can_submit: bool,
    pub sending: bool,
    /// It may have arrived: only the same form can be sent again.
    pub uncertain: String,
    /// Nothing can be changed.
    pub locked: bool,
    /// The ticket's number once there is one.
    pub ticket: String,
    /// The agent, or the parties ahead and the wait.
    pub ticket_words: String,
}

impl Desk {
    /// The agents a guest may ask for, in the order they are shown.
    pub fn agents_to_ask_for(&self) -> Vec<crate::core::id::AgentId> {
        self.picture
            .iter()
            .flat_map(|p| &p.agents)
            .filter(|a| a.status != "off")
            .map(|a| a.id.clone())
            .collect()
    }

    /// The channel desk's agents, in the order they are shown.
    pub fn broker_agent_ids(&self) -> Vec<crate::core::id::AgentId> {
        self.in_turn().into_iter().map(|a| a.id.clone()).collect()
    }

    pub(super) fn form_view(&self, now: Millis) -> Option<FormView> {
        let (form, showroom) = (self.form.as_ref()?, self.showroom.as_ref()?);
        let missing = form.missing(&self.zone, now);
        let typed = form.broker.chosen == Chosen::Shown;
        let (ticket, ticket_words) = self.outcome(form);
        Some(FormView {
            languages: showroom
                .languages
                .iter()
                .map(|l| choice(self.language_name(*l), *l == form.language))
                .collect(),
            first_visit: form.first_visit,
            purposes: showroom
                .purposes
                .iter()
                .map(|p| {
                    let chosen = form.purpose.as_ref() == Some(&p.id);
                    choice(p.text.get(self.language).to_owned(), chosen)
                })
                .collect(),
            party_size: form.party_size,
            largest_party: form.largest,
            about: self.form_about(form),
            drinks: showroom
                .drinks
                .iter()
                .map(|d| {
                    let chosen = form.drink.as_ref() == Some(&d.id);
                    choice(d.text.get(self.language).to_owned(), chosen)
                })
                .collect(),
            agents: self
                .agents_to_ask_for()
                .iter()
                .map(|id| {
                    choice(
                        self.agent_name(id).to_owned(),
                        form.asked_for.as_ref() == Some(id),
                    )
                })
                .collect(),
            brokers: self.broker_choices(&form.broker),
            broker_fields: if typed {
                self.broker_fields(&form.broker, now)
            } else {
                Vec::new()
            },
            broker_agents: if typed {
                self.broker_agents(&form.broker).choices
            } else {
                Vec::new()
            },
            broker_words: self.verdict_words(&form.broker, now, now),
            notice: showroom.notice.text.get(form.language).to_owned(),
            notice_done: self.say("form_notice_shown", &[("version", &form.notice_version)]),
            notice_shown: form.notice_shown,
            data_hint: if showroom.recipient_is_pinned {
                self.say("form_notice", &[])
            } else {
                self.say("form_no_data", &[])
            },
            can_take_data: showroom.recipient_is_pinned,
            adult: form.adult,
            consents_open: form.consent_is_open(),
            consents: self.consents(form, showroom),
            person_open: form.person_is_open(),
            surname: Private(form.surname.clone()),
            given_name: Private(form.given_name.clone()),
            title: form.title,
            phone: Private(form.phone.clone()),
            phone_is_good: form.phone_is_good(),
            missing: self.missing_words(&missing),
            can_submit: missing.is_empty()
                && matches!(form.sending, Sending::Open | Sending::Uncertain { .. }),
            sending: matches!(form.sending, Sending::Sent { .. }),
            uncertain: match form.sending {
                Sending::Uncertain { .. } => self.say("form_uncertain", &[]),
                _ => String::new(),
            },
            locked: form.sending != Sending::Open,
            ticket,
            ticket_words,
        })
    }

    fn missing_words(&self, missing: &[&str]) -> String {
        if missing.is_empty() {
            return String::new();
        }
        let words: Vec<String> = missing.iter().map(|word| self.say(word, &[])).collect();
        let what = words.join(&self.say("list_separator", &[]));
        self.say("still_missing", &[("what", &what)])
    }

    fn consents(&self, form: &Form, showroom: &Showroom) -> Vec<ConsentRow> {
        form.consents
            .iter()
            .map(|(id, answer)| ConsentRow {
                text: showroom
                    .notice
                    .purposes
                    .iter()
                    .find(|p| p.id == *id)
                    .map_or(id.as_str(), |p| p.text.get(self.language))
                    .to_owned(),
                answer: *answer,
            })
            .collect()
    }

    fn outcome(&self, form: &Form) -> (String, String) {
        let Sending::Done(done) = &form.sending else {
            return Default::default();
        };
        let words = match &done.agent {
            Some((name, place)) => {
                let place = say_place(self.language, place);
                self.say("ticket_agent", &[("name", name), ("place", &place)])
            }
            None => self.say(
                "ticket_wait",
                &[
                    ("ahead", &done.ahead.to_string()),
                    (
                        "wait",
                        &say_wait(self.language, done.wait_s, done.wait_range, false),
                    ),
                ],
            ),
        };
        (done.ticket.clone(), words)
    }

    fn form_about(&self, form: &Form) -> String {
        if let Some(whole) = form.split_from.and_then(|id| self.visit(id)) {
            return self.say("form_parted", &[("ticket", &whole.ticket)]);
        }
        let booked = self.picture.iter().flat_map(|p| &p.appointments);
        let booked = booked
            .into_iter()
            .find(|b| Some(&b.id) == form.appointment.as_ref());
        booked.map_or_else(String::new, |b| {
            let time = crate::core::clock::hour_minute(b.time, &self.zone);
            let with = [("time", time.as_str()), ("name", self.agent_name(&b.agent))];
            self.say("form_appointed", &with)
        })
    }

    fn language_name(&self, language: Language) -> String {
        self.say(&format!("language_{}", language.tag()), &[])
    }
}

fn choice(label: String, chosen: bool) -> Choice {
    Choice {
        label,
        chosen,
        enabled: true,
        ..Choice::default()
    }
}
