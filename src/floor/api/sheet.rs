//! `GET /api/v1/turn-book/sheet`: one day's turn sheet, to print, sign and file, or as signed JSON.

use askama::Template;
use axum::Json as Reply;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::allowed::{Allowed, DESK};
use super::error::{problem, unread};
use super::{Answer, Shared};
use crate::core::language::{Language, Text};
use crate::core::rota::RotaKind;
use crate::core::turn_book::sheet::{self, TurnSheet};
use crate::core::words::say;
use crate::floor::calendar::{Calendar, is_day};
use crate::floor::scribe::Scribe;
use crate::http::{ApiError, language};
use crate::protocol::problem::Problem;
use crate::protocol::turn_book::SignedSheet;

/// The page brings its own style and nothing else.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
);

#[derive(Template)]
#[template(path = "turn_sheet.html")]
struct Page {
    language: &'static str,
    house: String,
    title: String,
    state: String,
    account_heads: Vec<String>,
    accounts: Vec<Vec<String>>,
    line_heads: Vec<String>,
    lines: Vec<Vec<String>>,
    signers: Vec<String>,
    signature: Option<(String, String)>,
    /// The signed text to be kept, with its name and address; none while there is no signature.
    save: Option<Save>,
}

struct Save {
    label: String,
    file: String,
    data: String,
}

#[derive(Deserialize)]
pub(super) struct Which {
    day: Option<String>,
    /// Of the sheets signed after a closing, the one that ends with this line.
    through: Option<u64>,
}

/// The sheet of a day that is over is signed by the floor, and so is that of today once the
/// showroom is closed and the last guest has gone; otherwise today's is provisional. What happens
/// after a closing makes another signed sheet that supersedes the one before; with `through` every
/// one of them stays at hand.
#[utoipa::path(
    get, path = "/api/v1/turn-book/sheet",
    params(
        ("day" = Option<String>, Query, description = "YYYY-MM-DD; today without it"),
        ("through" = Option<u64>, Query, description = "A sheet signed at a closing, by its last line"),
    ),
    responses(
        (status = 200, body = SignedSheet, description = "A page; with `Accept: application/json` the signed text"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`no_such_day`"),
        (status = 422, body = Problem, description = "`not_a_day`"),
    ),
    security(("device" = [])),
)]
pub(super) async fn show(
    State(api): Shared,
    _: Allowed<DESK>,
    headers: HeaderMap,
    which: Result<Query<Which>, QueryRejection>,
) -> Answer<Response> {
    let no_day = || ApiError::invalid("not_a_day", "", "A day is written YYYY-MM-DD");
    let Which { day, through } = which.map_err(|_| no_day())?.0;
    let asked = day;
    if asked.as_ref().is_some_and(|day| !is_day(day)) {
        return Err(no_day());
    }
    let today = api.engine.read(|floor| {
        let day = floor.state.day.clone().unwrap_or_default();
        let closing = floor.closing_sheet().map(|signed| signed.through);
        (day, sheet::accounts(&floor.state), closing)
    });
    let (today, accounts, closing) = today.await.map_err(problem)?;
    let day = asked.unwrap_or_else(|| today.clone());
    let none = || {
        let title = "There is no sheet of this day";
        ApiError::new(StatusCode::NOT_FOUND, "no_such_day", title)
    };
    let signed = if let Some(through) = through.or(closing.filter(|_| day == today)) {
        let stored = api.reader.closing_sheet(day, through).await;
        stored.map_err(|e| unread(&e))?.ok_or_else(none)?
    } else if day == today {
        let lines = api.reader.turn_lines(day.clone(), None).await;
        let lines = lines.map_err(|e| unread(&e))?;
        let sheet = TurnSheet {
            day,
            accounts,
            lines,
            as_of: None,
        };
        SignedSheet {
            sheet: serde_json::to_string(&sheet).map_err(|_| ApiError::internal())?,
            signature: None,
            public_key: None,
        }
    } else {
        let stored = api.reader.turn_sheet(day).await;
        stored.map_err(|e| unread(&e))?.ok_or_else(none)?
    };
    let wants_json = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("application/json"));
    if wants_json {
        return Ok(Reply(signed).into_response());
    }
    let sheet: TurnSheet = serde_json::from_str(&signed.sheet).map_err(|_| ApiError::internal())?;
    let language = language::of(&headers);
    let around = api.engine.read(|floor| Around {
        house: floor.state.site.name.clone(),
        calendar: floor.calendar.clone(),
        scribe: Scribe::of(floor).into_owned(),
    });
    let around = around.await.map_err(problem)?;
    let html = page(&around, &sheet, &signed, language).render();
    let html = html.map_err(|_| ApiError::internal())?;
    Ok(([(CONTENT_SECURITY_POLICY, CONTENT_POLICY)], Html(html)).into_response())
}

/// What the page needs of the floor.
struct Around {
    house: Text,
    calendar: Calendar,
    scribe: Scribe<'static>,
}

fn page(around: &Around, sheet: &TurnSheet, signed: &SignedSheet, language: Language) -> Page {
    let say = |key: &str, params: &[(&str, &str)]| say(language, &format!("sheet.{key}"), params);
    let words = |key: &str| say(key, &[]);
    let accounts = sheet.accounts.iter().map(|a| {
        let owed: Vec<_> = a.owed.iter().map(|at| around.calendar.local(*at)).collect();
        let owed: Vec<_> = owed.iter().map(|at| at.get(..16).unwrap_or(at)).collect();
        let name = match a.rota {
            RotaKind::WalkIn => a.name.clone(),
            RotaKind::Phone => say("by_phone", &[("name", &a.name)]),
        };
        vec![
            name,
            a.received.to_string(),
            a.lost.to_string(),
            owed.join(", ").replace('T', " "),
            a.prepaid.to_string(),
            a.penalties.to_string(),
        ]
    });
    let lines = sheet.lines.iter().map(|line| {
        vec![
            line.seq.to_string(),
            around.calendar.clock(line.at),
            line.ticket.map(|t| t.to_string()).unwrap_or_default(),
            around.scribe.words(line, language),
        ]
    });
    Page {
        language: language.tag(),
        house: around.house.get(language).to_owned(),
        title: say("title", &[("day", &sheet.day)]),
        state: match (&signed.signature, sheet.as_of) {
            (Some(_), None) => words("final"),
            (Some(_), Some(at)) => say("closed", &[("time", &around.calendar.clock(at))]),
            (None, _) => words("open"),
        },
        account_heads: ["agent", "received", "lost", "owed", "prepaid", "penalties"]
            .map(words)
            .to_vec(),
        accounts: accounts.collect(),
        line_heads: ["number", "time", "ticket", "entry"].map(words).to_vec(),
        lines: lines.collect(),
        signers: ["keeper", "manager"].map(words).to_vec(),
        signature: signed.signature.clone().zip(signed.public_key.clone()),
        save: save(sheet, signed, words("save")),
    }
}

/// The signed text as an address of its own, so that the page can be kept without the floor.
fn save(sheet: &TurnSheet, signed: &SignedSheet, label: String) -> Option<Save> {
    signed.signature.as_ref()?;
    let text = serde_json::to_vec(signed).ok()?;
    let data = STANDARD.encode(text);
    let last = sheet.lines.last().map_or(0, |line| line.seq);
    Some(Save {
        label,
        file: format!("turn-sheet-{}-{last}.json", sheet.day),
        data: format!("data:application/json;base64,{data}"),
    })
}
