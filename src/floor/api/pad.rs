//! What the agents' pad calls: its picture live, and its taps. The page is in [`super::pad_page`].

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json as Reply;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::agents::attendance;
use super::caller::{AGENT, By, Caller, MANAGER, Person, RECEPTION};
use super::error::{problem, unread};
use super::{Answer, Api, Shared};
use crate::core::floor::{Command, Deed};
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;
use crate::core::reception::{NextStep, ReceptionStep, SkipReason};
use crate::core::site::StaffRole;
use crate::core::turn_book::{why, words};
use crate::crypto::{chain, seal};
use crate::floor::ask::AskError;
use crate::floor::calendar::is_day;
use crate::floor::live::Live;
use crate::floor::staff::Signed;
use crate::floor::taps::NewTap;
use crate::floor::{pad_stream, pad_view};
use crate::http::{ApiError, Json, language};
use crate::protocol::pad::{BeatRequest, PadView, Tap, TapAnswer, TapRequest, WhyAnswer};
use crate::protocol::problem::Problem;
use crate::protocol::profile::{Note, PROFILE_VERSION};

/// Longest free text, characters.
const NOTE_MAX: usize = 1000;
/// Longest idempotency key, characters.
const KEY_MAX: usize = 128;

#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
}

impl Wish {
    /// The wished language, or the browser's.
    pub fn language(&self, headers: &HeaderMap) -> Language {
        let wished = self.lang.as_deref().and_then(Language::from_tag);
        wished.unwrap_or_else(|| language::of(headers))
    }
}

/// What the pad shows now.
#[utoipa::path(
    get, path = "/api/v1/pad",
    responses((status = 200, body = PadView), (status = 401, body = Problem)),
    security(("staff" = [])),
)]
pub(super) async fn view(
    State(api): Shared,
    Person(signed): Person,
    headers: HeaderMap,
) -> Answer<Response> {
    let live = Live::new(api.engine.changes());
    let (_, json) = picture(&api, &live, &signed, language::of(&headers))
        .await
        .map_err(problem)?;
    Ok(([(CONTENT_TYPE, "application/json")], json.to_string()).into_response())
}

/// The same live: server-sent events named `pad`, the first at once, and `beat` when nothing else
/// was said for four seconds. While it is open and each event is answered (`POST /api/v1/pad/beats`)
/// the agent's pad counts as being on the line; it ends with the session.
#[utoipa::path(
    get, path = "/api/v1/pad/stream",
    params(("lang" = Option<String>, Query, description = "BCP 47; a browser's event source sends no headers of its own")),
    responses(
        (status = 200, body = PadView, content_type = "text/event-stream", description = "Each event's data is the whole picture"),
        (status = 401, body = Problem),
    ),
    security(("staff" = [])),
)]
pub(super) async fn stream(
    State(api): Shared,
    Person(signed): Person,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let language = wish.language(&headers);
    let line = match signed.role {
        StaffRole::Agent => Some(api.pads.enter(signed.staff.clone()).await),
        StaffRole::Reception | StaffRole::Manager => None,
    };
    let (changes, closing) = (api.engine.changes(), api.closing.clone());
    let shared = Arc::new((signed, Live::new(changes.clone())));
    pad_stream::events(changes, closing, line, move || {
        let (api, shared) = (api.clone(), shared.clone());
        async move { picture(&api, &shared.1, &shared.0, language).await }
    })
}

async fn picture(
    api: &Api,
    live: &Live<PadView>,
    signed: &Signed,
    language: Language,
) -> Result<(u64, Arc<str>), AskError> {
    let now = api.keeper.latest();
    let sessions = api.sessions.borrow().clone();
    let signed = sessions.by_hash(&signed.hash, now);
    let signed = signed.ok_or(AskError::NotStored)?.clone();
    let build = || {
        api.engine
            .read(move |floor| (pad_view::pad(floor, &signed, language), now.rfc3339()))
    };
    live.now(build).await
}

