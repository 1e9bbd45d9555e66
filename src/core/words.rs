//! Words for people, from the translation files in `assets/lang`, compiled in.
//!
//! A key is `section.name`; `{param}` in a text is replaced. A test holds all languages to the same
//! keys and parameters, so a missing word cannot reach a screen.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::language::Language;

macro_rules! sections {
    ($($section:literal),* $(,)?) => {
        [$((
            $section,
            [
                (Language::ZhCn, include_str!(concat!("../../assets/lang/zh-CN/", $section, ".toml"))),
                (Language::ZhTw, include_str!(concat!("../../assets/lang/zh-TW/", $section, ".toml"))),
                (Language::En, include_str!(concat!("../../assets/lang/en/", $section, ".toml"))),
            ],
        )),*]
    };
}

type Texts = BTreeMap<(Language, String), String>;

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut texts = Texts::new();
    for (section, files) in sections![
        "book",
        "console",
        "desk",
        "display",
        "enrol",
        "kiosk",
        "pad",
        "problem",
        "replay",
        "sheet",
        "timeline",
        "ticket",
        "ticket_page",
        "wait"
    ] {
        for (language, file) in files {
            let table: BTreeMap<String, String> = toml::from_str(file)
                .unwrap_or_else(|e| panic!("{section} {}: {e}", language.tag()));
            for (name, text) in table {
                texts.insert((language, format!("{section}.{name}")), text);
            }
        }
    }
    texts
});

/// The text under `key` in `language`, with each `{name}` replaced by its value. An unknown key
/// comes back as itself.
pub fn say(language: Language, key: &str, params: &[(&str, &str)]) -> String {
    let Some(text) = TEXTS.get(&(language, key.to_owned())) else {
        return key.to_owned();
    };
    params.iter().fold(text.clone(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// All texts of some sections, as templates: for pages that say them by themselves.
pub fn section(language: Language, sections: &[&str]) -> BTreeMap<&'static str, &'static str> {
    TEXTS
        .iter()
        .filter(|((l, key), _)| {
            let of = key.split('.').next().unwrap_or_default();
            *l == language && sections.contains(&of)
        })
        .map(|((_, key), text)| (key.as_str(), text.as_str()))
        .collect()
}

/// Whether there is a text under `key`.
pub fn known(key: &str) -> bool {
    TEXTS.contains_key(&(Language::ZhCn, key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn params(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .collect()
    }

    #[test]
    fn every_language_has_the_same_words_with_the_same_parameters() {
        let keys = |language| -> BTreeMap<&str, BTreeSet<&str>> {
            TEXTS
                .iter()
                .filter(|((l, _), _)| *l == language)
                .map(|((_, key), text)| (key.as_str(), params(text)))
                .collect()
        };
        let reference = keys(Language::ZhCn);
        assert!(!reference.is_empty());
        for language in Language::ALL {
            assert_eq!(keys(language), reference, "{}", language.tag());
        }
    }
}
