//! Staff sign in by PIN, and set it alone with a one-time code.

use axum::Json as Reply;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};

use super::caller::{By, COOKIE_NAME, MANAGER, Person};
use super::error::problem;
use super::{Answer, Api, Shared};
use crate::core::id::AgentId;
use crate::crypto::{pin, token};
use crate::floor::ask::AskError;
use crate::floor::staff::new_code;
use crate::http::{ApiError, bearer, body};
use crate::protocol::problem::Problem;
use crate::protocol::staff::{
    PinCode, PinRequest, StaffFace, StaffFaces, StaffSession, StaffSessionRequest,
};

/// Longest PIN or code that is looked at, bytes.
const TYPED_MAX: usize = 64;

/// The names on the sign-in page: staff of the showroom, no guests.
#[utoipa::path(
    get, path = "/api/v1/staff",
    responses((status = 200, body = StaffFaces), (status = 429, body = Problem)),
)]
pub(super) async fn faces(State(api): Shared, request: Request) -> Answer<Reply<StaffFaces>> {
    api.limits
        .stranger
        .check(&bearer::peer(request.extensions()))?;
    let faces = api.engine.read(|floor| StaffFaces {
        staff: floor
            .state
            .site
            .staff
            .iter()
            .map(|s| StaffFace {
                id: s.id.clone(),
                name: s.name.clone(),
                title: s.title.clone(),
                role: s.role,
            })
            .collect(),
    });
    Ok(Reply(faces.await.map_err(problem)?))
}

