//! The languages of the house, and texts that exist in several of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language a guest can choose.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
pub enum Language {
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "zh-TW")]
    ZhTw,
    #[serde(rename = "en")]
    En,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::ZhCn, Self::ZhTw, Self::En];

    /// BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
            Self::En => "en",
        }
    }
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|l| l.tag().eq_ignore_ascii_case(tag))
    }
    pub const fn is_chinese(self) -> bool {
        !matches!(self, Self::En)
    }
}

/// One text in several languages, e.g. `{"zh-CN": "看房", "en": "View homes"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = std::collections::BTreeMap<String, String>)]
pub struct Text(pub BTreeMap<Language, String>);

impl Text {
    pub fn zh_en(zh: &str, en: &str) -> Self {
        Self(BTreeMap::from([
            (Language::ZhCn, zh.to_owned()),
            (Language::En, en.to_owned()),
        ]))
    }
    pub fn and(mut self, language: Language, text: &str) -> Self {
        self.0.insert(language, text.to_owned());
        self
    }
    /// The text in `language`; zh-TW falls back to zh-CN, everything to whatever there is.
    pub fn get(&self, language: Language) -> &str {
        let fallbacks = match language {
            Language::ZhCn => [Language::ZhCn, Language::ZhTw, Language::En],
            Language::ZhTw => [Language::ZhTw, Language::ZhCn, Language::En],
            Language::En => [Language::En, Language::ZhCn, Language::ZhTw],
        };
        fallbacks
            .iter()
            .find_map(|l| self.0.get(l))
            .map_or("", String::as_str)
    }
}
