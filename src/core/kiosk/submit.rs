//! Sending the check-in, and what its answers mean.

use super::keyboard::Typing;
use super::message::{Before, Failure, Paper};
use super::view::Trouble;
use super::{CheckInParts, Effect, Kiosk, PersonalParts, Step, TicketInfo};
use crate::core::consent::Consent;
use crate::core::guest_name::address_form;
use crate::core::id::VisitId;
use crate::core::time::Millis;

/// Waits before the repetitions, seconds. After them the guest is sent to the front desk, and the
/// kiosk stops by itself: a late success would give a second ticket to somebody the desk has
/// registered by then. Only the guest's own touch tries again, with the same key.
const BACK_OFF: [i64; 4] = [1, 2, 4, 8];

impl Kiosk {
    /// The touch that asks for the ticket. The window may deliver it twice: the second one finds
    /// the step changed.
    pub(super) fn submit(&mut self) -> Vec<Effect> {
        if !self.may_go_on() {
            return Vec::new();
        }
        let Some(parts) = self.parts() else {
            return Vec::new();
        };
        self.session.typing = Typing::default();
        self.session.attempts = 0;
        self.session.parts = Some(Box::new(parts));
        self.send()
    }

    /// The same request again, at the guest's wish.
    pub(super) fn resend(&mut self, now: Millis) -> Vec<Effect> {
        let retryable = self.session.trouble.is_some_and(Trouble::can_retry);
        if !retryable {
            return Vec::new();
        }
        self.session.attempts = 0;
        self.session.resend_at = None;
        self.touched_at = now;
        self.send()
    }

    pub(super) fn resend_if_due(&mut self, now: Millis) -> Vec<Effect> {
        match self.session.resend_at {
            Some(at) if now >= at && self.step == Step::Sending => {
                self.session.resend_at = None;
                self.send()
            }
            _ => Vec::new(),
        }
    }

    fn send(&mut self) -> Vec<Effect> {
        let Some(parts) = self.session.parts.clone() else {
            return Vec::new();
        };
        self.step = Step::Sending;
        vec![Effect::CheckIn(parts)]
    }

    fn parts(&self) -> Option<CheckInParts> {
        let session = &self.session;
        let site = self.site.as_ref()?;
        let personal_closed = self.personal_closed();
        let consents = if personal_closed {
            // Nothing was asked, so nothing was answered.
            Vec::new()
        } else {
            site.notice
                .purposes
                .iter()
                .map(|p| Consent {
                    purpose: p.id.clone(),
                    given: session.consents.get(&p.id).copied().unwrap_or(false),
                })
                .collect()
        };
        let optional = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let surname = optional(&session.surname);
        let personal = match surname {
            Some(surname) if self.personal_open() => Some(PersonalParts {
                address_form: address_form(self.language, &surname, session.title),
                surname,
                given_name: optional(&session.given_name),
                title: session.title,
                phone: optional(&session.phone),
                notice_hash: site.notice.hash.clone(),
                recipient: self.pinned.clone()?,
            }),
            _ => None,
        };
        Some(CheckInParts {
            key: session.key.clone(),
            language: self.language,
            first_visit: session.before.is_some_and(Before::is_first_visit),
            purpose: session.purpose.clone()?,
            party_size: session.party_size?,
            notice_version: site.notice.version.clone(),
            consents,
            asked_for: session.asked_for.clone(),
            drink: session.drink.clone(),
            personal,
        })
    }

    fn is_ours(&self, key: &str) -> bool {
        self.step == Step::Sending && self.session.parts.as_ref().is_some_and(|p| p.key == key)
    }

    pub(super) fn checked_in(&mut self, key: &str, ticket: TicketInfo, now: Millis) -> Vec<Effect> {
        if !self.is_ours(key) {
            return Vec::new();
        }
        self.step = Step::Ticket;
        self.touched_at = now;
        self.session.paper = if ticket.printing {
            Paper::Pending
        } else {
            Paper::Missing
        };
        let visit = ticket.visit;
        let watch = ticket.printing;
        self.session.ticket = Some(ticket);
        self.session.another = self.offer_another();
        // The ticket is made: nothing that was typed is needed any more.
        self.session.parts = None;
        self.session.given_name.clear();
        self.session.phone.clear();
        if watch {
            vec![Effect::WatchPrint { visit }]
        } else {
            Vec::new()
        }
    }

    pub(super) fn check_in_failed(
        &mut self,
        key: &str,
        failure: &Failure,
        now: Millis,
    ) -> Vec<Effect> {
        if !self.is_ours(key) {
            return Vec::new();
        }
        self.touched_at = now;
        let attempt = self.session.attempts as usize;
        match failure {
            Failure::Temporary if attempt < BACK_OFF.len() => {
                self.session.attempts += 1;
                self.session.resend_at = Some(now.plus_seconds(BACK_OFF[attempt]));
                Vec::new()
            }
            Failure::Temporary => self.give_up(Trouble::Unreachable),
            Failure::OtherFloor => self.give_up(Trouble::OtherFloor),
            Failure::Sealing => self.send_without_profile(),
            Failure::Refused { code } => match code.as_str() {
                "notice_outdated" if !self.session.notice_renewed => self.fetch_newer_notice(),
                "unauthorised" | "forbidden" => self.give_up(Trouble::NotEnrolled),
                "day_closed" => self.give_up(Trouble::DayClosed),
                _ => self.give_up(Trouble::Refused),
            },
        }
    }

    fn give_up(&mut self, trouble: Trouble) -> Vec<Effect> {
        self.session.trouble = Some(trouble);
        self.step = Step::Trouble;
        Vec::new()
    }

    /// Better a ticket without a name than none: nothing was sent yet, so the key is still free.
    fn send_without_profile(&mut self) -> Vec<Effect> {
        self.session.sealing_failed = true;
        let Some(parts) = self.session.parts.as_mut() else {
            return Vec::new();
        };
        if parts.personal.take().is_none() {
            return self.give_up(Trouble::Refused);
        }
        self.send()
    }

    /// The refused request made no ticket, so the next one, whose words differ, gets a key of its
    /// own.
    fn fetch_newer_notice(&mut self) -> Vec<Effect> {
        self.session.key.push('b');
        self.session.parts = None;
        self.session.notice_outdated = true;
        self.session.trouble = Some(Trouble::Unreachable);
        self.fetch.running = true;
        vec![Effect::FetchSite]
    }

    pub(super) fn paper(&mut self, visit: VisitId, paper: Paper) -> Vec<Effect> {
        if self
            .session
            .ticket
            .as_ref()
            .is_some_and(|t| t.visit == visit)
        {
            self.session.paper = paper;
        }
        Vec::new()
    }
}
