//! What is to be seen: plain values, ready to draw, in the guest's language.

use super::another::Another;
use super::keyboard::{Field, grouped};
use super::message::{Before, Paper};
use super::site_info::TicketInfo;
use super::{Kiosk, MAX_PARTY, Step};
use crate::core::foretold::say_wait;
use crate::core::guest_name::{Title, address_form};
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::ticket::TicketNumber;
use crate::core::time::Millis;
use crate::core::words::say;

/// Why there is no ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The floor was not heard, several times over.
    Unreachable,
    /// The floor does not know this device any more.
    NotEnrolled,
    /// The floor is not the one this kiosk was enrolled at.
    OtherFloor,
    /// The showroom has closed for today.
    DayClosed,
    /// Any other refusal.
    Refused,
}

impl Trouble {
    /// Whether the same request may still succeed.
    pub const fn can_retry(self) -> bool {
        matches!(self, Self::Unreachable)
    }
    const fn key(self) -> &'static str {
        match self {
            Self::Unreachable => "kiosk.trouble_unreachable",
            Self::NotEnrolled => "kiosk.trouble_not_enrolled",
            Self::OtherFloor => "kiosk.trouble_other_floor",
            Self::DayClosed => "kiosk.trouble_closed",
            Self::Refused => "kiosk.trouble_refused",
        }
    }
}

/// A line of the notice (告知事项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeLine {
    /// E.g. 谁在收集; empty for a line without one.
    pub label: String,
    pub text: String,
}

/// One purpose and the guest's answer; `None`: not answered, which counts as a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    pub purpose: String,
    pub text: String,
    pub answer: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsultantCard {
    pub id: AgentId,
    pub name: String,
    pub title: String,
    /// First character, for the round badge.
    pub initial: String,
    pub chosen: bool,
}

/// One of several to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub id: String,
    pub text: String,
    pub chosen: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneView {
    /// In groups, as people read it.
    pub shown: String,
    pub wrong: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketCard {
    pub number: String,
    pub ahead: String,
    pub wait: String,
    /// 陈静 · 置业顾问, or 请稍候.
    pub consultant: String,
    pub consultant_note: String,
    pub another: Another,
    pub url: String,
    pub paper: Paper,
    pub paper_note: String,
}

/// One screen as it is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub step: Step,
    pub language: Language,
    pub languages: Vec<Language>,
    pub site_name: String,
    /// Place among the five steps, from 1.
    pub progress: Option<u32>,
    pub can_go_back: bool,
    pub can_go_on: bool,
    /// Seconds until the wipe, when to be shown.
    pub countdown: Option<u32>,
    pub before: Option<Before>,
    pub consultants: Vec<ConsultantCard>,
    /// No consultant in particular.
    pub anyone: bool,
    pub notice_title: String,
    pub notice: Vec<NoticeLine>,
    pub notice_renewed: bool,
    pub consents: Vec<ConsentRow>,
    /// Today no personal data is taken (P7).
    pub personal_closed: bool,
    /// Closed for today.
    pub closed: bool,
    pub surnames: Vec<String>,
    pub surname: String,
    pub given_name: String,
    pub title: Title,
    /// How staff will address the guest, as far as known: shown beside the fields.
    pub address_form: String,
    pub field: Option<Field>,
    pub composing: String,
    pub candidates: Vec<String>,
    pub latin: bool,
    pub shift: bool,
    pub phone: PhoneView,
    pub purposes: Vec<Offer>,
    pub party_size: Option<u32>,
    pub max_party: u32,
    pub drinks: Vec<Offer>,
    pub no_drink: bool,
    /// Being tried again after silence.
    pub retrying: bool,
    pub trouble: String,
    pub can_retry: bool,
    pub ticket: Option<TicketCard>,
}

impl Kiosk {
    /// What is to be seen at `now`.
    pub fn view(&self, now: Millis) -> View {
        let session = &self.session;
        let language = self.language;
        let site = self.site.as_ref();
        let (notice_title, notice) = site
            .map(|s| notice_lines(s.notice.text.get(language)))
            .unwrap_or_default();
        let personal_closed = self.personal_closed();
        let on_duty = site.map(|s| s.consultants.as_slice()).unwrap_or_default();
        View {
            step: self.step,
            language,
            languages: match site {
                Some(s) if !s.languages.is_empty() => s.languages.clone(),
                _ => Language::ALL.to_vec(),
            },
            site_name: site
                .map(|s| s.name.get(language).to_owned())
                .unwrap_or_default(),
            progress: self.progress(),
            can_go_back: !matches!(
                self.step,
                Step::Connecting | Step::Welcome | Step::Sending | Step::Ticket | Step::Trouble
            ),
            can_go_on: self.is_filled_in(),
            countdown: self.countdown(now),
            before: session.before,
            consultants: on_duty
                .iter()
                .map(|c| ConsultantCard {
                    id: c.id.clone(),
                    name: c.name.clone(),
                    title: c.title.get(language).to_owned(),
                    initial: c.name.chars().next().map(String::from).unwrap_or_default(),
                    chosen: session.asked_for.as_ref() == Some(&c.id),
                })
                .collect(),
            anyone: session.asked_for.is_none(),
            notice_title,
            notice,
            notice_renewed: session.notice_renewed,
            consents: match site {
                Some(s) if !personal_closed => s
                    .notice
                    .purposes
                    .iter()
                    .map(|p| ConsentRow {
                        purpose: p.id.clone(),
                        text: p.text.get(language).to_owned(),
                        answer: session.consents.get(&p.id).copied(),
                    })
                    .collect(),
                _ => Vec::new(),
            },
            personal_closed,
            closed: site.is_some_and(|s| s.closed),
            // Only where they show: the engine may still be reading its lexicon.
            surnames: match self.step {
                Step::Name => self.ime.common_surnames(),
                _ => Vec::new(),
            },
            surname: session.surname.clone(),
            given_name: session.given_name.clone(),
            title: session.title,
            address_form: if session.surname.trim().is_empty() {
                String::new()
            } else {
                address_form(language, &session.surname, session.title)
            },
            field: session.field,
            composing: session.typing.composing.clone(),
            candidates: session
                .typing
                .candidates
                .iter()
                .map(|c| c.text.clone())
                .collect(),
            latin: session.typing.latin,
            shift: session.typing.shift,
            phone: PhoneView {
                shown: grouped(&session.phone),
                wrong: session.phone_wrong,
            },
            purposes: site
                .map(|s| {
                    s.visit_purposes
                        .iter()
                        .map(|p| Offer {
                            id: p.id.clone(),
                            text: p.text.get(language).to_owned(),
                            chosen: session.purpose.as_ref() == Some(&p.id),
                        })
                        .collect()
                })
                .unwrap_or_default(),
            party_size: session.party_size,
            max_party: MAX_PARTY,
            drinks: site
                .map(|s| {
                    s.drinks
                        .iter()
                        .map(|d| Offer {
                            id: d.id.clone(),
                            text: d.text.get(language).to_owned(),
                            chosen: session.drink.as_ref() == Some(&d.id),
                        })
                        .collect()
                })
                .unwrap_or_default(),
            no_drink: session.drink.is_none(),
            retrying: session.attempts > 0,
            trouble: session
                .trouble
                .map(|t| say(language, t.key(), &[]))
                .unwrap_or_default(),
            can_retry: session.trouble.is_some_and(Trouble::can_retry) && session.parts.is_some(),
            ticket: self.ticket_card(),
        }
    }

