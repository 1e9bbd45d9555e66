//! The rows: visits by state, agents in the order of turns.

use super::{Button, Tone, action_name};
use crate::core::chore::Chore;
use crate::core::clock;
use crate::core::foretold::say_wait;
use crate::core::id::{AgentId, VisitId};
use crate::core::place::say_place;
use crate::core::time::Millis;
use crate::core::visit::{Action, VisitState};

use super::super::flow::main_action;
use super::super::{Agent, Desk, Private, Visit};

/// A guest called so many minutes ago who has not come is shown as late.
const LATE_MINUTES: i64 = 3;

/// One party on the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitRow {
    pub id: VisitId,
    pub ticket: String,
    /// 李女士, or empty.
    pub guest: Private,
    /// Purpose, party, first visit.
    pub about: String,
    /// The drink to serve, or empty.
    pub drink: String,
    /// Whose guests the party are, where they are several (rule 8).
    pub owners: String,
    /// Agent and place, or for whom the party waits.
    pub agent: String,
    /// In words where the column holds several states: `已叫号 2 次`.
    pub state: String,
    pub state_tone: Tone,
    /// How long the party has waited, or how long the present state has lasted.
    pub lasted: String,
    pub lasted_tone: Tone,
    /// What became of the paper, where it is not simply printed.
    pub paper: String,
    pub paper_tone: Tone,
    pub main: Option<Button>,
    pub second: Option<Button>,
    /// There are further steps in the sheet.
    pub more: bool,
    pub busy: bool,
    pub over: bool,
}

/// One agent on the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRow {
    pub id: AgentId,
    pub name: String,
    pub place: String,
    pub status: String,
    pub tone: Tone,
    /// Place in the order of turns, or empty.
    pub turn: String,
    pub is_next: bool,
    /// Today's account in words.
    pub counts: String,
    /// 上岗 can be pressed at once.
    pub can_be_ready: bool,
    pub busy: bool,
}

impl Desk {
    pub(in crate::core::desk) fn visit_row(&self, visit: &Visit, now: Millis) -> VisitRow {
        let over = visit.state.is_over();
        let (state, state_tone) = self.state_words(visit, now);
        let (paper, paper_tone) = self.paper(visit);
        let (minutes, lasted_tone) = lasted(visit, now);
        VisitRow {
            id: visit.id,
            ticket: visit.ticket.clone(),
            guest: visit.address_form.clone(),
            about: self.about(visit),
            drink: if over || visit.chores.contains(&Chore::Drink) {
                String::new()
            } else {
                self.drink_word(visit).unwrap_or_default()
            },
            owners: self.owners_words(visit),
            agent: self.agent_words(visit),
            state,
            state_tone,
            lasted: if over {
                clock::hour_minute(visit.since, &self.zone)
            } else {
                self.duration(minutes)
            },
            lasted_tone,
            paper,
            paper_tone,
            main: self.button(main_action(visit)),
            second: self.button(second_action(visit)),
            more: !over || !visit.actions.is_empty(),
            busy: self.busy_visits.contains(&visit.id),
            over,
        }
    }

    /// `看房 · 3 人 · 首次`; before it a number that was printed for the same visit: its paper may be
    /// in a guest's hand.
    fn about(&self, visit: &Visit) -> String {
        let also = visit.also.as_deref();
        let also = also.map(|number| self.say("row_also", &[("number", number)]));
        let about = self.about_party(visit);
        also.into_iter()
            .chain(about)
            .collect::<Vec<_>>()
            .join(" · ")
    }

    /// `林晓、赵敏的来宾`; empty unless two or more own the party and the desk has to choose.
    fn owners_words(&self, visit: &Visit) -> String {
        let owners = visit.owners();
        if owners.len() < 2 || visit.state.is_over() {
            return String::new();
        }
        let names: Vec<&str> = owners.into_iter().map(|id| self.agent_name(id)).collect();
        let names = names.join(&self.say("list_separator", &[]));
        self.say("guests_of", &[("names", &names)])
    }

    fn about_party(&self, visit: &Visit) -> [String; 3] {
        [
            self.purpose_word(&visit.purpose),
            self.say("party", &[("count", &visit.party_size.to_string())]),
            self.say(
                if visit.first_visit {
                    "first_visit"
                } else {
                    "been_before"
                },
                &[],
            ),
        ]
    }

