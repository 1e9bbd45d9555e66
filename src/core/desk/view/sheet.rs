//! What the open sheet shows.

use super::{Choice, Tone, action_name};
use crate::core::clock;
use crate::core::house_rules::HouseRules;
use crate::core::id::AgentId;
use crate::core::place::say_place;
use crate::core::rota::{AwayReason, Missed};
use crate::core::time::Millis;
use crate::core::visit::{Action, NotABuyer};

use super::super::broker::Chosen;
use super::super::picture::Private;
use super::super::sheet::{AgentOffer, Offer, Step, visit_options};
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
    /// Each choice on a line of its own, with its detail in full.
    pub wide: bool,
    /// Further lists.
    pub groups: Vec<Group>,
    pub fields: Vec<Field>,
}

/// A further list of choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub title: String,
    /// How many stand side by side.
    pub across: u32,
    pub choices: Vec<Choice>,
}

/// A further line to type on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub label: String,
    pub hint: String,
    pub text: Private,
    /// Shown as dots.
    pub hidden: bool,
    /// What stands there cannot be read as what it is for.
    pub wrong: bool,
}

impl Desk {
    pub(super) fn sheet_view(&self, now: Millis) -> Option<SheetView> {
        let sheet = self.sheet.as_ref()?;
        let mut view = match sheet {
            Sheet::Visit(id) => self.visit_sheet(self.visit(*id)?),
            Sheet::Agent(id) => self.agent_sheet(self.agent(id)?),
            Sheet::Step(step) => self.step_sheet(self.visit(step.visit)?, step, now),
            Sheet::Menu => self.menu_sheet(),
            Sheet::Todo => self.todo_sheet(now),
            Sheet::AtTheDoor => self.door_sheet(),
            Sheet::Appointments => self.appointments_sheet(),
            Sheet::NewAppointment(new) => self.new_appointment_sheet(new, now),
            Sheet::CloseDay => self.close_sheet(),
            Sheet::SignIn(sign_in) => self.sign_in_sheet(sign_in),
            Sheet::Order(order) => self.order_sheet(self.agent(&order.agent)?, order),
            Sheet::List(list) => self.list_sheet(list),
            Sheet::NewPin(new) => self.new_pin_sheet(new),
        };
        let (name, count) = sheet.quick_reasons();
        if count > 0 {
            view.reasons_title = self.say("reason_title", &[]);
            view.reasons = (1..=count)
                .map(|n| self.say(&format!("{name}_{n}"), &[]))
                .map(|label| Choice {
                    chosen: label == view.reason,
                    label,
                    enabled: true,
                    ..Choice::default()
                })
                .collect();
        }
        Some(view)
    }

