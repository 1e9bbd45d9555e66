//! What is done with a guest who is here (rules 8 to 11 and 15).

use yingbin::core::booking::{Registration, Verdict};
use yingbin::core::floor::Step;
use yingbin::core::id::AgentId;
use yingbin::core::ticket::Line;
use yingbin::core::time::Millis;
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{OwnerSource, VisitState, WantedBy};

use super::arrivals::has_bought;
use super::{Cost, Doing, Model, SECOND, Slip, Time, Wish, With, Word};

/// What becomes of the turn when a guest leaves an agent.
#[derive(Clone, Copy, PartialEq)]
pub enum TheTurn {
    Stays,
    GoesBack,
    /// Back unless the service had begun.
    GoesBackBeforeServing,
}

/// A slip can be taken back for so long.
const UNDO: i64 = 10 * SECOND;

impl Model {
    pub fn step(&mut self, ticket: &str, step: &Step, now: Time) -> Word {
        let guest = self.guest(ticket).ok_or("unknown_visit")?;
        let state = guest.state;
        let possible: &[VisitState] = {
            use VisitState::*;
            match step {
                Step::Accept { .. } => &[Offered],
                Step::Call { .. } => &[Offered, Called],
                Step::Recall | Step::Start | Step::NoShow => &[Called],
                Step::Finish => &[Serving],
                Step::Refuse { .. } => &[Offered, Called, Serving],
                Step::Park => &[Waiting, Offered, Called],
                Step::Resume => &[Parked],
                Step::Transfer { .. } | Step::Reassign { .. } => {
                    &[Waiting, Offered, Called, Serving]
                }
                Step::Leave | Step::Join { .. } => &[Waiting, Offered, Called, Parked],
                Step::Cancel { .. } => &[Waiting, Offered, Called, Serving, Parked, NoShow, Left],
                Step::NotABuyer { .. } => &[Waiting, Offered, Called, Serving, Parked],
                Step::Appointment { .. } | Step::Channel { .. } | Step::Owner { .. } => {
                    &[Waiting, Offered, Called]
                }
                Step::Undo => &[Serving, Finished, Parked, Left, Cancelled],
            }
        };
        if !possible.contains(&state) {
            return Err("impossible_step");
        }
        let bound = self.bound_to(ticket);
        let bound = bound.as_deref();
        match step {
            Step::Accept { place } | Step::Call { place } => {
                self.guest_mut(ticket).state = VisitState::Called;
                if state != VisitState::Called {
                    self.guest_mut(ticket).since = now;
                }
                let name = self.agent_of(ticket);
                let at_home = self.person(&name).expect("with an agent").place.clone();
                let with = self.guest_mut(ticket).with.as_mut().expect("with an agent");
                if let Some(place) = place {
                    with.place.clone_from(place);
                } else if with.place.is_empty() {
                    with.place = at_home;
                }
                self.announce(ticket, now);
                self.write(Rule::Flow, "called", Some(ticket), Some(&name));
                Ok(())
            }
            Step::Recall => {
                self.guest_mut(ticket).recalls += 1;
                self.announce(ticket, now);
                let name = self.agent_of(ticket);
                self.write(Rule::NoShow, "recalled", Some(ticket), Some(&name));
                Ok(())
            }
            Step::Start => {
                self.keep_slip(ticket, now);
                let name = self.agent_of(ticket);
                let person = self.person_mut(&name);
                person.doing = Doing::Serving(ticket.to_owned());
                person.since = now;
                person.vouched = now;
                self.set_state(ticket, VisitState::Serving, now);
                // Nobody asks for a hand any more who had the guest before.
                self.guest_mut(ticket).reception.hands.clear();
                self.write(Rule::Flow, "started", Some(ticket), Some(&name));
                Ok(())
            }
            Step::Finish => {
                self.keep_slip(ticket, now);
                let name = self.agent_of(ticket);
                self.set_state(ticket, VisitState::Finished, now);
                self.person_mut(&name).served += 1;
                self.set_free(&name, now);
                self.write(Rule::Flow, "finished", Some(ticket), Some(&name));
                Ok(())
            }
            Step::NoShow => {
                if self.guest(ticket).expect("here").recalls < self.rules.recalls {
                    return Err("recalls_left");
                }
                let turn = if self.rules.no_show_returns_turn.is_yes() {
                    TheTurn::GoesBack
                } else {
                    TheTurn::Stays
                };
                self.park(ticket, turn, true, now);
                Ok(())
            }
            Step::Park => {
                self.park(ticket, TheTurn::GoesBack, false, now);
                Ok(())
            }
            Step::Resume => {
                let own = self.own_place(ticket);
                let guest = self.guest_mut(ticket);
                guest.parked_until = None;
                let place = if guest.missed {
                    guest.late = Some(now);
                    own.max(self.rules.late_return_positions as usize)
                } else {
                    own
                };
                self.guest_mut(ticket).missed = false;
                self.write(Rule::NoShow, "resumed", Some(ticket), None);
                self.wait_at(ticket, place, now);
                self.ask_for_the_owner(ticket, now);
                Ok(())
            }
            Step::Refuse { of, .. } => {
                if of.as_ref().is_some_and(|of| bound != Some(of.0.as_str())) {
                    return Err("agent_changed");
                }
                let name = self.agent_of(ticket);
                self.write(Rule::Refusal, "refused", Some(ticket), Some(&name));
                let regains = self.rules.refused_agent_regains_turn.is_yes();
                let turn = if regains {
                    TheTurn::GoesBackBeforeServing
                } else {
                    TheTurn::Stays
                };
                let with = self.part(ticket, turn, now).expect("with an agent");
                let courtesy = matches!(with.cost, Cost::Courtesy(_));
                if courtesy && !regains && state != VisitState::Serving {
                    let rota = self.guest(ticket).expect("here").rota;
                    self.lose_what_it_cost(ticket, rota, &with);
                }
                self.guest_mut(ticket).refused.push(name);
                self.wait_again(ticket, now);
                Ok(())
            }
            Step::Transfer { line } => self.transfer(ticket, *line, now),
            Step::Reassign { agent, why } => self.reassign(ticket, &agent.0, why, now),
            Step::Leave => {
                self.write(Rule::Flow, "left", Some(ticket), bound);
                self.end(ticket, VisitState::Left, TheTurn::GoesBack, now);
                Ok(())
            }
            Step::Cancel { why } => {
                if why.trim().is_empty() {
                    return Err("reason_needed");
                }
                let turn = TheTurn::GoesBackBeforeServing;
                self.write(Rule::Flow, "cancelled", Some(ticket), bound);
                self.end(ticket, VisitState::Cancelled, turn, now);
                Ok(())
            }
            Step::NotABuyer { .. } => {
                let guest = self.guest(ticket).expect("here");
                let with = guest.with.clone().filter(|w| w.cost == Cost::Prepaid);
                let rota = guest.rota;
                // The pass booked ahead is struck out; where it has gone by, a turn is owed instead.
                let struck = with.is_some_and(|w| self.page(&w.agent, rota).prepaid > 0);
                self.guest_mut(ticket).pass_struck = struck;
                self.write(Rule::NotABuyer, "not_a_buyer", Some(ticket), bound);
                self.end(ticket, VisitState::Cancelled, TheTurn::GoesBack, now);
                self.guest_mut(ticket).no_buyer = true;
                Ok(())
            }
            Step::Appointment { id } => {
                let known = self.appointments.get(id).ok_or("unknown_appointment")?;
                let wish = Wish {
                    agent: known.agent.0.clone(),
                    by: WantedBy::Appointment {
                        id: known.id.clone(),
                        time: known.time,
                    },
                };
                self.belongs(ticket, Some(wish), now)
            }
            Step::Channel { registration } => self.channel(ticket, registration, now),
            Step::Owner { agent } => self.owner(ticket, agent.as_ref(), now),
            Step::Join { into } => self.join(ticket, &into.to_string(), now),
            Step::Undo => self.undo(ticket, now),
        }
    }

