//! Receiving a party (接待流程): the seven steps of the house's service, what the guest looks for in
//! figures and choices, a hand asked for, and what was agreed at the end. Nothing here tells who the
//! guest is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time::Millis;

/// A step marked by mistake can be taken back for so long, milliseconds. The pad offers it for a
/// little less, so that what it offers is still possible when it arrives.
pub const UNDO_MS: i64 = 15_000;

/// Choices, each with its name on the wire.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $code:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            ToSchema,
        )]
        pub enum $name {
            $($(#[$item_doc])* #[serde(rename = $code)] $item),+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$item),+];

            /// As on the wire.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$item => $code),+
                }
            }
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.code() == code)
            }
        }
    )+};
}

choices! {
    /// The seven steps, in the order of the house's rules for reception.
    ReceptionStep {
        /// 迎接入座，送上饮品
        Welcome = "welcome",
        /// 自我介绍，介绍公司与楼盘
        Introduce = "introduce",
        /// 询问需求
        AskNeeds = "ask_needs",
        /// 参观样板房
        ShowHomes = "show_homes",
        /// 推荐房源
        Recommend = "recommend",
        /// 协商洽谈
        Negotiate = "negotiate",
        /// 感谢并邀请再访
        Thanks = "thanks",
    }

    /// Why a step was left out.
    SkipReason {
        GuestDeclined = "guest_declined",
        NoTime = "no_time",
        KnownAlready = "known_already",
        NotNeeded = "not_needed",
        NotPossible = "not_possible",
    }

    /// What an agent can ask a hand for.
    HandKind {
        Drinks = "drinks",
        Manager = "manager",
        Contract = "contract",
    }

    /// What was agreed at the end.
    Next {
        Revisit = "revisit",
        Call = "call",
        Appointment = "appointment",
        Think = "think",
        None = "none",
    }

    /// Budget, in ten thousand yuan.
    Budget {
        UpTo100 = "100",
        UpTo200 = "200",
        UpTo300 = "300",
        UpTo500 = "500",
        Above500 = "500+",
    }

    /// Bedrooms.
    Rooms {
        One = "1",
        Two = "2",
        Three = "3",
        Four = "4",
        FiveOrMore = "5+",
    }

    /// Floor area, square metres.
    Area {
        UpTo90 = "90",
        UpTo120 = "120",
        UpTo144 = "144",
        UpTo200 = "200",
        Above200 = "200+",
    }

    Decoration {
        Bare = "bare",
        Simple = "simple",
        Full = "full",
        Any = "any",
    }

    HandOver {
        Now = "now",
        HalfYear = "half_year",
        Year = "year",
        Later = "later",
    }
}

/// What the guest looks for (购房需求), as far as it can be said by choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Rooms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoration: Option<Decoration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_over: Option<HandOver>,
}

impl Needs {
    /// What was chosen, each as the name of the choice and its code.
    pub fn chosen(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [
            ("budget", self.budget.map(Budget::code)),
            ("rooms", self.rooms.map(Rooms::code)),
            ("area", self.area.map(Area::code)),
            ("decoration", self.decoration.map(Decoration::code)),
            ("hand_over", self.hand_over.map(HandOver::code)),
        ]
        .into_iter()
        .filter_map(|(name, code)| Some((name, code?)))
    }
}

/// What was agreed with the guest when they left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextStep {
    pub next: Next,
    /// `YYYY-MM-DD`, where a day was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
}

/// Something that happened while a party was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Fact {
    /// `done_at` is when it was done; the event may have arrived later.
    StepDone {
        step: ReceptionStep,
        done_at: Millis,
    },
    StepSkipped {
        step: ReceptionStep,
        reason: SkipReason,
    },
    StepUndone {
        step: ReceptionStep,
    },
    HandAsked {
        hand: HandKind,
    },
    /// Somebody came, or the agent no longer needs it.
    HandEnded {
        hand: HandKind,
        given: bool,
    },
    /// `note`: lower-case hex SHA-256 of the sealed free text, which travels beside the events.
    NeedsNoted {
        needs: Needs,
        note: Option<String>,
    },
    NextAgreed {
        next: NextStep,
    },
}

/// A step that is done, or left out with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub at: Millis,
    /// When the floor heard of it; taking it back counts from here.
    pub heard_at: Millis,
    pub skipped: Option<SkipReason>,
}

/// A visit's reception as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reception {
    pub marks: BTreeMap<ReceptionStep, Mark>,
    /// Hands asked for and not given yet, with the moment of asking.
    pub hands: BTreeMap<HandKind, Millis>,
    pub needs: Option<Needs>,
    /// A free text was noted; what it says is only at the centre.
    pub has_note: bool,
    pub next: Option<NextStep>,
}

impl Reception {
    /// Steps neither done nor left out with a reason.
    pub fn open_steps(&self) -> impl Iterator<Item = ReceptionStep> {
        ReceptionStep::ALL
            .iter()
            .copied()
            .filter(|step| !self.marks.contains_key(step))
    }

    /// Takes a fact in that was heard at `at`.
    pub fn note(&mut self, at: Millis, fact: &Fact) {
        match fact {
            Fact::StepDone { step, done_at } => {
                let mark = Mark {
                    at: *done_at,
                    heard_at: at,
                    skipped: None,
                };
                self.marks.insert(*step, mark);
            }
            Fact::StepSkipped { step, reason } => {
                let mark = Mark {
                    at,
                    heard_at: at,
                    skipped: Some(*reason),
                };
                self.marks.insert(*step, mark);
            }
            Fact::StepUndone { step } => {
                self.marks.remove(step);
            }
            Fact::HandAsked { hand } => {
                self.hands.insert(*hand, at);
            }
            Fact::HandEnded { hand, .. } => {
                self.hands.remove(hand);
            }
            Fact::NeedsNoted { needs, note } => {
                self.needs = Some(*needs);
                self.has_note |= note.is_some();
            }
            Fact::NextAgreed { next } => self.next = Some(next.clone()),
        }
    }
}
