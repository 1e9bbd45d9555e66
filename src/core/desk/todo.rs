//! What wants somebody's hand now, the most urgent first; each with the one press that answers it.

use crate::core::chore::Chore;
use crate::core::clock;
use crate::core::id::{AgentId, VisitId};
use crate::core::reception::HandKind;
use crate::core::time::Millis;
use crate::core::visit::{Action, VisitState};
use crate::core::words::known;

use super::deed::Deed;
use super::sheet::drink_waits;
use super::{Agent, Desk, Details, Effect, Tone, Visit};

/// A guest called this long ago whose service has not begun stands alone, minutes.
const ALONE_MINUTES: i64 = 3;
/// More events than this wait for the centre when something is wrong.
const BACKLOG: u64 = 200;

/// What the press does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Chore(VisitId, Chore),
    Act(VisitId, Action, Option<AgentId>),
    Open(VisitId),
    Reprint(VisitId),
    Hand(VisitId, HandKind),
    /// Seen; nothing else can be done about it here. What has a moment of its own then rests at
    /// every desk; how a device stands just now, at this one.
    Known,
    /// The signed sheet, to be printed and filed.
    TurnSheet,
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Todo {
    /// The same thing keeps its key.
    pub key: String,
    pub text: String,
    pub tone: Tone,
    pub label: String,
    pub answer: Answer,
}

impl Desk {
    pub(super) fn todos(&self, now: Millis) -> Vec<Todo> {
        let mut todos = self.devices();
        let visits = self.picture.iter().flat_map(|p| &p.visits);
        for visit in visits.filter(|v| !v.state.is_over()) {
            todos.extend(self.about_visit(visit, now));
        }
        todos.extend(self.hands());
        todos.extend(self.nobody_on_duty());
        todos.extend(self.lapsed());
        todos.extend(self.sheet_signed());
        let elsewhere = self.picture.as_ref().map(|p| &p.acknowledged);
        let seen = |key: &String| elsewhere.is_some_and(|seen| seen.contains(key));
        todos.retain(|t| !self.known.contains(&t.key) && !seen(&t.key));
        todos.sort_by_key(|t| match t.tone {
            Tone::Bad => 0,
            Tone::Warn => 1,
            _ => 2,
        });
        todos
    }

    /// What was put aside comes back when it happens anew.
    pub(super) fn forget_known(&mut self, now: Millis) {
        let known = std::mem::take(&mut self.known);
        let still: Vec<String> = self.todos(now).into_iter().map(|t| t.key).collect();
        self.known = known.into_iter().filter(|k| still.contains(k)).collect();
    }

    pub(super) fn answer_todo(&mut self, key: &str, now: Millis) -> Vec<Effect> {
        let Some(todo) = self.todos(now).into_iter().find(|t| t.key == key) else {
            return Vec::new();
        };
        match todo.answer {
            Answer::Chore(visit, chore) => self.deed(Deed::Chore { visit, chore }),
            Answer::Hand(visit, kind) => self.deed(Deed::GiveHand { visit, kind }),
            Answer::Reprint(visit) => self.deed(Deed::Reprint { visit }),
            Answer::Open(visit) => {
                self.sheet = Some(super::Sheet::Visit(visit));
                Vec::new()
            }
            Answer::Known => self.acknowledge(todo.key),
            Answer::TurnSheet => {
                let language = self.language;
                let mut effects = self.deed(Deed::TurnSheet { language });
                effects.extend(self.acknowledge(todo.key));
                effects
            }
            Answer::Act(visit, action, agent) => {
                if self.busy_visits.contains(&visit) {
                    return Vec::new();
                }
                let sheet = self.sheet.take();
                let details = Details {
                    agent,
                    ..Details::default()
                };
                let effects = self.act(visit, action, details, now);
                self.sheet = sheet;
                effects
            }
        }
    }

    /// Put aside here at once, and at the other desks when the floor has heard.
    fn acknowledge(&mut self, key: String) -> Vec<Effect> {
        self.known.insert(key.clone());
        let only_here = ["printer:", "outbox:"];
        if only_here.iter().any(|device| key.starts_with(device)) {
            return Vec::new();
        }
        self.deed(Deed::Acknowledge { key })
    }

    fn sheet_signed(&self) -> Option<Todo> {
        let at = self.picture.as_ref()?.sheet_signed?;
        let time = clock::hour_minute(at, &self.zone);
        let text = self.say("todo_sheet", &[("time", &time)]);
        let key = format!("sheet:{}", at.0);
        Some(self.todo(key, text, Tone::Good, Answer::TurnSheet, "todo_open"))
    }

    fn todo(&self, key: String, text: String, tone: Tone, answer: Answer, label: &str) -> Todo {
        Todo {
            key,
            text,
            tone,
            label: self.say(label, &[]),
            answer,
        }
    }

