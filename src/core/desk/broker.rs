//! A broker's client (渠道报备) as the desk takes it down: one of the registrations the floor knows,
//! or one it does not know yet, typed from the paper the client shows (rule 3b).

use jiff::tz::TimeZone;

use crate::core::booking::{Registration, Verdict};
use crate::core::clock;
use crate::core::id::AgentId;
use crate::core::time::Millis;

/// Longest name of a firm, characters, as on the wire.
const LONGEST_FIRM: usize = 100;
/// Longest number of a registration, characters, as on the wire.
const LONGEST_NUMBER: usize = 64;
/// Longest time typed, characters.
const LONGEST_TIME: usize = 20;

/// Which registration the party came with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Chosen {
    #[default]
    None,
    /// Its id.
    Known(String),
    /// Shown at the desk and typed.
    Shown,
}

/// What is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerLine {
    Firm,
    Number,
    Registered,
    Expires,
}

impl BrokerLine {
    pub const ALL: [Self; 4] = [Self::Firm, Self::Number, Self::Registered, Self::Expires];

    /// The words' name: `desk.<name>`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Firm => "broker_firm",
            Self::Number => "broker_number",
            Self::Registered => "broker_registered",
            Self::Expires => "broker_expires",
        }
    }
}

/// The particulars, each as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Broker {
    pub chosen: Chosen,
    pub firm: String,
    pub number: String,
    /// `11-20 09:00`; a day alone counts from its beginning.
    pub registered: String,
    /// A day alone is valid to its end.
    pub expires: String,
    /// The channel desk's agent.
    pub agent: Option<AgentId>,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    Known(String),
    Shown(Registration),
}

impl Broker {
    /// Presses the choice at `index`: the known ones, then the one to be typed. A second press takes
    /// it back.
    pub fn choose(&mut self, index: usize, known: &[Registration]) {
        let pressed = match known.get(index) {
            Some(registration) => Chosen::Known(registration.id.clone()),
            None if index == known.len() => Chosen::Shown,
            None => return,
        };
        self.chosen = if self.chosen == pressed {
            Chosen::None
        } else {
            pressed
        };
    }

    pub fn line(&self, line: BrokerLine) -> &str {
        match line {
            BrokerLine::Firm => &self.firm,
            BrokerLine::Number => &self.number,
            BrokerLine::Registered => &self.registered,
            BrokerLine::Expires => &self.expires,
        }
    }

    pub fn write(&mut self, line: BrokerLine, text: &str) {
        let (place, longest) = match line {
            BrokerLine::Firm => (&mut self.firm, LONGEST_FIRM),
            BrokerLine::Number => (&mut self.number, LONGEST_NUMBER),
            BrokerLine::Registered => (&mut self.registered, LONGEST_TIME),
            BrokerLine::Expires => (&mut self.expires, LONGEST_TIME),
        };
        *place = text.chars().take(longest).collect();
    }

    /// The line holds something that cannot be read as what it is for.
    pub fn is_wrong(&self, line: BrokerLine, zone: &TimeZone, now: Millis) -> bool {
        let text = self.line(line).trim();
        let ends = line == BrokerLine::Expires;
        let times = matches!(line, BrokerLine::Registered | BrokerLine::Expires);
        times && !text.is_empty() && clock::written(text, ends, zone, now).is_none()
    }

    /// The typed registration, once everything is there and can be read.
    fn shown(&self, zone: &TimeZone, now: Millis) -> Option<Registration> {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let registered = clock::written(&self.registered, false, zone, now)?;
        let expires = clock::written(&self.expires, true, zone, now)?;
        (expires > registered).then_some(())?;
        Some(Registration {
            id: text(&self.number)?,
            broker: text(&self.firm)?,
            agent: self.agent.clone()?,
            registered,
            expires,
        })
    }

    /// What is sent; `None` while it is not complete or nothing was chosen.
    pub fn brought(&self, zone: &TimeZone, now: Millis) -> Option<Brought> {
        match &self.chosen {
            Chosen::None => None,
            Chosen::Known(id) => Some(Brought::Known(id.clone())),
            Chosen::Shown => self.shown(zone, now).map(Brought::Shown),
        }
    }

    /// The registration itself.
    pub fn registration(
        &self,
        known: &[Registration],
        zone: &TimeZone,
        now: Millis,
    ) -> Option<Registration> {
        match &self.chosen {
            Chosen::None => None,
            Chosen::Known(id) => known.iter().find(|r| r.id == *id).cloned(),
            Chosen::Shown => self.shown(zone, now),
        }
    }

    pub fn is_complete(&self, zone: &TimeZone, now: Millis) -> bool {
        self.chosen == Chosen::None || self.brought(zone, now).is_some()
    }
}

/// The name of the words for what becomes of it: `desk.<name>`.
pub(super) const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "broker_valid",
        Verdict::NotBefore => "broker_not_before",
        Verdict::Expired => "broker_expired",
    }
}
