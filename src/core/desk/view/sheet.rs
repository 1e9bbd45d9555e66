//! What the open sheet shows.

use super::{Choice, Tone, action_name};
use crate::core::clock;
use crate::core::place::say_place;
use crate::core::visit::Action;

use super::super::picture::Private;
use super::super::sheet::{Step, agent_options, visit_options};
use super::super::{Agent, Attend, Desk, Sheet, Visit};

/// A line of particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// The open sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetView {
    pub title: String,
    /// 李女士, or empty.
    pub guest: Private,
    pub facts: Vec<Fact>,
    /// What to choose, in words; empty where there is nothing to choose.
    pub choices_title: String,
    pub choices: Vec<Choice>,
    /// Whether a choice acts at once or waits for the confirmation.
    pub confirm: String,
    pub can_confirm: bool,
    pub confirm_tone: Tone,
    /// Ready-made reasons; empty where no reason is asked.
    pub reasons: Vec<Choice>,
    pub reasons_title: String,
    pub reason: String,
    /// What to know before pressing.
    pub hint: String,
}

impl Desk {
    pub(super) fn sheet_view(&self) -> Option<SheetView> {
        match self.sheet.as_ref()? {
            Sheet::Visit(id) => self.visit(*id).map(|v| self.visit_sheet(v)),
            Sheet::Agent(id) => self.agent(id).map(|a| self.agent_sheet(a)),
            Sheet::Step(step) => self.visit(step.visit).map(|v| self.step_sheet(v, step)),
        }
    }

    fn visit_sheet(&self, visit: &Visit) -> SheetView {
        let options = visit_options(visit);
        let rests = options.iter().any(|(_, enabled)| !enabled);
        SheetView {
            facts: self.visit_facts(visit),
            choices_title: self.say("steps", &[]),
            choices: options
                .into_iter()
                .map(|(action, enabled)| Choice {
                    label: self.say(action_name(action), &[]),
                    enabled: enabled && !self.busy_visits.contains(&visit.id),
                    tone: action_tone(action),
                    ..Choice::default()
                })
                .collect(),
            hint: if rests {
                self.say("no_show_rests", &[])
            } else {
                String::new()
            },
            guest: visit.address_form.clone(),
            ..empty(visit.ticket.clone())
        }
    }

    fn visit_facts(&self, visit: &Visit) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: String| {
            if !value.is_empty() {
                facts.push(Fact {
                    label: self.say(name, &[]),
                    value,
                });
            }
        };
        fact("fact_purpose", self.purpose_word(&visit.purpose));
        fact(
            "fact_line",
            self.say(&format!("line_{}", visit.line.code()), &[]),
        );
        fact(
            "fact_party",
            self.say("party", &[("count", &visit.party_size.to_string())]),
        );
        fact("fact_drink", self.drink_word(visit).unwrap_or_default());
        fact(
            "fact_language",
            self.say(&format!("language_{}", visit.language.tag()), &[]),
        );
        fact(
            "fact_arrived",
            clock::hour_minute(visit.checked_in_at, &self.zone),
        );
        fact("fact_agent", self.agent_words(visit));
        let reason = visit.assigned.as_ref().map(|a| a.reason.clone());
        fact("fact_reason", reason.unwrap_or_default());
        facts
    }

    fn agent_sheet(&self, agent: &Agent) -> SheetView {
        let busy = self.busy_agents.contains(&agent.id);
        let with_guest = matches!(agent.status.as_str(), "offered" | "serving");
        SheetView {
            facts: vec![
                Fact {
                    label: self.say("fact_place", &[]),
                    value: say_place(self.language, &agent.place),
                },
                Fact {
                    label: self.say("fact_today", &[]),
                    value: self.say(
                        "counts",
                        &[
                            ("received", &agent.received.to_string()),
                            ("served", &agent.served.to_string()),
                            ("owed", &agent.owed.to_string()),
                            ("prepaid", &agent.prepaid.to_string()),
                        ],
                    ),
                },
            ],
            choices_title: self.say("set_to", &[]),
            choices: agent_options(agent)
                .into_iter()
                .map(|to| {
                    let (label, tone) = match to {
                        Attend::Ready => (self.say("do_ready", &[]), Tone::Good),
                        Attend::Off => (self.say("do_off", &[]), Tone::Bad),
                        Attend::StillServing => (self.say("do_still_serving", &[]), Tone::Plain),
                        Attend::Away(reason) => (
                            self.say(&format!("away_{}", reason.code()), &[]),
                            Tone::Plain,
                        ),
                    };
                    Choice {
                        label,
                        enabled: !busy,
                        tone,
                        ..Choice::default()
                    }
                })
                .collect(),
            hint: if with_guest {
                self.say("away_later", &[])
            } else {
                String::new()
            },
            ..empty(agent.name.clone())
        }
    }

    fn step_sheet(&self, visit: &Visit, step: &Step) -> SheetView {
        let (name, count) = step.quick_reasons();
        let (choices_title, choices) = self.step_choices(visit, step);
        let hint = match step.action {
            Action::Reassign if choices.is_empty() => self.say("nobody_free", &[]),
            Action::Refuse => self.say("refuse_hint", &[]),
            _ => String::new(),
        };
        SheetView {
            choices_title,
            choices,
            reasons: (1..=count)
                .map(|n| self.say(&format!("{name}_{n}"), &[]))
                .map(|label| Choice {
                    chosen: label == step.reason,
                    label,
                    enabled: true,
                    ..Choice::default()
                })
                .collect(),
            reasons_title: if count > 0 {
                self.say("reason_title", &[])
            } else {
                String::new()
            },
            reason: step.reason.clone(),
            confirm: self.say(action_name(step.action), &[]),
            can_confirm: step.is_complete() && !self.busy_visits.contains(&visit.id),
            confirm_tone: action_tone(step.action),
            guest: visit.address_form.clone(),
            hint,
            ..empty(format!(
                "{} · {}",
                visit.ticket,
                self.say(action_name(step.action), &[])
            ))
        }
    }

    fn step_choices(&self, visit: &Visit, step: &Step) -> (String, Vec<Choice>) {
        match step.action {
            Action::Reassign => {
                let agents = self.candidates(visit).into_iter().map(|agent| Choice {
                    label: agent.name.clone(),
                    detail: say_place(self.language, &agent.place),
                    chosen: step.agent.as_ref() == Some(&agent.id),
                    enabled: true,
                    tone: Tone::Plain,
                });
                (self.say("choose_agent", &[]), agents.collect())
            }
            Action::Transfer => {
                let lines = Self::other_lines(visit).into_iter().map(|line| Choice {
                    label: self.say(&format!("line_{}", line.code()), &[]),
                    detail: line.letter().to_string(),
                    chosen: step.line == Some(line),
                    enabled: true,
                    tone: Tone::Plain,
                });
                (self.say("choose_line", &[]), lines.collect())
            }
            _ => (String::new(), Vec::new()),
        }
    }
}

const fn action_tone(action: Action) -> Tone {
    match action {
        Action::Accept | Action::Start | Action::Finish | Action::Resume => Tone::Good,
        Action::Cancel | Action::Leave | Action::NoShow => Tone::Bad,
        _ => Tone::Plain,
    }
}

fn empty(title: String) -> SheetView {
    SheetView {
        title,
        guest: Private::default(),
        facts: Vec::new(),
        choices_title: String::new(),
        choices: Vec::new(),
        confirm: String::new(),
        can_confirm: false,
        confirm_tone: Tone::Plain,
        reasons: Vec::new(),
        reasons_title: String::new(),
        reason: String::new(),
        hint: String::new(),
    }
}
