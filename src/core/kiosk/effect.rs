//! What the state machine wants done outside.

use crate::core::consent::Consent;
use crate::core::guest_name::Title;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;

/// One thing to do; its outcome comes back as a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the floor for the site; answered by `SiteFetched` or `SiteFailed`.
    FetchSite,
    /// The recipient now pinned, to be kept for the next start.
    Pin { recipient: String },
    /// Seal and send; answered by `CheckedIn` or `CheckInFailed`. The same parts under the same key
    /// must be sent byte for byte again.
    CheckIn(Box<CheckInParts>),
    /// Watch what becomes of the paper; answered by `Paper`.
    WatchPrint { visit: VisitId },
    /// Another consultant than `of`; answered by `ConsultantChanged`. Harmless when repeated.
    ChangeConsultant { visit: VisitId, of: AgentId },
    /// The session is over: forget whatever was kept for it.
    Wipe,
}

/// A check-in before sealing.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckInParts {
    pub key: String,
    pub language: Language,
    pub first_visit: bool,
    pub purpose: String,
    pub party_size: u32,
    pub notice_version: String,
    /// One answer for each purpose that was asked.
    pub consents: Vec<Consent>,
    pub asked_for: Option<AgentId>,
    pub drink: Option<String>,
    /// `None`: nothing personal is sent at all.
    pub personal: Option<PersonalParts>,
}

/// The personal fields as typed; leave the kiosk only sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalParts {
    /// E.g. 李女士; travels in clear, so that the floor can address the guest today.
    pub address_form: String,
    pub surname: String,
    pub given_name: Option<String>,
    pub title: Title,
    pub phone: Option<String>,
    pub notice_hash: String,
    /// The pinned `age` recipient to seal to.
    pub recipient: String,
}

impl std::fmt::Debug for CheckInParts {
    /// Never shows the person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckInParts")
            .field("key", &self.key)
            .field("personal", &self.personal.is_some())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PersonalParts {
    /// Never shows the person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonalParts").finish_non_exhaustive()
    }
}