    fn agent_of(&self, ticket: &str) -> String {
        let guest = self.guest(ticket).expect("here");
        guest.with.as_ref().expect("with an agent").agent.clone()
    }

    /// Who has the guest now.
    pub fn bound_to(&self, ticket: &str) -> Option<String> {
        let guest = self.guest(ticket)?;
        let with = guest.with.as_ref().filter(|_| guest.state.has_agent());
        with.map(|w| w.agent.clone())
    }

    /// On the display.
    fn announce(&mut self, ticket: &str, now: Time) {
        let guest = self.guest_mut(ticket);
        let with = guest.with.as_ref().expect("with an agent");
        guest.called = Some((with.agent.clone(), with.place.clone(), now));
        guest.calls += 1;
    }

    pub fn set_state(&mut self, ticket: &str, state: VisitState, now: Time) {
        let guest = self.guest_mut(ticket);
        guest.state = state;
        guest.since = now;
    }

    fn keep_slip(&mut self, ticket: &str, now: Time) {
        let guest = self.guest_mut(ticket);
        guest.slip = Some(Slip {
            until: now + UNDO,
            state: guest.state,
            since: guest.since,
            with: guest.with.clone(),
            parked_until: guest.parked_until,
        });
        // What was over cannot be made undone.
        if guest.state.is_over() {
            guest.slip = None;
        }
    }

