//! The kiosk (迎宾自助登记) as a state machine: messages in, effects out, a view to draw. The whole
//! check-in is tested as a story without a window; an adapter draws the view and runs the effects.
//!
//! What must hold: no personal field takes a touch before the notice was shown in the chosen
//! language, `reception` was agreed to and the guest said to be fourteen or older (P1, P2, P4);
//! one session makes at most one ticket, since all its requests carry one key; every session ends
//! in a wipe (P6).

mod another;
mod effect;
mod flow;
mod keyboard;
mod message;
mod session;
mod site_info;
mod submit;
mod view;

pub use another::Another;
pub use effect::{CheckInParts, Effect, PersonalParts};
pub use flow::Step;
pub use keyboard::{Candidates, Choice, Field, NamePart};
pub use message::{Before, Failure, Message, Paper};
use session::Session;
pub use site_info::{ConsultantInfo, SiteInfo, TicketInfo};
pub use view::{
    ConsentRow, ConsultantCard, NoticeLine, Offer, PhoneView, TicketCard, Trouble, View,
};

use std::sync::Arc;

use super::language::Language;
use super::time::Millis;

/// Largest party one ticket is made for; larger groups are received by the front desk.
pub const MAX_PARTY: u32 = 20;
/// Longest surname or given name kept, in characters.
pub const MAX_NAME: usize = 60;
/// Longest phone number taken, in characters: `+` and fifteen digits (E.164).
pub const MAX_PHONE: usize = 16;

/// What the house sets for a kiosk. Times in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language a session begins in.
    pub language: Language,
    /// Without a touch for so long, the countdown shows (P6).
    pub idle_seconds: u32,
    /// How long the countdown lasts before the wipe.
    pub countdown_seconds: u32,
    /// How long a ticket stays, counted from the last touch.
    pub ticket_seconds: u32,
    /// The recipient pinned at enrolment (P7); `None`: the first one the floor names is pinned.
    pub pinned_recipient: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::ZhCn,
            idle_seconds: 30,
            countdown_seconds: 10,
            ticket_seconds: 45,
            pinned_recipient: None,
        }
    }
}

/// A kiosk: one guest at a time.
pub struct Kiosk {
    settings: Settings,
    ime: Arc<dyn Candidates>,
    site: Option<SiteInfo>,
    /// A newer document that arrived while a guest was reading the old one.
    newer_site: Option<SiteInfo>,
    pinned: Option<String>,
    fetch: Fetch,
    step: Step,
    language: Language,
    session: Session,
    touched_at: Millis,
}

/// When the site document is asked for next.
#[derive(Debug, Default)]
struct Fetch {
    next_at: Millis,
    running: bool,
    failures: u32,
}

/// While nobody is at the kiosk, the site is asked for this often.
const REFRESH_SECONDS: i64 = 15;
/// So long a new ticket cannot be dismissed, milliseconds.
const FRESH_MS: i64 = 1000;
/// After so many failures in a row nobody is invited to begin: the check-in would fail as well.
const FAILURES_TO_CLOSE: u32 = 2;

impl Kiosk {
    /// A kiosk that knows no site yet: the first [`Message::Tick`] asks for it.
    pub fn new(settings: Settings, ime: Arc<dyn Candidates>) -> Self {
        Self {
            language: settings.language,
            pinned: settings.pinned_recipient.clone(),
            settings,
            ime,
            site: None,
            newer_site: None,
            fetch: Fetch::default(),
            step: Step::Connecting,
            session: Session::default(),
            touched_at: Millis::default(),
        }
    }

    /// The current screen.
    pub fn step(&self) -> Step {
        self.step
    }

    /// Nobody is at the kiosk: no session is lost if something else is shown.
    pub fn is_free(&self) -> bool {
        self.step.is_open_to_all() || self.is_closed()
    }

    /// Takes one message; returns what is to be done outside. `now` must never run backwards.
    pub fn update(&mut self, message: Message, now: Millis) -> Vec<Effect> {
        if message == Message::Leave && self.is_fresh_ticket(now) {
            return Vec::new();
        }
        if message.is_touch() {
            self.touched_at = now;
        }
        match message {
            Message::Tick => self.tick(now),
            Message::SiteFetched(site) => self.site_fetched(*site, now),
            Message::SiteFailed => self.site_failed(now),
            Message::OtherFloor => self.other_floor(now),
            Message::CheckedIn { key, ticket } => self.checked_in(&key, *ticket, now),
            Message::CheckInFailed { key, failure } => self.check_in_failed(&key, &failure, now),
            Message::Paper { visit, paper } => self.paper(visit, paper),
            Message::ConsultantChanged { visit, outcome } => {
                self.consultant_changed(visit, outcome, now)
            }
            touch => self.touch(touch, now),
        }
    }

