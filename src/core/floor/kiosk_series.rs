//! What a kiosk promised while it was cut off from the floor: numbers of its own series (`K2-07`).
//! A promise is never taken back, so nothing that changed meanwhile refuses such a check-in; only a
//! number that somebody else holds does.

use super::command::Refusal;
use super::decide::Draft;
use super::event::Event;
use super::state::State;
use crate::core::id::VisitId;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::visit::{CheckIn, Issued, OtherTicket};

impl State {
    /// The highest count known of a kiosk's own series today.
    pub fn last_of_kiosk(&self, kiosk: u32) -> u32 {
        let todays = self.visits.values().filter(|v| !v.late);
        let own = todays
            .map(|v| v.ticket)
            .filter(|n| n.kiosk() == Some(kiosk));
        own.map(TicketNumber::count).max().unwrap_or(0)
    }

    /// The number the visit had before.
    pub(super) fn renumbered(
        &mut self,
        visit: VisitId,
        ticket: TicketNumber,
        token_hash: &str,
    ) -> TicketNumber {
        let visit = self.visit_mut(visit);
        let number = std::mem::replace(&mut visit.ticket, ticket);
        visit.also = Some(OtherTicket {
            number,
            token_hash: token_hash.to_owned(),
        });
        number
    }

    pub(super) fn holds(&self, ticket: TicketNumber) -> Option<VisitId> {
        let mut todays = self.visits.values().filter(|v| !v.late);
        todays.find(|v| v.ticket == ticket).map(|v| v.id)
    }

    pub(super) fn is_past(&self, day: &str) -> bool {
        self.day.as_deref().is_some_and(|open| day < open)
    }
}

impl Draft<'_> {
    /// Hands a promised number over. The party stands where it came; one of a day that is over has
    /// gone, and is only recorded.
    pub fn check_in_issued(
        &mut self,
        mut check_in: Box<CheckIn>,
        line: Line,
    ) -> Result<(), Refusal> {
        let known = |agent: &_| self.state.agents.get(agent).is_some_and(|a| a.employed);
        check_in.asked_for = check_in.asked_for.take().filter(known);
        let now = self.at;
        let Some(issued) = &mut check_in.issued else {
            return Err(Refusal::UnknownVisit);
        };
        // A kiosk's clock may run ahead.
        issued.at = issued.at.min(now);
        let (ticket, late) = (issued.ticket, self.state.is_past(&issued.day));
        if !late && self.state.holds(ticket).is_some() {
            return Err(Refusal::NumberTaken);
        }
        self.join_line(check_in, ticket, line, late);
        Ok(())
    }

    /// The floor's answer never reached the kiosk: the visit gets the number its guest holds.
    pub fn renumber(
        &mut self,
        visit: VisitId,
        issued: &Issued,
        token_hash: String,
    ) -> Result<(), Refusal> {
        let known = self.state.visits.get(&visit).ok_or(Refusal::UnknownVisit)?;
        if known.ticket == issued.ticket {
            return Ok(());
        }
        if self.state.holds(issued.ticket).is_some() {
            return Err(Refusal::NumberTaken);
        }
        self.emit(Event::Renumbered {
            visit,
            ticket: issued.ticket,
            token_hash,
        });
        Ok(())
    }
}
