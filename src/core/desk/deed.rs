//! What the desk asks of the floor beside the steps of a visit, and what comes of it.

use crate::core::chore::Chore;
use crate::core::floor::ManagersOrder;
use crate::core::floor::day::Rest;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;
use crate::core::reception::HandKind;
use crate::core::time::Millis;
use crate::core::visit::NotABuyer;

use super::new_pin::OneTimeCode;
use super::picture::Private;
use super::register::Registration;
use super::sheet::Sheet;
use super::{Desk, Effect, Tone, Trouble};

/// What a receptionist is told with the eyes, seconds.
const TOLD_SECONDS: i64 = 30;

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Chore {
        visit: VisitId,
        chore: Chore,
    },
    /// A thing to do was seen, and rests at every desk.
    Acknowledge {
        key: String,
    },
    /// An agent comes on duty by the own PIN.
    AgentReady {
        agent: AgentId,
        pin: Private,
    },
    Reprint {
        visit: VisitId,
    },
    Appoint {
        agent: AgentId,
        time: Millis,
    },
    NotABuyer {
        kind: NotABuyer,
    },
    /// Somebody came to an agent who had asked for a hand.
    GiveHand {
        visit: VisitId,
        kind: HandKind,
    },
    CloseDay {
        rest: Rest,
    },
    ReopenDay,
    /// Today's turn sheet in the reader's language, to be opened in a browser.
    TurnSheet {
        language: Language,
    },
    /// Needs a manager who has signed in.
    Order {
        order: ManagersOrder,
        reason: String,
    },
    SignIn {
        staff: AgentId,
        pin: Private,
    },
    SignOut,
    /// Takes a PIN out of use and gives a one-time code for a new one; needs a manager who has
    /// signed in.
    PinCode {
        staff: AgentId,
    },
    /// The person sets the own PIN with that code.
    SetPin {
        staff: AgentId,
        code: Private,
        pin: Private,
    },
}

/// What came of it, where there is more to say than that it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Somebody signed in; `manager`: with the rights of one.
    Signed {
        name: String,
        manager: bool,
    },
    /// A one-time code, told once.
    Code(OneTimeCode),
    /// Where the page lies that could not be opened by itself, or that was opened.
    Page {
        address: String,
        opened: bool,
    },
}

impl Desk {
    pub(super) fn deed(&mut self, deed: Deed) -> Vec<Effect> {
        if self.under_way.contains(&deed) {
            return Vec::new();
        }
        self.under_way.push(deed.clone());
        vec![Effect::Do(deed)]
    }

    pub(super) fn did(&mut self, deed: &Deed, result: Result<Outcome, Trouble>, now: Millis) {
        self.under_way.retain(|d| d != deed);
        match result {
            Err(trouble) => {
                // A wrong PIN is typed again.
                let by_pin = matches!(deed, Deed::SignIn { .. } | Deed::AgentReady { .. });
                match &mut self.sheet {
                    Some(Sheet::SignIn(sign_in)) if by_pin => sign_in.pin.0.clear(),
                    Some(Sheet::NewPin(new)) => new.forget_typed(),
                    _ => {}
                }
                self.complain(&trouble, now);
            }
            Ok(Outcome::Signed { name, manager }) => {
                if manager {
                    self.manager = Some(super::manager::Manager::new(name, now));
                    self.after_sign_in();
                } else {
                    self.tell("not_a_manager", &[("name", &name)], Tone::Bad, now);
                    if matches!(self.sheet, Some(Sheet::SignIn(_))) {
                        self.sheet = None;
                    }
                }
            }
            Ok(Outcome::Code(code)) => self.show_code(deed, code, now),
            Ok(Outcome::Page { address, opened }) => {
                let name = if opened { "page_opened" } else { "page_at" };
                self.tell(name, &[("address", &address)], Tone::Good, now);
            }
            Ok(Outcome::Done) => self.done(deed, now),
        }
    }

    fn done(&mut self, deed: &Deed, now: Millis) {
        match deed {
            Deed::Reprint { visit } => {
                let ticket = self.visit(*visit).map(|v| v.ticket.clone());
                let ticket = ticket.unwrap_or_default();
                self.tell("reprinting", &[("ticket", &ticket)], Tone::Good, now);
            }
            Deed::Order { .. } => self.tell("order_done", &[], Tone::Good, now),
            Deed::NotABuyer { .. } => self.tell("noted", &[], Tone::Good, now),
            Deed::CloseDay { .. } => self.tell("closed_now", &[], Tone::Good, now),
            Deed::ReopenDay => self.tell("reopened_now", &[], Tone::Good, now),
            Deed::SignOut => self.manager = None,
            Deed::AgentReady { agent, .. } => {
                let name = self.agent_name(agent).to_owned();
                self.tell("agent_signed_in", &[("name", &name)], Tone::Good, now);
                let at_it =
                    |s: &Sheet| matches!(s, Sheet::SignIn(s) if s.staff.as_ref() == Some(agent));
                self.sheet.take_if(|sheet| at_it(sheet));
            }
            Deed::SetPin { staff, .. } => self.pin_is_set(staff, now),
            Deed::Acknowledge { .. }
            | Deed::PinCode { .. }
            | Deed::Chore { .. }
            | Deed::GiveHand { .. }
            | Deed::Appoint { .. }
            | Deed::TurnSheet { .. }
            | Deed::SignIn { .. } => {}
        }
    }

    /// A call came in (rule 16): it is registered at once and shows whom it goes to.
    pub(super) fn phone_call(&mut self, key: String) -> Vec<Effect> {
        let Some(showroom) = &self.showroom else {
            return Vec::new();
        };
        // One at a time: a double press is one call.
        if !self.calls.is_empty() {
            return Vec::new();
        }
        self.calls.insert(key.clone());
        let registration = Box::new(Registration {
            language: showroom
                .languages
                .first()
                .copied()
                .unwrap_or(Language::ZhCn),
            first_visit: true,
            purpose: crate::core::floor::PHONE_CALL.to_owned(),
            party_size: 1,
            notice_version: showroom.notice.version.clone(),
            notice_hash: showroom.notice.hash.clone(),
            consents: Vec::new(),
            asked_for: None,
            drink: None,
            appointment: None,
            channel: None,
            split_from: None,
            person: None,
        });
        vec![Effect::Register { key, registration }]
    }

    /// The floor's answer to a call; `false`: the key was none of a call.
    pub(super) fn call_answered(
        &mut self,
        key: &str,
        result: &Result<super::Registered, Trouble>,
        now: Millis,
    ) -> bool {
        if !self.calls.remove(key) {
            return false;
        }
        match result {
            Ok(call) => match &call.agent {
                Some((name, place)) => {
                    let place = crate::core::place::say_place(self.language, place);
                    let with = [
                        ("ticket", call.ticket.as_str()),
                        ("name", name.as_str()),
                        ("place", place.as_str()),
                    ];
                    self.tell("call_goes_to", &with, Tone::Good, now);
                }
                None => self.tell("call_waits", &[("ticket", &call.ticket)], Tone::Warn, now),
            },
            Err(trouble) => self.complain(trouble, now),
        }
        true
    }

    /// Says something that is no trouble.
    pub(super) fn tell(&mut self, name: &str, params: &[(&str, &str)], tone: Tone, now: Millis) {
        self.note = Some(super::Note {
            text: self.say(name, params),
            tone,
            until: now.plus_seconds(TOLD_SECONDS),
        });
    }
}