    /// The agent is done with a guest: an away announced meanwhile begins.
    pub fn set_free(&mut self, name: &str, now: Time) {
        let person = self.person_mut(name);
        person.since = now;
        person.doing = match person.leaving.take() {
            Some((reason, set_at)) => Doing::Away(reason, set_at),
            None => Doing::Ready,
        };
    }

    /// Takes the guest out of the queue or from the agent.
    fn part(&mut self, ticket: &str, turn: TheTurn, now: Time) -> Option<With> {
        self.queue.retain(|t| t != ticket);
        let guest = self.guest_mut(ticket);
        guest.waits = None;
        let (state, rota) = (guest.state, guest.rota);
        let with = guest.with.take()?;
        if !state.has_agent() {
            return None;
        }
        let back = match turn {
            TheTurn::Stays => false,
            TheTurn::GoesBack => true,
            TheTurn::GoesBackBeforeServing => state != VisitState::Serving,
        };
        if back {
            self.give_back(&ticket.to_owned(), rota, &with, now);
        }
        self.set_free(&with.agent, now);
        Some(with)
    }

    fn park(&mut self, ticket: &str, turn: TheTurn, missed: bool, now: Time) {
        self.keep_slip(ticket, now);
        let bound = self.bound_to(ticket);
        let (rule, what) = if missed {
            (Rule::NoShow, "not_shown")
        } else {
            (Rule::Flow, "parked")
        };
        self.write(rule, what, Some(ticket), bound.as_deref());
        self.part(ticket, turn, now);
        self.set_state(ticket, VisitState::Parked, now);
        let until = Self::minutes_from(now, self.rules.parked_minutes);
        let guest = self.guest_mut(ticket);
        guest.parked_until = Some(until);
        guest.missed = missed;
    }

    pub fn end(&mut self, ticket: &str, state: VisitState, turn: TheTurn, now: Time) {
        self.keep_slip(ticket, now);
        self.part(ticket, turn, now);
        self.guest_mut(ticket).parked_until = None;
        self.set_state(ticket, state, now);
    }

    fn transfer(&mut self, ticket: &str, line: Line, now: Time) -> Word {
        let guest = self.guest(ticket).expect("here");
        if usize::from(line == Line::Phone) != guest.rota {
            return Err("other_rota");
        }
        let bound = self.bound_to(ticket);
        self.write(Rule::Flow, "transferred", Some(ticket), bound.as_deref());
        self.part(ticket, TheTurn::GoesBackBeforeServing, now);
        self.guest_mut(ticket).line = line;
        self.wait_again(ticket, now);
        self.ask_for_the_owner(ticket, now);
        Ok(())
    }

    /// Rule 15: counts as asked for by name; a returner or an appointment uses no turn.
    fn reassign(&mut self, ticket: &str, name: &str, why: &str, now: Time) -> Word {
        if why.trim().is_empty() {
            return Err("reason_needed");
        }
        let person = self.person(name).ok_or("unknown_agent")?;
        if person.has_guest() {
            return Err("agent_has_visit");
        }
        // The manager may override anything, a suspension too.
        if !person.counted || person.doing != Doing::Ready {
            return Err("agent_not_ready");
        }
        let from = self.bound_to(ticket);
        self.write(Rule::Override, "reassigned", Some(ticket), from.as_deref());
        self.part(ticket, TheTurn::GoesBackBeforeServing, now);
        let guest = self.guest(ticket).expect("here");
        let rota = guest.rota;
        let own = guest.wish.as_ref().is_some_and(|w| w.by != WantedBy::Name);
        let uses_turn = self.rules.named_uses_turn.is_yes() && !own;
        let cost = self.out_of_turn(name, rota, ticket, uses_turn);
        self.bind(ticket, name.to_owned(), Rule::Override, cost, vec![], now);
        Ok(())
    }

