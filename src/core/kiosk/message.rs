//! What can happen to a kiosk.

use super::keyboard::Field;
use super::site_info::{ConsultantInfo, SiteInfo, TicketInfo};
use crate::core::guest_name::Title;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;

/// Been here before? (是否来过)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    No,
    Yes,
    /// Treated as a visit that is not the first: the turn decides, and a guest who agrees may be
    /// recognised.
    Unsure,
    /// The first visit, and the guest asks for somebody by name (rule 5), e.g. a friend's
    /// consultant.
    ByName,
}

impl Before {
    /// Whether the guest chooses among the consultants next.
    pub const fn names_consultant(self) -> bool {
        matches!(self, Self::Yes | Self::ByName)
    }
    /// Whether the guest says that this is the first visit.
    pub const fn is_first_visit(self) -> bool {
        matches!(self, Self::No | Self::ByName)
    }
}

/// What became of the paper, as far as the guest needs to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    #[default]
    Pending,
    Printed,
    /// Failed, unknown, or nothing heard: the number and the QR stay on the screen.
    Missing,
}

/// Why a check-in gave no ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing heard, or the floor is busy: the same request may succeed later.
    Temporary,
    /// The floor's refusal, by its stable code.
    Refused { code: String },
    /// The floor has another key than the pinned one; nothing was sent.
    OtherFloor,
    /// The profile could not be sealed; nothing was sent.
    Sealing,
}

/// One touch, or one piece of news from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Time goes by; several times a second.
    Tick,
    SiteFetched(Box<SiteInfo>),
    SiteFailed,
    /// The floor has another key than the pinned one; nothing was asked.
    OtherFloor,
    CheckedIn {
        key: String,
        ticket: Box<TicketInfo>,
    },
    CheckInFailed {
        key: String,
        failure: Failure,
    },
    Paper {
        visit: VisitId,
        paper: Paper,
    },
    /// What became of the wish for another consultant; with nobody: the screen will call.
    ConsultantChanged {
        visit: VisitId,
        outcome: Result<Option<ConsultantInfo>, Failure>,
    },

    /// The welcome was touched. `key` is new and random: the idempotency key of this session.
    Start {
        key: String,
    },
    /// Something was touched that changes nothing, e.g. the notice was scrolled.
    Touched,
    Language(Language),
    Back,
    Next,
    /// The session ends at the guest's wish.
    Leave,
    Before(Before),
    /// `None`: no preference.
    AskFor(Option<AgentId>),
    Consent {
        purpose: String,
        given: bool,
    },
    /// Fourteen or older (已满14周岁)?
    OfAge(bool),
    /// Under fourteen: an accompanying adult takes over.
    AdultTakesOver,
    /// Under fourteen: a ticket without any personal data.
    Anonymous,
    /// A surname from the grid.
    Surname(String),
    Title(Title),
    Focus(Field),
    Key(char),
    Backspace,
    Clear,
    Shift,
    /// Between pinyin and letters (中/英).
    SwitchInput,
    /// A candidate of the bar, by its place.
    Pick(usize),
    Purpose(String),
    PartySize(u32),
    /// `None`: no drink.
    Drink(Option<String>),
    /// Send the very same request again.
    Retry,
    /// On the ticket: somebody else, please (rule 10).
    WishAnother,
    /// Not after all.
    KeepConsultant,
    /// Yes, somebody else.
    ChangeConsultant,
}

impl Message {
    /// Whether a person did it: only that keeps a session alive.
    pub const fn is_touch(&self) -> bool {
        !matches!(
            self,
            Self::Tick
                | Self::SiteFetched(_)
                | Self::SiteFailed
                | Self::OtherFloor
                | Self::CheckedIn { .. }
                | Self::CheckInFailed { .. }
                | Self::Paper { .. }
                | Self::ConsultantChanged { .. }
        )
    }
}
