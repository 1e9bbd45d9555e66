//! What happens by itself, in order of its time.

use yingbin::core::visit::VisitState;

use super::{Cost, MINUTE, Model, SECOND, Ticket, Time, With};
use yingbin::core::rota::AwayReason;
use yingbin::core::turn_book::Rule;

enum Alarm {
    Guest(Ticket),
    Agent(String),
}

impl Model {
    /// Rule 9: no timer counts time in which the floor was down.
    pub fn shift_timers(&mut self, by: Time, now: Time) {
        let last = self.last;
        let to_take_back = |g: &super::Guest| g.slip.as_ref().is_some_and(|s| s.until > last);
        let runs = self.next_alarm().is_some() || self.guests.iter().any(to_take_back);
        if by <= 0 || !runs {
            return;
        }
        self.last = now;
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
        // A long service is vouched for by the desk, which could not do so meanwhile.
        for person in &mut self.people {
            if matches!(person.doing, super::Doing::Serving(_)) {
                person.vouched += by;
            }
        }
    }

    /// Everything due until `now`, in order of due time. It happens when it is noticed: whoever is
    /// offered a guest then has the whole time to accept.
    pub fn let_happen(&mut self, now: Time) {
        while let Some((_, alarm)) = self.next_alarm().filter(|(at, _)| *at <= now) {
            self.last = now;
            match alarm {
                Alarm::Agent(name) => {
                    self.person_mut(&name).suspended = None;
                    self.write(Rule::Penalty, "suspension_ended", None, Some(&name));
                }
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
            VisitState::Waiting => self.wait_no_longer(ticket),
            VisitState::Parked => {
                let guest = self.guest_mut(ticket);
                guest.state = VisitState::NoShow;
                guest.since = at;
                guest.parked_until = None;
                guest.slip = None;
                self.write(Rule::NoShow, "dropped_from_parking", Some(ticket), None);
            }
            state => unreachable!("no alarm is set while {state:?}"),
        }
    }

    /// Rule 9: the offer ran out; the turn, or the debt, is used.
    fn lapse(&mut self, ticket: &str, at: Time) {
        let guest = self.guest_mut(ticket);
        let rota = guest.rota;
        let with = guest.with.take().expect("an offer has an agent");
        self.write(Rule::AcceptTimer, "lapsed", Some(ticket), Some(&with.agent));
        self.lose_what_it_cost(ticket, rota, &with);
        let person = self.person_mut(&with.agent);
        person.doing = super::Doing::Away(AwayReason::Unreachable, at);
        person.since = at;
        person.leaving = None;
        self.write(Rule::Attendance, "away", None, Some(&with.agent));
        if with.unseen {
            self.give_back_unseen(ticket, rota, &with);
        }
        self.wait_again(ticket, at);
    }

    /// Rule 9: the agent could not see the offer and gets the turn back, as a debt with its date.
    fn give_back_unseen(&mut self, ticket: &str, rota: usize, with: &With) {
        let date = match &with.cost {
            Cost::Nothing => return,
            Cost::Turn | Cost::Prepaid | Cost::Courtesy(None) => with.offered_at,
            Cost::Debt(owed) => owed.date,
            Cost::Courtesy(Some(earned)) => earned.1,
        };
        self.page(&with.agent, rota).lost -= 1;
        self.owe(&with.agent, rota, date, Some(ticket.to_owned()));
        let name = Some(with.agent.as_str());
        self.write(Rule::OwedTurn, "turn_returned", Some(ticket), name);
    }

    /// Rule 9, and a courtesy refused before it began (rule 10).
    pub fn lose_what_it_cost(&mut self, ticket: &str, rota: usize, with: &With) {
        let page = self.page(&with.agent, rota);
        match &with.cost {
            Cost::Turn | Cost::Debt(_) | Cost::Prepaid => {
                page.received -= 1;
                page.lost += 1;
            }
            // A courtesy that was not rendered earns nothing.
            Cost::Courtesy(Some((number, _))) => {
                if page.strike_owed(*number).is_some() {
                    page.lost += 1;
                    let name = Some(with.agent.as_str());
                    self.write(Rule::OwedTurn, "debt_cancelled", Some(ticket), name);
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
