//! A guest without a window: goes the kiosk's own way, touch by touch, for the demonstration and
//! the tests.

use std::sync::Arc;
use std::time::Duration;

use super::FloorClient;
use super::check_in::{EffectRunner, site_info, ticket_info};
use crate::core::guest_name::Title;
use crate::core::id::AgentId;
use crate::core::kiosk::{
    Before, Candidates, Choice, Effect, Failure, Field, Kiosk, Message, NamePart, Settings, Step,
};
use crate::core::language::Language;
use crate::core::time::Millis;
use crate::protocol::check_in::CheckInAnswer;
use crate::protocol::site::SiteView;

/// What a made-up guest does at the kiosk.
#[derive(Clone, PartialEq, Eq)]
pub struct GuestScript {
    pub language: Language,
    pub before: Before,
    pub asked_for: Option<AgentId>,
    /// The purposes agreed to; all others are declined.
    pub agrees_to: Vec<String>,
    pub of_age: bool,
    pub surname: String,
    pub given_name: String,
    pub title: Title,
    /// As typed; empty: none.
    pub phone: String,
    /// Id of a visit purpose.
    pub purpose: String,
    pub party_size: u32,
    pub drink: Option<String>,
}

/// Why a guest got no ticket.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GuestError {
    /// The script does not lead through the kiosk, e.g. its purpose is not offered.
    #[error("the guest is stuck on the screen {0:?}")]
    Stuck(Step),
    #[error("no ticket: {0:?}")]
    NoTicket(Option<Failure>),
}

/// Types characters as they are, so no engine is needed.
struct NoEngine;

impl Candidates for NoEngine {
    fn candidates(&self, _: &str, _: NamePart<'_>) -> Vec<Choice> {
        Vec::new()
    }
    fn common_surnames(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Checks one guest in by the kiosk's state machine, sealing and HTTP. `pinned` is the recipient of
/// the enrolment; `None`: the one `site` names. `key` must be new.
///
/// # Errors
/// When the script does not fit the site, or the floor gave no ticket after all repetitions.
pub async fn check_in_as(
    client: &FloorClient,
    site: &SiteView,
    guest: &GuestScript,
    pinned: Option<String>,
    key: String,
) -> Result<CheckInAnswer, GuestError> {
    let settings = Settings {
        pinned_recipient: pinned,
        ..Settings::default()
    };
    let mut kiosk = Kiosk::new(settings, Arc::new(NoEngine));
    let mut now = Millis(0);
    kiosk.update(Message::SiteFetched(Box::new(site_info(site.clone()))), now);
    let mut effects = Vec::new();
    for message in touches(guest, key) {
        effects.extend(kiosk.update(message, now));
    }
    if kiosk.step() == Step::Visit {
        effects.extend(kiosk.update(Message::Next, now));
    }
    if kiosk.step() != Step::Sending {
        return Err(GuestError::Stuck(kiosk.step()));
    }

    let runner = EffectRunner::new(client.clone());
    let mut last = None;
    loop {
        for effect in std::mem::take(&mut effects) {
            match effect {
                Effect::CheckIn(parts) => match runner.check_in(&parts).await {
                    Ok(answer) => {
                        let ticket = Box::new(ticket_info(answer.clone()));
                        let key = parts.key;
                        kiosk.update(Message::CheckedIn { key, ticket }, now);
                        return Ok(answer);
                    }
                    Err(failure) => {
                        last = Some(failure.clone());
                        let key = parts.key;
                        effects.extend(kiosk.update(Message::CheckInFailed { key, failure }, now));
                    }
                },
                other => effects.extend(
                    runner
                        .run(other)
                        .await
                        .into_iter()
                        .flat_map(|message| kiosk.update(message, now)),
                ),
            }
        }
        if !effects.is_empty() {
            continue;
        }
        if kiosk.step() != Step::Sending {
            return Err(GuestError::NoTicket(last));
        }
        const BEAT: Duration = Duration::from_millis(250);
        tokio::time::sleep(BEAT).await;
        now = Millis(now.0 + 250);
        effects.extend(kiosk.update(Message::Tick, now));
    }
}

/// The touches of a guest, up to the last screen.
fn touches(guest: &GuestScript, key: String) -> Vec<Message> {
    let mut touches = vec![
        Message::Start { key },
        Message::Language(guest.language),
        Message::Before(guest.before),
    ];
    if guest.before.names_consultant() {
        touches.extend([Message::AskFor(guest.asked_for.clone()), Message::Next]);
    }
    touches.extend(guest.agrees_to.iter().map(|purpose| Message::Consent {
        purpose: purpose.clone(),
        given: true,
    }));
    touches.push(Message::Next);
    if !guest.agrees_to.is_empty() {
        touches.push(Message::OfAge(guest.of_age));
        if !guest.of_age {
            touches.push(Message::Anonymous);
        }
    }
    let reception = crate::core::consent::RECEPTION;
    if guest.of_age && guest.agrees_to.iter().any(|p| p == reception) {
        touches.extend([
            Message::Surname(guest.surname.clone()),
            Message::Title(guest.title),
            Message::Focus(Field::GivenName),
        ]);
        if guest.language.is_chinese() {
            touches.push(Message::SwitchInput);
        }
        touches.extend(guest.given_name.chars().map(Message::Key));
        touches.push(Message::Next);
        touches.extend(guest.phone.chars().map(Message::Key));
        touches.push(Message::Next);
    }
    touches.extend([
        Message::Purpose(guest.purpose.clone()),
        Message::PartySize(guest.party_size),
        Message::Drink(guest.drink.clone()),
    ]);
    touches
}
