//! How events change the state, and which lines they leave in the turn book. Nothing is decided
//! here: a replay under other rules, on another machine, gives the same state and the same book.

use super::event::{Event, Offer, Stamped, TurnBack};
use super::state::State;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Text;
use crate::core::rota::{Agent, Announced, Debt, DebtAccount, Status, TurnUse};
use crate::core::site::Site;
use crate::core::ticket::TicketNumber;
use crate::core::time::Millis;
use crate::core::turn_book::{BookLine, Consequence, Pass, Reason, Rule};
use crate::core::visit::{Assignment, CheckIn, LastCall, Visit, VisitState, WaitsFor};

impl State {
    /// Applies one event. Events of a log are applied in their order, each once.
    pub fn evolve(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        self.last = self.last.max(at);
        let due = |state: &Self| {
            let visit = state.visits.get(&stamped.event.visit()?)?;
            visit.due().map(|at| (at, visit.id))
        };
        let due_before = due(self);
        self.apply(at, &stamped.event);
        let due_after = due(self);
        if due_before != due_after {
            if let Some(timer) = due_before {
                self.timers.remove(&timer);
            }
            self.timers.extend(due_after);
        }
    }

    fn apply(&mut self, at: Millis, event: &Event) {
        match event {
            Event::DayOpened { day } => self.open_day(at, day),
            Event::TimersShifted { by_ms } => self.shift_timers(*by_ms),
            Event::SiteChanged { site } => self.take_site(at, site),
            Event::RulesChanged { rules } => {
                self.rules = (**rules).clone();
                self.write(at, Line::of(Rule::Flow, Reason::RulesChanged));
            }
            Event::CheckedIn { check_in, ticket } => {
                self.counters.insert(ticket.line, ticket.count);
                let arrival = self.visits.len() as u64;
                self.queue.push(check_in.visit);
                self.visits
                    .insert(check_in.visit, new_visit(check_in, *ticket, arrival, at));
                let reason = Reason::CheckedIn { line: ticket.line };
                self.write(at, Line::of(Rule::Queue, reason).visit(check_in.visit));
            }
            Event::WaitsFor {
                visit,
                agent,
                until,
                minutes,
            } => {
                self.visit_mut(*visit).waits_for = Some(WaitsFor {
                    agent: agent.clone(),
                    until: *until,
                });
                let reason = Reason::WaitsForAsked {
                    agent: agent.clone(),
                    minutes: *minutes,
                };
                self.write(
                    at,
                    Line::of(Rule::AskedFor, reason).visit(*visit).agent(agent),
                );
            }
            Event::WaitEnded { visit } => {
                self.visit_mut(*visit).waits_for = None;
            }
            Event::Offered(offer) => self.offer(at, offer),
            Event::Lapsed {
                visit,
                agent,
                seconds,
            } => {
                let assignment = self.release(at, *visit, VisitState::Waiting);
                self.free_agent(at, agent);
                self.requeue_at_own_place(*visit);
                let reason = Reason::Lapsed { seconds: *seconds };
                self.write(
                    at,
                    Line::of(Rule::AcceptTimer, reason)
                        .visit(*visit)
                        .agent(agent),
                );
                if let Some(assignment) = assignment {
                    self.forfeit(at, agent, *visit, assignment.turn);
                }
            }
            Event::Called {
                visit,
                agent,
                place,
            } => {
                let v = self.visit_mut(*visit);
                if v.state != VisitState::Called {
                    v.since = at;
                }
                v.state = VisitState::Called;
                announce(v, agent, place, at);
                let reason = Reason::Called {
                    place: place.clone(),
                };
                self.write(at, Line::of(Rule::Flow, reason).visit(*visit).agent(agent));
            }
            Event::Recalled {
                visit,
                agent,
                times,
                place,
            } => {
                let v = self.visit_mut(*visit);
                v.recalls = *times;
                announce(v, agent, place, at);
                let reason = Reason::Recalled { times: *times };
                self.write(
                    at,
                    Line::of(Rule::NoShow, reason).visit(*visit).agent(agent),
                );
            }
            Event::Started { visit, agent } => {
                let v = self.visit_mut(*visit);
                v.state = VisitState::Serving;
                v.since = at;
                if let Some(a) = self.agents.get_mut(agent) {
                    a.status = Status::Serving { visit: *visit };
                    a.since = at;
                    a.vouched_at = at;
                }
                self.write(
                    at,
                    Line::of(Rule::Flow, Reason::Started)
                        .visit(*visit)
                        .agent(agent),
                );
            }
            Event::Finished {
                visit,
                agent,
                by_new_day,
            } => {
                let v = self.visit_mut(*visit);
                v.state = VisitState::Finished;
                v.since = at;
                if let Some(a) = self.agents.get_mut(agent) {
                    a.served += 1;
                }
                self.free_agent(at, agent);
                let line = if *by_new_day {
                    Line::of(Rule::NewDay, Reason::ClosedByNewDay)
                } else {
                    Line::of(Rule::Flow, Reason::Finished)
                };
                self.write(at, line.visit(*visit).agent(agent));
            }
            Event::Refused { visit, agent, why } => {
                self.visit_mut(*visit).refused.insert(agent.clone());
                self.release(at, *visit, VisitState::Waiting);
                self.free_agent(at, agent);
                self.requeue_at_own_place(*visit);
                let reason = Reason::Refused { why: why.clone() };
                self.write(
                    at,
                    Line::of(Rule::Refusal, reason).visit(*visit).agent(agent),
                );
            }
            Event::Requeued {
                visit,
                position,
                reason,
            } => {
                let v = self.visit_mut(*visit);
                v.state = VisitState::Waiting;
                v.since = at;
                v.parked_until = None;
                v.missed_call = false;
                self.queue.retain(|q| q != visit);
                let position = (*position as usize).min(self.queue.len());
                self.queue.insert(position, *visit);
                self.write(at, Line::of(Rule::NoShow, reason.clone()).visit(*visit));
            }
            Event::Parked {
                visit,
                until,
                missed_call,
            } => {
                let agent = self.end_assignment(at, *visit, VisitState::Parked);
                let v = self.visit_mut(*visit);
                v.parked_until = Some(*until);
                v.missed_call = *missed_call;
                let line = if *missed_call {
                    Line::of(Rule::NoShow, Reason::NotShown)
                } else {
                    Line::of(Rule::Flow, Reason::Parked)
                };
                self.write(at, line.visit(*visit).maybe_agent(agent));
            }
            Event::Dropped { visit, minutes } => {
                self.end_assignment(at, *visit, VisitState::NoShow);
                let line = match minutes {
                    Some(minutes) => Line::of(
                        Rule::NoShow,
                        Reason::DroppedFromParking { minutes: *minutes },
                    ),
                    None => Line::of(Rule::NewDay, Reason::ClosedByNewDay),
                };
                self.write(at, line.visit(*visit));
            }
            Event::Left { visit, by_new_day } => {
                let agent = self.end_assignment(at, *visit, VisitState::Left);
                let line = if *by_new_day {
                    Line::of(Rule::NewDay, Reason::ClosedByNewDay)
                } else {
                    Line::of(Rule::Flow, Reason::Left)
                };
                self.write(at, line.visit(*visit).maybe_agent(agent));
            }
            Event::Cancelled { visit, why } => {
                let agent = self.end_assignment(at, *visit, VisitState::Cancelled);
                let reason = Reason::Cancelled { why: why.clone() };
                self.write(
                    at,
                    Line::of(Rule::Flow, reason)
                        .visit(*visit)
                        .maybe_agent(agent),
                );
            }
            Event::Transferred { visit, line } => {
                let agent = self.end_assignment(at, *visit, VisitState::Waiting);
                self.visit_mut(*visit).line = *line;
                self.requeue_at_own_place(*visit);
                let reason = Reason::Transferred { line: *line };
                self.write(
                    at,
                    Line::of(Rule::Flow, reason)
                        .visit(*visit)
                        .maybe_agent(agent),
                );
            }
            Event::Reassigned { visit, from, why } => {
                self.end_assignment(at, *visit, VisitState::Waiting);
                self.requeue_at_own_place(*visit);
                let reason = Reason::Reassigned { why: why.clone() };
                self.write(
                    at,
                    Line::of(Rule::Override, reason)
                        .visit(*visit)
                        .maybe_agent(from.clone()),
                );
            }
            Event::TurnReturned { visit, agent, back } => {
                self.return_turn(at, *visit, agent, *back)
            }
            Event::DebtExpired { agent, debt } => {
                if let Some(a) = self.agents.get_mut(agent)
                    && a.debts.take(debt)
                {
                    a.debts.expired += 1;
                    let reason = Reason::DebtExpired { date: debt.date };
                    self.write(at, Line::of(Rule::NewDay, reason).agent(agent));
                }
            }
            Event::SignedIn { agent, position } => {
                self.rota.join(agent, *position as usize);
                self.set_status(at, agent, Status::Ready);
                let reason = Reason::SignedIn {
                    position: *position + 1,
                };
                self.write(at, Line::of(Rule::Attendance, reason).agent(agent));
            }
            Event::BecameReady { agent } => {
                self.set_status(at, agent, Status::Ready);
                self.write(at, Line::of(Rule::Attendance, Reason::Ready).agent(agent));
            }
            Event::WentAway { agent, reason } => {
                self.set_status(
                    at,
                    agent,
                    Status::Away {
                        reason: *reason,
                        set_at: at,
                    },
                );
                let reason = Reason::Away { reason: *reason };
                self.write(at, Line::of(Rule::Attendance, reason).agent(agent));
            }
            Event::AwayAnnounced { agent, reason } => {
                if let Some(a) = self.agents.get_mut(agent) {
                    a.announced = Some(Announced {
                        reason: *reason,
                        set_at: at,
                    });
                }
                let reason = Reason::AwayAnnounced { reason: *reason };
                self.write(at, Line::of(Rule::Attendance, reason).agent(agent));
            }
            Event::ServiceVouched { agent } => {
                if let Some(a) = self.agents.get_mut(agent) {
                    a.vouched_at = at;
                }
                let line = Line::of(Rule::Attendance, Reason::StillServing);
                self.write(at, line.agent(agent));
            }
            Event::AwayWithdrawn { agent } => {
                if let Some(a) = self.agents.get_mut(agent) {
                    a.announced = None;
                }
                let line = Line::of(Rule::Attendance, Reason::AwayWithdrawn);
                self.write(at, line.agent(agent));
            }
            Event::WentOff { agent } => {
                self.rota.leave(agent);
                self.set_status(at, agent, Status::Off);
                self.write(at, Line::of(Rule::Attendance, Reason::Off).agent(agent));
            }
        }
    }

