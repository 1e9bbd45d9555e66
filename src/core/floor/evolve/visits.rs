//! The course of a visit.

use super::book::Line;
use crate::core::floor::State;
use crate::core::floor::undo::UNDO_SECONDS;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{Announced, Debt, Status};
use crate::core::ticket::{self, TicketNumber};
use crate::core::time::Millis;
use crate::core::turn_book::{Reason, Rule, Slip, Tie};
use crate::core::visit::{
    Assignment, CheckIn, KnownOwner, LastCall, OwnerSource, Undo, Visit, VisitState, WaitsFor,
    Wanted, WantedBy,
};

impl State {
    pub(super) fn check_in(
        &mut self,
        at: Millis,
        check_in: &CheckIn,
        (ticket, line): (TicketNumber, Option<ticket::Line>),
        wanted: Option<&Wanted>,
    ) {
        let line = ticket.line().or(line).unwrap_or(ticket::Line::New);
        // A kiosk's own series has a counter of its own, in the kiosk.
        if ticket.line().is_some() {
            self.counters.insert(line, ticket.count());
        }
        // A snapshot of before this was counted says nothing of it.
        let arrival = self.arrivals.max(self.visits.len() as u64);
        self.arrivals = arrival + 1;
        let mut visit = new_visit(check_in, (ticket, line), wanted, arrival, at);
        let issued = check_in.issued.as_ref();
        visit.late = issued.is_some_and(|i| self.is_past(&i.day));
        let id = visit.id;
        let parted = check_in
            .split_from
            .and_then(|from| self.visits.get_mut(&from));
        let parted = parted.map(|whole| {
            whole.party_size = whole.party_size.saturating_sub(check_in.party_size);
            // The part shares the whole's place.
            visit.checked_in_at = whole.checked_in_at;
            visit.arrival = whole.arrival;
            whole.ticket
        });
        self.visits.insert(id, visit);
        self.requeue_at_own_place(id);
        let reason = Reason::CheckedIn { line };
        self.write(at, Line::of(Rule::Queue, reason).visit(id));
        if let Some(from) = parted {
            let line = Line::of(Rule::Party, Reason::Parted { from });
            self.write(at, line.visit(id));
        }
    }

    pub(super) fn belongs_to(&mut self, at: Millis, id: VisitId, wanted: Option<&Wanted>) {
        let visit = self.visit_mut(id);
        visit.wanted = wanted.cloned();
        visit.waits_for = None;
        let line = match wanted {
            Some(Wanted { agent, by }) => {
                let tie = Tie::of(by);
                let source = match by {
                    WantedBy::Owner { source, .. } => *source,
                    _ => OwnerSource::Desk,
                };
                // Wished for again by whoever refused before.
                visit.refused.remove(agent);
                let reason = Reason::BelongsTo {
                    source,
                    tie,
                    learned: false,
                };
                Line::of(tie.rule(), reason).agent(agent)
            }
            None => Line::of(Rule::Owner, Reason::BelongsToNobody),
        };
        self.write(at, line.visit(id));
    }

    pub(super) fn learn_owner(&mut self, at: Millis, id: VisitId, owner: &KnownOwner) {
        self.visit_mut(id).learned_owner = Some(owner.clone());
        let reason = Reason::BelongsTo {
            source: OwnerSource::Centre,
            tie: Tie::Owner,
            learned: true,
        };
        let line = Line::of(Rule::Owner, reason);
        self.write(at, line.visit(id).agent(&owner.agent));
    }

    /// Both own: whoever the joined party belonged with owns a part of the other.
    pub(super) fn join(&mut self, at: Millis, id: VisitId, into: VisitId) {
        let agent = self.end_assignment(at, id, VisitState::Cancelled);
        let guest = self.visit_mut(id);
        guest.undo = None;
        let (size, owner, drink) = (guest.party_size, guest.wanted.clone(), guest.drink.clone());
        let others = std::mem::take(&mut guest.co_owners);
        let host = self.visit_mut(into);
        host.party_size = host.party_size.saturating_add(size);
        host.drink = host.drink.take().or(drink);
        host.co_owners.extend(others);
        let mut also = None;
        if let Some(owner) = owner {
            let same = host.wanted.as_ref().is_some_and(|w| w.agent == owner.agent);
            if host.wanted.is_none() && host.state == VisitState::Waiting {
                host.wanted = Some(owner);
            } else if !same {
                host.co_owners.insert(owner.agent.clone());
                also = Some(owner.agent);
            }
        }
        let ticket = host.ticket;
        let line = Line::of(Rule::Party, Reason::Joined { into: ticket, also });
        self.write(at, line.visit(id).maybe_agent(agent));
    }

