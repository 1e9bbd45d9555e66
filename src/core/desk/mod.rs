//! The receptionist's desk (前台工作台): the whole walk-in flow, seen and steered (K6). Messages
//! in, effects out; no window is needed to play a day of it.

mod broker;
mod day;
mod deed;
mod flow;
mod manager;
mod new_pin;
mod picture;
mod register;
mod select;
mod sheet;
mod todo;
mod undo;
pub mod view;
mod wait;

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::booking;
use super::id::{AgentId, VisitId};
use super::language::Language;
use super::rota::AwayReason;
use super::ticket::Line;
use super::time::Millis;
use super::visit::{Action, NotABuyer};
use super::words::{known, say};

pub use broker::{Broker, BrokerLine, Brought, Chosen};
pub use day::NewAppointment;
pub use deed::{Deed, Outcome};
pub use flow::{Column, main_action};
pub use manager::{ListSheet, OrderKind, OrderSheet, SignInSheet, Signer};
pub use new_pin::{NewPinSheet, OneTimeCode};
pub use picture::{
    Agent, Assigned, Booked, Hand, KioskStand, Lapse, Outbox, PhoneCounts, Picture, Printer,
    Private, Rules, Showroom, Trouble, Visit, Wait,
};
pub use register::{Answer, Edit, Person, Registered, Registration};
pub use sheet::Sheet;
pub use view::{
    AgentRow, Button, Choice, ConsentRow, Fact, Field, FormView, Group, SheetView, TodoRow, Tone,
    UndoBar, View, VisitRow,
};

/// How long a note stays, seconds.
const NOTE_SECONDS: i64 = 12;

/// What an agent can be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attend {
    Ready,
    Away(AwayReason),
    /// The desk's word that a long service goes on (rule 7 of the rota).
    StillServing,
    Off,
}

/// A step for a visit with what it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    pub agent: Option<AgentId>,
    pub line: Option<Line>,
    pub reason: Option<String>,
    pub kind: Option<NotABuyer>,
    /// Its id.
    pub appointment: Option<String>,
    pub registration: Option<booking::Registration>,
    pub into: Option<VisitId>,
}

/// What happens at the desk.
#[derive(Clone, Debug)]
pub enum Message {
    Site(Box<Showroom>),
    /// The floor as it is now; `zone`: the offset its times carry, if they were readable.
    News {
        picture: Box<Picture>,
        zone: Option<TimeZone>,
    },
    /// Nothing is heard of the floor any more; `refused`: this desk is not (or no longer) enrolled.
    Silent {
        refused: bool,
    },
    /// The floor is not the one this desk was enrolled at; nothing was asked of it.
    OtherFloor,
    SetLanguage(Language),
    /// Time passed.
    Tick,
    DismissNote,

    /// A step was pressed on a row or in a sheet. One that needs more opens its sheet.
    Press {
        visit: VisitId,
        action: Action,
    },
    OpenVisit(VisitId),
    OpenAgent(AgentId),
    /// A choice in the open sheet: the agent, line or reason at this index.
    Choose(usize),
    /// A ready-made reason of the open sheet.
    QuickReason(usize),
    TypeReason(String),
    /// A choice in a further list of the open sheet.
    Pick {
        group: usize,
        index: usize,
    },
    /// A further line of the open sheet: a time, a PIN, what a broker registered.
    TypeText {
        field: usize,
        text: String,
    },
    OpenMenu,
    OpenTodo,
    OpenAppointments,
    OpenCloseDay,
    /// An agent came to the desk to sign in with the own PIN.
    OpenSignIn,
    /// The press of a thing to do, by its key.
    AnswerTodo(String),
    /// Takes the last step back.
    Undo,
    /// A call came in (rule 16). `fresh_key`: for its check-in.
    PhoneCall {
        fresh_key: String,
    },
    /// The arrow keys: columns to the right, rows down.
    Select {
        across: i32,
        down: i32,
    },
    /// The most likely step of the selected party.
    Enter,
    /// The selected party's sheet.
    OpenSelected,
    Confirm,
    CloseSheet,
    Attend {
        agent: AgentId,
        to: Attend,
    },

