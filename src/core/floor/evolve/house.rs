//! Days, the site, the rules.

use super::book::Line;
use crate::core::floor::State;
use crate::core::floor::state::Due;
use crate::core::house_rules::{HouseRules, RotaOrder};
use crate::core::id::AgentId;
use crate::core::rota::{Agent, RotaKind, Status};
use crate::core::site::Site;
use crate::core::time::Millis;
use crate::core::turn_book::{Reason, Rule};

impl State {
    pub(super) fn open_day(&mut self, at: Millis, day: &str) {
        self.day = Some(day.to_owned());
        self.closed = None;
        self.acknowledged.clear();
        self.visits.clear();
        self.put_away = Default::default();
        self.arrivals = 0;
        self.shifted_ms = 0;
        self.dissolve_line();
        self.priority_run = 0;
        self.counters.clear();
        self.rotas = Default::default();
        self.agents.retain(|_, a| {
            let open = |kind| a.accounts.of(kind).is_open();
            // Newcomers too: who asks is told that the coach has not signed them off.
            let listed = self.site.staff.iter().any(|s| s.id == a.id);
            listed || a.suspended_until.is_some() || RotaKind::ALL.into_iter().any(open)
        });
        for agent in self.agents.values_mut() {
            agent.status = Status::Off;
            agent.since = at;
            agent.announced = None;
            agent.served = 0;
            agent.pad = None;
            for kind in RotaKind::ALL {
                agent.accounts.of_mut(kind).new_day();
            }
        }
        self.reset_timers();
        let reason = Reason::DayOpened {
            day: day.to_owned(),
        };
        self.write(at, Line::of(Rule::NewDay, reason));
    }

    /// Lines that are past it already stay where they are.
    pub(super) fn skip_numbers(&mut self, at: Millis, through: u32) {
        for line in crate::core::ticket::Line::ALL {
            let last = self.counters.entry(line).or_default();
            *last = through.max(*last);
        }
        self.write(at, Line::of(Rule::Flow, Reason::NumbersSkipped { through }));
    }

    /// Rule 9. A suspension runs until a time of day, whether the floor was down or not; and how
    /// long a guest has waited is true of the guest, so that a line's longest wait goes on too.
    pub(super) fn shift_timers(&mut self, by_ms: i64) {
        self.shifted_ms += by_ms;
        for visit in self.visits.values_mut() {
            visit.shift_timers(by_ms);
        }
        // A long service is vouched for by the desk, which could not say so meanwhile (rule 7).
        for agent in self.agents.values_mut() {
            if let Status::Serving { .. } = agent.status {
                agent.vouched_at.0 += by_ms;
            }
        }
        self.reset_timers();
    }

    fn reset_timers(&mut self) {
        let visits = self.visits.values();
        let visits = visits.filter_map(|v| v.due().map(|at| (at, Due::Visit(v.id))));
        let agents = self.agents.values();
        let agents =
            agents.filter_map(|a| a.suspended_until.map(|at| (at, Due::Agent(a.id.clone()))));
        self.timers = visits.chain(agents).collect();
    }

    pub(super) fn take_site(&mut self, at: Millis, site: &Site) {
        for agent in self.agents.values_mut() {
            let entry = site.agents().find(|s| s.id == agent.id);
            agent.employed = entry.is_some_and(|s| !s.newcomer);
        }
        for member in site.agents() {
            let agent = self.agents.entry(member.id.clone()).or_insert_with(|| {
                let mut agent = Agent::new(member.id.clone(), at);
                agent.employed = !member.newcomer;
                agent
            });
            agent.name.clone_from(&member.name);
            agent.title.clone_from(&member.title);
            agent.place.clone_from(&member.place);
        }
        self.site = site.clone();
        self.follow_the_list();
    }

    pub(super) fn take_rules(&mut self, at: Millis, rules: &HouseRules, author: Option<String>) {
        let changed = changes(&self.rules, rules);
        self.rules = rules.clone();
        self.follow_the_list();
        let reason = Reason::RulesChanged { changed, author };
        self.write(at, Line::of(Rule::Flow, reason));
    }

    pub(super) fn set_order(&mut self, at: Millis, agents: &[AgentId], why: &str) {
        self.managers_list = agents.to_vec();
        self.follow_the_list();
        let reason = Reason::OrderSet {
            why: why.to_owned(),
            order: agents.to_vec(),
        };
        self.write(at, Line::of(Rule::Override, reason));
    }

    /// Under `managers_list` both rotas stand in the order of the list at all times.
    fn follow_the_list(&mut self) {
        if self.rules.rota_order == RotaOrder::ManagersList {
            let list = self.list_order();
            for kind in RotaKind::ALL {
                self.rotas.of_mut(kind).rearrange(&list);
            }
        }
    }
}

/// The switches that differ, as `key: old → new`.
fn changes(old: &HouseRules, new: &HouseRules) -> Vec<String> {
    let flat = |rules: &HouseRules| {
        let mut out = Vec::new();
        if let Ok(value) = serde_json::to_value(rules) {
            flatten("", &value, &mut out);
        }
        out
    };
    let old = flat(old);
    flat(new)
        .into_iter()
        .filter_map(|(key, value)| {
            let before = old.iter().find(|(k, _)| *k == key).map(|(_, v)| v)?;
            (*before != value).then(|| format!("{key}: {before} → {value}"))
        })
        .collect()
}

fn flatten(key: &str, value: &serde_json::Value, out: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, inner) in fields {
                let dot = if key.is_empty() { "" } else { "." };
                flatten(&format!("{key}{dot}{name}"), inner, out);
            }
        }
        serde_json::Value::String(text) => out.push((key.to_owned(), text.clone())),
        plain => out.push((key.to_owned(), plain.to_string())),
    }
}
