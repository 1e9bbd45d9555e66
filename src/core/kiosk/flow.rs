//! The order of the screens, and what each touch means on them.

use super::keyboard::{Field, is_phone};
use super::message::{Before, Message};
use super::session::Session;
use super::{Effect, Kiosk, MAX_PARTY, SiteInfo};
use crate::core::consent::RECEPTION;
use crate::core::language::Language;
use crate::core::time::Millis;

/// One screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// No floor heard yet: a polite waiting screen that recovers by itself.
    #[default]
    Connecting,
    Welcome,
    /// Been here before?
    Before,
    /// The notice and the consents, one a purpose.
    Notice,
    /// Fourteen or older? Asked only when something was agreed to.
    Age,
    /// Under fourteen: an adult, or an anonymous ticket (P4).
    UnderAge,
    /// How to address the guest.
    Name,
    Phone,
    /// Purpose, party size, drink.
    Visit,
    Sending,
    Ticket,
    /// No ticket could be had: what happens next.
    Trouble,
}

impl Step {
    /// Nobody's session: nothing to wipe, and the site may change.
    pub const fn is_open_to_all(self) -> bool {
        matches!(self, Self::Connecting | Self::Welcome)
    }
    /// The check-in is on its way or over: the answers are fixed.
    const fn is_settled(self) -> bool {
        matches!(self, Self::Sending | Self::Ticket | Self::Trouble)
    }
}

impl Kiosk {
    /// The showroom has closed for today; who comes now is received at the desk.
    fn day_closed(&self) -> bool {
        self.site.as_ref().is_some_and(|s| s.closed)
    }

    /// The screens this guest goes through, by the answers so far.
    fn path(&self) -> Vec<Step> {
        let mut path = vec![Step::Before, Step::Notice];
        let agreed_to_something = self.session.consents.values().any(|given| *given);
        if agreed_to_something || self.session.of_age.is_some() {
            path.push(Step::Age);
        }
        if self.personal_open() {
            path.extend([Step::Name, Step::Phone]);
        }
        path.push(Step::Visit);
        path
    }

    /// Whether personal fields may be touched: notice shown in the chosen language, `reception`
    /// agreed to, fourteen or older, and the recipient is the pinned one (P1, P2, P4, P7).
    pub(super) fn personal_open(&self) -> bool {
        self.session.notice_shown_in == Some(self.language)
            && self.session.consents.get(RECEPTION) == Some(&true)
            && self.session.of_age == Some(true)
            && !self.personal_closed()
    }

    /// Which part of the way is done: place of the current screen among five, from 1.
    pub(super) fn progress(&self) -> Option<u32> {
        match self.step {
            Step::Connecting | Step::Welcome | Step::Trouble => None,
            Step::Before => Some(1),
            Step::Notice | Step::Age | Step::UnderAge => Some(2),
            Step::Name | Step::Phone => Some(3),
            Step::Visit | Step::Sending => Some(4),
            Step::Ticket => Some(5),
        }
    }

    pub(super) fn touch(&mut self, message: Message, now: Millis) -> Vec<Effect> {
        match (self.step, message) {
            (_, Message::Language(language)) => self.choose_language(language),
            (Step::Welcome, Message::Start { .. }) if self.day_closed() => {}
            (Step::Welcome, Message::Start { key }) => self.start(key),
            (Step::Connecting | Step::Welcome, _) | (_, Message::Touched) => {}
            (Step::Sending, _) => {}
            _ if self.is_closed() => {}
            (_, Message::Leave) => return self.wipe(),
            (Step::Trouble, Message::Retry) => return self.resend(now),
            (Step::Ticket, Message::WishAnother) => self.wish_another(),
            (Step::Ticket, Message::KeepConsultant) => self.keep_consultant(),
            (Step::Ticket, Message::ChangeConsultant) => return self.change_consultant(),
            (step, Message::Back) if !step.is_settled() => return self.back(),
            (Step::Visit, Message::Next) => return self.submit(),
            (_, Message::Next) => self.next(),
            (Step::Before, Message::Before(before)) => self.been_before(before),
            (Step::Before, Message::AskFor(agent)) => {
                let known = |id| {
                    self.site
                        .iter()
                        .any(|s| s.consultants.iter().any(|c| c.id == id))
                };
                self.session.asked_for = agent.filter(|id| known(id.clone()));
            }
            (Step::Notice, Message::Consent { purpose, given }) => {
                let asked = self
                    .site
                    .iter()
                    .any(|s| s.notice.purposes.iter().any(|p| p.id == purpose));
                if asked && !self.personal_closed() {
                    self.session.consents.insert(purpose, given);
                }
            }
            (Step::Age, Message::OfAge(of_age)) => {
                self.session.of_age = Some(of_age);
                if of_age {
                    self.next();
                } else {
                    self.step = Step::UnderAge;
                }
            }
            (Step::UnderAge, Message::AdultTakesOver) => {
                self.session.forget_person();
                self.session.of_age = None;
                self.show_notice();
            }
            (Step::UnderAge, Message::Anonymous) => {
                self.session.forget_person();
                self.step = Step::Visit;
            }
            (Step::Name | Step::Phone, typing) if self.personal_open() => self.typed(typing),
            (Step::Visit, Message::Purpose(id)) => {
                let mut offered = self.site.iter().flat_map(|s| &s.visit_purposes);
                let known = offered.any(|p| p.id == id);
                self.session.purpose = Some(id).filter(|_| known).or(self.session.purpose.take());
            }
            (Step::Visit, Message::PartySize(size)) => {
                self.session.party_size = Some(size.clamp(1, MAX_PARTY));
            }
            (Step::Visit, Message::Drink(drink)) => {
                let known = |id: &String| {
                    self.site
                        .iter()
                        .any(|s| s.drinks.iter().any(|d| d.id == *id))
                };
                self.session.drink = drink.filter(known);
            }
            _ => {}
        }
        Vec::new()
    }

