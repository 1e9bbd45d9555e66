//! Pages into answers, and refusals into words.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{Html, IntoResponse, Response};

use super::entrance::MessagePage;
use super::frame::Frame;
use super::words::Words;
use crate::core::words::known;
use crate::http::ApiError;

/// A page as an answer.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            ApiError::internal().into_response()
        }
    }
}

/// The plain page whose title is the word `name` and whose text is `name` + `_more`.
pub fn message(frame: Frame, name: &str) -> Response {
    page(&MessagePage {
        title: frame.t.w(name),
        text: frame.t.w(&format!("{name}_more")),
        onward: "/",
        frame,
    })
}

/// The page for a refusal that no form can mend.
pub fn refusal(frame: Frame, error: &ApiError) -> Response {
    let status =
        StatusCode::from_u16(error.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let name = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::FORBIDDEN => "forbidden",
        _ => "failed",
    };
    (status, message(frame, name)).into_response()
}

/// The status of a refusal.
pub fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A refusal as one sentence above a form, with the field it is about.
pub fn sentence(t: &Words, error: &ApiError) -> String {
    let field = error.problem().pointer.as_deref().map(|p| field(t, p));
    let own = format!("refusal_{}", error.code());
    if known(&format!("console.{own}")) {
        return t.n(&own, field.unwrap_or_default());
    }
    match error.problem().status {
        422 => t.n("invalid", field.unwrap_or_default()),
        429 => t.w("too_many"),
        403 => t.w("forbidden_more"),
        404 => t.w("not_found_more"),
        _ => t.w("failed_more"),
    }
}

/// A JSON pointer in words: `/drinks/2/id` is the third drink's id.
fn field(t: &Words, pointer: &str) -> String {
    let mut words = Vec::new();
    for part in pointer.split('/').filter(|p| !p.is_empty()) {
        match part.parse::<usize>() {
            Ok(index) => words.push((index + 1).to_string()),
            Err(_) => words.push(t.code("field", part)),
        }
    }
    words.join(" ")
}

/// After a form: see the page `to` (303).
pub fn see(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}
