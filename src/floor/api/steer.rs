//! What the desk steers beside the steps of a visit.

use axum::Json as Reply;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use uuid::Uuid;

use super::allowed::DESK;
use super::caller::{By, MANAGER, RECEPTION};
use super::error::problem;
use super::visits::visit_id;
use super::{Answer, Shared};
use crate::core::booking::Appointment;
use crate::core::floor::Command;
use crate::core::time::Millis;
use crate::http::{ApiError, Json};
use crate::protocol::problem::Problem;
use crate::protocol::steer::{
    AcknowledgeRequest, AppointmentRequest, AppointmentView, ChoreRequest, CloseRequest,
    NotABuyerRequest, ReprintAnswer,
};

/// Longest key of a thing to do, characters.
const KEY_MAX: usize = 128;

/// Something the reception did for a party: the drink served, the absent agent told.
#[utoipa::path(
    post, path = "/api/v1/visits/{id}/chores", request_body = ChoreRequest,
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "Done twice it stands once"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn chore(
    State(api): Shared,
    By(caller): By<{ DESK | RECEPTION | MANAGER }>,
    id: Result<Path<String>, PathRejection>,
    Json(ChoreRequest { chore }): Json<ChoreRequest>,
) -> Answer<StatusCode> {
    let visit = visit_id(id)?;
    done(&api, caller.actor(), Command::Chore { visit, chore }).await
}

/// A thing to do was seen at one desk, and rests at all of them.
#[utoipa::path(
    post, path = "/api/v1/acknowledgements", request_body = AcknowledgeRequest,
    responses(
        (status = 204, description = "Done twice it stands once"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem, description = "`bad_key`"),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn acknowledge(
    State(api): Shared,
    By(caller): By<{ DESK | RECEPTION | MANAGER }>,
    Json(AcknowledgeRequest { key }): Json<AcknowledgeRequest>,
) -> Answer<StatusCode> {
    if !(1..=KEY_MAX).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
        let title = "A key has 1 to 128 visible ASCII characters";
        return Err(ApiError::invalid("bad_key", "/key", title));
    }
    done(&api, caller.actor(), Command::Acknowledge { key }).await
}

/// Prints a ticket once more, with the same number and marked as a reprint.
#[utoipa::path(
    post, path = "/api/v1/visits/{id}/reprint", params(("id" = String, Path)),
    responses(
        (status = 202, body = ReprintAnswer),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`still_printing`: it may come out of the printer yet; `no_printer`"),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn reprint(
    State(api): Shared,
    _: By<{ DESK | RECEPTION | MANAGER }>,
    id: Result<Path<String>, PathRejection>,
) -> Answer<(StatusCode, Reply<ReprintAnswer>)> {
    let visit = visit_id(id)?;
    let print_job = api.engine.reprint(visit).await.map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Reply(ReprintAnswer { print_job })))
}

/// An appointment made at the desk.
#[utoipa::path(
    post, path = "/api/v1/appointments", request_body = AppointmentRequest,
    responses(
        (status = 201, body = AppointmentView), (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 422, body = Problem, description = "`unknown_agent`, `not_a_time`"),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn appoint(
    State(api): Shared,
    By(caller): By<{ DESK | RECEPTION | MANAGER }>,
    Json(request): Json<AppointmentRequest>,
) -> Answer<(StatusCode, Reply<AppointmentView>)> {
    let time = Millis::parse_rfc3339(&request.time)
        .ok_or_else(|| ApiError::invalid("not_a_time", "/time", "A time is written by RFC 3339"))?;
    let appointment = Appointment {
        id: Uuid::now_v7().to_string(),
        agent: request.agent,
        time,
    };
    let made = AppointmentView {
        id: appointment.id.clone(),
        agent: appointment.agent.clone(),
        time: request.time,
        visit: None,
    };
    let command = Command::AddAppointment { appointment };
    done(&api, caller.actor(), command).await?;
    Ok((StatusCode::CREATED, Reply(made)))
}

/// Somebody at the door who is no buyer and needs no ticket: logged, no turn used.
#[utoipa::path(
    post, path = "/api/v1/not-buyers", request_body = NotABuyerRequest,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn not_a_buyer(
    State(api): Shared,
    By(caller): By<{ DESK | RECEPTION | MANAGER }>,
    Json(NotABuyerRequest { kind }): Json<NotABuyerRequest>,
) -> Answer<StatusCode> {
    done(&api, caller.actor(), Command::NotABuyer { kind }).await
}

/// Closes the showroom for today: no more check-ins at the kiosks; agents go off when nobody needs
/// them any more.
#[utoipa::path(
    post, path = "/api/v1/day/close", request_body = CloseRequest,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn close_day(
    State(api): Shared,
    By(caller): By<{ DESK | RECEPTION | MANAGER }>,
    Json(CloseRequest { rest }): Json<CloseRequest>,
) -> Answer<StatusCode> {
    done(&api, caller.actor(), Command::CloseDay { rest }).await
}

/// Opens it again, after a slip or for guests who came after all.
#[utoipa::path(
    post, path = "/api/v1/day/reopen",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn reopen_day(
    State(api): Shared,
    By(caller): By<{ DESK | RECEPTION | MANAGER }>,
) -> Answer<StatusCode> {
    done(&api, caller.actor(), Command::ReopenDay).await
}

async fn done(api: &super::Api, actor: &str, command: Command) -> Answer<StatusCode> {
    api.engine.command(actor, command).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