    pub(super) fn wait_for(
        &mut self,
        at: Millis,
        id: VisitId,
        agent: &AgentId,
        until: Millis,
        minutes: u32,
    ) {
        let visit = self.visit_mut(id);
        visit.waits_for = Some(WaitsFor {
            agent: agent.clone(),
            until,
        });
        let tie = visit.wanted.as_ref().map(|w| Tie::of(&w.by));
        let tie = tie.unwrap_or_default();
        let reason = Reason::WaitsForAsked {
            agent: agent.clone(),
            minutes,
            tie,
        };
        let line = Line::of(tie.rule(), reason).visit(id);
        self.write(at, line.agent(agent));
    }

    pub(super) fn call(&mut self, at: Millis, id: VisitId, agent: &AgentId, place: &str) {
        let v = self.visit_mut(id);
        if v.state != VisitState::Called {
            v.since = at;
        }
        v.state = VisitState::Called;
        announce(v, agent, place, at);
        let place = place.to_owned();
        let line = Line::of(Rule::Flow, Reason::Called { place });
        self.write(at, line.visit(id).agent(agent));
    }

    pub(super) fn recall(
        &mut self,
        at: Millis,
        id: VisitId,
        agent: &AgentId,
        times: u32,
        place: &str,
    ) {
        let v = self.visit_mut(id);
        v.recalls = times;
        announce(v, agent, place, at);
        let line = Line::of(Rule::NoShow, Reason::Recalled { times });
        self.write(at, line.visit(id).agent(agent));
    }

    pub(super) fn start(&mut self, at: Millis, id: VisitId, agent: &AgentId) {
        self.note_undo(at, id);
        let v = self.visit_mut(id);
        v.state = VisitState::Serving;
        v.since = at;
        // What another agent asked for before is no longer wanted.
        v.reception.hands.clear();
        self.set_status(at, agent, Status::Serving { visit: id });
        self.agent_mut(agent).vouched_at = at;
        let line = Line::of(Rule::Flow, Reason::Started);
        self.write(at, line.visit(id).agent(agent));
    }

    pub(super) fn finish(&mut self, at: Millis, id: VisitId, agent: &AgentId, by_new_day: bool) {
        self.note_undo(at, id);
        let v = self.visit_mut(id);
        v.state = VisitState::Finished;
        v.since = at;
        self.agent_mut(agent).served += 1;
        self.free_agent(at, agent);
        let line = if by_new_day {
            closed_by_new_day(VisitState::Finished)
        } else {
            Line::of(Rule::Flow, Reason::Finished)
        };
        self.write(at, line.visit(id).agent(agent));
    }

    pub(super) fn refuse(&mut self, at: Millis, id: VisitId, agent: &AgentId, reason: Reason) {
        self.visit_mut(id).refused.insert(agent.clone());
        self.end_assignment(at, id, VisitState::Waiting);
        self.requeue_at_own_place(id);
        let line = Line::of(Rule::Refusal, reason);
        self.write(at, line.visit(id).agent(agent));
    }

    pub(super) fn requeue(&mut self, at: Millis, id: VisitId, position: u32, reason: &Reason) {
        let v = self.visit_mut(id);
        v.state = VisitState::Waiting;
        v.since = at;
        v.parked_until = None;
        v.undo = None;
        if std::mem::take(&mut v.missed_call) {
            v.late_since = Some(at);
        }
        self.step_out_of_line(id);
        let position = (position as usize).min(self.queue.len());
        self.stand_in_line(id, position);
        // The place in the line is what the party is told, not that among the waiting of all lines.
        let place = self.ahead_at(id, at).map(|ahead| ahead + 1);
        let reason = match (reason, place) {
            (Reason::Resumed { .. }, Some(position)) => Reason::Resumed { position },
            (reason, _) => reason.clone(),
        };
        self.write(at, Line::of(Rule::NoShow, reason).visit(id));
    }

