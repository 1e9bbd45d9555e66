//! Whose turn it is (rules 3 to 7) and what a turn costs.

use yingbin::core::house_rules::{Courtesy, ReturnerTurn, RotaOrder};
use yingbin::core::rota::AwayReason;
use yingbin::core::turn_book::{Consequence, PassReason, Rule};
use yingbin::core::visit::{VisitState, WantedBy};

use super::seen::OfferSeen;
use super::{Cost, Doing, Guest, MINUTE, Model, Name, Owed, SECOND, Ticket, Time, With};

/// What the rota says.
struct Turn {
    agent: Name,
    /// The owed turn that is paid with; `true`: it is this guest's own, given back before.
    owed: Option<(Owed, bool)>,
    passes: Vec<(Name, PassReason, Consequence)>,
}

impl Model {
    /// Gives the waiting to whoever is free, until nobody can be given to anybody.
    pub fn settle(&mut self, now: Time) {
        self.sign_off_who_left(now);
        loop {
            self.end_vain_waits();
            let line = self.line_up(now);
            let for_that_very_agent = line.iter().find(|t| {
                let waits = self.guest(t).and_then(|g| g.waits.as_ref());
                waits.is_some_and(|w| self.is_free(&w.0))
            });
            if let Some(ticket) = for_that_very_agent.cloned() {
                self.give_to_owner(&ticket, now);
                continue;
            }
            if !line.iter().any(|ticket| self.try_to_give(ticket, now)) {
                break;
            }
        }
        self.send_home(now);
    }

    fn is_free(&self, name: &str) -> bool {
        self.person(name).is_some_and(|p| p.free())
    }

    /// Whoever waits for somebody who has gone waits no longer.
    fn end_vain_waits(&mut self) {
        for at in 0..self.guests.len() {
            let Some((name, _)) = &self.guests[at].waits else {
                continue;
            };
            if !self.is_free(name) && !self.is_busy(name) {
                let ticket = self.guests[at].ticket.clone();
                self.wait_no_longer(&ticket);
            }
        }
    }

    fn try_to_give(&mut self, ticket: &str, now: Time) -> bool {
        let guest = self.guest(ticket).expect("who waits is on the sheet");
        if guest.waits.is_some() {
            return false;
        }
        let wish = guest.wish_now().map(|w| w.agent.clone());
        if wish.is_some_and(|w| self.is_free(&w)) {
            self.give_to_owner(ticket, now);
            return true;
        }
        self.give_by_turn(ticket, now)
    }

    /// Rules 3, 3b, 4 and 5.
    fn give_to_owner(&mut self, ticket: &str, now: Time) {
        let guest = self.guest(ticket).expect("given");
        let rota = guest.rota;
        let wish = guest.wish_now().expect("a wish").clone();
        let (rule, uses_turn) = match &wish.by {
            WantedBy::Appointment { .. } => (Rule::Appointment, false),
            WantedBy::Channel { .. } => (Rule::Channel, false),
            WantedBy::Owner { bought, .. } => (
                Rule::Owner,
                match self.rules.returner_uses_turn {
                    ReturnerTurn::No => false,
                    ReturnerTurn::IfNotBought => !bought,
                    ReturnerTurn::Yes => true,
                },
            ),
            WantedBy::Name => (Rule::AskedFor, self.rules.named_uses_turn.is_yes()),
        };
        let cost = self.out_of_turn(&wish.agent, rota, ticket, uses_turn);
        self.bind(ticket, wish.agent, rule, cost, vec![], now);
    }

    /// A turn received ahead of one's pass. Where the fewest received decide, it simply counts.
    /// A turn given back from this very guest is the turn (rule 11).
    pub fn out_of_turn(&mut self, name: &str, rota: usize, ticket: &str, uses_turn: bool) -> Cost {
        if !uses_turn {
            return Cost::Nothing;
        }
        let fewest = self.rules.rota_order == RotaOrder::FewestReceived;
        let page = self.page(name, rota);
        page.received += 1;
        if let Some(own) = page.given_back_from(ticket) {
            page.strike_owed(own.number);
            self.write(Rule::OwedTurn, "debt_cancelled", Some(ticket), Some(name));
            return Cost::Debt(own);
        }
        if fewest {
            return Cost::Turn;
        }
        page.prepaid += 1;
        Cost::Prepaid
    }