    OpenForm,
    CloseForm,
    Edit(Edit),
    /// The form is to be sent. `fresh_key` is used unless an earlier attempt may have arrived.
    Submit {
        fresh_key: String,
    },

    /// The floor's answers.
    Did {
        deed: Deed,
        result: Result<Outcome, Trouble>,
    },
    Acted {
        visit: VisitId,
        result: Result<(), Trouble>,
    },
    Attended {
        agent: AgentId,
        result: Result<(), Trouble>,
    },
    Registered {
        key: String,
        result: Result<Registered, Trouble>,
    },
}

/// What the desk asks its surroundings to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Act {
        visit: VisitId,
        action: Action,
        details: Details,
    },
    Attend {
        agent: AgentId,
        to: Attend,
    },
    Do(Deed),
    /// Checks a party in. A key already used means: send the very same request again.
    Register {
        key: String,
        registration: Box<Registration>,
    },
}

/// The state of one desk.
pub struct Desk {
    language: Language,
    showroom: Option<Showroom>,
    zone: TimeZone,
    picture: Option<Picture>,
    heard_at: Option<Millis>,
    silent: bool,
    refused: bool,
    other_floor: bool,
    /// Visits and agents with a request under way: their buttons rest.
    busy_visits: BTreeSet<VisitId>,
    busy_agents: BTreeSet<AgentId>,
    sheet: Option<Sheet>,
    form: Option<register::Form>,
    note: Option<Note>,
    /// What is being done beside visits and agents; each waits for its answer.
    under_way: Vec<Deed>,
    /// Keys of calls being registered.
    calls: BTreeSet<String>,
    manager: Option<manager::Manager>,
    /// When something was last typed or pressed in a sheet.
    typed_at: Millis,
    /// Things to do that were put aside.
    known: BTreeSet<String>,
    selected: Option<VisitId>,
    /// When the desk last changed, and so was last drawn.
    shown_at: Millis,
    /// A step on its way, and one done that can be taken back.
    sent: Option<undo::Slip>,
    slip: Option<undo::Slip>,
}

/// A short message to the receptionist.
struct Note {
    text: String,
    tone: Tone,
    until: Millis,
}

impl Desk {
    pub fn new(language: Language) -> Self {
        Self {
            language,
            showroom: None,
            zone: TimeZone::UTC,
            picture: None,
            heard_at: None,
            silent: true,
            refused: false,
            other_floor: false,
            busy_visits: BTreeSet::new(),
            busy_agents: BTreeSet::new(),
            sheet: None,
            form: None,
            note: None,
            under_way: Vec::new(),
            calls: BTreeSet::new(),
            manager: None,
            typed_at: Millis::default(),
            known: BTreeSet::new(),
            selected: None,
            shown_at: Millis::default(),
            sent: None,
            slip: None,
        }
    }

    pub const fn language(&self) -> Language {
        self.language
    }