/// A pad answers what its stream brought: only a pad that does is on the line (rule 9).
#[utoipa::path(
    post, path = "/api/v1/pad/beats", request_body = BeatRequest,
    responses(
        (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "No open stream of this agent has sent that; open a new one"),
    ),
    security(("staff" = [])),
)]
pub(super) async fn beat(
    State(api): Shared,
    Person(signed): Person,
    Json(beat): Json<BeatRequest>,
) -> Answer<StatusCode> {
    if api.pads.answered(&signed.staff, &beat.seen).await {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::not_found())
    }
}

/// A tap. The same key again gives the first answer, so that a tap kept while the Wi-Fi was away is
/// done once.
#[utoipa::path(
    post, path = "/api/v1/pad/taps", request_body = TapRequest,
    params(("Idempotency-Key" = String, Header, description = "New for every tap")),
    responses(
        (status = 200, body = TapAnswer),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`offer_over`, `not_yours`, `not_serving`, `steps_open`, `too_late`, `impossible_step`, …"),
        (status = 422, body = Problem), (status = 503, body = Problem, description = "Nothing was stored; ask again with the same key"),
    ),
    security(("staff" = [])),
)]
pub(super) async fn tap(
    State(api): Shared,
    Person(signed): Person,
    headers: HeaderMap,
    Json(request): Json<TapRequest>,
) -> Answer<Reply<TapAnswer>> {
    let key = headers
        .get("Idempotency-Key")
        .and_then(|k| k.to_str().ok())
        .ok_or_else(|| ApiError::bad_request("key_missing", "An Idempotency-Key is needed"))?;
    if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(problem(AskError::invalid("key_invalid", "")));
    }
    let body = serde_json::to_vec(&request.tap).map_err(|_| ApiError::internal())?;
    let mac = api.keys.mac(&body);
    let (command, note) = command(&api, &signed, request).await?;
    let new = NewTap {
        staff: signed.staff,
        key: key.to_owned(),
        mac,
        command,
        note,
    };
    let repeated = api
        .engine
        .write_about(new.command.names(), move |floor, now, keys, batch| {
            floor.tap(new, now, keys, batch)
        })
        .await
        .map_err(problem)?;
    let version = *api.engine.changes().borrow();
    Ok(Reply(TapAnswer { repeated, version }))
}

type Sealed = Option<(String, Vec<u8>)>;

/// The tap as a command, with the free text sealed.
async fn command(api: &Api, signed: &Signed, request: TapRequest) -> Answer<(Command, Sealed)> {
    let agent = signed.staff.clone();
    let mut sealed = None;
    let (visit, deed) = match request.tap {
        Tap::HandGiven { visit, hand } => {
            return match signed.role {
                StaffRole::Agent => Err(ApiError::forbidden()),
                StaffRole::Reception | StaffRole::Manager => {
                    Ok((Command::HandGiven { visit, kind: hand }, None))
                }
            };
        }
        _ if signed.role != StaffRole::Agent => return Err(ApiError::forbidden()),
        Tap::Status { status, reason } => {
            let to = attendance(status, reason, true)?;
            return Ok((Command::Agent { agent, to }, None));
        }
        Tap::Accept { visit, offered_at } => {
            let offered_at = Some(crate::core::time::Millis(offered_at));
            let place = None;
            (visit, Deed::Accept { offered_at, place })
        }
        Tap::Call { visit } => (visit, Deed::Call { place: None }),
        Tap::Recall { visit } => (visit, Deed::Recall),
        Tap::Start { visit } => (visit, Deed::Start),
        Tap::NoShow { visit } => (visit, Deed::NoShow),
        Tap::Done { visit, step } => {
            let ago_ms = request.ago_ms;
            (visit, Deed::Done { step, ago_ms })
        }
        Tap::Undo { visit, step } => (visit, Deed::Undo { step }),
        Tap::AskHand { visit, hand } => (visit, Deed::AskHand { kind: hand }),
        Tap::WithdrawHand { visit, hand } => (visit, Deed::WithdrawHand { kind: hand }),
        Tap::Needs { visit, needs, note } => {
            if let Some(text) = note.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
                sealed = Some(seal_note(api, visit, text).await?);
            }
            let note = sealed.as_ref().map(|(hash, _)| hash.clone());
            (visit, Deed::Needs { needs, note })
        }
        Tap::Finish {
            visit,
            skipped,
            next,
        } => (visit, finish(skipped, next, "/tap/next/day")?),
    };
    Ok((Command::Own { agent, visit, deed }, sealed))
}

