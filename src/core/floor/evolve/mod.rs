//! How events change the state, and which lines they leave in the turn book. Nothing is decided
//! here: a replay under other rules, on another machine, gives the same state and the same book.

mod agents;
mod book;
mod house;
mod turns;
mod visits;

use self::book::Line;
use super::day::Closed;
use super::event::{Event, Stamped};
use super::state::{Due, State};
use crate::core::rota::Pad;
use crate::core::time::Millis;
use crate::core::turn_book::{Reason, Rule};
use crate::core::visit::VisitState;

impl State {
    /// Applies one event. Events of a log are applied in their order, each once.
    pub fn evolve(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        self.last = self.last.max(at);
        let due = |state: &Self| {
            let visit = state.visits.get(&stamped.event.visit()?)?;
            visit.due().map(|at| (at, Due::Visit(visit.id)))
        };
        let due_before = due(self);
        self.learn(at, &stamped.event);
        self.by.clone_from(&stamped.by);
        self.apply(at, &stamped.event);
        self.by = None;
        self.foretell(at, &stamped.event);
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
            // The house
            Event::DayOpened { day } => self.open_day(at, day),
            Event::DayClosed { staying, .. } => {
                let staying = staying.clone();
                self.closed = Some(Closed { at, staying });
                self.write(at, Line::of(Rule::Flow, Reason::DayClosed));
            }
            Event::DayReopened { .. } => {
                self.closed = None;
                self.write(at, Line::of(Rule::Flow, Reason::DayReopened));
            }
            Event::Acknowledged { key } => {
                self.acknowledged.insert(key.clone());
            }
            Event::ChoreDone { visit, chore } => {
                self.visit_mut(*visit).chores.insert(*chore);
            }
            Event::TimersShifted { by_ms } => self.shift_timers(*by_ms),
            Event::SiteChanged { site } => self.take_site(at, site),
            Event::RulesChanged { rules, author } => self.take_rules(at, rules, author.clone()),
            Event::NumbersSkipped { through } => self.skip_numbers(at, *through),
            Event::AppointmentsChanged { appointments } => {
                let by_id = appointments.iter().map(|a| (a.id.clone(), a.clone()));
                self.appointments = by_id.collect();
            }
            Event::AppointmentMade { appointment } => {
                let id = appointment.id.clone();
                self.appointments.insert(id, appointment.clone());
            }
            Event::RegistrationsChanged { registrations } => {
                let by_id = registrations.iter().map(|r| (r.id.clone(), r.clone()));
                self.registrations = by_id.collect();
            }
            Event::OverdueChanged { overdue } => {
                for agent in self.agents.values_mut() {
                    agent.overdue = overdue.get(&agent.id).copied().unwrap_or(0);
                }
            }

            // A party comes, and whose guest it is
            Event::CheckedIn {
                check_in,
                ticket,
                line,
                wanted,
            } => self.check_in(at, check_in, (*ticket, *line), wanted.as_ref()),
            Event::Renumbered {
                visit,
                ticket,
                token_hash,
            } => {
                let also = self.renumbered(*visit, *ticket, token_hash);
                let line = Line::of(Rule::Flow, Reason::Renumbered { also });
                self.write(at, line.visit(*visit));
            }
            Event::DeviceEnrolled { device, enrolled } => {
                self.devices.insert(device.clone(), enrolled.clone());
            }
            Event::ChannelJudged {
                visit,
                registration,
                verdict,
            } => {
                let reason = Reason::ChannelJudged {
                    broker: registration.broker.clone(),
                    registered: registration.registered,
                    expires: registration.expires,
                    verdict: *verdict,
                };
                let line = Line::of(Rule::Channel, reason).visit(*visit);
                self.write(at, line.agent(&registration.agent));
            }
            Event::AppointmentMissing { visit } => {
                let line = Line::of(Rule::Appointment, Reason::NoSuchAppointment);
                self.write(at, line.visit(*visit));
            }
            Event::ForgotWithWhom { visit, days } => {
                let reason = Reason::ForgotWithWhom { days: *days };
                self.write(at, Line::of(Rule::Forgotten, reason).visit(*visit));
            }
            Event::BelongsTo { visit, wanted } => self.belongs_to(at, *visit, wanted.as_ref()),
            Event::OwnerLearned { visit, owner } => self.learn_owner(at, *visit, owner),
            Event::NotABuyer { visit, who } => {
                let agent = visit.and_then(|v| {
                    self.note_undo(at, v);
                    self.visit_mut(v).not_a_buyer = Some(*who);
                    self.end_assignment(at, v, VisitState::Cancelled)
                });
                let reason = Reason::NotABuyer { kind: *who };
                let line = Line::of(Rule::NotABuyer, reason).maybe_visit(*visit);
                self.write(at, line.maybe_agent(agent));
            }
            Event::Joined { visit, into } => self.join(at, *visit, *into),
            Event::WaitsFor {
                visit,
                agent,
                until,
                minutes,
            } => self.wait_for(at, *visit, agent, *until, *minutes),
            Event::WaitEnded { visit } => {
                let agent = self.visit_mut(*visit).waits_for.take().map(|w| w.agent);
                let line = Line::of(Rule::Queue, Reason::WaitEnded { agent });
                self.write(at, line.visit(*visit));
            }

            // Turns
            Event::Offered(offer) => self.offer(at, offer),
            Event::Lapsed {
                visit,
                agent,
                seconds,
                turn,
            } => self.lapse(at, *visit, agent, (*seconds, *turn)),
            Event::TurnReturned {
                visit,
                agent,
                back,
                after,
            } => self.return_turn(at, *visit, agent, *back, *after),
            Event::CourtesyForfeited { visit, agent, debt } => {
                self.forfeit_courtesy(at, agent, *visit, debt);
            }
            Event::DebtExpired { agent, rota, debt } => {
                let reason = Reason::DebtExpired { date: debt.date };
                if self.take_debt(agent, *rota, debt, |d| d.expired += 1) {
                    let line = Line::of(Rule::NewDay, reason).rota(*rota);
                    self.write(at, line.agent(agent));
                }
            }
            Event::Penalised {
                agent,
                rota,
                turns,
                why,
            } => {
                self.agent_mut(agent).accounts.of_mut(*rota).penalties += turns;
                let (turns, why) = (*turns, why.clone());
                let reason = Reason::Penalised { turns, why };
                let line = Line::of(Rule::Penalty, reason).rota(*rota);
                self.write(at, line.agent(agent));
            }
            Event::PenaltyLifted {
                agent,
                rota,
                turns,
                why,
            } => {
                let account = self.agent_mut(agent).accounts.of_mut(*rota);
                account.penalties = account.penalties.saturating_sub(*turns);
                let (turns, why) = (*turns, why.clone());
                let reason = Reason::PenaltyLifted { turns, why };
                let line = Line::of(Rule::Penalty, reason).rota(*rota);
                self.write(at, line.agent(agent));
            }
            Event::CursorMoved { agent, rota, why } => {
                self.rotas.of_mut(*rota).cursor = Some(agent.clone());
                let reason = Reason::CursorMoved { why: why.clone() };
                let line = Line::of(Rule::Override, reason).rota(*rota);
                self.write(at, line.agent(agent));
            }
            Event::OrderSet { agents, why } => self.set_order(at, agents, why),
            Event::TurnGranted { agent, rota, why } => {
                let reason = Reason::GrantedByManager { why: why.clone() };
                let line = Line::of(Rule::Override, reason).rota(*rota);
                self.write(at, line.agent(agent));
                self.grant_debt(at, agent, *rota, None, at, None, None);
            }
            Event::TurnTaken {
                agent,
                rota,
                debt,
                why,
            } => {
                self.take_debt(agent, *rota, debt, |d| d.cancelled += 1);
                let reason = Reason::TakenByManager { why: why.clone() };
                let line = Line::of(Rule::Override, reason).rota(*rota);
                self.write(at, line.agent(agent));
            }

            // The course of a visit
            Event::Called {
                visit,
                agent,
                place,
            } => self.call(at, *visit, agent, place),
            Event::Recalled {
                visit,
                agent,
                times,
                place,
            } => self.recall(at, *visit, agent, *times, place),
            Event::Started { visit, agent } => self.start(at, *visit, agent),
            Event::Finished {
                visit,
                agent,
                by_new_day,
            } => self.finish(at, *visit, agent, *by_new_day),
            Event::Refused {
                visit,
                agent,
                why,
                turn,
            } => {
                let (why, turn) = (why.clone(), *turn);
                self.refuse(at, *visit, agent, Reason::Refused { why, turn });
            }
            Event::Requeued {
                visit,
                position,
                reason,
            } => self.requeue(at, *visit, *position, reason),
            Event::Parked {
                visit,
                until,
                missed_call,
            } => self.park(at, *visit, *until, *missed_call),
            Event::Dropped { visit, minutes } => self.drop_visit(at, *visit, *minutes),
            Event::Left { visit, by_new_day } => self.leave(at, *visit, *by_new_day),
            Event::Cancelled { visit, why } => self.cancel(at, *visit, why),
            Event::Transferred { visit, line } => self.transfer(at, *visit, *line),
            Event::Reassigned { visit, from, why } => {
                self.end_assignment(at, *visit, VisitState::Waiting);
                self.requeue_at_own_place(*visit);
                let reason = Reason::Reassigned { why: why.clone() };
                let line = Line::of(Rule::Override, reason).visit(*visit);
                self.write(at, line.maybe_agent(from.clone()));
            }
            Event::Withdrawn { visit, agent } => {
                self.end_assignment(at, *visit, VisitState::Waiting);
                self.requeue_at_own_place(*visit);
                let line = Line::of(Rule::Flow, Reason::Withdrawn).visit(*visit);
                self.write(at, line.agent(agent));
            }
            Event::Undone {
                visit,
                to,
                cancelled,
                prepaid,
            } => {
                self.undo(at, *visit, to, cancelled.as_ref());
                if *prepaid {
                    self.book_ahead_again(at, *visit);
                }
            }

            // Attendance
            Event::SignedIn {
                agent,
                walk_in,
                phone,
            } => self.sign_in(at, agent, *walk_in, *phone),
            Event::BecameReady { agent } => self.become_ready(at, agent),
            Event::WentAway { agent, reason } => self.go_away(at, agent, *reason),
            Event::AwayAnnounced { agent, reason } => self.announce_away(at, agent, *reason),
            Event::AwayWithdrawn { agent } => self.withdraw_away(at, agent),
            Event::ServiceVouched { agent } => self.vouch(at, agent),
            Event::WentOff { agent } => {
                self.go_off(at, agent);
                self.gone_home(agent);
            }
            Event::Reception { visit, fact, .. } => {
                self.visit_mut(*visit).reception.note(at, fact);
            }
            Event::Pad {
                agent,
                connected,
                since,
            } => {
                self.agent_mut(agent).pad = Some(Pad {
                    connected: *connected,
                    since: since.unwrap_or(at),
                });
            }
            Event::Suspended { agent, until, why } => self.suspend(at, agent, *until, why),
            Event::SuspensionEnded { agent, why } => self.end_suspension(at, agent, why.clone()),
        }
    }
}