/// Signs in by PIN. Five wrong guesses in a row lock it for five minutes, then for twice as long.
#[utoipa::path(
    post, path = "/api/v1/staff/sessions", request_body = StaffSessionRequest,
    responses(
        (status = 201, body = StaffSession, description = "With `pad` the token comes as a cookie instead"),
        (status = 401, body = Problem, description = "`wrong_pin`"),
        (status = 409, body = Problem, description = "`no_pin`: none is set yet, or it was taken out of use"),
        (status = 429, body = Problem, description = "`locked`, `too_many_requests`; see `Retry-After`"),
    ),
)]
pub(super) async fn sign_in(State(api): Shared, request: Request) -> Answer<Response> {
    api.limits
        .sign_in
        .check(&bearer::peer(request.extensions()))?;
    let asked: StaffSessionRequest = body::read_json(request, body::DEFAULT_LIMIT).await?;
    let staff = asked.staff.clone();
    let guess = api.engine.write({
        let staff = staff.clone();
        move |floor, now, _, batch| Ok(floor.guess(&staff, false, now, batch))
    });
    let guess = guess.await.map_err(problem)?;
    let kept = guess.pin.unwrap_or_default();
    let right = asked.pin.len() <= TYPED_MAX && {
        let (keys, staff, kept, typed) = (api.keys.clone(), staff.clone(), kept.clone(), asked.pin);
        slowly(&api, move || {
            pin::verify(keys.pepper(), staff.as_str(), &typed, &kept)
        })
        .await?
    };
    if !right {
        return Err(wrong(guess.locks));
    }
    let token = token::secret_token();
    let (hash, pad) = (token::hash(&token), asked.pad);
    let signed = api
        .engine
        .write(move |floor, now, _, batch| {
            Ok(floor.open_session(&staff, &kept, hash, pad, now, batch))
        })
        .await
        .map_err(problem)?;
    let lasts = signed.expires.since(api.keeper.latest()) / 1000;
    let set_cookie = pad.then(|| set_cookie(&api, &token, lasts));
    let answer = StaffSession {
        token: (!pad).then_some(token),
        expires: signed.expires.rfc3339(),
        staff: signed.staff,
        name: signed.name,
        role: signed.role,
    };
    let mut response = (StatusCode::CREATED, Reply(answer)).into_response();
    if let Some(cookie) = set_cookie.and_then(|c| c.parse().ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Ends the session that asks.
#[utoipa::path(
    delete, path = "/api/v1/staff/sessions/current",
    responses((status = 204, description = "Harmless where there was none"), (status = 401, body = Problem)),
    security(("staff" = [])),
)]
pub(super) async fn sign_out(State(api): Shared, Person(signed): Person) -> Answer<Response> {
    let hash = signed.hash;
    api.engine
        .write(move |floor, _, _, batch| {
            floor.close_session(&hash, batch);
            Ok(Ok(()))
        })
        .await
        .map_err(problem)?;
    let gone = format!("{COOKIE_NAME}=; Path=/; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, gone)]).into_response())
}

/// Sets a PIN with a one-time code, which is used up by that.
#[utoipa::path(
    post, path = "/api/v1/staff/pins", request_body = PinRequest,
    responses(
        (status = 204, description = "Set; sign in with it"),
        (status = 401, body = Problem, description = "`wrong_pin`: not this code"),
        (status = 409, body = Problem, description = "`no_code`: none is open, or it has expired"),
        (status = 422, body = Problem, description = "`trivial_pin`: not six digits, or the first that anybody would try"),
        (status = 429, body = Problem, description = "`locked`, `too_many_requests`"),
    ),
)]
pub(super) async fn set_pin(State(api): Shared, request: Request) -> Answer<StatusCode> {
    api.limits
        .codes
        .check(&bearer::peer(request.extensions()))?;
    let asked: PinRequest = body::read_json(request, body::DEFAULT_LIMIT).await?;
    if !pin::acceptable(&asked.pin) {
        return Err(ApiError::invalid(
            "trivial_pin",
            "/pin",
            "A PIN has six digits and is not one that anybody would try first",
        ));
    }
    let staff = asked.staff.clone();
    let guess = api.engine.write({
        let staff = staff.clone();
        move |floor, now, _, batch| Ok(floor.guess(&staff, true, now, batch))
    });
    let guess = guess.await.map_err(problem)?;
    let Some(code) = guess.code.filter(|_| asked.code.len() <= TYPED_MAX) else {
        return Err(wrong(guess.locks));
    };
    let (keys, owner, id) = (api.keys.clone(), staff.clone(), code.id);
    let hash = slowly(&api, move || {
        pin::verify_code(&asked.code, &code.hash)
            .then(|| pin::hash(keys.pepper(), owner.as_str(), &asked.pin))
    });
    let Some(hash) = hash.await? else {
        return Err(wrong(guess.locks));
    };
    api.engine
        .write(move |floor, _, _, batch| Ok(floor.set_pin(&staff, id, hash, batch)))
        .await
        .map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A manager at the floor takes a colleague's PIN out of use and gets a one-time code for a new one.
/// Works with the line to the centre cut.
#[utoipa::path(
    post, path = "/api/v1/staff/{id}/pin-code", params(("id" = String, Path)),
    responses(
        (status = 201, body = PinCode, description = "Shown once"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    ),
    security(("staff" = [])),
)]
pub(super) async fn pin_code(
    State(api): Shared,
    By(caller): By<MANAGER>,
    Path(id): Path<String>,
) -> Answer<(StatusCode, Reply<PinCode>)> {
    let staff = AgentId(id);
    let now = api.keeper.latest();
    let known = {
        let staff = staff.clone();
        let known = api
            .engine
            .read(move |floor| floor.state.site.member(&staff).is_some());
        known.await.map_err(problem)?
    };
    if !known {
        return Err(ApiError::not_found());
    }
    let owner = staff.clone();
    let (code, grant) = slowly(&api, move || new_code(&owner, now)).await?;
    let expires = grant.expires.rfc3339();
    api.engine
        .write(move |floor, _, _, batch| {
            floor.take_code(grant, false, batch);
            Ok(Ok(()))
        })
        .await
        .map_err(problem)?;
    tracing::info!(by = caller.actor(), %staff, "a PIN was taken out of use");
    let answer = PinCode {
        staff,
        code,
        expires,
    };
    Ok((StatusCode::CREATED, Reply(answer)))
}

fn wrong(locks: Option<i64>) -> ApiError {
    metrics::counter!("yingbin_floor_sign_ins_refused_total").increment(1);
    problem(match locks {
        Some(seconds) => AskError::Locked { seconds },
        None => AskError::WrongPin,
    })
}

/// Hashing off the async threads, a few at a time.
async fn slowly<T: Send + 'static>(
    api: &Api,
    work: impl FnOnce() -> T + Send + 'static,
) -> Answer<T> {
    let _permit = api
        .hashing
        .acquire()
        .await
        .map_err(|_| ApiError::unavailable())?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::internal())
}

/// Kept by the browser as long as the session can last: phones close browsers at will.
fn set_cookie(api: &Api, token: &str, seconds: i64) -> String {
    let secure = if api.secure { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}
