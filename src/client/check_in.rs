//! Does what the kiosk's state machine asks for: sealing, building the request, speaking to the
//! floor. Shared by the kiosk's window and by guests without one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::cut_off::CutOff;
use super::{ClientError, FloorClient};
use crate::core::id::VisitId;
use crate::core::kiosk::{
    CheckInParts, ConsultantInfo, Effect, Failure, Message, Paper, SiteInfo, TicketInfo,
};
use crate::crypto::seal::{SealError, seal};
use crate::protocol::check_in::{AssignmentView, CheckInAnswer, CheckInRequest};
use crate::protocol::profile::{PROFILE_VERSION, Profile};
use crate::protocol::site::SiteView;
use crate::protocol::visit::PrintState;

/// How often and how many times the paper is asked after.
const PAPER_EVERY: Duration = Duration::from_millis(700);
const PAPER_TIMES: u32 = 30;

/// The request of a check-in, its personal fields sealed to the pinned recipient (P7). Sealing is
/// random: the same parts give other bytes each time.
///
/// # Errors
/// When the recipient is none, in which case nothing may be sent.
pub fn request(parts: &CheckInParts) -> Result<CheckInRequest, SealError> {
    let personal = parts.personal.as_ref();
    let sealed_profile = personal
        .map(|p| {
            let profile = Profile {
                v: PROFILE_VERSION,
                surname: p.surname.clone(),
                given_name: p.given_name.clone(),
                title: p.title,
                phone: p.phone.clone(),
                idempotency_key: parts.key.clone(),
                notice_hash: p.notice_hash.clone(),
            };
            seal(&profile, &p.recipient).map(|sealed| STANDARD.encode(sealed))
        })
        .transpose()?;
    Ok(CheckInRequest {
        language: parts.language,
        first_visit: parts.first_visit,
        purpose: parts.purpose.clone(),
        party_size: parts.party_size,
        notice_version: parts.notice_version.clone(),
        consents: parts.consents.clone(),
        address_form: personal.map(|p| p.address_form.clone()),
        sealed_profile,
        asked_for: parts.asked_for.clone(),
        drink: parts.drink.clone(),
        appointment: None,
        channel: None,
        split_from: None,
        issued: None,
    })
}

/// Runs effects against one floor.
pub struct EffectRunner {
    client: FloorClient,
    /// What a kiosk goes on with when its floor does not answer.
    cut_off: Option<Arc<CutOff>>,
    /// The request of the running session, kept as first sealed: a repetition under the same key
    /// must be the same to the letter. Holds nothing readable beyond the form of address.
    sent: Mutex<Option<(String, CheckInRequest)>>,
}

impl EffectRunner {
    pub fn new(client: FloorClient) -> Self {
        Self {
            client,
            cut_off: None,
            sent: Mutex::new(None),
        }
    }

    /// A kiosk that gives numbers of its own while the floor does not answer.
    pub fn with_own_series(client: FloorClient, cut_off: Arc<CutOff>) -> Self {
        Self {
            cut_off: Some(cut_off),
            ..Self::new(client)
        }
    }

    /// Does one thing; its outcome is the message for the state machine. `Pin` is the caller's.
    pub async fn run(&self, effect: Effect) -> Option<Message> {
        match effect {
            Effect::FetchSite => Some(match self.site().await {
                Err(ClientError::OtherFloor) => {
                    tracing::error!("{}", ClientError::OtherFloor);
                    Message::OtherFloor
                }
                Ok(site) => Message::SiteFetched(Box::new(site_info(site))),
                Err(error) => {
                    tracing::warn!(%error, "the site could not be fetched");
                    Message::SiteFailed
                }
            }),
            Effect::CheckIn(parts) => Some(match self.check_in(&parts).await {
                Ok(answer) => Message::CheckedIn {
                    key: parts.key,
                    ticket: Box::new(ticket_info(answer)),
                },
                Err(failure) => Message::CheckInFailed {
                    key: parts.key,
                    failure,
                },
            }),
            Effect::WatchPrint { visit } => Some(Message::Paper {
                visit,
                paper: self.watch_paper(visit).await,
            }),
            Effect::ChangeConsultant { visit, of } => Some(Message::ConsultantChanged {
                visit,
                outcome: self
                    .client
                    .change_consultant(visit, of)
                    .await
                    .map(|changed| changed.assignment.map(consultant_info))
                    .map_err(failure),
            }),
            Effect::Wipe => {
                *self.sent.lock().unwrap_or_else(|e| e.into_inner()) = None;
                if let Some(cut_off) = &self.cut_off {
                    cut_off.forget_ticket();
                }
                None
            }
            Effect::Pin { .. } => None,
        }
    }

