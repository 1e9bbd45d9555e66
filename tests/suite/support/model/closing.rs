//! The showroom closes for today: no kiosk checks anybody in any more; whoever was on duty goes home
//! as soon as no guest needs them.

use yingbin::core::floor::day::Rest;
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::VisitState;

use super::steps::TheTurn;
use super::{Doing, Model, Name, Ticket, Time, Word};

impl Model {
    pub fn close(&mut self, rest: Rest, now: Time) -> Word {
        if self.day.is_none() {
            return Err("no_day_open");
        }
        if self.closed.is_none() {
            let on_duty = self.people.iter().filter(|p| p.doing != Doing::Off);
            self.closed = Some(on_duty.map(|p| p.name.clone()).collect());
            self.write(Rule::Flow, "day_closed", None, None);
        }
        if rest == Rest::Leave {
            let mut waiting: Vec<(Time, usize, Ticket)> = self
                .guests
                .iter()
                .filter(|g| !g.state.is_over() && g.state != VisitState::Serving)
                .map(|g| (g.came, g.arrival, g.ticket.clone()))
                .collect();
            // Parts of one party go together.
            waiting.sort_by_key(|w| (w.0, w.1));
            for (_, _, ticket) in waiting {
                let agent = self.bound_to(&ticket);
                self.end(&ticket, VisitState::Left, TheTurn::GoesBack, now);
                self.write(Rule::Flow, "left", Some(&ticket), agent.as_deref());
            }
        }
        Ok(())
    }

    pub fn reopen(&mut self) -> Word {
        if self.day.is_none() {
            return Err("no_day_open");
        }
        if self.closed.take().is_some() {
            self.write(Rule::Flow, "day_reopened", None, None);
        }
        Ok(())
    }

    pub fn send_home(&mut self, now: Time) {
        let Some(staying) = self.closed.clone() else {
            return;
        };
        let still_here = |state| {
            use VisitState::*;
            matches!(state, Waiting | Offered | Called | Parked)
        };
        if self.guests.iter().any(|g| still_here(g.state)) {
            return;
        }
        let idle = |name: &&Name| {
            let person = self.person(name);
            person.is_some_and(|p| !p.has_guest() && p.doing != Doing::Off)
        };
        let going: Vec<Name> = staying.iter().filter(idle).cloned().collect();
        for name in going {
            self.sign_off(&name, now);
        }
    }
}