    fn start(&mut self, key: String) {
        self.session.key = key;
        self.step = Step::Before;
    }

    fn been_before(&mut self, before: Before) {
        self.session.before = Some(before);
        let anyone = self.site.iter().any(|s| !s.consultants.is_empty());
        if before.names_consultant() && anyone {
            // The consultants unfold on this screen; the guest goes on with `Next`.
            return;
        }
        self.session.asked_for = None;
        self.next();
    }

    /// A consent belongs to the text that was read: another language shows the notice again, and
    /// the answers are given anew. What was typed stays.
    fn choose_language(&mut self, language: Language) {
        let offered = self
            .site
            .as_ref()
            .is_none_or(|s| s.languages.contains(&language));
        if !offered || language == self.language {
            return;
        }
        self.language = language;
        self.session.typing.reset(language);
        let read_other = self.session.notice_shown_in.is_some_and(|l| l != language);
        if read_other && !self.step.is_settled() && !self.step.is_open_to_all() {
            self.session.consents.clear();
            if !matches!(self.step, Step::Before | Step::Notice) {
                self.session.resume_at = Some(self.step);
            }
            if self.step != Step::Before {
                self.show_notice();
            }
        }
    }

    fn show_notice(&mut self) {
        self.session.notice_shown_in = Some(self.language);
        self.enter(Step::Notice);
    }

    /// The floor has a newer notice than the one this guest read: it is shown, and asked anew.
    pub(super) fn renew_notice(&mut self, site: SiteInfo) {
        self.site = Some(site);
        self.session.consents.clear();
        self.session.notice_outdated = false;
        self.session.notice_renewed = true;
        self.session.resume_at = Some(Step::Visit);
        self.show_notice();
    }

    fn next(&mut self) {
        if !self.may_go_on() {
            return;
        }
        let path = self.path();
        if self.step == Step::Notice
            && let Some(step) = self.session.resume_at.take()
            && path.contains(&step)
        {
            let agreed = self.session.consents.values().any(|given| *given);
            if !agreed || self.session.of_age.is_some() {
                return self.enter(step);
            }
        }
        let Some(at) = path.iter().position(|s| *s == self.step) else {
            return;
        };
        match path.get(at + 1) {
            Some(Step::Notice) => self.show_notice(),
            Some(step) => self.enter(*step),
            None => {}
        }
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.step == Step::UnderAge {
            self.enter(Step::Age);
            return Vec::new();
        }
        let path = self.path();
        match path.iter().position(|s| *s == self.step) {
            Some(0) | None => self.wipe(),
            Some(at) => {
                if path[at - 1] == Step::Notice {
                    self.show_notice();
                } else {
                    self.enter(path[at - 1]);
                }
                Vec::new()
            }
        }
    }

    fn enter(&mut self, step: Step) {
        self.step = step;
        self.session.typing.reset(self.language);
        self.session.field = match step {
            Step::Name => Some(Field::Surname),
            Step::Phone => Some(Field::Phone),
            _ => None,
        };
        if step != Step::Notice {
            self.session.notice_renewed = false;
        }
    }

    /// Whether the current screen is filled in far enough; a wrong phone number is said so.
    pub(super) fn may_go_on(&mut self) -> bool {
        if self.step == Step::Phone {
            let phone = &self.session.phone;
            self.session.phone_wrong = !phone.is_empty() && !is_phone(phone);
            return !self.session.phone_wrong;
        }
        self.is_filled_in()
    }

    /// Whether the way on is open, as far as can be said before the touch.
    pub(super) fn is_filled_in(&self) -> bool {
        match self.step {
            Step::Before => self.session.before.is_some(),
            Step::Notice | Step::Phone => true,
            Step::Age => self.session.of_age == Some(true),
            Step::Name => !self.session.surname.trim().is_empty(),
            Step::Visit => self.session.purpose.is_some() && self.session.party_size.is_some(),
            _ => false,
        }
    }
}

impl Session {
    /// Takes back every consent and everything typed.
    fn forget_person(&mut self) {
        self.consents.clear();
        self.surname.clear();
        self.given_name.clear();
        self.phone.clear();
        self.title = Default::default();
        self.phone_wrong = false;
    }
}
