//! Agents and their attendance.

use axum::Json as Reply;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};

use super::allowed::{Allowed, DESK};
use super::caller::{AGENT, By, MANAGER, RECEPTION};
use super::error::problem;
use super::{Answer, Shared};
use crate::core::floor::{Attendance, Command, Refusal};
use crate::core::id::AgentId;
use crate::floor::ask::AskError;
use crate::floor::views;
use crate::http::{ApiError, Json};
use crate::protocol::agent::{AgentList, AgentView, StatusChange, StatusRequest};
use crate::protocol::problem::Problem;

/// The agents with their turns.
#[utoipa::path(
    get, path = "/api/v1/agents",
    responses((status = 200, body = AgentList), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("device" = [])),
)]
pub(super) async fn list(State(api): Shared, _: Allowed<DESK>) -> Answer<Reply<AgentList>> {
    Ok(Reply(
        api.engine.read(views::agents).await.map_err(problem)?,
    ))
}

/// An agent signs in, goes away, comes back or goes off; from a pad only oneself.
#[utoipa::path(
    post, path = "/api/v1/agents/{id}/status", request_body = StatusRequest,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = AgentView, description = "The agent afterwards"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`agent_has_visit`, `agent_off`, `agent_not_serving`"),
        (status = 422, body = Problem, description = "`reason_needed`"),
        (status = 503, body = Problem),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn set_status(
    State(api): Shared,
    By(caller): By<{ DESK | AGENT | RECEPTION | MANAGER }>,
    id: Result<Path<String>, PathRejection>,
    Json(request): Json<StatusRequest>,
) -> Answer<Reply<AgentView>> {
    let unknown = || {
        ApiError::new(
            axum::http::StatusCode::NOT_FOUND,
            Refusal::UnknownAgent.code(),
            "There is no such agent",
        )
    };
    let agent = AgentId(id.map_err(|_| unknown())?.0);
    let own = caller.agent();
    // That a long service goes on is the desk's word (rule 7).
    let own_word = own.is_some() && request.status == StatusChange::Serving;
    if own.is_some_and(|own| *own != agent) || own_word {
        return Err(ApiError::forbidden());
    }
    let to = match (request.status, request.reason) {
        (StatusChange::Ready, _) => Attendance::Ready,
        (StatusChange::Off, _) => Attendance::Off,
        (StatusChange::Serving, _) => Attendance::StillServing,
        (StatusChange::Away, Some(reason)) => Attendance::Away(reason),
        (StatusChange::Away, None) => {
            return Err(problem(Refusal::ReasonNeeded.into()));
        }
    };
    let command = Command::Agent {
        agent: agent.clone(),
        to,
    };
    api.engine
        .command(caller.actor(), command)
        .await
        .map_err(|error| match error {
            AskError::Refused(Refusal::UnknownAgent) => unknown(),
            other => problem(other),
        })?;
    let view = api.engine.read(move |floor| {
        let found = floor.state.agents.get(&agent);
        found.map(|a| views::agent(floor, a))
    });
    Ok(Reply(view.await.map_err(problem)?.ok_or_else(unknown)?))
}
