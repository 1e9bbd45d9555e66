//! The page on which a screen is enrolled (登记本机), as a state machine: messages in, effects out, a
//! view to draw. It asks for the one-time code of the console and, where the configuration names
//! none, for the floor's address.
//!
//! What must hold: a code is sent only by the button or Enter, once at a time; a code left on the
//! screen is wiped after [`IDLE_SECONDS`]; nothing of it is kept after it is used up.

pub mod address;
pub mod code;
pub mod standing;
#[cfg(test)]
mod tests;
mod view;

pub use view::{Tone, View};

use super::language::Language;
use super::time::Millis;

/// Without a touch for so long, what was typed of the code is wiped.
pub const IDLE_SECONDS: i64 = 120;

/// What the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Kiosk,
    Display,
    Desk,
}

impl Screen {
    /// As on the command line and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Display => "display",
            Self::Desk => "desk",
        }
    }
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Kiosk, Self::Display, Self::Desk]
            .into_iter()
            .find(|screen| screen.name() == name)
    }
}

/// Why the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A new screen.
    New,
    /// The floor does not know this screen any more: it was revoked.
    Unknown,
    /// The floor is not the one this screen was enrolled at.
    OtherFloor,
    /// What is kept of the enrolment cannot be used.
    Unusable,
}

/// Why there is no enrolment yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    NotAnAddress,
    /// In clear over a network.
    InClear,
    /// Mistyped, used or too old: the floor does not say which.
    Refused,
    TooMany,
    /// The code is another kind of screen's, and still good there.
    OtherRole(Option<Screen>),
    /// The floor's answer is not its own: somebody may be listening.
    Untrue,
    /// Nobody answers at that address.
    Unreachable,
    /// Somebody answers, but encrypts otherwise or not at all.
    Tls,
    /// Somebody answers that is no floor.
    NotAFloor,
    /// The floor has not heard from its office yet.
    Starting,
    /// Nothing can be kept beside the configuration; the code is still good.
    NoPlace,
    /// It could not be kept; the code is used up.
    NotKept,
}

impl Failure {
    /// Whether another code is needed for the next attempt.
    const fn wants_another(self) -> bool {
        matches!(self, Self::OtherRole(_) | Self::Untrue | Self::NotKept)
    }
    /// Whether the address is what to look at.
    const fn is_about_address(self) -> bool {
        matches!(
            self,
            Self::NotAnAddress | Self::InClear | Self::Unreachable | Self::Tls | Self::NotAFloor
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Address,
    Code,
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    Tick,
    Language(Language),
    NextLanguage,
    Focus(Field),
    OtherField,
    /// A key of the page's own pad or of a keyboard.
    Key(char),
    Paste(String),
    Backspace,
    /// Empties the field.
    Clear,
    Enrol,
    /// Under this name; the window goes on to what the screen is for.
    Enrolled(String),
    Failed(Failure),
}

/// What the page asks its surroundings to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Answered by [`Message::Enrolled`] or [`Message::Failed`]. `floor`: a whole address, where it
    /// was asked for.
    Enrol { floor: Option<String>, code: String },
}

/// What the page is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub screen: Screen,
    pub why: Why,
    pub language: Language,
    /// The floor's address as configured; `None`: the page asks for it.
    pub floor: Option<String>,
    /// The address of an earlier enrolment, to begin with.
    pub last_floor: Option<String>,
    /// The configuration allows to speak in clear.
    pub in_clear: bool,
    /// Guests whom a kiosk promised a number and has not handed over yet.
    pub held: u32,
    /// The command that does the same, for a screen where nobody can type.
    pub command: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Typing,
    Running,
    Done(String),
}

/// The page.
pub struct Enrol {
    settings: Settings,
    language: Language,
    address: String,
    code: String,
    field: Field,
    state: State,
    failure: Option<Failure>,
    touched_at: Millis,
}

impl Enrol {
    pub fn new(settings: Settings) -> Self {
        let address = settings.last_floor.clone().unwrap_or_default();
        let field = if settings.floor.is_none() && address.is_empty() {
            Field::Address
        } else {
            Field::Code
        };
        Self {
            language: settings.language,
            settings,
            address,
            code: String::new(),
            field,
            state: State::Typing,
            failure: None,
            touched_at: Millis::default(),
        }
    }