    fn devices(&self) -> Vec<Todo> {
        let Some(picture) = &self.picture else {
            return Vec::new();
        };
        let mut todos = Vec::new();
        let mut add = |key: &str, text: String, tone| {
            todos.push(self.todo(key.to_owned(), text, tone, Answer::Known, "todo_known"));
        };
        for (code, since) in &picture.alarms {
            let name = format!("alarm_{code}");
            let time = clock::hour_minute(*since, &self.zone);
            let text = if known(&format!("desk.{name}")) {
                self.say(&name, &[("time", &time)])
            } else {
                self.say("alarm_other", &[("code", code), ("time", &time)])
            };
            add(&format!("alarm:{code}:{}", since.0), text, Tone::Bad);
        }
        let printer = picture.printer.state.as_str();
        if !matches!(printer, "ready" | "none" | "paper_low") {
            let text = self.say(&format!("printer_{printer}"), &[]);
            add(&format!("printer:{printer}"), text, Tone::Bad);
        } else if printer == "paper_low" {
            add(
                "printer:paper_low",
                self.say("printer_paper_low", &[]),
                Tone::Plain,
            );
        }
        let line = picture.outbox.state.as_str();
        if !matches!(line, "ok" | "unreachable" | "unset") {
            let text = self.say(&format!("outbox_{line}"), &[]);
            add(&format!("outbox:{line}"), text, Tone::Bad);
        } else if picture.outbox.backlog > BACKLOG {
            let count = picture.outbox.backlog.to_string();
            let text = self.say("todo_backlog", &[("count", &count)]);
            add("outbox:backlog", text, Tone::Warn);
        }
        for kiosk in &picture.kiosks {
            let name = kiosk.name.as_str();
            if let Some(since) = kiosk.silent_since {
                let time = clock::hour_minute(since, &self.zone);
                let text = self.say("todo_kiosk_silent", &[("name", name), ("time", &time)]);
                add(&format!("kiosk:{name}:{}", since.0), text, Tone::Warn);
            }
            if kiosk.set_aside > 0 {
                let count = kiosk.set_aside.to_string();
                let text = self.say("todo_kiosk_aside", &[("name", name), ("count", &count)]);
                add(&format!("kiosk:{name}:aside:{count}"), text, Tone::Bad);
            }
        }
        todos
    }

