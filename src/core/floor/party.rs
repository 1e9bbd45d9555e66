//! Parties joined and parted (rule 8).

use super::command::Refusal;
use super::decide::Draft;
use super::event::Event;
use crate::core::id::VisitId;
use crate::core::ticket::Line;
use crate::core::turn_book::ReturnCause;
use crate::core::visit::{Assignment, Visit, VisitState};

impl Draft<'_> {
    /// Two owners' customers together: both own; the desk chooses who serves.
    pub fn join(
        &mut self,
        visit: &Visit,
        into: VisitId,
        unserved: Option<Assignment>,
    ) -> Result<(), Refusal> {
        let host = self.state.visits.get(&into).ok_or(Refusal::UnknownVisit)?;
        if into == visit.id || host.state.is_over() || host.rota() != visit.rota() {
            return Err(Refusal::CannotJoin);
        }
        let id = visit.id;
        let belonged = host.wanted.is_some();
        self.emit(Event::Joined { visit: id, into });
        self.return_turn(id, unserved, ReturnCause::Joined);
        let host = self.state.visits.get(&into);
        if !belonged && host.is_some_and(|h| h.state == VisitState::Waiting) {
            self.wait_for_wanted(into);
        }
        Ok(())
    }

    /// A part of a party goes on by itself: it is smaller than the party, in the same rota.
    pub fn can_part(&self, from: VisitId, party: u32, line: Line) -> Result<(), Refusal> {
        let whole = self.state.visits.get(&from).ok_or(Refusal::UnknownVisit)?;
        if whole.state.is_over() || line.rota() != whole.rota() {
            return Err(Refusal::CannotJoin);
        }
        if party == 0 || party >= whole.party_size {
            return Err(Refusal::PartySize);
        }
        Ok(())
    }
}
