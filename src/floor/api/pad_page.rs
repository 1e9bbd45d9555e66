//! The agents' pad (`/pad`): a page for a phone's browser on the showroom's Wi-Fi.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{Html, IntoResponse, Response};

use super::error::problem;
use super::pad::Wish;
use super::{Answer, Shared};
use crate::core::language::Language;
use crate::core::words as texts;
use crate::crypto::chain;
use crate::http::ApiError;
use crate::protocol::problem::Problem;

/// The page's own style and script, its own calls, and nothing else.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);
const STYLE: &str = include_str!("../../../ui/pad/assets/pad.css");
const SCRIPT: &str = include_str!("../../../ui/pad/assets/pad.js");

const WORKER: &str = include_str!("../../../ui/pad/assets/worker.js");

/// Changes with the files and the page's words, so that browsers may keep them for ever.
static EDITION: LazyLock<String> = LazyLock::new(|| {
    let words = Language::ALL.map(|l| texts::section(l, &["pad", "book"]));
    let words = serde_json::to_string(&words).unwrap_or_default();
    let all = format!("{STYLE}{SCRIPT}{WORKER}{words}");
    chain::sha256_hex(all.as_bytes())[..12].to_owned()
});

static EDITED_WORKER: LazyLock<String> = LazyLock::new(|| WORKER.replace("{{edition}}", &EDITION));

#[derive(Template)]
#[template(path = "pad.html")]
struct Page {
    language: &'static str,
    title: String,
    house: String,
    edition: &'static str,
    /// All words of the page, JSON.
    words: String,
    languages: Vec<(&'static str, &'static str, bool)>,
    no_script: String,
}

/// The agents' page. Holds nothing of anybody; what it shows comes by calls with a session.
#[utoipa::path(get, path = "/pad", responses((status = 200, content_type = "text/html")))]
pub(super) async fn page(
    State(api): Shared,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Answer<Response> {
    let language = wish.language(&headers);
    let house = api
        .engine
        .read(move |floor| floor.state.site.name.get(language).to_owned())
        .await
        .map_err(problem)?;
    let section = texts::section(language, &["pad", "book"]);
    let page = Page {
        language: language.tag(),
        title: texts::say(language, "pad.title", &[]),
        house,
        edition: &EDITION,
        words: serde_json::to_string(&section).map_err(|_| ApiError::internal())?,
        languages: [
            (Language::ZhCn, "简体"),
            (Language::ZhTw, "繁體"),
            (Language::En, "English"),
        ]
        .map(|(l, name)| (l.tag(), name, l == language))
        .into(),
        no_script: texts::say(language, "pad.no_script", &[]),
    };
    let html = page.render().map_err(|_| ApiError::internal())?;
    let policy = [(CONTENT_SECURITY_POLICY, CONTENT_POLICY)];
    Ok((policy, Html(html)).into_response())
}

/// The page's style or script, of one edition for ever.
#[utoipa::path(
    get, path = "/pad/assets/{edition}/{name}",
    params(("edition" = String, Path), ("name" = String, Path, description = "`pad.css` or `pad.js`")),
    responses((status = 200), (status = 404, body = Problem)),
)]
pub(super) async fn asset(Path((edition, name)): Path<(String, String)>) -> Response {
    let (kind, body) = match name.as_str() {
        "pad.css" if edition == *EDITION => ("text/css; charset=utf-8", STYLE),
        "pad.js" if edition == *EDITION => ("text/javascript; charset=utf-8", SCRIPT),
        _ => return ApiError::not_found().into_response(),
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, body).into_response()
}

/// What keeps the page for a reload without the Wi-Fi, where the browser allows it. Asked for anew
/// each time, so that a new edition is noticed.
#[utoipa::path(
    get, path = "/pad/worker.js", responses((status = 200, content_type = "text/javascript"))
)]
pub(super) async fn worker() -> Response {
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            HeaderName::from_static("service-worker-allowed"),
            HeaderValue::from_static("/pad"),
        ),
        (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    ];
    (headers, EDITED_WORKER.as_str()).into_response()
}
