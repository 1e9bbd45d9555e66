//! The one error a handler gives: a problem with a stable code (RFC 9457).

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::protocol::problem::{self, Problem};

/// A refusal on its way out. Holds nothing of what was sent, so it may be logged.
#[derive(Clone, Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// A refusal with its own code; `title` says it to a developer.
    pub fn new(status: StatusCode, code: &str, title: &str) -> Self {
        Problem::new(status.as_u16(), code, title).into()
    }
    /// 400: the request cannot be read at all.
    pub fn bad_request(code: &str, title: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title)
    }
    /// 401: no credential, or one that is not known (any more).
    pub fn unauthorised() -> Self {
        let mut error = Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorised",
            "A valid credential is needed",
        );
        error.header = Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        error
    }
    /// 403: a known credential without the right.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This credential has no right to do that",
        )
    }
    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing")
    }
    /// 409 with a code of its own.
    pub fn conflict(code: &str, title: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, title)
    }
    /// 413, after the body was drained.
    pub fn too_large(limit: usize) -> Self {
        Problem::new(413, "too_large", "The body is too large")
            .detail(format!("The limit is {limit} bytes."))
            .into()
    }
    /// 422: read, but not acceptable; `pointer` is the field's JSON pointer.
    pub fn invalid(code: &str, pointer: &str, title: &str) -> Self {
        Problem::new(422, code, title).at(pointer).into()
    }
    /// 429 with `Retry-After` in whole seconds, at least one.
    pub fn too_many(wait: Duration) -> Self {
        let mut error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests, please wait",
        );
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        error.header = Some((RETRY_AFTER, HeaderValue::from(seconds.max(1))));
        error
    }
    /// 429 `locked`: too many wrong guesses; nobody may try before so many seconds have passed.
    pub fn locked(seconds: i64) -> Self {
        let seconds = seconds.max(1);
        let title = "Too many wrong attempts, please wait";
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "locked", title);
        error.header = Some((RETRY_AFTER, HeaderValue::from(seconds)));
        error
    }
    /// 503: works again by itself; the caller may try again.
    pub fn unavailable() -> Self {
        let mut error = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not possible at the moment, please try again",
        );
        error.header = Some((RETRY_AFTER, HeaderValue::from_static("1")));
        error
    }
    /// 500; what went wrong is for the log only.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on the server",
        )
    }
    /// Says more for people; must hold nothing that was sent.
    pub fn detail(mut self, detail: &str) -> Self {
        self.problem.detail = Some(detail.to_owned());
        self
    }

    pub fn problem(&self) -> &Problem {
        &self.problem
    }
    pub fn code(&self) -> &str {
        &self.problem.code
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            header: None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static(problem::CONTENT_TYPE),
        );
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}