    fn open_day(&mut self, at: Millis, day: &str) {
        self.day = Some(day.to_owned());
        self.visits.clear();
        self.queue.clear();
        self.timers.clear();
        self.counters.clear();
        self.rota = Default::default();
        self.agents
            .retain(|_, a| a.employed || !a.debts.open.is_empty());
        for agent in self.agents.values_mut() {
            agent.status = Status::Off;
            agent.since = at;
            agent.announced = None;
            agent.received = 0;
            agent.served = 0;
        }
        self.write(
            at,
            Line::of(
                Rule::NewDay,
                Reason::DayOpened {
                    day: day.to_owned(),
                },
            ),
        );
    }

    fn shift_timers(&mut self, by_ms: i64) {
        let shift = |m: &mut Millis| m.0 += by_ms;
        for visit in self.visits.values_mut() {
            if let Some(a) = &mut visit.assignment {
                shift(&mut a.accept_by);
            }
            if let Some(w) = &mut visit.waits_for {
                shift(&mut w.until);
            }
            if let Some(until) = &mut visit.parked_until {
                shift(until);
            }
        }
        self.timers = self
            .visits
            .values()
            .filter_map(|v| v.due().map(|at| (at, v.id)))
            .collect();
    }

    fn take_site(&mut self, at: Millis, site: &Site) {
        for agent in self.agents.values_mut() {
            agent.employed = site.staff.iter().any(|s| s.id == agent.id);
        }
        for member in &site.staff {
            let agent = self
                .agents
                .entry(member.id.clone())
                .or_insert_with(|| Agent {
                    id: member.id.clone(),
                    name: String::new(),
                    title: Text::default(),
                    place: String::new(),
                    status: Status::Off,
                    since: at,
                    vouched_at: at,
                    announced: None,
                    received: 0,
                    served: 0,
                    prepaid: 0,
                    debts: DebtAccount::default(),
                    employed: true,
                });
            agent.name.clone_from(&member.name);
            agent.title.clone_from(&member.title);
            agent.place.clone_from(&member.place);
        }
        self.site = site.clone();
    }

