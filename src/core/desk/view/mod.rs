//! What stands on the desk, in the receptionist's language.

mod broker;
mod day;
mod form;
mod manager;
mod new_pin;
mod rows;
mod sheet;

pub use form::{ConsentRow, FormView};
pub use rows::{AgentRow, VisitRow};
pub use sheet::{Fact, Field, Group, SheetView};

use super::{Column, Desk, Outbox, Printer};
use crate::core::clock;
use crate::core::time::Millis;
use crate::core::visit::Action;

/// Events on their way to the centre that are no backlog yet.
const USUAL_BACKLOG: u64 = 20;

/// How urgent something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Warn,
    Bad,
}

/// A step that can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    pub action: Action,
    pub label: String,
}

/// One of several things to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub label: String,
    pub detail: String,
    pub chosen: bool,
    pub enabled: bool,
    pub tone: Tone,
}

/// A word about a device, with how urgent it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lamp {
    pub text: String,
    pub tone: Tone,
}

/// A thing to do with its press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodoRow {
    pub key: String,
    pub text: String,
    pub tone: Tone,
    pub press: String,
}

/// The last step, while it can be taken back; empty text: there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndoBar {
    pub text: String,
    /// `撤销 8`
    pub press: String,
}

/// Everything on the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub name: String,
    pub clock: String,
    pub date: String,
    /// Rows by column, in the order of [`Column::ALL`].
    pub columns: [Vec<VisitRow>; 4],
    /// Heading of each column, with its count.
    pub headings: [String; 4],
    pub agents: Vec<AgentRow>,
    /// Whose turn it is, in words.
    pub next: String,
    pub served_today: String,
    pub printer: Lamp,
    pub outbox: Lamp,
    /// What wants somebody's hand, the most urgent first.
    pub todo: Vec<TodoRow>,
    pub undo: UndoBar,
    /// A manager is signed in at this desk; empty otherwise.
    pub manager: String,
    /// Closed for today; empty otherwise.
    pub closed: String,
    /// Column and row the arrow keys point at.
    pub selected: Option<(usize, usize)>,
    /// Offers that ran out today; empty when there were none.
    pub lapses: String,
    /// Said while nothing is heard of the floor; empty otherwise.
    pub stale: String,
    /// The last answer of the floor that the receptionist should know; empty otherwise.
    pub note: Lamp,
    pub can_register: bool,
    pub sheet: Option<SheetView>,
    pub form: Option<FormView>,
}

impl Desk {
    pub fn view(&self, now: Millis) -> View {
        let mut columns: [Vec<VisitRow>; 4] = Default::default();
        let picture = self.picture.as_ref();
        for visit in picture.iter().flat_map(|p| &p.visits) {
            let column = Column::of(visit.state);
            if let Some(at) = Column::ALL.iter().position(|c| *c == column) {
                columns[at].push(self.visit_row(visit, now));
            }
        }
        let heading =
            |name: &str, at: usize| self.say(name, &[("count", &columns[at].len().to_string())]);
        let headings = [
            heading("column_waiting", 0),
            heading("column_calling", 1),
            heading("column_serving", 2),
            heading("column_aside", 3),
        ];
        let showroom = self.showroom.as_ref();
        View {
            name: showroom.map_or_else(String::new, |s| s.name.get(self.language).to_owned()),
            clock: clock::hour_minute(now, &self.zone),
            date: clock::date(self.language, now, &self.zone),
            headings,
            columns,
            agents: self.agent_rows(now),
            next: self.next_words(),
            served_today: picture.map_or_else(String::new, |p| {
                self.say("served_today", &[("count", &p.served_today.to_string())])
            }),
            printer: picture.map_or_else(Lamp::default, |p| self.printer(&p.printer)),
            outbox: picture.map_or_else(Lamp::default, |p| self.outbox(&p.outbox)),
            lapses: self.lapses(),
            todo: self.todo_rows(now),
            undo: self.undo_bar(now),
            manager: self.manager_words(),
            closed: match picture.and_then(|p| p.closed) {
                Some(at) => {
                    let time = clock::hour_minute(at, &self.zone);
                    self.say("closed_since", &[("time", &time)])
                }
                None => String::new(),
            },
            selected: self.selected_at(),
            stale: self.stale(),
            note: self.note.as_ref().map_or_else(Lamp::default, |n| Lamp {
                text: n.text.clone(),
                tone: n.tone,
            }),
            can_register: showroom.is_some(),
            sheet: self.sheet_view(now),
            form: self.form_view(now),
        }
    }

    fn todo_rows(&self, now: Millis) -> Vec<TodoRow> {
        let todos = self.todos(now).into_iter();
        todos
            .map(|t| TodoRow {
                key: t.key,
                text: t.text,
                tone: t.tone,
                press: t.label,
            })
            .collect()
    }

