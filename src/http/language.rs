//! The language a reader wishes for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::core::language::Language;

/// The best of `Accept-Language` that the house speaks: simplified Chinese where nothing fits.
/// Weights count; of any other Chinese, that of Taiwan, Hong Kong and Macau is the traditional one.
pub fn of(headers: &HeaderMap) -> Language {
    let wished = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let mut best = (0.0, Language::default());
    for part in wished.split(',') {
        let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight: f32 = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.trim().parse().ok())
            .unwrap_or(0.0);
        if let Some(language) = known(tag.trim())
            && weight > best.0
        {
            best = (weight, language);
        }
    }
    best.1
}

fn known(tag: &str) -> Option<Language> {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    match parts.next()? {
        "zh" => Some(if parts.any(|p| matches!(p, "tw" | "hk" | "mo" | "hant")) {
            Language::ZhTw
        } else {
            Language::ZhCn
        }),
        "en" => Some(Language::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_the_readers_language_is_the_heaviest_known_one() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, text.parse().unwrap());
            of(&headers)
        };
        assert_eq!(of("en-GB,en;q=0.9"), Language::En);
        assert_eq!(of("fr, zh-Hant-HK;q=0.8, en;q=0.5"), Language::ZhTw);
        assert_eq!(of("en;q=0.1, zh;q=0.2"), Language::ZhCn);
        assert_eq!(of("fr"), Language::ZhCn);
    }
}
