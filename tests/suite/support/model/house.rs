//! Signing in and out, the manager's word, other rules, other staff, a new day (rules 12 to 16).

use yingbin::core::floor::{Attendance, ManagersOrder};
use yingbin::core::house_rules::{HouseRules, RotaOrder};
use yingbin::core::id::AgentId;
use yingbin::core::rota::{AwayReason, RotaKind};
use yingbin::core::site::Site;
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::VisitState;

use super::{Doing, Model, Name, Page, Person, Row, Time, Word};

const fn which(rota: RotaKind) -> usize {
    match rota {
        RotaKind::WalkIn => 0,
        RotaKind::Phone => 1,
    }
}

impl Model {
    pub fn attend(&mut self, name: &str, to: Attendance, now: Time) -> Word {
        let person = self.person(name).ok_or("unknown_agent")?.clone();
        if !person.counted {
            let newcomer = self.site.staff.iter().any(|s| s.id.0 == name);
            return Err(if newcomer {
                "not_signed_off"
            } else {
                "unknown_agent"
            });
        }
        match to {
            Attendance::Ready => {
                if self.day.is_none() {
                    return Err("no_day_open");
                }
                match person.doing {
                    Doing::Off => self.sign_in(name, now),
                    Doing::Away(..) => {
                        let person = self.person_mut(name);
                        person.doing = Doing::Ready;
                        person.since = now;
                        self.write(Rule::Attendance, "ready", None, Some(name));
                    }
                    Doing::Serving(_) | Doing::Offered(_) => {
                        if self.person_mut(name).leaving.take().is_some() {
                            self.write(Rule::Attendance, "away_withdrawn", None, Some(name));
                        }
                    }
                    Doing::Ready => {}
                }
                Ok(())
            }
            // Only the floor itself says so (rule 9).
            Attendance::Away(AwayReason::Unreachable) => Err("reason_needed"),
            Attendance::Away(reason) => match person.doing {
                Doing::Off => Err("agent_off"),
                Doing::Offered(_) => Err("agent_has_visit"),
                Doing::Serving(_) => {
                    if person.leaving.is_none_or(|l| l.0 != reason) {
                        self.person_mut(name).leaving = Some((reason, now));
                        self.write(Rule::Attendance, "away_announced", None, Some(name));
                    }
                    Ok(())
                }
                Doing::Away(present, _) if present == reason => Ok(()),
                Doing::Ready | Doing::Away(..) => {
                    let person = self.person_mut(name);
                    person.doing = Doing::Away(reason, now);
                    person.since = now;
                    self.write(Rule::Attendance, "away", None, Some(name));
                    Ok(())
                }
            },
            Attendance::StillServing => {
                if !matches!(person.doing, Doing::Serving(_)) {
                    return Err("agent_not_serving");
                }
                self.person_mut(name).vouched = now;
                self.write(Rule::Attendance, "still_serving", None, Some(name));
                Ok(())
            }
            Attendance::Off => {
                if person.has_guest() {
                    return Err("agent_has_visit");
                }
                if person.doing != Doing::Off {
                    self.sign_off(name, now);
                }
                Ok(())
            }
        }
    }

    /// Rule 13.
    fn sign_in(&mut self, name: &str, now: Time) {
        for rota in 0..2 {
            let start = self.start_for(name, rota);
            let row = &mut self.rows[rota];
            let cursor = row
                .names
                .iter()
                .position(|n| Some(n) == row.cursor.as_ref());
            let place = match cursor {
                Some(at) if at > 0 && self.rules.rota_order == RotaOrder::SignIn => at,
                _ => row.names.len(),
            };
            row.names.insert(place, name.to_owned());
            if row.cursor.is_none() {
                row.cursor = Some(name.to_owned());
            }
            self.page(name, rota).start += start;
        }
        let person = self.person_mut(name);
        person.doing = Doing::Ready;
        person.since = now;
        person.leaving = None;
        self.write(Rule::Attendance, "signed_in", None, Some(name));
        self.rearrange();
    }

    /// The average of received + owed − prepaid of those on duty, rounded up, under
    /// `fewest_received`; less what the newcomer has already.
    fn start_for(&mut self, name: &str, rota: usize) -> i64 {
        if self.rules.rota_order != RotaOrder::FewestReceived || self.rows[rota].names.is_empty() {
            return 0;
        }
        let names = self.rows[rota].names.clone();
        let sum: i64 = names.iter().map(|n| self.rank(n, rota)).sum();
        let count = names.len() as i64;
        let average = (sum + count - 1).div_euclid(count);
        (average - self.rank(name, rota)).max(0)
    }

