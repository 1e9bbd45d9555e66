//! What happens by itself, in order of its time.

use yingbin::core::visit::VisitState;

use super::{Cost, MINUTE, Model, SECOND, Ticket, Time};
use yingbin::core::rota::AwayReason;

enum Alarm {
    Guest(Ticket),
    Agent(String),
}

impl Model {
    /// Rule 9: no timer counts time in which the floor was down.
    pub fn shift_timers(&mut self, by: Time) {
        if by <= 0 {
            return;
        }
        for guest in &mut self.guests {
            let offered = guest.state == VisitState::Offered;
            if let Some(with) = guest.with.as_mut().filter(|_| offered) {
                with.accept_by += by;
            }
            if let Some((_, until)) = &mut guest.waits {
                *until += by;
            }
            if let Some(until) = &mut guest.parked_until {
                *until += by;
            }
            if let Some(slip) = &mut guest.slip {
                slip.until += by;
            }
        }
    }

    /// Everything due until `now`, in order of due time. It happens when it is noticed: whoever is
    /// offered a guest then has the whole time to accept.
    pub fn let_happen(&mut self, now: Time) {
        while let Some((_, alarm)) = self.next_alarm().filter(|(at, _)| *at <= now) {
            self.last = now;
            match alarm {
                Alarm::Agent(name) => self.person_mut(&name).suspended = None,
                Alarm::Guest(ticket) => self.ring(&ticket, now),
            }
            self.settle(now);
        }
    }

    fn next_alarm(&self) -> Option<(Time, Alarm)> {
        let mut next: Option<(Time, bool, &str)> = None;
        let mut consider = |candidate: (Time, bool, _)| {
            if next.is_none_or(|n| candidate < n) {
                next = Some(candidate);
            }
        };
        for guest in &self.guests {
            let at = match guest.state {
                VisitState::Offered => guest.with.as_ref().map(|w| w.accept_by),
                VisitState::Waiting => guest.waits.as_ref().map(|w| w.1),
                VisitState::Parked => guest.parked_until,
                _ => None,
            };
            if let Some(at) = at {
                consider((at, false, guest.ticket.as_str()));
            }
        }
        for person in &self.people {
            if let Some(at) = person.suspended {
                consider((at, true, person.name.as_str()));
            }
        }
        next.map(|(at, is_agent, id)| {
            let id = id.to_owned();
            let alarm = if is_agent {
                Alarm::Agent(id)
            } else {
                Alarm::Guest(id)
            };
            (at, alarm)
        })
    }

    fn ring(&mut self, ticket: &str, at: Time) {
        match self.guest(ticket).expect("rang for a guest").state {
            VisitState::Offered => self.lapse(ticket, at),
            VisitState::Waiting => self.guest_mut(ticket).waits = None,
            VisitState::Parked => {
                let guest = self.guest_mut(ticket);
                guest.state = VisitState::NoShow;
                guest.since = at;
                guest.parked_until = None;
                guest.slip = None;
            }
            state => unreachable!("no alarm is set while {state:?}"),
        }
    }

    /// Rule 9: the offer ran out; the turn, or the debt, is used.
    fn lapse(&mut self, ticket: &str, at: Time) {
        let guest = self.guest_mut(ticket);
        let rota = guest.rota;
        let with = guest.with.take().expect("an offer has an agent");
        self.lose_what_it_cost(&with.agent, rota, &with.cost);
        let person = self.person_mut(&with.agent);
        person.doing = super::Doing::Away(AwayReason::Unreachable, at);
        person.since = at;
        person.leaving = None;
        self.wait_again(ticket, at);
    }

    pub fn lose_what_it_cost(&mut self, name: &str, rota: usize, cost: &Cost) {
        let page = self.page(name, rota);
        match cost {
            Cost::Turn | Cost::Debt(_) | Cost::Prepaid => {
                page.received -= 1;
                page.lost += 1;
            }
            // A courtesy that was not rendered earns nothing.
            Cost::Courtesy(Some(number)) => {
                if page.strike_owed(*number).is_some() {
                    page.lost += 1;
                }
            }
            // Written down as lost when it was offered.
            Cost::Courtesy(None) | Cost::Nothing => {}
        }
    }

    pub fn accept_by(&self, now: Time) -> Time {
        now + i64::from(self.rules.accept_seconds) * SECOND
    }

    pub fn minutes_from(now: Time, minutes: u32) -> Time {
        now + i64::from(minutes) * MINUTE
    }
}