    /// Rules 6 and 7, and the courtesy of rules 3 to 5.
    fn give_by_turn(&mut self, ticket: &str, now: Time) -> bool {
        let guest = self.guest(ticket).expect("given").clone();
        let courtesy = guest.wish_now().is_some();
        let Some(turn) = self.by_turn(&guest, now) else {
            return false;
        };
        let rota = guest.rota;
        self.write_passes(ticket, &turn.passes);
        if let Some((owed, own)) = &turn.owed {
            self.page(&turn.agent, rota).strike_owed(owed.number);
            let what = if *own { "debt_cancelled" } else { "debt_paid" };
            self.write(Rule::OwedTurn, what, Some(ticket), Some(&turn.agent));
        }
        let (rule, cost) = if courtesy {
            let cost = self.courtesy(&turn, rota, now);
            if cost != Cost::Courtesy(None) {
                let what = "debt_granted";
                self.write(Rule::OwedTurn, what, Some(ticket), Some(&turn.agent));
            } else if self.rules.courtesy != Courtesy::Nothing {
                let what = "debt_withheld";
                self.write(Rule::OwedTurn, what, Some(ticket), Some(&turn.agent));
            }
            (Rule::Courtesy, cost)
        } else {
            self.page(&turn.agent, rota).received += 1;
            match &turn.owed {
                Some((owed, _)) => (Rule::OwedTurn, Cost::Debt(owed.clone())),
                None => (Rule::InTurn, Cost::Turn),
            }
        };
        self.bind(ticket, turn.agent, rule, cost, turn.passes, now);
        true
    }

    /// Rule 4: the turn is used and one owed turn stands in its place.
    fn courtesy(&mut self, turn: &Turn, rota: usize, now: Time) -> Cost {
        if self.rules.courtesy == Courtesy::Nothing {
            self.page(&turn.agent, rota).lost += 1;
            return Cost::Courtesy(None);
        }
        // The debt used keeps its date and rank, but is no longer that of the guest it came from.
        if let Some((owed, _)) = &turn.owed {
            self.page(&turn.agent, rota).write_owed(Owed {
                guest: None,
                ..owed.clone()
            });
            return Cost::Courtesy(Some((owed.number, owed.date)));
        }
        if self.at_the_cap(&turn.agent, rota) {
            self.page(&turn.agent, rota).lost += 1;
            return Cost::Courtesy(None);
        }
        let number = self.owe(&turn.agent, rota, now, None);
        Cost::Courtesy(Some((number, now)))
    }

    fn at_the_cap(&self, name: &str, rota: usize) -> bool {
        self.person(name).expect("known").pages[rota].owed.len() >= self.rules.owed_cap as usize
    }

    /// Binds the guest to the agent.
    pub fn bind(
        &mut self,
        ticket: &str,
        agent: Name,
        rule: Rule,
        cost: Cost,
        passes: Vec<(Name, PassReason, Consequence)>,
        now: Time,
    ) {
        self.count_run(ticket, now);
        self.queue.retain(|t| t != ticket);
        let accept_by = self.accept_by(now);
        let person = self.person_mut(&agent);
        person.doing = Doing::Offered(ticket.to_owned());
        person.since = now;
        let unseen = person.pad.is_some_and(|p| !p.0);
        let guest = self.guest_mut(ticket);
        guest.state = VisitState::Offered;
        guest.since = now;
        guest.waits = None;
        guest.recalls = 0;
        guest.calls = 0;
        guest.slip = None;
        guest.with = Some(With {
            agent: agent.clone(),
            rule,
            cost,
            offered_at: now,
            accept_by,
            unseen,
            place: String::new(),
        });
        self.write_offer(rule, ticket, &agent, passes.clone());
        self.offers.push(OfferSeen {
            visit: ticket.to_owned(),
            agent,
            rule,
            passes,
        });
    }

    /// Could this agent take this guest by turn, now?
    fn may_take(&self, name: &str, guest: &Guest) -> bool {
        self.person(name).is_some_and(|p| p.free())
            && !self.too_much_overdue(name)
            && !guest.refused.iter().any(|r| r == name)
    }

    fn too_much_overdue(&self, name: &str) -> bool {
        let limit = self.rules.overdue_followups_block;
        limit > 0 && self.person(name).is_some_and(|p| p.overdue > limit)
    }

