//! The line: who is served next among the waiting.

use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{VisitState, WantedBy};

use super::{Guest, MINUTE, Model, Ticket, Time};

impl Model {
    fn waiting_since(guest: &Guest) -> Time {
        guest.late.unwrap_or(guest.came)
    }

    /// Somebody who came back late counts as an ordinary guest; where guests are served in order
    /// of arrival alone, everybody does.
    fn weight(&self, guest: &Guest) -> u32 {
        if guest.late.is_some() || self.rules.priority_ratio == 0 {
            0
        } else {
            self.rules.lines.of(guest.line).weight
        }
    }

    /// When the guest will have waited, or has waited, as long as the line allows.
    fn patience(&self, guest: &Guest) -> Time {
        let line = self.rules.lines.of(guest.line);
        Self::waiting_since(guest) + i64::from(line.max_wait_minutes) * MINUTE
    }

    fn too_long(&self, guest: &Guest, now: Time) -> bool {
        self.rules.priority_ratio > 0 && self.patience(guest) <= now
    }

    /// The waiting in the order they are served.
    pub fn line_up(&self, now: Time) -> Vec<Ticket> {
        let mut starving: Vec<&Guest> = Vec::new();
        let mut priority: Vec<&Guest> = Vec::new();
        let mut ordinary: Vec<&Guest> = Vec::new();
        for ticket in &self.queue {
            let guest = self.guest(ticket).expect("who waits is on the sheet");
            if self.too_long(guest, now) {
                starving.push(guest);
            } else if self.weight(guest) > 0 {
                priority.push(guest);
            } else {
                ordinary.push(guest);
            }
        }
        starving.sort_by_key(|g| self.patience(g));
        priority.sort_by_key(|g| std::cmp::Reverse(self.weight(g)));
        let mut order: Vec<Ticket> = starving.iter().map(|g| g.ticket.clone()).collect();
        let (mut p, mut o, mut run) = (0, 0, self.run);
        while p < priority.len() || o < ordinary.len() {
            let take_priority =
                p < priority.len() && (o == ordinary.len() || run < self.rules.priority_ratio);
            if take_priority {
                order.push(priority[p].ticket.clone());
                p += 1;
                run += 1;
            } else {
                order.push(ordinary[o].ticket.clone());
                o += 1;
                run = 0;
            }
        }
        order
    }

    /// Counts priority guests in a row while an ordinary one waits; `ticket` is just being taken.
    pub fn count_run(&mut self, ticket: &str, now: Time) {
        let guest = self.guest(ticket).expect("a guest is taken");
        if self.too_long(guest, now) {
            return;
        }
        if self.weight(guest) == 0 {
            self.run = 0;
            return;
        }
        let ordinary = |t: &Ticket| {
            let other = self.guest(t).expect("who waits is on the sheet");
            self.weight(other) == 0 && !self.too_long(other, now)
        };
        if self.queue.iter().any(|t| t != ticket && ordinary(t)) {
            self.run += 1;
        }
    }

    /// Into the queue at its own place: before everybody who came later.
    pub fn own_place(&self, ticket: &str) -> usize {
        let rank = |ticket: &str| self.guest(ticket).map(|g| (g.came, g.arrival));
        let own = rank(ticket);
        self.queue
            .iter()
            .position(|q| rank(q) > own)
            .unwrap_or(self.queue.len())
    }

    /// Back among the waiting, at the guest's own place.
    pub fn wait_again(&mut self, ticket: &str, now: Time) {
        let place = self.own_place(ticket);
        self.wait_at(ticket, place, now);
    }

    pub fn wait_at(&mut self, ticket: &str, place: usize, now: Time) {
        self.queue
            .insert(place.min(self.queue.len()), ticket.to_owned());
        let guest = self.guest_mut(ticket);
        guest.state = VisitState::Waiting;
        guest.since = now;
        guest.with = None;
        guest.slip = None;
    }

    /// Rules 3 to 5: the agent the guest belongs with is busy, so the guest waits for a while: on
    /// coming into the line, not after a lapse or a refusal, when the next in turn serves.
    pub fn ask_for_the_owner(&mut self, ticket: &str, now: Time) {
        let guest = self.guest(ticket).expect("asked for a guest");
        let minutes = self.rules.wait_for_owner_minutes;
        let Some((name, rule)) = guest.wish_now().map(|w| (w.agent.clone(), rule_of(&w.by))) else {
            return;
        };
        if minutes == 0 || guest.state != VisitState::Waiting || !self.is_busy(&name) {
            return;
        }
        self.write(rule, "waits_for_asked", Some(ticket), Some(&name));
        self.guest_mut(ticket).waits = Some((name, Self::minutes_from(now, minutes)));
    }

    pub fn wait_no_longer(&mut self, ticket: &str) {
        self.guest_mut(ticket).waits = None;
        self.write(Rule::Queue, "wait_ended", Some(ticket), None);
    }

    /// Works here, and has a guest now.
    pub fn is_busy(&self, name: &str) -> bool {
        self.person(name)
            .is_some_and(|p| p.counted && p.has_guest())
    }
}

/// The rule by which a party belongs with somebody.
pub fn rule_of(by: &WantedBy) -> Rule {
    match by {
        WantedBy::Appointment { .. } => Rule::Appointment,
        WantedBy::Channel { .. } => Rule::Channel,
        WantedBy::Owner { .. } => Rule::Owner,
        WantedBy::Name => Rule::AskedFor,
    }
}