    pub fn sign_off(&mut self, name: &str, now: Time) {
        for row in &mut self.rows {
            let Some(at) = row.names.iter().position(|n| n == name) else {
                continue;
            };
            if row.cursor.as_deref() == Some(name) {
                row.cursor = Some(row.names[(at + 1) % row.names.len()].clone());
            }
            row.names.remove(at);
            if row.names.is_empty() {
                row.cursor = None;
            }
        }
        let person = self.person_mut(name);
        person.doing = Doing::Off;
        person.since = now;
        person.leaving = None;
        if let Some(staying) = &mut self.closed {
            staying.remove(name);
        }
        self.write(Rule::Attendance, "off", None, Some(name));
    }

    /// Under `managers_list` the order is the manager's; whoever is not on it comes after.
    fn rearrange(&mut self) {
        if self.rules.rota_order != RotaOrder::ManagersList {
            return;
        }
        let list: Vec<Name> = if self.list.is_empty() {
            self.site.staff.iter().map(|s| s.id.0.clone()).collect()
        } else {
            self.list.clone()
        };
        for row in &mut self.rows {
            row.names
                .sort_by_key(|n| list.iter().position(|l| l == n).unwrap_or(list.len()));
        }
    }

    pub fn set_rules(&mut self, rules: &HouseRules) -> Word {
        if self.rules != *rules {
            self.write(Rule::Flow, "rules_changed", None, None);
        }
        self.rules = rules.clone();
        self.rearrange();
        Ok(())
    }

    /// Other staff; newcomers do not count before their coach has signed them off.
    pub fn set_site(&mut self, site: &Site, now: Time) -> Word {
        self.site = site.clone();
        for person in &mut self.people {
            person.counted = false;
        }
        for staff in &site.staff {
            if self.person(&staff.id.0).is_none() {
                self.people.push(Person {
                    name: staff.id.0.clone(),
                    counted: false,
                    place: String::new(),
                    doing: Doing::Off,
                    since: now,
                    vouched: now,
                    leaving: None,
                    suspended: None,
                    overdue: 0,
                    served: 0,
                    pad: None,
                    pages: [Page::default(), Page::default()],
                });
            }
            let person = self.person_mut(&staff.id.0);
            person.counted = !staff.newcomer;
            person.place.clone_from(&staff.place);
        }
        self.rearrange();
        Ok(())
    }

    /// Whoever does not work here any more goes as soon as there is no guest to leave alone.
    pub fn sign_off_who_left(&mut self, now: Time) {
        let leaving: Vec<Name> = self
            .people
            .iter()
            .filter(|p| !p.counted && !p.has_guest() && p.doing != Doing::Off)
            .map(|p| p.name.clone())
            .collect();
        for name in leaving {
            self.sign_off(&name, now);
        }
    }

    /// Rule 14.
    pub fn open_day(&mut self, day: &str, now: Time) -> Word {
        if self.day.as_deref().is_some_and(|open| day <= open) {
            return Err("day_not_later");
        }
        for at in 0..self.guests.len() {
            let guest = self.guests[at].clone();
            if !guest.state.is_over() {
                let agent = guest.with.as_ref().filter(|_| guest.state.has_agent());
                let agent = agent.map(|w| w.agent.as_str());
                let rule = Rule::NewDay;
                self.write(rule, "closed_by_new_day", Some(&guest.ticket), agent);
            }
            if matches!(guest.state, VisitState::Offered | VisitState::Called) {
                let with = guest.with.as_ref().expect("with an agent");
                self.give_back(&guest.ticket, guest.rota, with, now);
            }
        }
        let carry = self.rules.carry_owed_turns.is_yes();
        if !carry {
            for name in self.people.iter().flat_map(all_owed).collect::<Vec<_>>() {
                self.write(Rule::NewDay, "debt_expired", None, Some(&name));
            }
        }
        self.write(Rule::NewDay, "day_opened", None, None);
        self.closed = None;
        self.acknowledged.clear();
        self.guests.clear();
        self.queue.clear();
        self.rows = [Row::default(), Row::default()];
        self.numbers.clear();
        self.run = 0;
        self.day = Some(day.to_owned());
        // Overnight the sheet forgets who does not work here (any more), unless something is open.
        let staff = &self.site.staff;
        self.people.retain(|p| {
            staff.iter().any(|s| s.id.0 == p.name)
                || p.suspended.is_some()
                || p.pages
                    .iter()
                    .any(|p| p.prepaid > 0 || p.penalties > 0 || (carry && !p.owed.is_empty()))
        });
        for person in &mut self.people {
            person.doing = Doing::Off;
            person.since = now;
            person.leaving = None;
            person.served = 0;
            person.pad = None;
            for page in &mut person.pages {
                page.received = 0;
                page.lost = 0;
                page.start = 0;
                if !carry {
                    page.owed.clear();
                }
            }
        }
        Ok(())
    }

