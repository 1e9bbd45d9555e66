//! What the floor tells the desk, as the desk's rules need it. Codes of devices (printer, outbox,
//! paper) stay codes; the words for them are looked up when shown.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::core::booking::Registration;
use crate::core::chore::Chore;
use crate::core::foretold::WaitRange;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::{Language, Text};
use crate::core::reception::HandKind;
use crate::core::rota::AwayReason;
use crate::core::site::{Drink, Notice, VisitPurpose};
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::visit::{Action, VisitState};

/// Text about a person. `Debug` never shows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Private(pub String);

impl std::fmt::Debug for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "empty" } else { "…" })
    }
}

/// Everything on the floor at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The ones not over in order of turn, then the over ones, latest first.
    pub visits: Vec<Visit>,
    pub agents: Vec<Agent>,
    /// Who would receive the next new visitor.
    pub next: Option<AgentId>,
    pub printer: Printer,
    pub outbox: Outbox,
    pub served_today: u32,
    /// Offers that ran out today, latest first.
    pub lapses: Vec<Lapse>,
    /// Today's, by time.
    pub appointments: Vec<Booked>,
    /// Brokers' clients registered before arrival.
    pub registrations: Vec<Registration>,
    /// Troubles of the floor itself: `storage_full`, `storage_failing`, ….
    pub alarms: Vec<(String, Millis)>,
    pub kiosks: Vec<KioskStand>,
    /// Agents who ask for somebody to come, the longest waiting first.
    pub hands: Vec<Hand>,
    /// Closed for today since then.
    pub closed: Option<Millis>,
    /// The day's sheet was signed then, and nothing followed.
    pub sheet_signed: Option<Millis>,
    /// Things to do that were seen at any desk today, by their keys.
    pub acknowledged: BTreeSet<String>,
    pub rules: Rules,
}

/// An agent with a party asks for a hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    pub visit: VisitId,
    pub name: String,
    pub place: String,
    pub kind: HandKind,
}

/// How a kiosk stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KioskStand {
    pub name: String,
    /// Not heard since then.
    pub silent_since: Option<Millis>,
    /// Check-ins the floor did not take.
    pub set_aside: u32,
}

/// An appointment of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    pub id: String,
    pub agent: AgentId,
    pub time: Millis,
    /// The party that came for it.
    pub visit: Option<VisitId>,
}

/// The house's rules as far as the desk explains them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub reason_lead_seconds: u32,
    pub owed_cap: u32,
    /// The house goes by the manager's list, so that there is an order to set.
    pub by_list: bool,
    /// Nobody comes on duty by the desk's word alone.
    pub ready_needs_pin: bool,
}

/// One party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub id: VisitId,
    pub ticket: String,
    /// Another number that was printed for the same visit.
    pub also: Option<String>,
    pub line: Line,
    pub state: VisitState,
    pub checked_in_at: Millis,
    /// When the present state began.
    pub since: Millis,
    /// While waiting: since when, and when it will have been as long as the line allows.
    pub wait: Option<Wait>,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub drink: Option<String>,
    /// 李女士; only where the guest agreed.
    pub address_form: Private,
    pub asked_for: Option<AgentId>,
    pub assigned: Option<Assigned>,
    /// Waits for this very agent until then.
    pub waits_for: Option<(AgentId, Millis)>,
    /// When the offer lapses.
    pub accept_by: Option<Millis>,
    pub recalls: u32,
    /// The steps possible now; the desk offers no other.
    pub actions: Vec<Action>,
    /// `queued`, `sent`, `printed`, `unknown`, `failed` or `none`.
    pub paper: String,
    /// Why not, e.g. `paper_out`.
    pub paper_problem: Option<String>,
    /// Whose guest the party is, and why: `appointment`, `channel`, `owner` or `name`.
    pub belongs_to: Option<(AgentId, String)>,
    /// Others who own a part of the party (rule 8): the desk chooses who serves.
    pub co_owners: Vec<AgentId>,
    /// A colleague serves, as the agent the party belongs with could not.
    pub courtesy: bool,
    /// The centre's later word on whose guest this is.
    pub learned_owner: Option<AgentId>,
    /// What the reception did for the party.
    pub chores: Vec<Chore>,
    /// The wait the party was told when it checked in.
    pub wait_range: Option<WaitRange>,
}

impl Visit {
    /// Everybody who owns a part of the party (rule 8), the one it belongs with first.
    pub(super) fn owners(&self) -> Vec<&AgentId> {
        let first = self.belongs_to.as_ref().map(|(agent, _)| agent);
        let others = self.co_owners.iter().filter(|id| Some(*id) != first);
        first.into_iter().chain(others).collect()
    }
}

/// A wait in the queue, as the floor counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub since: Millis,
    pub patience_ends: Millis,
}

/// The agent a visit was given to, with the reason in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub agent: AgentId,
    pub name: String,
    pub place: String,
    pub reason: String,
}

/// An agent's account of calls by phone (rule 16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhoneCounts {
    pub received: u32,
    pub owed: u32,
    pub prepaid: u32,
    /// Turns still to be lost.
    pub penalties: u32,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    pub id: AgentId,
    pub name: String,
    pub place: String,
    /// `off`, `ready`, `offered`, `serving`, `away` or `suspended`.
    pub status: String,
    pub away: Option<AwayReason>,
    /// An away that begins when the present guest is done.
    pub announced: Option<AwayReason>,
    pub since: Millis,
    pub ticket: Option<String>,
    pub received: u32,
    pub served: u32,
    pub owed: u32,
    pub prepaid: u32,
    pub phone: PhoneCounts,
    /// Place in the order of turns, from 1.
    pub turn: Option<u32>,
    /// Turns still to be lost.
    pub penalties: u32,
    pub suspended_until: Option<Millis>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printer {
    /// `none`, `ready`, `paper_low`, `paper_out`, `cover_open`, `offline`, `unreachable`.
    pub state: String,
    pub queued: u32,
    pub failed_today: u32,
    pub unknown_today: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox {
    pub backlog: u64,
    pub oldest: Option<Millis>,
    /// `ok`, `unreachable`, `unauthorised`, `gap`, `forked`, `unknown_version`, `unset`.
    pub state: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapse {
    pub ticket: String,
    pub agent: AgentId,
    pub at: Millis,
}

/// The showroom, as far as the desk needs it.
#[derive(Clone, Debug)]
pub struct Showroom {
    pub name: Text,
    pub zone: TimeZone,
    pub languages: Vec<Language>,
    pub notice: Notice,
    pub purposes: Vec<VisitPurpose>,
    pub drinks: Vec<Drink>,
    /// Who can sign in as a manager: id and name.
    pub managers: Vec<(AgentId, String)>,
    /// Everybody who has a PIN: id and name.
    pub staff: Vec<(AgentId, String)>,
    /// The centre's recipient is the one this desk was enrolled with. Otherwise personal data would
    /// be sealed to a stranger, and none is asked for (P7).
    pub recipient_is_pinned: bool,
}

/// Why the floor did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was heard; it may have been done all the same.
    Unreachable,
    /// The floor is there and says that it cannot just now (429, 5xx).
    Busy,
    /// The floor said no, with its stable code.
    Refused { code: String },
    /// The answer could not be read, or the request could not be made.
    Broken,
}

impl Trouble {
    /// Whether the request may have been carried out although no answer says so.
    pub const fn is_uncertain(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Busy | Self::Broken)
    }
}