    fn offer(&mut self, at: Millis, offer: &Offer) {
        let visit = self.visit_mut(offer.visit);
        visit.state = VisitState::Offered;
        visit.since = at;
        visit.waits_for = None;
        visit.recalls = 0;
        visit.calls = 0;
        visit.assignment = Some(Assignment {
            agent: offer.agent.clone(),
            rule: offer.rule,
            turn: offer.turn,
            offered_at: at,
            accept_by: offer.accept_by,
            place: String::new(),
        });
        self.queue.retain(|q| *q != offer.visit);
        self.set_status(at, &offer.agent, Status::Offered { visit: offer.visit });
        self.rota.cursor.clone_from(&offer.cursor);
        self.write(
            at,
            Line::of(offer.rule, offer.reason.clone())
                .visit(offer.visit)
                .agent(&offer.agent)
                .passing(&offer.passed_over),
        );
        for pass in &offer.passed_over {
            self.apply_pass(at, offer.visit, pass);
        }
        if let Some(taken) = &offer.debt
            && let Some(a) = self.agents.get_mut(&offer.agent)
            && a.debts.take(&taken.debt)
        {
            let date = taken.debt.date;
            let reason = if taken.cancelled {
                a.debts.cancelled += 1;
                Reason::DebtCancelled { date }
            } else {
                a.debts.used += 1;
                Reason::DebtPaid { date }
            };
            let line = Line::of(Rule::OwedTurn, reason)
                .visit(offer.visit)
                .agent(&offer.agent);
            self.write(at, line);
        }
        match offer.turn {
            TurnUse::Turn | TurnUse::Debt { .. } => self.agent_mut(&offer.agent).received += 1,
            TurnUse::Prepaid => {
                let agent = self.agent_mut(&offer.agent);
                agent.received += 1;
                agent.prepaid += 1;
            }
            TurnUse::Courtesy {
                granted: Some(date),
            } => {
                self.grant_debt(at, &offer.agent, offer.visit, date, None);
            }
            TurnUse::Free | TurnUse::Courtesy { granted: None } => {}
        }
    }

