//! The sheets about the day: the menu, things to do, the door, appointments, the closing.

use super::sheet::{empty, plain};
use super::{Choice, Fact, Field, Group, SheetView, Tone};
use crate::core::clock;
use crate::core::floor::day::Rest;
use crate::core::time::Millis;
use crate::core::visit::{NotABuyer, VisitState};

use super::super::{Desk, NewAppointment, Picture};

impl Desk {
    pub(super) fn menu_sheet(&self) -> SheetView {
        let rare = self.menu().into_iter().map(|r| {
            let detail = self.say(&format!("{}_about", r.name()), &[]);
            plain(self.say(r.name(), &[]), &detail, false)
        });
        SheetView {
            choices: rare.collect(),
            wide: true,
            ..empty(self.say("menu_title", &[]))
        }
    }

    /// Everything to do, each in full with its press.
    pub(super) fn todo_sheet(&self, now: Millis) -> SheetView {
        let todos = self.todos(now);
        SheetView {
            hint: if todos.is_empty() {
                self.say("todo_nothing", &[])
            } else {
                String::new()
            },
            choices: todos
                .into_iter()
                .map(|t| Choice {
                    label: t.label,
                    detail: t.text,
                    enabled: true,
                    chosen: false,
                    tone: t.tone,
                })
                .collect(),
            wide: true,
            ..empty(self.say("todo_title", &[]))
        }
    }

    pub(super) fn door_sheet(&self) -> SheetView {
        let kinds = NotABuyer::ALL.into_iter();
        SheetView {
            choices_title: self.say("choose_kind", &[]),
            choices: kinds.map(|k| plain(self.kind_word(k), "", false)).collect(),
            hint: self.say("door_hint", &[]),
            ..empty(self.say("menu_at_the_door", &[]))
        }
    }

    pub(super) fn appointments_sheet(&self) -> SheetView {
        let came = self.picture.iter().flat_map(|p| &p.appointments);
        let facts = came.filter_map(|b| {
            let visit = self.visit(b.visit?);
            let ticket = visit.map_or("", |v| v.ticket.as_str());
            let time = clock::hour_minute(b.time, &self.zone);
            let name = self.agent_name(&b.agent);
            Some(Fact {
                label: time,
                value: self.say("appointment_came", &[("name", name), ("ticket", ticket)]),
            })
        });
        let open = self.open_appointments().into_iter().map(|b| {
            let time = clock::hour_minute(b.time, &self.zone);
            plain(time, self.agent_name(&b.agent), false)
        });
        let choices: Vec<Choice> = open.collect();
        SheetView {
            facts: facts.collect(),
            hint: if choices.is_empty() {
                self.say("no_appointments", &[])
            } else {
                self.say("appointments_hint", &[])
            },
            choices_title: self.say("appointments_open", &[]),
            choices,
            groups: vec![Group {
                title: String::new(),
                across: 2,
                choices: vec![plain(self.say("appointment_new", &[]), "", false)],
            }],
            ..empty(self.say("appointments", &[]))
        }
    }

    pub(super) fn new_appointment_sheet(&self, new: &NewAppointment, now: Millis) -> SheetView {
        let agents = self.in_turn().into_iter();
        let slots = self.slots(now).into_iter();
        let moment = self.moment(&new.time, now);
        SheetView {
            choices_title: self.say("fact_agent", &[]),
            choices: agents
                .map(|a| plain(a.name.clone(), "", new.agent.as_ref() == Some(&a.id)))
                .collect(),
            groups: vec![Group {
                title: self.say("appointment_time", &[]),
                across: 5,
                choices: slots
                    .map(|s| {
                        let chosen = s == new.time;
                        plain(s, "", chosen)
                    })
                    .collect(),
            }],
            fields: vec![Field {
                label: self.say("appointment_time", &[]),
                hint: self.say("appointment_time_hint", &[]),
                text: super::super::Private(new.time.clone()),
                hidden: false,
                wrong: !new.time.trim().is_empty() && moment.is_none(),
            }],
            confirm: self.say("appointment_make", &[]),
            can_confirm: new.agent.is_some() && moment.is_some(),
            confirm_tone: Tone::Good,
            ..empty(self.say("appointment_new", &[]))
        }
    }

    /// What is still open, what closing does, and the press.
    pub(super) fn close_sheet(&self) -> SheetView {
        let Some(picture) = &self.picture else {
            return empty(self.say("menu_close_day", &[]));
        };
        let closed = picture.closed.is_some();
        let here = self.still_here();
        let parties = here
            .iter()
            .filter_map(|id| self.visit(*id))
            .map(|v| Choice {
                label: v.ticket.clone(),
                detail: self.state_word(v.state),
                enabled: true,
                chosen: false,
                tone: Tone::Plain,
            });
        let choices = self.closings().into_iter().map(|c| {
            let name = match c {
                Some(Rest::Serve) => "close_serve",
                Some(Rest::Leave) => "close_leave",
                None => "close_reopen",
            };
            Choice {
                tone: if c == Some(Rest::Leave) {
                    Tone::Bad
                } else {
                    Tone::Plain
                },
                ..plain(
                    self.say(name, &[]),
                    &self.say(&format!("{name}_about"), &[]),
                    false,
                )
            }
        });
        SheetView {
            facts: self.close_facts(picture),
            choices: choices.collect(),
            wide: true,
            groups: vec![Group {
                title: if here.is_empty() {
                    String::new()
                } else {
                    self.say("close_here", &[])
                },
                across: 4,
                choices: parties.collect(),
            }],
            hint: if closed {
                String::new()
            } else {
                self.say("close_hint", &[])
            },
            ..empty(self.say("menu_close_day", &[]))
        }
    }

    fn close_facts(&self, picture: &Picture) -> Vec<Fact> {
        let count = |states: &[VisitState]| {
            let found = picture.visits.iter();
            found.filter(|v| states.contains(&v.state)).count()
        };
        let unprinted =
            picture.printer.queued + picture.printer.failed_today + picture.printer.unknown_today;
        let on_duty = picture.agents.iter().filter(|a| a.status != "off").count();
        let fact = |name: &str, value: String| Fact {
            label: self.say(name, &[]),
            value,
        };
        let waiting = count(&[
            VisitState::Waiting,
            VisitState::Offered,
            VisitState::Called,
            VisitState::Parked,
        ]);
        let mut facts = vec![
            fact("close_waiting", waiting.to_string()),
            fact("close_serving", count(&[VisitState::Serving]).to_string()),
            fact("close_on_duty", on_duty.to_string()),
            fact("close_unprinted", unprinted.to_string()),
            fact("close_unsent", picture.outbox.backlog.to_string()),
        ];
        if let Some(at) = picture.sheet_signed {
            let time = clock::hour_minute(at, &self.zone);
            facts.push(Fact {
                label: self.say("menu_turn_sheet", &[]),
                value: self.say("sheet_signed_at", &[("time", &time)]),
            });
        }
        if let Some(at) = picture.closed {
            let time = clock::hour_minute(at, &self.zone);
            facts.insert(
                0,
                Fact {
                    label: self.say("menu_close_day", &[]),
                    value: self.say("closed_since", &[("time", &time)]),
                },
            );
        }
        facts
    }

    pub(super) fn state_word(&self, state: VisitState) -> String {
        self.say(&format!("word_{}", state.code()), &[])
    }
}