    fn visit_sheet(&self, visit: &Visit) -> SheetView {
        let options = visit_options(visit);
        let rests = options.iter().any(|(_, enabled)| !enabled);
        let busy = self.busy_visits.contains(&visit.id);
        SheetView {
            facts: self.visit_facts(visit),
            choices_title: self.say("steps", &[]),
            choices: options
                .into_iter()
                .map(|(offer, enabled)| {
                    let (label, tone) = match offer {
                        Offer::Step(action) => {
                            (self.say(action_name(action), &[]), action_tone(action))
                        }
                        Offer::DrinkServed => (self.say("do_drink_served", &[]), Tone::Plain),
                        Offer::Split => (self.say("do_split", &[]), Tone::Plain),
                        Offer::Reprint => (self.say("do_reprint", &[]), Tone::Plain),
                    };
                    Choice {
                        label,
                        tone,
                        enabled: enabled && !busy,
                        ..Choice::default()
                    }
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
        fact("fact_also", visit.also.clone().unwrap_or_default());
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
        fact("fact_belongs", self.belongs_words(visit));
        let reason = visit.assigned.as_ref().map(|a| a.reason.clone());
        fact("fact_reason", reason.unwrap_or_default());
        facts
    }

    /// `林晓（原顾问）、赵敏（一同来的客户）`
    fn belongs_words(&self, visit: &Visit) -> String {
        let owners = visit.owners().into_iter().map(|id| {
            let name = self.agent_name(id);
            let by = self.say(&format!("belongs_by_{}", owned_by(visit, id)), &[]);
            self.say("belongs", &[("name", name), ("by", &by)])
        });
        let owners: Vec<String> = owners.collect();
        owners.join(&self.say("list_separator", &[]))
    }

    /// What stands beside `agent` where one is chosen for the party: the place, and whose guest it is.
    fn for_choice(&self, visit: &Visit, agent: &Agent) -> String {
        let place = say_place(self.language, &agent.place);
        if !visit.owners().contains(&&agent.id) {
            return place;
        }
        let by = self.say(&format!("belongs_by_{}", owned_by(visit, &agent.id)), &[]);
        let parts = [place, by].into_iter().filter(|p| !p.is_empty());
        parts.collect::<Vec<_>>().join(" · ")
    }

    fn agent_sheet(&self, agent: &Agent) -> SheetView {
        let busy = self.busy_agents.contains(&agent.id);
        let with_guest = matches!(agent.status.as_str(), "offered" | "serving");
        let fact = |name: &str, value: String| Fact {
            label: self.say(name, &[]),
            value,
        };
        let choices = self.agent_offers(agent).into_iter().map(|offer| {
            let AgentOffer::Set(to) = offer else {
                return Choice {
                    label: self.say("do_ready_by_pin", &[]),
                    detail: self.say("cost_ready_by_pin", &[]),
                    enabled: !busy,
                    tone: Tone::Good,
                    ..Choice::default()
                };
            };
            let (label, detail, tone) = match to {
                Attend::Ready if with_guest => {
                    ("do_stay".to_owned(), self.say("cost_stay", &[]), Tone::Good)
                }
                Attend::Ready => {
                    let detail = self.say("cost_ready_by_desk", &[]);
                    ("do_ready".to_owned(), detail, Tone::Plain)
                }
                Attend::Off => ("do_off".to_owned(), self.say("cost_off", &[]), Tone::Bad),
                Attend::StillServing => {
                    let detail = self.say("cost_still_serving", &[]);
                    ("do_still_serving".to_owned(), detail, Tone::Plain)
                }
                Attend::Away(reason) => {
                    let name = format!("away_{}", reason.code());
                    (name, self.cost_of(reason, agent), Tone::Plain)
                }
            };
            Choice {
                label: self.say(&label, &[]),
                detail,
                enabled: !busy,
                tone,
                ..Choice::default()
            }
        });
        SheetView {
            facts: vec![
                fact("fact_place", say_place(self.language, &agent.place)),
                fact("fact_today", self.counts(agent)),
                fact("fact_phone", self.phone_counts(agent)),
            ],
            choices_title: self.say("set_to", &[]),
            choices: choices.collect(),
            wide: true,
            groups: vec![self.orders_of(agent)],
            hint: if with_guest {
                self.say("away_later", &[])
            } else {
                String::new()
            },
            ..empty(agent.name.clone())
        }
    }

    /// What an away costs, in words, before it is chosen (rule 7b).
    fn cost_of(&self, reason: AwayReason, agent: &Agent) -> String {
        let rules = self.picture.as_ref().map(|p| p.rules.clone());
        let rules = rules.unwrap_or_default();
        let rules = HouseRules {
            owed_cap: rules.owed_cap,
            reason_lead_seconds: rules.reason_lead_seconds,
            ..HouseRules::default()
        };
        match Missed::while_away(reason, agent.owed, &rules) {
            Missed::Owed { lead_seconds: 0 } => self.say("cost_owed", &[]),
            Missed::Owed { lead_seconds } if lead_seconds % 60 == 0 => {
                let minutes = (lead_seconds / 60).to_string();
                self.say("cost_owed_after_minutes", &[("minutes", &minutes)])
            }
            Missed::Owed { lead_seconds } => {
                let seconds = lead_seconds.to_string();
                self.say("cost_owed_after_seconds", &[("seconds", &seconds)])
            }
            Missed::CapReached { cap } => self.say("cost_cap", &[("cap", &cap.to_string())]),
            Missed::Lost => self.say("cost_lost", &[]),
        }
    }

    fn step_sheet(&self, visit: &Visit, step: &Step, now: Millis) -> SheetView {
        let (choices_title, choices) = self.step_choices(visit, step);
        let hint = match step.action {
            Action::Reassign if choices.is_empty() => self.say("nobody_free", &[]),
            Action::Appointment if choices.is_empty() => self.say("no_appointments", &[]),
            Action::Channel => self.verdict_words(&step.broker, visit.checked_in_at, now),
            Action::Join if choices.is_empty() => self.say("no_hosts", &[]),
            Action::Refuse => self.say("refuse_hint", &[]),
            Action::NotABuyer => self.say("not_a_buyer_hint", &[]),
            Action::Join => self.say("join_hint", &[]),
            _ => String::new(),
        };
        let typed = step.action == Action::Channel && step.broker.chosen == Chosen::Shown;
        let complete = step.is_complete() && step.broker.is_complete(&self.zone, now);
        SheetView {
            choices_title,
            choices,
            fields: if typed {
                self.broker_fields(&step.broker, now)
            } else {
                Vec::new()
            },
            groups: if typed {
                vec![self.broker_agents(&step.broker)]
            } else {
                Vec::new()
            },
            // Whose guest it is takes more room than a button's.
            wide: step.action == Action::Reassign && !visit.owners().is_empty(),
            reason: step.reason.clone(),
            confirm: self.say(action_name(step.action), &[]),
            can_confirm: complete && !self.busy_visits.contains(&visit.id),
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
                    detail: self.for_choice(visit, agent),
                    chosen: step.agent.as_ref().and_then(Option::as_ref) == Some(&agent.id),
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
            Action::NotABuyer => {
                let kinds = NotABuyer::ALL.into_iter();
                let kinds = kinds.map(|k| plain(self.kind_word(k), "", step.kind == Some(k)));
                (self.say("choose_kind", &[]), kinds.collect())
            }
            Action::Appointment => {
                let booked = self.open_appointments().into_iter().map(|b| {
                    let time = clock::hour_minute(b.time, &self.zone);
                    let chosen = step.booking.as_ref() == Some(&b.id);
                    plain(time, self.agent_name(&b.agent), chosen)
                });
                (self.say("choose_appointment", &[]), booked.collect())
            }
            Action::Channel => {
                let title = self.say("choose_registration", &[]);
                (title, self.broker_choices(&step.broker))
            }
            Action::Owner => {
                let agents = self.in_turn().into_iter().map(|a| {
                    let chosen = step.agent.as_ref().and_then(Option::as_ref) == Some(&a.id);
                    plain(a.name.clone(), "", chosen)
                });
                let nobody = plain(self.say("nobodys", &[]), "", step.agent == Some(None));
                let all = agents.chain([nobody]).collect();
                (self.say("choose_owner", &[]), all)
            }
            Action::Join => {
                let hosts = self.hosts(visit).into_iter().map(|v| {
                    let chosen = step.into == Some(v.id);
                    plain(v.ticket.clone(), &v.address_form.0, chosen)
                });
                (self.say("choose_host", &[]), hosts.collect())
            }
            _ => (String::new(), Vec::new()),
        }
    }

    pub(super) fn kind_word(&self, kind: NotABuyer) -> String {
        self.say(&format!("kind_{}", kind.code()), &[])
    }
}

/// The name in `desk.belongs_by_<name>` of why the party is this owner's.
fn owned_by<'a>(visit: &'a Visit, owner: &AgentId) -> &'a str {
    let belongs = visit.belongs_to.as_ref();
    belongs.map_or(
        "party",
        |(agent, by)| if agent == owner { by } else { "party" },
    )
}

/// A choice that can be made.
pub(super) fn plain(label: String, detail: &str, chosen: bool) -> Choice {
    Choice {
        label,
        detail: detail.to_owned(),
        chosen,
        enabled: true,
        tone: Tone::Plain,
    }
}

const fn action_tone(action: Action) -> Tone {
    match action {
        Action::Accept | Action::Start | Action::Finish | Action::Resume => Tone::Good,
        Action::Cancel | Action::Leave | Action::NoShow => Tone::Bad,
        _ => Tone::Plain,
    }
}

pub(super) fn empty(title: String) -> SheetView {
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
        wide: false,
        groups: Vec::new(),
        fields: Vec::new(),
    }
}