    fn about_visit(&self, visit: &Visit, now: Millis) -> Vec<Todo> {
        [
            self.waits_long(visit, now),
            self.stands_alone(visit, now),
            self.unprinted(visit),
            self.owner_to_tell(visit),
            self.owner_learned(visit),
            self.drink(visit),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn waits_long(&self, visit: &Visit, now: Millis) -> Option<Todo> {
        let wait = visit.wait?;
        let (name, tone) = match wait.tone(now) {
            Tone::Bad => ("todo_waits_too_long", Tone::Bad),
            Tone::Warn => ("todo_waits_long", Tone::Warn),
            _ => return None,
        };
        let minutes = wait.minutes(now);
        let longest = clock::minutes_between(wait.since, wait.patience_ends);
        let with = [
            ("ticket", visit.ticket.as_str()),
            ("minutes", &minutes.to_string()),
            ("longest", &longest.to_string()),
        ];
        let key = format!("wait:{}:{}", visit.id, tone == Tone::Bad);
        let answer = Answer::Open(visit.id);
        Some(self.todo(key, self.say(name, &with), tone, answer, "todo_see_to"))
    }

    fn stands_alone(&self, visit: &Visit, now: Millis) -> Option<Todo> {
        let minutes = clock::minutes_between(visit.since, now);
        if visit.state != VisitState::Called || minutes < ALONE_MINUTES {
            return None;
        }
        let name = visit.assigned.as_ref().map_or("", |a| a.name.as_str());
        let with = [
            ("ticket", visit.ticket.as_str()),
            ("minutes", &minutes.to_string()),
            ("name", name),
        ];
        let text = self.say("todo_alone", &with);
        let key = format!("alone:{}", visit.id);
        Some(if visit.actions.contains(&Action::Recall) {
            let answer = Answer::Act(visit.id, Action::Recall, None);
            self.todo(key, text, Tone::Warn, answer, "do_recall")
        } else {
            let answer = Answer::Open(visit.id);
            self.todo(key, text, Tone::Warn, answer, "todo_see_to")
        })
    }

    fn unprinted(&self, visit: &Visit) -> Option<Todo> {
        let paper = visit.paper.as_str();
        if !matches!(paper, "failed" | "unknown") {
            return None;
        }
        let why = visit.paper_problem.as_ref();
        let why = why.map(|p| self.say(&format!("problem_{p}"), &[]));
        let state = self.say(&format!("paper_{paper}"), &[]);
        let what = why.map_or(state.clone(), |why| format!("{state} · {why}"));
        let text = self.say(
            "todo_unprinted",
            &[("ticket", &visit.ticket), ("what", &what)],
        );
        let key = format!("paper:{}:{paper}", visit.id);
        let answer = Answer::Reprint(visit.id);
        Some(self.todo(key, text, Tone::Warn, answer, "do_reprint"))
    }

    fn owner_to_tell(&self, visit: &Visit) -> Option<Todo> {
        let (owner, _) = visit.belongs_to.as_ref()?;
        let absent = |a: &Agent| matches!(a.status.as_str(), "off" | "away" | "suspended");
        if !visit.courtesy
            || visit.chores.contains(&Chore::OwnerTold)
            || !self.agent(owner).is_none_or(absent)
        {
            return None;
        }
        let colleague = visit.assigned.as_ref().map_or("", |a| a.name.as_str());
        let with = [
            ("owner", self.agent_name(owner)),
            ("ticket", visit.ticket.as_str()),
            ("name", colleague),
        ];
        let answer = Answer::Chore(visit.id, Chore::OwnerTold);
        let text = self.say("todo_tell_owner", &with);
        let key = format!("owner:{}", visit.id);
        Some(self.todo(key, text, Tone::Warn, answer, "todo_told"))
    }

    fn owner_learned(&self, visit: &Visit) -> Option<Todo> {
        let learned = visit.learned_owner.as_ref()?;
        let is_theirs = visit.belongs_to.as_ref().is_some_and(|(a, _)| a == learned);
        if is_theirs || visit.chores.contains(&Chore::OwnerSeen) {
            return None;
        }
        let name = self.agent_name(learned).to_owned();
        let with = [("ticket", visit.ticket.as_str()), ("name", name.as_str())];
        let text = self.say("todo_learned", &with);
        let key = format!("learned:{}", visit.id);
        if visit.actions.contains(&Action::Owner) {
            let answer = Answer::Act(visit.id, Action::Owner, Some(learned.clone()));
            let mut todo = self.todo(key, text, Tone::Warn, answer, "todo_known");
            todo.label = self.say("todo_give_back", &[("name", &name)]);
            return Some(todo);
        }
        let answer = Answer::Chore(visit.id, Chore::OwnerSeen);
        Some(self.todo(key, text, Tone::Warn, answer, "todo_known"))
    }

    fn drink(&self, visit: &Visit) -> Option<Todo> {
        let here = matches!(visit.state, VisitState::Called | VisitState::Serving);
        if !here || !drink_waits(visit) {
            return None;
        }
        let drink = self.drink_word(visit).unwrap_or_default();
        let place = visit.assigned.as_ref().map_or("", |a| a.place.as_str());
        let place = crate::core::place::say_place(self.language, place);
        let with = [
            ("ticket", visit.ticket.as_str()),
            ("drink", drink.as_str()),
            ("place", place.as_str()),
        ];
        let text = self.say("todo_drink", &with);
        let answer = Answer::Chore(visit.id, Chore::Drink);
        let key = format!("drink:{}", visit.id);
        Some(self.todo(key, text, Tone::Plain, answer, "todo_served"))
    }

    fn hands(&self) -> Vec<Todo> {
        let hands = self.picture.iter().flat_map(|p| &p.hands);
        hands
            .map(|hand| {
                let what = format!("pad.hand_{}", hand.kind.code());
                let what = crate::core::words::say(self.language, &what, &[]);
                let place = crate::core::place::say_place(self.language, &hand.place);
                let with = [
                    ("name", hand.name.as_str()),
                    ("place", place.as_str()),
                    ("what", what.as_str()),
                ];
                let key = format!("hand:{}:{}", hand.visit, hand.kind.code());
                let answer = Answer::Hand(hand.visit, hand.kind);
                let text = self.say("todo_hand", &with);
                self.todo(key, text, Tone::Warn, answer, "todo_came")
            })
            .collect()
    }

    fn nobody_on_duty(&self) -> Option<Todo> {
        let picture = self.picture.as_ref()?;
        let waiting = picture.visits.iter();
        let mut waiting = waiting.filter(|v| v.state == VisitState::Waiting);
        let first = waiting.next()?;
        if picture.agents.iter().any(|a| a.status != "off") {
            return None;
        }
        let count = (waiting.count() + 1).to_string();
        let text = self.say("todo_nobody", &[("count", &count)]);
        let answer = Answer::Open(first.id);
        Some(self.todo("nobody".into(), text, Tone::Bad, answer, "todo_see_to"))
    }

    fn lapsed(&self) -> Vec<Todo> {
        let lapses = self.picture.iter().flat_map(|p| &p.lapses);
        lapses
            .map(|lapse| {
                let time = clock::hour_minute(lapse.at, &self.zone);
                let with = [
                    ("time", time.as_str()),
                    ("name", self.agent_name(&lapse.agent)),
                    ("ticket", lapse.ticket.as_str()),
                ];
                let key = format!("lapse:{}:{}", lapse.ticket, lapse.at.0);
                let text = self.say("todo_lapse", &with);
                self.todo(key, text, Tone::Plain, Answer::Known, "todo_told")
            })
            .collect()
    }
}
