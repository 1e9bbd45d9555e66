//! The walk-in flow.

use axum::Json as Reply;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::allowed::{Allowed, DESK, KIOSK};
use super::caller::{By, Caller, MANAGER, RECEPTION, STAFF};
use super::error::problem;
use super::{Answer, Shared};
use crate::core::floor::{Command, Deed, Step};
use crate::core::id::VisitId;
use crate::core::reception::{Next, NextStep};
use crate::core::visit::{Action, VisitState};
use crate::floor::ask::AskError;
use crate::floor::check_in::assignment;
use crate::floor::grants::Device;
use crate::floor::views;
use crate::http::{ApiError, Json};
use crate::protocol::desk::HandGivenRequest;
use crate::protocol::feed::DeviceRole;
use crate::protocol::problem::Problem;
use crate::protocol::visit::{ActionRequest, ChangedConsultant, OwnVisit, VisitList, VisitView};

/// Longest place or reason, characters.
const TEXT_MAX: usize = 200;

#[derive(Deserialize)]
pub(super) struct Filter {
    state: Option<String>,
}

/// Today's visits, or those in one state.
#[utoipa::path(
    get, path = "/api/v1/visits",
    params(("state" = Option<String>, Query, description = "Only visits in this state")),
    responses(
        (status = 200, body = VisitList), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, body = Problem, description = "`unknown_state`"),
    ),
    security(("device" = [])),
)]
pub(super) async fn list(
    State(api): Shared,
    _: Allowed<DESK>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Answer<Reply<VisitList>> {
    let unknown = || ApiError::invalid("unknown_state", "", "There is no such state");
    let Query(filter) = filter.map_err(|_| unknown())?;
    let only = filter
        .state
        .map(|code| VisitState::from_code(&code).ok_or_else(unknown))
        .transpose()?;
    let list = api.engine.read(move |floor| VisitList {
        visits: views::visits(floor, only),
    });
    Ok(Reply(list.await.map_err(problem)?))
}

/// One of today's visits; a kiosk sees the paper of its own visits and nothing else.
#[utoipa::path(
    get, path = "/api/v1/visits/{id}", params(("id" = String, Path)),
    responses(
        (status = 200, body = VisitView, description = "To the desk; a kiosk gets an `OwnVisit`"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    ),
    security(("device" = [])),
)]
pub(super) async fn one(
    State(api): Shared,
    Allowed(device): Allowed<{ KIOSK | DESK }>,
    id: Result<Path<String>, PathRejection>,
) -> Answer<Response> {
    if device.role == DeviceRole::Desk {
        let id = visit_id(id)?;
        return Ok(Reply(view(&api, id).await?).into_response());
    }
    // Whether somebody else's visit exists is none of a kiosk's business.
    let id = visit_id(id).map_err(|_| ApiError::forbidden())?;
    let own = api.engine.read_about(vec![id], move |floor| {
        let visit = floor.state.visits.get(&id);
        visit.filter(|v| v.device == device.id).map(|v| OwnVisit {
            id: v.id,
            print: floor.print(v.id),
        })
    });
    let own = own
        .await
        .map_err(problem)?
        .ok_or_else(ApiError::forbidden)?;
    Ok(Reply(own).into_response())
}