    /// Nobody is in the midst of typing a code, and none is on its way.
    pub fn is_free(&self) -> bool {
        self.state == State::Typing && self.code.is_empty()
    }

    /// Takes one message; `now` must never run backwards.
    pub fn update(&mut self, message: Message, now: Millis) -> Option<Effect> {
        match message {
            Message::Tick => self.tick(now),
            Message::Enrolled(device) => {
                self.code.clear();
                self.failure = None;
                self.state = State::Done(device);
            }
            Message::Failed(failure) => self.failed(failure, now),
            touch => {
                self.touched_at = now;
                return self.touch(touch);
            }
        }
        None
    }

    fn tick(&mut self, now: Millis) {
        let idle = now.since(self.touched_at) >= IDLE_SECONDS * 1000;
        if idle && self.state == State::Typing {
            self.code.clear();
            self.failure = None;
            self.language = self.settings.language;
        }
    }

    fn failed(&mut self, failure: Failure, now: Millis) {
        self.state = State::Typing;
        self.failure = Some(failure);
        // There must be time to read it.
        self.touched_at = now;
        if failure.wants_another() {
            self.code.clear();
        }
        let address = failure.is_about_address() && self.asks_for_address();
        self.field = if address { Field::Address } else { Field::Code };
    }

    fn touch(&mut self, touch: Message) -> Option<Effect> {
        match touch {
            Message::Language(language) => self.language = language,
            Message::NextLanguage => {
                let at = Language::ALL.iter().position(|l| *l == self.language);
                let next = at.map_or(0, |at| at + 1) % Language::ALL.len();
                self.language = Language::ALL[next];
            }
            _ if self.state != State::Typing => {}
            Message::Enrol => return self.enrol(),
            Message::Focus(Field::Address) if !self.asks_for_address() => {}
            Message::Focus(field) => self.field = field,
            Message::OtherField => {
                let other = match self.field {
                    Field::Address => Field::Code,
                    Field::Code => Field::Address,
                };
                return self.touch(Message::Focus(other));
            }
            Message::Key(key) => self.key(key),
            Message::Paste(text) => text.chars().for_each(|key| self.key(key)),
            Message::Backspace => {
                self.failure = None;
                self.typed().pop();
            }
            Message::Clear => {
                self.failure = None;
                self.typed().clear();
            }
            Message::Tick | Message::Enrolled(_) | Message::Failed(_) => {}
        }
        None
    }

    fn typed(&mut self) -> &mut String {
        match self.field {
            Field::Address => &mut self.address,
            Field::Code => &mut self.code,
        }
    }

    fn key(&mut self, key: char) {
        let (sign, room) = match self.field {
            Field::Address => (address::sign(key), address::MAX),
            Field::Code => (code::sign(key), code::SIGNS),
        };
        let Some(sign) = sign else { return };
        self.failure = None;
        let typed = self.typed();
        if typed.len() < room {
            typed.push(sign);
        }
    }

    /// Sends the code; where something is lacking, goes there instead.
    fn enrol(&mut self) -> Option<Effect> {
        let floor = self.whole_address();
        if self.asks_for_address() && floor.is_none() {
            self.field = Field::Address;
            return None;
        }
        self.field = Field::Code;
        if self.code.len() < code::SIGNS {
            return None;
        }
        self.failure = None;
        self.state = State::Running;
        Some(Effect::Enrol {
            floor,
            code: code::grouped(&self.code),
        })
    }

    fn asks_for_address(&self) -> bool {
        self.settings.floor.is_none()
    }

    /// What was typed, completed; `None`: nothing, or the configuration names it.
    fn whole_address(&self) -> Option<String> {
        if !self.asks_for_address() {
            return None;
        }
        address::whole(&self.address, self.settings.in_clear)
    }
}

/// The plain form of a wide sign (全角), as Chinese keyboards type them.
fn narrow(key: char) -> char {
    match key {
        '！'..='～' => char::from_u32(u32::from(key) - 0xfee0).unwrap_or(key),
        _ => key,
    }
}
