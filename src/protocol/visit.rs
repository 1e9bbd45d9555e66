//! Visits as the desk sees them, and what it may do with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::RegistrationEntry;
use super::check_in::AssignmentView;
use crate::core::chore::Chore;
use crate::core::foretold::WaitRange;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;
use crate::core::reception::{NextStep, ReceptionStep, SkipReason};
use crate::core::ticket::Line;
use crate::core::turn_book::Rule;
use crate::core::visit::{Action, NotABuyer, OwnerSource, VisitState};

/// One row of the walk-in flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitView {
    pub id: VisitId,
    /// E.g. `A001`.
    pub ticket: String,
    /// A second number of the same visit: the floor's, where the guest holds one that their kiosk
    /// gave because it did not hear the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
    pub line: Line,
    pub state: VisitState,
    /// RFC 3339.
    pub checked_in_at: String,
    /// When the present state began, RFC 3339.
    pub since: String,
    /// Only while waiting: since when this wait counts, RFC 3339. The arrival, also after a while set
    /// aside; for who came back late after a call, the return (rule 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_since: Option<String>,
    /// Only while waiting: when it will have waited as long as its line allows, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience_ends: Option<String>,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub drink: Option<String>,
    /// E.g. 李女士; only where the guest agreed, only for the desk and the serving agent, only today.
    pub address_form: Option<String>,
    pub asked_for: Option<AgentId>,
    /// Whose guest the party is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<WantedView>,
    /// What the centre has learned later about whose guest it is; the desk may correct by `owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_owner: Option<AgentId>,
    /// Others who own a part of the party (rule 8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_owners: Vec<AgentId>,
    pub assignment: Option<AssignmentView>,
    /// Waiting for this very agent until then (RFC 3339).
    pub waits_for: Option<WaitsForView>,
    /// When the offer lapses, RFC 3339; only while offered.
    pub accept_by: Option<String>,
    pub recalls: u32,
    /// Parties ahead; only while waiting.
    pub ahead: Option<u32>,
    /// The steps possible now.
    pub actions: Vec<Action>,
    pub print: PrintView,
    /// A colleague serves, as a courtesy: the agent the party belongs with could not (rules 3 to 5).
    #[serde(default)]
    pub courtesy: bool,
    /// What the reception did for the party.
    #[serde(default)]
    pub chores: Vec<Chore>,
    /// The wait the party was told when it checked in; only while it waits for its first call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_range: Option<WaitRange>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaitsForView {
    pub agent: AgentId,
    pub until: String,
}

/// Whose guest a party is (rules 3 to 5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WantedView {
    pub agent: AgentId,
    /// `appointment`, `channel`, `owner` or `asked_for`.
    pub rule: Rule,
    /// Who says so, of a returner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<OwnerSource>,
    /// Of an appointment, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The firm, of a broker's client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker: Option<String>,
    /// The guest has refused this agent (rule 10) and goes by turn.
    pub refused: bool,
}

/// What became of the ticket's paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrintState {
    Queued,
    /// On its way; from the first byte on it is never repeated by itself.
    Sent,
    Printed,
    /// The printer took it and never answered: it may hang in the printer.
    Unknown,
    Failed,
    /// The floor has no printer.
    None,
}

/// A ticket's print state; all that a kiosk may see of its own visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PrintView {
    pub state: PrintState,
    /// Why not, as a code: `paper_out`, `cover_open`, `offline`, `unreachable`, `timeout`,
    /// `not_written`, `undrawable`.
    pub problem: Option<String>,
}

/// `GET /api/v1/visits`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitList {
    pub visits: Vec<VisitView>,
}

/// `GET /api/v1/visits/{id}` by a kiosk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OwnVisit {
    pub id: VisitId,
    pub print: PrintView,
}

/// What a kiosk hears when its guest has wished for another consultant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangedConsultant {
    /// `null`: the next one to be free; the display will call.
    pub assignment: Option<AssignmentView>,
}

/// `POST /api/v1/visits/{id}/actions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionRequest {
    pub action: Action,
    /// For `reassign`; for `owner` whose guest it is, none: nobody's; for `refuse` who is refused,
    /// so that the same wish said twice sends nobody else away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Where to come, for `accept` and `call`; without it the agent's own place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Required for `reassign` and `cancel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For `transfer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// For `not_a_buyer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<NotABuyer>,
    /// For `appointment`: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<String>,
    /// For `channel`: what the broker registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationEntry>,
    /// For `join`: the party it becomes a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<VisitId>,
    /// For an agent's `finish`: why each step that was not done was left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<ReceptionStep, SkipReason>,
    /// For an agent's `finish`: what was agreed with the guest; without it, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextStep>,
}

impl ActionRequest {
    /// `action` without particulars.
    pub const fn plain(action: Action) -> Self {
        Self {
            action,
            agent: None,
            place: None,
            reason: None,
            line: None,
            kind: None,
            appointment: None,
            registration: None,
            into: None,
            skipped: BTreeMap::new(),
            next: None,
        }
    }
}