    /// The second half of a double tap on “take a ticket” falls on the ticket's own button, and
    /// must not take the ticket away unseen.
    fn is_fresh_ticket(&self, now: Millis) -> bool {
        self.step == Step::Ticket && now.since(self.touched_at) < FRESH_MS
    }

    fn tick(&mut self, now: Millis) -> Vec<Effect> {
        let mut effects = self.resend_if_due(now);
        if self.step.is_open_to_all() {
            if now.since(self.touched_at) >= i64::from(self.settings.idle_seconds) * 1000 {
                // Whoever chose another language went away without beginning.
                self.language = self.settings.language;
            }
            effects.extend(self.fetch_if_due(now));
        } else if self.is_closed() {
            effects.extend(self.fetch_if_due(now));
        } else if self.seconds_left(now) == Some(0) {
            effects.extend(self.wipe());
        }
        effects
    }

    fn fetch_if_due(&mut self, now: Millis) -> Option<Effect> {
        if self.fetch.running || now < self.fetch.next_at {
            return None;
        }
        self.fetch.running = true;
        Some(Effect::FetchSite)
    }

    /// Nobody is served here, and nobody is at the kiosk: the floor is another one.
    pub(super) fn is_closed(&self) -> bool {
        self.step == Step::Trouble
            && self.session.key.is_empty()
            && self.session.trouble == Some(Trouble::OtherFloor)
    }

    /// Says so plainly until the floor is the right one again.
    fn other_floor(&mut self, now: Millis) -> Vec<Effect> {
        let effects = self.site_failed(now);
        if self.step.is_open_to_all() {
            self.session = Session::default();
            self.session.trouble = Some(Trouble::OtherFloor);
            self.step = Step::Trouble;
        }
        effects
    }

    /// Seconds until the wipe, where a countdown runs: `None` while a request is under way, on the
    /// open screens, and before the guest has been idle for long.
    fn countdown(&self, now: Millis) -> Option<u32> {
        let left = self.seconds_left(now)?;
        (self.step == Step::Ticket || left <= self.settings.countdown_seconds).then_some(left)
    }

    fn seconds_left(&self, now: Millis) -> Option<u32> {
        if self.step.is_open_to_all() || self.step == Step::Sending || self.is_closed() {
            return None;
        }
        let total = match self.step {
            Step::Ticket => self.settings.ticket_seconds,
            _ => self.settings.idle_seconds + self.settings.countdown_seconds,
        };
        let left = i64::from(total) * 1000 - now.since(self.touched_at);
        Some(u32::try_from((left + 999) / 1000).unwrap_or(0))
    }

    /// Ends the session: nothing of the guest is left (P6).
    fn wipe(&mut self) -> Vec<Effect> {
        self.session = Session::default();
        self.language = self.settings.language;
        self.step = Step::Welcome;
        if let Some(site) = self.newer_site.take() {
            self.site = Some(site);
        }
        self.fetch.next_at = Millis(i64::MIN);
        vec![Effect::Wipe]
    }

    fn site_fetched(&mut self, site: SiteInfo, now: Millis) -> Vec<Effect> {
        self.fetch = Fetch {
            next_at: now.plus_seconds(REFRESH_SECONDS),
            ..Fetch::default()
        };
        let mut effects = Vec::new();
        if self.pinned.is_none() && !site.recipient.is_empty() {
            self.pinned = Some(site.recipient.clone());
            effects.push(Effect::Pin {
                recipient: site.recipient.clone(),
            });
        }
        if self.is_closed() {
            self.session = Session::default();
            self.step = Step::Connecting;
        }
        if self.step == Step::Connecting {
            self.step = Step::Welcome;
        }
        if self.step.is_open_to_all() {
            self.site = Some(site);
        } else if self.session.notice_outdated {
            self.renew_notice(site);
        } else {
            self.newer_site = Some(site);
        }
        effects
    }

    fn site_failed(&mut self, now: Millis) -> Vec<Effect> {
        self.fetch.running = false;
        self.fetch.failures = self.fetch.failures.saturating_add(1);
        let wait = 1 << self.fetch.failures.min(3);
        self.fetch.next_at = now.plus_seconds(wait);
        if self.step == Step::Welcome && self.fetch.failures >= FAILURES_TO_CLOSE {
            self.step = Step::Connecting;
        }
        if self.session.notice_outdated {
            self.step = Step::Trouble;
        }
        Vec::new()
    }

    /// Whether personal fields are closed because the floor names another recipient than the
    /// pinned one (P7).
    fn personal_closed(&self) -> bool {
        self.session.sealing_failed
            || match (&self.pinned, &self.site) {
                (Some(pinned), Some(site)) => *pinned != site.recipient,
                _ => true,
            }
    }
}