    fn channel(&mut self, ticket: &str, registration: &Registration, now: Time) -> Word {
        if !self.counts(&registration.agent.0) {
            return Err("unknown_agent");
        }
        let came = self.guest(ticket).expect("here").came;
        let name = Some(registration.agent.as_str());
        self.write(Rule::Channel, "channel_judged", Some(ticket), name);
        if registration.verdict(Millis(came)) == Verdict::Valid {
            let wish = Wish {
                agent: registration.agent.0.clone(),
                by: WantedBy::Channel {
                    broker: registration.broker.clone(),
                },
            };
            return self.belongs(ticket, Some(wish), now);
        }
        Ok(())
    }

    fn owner(&mut self, ticket: &str, agent: Option<&AgentId>, now: Time) -> Word {
        let guest = self.guest(ticket).expect("here");
        let wish = agent.map(|agent| {
            let learned = guest.learned.as_ref().filter(|l| l.0 == agent.0);
            Wish {
                agent: agent.0.clone(),
                by: WantedBy::Owner {
                    source: OwnerSource::Desk,
                    bought: learned.map_or(has_bought(guest.line), |l| l.1),
                },
            }
        });
        self.belongs(ticket, wish, now)
    }

    /// Whose guest this is turns out otherwise: an offer that went out before is withdrawn.
    fn belongs(&mut self, ticket: &str, wish: Option<Wish>, now: Time) -> Word {
        if wish.as_ref().is_some_and(|w| !self.counts(&w.agent)) {
            return Err("unknown_agent");
        }
        let guest = self.guest(ticket).expect("here");
        if guest.wish == wish {
            return Ok(());
        }
        if guest.state != VisitState::Waiting {
            let bound = self.bound_to(ticket);
            self.write(Rule::Flow, "withdrawn", Some(ticket), bound.as_deref());
            self.part(ticket, TheTurn::GoesBack, now);
            self.wait_again(ticket, now);
        }
        match &wish {
            Some(wish) => {
                let rule = super::line::rule_of(&wish.by);
                self.write(rule, "belongs_to", Some(ticket), Some(&wish.agent));
            }
            None => self.write(Rule::Owner, "belongs_to_nobody", Some(ticket), None),
        }
        let guest = self.guest_mut(ticket);
        guest.waits = None;
        if let Some(wish) = &wish {
            // Wished for again, whatever was said before.
            guest.refused.retain(|r| *r != wish.agent);
        }
        guest.wish = wish;
        self.ask_for_the_owner(ticket, now);
        Ok(())
    }

    /// Rule 8: a family is one customer.
    fn join(&mut self, ticket: &str, into: &str, now: Time) -> Word {
        let host = self.guest(into).ok_or("unknown_visit")?;
        let guest = self.guest(ticket).expect("here");
        if into == ticket || host.state.is_over() || host.rota != guest.rota {
            return Err("cannot_join");
        }
        let (size, wish) = (guest.size, guest.wish.clone());
        let others = guest.co_owners.clone();
        let bound = self.bound_to(ticket);
        self.write(Rule::Party, "joined", Some(ticket), bound.as_deref());
        self.end(ticket, VisitState::Cancelled, TheTurn::GoesBack, now);
        self.guest_mut(ticket).slip = None;
        self.guest_mut(ticket).co_owners.clear();
        let host = self.guest_mut(into);
        host.size += size;
        host.co_owners.extend(others);
        // Somebody's guests together with nobody's are that somebody's.
        if host.wish.is_none() && host.state == VisitState::Waiting && wish.is_some() {
            host.wish = wish;
            self.ask_for_the_owner(into, now);
        } else if let Some(wish) = wish
            && host.wish.as_ref().is_none_or(|w| w.agent != wish.agent)
        {
            // Both own.
            host.co_owners.insert(wish.agent);
        }
        Ok(())
    }

