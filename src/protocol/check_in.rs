//! `POST /api/v1/check-ins`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::RegistrationEntry;
use crate::core::consent::Consent;
use crate::core::foretold::WaitRange;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::{Language, Text};
use crate::core::ticket::Line;
use crate::core::turn_book::Rule;

/// A party checks in. Personal fields need the `reception` consent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInRequest {
    pub language: Language,
    pub first_visit: bool,
    /// Id of one of the site's visit purposes.
    pub purpose: String,
    #[schema(minimum = 1, maximum = 99)]
    pub party_size: u32,
    pub notice_version: String,
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// How to address the guest, e.g. 李女士.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_form: Option<String>,
    /// Base64 of an `age` file to the site's recipient, holding a [`super::profile::Profile`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_for: Option<AgentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drink: Option<String>,
    /// The appointment the party came for (rule 3): an id the floor knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<String>,
    /// The broker's registration the party came with (rule 3b); the desk only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Parted from this party, whose place it shares (rule 8); the desk only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<VisitId>,
    /// Only from a kiosk: what it promised while the floor did not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
}

/// A broker's registration: the id of one the floor knows, or all of one shown at the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Channel {
    Known(String),
    Shown(RegistrationEntry),
}

/// A ticket of the kiosk's own series, handed over afterwards. Nothing that changed meanwhile
/// refuses it: what was promised is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// E.g. `K2-07`.
    pub number: String,
    /// When the party came, RFC 3339.
    pub at: String,
    /// Hash of the notice that was shown.
    pub notice_hash: String,
    /// Of the ticket's page.
    pub token: String,
    pub consent_receipt: String,
}

/// The answer to a check-in; stored with the key and repeated word for word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckInAnswer {
    pub visit_id: VisitId,
    pub ticket: TicketView,
    /// `null`: nobody is ready, the guest is asked to wait.
    pub assignment: Option<AssignmentView>,
    pub consent_receipt: String,
    /// Id of the print job; `null` where the floor has no printer.
    pub print_job: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketView {
    /// E.g. `A001`; `K2-07` where the kiosk gave it by itself, which promises neither an agent nor
    /// a position.
    pub number: String,
    pub line: Line,
    /// Parties ahead in the queue.
    pub ahead: u32,
    /// The likeliest wait, seconds; within `wait_range`. 0 where nothing can be foretold.
    pub wait_s: u32,
    /// Between which times the wait ends about eight times in ten; 0 to 0: an agent is there
    /// already. `null`: nothing can be foretold, e.g. as nobody is on duty. Absent in answers
    /// stored before ranges were told.
    #[serde(default)]
    pub wait_range: Option<WaitRange>,
    pub token: String,
    /// Exactly what the ticket's QR holds.
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssignmentView {
    pub agent: AgentId,
    pub name: String,
    pub title: Text,
    pub place: String,
    pub rule: Rule,
    /// In the guest's language.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k3_an_answer_stored_before_ranges_were_told_is_read() {
        let old = r#"{"number":"A004","line":"new","ahead":0,"wait_s":901,"token":"t","url":"u"}"#;
        let ticket: TicketView = serde_json::from_str(old).unwrap();
        assert_eq!((ticket.wait_s, ticket.wait_range), (901, None));
    }
}
