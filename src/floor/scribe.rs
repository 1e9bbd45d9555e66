//! Puts the turn book into words: whose names, whose offices, which clock.
//!
//! A day's book is worded beside the engine, from a copy of the little it needs: the one task that
//! owns the state has guests waiting.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::memory::Floor;
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::rota::Agent;
use crate::core::site::Site;
use crate::core::time::Millis;
use crate::core::turn_book::{BookLine, words};
use crate::core::words::say;
use crate::protocol::feed::{DeviceGrant, DeviceRole};
use crate::protocol::turn_book::TurnLine;

/// What the book's words need of the floor.
#[derive(Clone)]
pub(super) struct Scribe<'a> {
    agents: Cow<'a, BTreeMap<AgentId, Agent>>,
    site: Cow<'a, Site>,
    grants: Cow<'a, [DeviceGrant]>,
    calendar: Cow<'a, Calendar>,
}

impl<'a> Scribe<'a> {
    pub fn of(floor: &'a Floor) -> Self {
        Self {
            agents: Cow::Borrowed(&floor.state.agents),
            site: Cow::Borrowed(&floor.state.site),
            grants: Cow::Borrowed(&floor.grants),
            calendar: Cow::Borrowed(&floor.calendar),
        }
    }

    /// To be taken away from the engine.
    pub fn into_owned(self) -> Scribe<'static> {
        Scribe {
            agents: Cow::Owned(self.agents.into_owned()),
            site: Cow::Owned(self.site.into_owned()),
            grants: Cow::Owned(self.grants.into_owned()),
            calendar: Cow::Owned(self.calendar.into_owned()),
        }
    }

    /// A line of the book in words, with times of the site's zone.
    pub fn words(&self, line: &BookLine, language: Language) -> String {
        let name = |id: &AgentId| self.agent_name(id);
        let time = |at: Millis| self.calendar.moment(language, at, line.at);
        let who = self.who(line, language);
        let reader = words::Reader {
            language,
            name: &name,
            time: &time,
        };
        words::signed(line, who.as_deref(), &reader)
    }

    /// Who decided what a line says: a member of staff with their office, or the desk. What comes
    /// from a kiosk is the guest's own doing.
    pub fn who(&self, line: &BookLine, language: Language) -> Option<String> {
        let by = line.by.as_deref()?;
        words::staff(&self.site, by, language).or_else(|| {
            let desk = |g: &&DeviceGrant| g.role == DeviceRole::Desk && g.id.as_str() == by;
            let mut grants = self.grants.iter();
            grants
                .find(desk)
                .map(|_| say(language, "book.by_desk", &[]))
        })
    }

    pub fn agent_name(&self, id: &AgentId) -> String {
        let agent = self.agents.get(id).map(|a| &a.name);
        // Managers and receptionists are on the staff list alone.
        let name = agent.or_else(|| self.site.member(id).map(|m| &m.name));
        name.map_or_else(|| id.to_string(), String::clone)
    }

    /// A line as it is read outside.
    pub fn turn_line(&self, line: &BookLine, language: Language) -> TurnLine {
        TurnLine {
            seq: line.seq,
            at: self.calendar.local(line.at),
            visit: line.visit,
            ticket: line.ticket.map(|t| t.to_string()),
            agent: line.agent.clone(),
            rule: line.rule,
            code: words::code(&line.reason),
            reason: self.words(line, language),
            passed_over: line.passed_over.clone(),
            by: self.who(line, language),
        }
    }
}