    pub(super) fn purpose_word(&self, id: &str) -> String {
        self.showroom
            .iter()
            .flat_map(|s| &s.purposes)
            .find(|p| p.id == id)
            .map_or(id, |p| p.text.get(self.language))
            .to_owned()
    }

    pub(in crate::core::desk) fn drink_word(&self, visit: &Visit) -> Option<String> {
        let id = visit.drink.as_ref()?;
        let known = self
            .showroom
            .iter()
            .flat_map(|s| &s.drinks)
            .find(|d| d.id == *id);
        Some(
            known
                .map_or(id.as_str(), |d| d.text.get(self.language))
                .to_owned(),
        )
    }

    pub(super) fn agent_words(&self, visit: &Visit) -> String {
        if let Some((agent, until)) = &visit.waits_for {
            return self.say(
                "waits_for",
                &[
                    ("name", self.agent_name(agent)),
                    ("time", &clock::hour_minute(*until, &self.zone)),
                ],
            );
        }
        match (&visit.assigned, &visit.asked_for) {
            (Some(assigned), _) => {
                let place = say_place(self.language, &assigned.place);
                if place.is_empty() {
                    assigned.name.clone()
                } else {
                    format!("{} · {place}", assigned.name)
                }
            }
            (None, Some(agent)) if !visit.state.is_over() => {
                self.say("asked_for", &[("name", self.agent_name(agent))])
            }
            _ => self.told(visit),
        }
    }

    fn state_words(&self, visit: &Visit, now: Millis) -> (String, Tone) {
        match visit.state {
            VisitState::Waiting | VisitState::Serving => (String::new(), Tone::Plain),
            VisitState::Offered => {
                let left = visit.accept_by.map_or(0, |by| by.since(now).max(0) / 1000);
                (
                    self.say("state_offered", &[("seconds", &left.to_string())]),
                    Tone::Warn,
                )
            }
            VisitState::Called => (
                self.say(
                    "state_called",
                    &[("times", &(visit.recalls + 1).to_string())],
                ),
                Tone::Good,
            ),
            VisitState::Parked => (self.say("state_parked", &[]), Tone::Warn),
            VisitState::Finished => (self.say("state_finished", &[]), Tone::Plain),
            VisitState::NoShow => (self.say("state_no_show", &[]), Tone::Plain),
            VisitState::Left => (self.say("state_left", &[]), Tone::Plain),
            VisitState::Cancelled => (self.say("state_cancelled", &[]), Tone::Plain),
        }
    }

    /// The wait the party was told, so that the reception knows what it expects.
    fn told(&self, visit: &Visit) -> String {
        visit.wait_range.map_or_else(String::new, |range| {
            let wait = say_wait(self.language, 0, Some(range), false);
            self.say("told_wait", &[("wait", &wait)])
        })
    }

    fn paper(&self, visit: &Visit) -> (String, Tone) {
        let tone = match visit.paper.as_str() {
            "printed" | "none" => return (String::new(), Tone::Plain),
            "queued" | "sent" => Tone::Plain,
            "unknown" => Tone::Warn,
            _ => Tone::Bad,
        };
        if visit.state.is_over() {
            return (String::new(), Tone::Plain);
        }
        let mut text = self.say(&format!("paper_{}", visit.paper), &[]);
        if let Some(problem) = &visit.paper_problem {
            text.push_str(" · ");
            text.push_str(&self.say(&format!("problem_{problem}"), &[]));
        }
        (text, tone)
    }

    pub(super) fn duration(&self, minutes: i64) -> String {
        match minutes {
            0 => self.say("just_now", &[]),
            1..=99 => self.say("minutes", &[("count", &minutes.to_string())]),
            _ => self.say(
                "hours",
                &[
                    ("hours", &(minutes / 60).to_string()),
                    ("minutes", &(minutes % 60).to_string()),
                ],
            ),
        }
    }

    fn button(&self, action: Option<Action>) -> Option<Button> {
        action.map(|action| Button {
            action,
            label: self.say(action_name(action), &[]),
        })
    }

    /// Those in the rota in the order of turns, then the others as the floor lists them.
    pub(super) fn agent_rows(&self, now: Millis) -> Vec<AgentRow> {
        let Some(picture) = &self.picture else {
            return Vec::new();
        };
        let mut agents: Vec<&Agent> = picture.agents.iter().collect();
        agents.sort_by_key(|a| a.turn.unwrap_or(u32::MAX));
        agents
            .into_iter()
            .map(|a| self.agent_row(a, picture.next.as_ref(), now))
            .collect()
    }