/// Takes a visit one step further. An agent's pad only its own visit, and only forward; a manager's
/// session makes the manager the one who decided (rule 15). A kiosk may say that the guest of its own
/// visit wishes for another consultant (`refuse` with `agent`, rule 10), and nothing else.
#[utoipa::path(
    post, path = "/api/v1/visits/{id}/actions", request_body = ActionRequest,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = VisitView, description = "The visit afterwards; a kiosk gets a `ChangedConsultant`"),
        (status = 204, description = "To an agent: done, and the visit is no longer theirs"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`impossible_step`, `recalls_left`, `agent_has_visit`, `agent_not_ready`, `agent_changed`; to an agent also `not_yours`, `steps_open`"),
        (status = 422, body = Problem, description = "`reason_needed`, `agent_needed`, `line_needed`, `too_long`, `unknown_agent`"),
        (status = 503, body = Problem),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn act(
    State(api): Shared,
    By(caller): By<{ KIOSK | DESK | STAFF }>,
    id: Result<Path<String>, PathRejection>,
    Json(request): Json<ActionRequest>,
) -> Answer<Response> {
    if let Caller::Device(kiosk) = &caller
        && kiosk.role == DeviceRole::Kiosk
    {
        return another_consultant(&api, kiosk, id, request).await;
    }
    let visit = visit_id(id)?;
    let agent = caller.agent().cloned();
    let command = match &agent {
        None => {
            let step = step(request)?;
            Command::Visit { visit, step }
        }
        Some(agent) => Command::Own {
            agent: agent.clone(),
            visit,
            deed: own_deed(request)?,
        },
    };
    api.engine
        .command(caller.actor(), command)
        .await
        .map_err(problem)?;
    let after = view(&api, visit).await?;
    let bound = after.assignment.as_ref().map(|a| &a.agent);
    Ok(match agent {
        Some(agent) if bound != Some(&agent) => StatusCode::NO_CONTENT.into_response(),
        _ => Reply(after).into_response(),
    })
}

/// Rule 10, privately at the kiosk.
async fn another_consultant(
    api: &super::Api,
    kiosk: &Device,
    id: Result<Path<String>, PathRejection>,
    request: ActionRequest,
) -> Answer<Response> {
    // Whether somebody else's visit exists is none of a kiosk's business.
    let visit = visit_id(id).map_err(|_| ApiError::forbidden())?;
    let device = kiosk.id.clone();
    let own = api.engine.read_about(vec![visit], move |floor| {
        let visit = floor.state.visits.get(&visit);
        visit.is_some_and(|v| v.device == device)
    });
    let asked = request.action == Action::Refuse;
    if !asked || !own.await.map_err(problem)? {
        return Err(ApiError::forbidden());
    }
    let of = request
        .agent
        .ok_or_else(|| needed("agent_needed", "/agent", "Another than whom?"))?;
    let step = Step::Refuse {
        why: None,
        of: Some(of),
    };
    api.engine
        .command(kiosk.id.as_str(), Command::Visit { visit, step })
        .await
        .map_err(problem)?;
    let now = api.engine.read_about(vec![visit], move |floor| {
        let visit = floor.state.visits.get(&visit)?;
        assignment(floor, visit)
    });
    let assignment = now.await.map_err(problem)?;
    Ok(Reply(ChangedConsultant { assignment }).into_response())
}

/// Somebody came to an agent who had asked for a hand.
#[utoipa::path(
    post, path = "/api/v1/visits/{id}/hands", request_body = HandGivenRequest,
    params(("id" = String, Path)),
    responses(
        (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem, description = "`no_such_hand`"),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn hand_given(
    State(api): Shared,
    By(caller): By<{ DESK | RECEPTION | MANAGER }>,
    id: Result<Path<String>, PathRejection>,
    Json(HandGivenRequest { kind }): Json<HandGivenRequest>,
) -> Answer<StatusCode> {
    let visit = visit_id(id)?;
    api.engine
        .command(caller.actor(), Command::HandGiven { visit, kind })
        .await
        .map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an agent may do with their own visit through this address, by the same rules as the pad's
/// taps: a service ends when each step is done or has a reason.
fn own_deed(request: ActionRequest) -> Answer<Deed> {
    let place = text(request.place, "/place")?;
    Ok(match request.action {
        Action::Accept => Deed::Accept {
            offered_at: None,
            place,
        },
        Action::Call => Deed::Call { place },
        Action::Recall => Deed::Recall,
        Action::Start => Deed::Start,
        Action::NoShow => Deed::NoShow,
        Action::Finish => {
            let nothing = NextStep {
                next: Next::None,
                day: None,
            };
            let next = request.next.unwrap_or(nothing);
            super::pad::finish(request.skipped, next, "/next/day")?
        }
        _ => return Err(ApiError::forbidden()),
    })
}

async fn view(api: &super::Api, id: VisitId) -> Answer<VisitView> {
    api.engine
        .read_about(vec![id], move |floor| {
            let visit = floor.state.visits.get(&id);
            visit.map(|v| views::visit(floor, v))
        })
        .await
        .map_err(problem)?
        .ok_or_else(unknown)
}

fn unknown() -> ApiError {
    problem(crate::core::floor::Refusal::UnknownVisit.into())
}

pub(super) fn visit_id(id: Result<Path<String>, PathRejection>) -> Answer<VisitId> {
    let Path(id) = id.map_err(|_| unknown())?;
    Uuid::parse_str(&id).map(VisitId).map_err(|_| unknown())
}

/// An action with what it needs.
fn step(request: ActionRequest) -> Answer<Step> {
    let place = text(request.place, "/place")?;
    let reason = text(request.reason, "/reason")?;
    let why = reason
        .clone()
        .ok_or_else(|| ApiError::invalid("reason_needed", "/reason", "This action needs a reason"));
    Ok(match request.action {
        Action::Accept => Step::Accept { place },
        Action::Call => Step::Call { place },
        Action::Recall => Step::Recall,
        Action::Start => Step::Start,
        Action::Finish => Step::Finish,
        Action::NoShow => Step::NoShow,
        Action::Refuse => Step::Refuse {
            why: reason,
            of: request.agent,
        },
        Action::Park => Step::Park,
        Action::Resume => Step::Resume,
        Action::Transfer => Step::Transfer {
            line: request.line.ok_or_else(|| {
                ApiError::invalid("line_needed", "/line", "A transfer needs a line")
            })?,
        },
        Action::Reassign => Step::Reassign {
            agent: request.agent.ok_or_else(|| {
                ApiError::invalid("agent_needed", "/agent", "A reassignment needs an agent")
            })?,
            why: why?,
        },
        Action::Leave => Step::Leave,
        Action::Cancel => Step::Cancel { why: why? },
        Action::NotABuyer => Step::NotABuyer {
            kind: request
                .kind
                .ok_or_else(|| needed("kind_needed", "/kind", "Say who it is"))?,
        },
        Action::Appointment => Step::Appointment {
            id: request
                .appointment
                .ok_or_else(|| needed("appointment_needed", "/appointment", "Which one?"))?,
        },
        Action::Channel => Step::Channel {
            registration: request
                .registration
                .ok_or_else(|| needed("registration_needed", "/registration", "Which one?"))?
                .read()
                .map_err(|(code, field)| {
                    problem(AskError::invalid(code, &format!("/registration/{field}")))
                })?,
        },
        Action::Owner => Step::Owner {
            agent: request.agent,
        },
        Action::Join => Step::Join {
            into: request
                .into
                .ok_or_else(|| needed("into_needed", "/into", "Join which party?"))?,
        },
        Action::Undo => Step::Undo,
    })
}

fn needed(code: &str, pointer: &str, title: &str) -> ApiError {
    ApiError::invalid(code, pointer, title)
}

/// Trimmed; an empty text is none.
pub(super) fn text(text: Option<String>, pointer: &str) -> Answer<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    if text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
        return Err(ApiError::invalid(
            "too_long",
            pointer,
            "At most 200 characters, none of them control characters",
        ));
    }
    let trimmed = text.trim();
    Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
}