/// An agent ends their own service: a reason for each step left out, and what was agreed. `day`:
/// where in the body its day stands.
pub(super) fn finish(
    skipped: BTreeMap<ReceptionStep, SkipReason>,
    next: NextStep,
    day: &str,
) -> Answer<Deed> {
    match &next.day {
        Some(agreed) if !is_day(agreed) => Err(ApiError::invalid(
            "not_a_day",
            day,
            "A day is written YYYY-MM-DD",
        )),
        _ => Ok(Deed::Finish { skipped, next }),
    }
}

/// Seals a free text to the centre: from here on nobody on the floor can read it.
async fn seal_note(api: &Api, visit: VisitId, text: &str) -> Answer<(String, Vec<u8>)> {
    let control = |c: char| c.is_control() && c != '\n';
    if text.chars().count() > NOTE_MAX || text.chars().any(control) {
        return Err(ApiError::invalid(
            "too_long",
            "/tap/note",
            "At most 1000 characters, none of them control characters",
        ));
    }
    let recipient = api.engine.read(|floor| floor.state.site.recipient.clone());
    let recipient = recipient.await.map_err(problem)?;
    let note = Note {
        v: PROFILE_VERSION,
        visit,
        text: text.to_owned(),
    };
    let sealed = seal::seal_note(&note, &recipient).map_err(|_| {
        ApiError::conflict(
            "no_recipient",
            "The centre has not said yet to whom to seal",
        )
    })?;
    Ok((chain::sha256_hex(&sealed), sealed))
}

#[derive(Deserialize)]
pub(super) struct WhyWish {
    /// `me`, or for the desk and managers an agent's id.
    agent: Option<String>,
}

/// "Why not me?": what one line of today's book meant for an agent, in words of the language asked
/// for by `Accept-Language`.
#[utoipa::path(
    get, path = "/api/v1/turn-book/{seq}/why",
    params(("seq" = u64, Path), ("agent" = Option<String>, Query, description = "`me`, or (desk, manager) an agent's id")),
    responses(
        (status = 200, body = WhyAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
    ),
    security(("staff" = []), ("device" = [])),
)]
pub(super) async fn why_not(
    State(api): Shared,
    By(caller): By<{ super::allowed::DESK | AGENT | RECEPTION | MANAGER }>,
    Path(seq): Path<u64>,
    Query(wish): Query<WhyWish>,
    headers: HeaderMap,
) -> Answer<Reply<WhyAnswer>> {
    let me = match (&caller, wish.agent.as_deref().unwrap_or("me")) {
        (Caller::Staff(signed), "me") => signed.staff.clone(),
        (_, "me") => return Err(ApiError::not_found()),
        (_, id) if caller.agent().is_some_and(|own| own.as_str() != id) => {
            return Err(ApiError::forbidden());
        }
        (_, id) => AgentId::new(id),
    };
    let day = api
        .engine
        .read(|floor| floor.state.day.clone().unwrap_or_default());
    let lines = api
        .reader
        .turn_lines(day.await.map_err(problem)?, None)
        .await;
    let lines = lines.map_err(|e| unread(&e))?;
    let at = lines.iter().position(|line| line.seq == seq);
    let said_at = at.map_or(crate::core::time::Millis(0), |at| lines[at].at);
    let answer = at
        .and_then(|at| why::why(&lines, at, &me))
        .ok_or_else(ApiError::not_found)?;
    let language = language::of(&headers);
    let text = api.engine.read(move |floor| {
        let name = |id: &AgentId| floor.agent_name(id);
        let time = |at| floor.calendar.moment(language, at, said_at);
        let reader = words::Reader {
            language,
            name: &name,
            time: &time,
        };
        why::words(&answer, &reader)
    });
    Ok(Reply(WhyAnswer {
        seq,
        why: text.await.map_err(problem)?,
    }))
}
