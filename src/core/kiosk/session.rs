//! Everything that belongs to one guest. Its end is one assignment, so nothing can be forgotten.

use std::collections::BTreeMap;

use super::another::Another;
use super::effect::CheckInParts;
use super::flow::Step;
use super::keyboard::{Field, Typing};
use super::message::{Before, Paper};
use super::site_info::TicketInfo;
use super::view::Trouble;
use crate::core::guest_name::Title;
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::time::Millis;

/// One guest's session (一位来宾的登记过程).
#[derive(Default)]
pub(super) struct Session {
    /// Idempotency key of the one check-in this session can make.
    pub(super) key: String,
    pub(super) before: Option<Before>,
    pub(super) asked_for: Option<AgentId>,
    /// The language the notice was last shown in.
    pub(super) notice_shown_in: Option<Language>,
    /// Where to go on after the notice was shown again.
    pub(super) resume_at: Option<Step>,
    /// Answers given; a purpose without one is refused.
    pub(super) consents: BTreeMap<String, bool>,
    /// Fourteen or older.
    pub(super) of_age: Option<bool>,
    pub(super) surname: String,
    pub(super) given_name: String,
    pub(super) phone: String,
    pub(super) title: Title,
    pub(super) field: Option<Field>,
    pub(super) typing: Typing,
    /// The phone was sent on although it cannot be one.
    pub(super) phone_wrong: bool,
    pub(super) purpose: Option<String>,
    pub(super) party_size: Option<u32>,
    pub(super) drink: Option<String>,
    /// Fixed with the first sending: a repetition must be the same to the letter.
    pub(super) parts: Option<Box<CheckInParts>>,
    pub(super) attempts: u32,
    pub(super) resend_at: Option<Millis>,
    pub(super) sealing_failed: bool,
    /// The floor has a newer notice; it is being fetched.
    pub(super) notice_outdated: bool,
    /// The notice changed under the guest: said once on the notice page.
    pub(super) notice_renewed: bool,
    pub(super) trouble: Option<Trouble>,
    pub(super) ticket: Option<TicketInfo>,
    pub(super) paper: Paper,
    pub(super) another: Another,
}
