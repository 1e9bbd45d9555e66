//! A broker's registration on the form and on a visit's sheet: the same words in both places.

use super::sheet::plain;
use super::{Choice, Field, Group};
use crate::core::time::Millis;

use super::super::Desk;
use super::super::broker::{Broker, BrokerLine, Chosen, verdict_name};
use super::super::picture::Private;

impl Desk {
    /// Those the floor knows, then the one to be typed.
    pub(super) fn broker_choices(&self, broker: &Broker) -> Vec<Choice> {
        let known = self.registrations();
        let known = known.iter().map(|r| {
            let chosen = broker.chosen == Chosen::Known(r.id.clone());
            let label = format!("{} {}", r.broker, r.id);
            plain(label, self.agent_name(&r.agent), chosen)
        });
        let typed = self.say("broker_type", &[]);
        let typed = plain(typed, "", broker.chosen == Chosen::Shown);
        known.chain([typed]).collect()
    }

    pub(super) fn broker_fields(&self, broker: &Broker, now: Millis) -> Vec<Field> {
        let lines = BrokerLine::ALL.into_iter();
        lines
            .map(|line| Field {
                label: self.say(line.name(), &[]),
                hint: self.say(&format!("{}_hint", line.name()), &[]),
                text: Private(broker.line(line).to_owned()),
                hidden: false,
                wrong: broker.is_wrong(line, &self.zone, now),
            })
            .collect()
    }

    /// The channel desk's agents.
    pub(super) fn broker_agents(&self, broker: &Broker) -> Group {
        let agents = self.in_turn().into_iter();
        Group {
            title: self.say("broker_agent", &[]),
            across: 4,
            choices: agents
                .map(|a| plain(a.name.clone(), "", broker.agent.as_ref() == Some(&a.id)))
                .collect(),
        }
    }

    /// What comes of it for a party that came at `arrived`; empty while it is not complete.
    pub(super) fn verdict_words(&self, broker: &Broker, arrived: Millis, now: Millis) -> String {
        let known = self.registrations();
        let registration = broker.registration(&known, &self.zone, now);
        registration.map_or_else(String::new, |r| {
            let name = self.agent_name(&r.agent);
            self.say(verdict_name(r.verdict(arrived)), &[("name", name)])
        })
    }
}
