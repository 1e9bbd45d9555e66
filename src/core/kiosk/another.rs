//! Another consultant, please (换一位顾问): rule 10, privately, on the guest's own ticket.
//!
//! Asked once a session, after a question of its own: each change sends a consultant away, and a
//! child at the screen must not go through the house.

use super::message::Failure;
use super::site_info::ConsultantInfo;
use super::{Effect, Kiosk, Step};
use crate::core::id::VisitId;
use crate::core::ticket::TicketNumber;
use crate::core::time::Millis;

/// How far the guest's wish for somebody else has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Another {
    /// A consultant is named on the ticket, and the guest may wish for another.
    Offered,
    /// Really?
    Asking,
    /// On its way to the floor.
    Sending,
    /// The floor has done it.
    Done,
    /// It may have been done or not: the desk sees to it.
    Failed,
    /// Nobody is named, or the number is the kiosk's own.
    #[default]
    NotOffered,
}

impl Kiosk {
    /// What the new ticket offers.
    pub(super) fn offer_another(&self) -> Another {
        let ticket = self.session.ticket.as_ref();
        let own = ticket.is_some_and(|t| TicketNumber::is_of_a_kiosk(&t.number));
        match ticket.and_then(|t| t.consultant.as_ref()) {
            Some(_) if !own => Another::Offered,
            _ => Another::NotOffered,
        }
    }

    pub(super) fn wish_another(&mut self) {
        if self.session.another == Another::Offered {
            self.session.another = Another::Asking;
        }
    }

    pub(super) fn keep_consultant(&mut self) {
        if self.session.another == Another::Asking {
            self.session.another = Another::Offered;
        }
    }

    pub(super) fn change_consultant(&mut self) -> Vec<Effect> {
        let ticket = self.session.ticket.as_ref();
        let named = ticket.and_then(|t| Some((t.visit, t.consultant.as_ref()?.id.clone())));
        let Some((visit, of)) = named.filter(|_| self.session.another == Another::Asking) else {
            return Vec::new();
        };
        self.session.another = Another::Sending;
        vec![Effect::ChangeConsultant { visit, of }]
    }

    /// The floor's answer. A visit that is with somebody else already is what the guest wished for.
    pub(super) fn consultant_changed(
        &mut self,
        visit: VisitId,
        outcome: Result<Option<ConsultantInfo>, Failure>,
        now: Millis,
    ) -> Vec<Effect> {
        let session = &mut self.session;
        let Some(ticket) = session.ticket.as_mut().filter(|t| t.visit == visit) else {
            return Vec::new();
        };
        if self.step != Step::Ticket || session.another != Another::Sending {
            return Vec::new();
        }
        // The guest has something new to read.
        self.touched_at = now;
        let changed = match outcome {
            Ok(consultant) => Some(consultant),
            Err(Failure::Refused { code }) if code == "agent_changed" => Some(None),
            Err(_) => None,
        };
        session.another = match changed {
            Some(consultant) => {
                ticket.consultant = consultant;
                Another::Done
            }
            None => Another::Failed,
        };
        Vec::new()
    }
}