    fn apply_pass(&mut self, at: Millis, visit: VisitId, pass: &Pass) {
        match pass.consequence {
            Consequence::PrepaidUsed => {
                let agent = self.agent_mut(&pass.agent);
                agent.prepaid = agent.prepaid.saturating_sub(1);
            }
            Consequence::OwedTurn => self.grant_debt(at, &pass.agent, visit, at, None),
            Consequence::Skip
            | Consequence::WithheldCap
            | Consequence::WithheldLong
            | Consequence::WithheldLate => {}
        }
    }

    fn grant_debt(
        &mut self,
        at: Millis,
        agent: &AgentId,
        visit: VisitId,
        date: Millis,
        returned_from: Option<VisitId>,
    ) {
        let order = self.next_debt_order;
        self.next_debt_order += 1;
        self.agent_mut(agent).debts.grant(Debt {
            date,
            order,
            returned_from,
        });
        let reason = match returned_from {
            Some(_) => Reason::TurnReturned { date },
            None => Reason::DebtGranted { date },
        };
        self.write(
            at,
            Line::of(Rule::OwedTurn, reason).visit(visit).agent(agent),
        );
    }

    fn cancel_debt(&mut self, at: Millis, agent: &AgentId, visit: VisitId, date: Millis) {
        let account = &mut self.agent_mut(agent).debts;
        if let Some(debt) = account.open.iter().rev().find(|d| d.date == date).copied() {
            account.take(&debt);
            account.cancelled += 1;
            let line = Line::of(Rule::OwedTurn, Reason::DebtCancelled { date });
            self.write(at, line.visit(visit).agent(agent));
        }
    }

    fn return_turn(&mut self, at: Millis, visit: VisitId, agent: &AgentId, back: TurnBack) {
        match back {
            TurnBack::Debt { date, received } => {
                let a = self.agent_mut(agent);
                a.received = a.received.saturating_sub(u32::from(received));
                self.grant_debt(at, agent, visit, date, Some(visit));
            }
            TurnBack::PrepaidCancelled => {
                let a = self.agent_mut(agent);
                a.received = a.received.saturating_sub(1);
                a.prepaid = a.prepaid.saturating_sub(1);
                let line = Line::of(Rule::AskedFor, Reason::PrepaidCancelled);
                self.write(at, line.visit(visit).agent(agent));
            }
        }
    }

