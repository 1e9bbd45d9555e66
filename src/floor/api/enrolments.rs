//! `POST /api/v1/enrolments`: a screen joins. The only call that changes something for a stranger,
//! so it is limited like a sign-in.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::problem;
use super::{Answer, Shared};
use crate::floor::enrolment::NewEnrolment;
use crate::http::{ApiError, Json, bearer};
use crate::protocol::enrol::{EnrolAnswer, EnrolRequest};
use crate::protocol::problem::Problem;

/// Turns the proof of a one-time code into a token.
#[utoipa::path(
    post, path = "/api/v1/enrolments", request_body = EnrolRequest,
    responses(
        (status = 201, body = EnrolAnswer, description = "The token is given this once"),
        (status = 403, body = Problem, description = "`code_refused`: not known, used or too old"),
        (status = 409, body = Problem,
            description = "`code_for_kiosk`, `code_for_display`, `code_for_desk`: not what `role` says; it is not used up"),
        (status = 422, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem, description = "`no_site`: the centre has said nothing yet"),
    ),
)]
pub(super) async fn enrol(
    State(api): Shared,
    bearer::Peer(peer): bearer::Peer,
    Json(request): Json<EnrolRequest>,
) -> Answer<(StatusCode, Reply<EnrolAnswer>)> {
    api.limits.stranger.check(&peer)?;
    let open = api.engine.read(|floor| floor.state.day.is_some());
    if !open.await.map_err(problem)? {
        return Err(super::screens::no_site());
    }
    api.limits.sign_in.check(&peer)?;
    let new = NewEnrolment {
        nonce: bytes(&request.nonce, "/nonce")?,
        proof: bytes(&request.proof, "/proof")?,
        floor_key: api.key_hash,
        role: request.role,
    };
    let answer = api.engine.enrol(new).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Reply(answer)))
}

fn bytes(text: &str, pointer: &str) -> Answer<[u8; 32]> {
    let decoded = STANDARD.decode(text).ok();
    decoded
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| ApiError::invalid("not_32_bytes", pointer, "32 bytes as base64"))
}
