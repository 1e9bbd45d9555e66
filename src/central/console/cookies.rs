//! The cookies of the pages.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The session's token. The `__Host-` prefix makes browsers insist on `Secure` and this very host;
/// they count loopback as secure.
pub const SESSION: &str = "__Host-yingbin";
/// The language the reader chose; nothing secret.
pub const LANGUAGE: &str = "yingbin-language";
/// The showroom the reader chose; nothing secret.
pub const SITE: &str = "yingbin-site";

const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The value of the cookie `name`.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| !value.is_empty())
}

/// Sets the session; it ends with the browser, or earlier on the server.
pub fn session(token: &str) -> (HeaderName, HeaderValue) {
    set(&format!(
        "{SESSION}={token}; Path=/; Secure; HttpOnly; SameSite=Strict"
    ))
}

/// Takes the session away.
pub fn no_session() -> (HeaderName, HeaderValue) {
    set(&format!(
        "{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
    ))
}

/// Remembers a choice for a year.
pub fn choice(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    set(&format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={YEAR_SECONDS}"
    ))
}

/// Values are tokens, language tags and ids the server itself made or has checked; anything that
/// cannot stand in a header sets nothing.
fn set(cookie: &str) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(cookie)
        .unwrap_or_else(|_| HeaderValue::from_static("yingbin-none=; Path=/; Max-Age=0"));
    (SET_COOKIE, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_is_found_among_several() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; yingbin-site-x=no"));
        headers.append(
            COOKIE,
            HeaderValue::from_static("yingbin-site=cloud; __Host-yingbin=t-_0"),
        );
        assert_eq!(read(&headers, SITE), Some("cloud"));
        assert_eq!(read(&headers, SESSION), Some("t-_0"));
        assert_eq!(read(&headers, LANGUAGE), None);
    }
}