    /// Rule 7. Nothing is written down unless somebody can take the guest.
    fn by_turn(&mut self, guest: &Guest, now: Time) -> Option<Turn> {
        let names = self.rows[guest.rota].names.clone();
        if !names.iter().any(|n| self.may_take(n, guest)) {
            return None;
        }
        let mut passes = Vec::new();
        // 7a: owed turns first, the oldest first.
        while let Some((name, owed)) = self.oldest_owed(&names, guest) {
            if self.page(&name, guest.rota).penalties > 0 {
                let page = self.page(&name, guest.rota);
                page.penalties -= 1;
                page.lost += 1;
                page.strike_owed(owed.number);
                passes.push((name, PassReason::Penalty, Consequence::PenaltyFromDebt));
                continue;
            }
            // For a courtesy any debt will do; the guest's own turn waits for the guest.
            let own = self.page(&name, guest.rota).given_back_from(&guest.ticket);
            let owed = match own.filter(|_| guest.wish_now().is_none()) {
                Some(own) => (own, true),
                None => (owed, false),
            };
            return Some(Turn {
                agent: name,
                owed: Some(owed),
                passes,
            });
        }
        if self.rules.rota_order == RotaOrder::FewestReceived {
            return Some(self.by_fewest(guest, passes, now));
        }
        // 7b: from the cursor on, round as often as needed.
        let row = &self.rows[guest.rota];
        let mut names = row.names.clone();
        let cursor = names.iter().position(|n| Some(n) == row.cursor.as_ref());
        names.rotate_left(cursor.unwrap_or(0));
        let mut at = 0;
        loop {
            let name = names[at % names.len()].clone();
            at += 1;
            match self.pass(&name, guest, now) {
                Some((why, consequence)) => {
                    if consequence.loses_the_turn() {
                        self.page(&name, guest.rota).lost += 1;
                    }
                    passes.push((name, why, consequence));
                }
                None => {
                    self.page_cursor_past(guest.rota, &name);
                    return Some(Turn {
                        agent: name,
                        owed: None,
                        passes,
                    });
                }
            }
        }
    }

    fn oldest_owed(&self, names: &[Name], guest: &Guest) -> Option<(Name, Owed)> {
        let mut oldest: Option<(Name, Owed)> = None;
        for name in names.iter().filter(|n| self.may_take(n, guest)) {
            let page = &self.person(name).expect("in the rota").pages[guest.rota];
            for owed in &page.owed {
                let older = oldest
                    .as_ref()
                    .is_none_or(|(_, o)| (owed.date, owed.number) < (o.date, o.number));
                if older {
                    oldest = Some((name.clone(), owed.clone()));
                }
            }
        }
        oldest
    }

    /// Rule 7b where the fewest received decide: always the lowest on the list, the earlier signed in
    /// of equals. Whoever cannot take the guest is passed once; a pass settled or a turn lost by
    /// somebody free counts as one received, and the list is looked at again.
    fn by_fewest(
        &mut self,
        guest: &Guest,
        mut passes: Vec<(Name, PassReason, Consequence)>,
        now: Time,
    ) -> Turn {
        let mut names = self.rows[guest.rota].names.clone();
        loop {
            let lowest = names
                .iter()
                .enumerate()
                .min_by_key(|(at, n)| (self.rank(n, guest.rota), *at))
                .map(|(at, n)| (at, n.clone()));
            let (at, name) = lowest.expect("somebody is free");
            let may = self.may_take(&name, guest);
            let Some((why, consequence)) = self.pass(&name, guest, now) else {
                return Turn {
                    agent: name,
                    owed: None,
                    passes,
                };
            };
            if consequence.loses_the_turn() {
                self.page(&name, guest.rota).lost += 1;
            }
            passes.push((name, why, consequence));
            if !may {
                names.remove(at);
            }
        }
    }

    /// What `fewest_received` goes by; a lost turn counts, or losing it would cost nothing.
    pub fn rank(&self, name: &str, rota: usize) -> i64 {
        let page = &self.person(name).expect("in the rota").pages[rota];
        page.measure() + page.start + page.lost
    }

