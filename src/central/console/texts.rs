//! Fields for a text in every language of the house.

use crate::core::language::{Language, Text};

/// One input of a text: its name in the form, its language, what stands in it.
pub struct TextField {
    pub name: String,
    pub tag: &'static str,
    pub label: &'static str,
    pub value: String,
}

/// A language's own name.
pub const fn own_name(language: Language) -> &'static str {
    match language {
        Language::ZhCn => "简体中文",
        Language::ZhTw => "繁體中文",
        Language::En => "English",
    }
}

/// The inputs of `text`, named `prefix` + language tag; an absent language stays blank, so that a
/// fallback is never saved as if somebody had written it.
pub fn fields(prefix: &str, text: &Text) -> Vec<TextField> {
    Language::ALL
        .into_iter()
        .map(|l| TextField {
            name: format!("{prefix}{}", l.tag()),
            tag: l.tag(),
            label: own_name(l),
            value: text.0.get(&l).cloned().unwrap_or_default(),
        })
        .collect()
}