    /// A service goes on with the same agent, if that one has not called another guest. An offer or
    /// a call goes to the same agent again if free; else the guest waits at the own place.
    fn undo(&mut self, ticket: &str, now: Time) -> Word {
        let guest = self.guest(ticket).expect("here");
        let slip = guest
            .slip
            .clone()
            .filter(|s| now < s.until)
            .ok_or("nothing_to_undo")?;
        let (rota, state) = (guest.rota, guest.state);
        let turn_stayed = guest.missed && !self.rules.no_show_returns_turn.is_yes();
        match &slip.with {
            Some(with) if state == VisitState::Serving => {
                // Only the start is taken back.
                self.write(Rule::Flow, "undone", Some(ticket), Some(&with.agent));
                self.person_mut(&with.agent).doing = Doing::Offered(ticket.to_owned());
                self.put_back(ticket, &slip);
            }
            Some(with) if slip.state == VisitState::Serving => {
                let withdrawn = self.make_room(&with.agent, now)?;
                self.write(Rule::Flow, "undone", Some(ticket), Some(&with.agent));
                if state == VisitState::Finished {
                    self.person_mut(&with.agent).served -= 1;
                }
                let page = self.page(&with.agent, rota);
                let mut with = with.clone();
                if let Some(own) = page.given_back_from(ticket) {
                    page.strike_owed(own.number);
                    page.received += 1;
                    let name = Some(with.agent.as_str());
                    self.write(Rule::OwedTurn, "debt_cancelled", Some(ticket), name);
                } else if self.guest(ticket).expect("here").no_buyer {
                    if self.guest(ticket).expect("here").pass_struck {
                        let page = self.page(&with.agent, rota);
                        page.received += 1;
                        page.prepaid += 1;
                    } else {
                        with.cost = Cost::Nothing;
                    }
                }
                let person = self.person_mut(&with.agent);
                if let Doing::Away(reason, set_at) = person.doing {
                    // It begins when the guest is really done.
                    person.leaving = Some((reason, set_at));
                }
                person.doing = Doing::Serving(ticket.to_owned());
                self.put_back(ticket, &slip);
                self.guest_mut(ticket).with = Some(with);
                if let Some(other) = withdrawn {
                    // Who wants that very agent waits for them.
                    self.ask_for_the_owner(&other, now);
                }
            }
            Some(with) => {
                self.write(Rule::Flow, "undone", Some(ticket), None);
                self.wait_again(ticket, now);
                let guest = self.guest_mut(ticket);
                guest.parked_until = None;
                guest.missed = false;
                guest.no_buyer = false;
                if self.person(&with.agent).is_some_and(|p| p.free()) {
                    let cost = self.pay_again(ticket, rota, with, turn_stayed);
                    let (agent, rule) = (with.agent.clone(), with.rule);
                    self.bind(ticket, agent, rule, cost, vec![], now);
                } else {
                    self.ask_for_the_owner(ticket, now);
                }
            }
            None => {
                self.write(Rule::Flow, "undone", Some(ticket), None);
                self.put_back(ticket, &slip);
                if slip.state == VisitState::Waiting {
                    let place = self.own_place(ticket);
                    self.queue.insert(place, ticket.to_owned());
                    self.ask_for_the_owner(ticket, now);
                }
            }
        }
        Ok(())
    }

    fn put_back(&mut self, ticket: &str, slip: &Slip) {
        let guest = self.guest_mut(ticket);
        guest.slip = None;
        guest.state = slip.state;
        guest.since = slip.since;
        guest.with = slip.with.clone();
        guest.parked_until = slip.parked_until;
        guest.no_buyer = false;
        if slip.state != VisitState::Parked {
            guest.missed = false;
        }
    }

    /// The turn that went back is used again; what had stayed used costs nothing more.
    fn pay_again(&mut self, ticket: &str, rota: usize, with: &With, turn_stayed: bool) -> Cost {
        let page = self.page(&with.agent, rota);
        if let Some(own) = page.given_back_from(ticket) {
            page.strike_owed(own.number);
            page.received += 1;
            let name = Some(with.agent.as_str());
            self.write(Rule::OwedTurn, "debt_cancelled", Some(ticket), name);
            return Cost::Debt(own);
        }
        if with.cost == Cost::Prepaid && !turn_stayed {
            page.received += 1;
            page.prepaid += 1;
            return Cost::Prepaid;
        }
        Cost::Nothing
    }

    /// An offer the agent got meanwhile is withdrawn, as long as that guest was not called.
    fn make_room(&mut self, name: &str, now: Time) -> Result<Option<String>, &'static str> {
        let person = self.person(name).ok_or("unknown_agent")?;
        match &person.doing {
            Doing::Ready | Doing::Away(..) => Ok(None),
            Doing::Off => Err("agent_off"),
            Doing::Serving(_) => Err("too_late_to_undo"),
            Doing::Offered(other) => {
                let other = other.clone();
                if self.guest(&other).expect("offered").state != VisitState::Offered {
                    return Err("too_late_to_undo");
                }
                self.write(Rule::Flow, "withdrawn", Some(&other), Some(name));
                self.part(&other, TheTurn::GoesBack, now);
                self.wait_again(&other, now);
                Ok(Some(other))
            }
        }
    }
}
