//! What stands before every page: no forged forms, no foreign scripts.

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::set_header::SetResponseHeaderLayer;

use super::reader::Reader;
use super::render;

const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// Puts the guard around the pages' routes.
pub fn around<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    router
        .layer(from_fn(only_own_forms))
        .layer(header(CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        // Not `no-referrer`: under that policy browsers send forms with `Origin: null`.
        .layer(header(REFERRER_POLICY, "same-origin"))
        .layer(header(
            HeaderName::from_static("x-robots-tag"),
            "noindex, nofollow",
        ))
}

/// A form is taken only from a page of this very origin. Together with the session cookie's
/// `SameSite=Strict` this stops cross-site request forgery without a token in every form.
async fn only_own_forms(request: Request, next: Next) -> Response {
    if request.method().is_safe() || own(request.headers()) {
        return next.run(request).await;
    }
    let reader = Reader::of(request.headers(), "/");
    let page = render::message(reader.frame(None, Vec::new()), "foreign");
    (StatusCode::FORBIDDEN, page).into_response()
}

fn own(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    match (text(&ORIGIN), text(&HOST)) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)),
        // Every browser names the origin of a form it sends.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_from_elsewhere_is_not_ones_own() {
        let headers = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("office.example:7700"));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            headers
        };
        assert!(own(&headers(Some("https://office.example:7700"))));
        assert!(!own(&headers(Some("https://evil.example"))));
        assert!(!own(&headers(Some("null"))));
        assert!(!own(&headers(None)));
    }
}