    fn page_cursor_past(&mut self, rota: usize, name: &str) {
        let row = &mut self.rows[rota];
        let at = row
            .names
            .iter()
            .position(|n| n == name)
            .expect("in the rota");
        row.cursor = Some(row.names[(at + 1) % row.names.len()].clone());
    }

    /// The first reason that applies, with its consequence; `None`: the turn is this agent's.
    fn pass(&mut self, name: &str, guest: &Guest, now: Time) -> Option<(PassReason, Consequence)> {
        let rota = guest.rota;
        let person = self.person(name).expect("in the rota").clone();
        if person.pages[rota].prepaid > 0 {
            self.page(name, rota).prepaid -= 1;
            return Some((PassReason::Prepaid, Consequence::PrepaidUsed));
        }
        if person.suspended.is_some() {
            return Some((PassReason::Suspended, Consequence::Skip));
        }
        match person.doing {
            Doing::Serving(_) => {
                let long = i64::from(self.rules.long_service_minutes) * MINUTE;
                let withheld = (now - person.vouched > long).then_some(Consequence::WithheldLong);
                return Some((PassReason::Serving, self.grant(name, rota, now, withheld)));
            }
            Doing::Offered(_) => {
                return Some((PassReason::Offered, self.grant(name, rota, now, None)));
            }
            Doing::Away(reason, set_at) => {
                let lead = i64::from(self.rules.reason_lead_seconds) * SECOND;
                let withheld = (set_at + lead > guest.came).then_some(Consequence::WithheldLate);
                let why = match reason {
                    AwayReason::Errand => PassReason::Errand,
                    AwayReason::Lunch => PassReason::Lunch,
                    AwayReason::Toilet => PassReason::Toilet,
                    AwayReason::Leave => return Some((PassReason::Leave, Consequence::Skip)),
                    AwayReason::Private => return Some((PassReason::Private, Consequence::Skip)),
                    AwayReason::Late => return Some((PassReason::Late, Consequence::Skip)),
                    AwayReason::Unreachable => {
                        return Some((PassReason::Unreachable, Consequence::Skip));
                    }
                };
                return Some((why, self.grant(name, rota, now, withheld)));
            }
            Doing::Ready | Doing::Off => {}
        }
        if self.too_much_overdue(name) {
            return Some((PassReason::Overdue, Consequence::Skip));
        }
        if guest.refused.iter().any(|r| r == name) {
            return Some((PassReason::Refused, Consequence::Skip));
        }
        if person.pages[rota].penalties > 0 {
            self.page(name, rota).penalties -= 1;
            return Some((PassReason::Penalty, Consequence::PenaltyTaken));
        }
        None
    }

    fn grant(
        &mut self,
        name: &str,
        rota: usize,
        now: Time,
        withheld: Option<Consequence>,
    ) -> Consequence {
        if let Some(withheld) = withheld {
            return withheld;
        }
        if self.at_the_cap(name, rota) {
            return Consequence::WithheldCap;
        }
        self.owe(name, rota, now, None);
        Consequence::OwedTurn
    }

    /// Rule 11: what an offer that came to nothing had cost goes back.
    pub fn give_back(&mut self, ticket: &Ticket, rota: usize, with: &With, now: Time) {
        let page = self.page(&with.agent, rota);
        let what = match &with.cost {
            Cost::Turn => {
                page.received -= 1;
                self.owe(&with.agent, rota, now, Some(ticket.clone()));
                "turn_returned"
            }
            Cost::Debt(owed) => {
                page.received -= 1;
                self.owe(&with.agent, rota, owed.date, Some(ticket.clone()));
                "turn_returned"
            }
            Cost::Prepaid => {
                page.received -= 1;
                if page.prepaid > 0 {
                    page.prepaid -= 1;
                    "prepaid_cancelled"
                } else {
                    self.owe(&with.agent, rota, now, Some(ticket.clone()));
                    "turn_returned"
                }
            }
            Cost::Courtesy(None) => {
                page.lost -= 1;
                self.owe(&with.agent, rota, now, Some(ticket.clone()));
                "turn_returned"
            }
            Cost::Courtesy(Some(_)) | Cost::Nothing => return,
        };
        let rule = if what == "turn_returned" {
            Rule::OwedTurn
        } else {
            Rule::AskedFor
        };
        self.write(rule, what, Some(ticket), Some(&with.agent));
    }
}