    /// A lapse takes the turn out of the count; what it had used stays used, and the turn a
    /// courtesy had earned is lost (rule 9).
    fn forfeit(&mut self, at: Millis, agent: &AgentId, visit: VisitId, turn: TurnUse) {
        match turn {
            TurnUse::Turn | TurnUse::Debt { .. } | TurnUse::Prepaid => {
                let agent = self.agent_mut(agent);
                agent.received = agent.received.saturating_sub(1);
            }
            TurnUse::Courtesy {
                granted: Some(date),
            } => self.cancel_debt(at, agent, visit, date),
            TurnUse::Free | TurnUse::Courtesy { granted: None } => {}
        }
    }

    /// Takes the visit out of the queue and from its agent, into `state`.
    fn end_assignment(&mut self, at: Millis, visit: VisitId, state: VisitState) -> Option<AgentId> {
        let agent = self.release(at, visit, state).map(|a| a.agent);
        if let Some(agent) = &agent {
            self.free_agent(at, agent);
        }
        agent
    }

    fn release(&mut self, at: Millis, visit: VisitId, state: VisitState) -> Option<Assignment> {
        self.queue.retain(|q| *q != visit);
        let v = self.visit_mut(visit);
        v.state = state;
        v.since = at;
        v.waits_for = None;
        v.parked_until = None;
        v.assignment.take()
    }

    /// Ready again, or away if that was announced.
    fn free_agent(&mut self, at: Millis, agent: &AgentId) {
        let announced = self.agents.get_mut(agent).and_then(|a| a.announced.take());
        let status = announced.map_or(Status::Ready, |a| Status::Away {
            reason: a.reason,
            set_at: a.set_at,
        });
        self.set_status(at, agent, status);
    }

    fn set_status(&mut self, at: Millis, agent: &AgentId, status: Status) {
        if let Some(a) = self.agents.get_mut(agent) {
            a.status = status;
            a.since = at;
        }
    }

    /// The queue keeps the order of check-ins but where a late return was placed behind.
    fn requeue_at_own_place(&mut self, visit: VisitId) {
        let position = self.own_place(visit);
        self.queue.insert(position, visit);
    }

    fn visit_mut(&mut self, visit: VisitId) -> &mut Visit {
        self.visits
            .get_mut(&visit)
            .expect("an event names a visit checked in before it")
    }

    fn agent_mut(&mut self, agent: &AgentId) -> &mut Agent {
        self.agents
            .get_mut(agent)
            .expect("an event names an agent on the staff list before it")
    }

    fn write(&mut self, at: Millis, line: Line) {
        let seq = self.next_book_seq;
        self.next_book_seq += 1;
        let ticket = line
            .visit
            .and_then(|v| self.visits.get(&v))
            .map(|v| v.ticket);
        self.book.push(BookLine {
            seq,
            at,
            visit: line.visit,
            ticket,
            agent: line.agent,
            rule: line.rule,
            reason: line.reason,
            passed_over: line.passed_over,
        });
    }
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

fn new_visit(check_in: &CheckIn, ticket: TicketNumber, arrival: u64, at: Millis) -> Visit {
    Visit {
        id: check_in.visit,
        ticket,
        arrival,
        line: ticket.line,
        state: VisitState::Waiting,
        checked_in_at: at,
        since: at,
        language: check_in.language,
        first_visit: check_in.first_visit,
        purpose: check_in.purpose.clone(),
        party_size: check_in.party_size,
        drink: check_in.drink.clone(),
        asked_for: check_in.asked_for.clone(),
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
    }
}

/// A line of the book before it has its number.
struct Line {
    rule: Rule,
    reason: Reason,
    visit: Option<VisitId>,
    agent: Option<AgentId>,
    passed_over: Vec<Pass>,
}

impl Line {
    fn of(rule: Rule, reason: Reason) -> Self {
        Self {
            rule,
            reason,
            visit: None,
            agent: None,
            passed_over: Vec::new(),
        }
    }
    fn visit(mut self, visit: VisitId) -> Self {
        self.visit = Some(visit);
        self
    }
    fn agent(self, agent: &AgentId) -> Self {
        self.maybe_agent(Some(agent.clone()))
    }
    fn maybe_agent(mut self, agent: Option<AgentId>) -> Self {
        self.agent = agent;
        self
    }
    fn passing(mut self, passed_over: &[Pass]) -> Self {
        self.passed_over = passed_over.to_vec();
        self
    }
}