    /// Sends a check-in, sealed once a key.
    pub async fn check_in(&self, parts: &CheckInParts) -> Result<CheckInAnswer, Failure> {
        let request = self.sealed(parts).map_err(|error| {
            tracing::error!(%error, "a profile could not be sealed");
            Failure::Sealing
        })?;
        let answer = match &self.cut_off {
            Some(cut_off) => cut_off.check_in(&parts.key, &request).await,
            None => self.client.check_in(&parts.key, &request).await,
        };
        answer.map_err(|error| {
            tracing::warn!(%error, "a check-in got no ticket");
            failure(error)
        })
    }

    async fn site(&self) -> Result<SiteView, ClientError> {
        match &self.cut_off {
            Some(cut_off) => cut_off.site().await,
            None => self.client.site().await,
        }
    }

    fn sealed(&self, parts: &CheckInParts) -> Result<CheckInRequest, SealError> {
        let mut sent = self.sent.lock().unwrap_or_else(|e| e.into_inner());
        if let Some((key, request)) = sent.as_ref()
            && *key == parts.key
        {
            return Ok(request.clone());
        }
        let request = request(parts)?;
        *sent = Some((parts.key.clone(), request.clone()));
        Ok(request)
    }

    async fn watch_paper(&self, visit: VisitId) -> Paper {
        if let Some(cut_off) = &self.cut_off
            && let Some(printed) = cut_off.print(visit).await
        {
            return if printed {
                Paper::Printed
            } else {
                Paper::Missing
            };
        }
        for _ in 0..PAPER_TIMES {
            let state = self.client.own_visit(visit).await.map(|v| v.print.state);
            match state {
                Ok(PrintState::Printed) => return Paper::Printed,
                Ok(PrintState::Unknown | PrintState::Failed | PrintState::None) => {
                    return Paper::Missing;
                }
                Ok(PrintState::Queued | PrintState::Sent) | Err(_) => {
                    tokio::time::sleep(PAPER_EVERY).await;
                }
            }
        }
        Paper::Missing
    }
}

fn failure(error: ClientError) -> Failure {
    match error {
        e if e.is_temporary() => Failure::Temporary,
        ClientError::OtherFloor => Failure::OtherFloor,
        ClientError::Refused(problem) => Failure::Refused { code: problem.code },
        _ => Failure::Refused {
            code: "unreadable".to_owned(),
        },
    }
}

fn consultant_info(assignment: AssignmentView) -> ConsultantInfo {
    ConsultantInfo {
        id: assignment.agent,
        name: assignment.name,
        title: assignment.title,
    }
}

/// The floor's answer as the state machine takes it.
pub fn site_info(site: SiteView) -> SiteInfo {
    SiteInfo {
        name: site.name,
        languages: site.languages,
        recipient: site.recipient,
        notice: site.notice,
        visit_purposes: site.visit_purposes,
        consultants: site
            .consultants
            .into_iter()
            .map(|c| ConsultantInfo {
                id: c.id,
                name: c.name,
                title: c.title,
            })
            .collect(),
        drinks: site.drinks,
        closed: site.closed,
    }
}

/// The ticket as the state machine takes it.
pub fn ticket_info(answer: CheckInAnswer) -> TicketInfo {
    let assignment = answer.assignment;
    TicketInfo {
        visit: answer.visit_id,
        number: answer.ticket.number,
        ahead: answer.ticket.ahead,
        wait_seconds: answer.ticket.wait_s,
        wait_range: answer.ticket.wait_range,
        url: answer.ticket.url,
        consultant: assignment.map(consultant_info),
        printing: answer.print_job.is_some(),
    }
}