    fn ticket_card(&self) -> Option<TicketCard> {
        let ticket = self.session.ticket.as_ref()?;
        let language = self.language;
        let ahead = ticket.ahead.to_string();
        // Without the floor a number is promised, and neither an agent nor a position.
        let own_number = TicketNumber::is_of_a_kiosk(&ticket.number);
        let another = self.session.another;
        let (consultant, note) = consultant(language, ticket, another);
        let paper_key = match self.session.paper {
            Paper::Missing if own_number => "kiosk.own_number_paper",
            Paper::Pending => "kiosk.paper_pending",
            Paper::Printed => "kiosk.paper_printed",
            Paper::Missing => "kiosk.paper_missing",
        };
        Some(TicketCard {
            number: ticket.number.clone(),
            ahead: match ticket.ahead {
                _ if own_number => say(language, "kiosk.own_number", &[]),
                0 => say(language, "kiosk.ahead_none", &[]),
                1 => say(language, "kiosk.ahead_one", &[]),
                _ => say(language, "kiosk.ahead", &[("count", &ahead)]),
            },
            wait: if own_number {
                say(language, "kiosk.own_number_wait", &[])
            } else {
                wait(language, ticket)
            },
            consultant,
            consultant_note: note,
            another,
            url: ticket.url.clone(),
            paper: self.session.paper,
            paper_note: say(language, paper_key, &[]),
        })
    }
}

/// Who receives the guest, and what happens next.
fn consultant(language: Language, ticket: &TicketInfo, another: Another) -> (String, String) {
    let words = |key: &str| say(language, &format!("kiosk.{key}"), &[]);
    let who = ticket.consultant.as_ref().map(|c| {
        let values = [("name", c.name.as_str()), ("title", c.title.get(language))];
        say(language, "kiosk.consultant", &values)
    });
    let (who, note) = match (another, who) {
        (Another::Asking, _) => (Some(words("another_title")), "another_note"),
        (Another::Sending, _) => (None, "another_sending"),
        (Another::Failed, _) => (None, "another_failed"),
        (Another::Done, Some(who)) => (Some(who), "another_comes"),
        (Another::Done, None) => (None, "another_later"),
        (_, Some(who)) => (Some(who), "consultant_comes"),
        (_, None) => (None, "consultant_later"),
    };
    (who.unwrap_or_else(|| words("please_wait")), words(note))
}

fn wait(language: Language, ticket: &TicketInfo) -> String {
    let range = ticket.wait_range;
    if ticket.wait_seconds > 0 || range.is_some_and(|r| r.to_s > 0) {
        let wait = say_wait(language, ticket.wait_seconds, range, false);
        say(language, "kiosk.wait", &[("wait", &wait)])
    } else if ticket.consultant.is_some() {
        say(language, "kiosk.wait_now", &[])
    } else {
        say(language, "kiosk.wait_unknown", &[])
    }
}

/// The notice in list form: a heading, then `- label: text` lines.
fn notice_lines(text: &str) -> (String, Vec<NoticeLine>) {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let heading = lines
        .next()
        .unwrap_or("")
        .trim_start_matches('#')
        .trim()
        .to_owned();
    let lines = lines
        .map(|line| {
            let line = line.trim_start_matches(['-', '•', '·']).trim();
            let cut = line
                .find([':', '：'])
                .filter(|at| line[..*at].chars().count() <= 24);
            match cut {
                Some(at) => {
                    let mark = line[at..].chars().next().map_or(1, char::len_utf8);
                    NoticeLine {
                        label: line[..at].trim().to_owned(),
                        text: line[at + mark..].trim().to_owned(),
                    }
                }
                None => NoticeLine {
                    label: String::new(),
                    text: line.to_owned(),
                },
            }
        })
        .collect();
    (heading, lines)
}