    /// Rules 12 and 15.
    pub fn manager(&mut self, order: &ManagersOrder, why: &str, now: Time) -> Word {
        if why.trim().is_empty() {
            return Err("reason_needed");
        }
        let known = |agent: &AgentId| self.person(&agent.0).map(|_| ()).ok_or("unknown_agent");
        match order {
            ManagersOrder::MoveCursor { agent, rota } => {
                let row = &mut self.rows[which(*rota)];
                if !row.names.contains(&agent.0) {
                    return Err("not_in_rota");
                }
                row.cursor = Some(agent.0.clone());
            }
            ManagersOrder::SetOrder { agents } => {
                for agent in agents {
                    known(agent)?;
                }
                if self.rules.rota_order != RotaOrder::ManagersList {
                    return Err("order_not_by_list");
                }
                self.list = agents.iter().map(|a| a.0.clone()).collect();
                self.rearrange();
            }
            ManagersOrder::GrantTurn { agent, rota } => {
                known(agent)?;
                self.owe(&agent.0, which(*rota), now, None);
            }
            ManagersOrder::TakeTurn { agent, rota } => {
                known(agent)?;
                let page = self.page(&agent.0, which(*rota));
                if page.owed.is_empty() {
                    return Err("nothing_open");
                }
                page.owed.remove(0);
            }
            ManagersOrder::Penalise { agent, turns, rota } => {
                known(agent)?;
                let page = self.page(&agent.0, which(*rota));
                if *turns == 0 || page.penalties + i64::from(*turns) > 20 {
                    return Err("penalty_size");
                }
                page.penalties += i64::from(*turns);
            }
            ManagersOrder::LiftPenalty { agent, rota } => {
                known(agent)?;
                let page = self.page(&agent.0, which(*rota));
                if page.penalties == 0 {
                    return Err("nothing_open");
                }
                page.penalties = 0;
            }
            ManagersOrder::Suspend { agent, until } => {
                known(agent)?;
                if until.0 <= now {
                    return Err("not_later");
                }
                self.person_mut(&agent.0).suspended = Some(until.0);
            }
            ManagersOrder::EndSuspension { agent } => {
                known(agent)?;
                if self.person_mut(&agent.0).suspended.take().is_none() {
                    return Err("nothing_open");
                }
            }
        }
        let (rule, what, agent) = line(order);
        self.write(rule, what, None, agent);
        if let ManagersOrder::GrantTurn { agent, .. } = order {
            self.write(Rule::OwedTurn, "debt_granted", None, Some(&agent.0));
        }
        Ok(())
    }
}

/// The agent's name once for each owed turn.
fn all_owed(person: &Person) -> impl Iterator<Item = Name> {
    let owed = person.pages.iter().map(|p| p.owed.len()).sum();
    std::iter::repeat_n(person.name.clone(), owed)
}

fn line(order: &ManagersOrder) -> (Rule, &'static str, Option<&str>) {
    let (rule, what, agent) = match order {
        ManagersOrder::MoveCursor { agent, .. } => (Rule::Override, "cursor_moved", agent),
        ManagersOrder::SetOrder { .. } => return (Rule::Override, "order_set", None),
        ManagersOrder::GrantTurn { agent, .. } => (Rule::Override, "granted_by_manager", agent),
        ManagersOrder::TakeTurn { agent, .. } => (Rule::Override, "taken_by_manager", agent),
        ManagersOrder::Penalise { agent, .. } => (Rule::Penalty, "penalised", agent),
        ManagersOrder::LiftPenalty { agent, .. } => (Rule::Penalty, "penalty_lifted", agent),
        ManagersOrder::Suspend { agent, .. } => (Rule::Penalty, "suspended", agent),
        ManagersOrder::EndSuspension { agent } => (Rule::Penalty, "suspension_ended", agent),
    };
    (rule, what, Some(agent.as_str()))
}