    pub(super) fn park(&mut self, at: Millis, id: VisitId, until: Millis, missed_call: bool) {
        self.note_undo(at, id);
        let agent = self.end_assignment(at, id, VisitState::Parked);
        let v = self.visit_mut(id);
        v.parked_until = Some(until);
        v.missed_call = missed_call;
        let line = if missed_call {
            Line::of(Rule::NoShow, Reason::NotShown)
        } else {
            Line::of(Rule::Flow, Reason::Parked)
        };
        self.write(at, line.visit(id).maybe_agent(agent));
    }

    pub(super) fn drop_visit(&mut self, at: Millis, id: VisitId, minutes: Option<u32>) {
        self.end_assignment(at, id, VisitState::NoShow);
        let line = match minutes {
            Some(minutes) => Line::of(Rule::NoShow, Reason::DroppedFromParking { minutes }),
            None => closed_by_new_day(VisitState::NoShow),
        };
        self.write(at, line.visit(id));
    }

    pub(super) fn leave(&mut self, at: Millis, id: VisitId, by_new_day: bool) {
        // Nobody takes back that a day is over (rule 14), also for a promise handed over after it.
        if !by_new_day {
            self.note_undo(at, id);
        }
        let agent = self.end_assignment(at, id, VisitState::Left);
        let line = if by_new_day {
            closed_by_new_day(VisitState::Left)
        } else {
            Line::of(Rule::Flow, Reason::Left)
        };
        self.write(at, line.visit(id).maybe_agent(agent));
    }

    pub(super) fn cancel(&mut self, at: Millis, id: VisitId, why: &str) {
        self.note_undo(at, id);
        let agent = self.end_assignment(at, id, VisitState::Cancelled);
        let why = why.to_owned();
        let line = Line::of(Rule::Flow, Reason::Cancelled { why });
        self.write(at, line.visit(id).maybe_agent(agent));
    }

    pub(super) fn transfer(&mut self, at: Millis, id: VisitId, line: ticket::Line) {
        let agent = self.end_assignment(at, id, VisitState::Waiting);
        self.visit_mut(id).line = line;
        self.requeue_at_own_place(id);
        let line = Line::of(Rule::Flow, Reason::Transferred { line });
        self.write(at, line.visit(id).maybe_agent(agent));
    }

    /// Keeps what the visit is now, so that the step at hand can be taken back for a while.
    pub(super) fn note_undo(&mut self, at: Millis, id: VisitId) {
        let v = self.visit_mut(id);
        v.undo = (!v.state.is_over()).then(|| Undo {
            until: at.plus_seconds(UNDO_SECONDS),
            back_to: v.state,
            since: v.since,
            assignment: v.assignment.clone(),
            parked_until: v.parked_until,
            pass_cancelled: false,
        });
    }

    /// A slip taken back: the pass that had been cancelled from it is booked ahead again.
    pub(super) fn book_ahead_again(&mut self, at: Millis, id: VisitId) {
        let v = self.visit_mut(id);
        let rota = v.rota();
        let Some(agent) = v.assignment.as_ref().map(|a| a.agent.clone()) else {
            return;
        };
        let account = self.agent_mut(&agent).accounts.of_mut(rota);
        account.received += 1;
        account.prepaid += 1;
        let line = Line::of(Rule::AskedFor, Reason::PrepaidAgain);
        self.write(at, line.visit(id).agent(&agent));
    }