    /// What the open sheet is about.
    pub const fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_ref()
    }

    pub fn update(&mut self, message: Message, now: Millis) -> Vec<Effect> {
        let effects = self.take(message, now);
        self.shown_at = now;
        effects
    }

    fn take(&mut self, message: Message, now: Millis) -> Vec<Effect> {
        match message {
            Message::Site(showroom) => {
                self.zone = showroom.zone.clone();
                self.showroom = Some(*showroom);
            }
            Message::News { picture, zone } => self.hear(*picture, zone, now),
            Message::Silent { refused } => {
                self.silent = true;
                self.refused = refused;
                self.other_floor = false;
            }
            Message::OtherFloor => {
                self.silent = true;
                self.other_floor = true;
            }
            Message::SetLanguage(language) => {
                self.language = language;
                // It was said in the other one.
                self.note = None;
            }
            Message::Tick => {
                if self.note.as_ref().is_some_and(|n| now >= n.until) {
                    self.note = None;
                }
                self.forget_slip(now);
                self.forget_pin(now);
                self.forget_code(now);
                return self.watch_manager(now);
            }
            Message::DismissNote => self.note = None,
            Message::Press { visit, action } => return self.press(visit, action, now),
            Message::OpenVisit(visit) => self.sheet = Some(Sheet::Visit(visit)),
            Message::OpenAgent(agent) => self.sheet = Some(Sheet::Agent(agent)),
            Message::Choose(index) => return self.choose(index, now),
            Message::QuickReason(index) => self.quick_reason(index),
            Message::TypeReason(text) => self.type_reason(&text),
            Message::Pick { group, index } => {
                self.typed_at = now;
                return self.pick(group, index, now);
            }
            Message::TypeText { field, text } => {
                self.typed_at = now;
                self.type_text(field, &text);
            }
            Message::OpenMenu => self.open(Sheet::Menu),
            Message::OpenTodo => self.open(Sheet::Todo),
            Message::OpenAppointments => self.open(Sheet::Appointments),
            Message::OpenCloseDay => self.open(Sheet::CloseDay),
            Message::OpenSignIn => self.open(Sheet::SignIn(SignInSheet::of_agent(None))),
            Message::AnswerTodo(key) => return self.answer_todo(&key, now),
            Message::Undo => return self.undo(now),
            Message::PhoneCall { fresh_key } => return self.phone_call(fresh_key),
            Message::Select { across, down } => self.select(across, down),
            Message::Enter => return self.enter(now),
            Message::OpenSelected => {
                if let Some(visit) = self.selected {
                    self.open(Sheet::Visit(visit));
                }
            }
            Message::Did { deed, result } => self.did(&deed, result, now),
            Message::Confirm => return self.confirm(now),
            Message::CloseSheet => self.sheet = None,
            Message::Attend { agent, to } => return self.attend(agent, to),
            Message::OpenForm => self.open_form(),
            Message::CloseForm => self.form = None,
            Message::Edit(Edit::Broker(index)) => {
                let known = self.registrations();
                if let Some(form) = self.form.as_mut().filter(|f| f.is_open()) {
                    form.broker.choose(index, &known);
                }
            }
            Message::Edit(edit) => {
                if let (Some(form), Some(showroom)) = (&mut self.form, &self.showroom) {
                    form.edit(edit, showroom);
                }
            }
            Message::Submit { fresh_key } => {
                let form = self.form.as_mut();
                let sent = form.and_then(|f| f.submit(fresh_key, &self.zone, now));
                return sent.into_iter().collect();
            }
            Message::Acted { visit, result } => {
                self.busy_visits.remove(&visit);
                self.slip_done(visit, result.is_ok(), now);
                self.answered(result, now);
            }
            Message::Attended { agent, result } => {
                self.busy_agents.remove(&agent);
                self.answered(result, now);
            }
            Message::Registered { key, result } => self.registered(&key, result, now),
        }
        Vec::new()
    }

    fn hear(&mut self, picture: Picture, zone: Option<TimeZone>, now: Millis) {
        if self.showroom.is_none()
            && let Some(zone) = zone
        {
            self.zone = zone;
        }
        self.silent = false;
        self.refused = false;
        self.other_floor = false;
        self.heard_at = Some(now);
        // A sheet about something that is gone has nothing left to say.
        let gone = match self.sheet.as_ref().map(Sheet::subject) {
            Some(sheet::Subject::Visit(id)) => picture.visits.iter().all(|v| v.id != id),
            Some(sheet::Subject::Agent(id)) => picture.agents.iter().all(|a| a.id != id),
            Some(sheet::Subject::Nothing) | None => false,
        };
        if gone {
            self.sheet = None;
        }
        self.picture = Some(picture);
        self.forget_known(now);
        if self.selected.is_some() && self.selected_at().is_none() {
            self.selected = None;
        }
    }

    fn open(&mut self, sheet: Sheet) {
        if self.picture.is_some() && self.form.is_none() {
            self.sheet = Some(sheet);
        }
    }

    fn press(&mut self, visit: VisitId, action: Action, now: Millis) -> Vec<Effect> {
        let possible = self
            .visit(visit)
            .is_some_and(|v| v.actions.contains(&action));
        if !possible || self.busy_visits.contains(&visit) {
            return Vec::new();
        }
        if let Some(mut sheet) = Sheet::needed_by(visit, action) {
            // Whom the guest refuses is settled now: when the sheet is confirmed, another desk may
            // have said the same.
            if let Sheet::Step(step) = &mut sheet
                && action == Action::Refuse
            {
                let assigned = self.visit(visit).and_then(|v| v.assigned.as_ref());
                step.agent = assigned.map(|a| Some(a.agent.clone()));
            }
            self.sheet = Some(sheet);
            return Vec::new();
        }
        self.act(visit, action, Details::default(), now)
    }

    fn act(
        &mut self,
        visit: VisitId,
        action: Action,
        details: Details,
        now: Millis,
    ) -> Vec<Effect> {
        self.sheet = None;
        self.note_slip(visit, action, now);
        self.busy_visits.insert(visit);
        vec![Effect::Act {
            visit,
            action,
            details,
        }]
    }

    fn attend(&mut self, agent: AgentId, to: Attend) -> Vec<Effect> {
        if to == Attend::Ready && self.needs_pin(&agent) {
            self.sheet = Some(Sheet::SignIn(SignInSheet::of_agent(Some(agent))));
            return Vec::new();
        }
        if !self.busy_agents.insert(agent.clone()) {
            return Vec::new();
        }
        self.sheet = None;
        vec![Effect::Attend { agent, to }]
    }

    fn open_form(&mut self) {
        if let Some(showroom) = &self.showroom
            && self.form.is_none()
        {
            self.sheet = None;
            self.form = Some(register::Form::new(showroom, self.language));
        }
    }

    fn answered(&mut self, result: Result<(), Trouble>, now: Millis) {
        if let Err(trouble) = result {
            self.complain(&trouble, now);
        }
    }

    fn registered(&mut self, key: &str, result: Result<Registered, Trouble>, now: Millis) {
        if self.call_answered(key, &result, now) {
            return;
        }
        if let Err(trouble) = &result {
            self.complain(trouble, now);
        }
        if let Some(form) = &mut self.form {
            form.answered(key, result);
        }
    }

    fn complain(&mut self, trouble: &Trouble, now: Millis) {
        let text = match trouble {
            Trouble::Unreachable => self.say("trouble_unreachable", &[]),
            Trouble::Busy => self.say("trouble_busy", &[]),
            Trouble::Broken => self.say("trouble_broken", &[]),
            Trouble::Refused { code } => {
                let key = format!("desk.refused_{code}");
                if known(&key) {
                    say(self.language, &key, &[])
                } else {
                    self.say("refused_other", &[("code", code)])
                }
            }
        };
        self.note = Some(Note {
            text,
            tone: Tone::Bad,
            until: now.plus_seconds(NOTE_SECONDS),
        });
    }

    /// In this house nobody comes on duty by the desk's word alone.
    fn needs_pin(&self, agent: &AgentId) -> bool {
        let picture = self.picture.as_ref();
        let absent = |a: &Agent| matches!(a.status.as_str(), "off" | "away");
        picture.is_some_and(|p| p.rules.ready_needs_pin) && self.agent(agent).is_some_and(absent)
    }

    /// Brokers' registrations the floor knows.
    fn registrations(&self) -> Vec<booking::Registration> {
        let picture = self.picture.as_ref();
        picture.map(|p| p.registrations.clone()).unwrap_or_default()
    }

    fn visit(&self, id: VisitId) -> Option<&Visit> {
        self.picture.as_ref()?.visits.iter().find(|v| v.id == id)
    }

    fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.picture.as_ref()?.agents.iter().find(|a| a.id == *id)
    }

    fn say(&self, name: &str, params: &[(&str, &str)]) -> String {
        say(self.language, &format!("desk.{name}"), params)
    }
}

#[cfg(test)]
mod tests;