    fn undo_bar(&self, now: Millis) -> UndoBar {
        let Some(slip) = self.slip.as_ref().filter(|s| now < s.until) else {
            return UndoBar::default();
        };
        let left = ((slip.until.since(now) + 999) / 1000).to_string();
        let done = format!("did_{}", action_name(slip.action).trim_start_matches("do_"));
        UndoBar {
            text: self.say(&done, &[("ticket", &slip.ticket)]),
            press: self.say("undo_left", &[("seconds", &left)]),
        }
    }

    fn next_words(&self) -> String {
        let Some(picture) = &self.picture else {
            return String::new();
        };
        match picture.next.as_ref().and_then(|id| self.agent(id)) {
            Some(agent) => self.say("next", &[("name", &agent.name)]),
            None => self.say("next_nobody", &[]),
        }
    }

    fn printer(&self, printer: &Printer) -> Lamp {
        let tone = match printer.state.as_str() {
            "ready" => Tone::Good,
            "none" => Tone::Plain,
            "paper_low" => Tone::Warn,
            _ => Tone::Bad,
        };
        let mut text = self.say(&format!("printer_{}", printer.state), &[]);
        let lost = printer.failed_today + printer.unknown_today;
        let mut add = |name: &str, count: u32| {
            if count > 0 {
                text.push_str(" · ");
                text.push_str(&self.say(name, &[("count", &count.to_string())]));
            }
        };
        add("printer_queued", printer.queued);
        add("printer_lost", lost);
        Lamp {
            text,
            tone: if tone == Tone::Good && lost > 0 {
                Tone::Warn
            } else {
                tone
            },
        }
    }

    fn outbox(&self, outbox: &Outbox) -> Lamp {
        let tone = match outbox.state.as_str() {
            "ok" if outbox.backlog <= USUAL_BACKLOG => Tone::Good,
            "ok" | "unreachable" => Tone::Warn,
            "unset" => Tone::Plain,
            _ => Tone::Bad,
        };
        let mut text = self.say(&format!("outbox_{}", outbox.state), &[]);
        if outbox.backlog > 0 && tone != Tone::Good {
            text.push_str(" · ");
            text.push_str(&self.say("backlog", &[("count", &outbox.backlog.to_string())]));
            if let Some(oldest) = outbox.oldest {
                let time = clock::hour_minute(oldest, &self.zone);
                text.push_str(&self.say("backlog_since", &[("time", &time)]));
            }
        }
        Lamp { text, tone }
    }

    fn lapses(&self) -> String {
        let Some((picture, last)) = self
            .picture
            .as_ref()
            .and_then(|p| p.lapses.first().map(|last| (p, last)))
        else {
            return String::new();
        };
        self.say(
            "lapses",
            &[
                ("count", &picture.lapses.len().to_string()),
                ("ticket", &last.ticket),
                ("name", self.agent_name(&last.agent)),
                ("time", &clock::hour_minute(last.at, &self.zone)),
            ],
        )
    }

    fn stale(&self) -> String {
        match (self.silent, self.refused, self.heard_at) {
            (false, ..) => String::new(),
            _ if self.other_floor => self.say("stale_other_floor", &[]),
            (true, true, _) => self.say("stale_refused", &[]),
            (true, false, None) => self.say("stale_first", &[]),
            (true, false, Some(at)) => {
                let time = clock::hour_minute(at, &self.zone);
                self.say("stale", &[("time", &time)])
            }
        }
    }

    pub(in crate::core::desk) fn agent_name<'a>(
        &'a self,
        id: &'a crate::core::id::AgentId,
    ) -> &'a str {
        self.agent(id).map_or(id.as_str(), |a| a.name.as_str())
    }
}

/// The name of an action's words: `desk.do_<name>`.
pub(super) const fn action_name(action: Action) -> &'static str {
    match action {
        Action::Accept => "do_accept",
        Action::Call => "do_call",
        Action::Recall => "do_recall",
        Action::Start => "do_start",
        Action::Finish => "do_finish",
        Action::NoShow => "do_no_show",
        Action::Refuse => "do_refuse",
        Action::Park => "do_park",
        Action::Resume => "do_resume",
        Action::Transfer => "do_transfer",
        Action::Reassign => "do_reassign",
        Action::Leave => "do_leave",
        Action::Cancel => "do_cancel",
        Action::NotABuyer => "do_not_a_buyer",
        Action::Appointment => "do_appointment",
        Action::Channel => "do_channel",
        Action::Owner => "do_owner",
        Action::Join => "do_join",
        Action::Undo => "do_undo",
    }
}
