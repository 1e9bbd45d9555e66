//! Agents and their attendance.

use axum::Json as Reply;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};

use super::allowed::DESK;
use super::caller::{AGENT, By, Caller, MANAGER, RECEPTION};
use super::error::problem;
use super::{Answer, Shared};
use crate::core::floor::{Attendance, Command, Refusal};
use crate::core::id::AgentId;
use crate::core::rota::{AwayReason, Status};
use crate::core::site::StaffRole;
use crate::floor::ask::AskError;
use crate::floor::memory::Floor;
use crate::floor::views;
use crate::http::{ApiError, Json};
use crate::protocol::agent::{AgentList, AgentView, StatusChange, StatusRequest};
use crate::protocol::problem::Problem;

/// The agents with their turns; an agent's session gets that agent alone.
#[utoipa::path(
    get, path = "/api/v1/agents",
    responses((status = 200, body = AgentList), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn list(
    State(api): Shared,
    By(caller): By<{ DESK | AGENT | RECEPTION | MANAGER }>,
) -> Answer<Reply<AgentList>> {
    let mut list = api.engine.read(views::agents).await.map_err(problem)?;
    if let Some(own) = caller.agent() {
        list.agents.retain(|a| a.id == *own);
        list.next = list.next.filter(|next| next == own);
    }
    Ok(Reply(list))
}

/// What somebody says of an agent's attendance; `own`: the agent says it.
pub(super) fn attendance(
    status: StatusChange,
    reason: Option<AwayReason>,
    own: bool,
) -> Answer<Attendance> {
    let to = match (status, reason) {
        (StatusChange::Ready, _) => Ok(Attendance::Ready),
        (StatusChange::Off, _) => Ok(Attendance::Off),
        (StatusChange::Serving, _) => Ok(Attendance::StillServing),
        (StatusChange::Away, Some(reason)) => Ok(Attendance::Away(reason)),
        (StatusChange::Away, None) => Err(Refusal::ReasonNeeded),
    };
    let to = if own {
        to.and_then(Attendance::of_oneself)
    } else {
        to
    };
    to.map_err(|refusal| problem(refusal.into()))
}

/// An agent signs in, goes away, comes back or goes off; from a pad only oneself.
#[utoipa::path(
    post, path = "/api/v1/agents/{id}/status", request_body = StatusRequest,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = AgentView, description = "The agent afterwards"),
        (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 403, body = Problem, description = "`pin_needed`: in this house nobody is put on duty without their PIN"),
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
    if own.is_some_and(|own| *own != agent) {
        return Err(ApiError::forbidden());
    }
    if request.status == StatusChange::Ready && speaks_for_others(&caller) {
        let (id, own_pin) = (agent.clone(), |floor: &Floor, id: &AgentId| {
            let absent = |s: Status| matches!(s, Status::Off | Status::Away { .. });
            let agent = floor.state.agents.get(id);
            !floor.state.rules.desk_sets_ready.is_yes() && agent.is_some_and(|a| absent(a.status))
        });
        let needed = api.engine.read(move |floor| own_pin(floor, &id));
        if needed.await.map_err(problem)? {
            return Err(ApiError::new(
                axum::http::StatusCode::FORBIDDEN,
                "pin_needed",
                "In this house a consultant goes on duty with the own PIN",
            ));
        }
    }
    let to = attendance(request.status, request.reason, own.is_some())?;
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

/// A desk or a receptionist; a manager's own word goes over the house's rules (rule 15).
fn speaks_for_others(caller: &Caller) -> bool {
    match caller {
        Caller::Device(_) => true,
        Caller::Staff(signed) => signed.role == StaffRole::Reception,
    }
}