    fn agent_row(&self, agent: &Agent, next: Option<&AgentId>, now: Millis) -> AgentRow {
        let (mut status, tone) = match agent.status.as_str() {
            "ready" => (self.say("agent_ready", &[]), Tone::Good),
            "offered" => (self.with_ticket("agent_offered", agent), Tone::Warn),
            "serving" => (self.with_ticket("agent_serving", agent), Tone::Plain),
            "suspended" => {
                let until = agent.suspended_until.unwrap_or_default();
                let time = clock::hour_minute(until, &self.zone);
                (self.say("agent_suspended", &[("time", &time)]), Tone::Bad)
            }
            "away" => {
                let why = agent.away.map_or_else(String::new, |r| {
                    self.say(&format!("away_{}", r.code()), &[])
                });
                (self.say("agent_away", &[("why", &why)]), Tone::Warn)
            }
            _ => (self.say("agent_off", &[]), Tone::Plain),
        };
        if let Some(reason) = agent.announced {
            let why = self.say(&format!("away_{}", reason.code()), &[]);
            status.push_str(" · ");
            status.push_str(&self.say("agent_announced", &[("why", &why)]));
        } else if agent.status != "off" {
            let minutes = clock::minutes_between(agent.since, now);
            status.push_str(" · ");
            status.push_str(&self.duration(minutes));
        }
        let count = |n: u32| n.to_string();
        AgentRow {
            id: agent.id.clone(),
            name: agent.name.clone(),
            place: say_place(self.language, &agent.place),
            status,
            tone,
            turn: agent.turn.map(count).unwrap_or_default(),
            is_next: next == Some(&agent.id),
            counts: self.counts(agent),
            // Also while suspended: the turns come back with the suspension's end.
            can_be_ready: agent.status == "off" || agent.away.is_some(),
            busy: self.busy_agents.contains(&agent.id),
        }
    }

    /// Today's account in words; turns still to be lost only where there are any.
    pub(super) fn counts(&self, agent: &Agent) -> String {
        let mut counts = String::new();
        if agent.penalties > 0 {
            let count = agent.penalties.to_string();
            counts.push_str(&self.say("count_penalties", &[("count", &count)]));
            counts.push_str(" · ");
        }
        counts.push_str(&self.say(
            "counts",
            &[
                ("received", &agent.received.to_string()),
                ("served", &agent.served.to_string()),
                ("owed", &agent.owed.to_string()),
                ("prepaid", &agent.prepaid.to_string()),
            ],
        ));
        counts
    }

    /// The account of calls by phone (rule 16).
    pub(super) fn phone_counts(&self, agent: &Agent) -> String {
        let counts = agent.phone;
        let mut words = String::new();
        if counts.penalties > 0 {
            let count = counts.penalties.to_string();
            words.push_str(&self.say("count_penalties", &[("count", &count)]));
            words.push_str(" · ");
        }
        words.push_str(&self.say(
            "phone_counts",
            &[
                ("received", &counts.received.to_string()),
                ("owed", &counts.owed.to_string()),
                ("prepaid", &counts.prepaid.to_string()),
            ],
        ));
        words
    }

    fn with_ticket(&self, name: &str, agent: &Agent) -> String {
        self.say(name, &[("ticket", agent.ticket.as_deref().unwrap_or(""))])
    }
}

/// Minutes and how urgent they are: a wait as the floor counts it, else the present state.
fn lasted(visit: &Visit, now: Millis) -> (i64, Tone) {
    if let Some(wait) = visit.wait {
        return (wait.minutes(now), wait.tone(now));
    }
    let minutes = clock::minutes_between(visit.since, now);
    let late = visit.state == VisitState::Called && minutes >= LATE_MINUTES;
    (minutes, if late { Tone::Warn } else { Tone::Plain })
}

/// The step beside the main one: calling out, or calling again.
fn second_action(visit: &Visit) -> Option<Action> {
    let wanted = match visit.state {
        VisitState::Offered => Action::Call,
        VisitState::Called => Action::Recall,
        _ => return None,
    };
    visit.actions.contains(&wanted).then_some(wanted)
}
