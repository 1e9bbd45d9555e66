//! What the desk asks of the floor.

use std::sync::Mutex;

use tokio::sync::mpsc;

use super::deeds::{Deeds, Pages};
use super::intake;
use crate::client::FloorClient;
use crate::client::check_in::request;
use crate::core::desk::{Attend, Brought, Effect, Message, Registration, Trouble};
use crate::core::guest_name::address_form;
use crate::core::kiosk::{CheckInParts, PersonalParts};
use crate::core::visit::Action;
use crate::protocol::agent::{StatusChange, StatusRequest};
use crate::protocol::check_in::{Channel, CheckInRequest};
use crate::protocol::visit::ActionRequest;

/// Does the desk's effects and reports what came of them.
pub struct Errands {
    client: FloorClient,
    /// The centre's `age` recipient, pinned for this desk (P7).
    recipient: String,
    tell: mpsc::UnboundedSender<Message>,
    /// The last check-in with its key. Sealing the same profile twice gives different bytes, and
    /// the floor refuses a known key with another body: so it is kept and sent again as it is.
    last: Mutex<Option<(String, CheckInRequest)>>,
    deeds: Deeds,
}

impl Errands {
    pub fn new(
        client: FloorClient,
        recipient: String,
        tell: mpsc::UnboundedSender<Message>,
    ) -> Self {
        Self::with_pages(client, recipient, tell, Pages::default())
    }

    /// `pages`: where pages are laid, and who opens them.
    pub fn with_pages(
        client: FloorClient,
        recipient: String,
        tell: mpsc::UnboundedSender<Message>,
        pages: Pages,
    ) -> Self {
        Self {
            client,
            recipient,
            tell,
            last: Mutex::new(None),
            deeds: Deeds::new(pages),
        }
    }

    pub async fn run(&self, effect: Effect) {
        let message = match effect {
            Effect::Act {
                visit,
                action,
                details,
            } => {
                let request = ActionRequest {
                    agent: details.agent,
                    reason: details.reason,
                    line: details.line,
                    kind: details.kind,
                    appointment: details.appointment,
                    registration: details.registration.as_ref().map(Into::into),
                    into: details.into,
                    ..ActionRequest::plain(action)
                };
                // What a manager decides at this desk stands under the manager's name (rule 15).
                let client = match action {
                    Action::Reassign => self.deeds.as_manager(&self.client),
                    _ => self.client.clone(),
                };
                let answer = client.act(visit, &request).await;
                Message::Acted {
                    visit,
                    result: answer.map(drop).map_err(intake::trouble),
                }
            }
            Effect::Do(deed) => {
                let result = self.deeds.run(&self.client, &deed).await;
                let result = result.map_err(intake::trouble);
                Message::Did { deed, result }
            }
            Effect::Attend { agent, to } => {
                let answer = self.client.set_status(&agent, &status(to)).await;
                Message::Attended {
                    agent,
                    result: answer.map(drop).map_err(intake::trouble),
                }
            }
            Effect::Register { key, registration } => {
                let result = match self.request(&key, &registration) {
                    Ok(body) => {
                        let answer = self.client.check_in(&key, &body).await;
                        answer.map(intake::registered).map_err(intake::trouble)
                    }
                    Err(trouble) => Err(trouble),
                };
                Message::Registered { key, result }
            }
        };
        // Nobody listens any more: the window is closing.
        let _ = self.tell.send(message);
    }

    fn request(&self, key: &str, registration: &Registration) -> Result<CheckInRequest, Trouble> {
        let mut last = self.last.lock().unwrap_or_else(|e| e.into_inner());
        if let Some((_, body)) = last.as_ref().filter(|(k, _)| k == key) {
            return Ok(body.clone());
        }
        let body = check_in(key, registration, &self.recipient)?;
        *last = Some((key.to_owned(), body.clone()));
        Ok(body)
    }
}

/// The wire's check-in, its person sealed to `recipient`: built as a kiosk's is, with what only a desk
/// can say.
pub fn check_in(
    key: &str,
    registration: &Registration,
    recipient: &str,
) -> Result<CheckInRequest, Trouble> {
    let registration = registration.clone();
    let personal = registration.person.map(|person| PersonalParts {
        address_form: address_form(registration.language, &person.surname.0, person.title),
        surname: person.surname.0,
        given_name: person.given_name.map(|name| name.0),
        title: person.title,
        phone: person.phone.map(|phone| phone.0),
        notice_hash: registration.notice_hash,
        recipient: recipient.to_owned(),
    });
    let parts = CheckInParts {
        key: key.to_owned(),
        language: registration.language,
        first_visit: registration.first_visit,
        purpose: registration.purpose,
        party_size: registration.party_size,
        notice_version: registration.notice_version,
        consents: registration.consents,
        asked_for: registration.asked_for,
        drink: registration.drink,
        personal,
    };
    // Nothing was sent: the form stays open.
    let request = request(&parts).map_err(|_| Trouble::Refused {
        code: "cannot_seal".to_owned(),
    })?;
    Ok(CheckInRequest {
        appointment: registration.appointment,
        channel: registration.channel.map(|brought| match brought {
            Brought::Known(id) => Channel::Known(id),
            Brought::Shown(shown) => Channel::Shown((&shown).into()),
        }),
        split_from: registration.split_from,
        ..request
    })
}

fn status(to: Attend) -> StatusRequest {
    let (status, reason) = match to {
        Attend::Ready => (StatusChange::Ready, None),
        Attend::Off => (StatusChange::Off, None),
        Attend::StillServing => (StatusChange::Serving, None),
        Attend::Away(reason) => (StatusChange::Away, Some(reason)),
    };
    StatusRequest { status, reason }
}
