//! What screens show: the site, the board, the desk's picture, the turn book.

use std::future::Future;
use std::sync::Arc;

use axum::Json as Reply;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::allowed::{ALL, Allowed, DESK, DISPLAY};
use super::caller::{By, STAFF};
use super::error::{problem, unread};
use super::{Answer, Api, Shared};
use crate::floor::ask::AskError;
use crate::floor::calendar::is_day;
use crate::floor::check_in::ticket_url;
use crate::floor::grants::Device;
use crate::floor::scribe::Scribe;
use crate::floor::views;
use crate::http::{ApiError, language};
use crate::protocol::board::Board;
use crate::protocol::desk::DeskView;
use crate::protocol::problem::Problem;
use crate::protocol::site::SiteView;
use crate::protocol::turn_book::TurnBook;

/// What a kiosk needs to greet a guest.
#[utoipa::path(
    get, path = "/api/v1/site",
    responses(
        (status = 200, body = SiteView), (status = 401, body = Problem),
        (status = 503, body = Problem, description = "`no_site`: the centre has not said yet which showroom this is"),
    ),
    security(("device" = [])),
)]
pub(super) async fn site(
    State(api): Shared,
    Allowed(device): Allowed<ALL>,
) -> Answer<Reply<SiteView>> {
    let own = ticket_url("", &api.own_url, "");
    let site = api
        .engine
        .read(move |floor| {
            let open = floor.state.day.is_some();
            open.then(|| views::site(floor, &own, device.number))
        })
        .await
        .map_err(problem)?;
    site.map(Reply).ok_or_else(no_site)
}

pub(super) fn no_site() -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "no_site",
        "This floor has not heard yet which showroom it is",
    )
}

/// Now calling, recent calls, waiting numbers.
#[utoipa::path(
    get, path = "/api/v1/board",
    responses((status = 200, body = Board), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("device" = [])),
)]
pub(super) async fn board(State(api): Shared, _: Allowed<{ DISPLAY | DESK }>) -> Answer<Response> {
    Ok(picture(board_now(&api).await.map_err(problem)?.1))
}

/// The board live: server-sent events named `board`, the first at once.
#[utoipa::path(
    get, path = "/api/v1/board/stream",
    responses(
        (status = 200, body = Board, content_type = "text/event-stream", description = "Each event's data is a board"),
        (status = 401, body = Problem), (status = 403, body = Problem),
    ),
    security(("device" = [])),
)]
pub(super) async fn board_stream(
    State(api): Shared,
    Allowed(device): Allowed<{ DISPLAY | DESK }>,
) -> impl IntoResponse {
    let (from, closing) = (api.clone(), api.closing.clone());
    let revoked = revoked(&api, device);
    let first = async move { board_now(&from).await };
    api.board.events("board", closing, revoked, first)
}

/// Everything on the receptionist's screen.
#[utoipa::path(
    get, path = "/api/v1/desk",
    responses((status = 200, body = DeskView), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("device" = [])),
)]
pub(super) async fn desk(State(api): Shared, _: Allowed<DESK>) -> Answer<Response> {
    Ok(picture(desk_now(&api).await.map_err(problem)?.1))
}

/// The desk live: server-sent events named `desk`, the first at once.
#[utoipa::path(
    get, path = "/api/v1/desk/stream",
    responses(
        (status = 200, body = DeskView, content_type = "text/event-stream", description = "Each event's data is the whole picture"),
        (status = 401, body = Problem), (status = 403, body = Problem),
    ),
    security(("device" = [])),
)]
pub(super) async fn desk_stream(
    State(api): Shared,
    Allowed(device): Allowed<DESK>,
) -> impl IntoResponse {
    let (from, closing) = (api.clone(), api.closing.clone());
    let revoked = revoked(&api, device);
    let first = async move { desk_now(&from).await };
    api.desk.events("desk", closing, revoked, first)
}

#[derive(Deserialize)]
pub(super) struct Part {
    day: Option<String>,
    after: Option<u64>,
}

/// Whose turn it was and why, in words of the language asked for by `Accept-Language`.
#[utoipa::path(
    get, path = "/api/v1/turn-book",
    params(
        ("day" = Option<String>, Query, description = "YYYY-MM-DD; today without it"),
        ("after" = Option<u64>, Query, description = "Only the lines behind the one of this `seq`: a line once written never changes"),
    ),
    responses(
        (status = 200, body = TurnBook), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem, description = "`not_a_day`"),
    ),
    security(("device" = []), ("staff" = [])),
)]
pub(super) async fn turn_book(
    State(api): Shared,
    _: By<{ DESK | STAFF }>,
    headers: HeaderMap,
    part: Result<Query<Part>, QueryRejection>,
) -> Answer<Reply<TurnBook>> {
    let no_day = || ApiError::invalid("not_a_day", "", "A day is written YYYY-MM-DD");
    let Query(Part { day, after }) = part.map_err(|_| no_day())?;
    let day = match day {
        Some(day) if is_day(&day) => day,
        Some(_) => return Err(no_day()),
        None => api
            .engine
            .read(|floor| floor.state.day.clone().unwrap_or_default())
            .await
            .map_err(problem)?,
    };
    let lines = api.reader.turn_lines(day.clone(), after).await;
    let lines = lines.map_err(|e| unread(&e))?;
    let language = language::of(&headers);
    let scribe = api.engine.read(|floor| Scribe::of(floor).into_owned());
    let scribe = scribe.await.map_err(problem)?;
    let lines = lines.iter().map(|line| scribe.turn_line(line, language));
    Ok(Reply(TurnBook {
        day,
        lines: lines.collect(),
    }))
}

/// Ready when the device may not speak any more: its streams end with its right.
fn revoked(api: &Api, device: Device) -> impl Future<Output = ()> + Send + use<> {
    let mut grants = api.grants.clone();
    async move {
        // An error means that the floor is closing, which ends the streams by itself.
        if grants
            .wait_for(|grants| !grants.know(&device))
            .await
            .is_err()
        {
            std::future::pending().await
        }
    }
}

/// Keeps the screens that watch up to date, until the engine is gone.
pub(in crate::floor) async fn show(api: Arc<Api>) {
    let board = || async { board_now(&api).await };
    let desk = || async { desk_now(&api).await };
    tokio::join!(api.board.show(board), api.desk.show(desk));
}

async fn board_now(api: &Api) -> Result<(u64, Arc<str>), AskError> {
    let build = || {
        api.engine
            .read(|floor| (views::board(floor), floor.calendar.local(floor.state.last)))
    };
    api.board.now(build).await
}

async fn desk_now(api: &Api) -> Result<(u64, Arc<str>), AskError> {
    let build = || {
        let (printer, line) = api.lights.now();
        let alarm = api.storage.borrow().alarm().or_else(|| api.room.alarm());
        let alarms = alarm.into_iter().collect();
        let kiosks = api.kiosks.views();
        api.engine.read(move |floor| {
            let kiosks = kiosks(floor);
            let desk = views::desk(floor, &printer, line.code(), kiosks, alarms);
            (desk, floor.calendar.local(floor.state.last))
        })
    };
    api.desk.now(build).await
}

fn picture(json: Arc<str>) -> Response {
    ([(CONTENT_TYPE, "application/json")], json.to_string()).into_response()
}
