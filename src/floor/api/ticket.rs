//! `GET /t/{token}`: the ticket's page for the guest's phone. Says nothing of who the guest is.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::http::{HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::error::{problem, unread};
use super::{Answer, Api, Shared};
use crate::core::foretold::say_wait;
use crate::core::id::VisitId;
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::time::Millis;
use crate::core::visit::VisitState;
use crate::core::words::say;
use crate::crypto::token;
use crate::floor::check_in::assignment;
use crate::floor::memory::Floor;
use crate::floor::views;
use crate::http::{ApiError, bearer};

/// The page brings its own style and nothing else.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
);
const NO_INDEX: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-robots-tag"),
    HeaderValue::from_static("noindex"),
);

#[derive(Template)]
#[template(path = "floor_ticket.html")]
struct Page {
    language: &'static str,
    house: String,
    heading: String,
    number: String,
    headline: String,
    facts: Vec<(String, String)>,
    more: String,
    footnote: String,
    /// Whether the page is to load itself again.
    live: bool,
}

/// How the ticket stands, for anyone who has it.
#[utoipa::path(
    get, path = "/t/{token}", params(("token" = String, Path)),
    responses(
        (status = 200, content_type = "text/html", description = "The ticket's page in its language"),
        (status = 404, content_type = "text/html"), (status = 429),
    ),
)]
pub(super) async fn page(
    State(api): Shared,
    token: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer<Response> {
    api.limits
        .stranger
        .check(&bearer::peer(request.extensions()))?;
    let hash = token
        .map(|Path(token)| token::hash(&token))
        .unwrap_or_default();
    let page = match at_hand(&api, &hash, Vec::new()).await? {
        Some(page) => Some(page),
        // Of a visit that was over long ago.
        None => match api
            .reader
            .rested(hash.clone())
            .await
            .map_err(|e| unread(&e))?
        {
            Some(visit) => at_hand(&api, &hash, vec![visit]).await?,
            None => None,
        },
    };
    let (status, page) = match page {
        Some(page) => (StatusCode::OK, page),
        None => (StatusCode::NOT_FOUND, unknown()),
    };
    let html = page.render().map_err(|_| ApiError::internal())?;
    let policy = [(CONTENT_SECURITY_POLICY, CONTENT_POLICY), NO_INDEX];
    Ok((status, policy, Html(html)).into_response())
}

async fn at_hand(api: &Api, hash: &str, visits: Vec<VisitId>) -> Answer<Option<Page>> {
    let (hash, now) = (hash.to_owned(), api.keeper.latest());
    let page = api
        .engine
        .read_about(visits, move |floor| ticket(floor, &hash, now));
    page.await.map_err(problem)
}

fn ticket(floor: &Floor, hash: &str, now: Millis) -> Option<Page> {
    let visit = floor.state.visits.get(&floor.by_token(hash)?)?;
    let words = |key: &str| say(visit.language, &format!("ticket_page.{key}"), &[]);
    let state = visit.state.code();
    let mut facts = Vec::new();
    if let Some(ahead) = floor.state.ahead_at(visit.id, views::now(floor)) {
        let n = ahead.to_string();
        let ahead = say(visit.language, "ticket_page.ahead_n", &[("n", &n)]);
        facts.push((words("ahead"), ahead));
        let wait = floor.state.wait_at(visit.id, now);
        let (wait_s, range) = (wait.map_or(0, |w| w.wait_s), wait.map(|w| w.range));
        let wait = say_wait(visit.language, wait_s, range, false);
        facts.push((words("wait"), wait));
    }
    if let Some(agent) = assignment(floor, visit) {
        let title = agent.title.get(visit.language);
        facts.push((words("agent"), format!("{} {title}", agent.name)));
        if visit.state == VisitState::Called && !agent.place.is_empty() {
            facts.push((words("place"), say_place(visit.language, &agent.place)));
        }
    }
    Some(Page {
        language: visit.language.tag(),
        house: floor.state.site.name.get(visit.language).to_owned(),
        heading: words("your_number"),
        number: visit.ticket.to_string(),
        headline: words(state),
        facts,
        more: words(&format!("{state}_more")),
        footnote: words("footnote"),
        live: !visit.state.is_over(),
    })
}

fn unknown() -> Page {
    let words = |key: &str| say(Language::default(), &format!("ticket_page.{key}"), &[]);
    Page {
        language: Language::default().tag(),
        house: String::new(),
        heading: String::new(),
        number: String::new(),
        headline: words("unknown"),
        facts: Vec::new(),
        more: words("unknown_more"),
        footnote: say(Language::En, "ticket_page.unknown", &[]),
        live: false,
    }
}