    pub(super) fn undo(&mut self, at: Millis, id: VisitId, to: &Undo, cancelled: Option<&Debt>) {
        let v = self.visit_mut(id);
        let rota = v.rota();
        let finished = v.state == VisitState::Finished;
        let step = Slip::of(v);
        v.undo = None;
        v.state = to.back_to;
        v.since = to.since;
        v.parked_until = to.parked_until;
        v.missed_call &= to.back_to == VisitState::Parked;
        v.not_a_buyer = None;
        v.assignment.clone_from(&to.assignment);
        if to.back_to == VisitState::Waiting {
            self.requeue_at_own_place(id);
        }
        let agent = to.assignment.as_ref().map(|a| &a.agent);
        let line = Line::of(Rule::Flow, Reason::Undone { step }).visit(id);
        self.write(at, line.maybe_agent(agent.cloned()));
        let Some(agent) = agent else { return };
        let status = match to.back_to {
            VisitState::Serving => Status::Serving { visit: id },
            _ => Status::Offered { visit: id },
        };
        // An away that had begun begins when the guest is really done.
        if let Status::Away { reason, set_at } = self.agent_mut(agent).status {
            self.agent_mut(agent).announced = Some(Announced { reason, set_at });
        }
        self.set_status(at, agent, status);
        if finished {
            let holder = self.agent_mut(agent);
            holder.served = holder.served.saturating_sub(1);
        }
        if let Some(debt) = cancelled {
            self.agent_mut(agent).accounts.of_mut(rota).received += 1;
            self.cancel_debt(at, agent, (id, rota), debt, false);
        }
    }

    /// Takes the visit out of the queue and from its agent, into `state`.
    pub(super) fn end_assignment(
        &mut self,
        at: Millis,
        visit: VisitId,
        state: VisitState,
    ) -> Option<AgentId> {
        let agent = self.release(at, visit, state).map(|a| a.agent);
        if let Some(agent) = &agent {
            self.free_agent(at, agent);
        }
        agent
    }

    pub(super) fn release(
        &mut self,
        at: Millis,
        visit: VisitId,
        state: VisitState,
    ) -> Option<Assignment> {
        self.step_out_of_line(visit);
        let v = self.visit_mut(visit);
        v.state = state;
        v.since = at;
        v.waits_for = None;
        v.parked_until = None;
        if state == VisitState::Waiting {
            v.undo = None;
        }
        v.assignment.take()
    }

    /// The queue keeps the order of arrivals but where a late return was placed behind.
    pub(super) fn requeue_at_own_place(&mut self, visit: VisitId) {
        let position = self.own_place(visit);
        self.stand_in_line(visit, position);
    }

    pub(in crate::core::floor) fn visit_mut(&mut self, visit: VisitId) -> &mut Visit {
        self.visits
            .get_mut(&visit)
            .expect("an event names a visit checked in before it")
    }
}

fn closed_by_new_day(ending: VisitState) -> Line {
    let ending = Some(ending);
    Line::of(Rule::NewDay, Reason::ClosedByNewDay { ending })
}

fn announce(visit: &mut Visit, agent: &AgentId, place: &str, at: Millis) {
    visit.calls += 1;
    visit.last_call = Some(LastCall {
        agent: agent.clone(),
        place: place.to_owned(),
        at,
    });
    if let Some(assignment) = &mut visit.assignment {
        assignment.place = place.to_owned();
    }
}

fn new_visit(
    check_in: &CheckIn,
    (ticket, line): (TicketNumber, ticket::Line),
    wanted: Option<&Wanted>,
    arrival: u64,
    at: Millis,
) -> Visit {
    Visit {
        id: check_in.visit,
        ticket,
        also: None,
        late: false,
        arrival,
        line,
        state: VisitState::Waiting,
        checked_in_at: check_in.issued.as_ref().map_or(at, |i| i.at),
        since: at,
        language: check_in.language,
        first_visit: check_in.first_visit,
        purpose: check_in.purpose.clone(),
        party_size: check_in.party_size,
        drink: check_in.drink.clone(),
        asked_for: check_in.asked_for.clone(),
        wanted: wanted.cloned(),
        learned_owner: None,
        co_owners: Default::default(),
        has_profile: check_in.profile_hash.is_some(),
        device: check_in.device.clone(),
        consent_receipt: check_in.consent_receipt.clone(),
        assignment: None,
        waits_for: None,
        refused: Default::default(),
        recalls: 0,
        calls: 0,
        last_call: None,
        parked_until: None,
        missed_call: false,
        late_since: None,
        not_a_buyer: None,
        reception: Default::default(),
        undo: None,
        chores: Default::default(),
    }
}
