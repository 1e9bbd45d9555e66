//! What every page of the console has around its own matter.

use super::assets;
use super::words::Words;
use crate::core::language::Language;

/// The frame of a page: words, where the reader is, who they are, what just happened.
pub struct Frame {
    pub t: Words,
    /// The page's own address: marks the place in the menu and is where a change of language leads.
    pub here: String,
    /// Nobody on the pages before sign-in.
    pub user: Option<String>,
    /// The showrooms to choose from.
    pub sites: Vec<Choice>,
    /// Good news (a translated sentence).
    pub done: Option<String>,
    /// Bad news (a translated sentence).
    pub trouble: Option<String>,
}

/// One of several things, of which one is chosen.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// An entry of the menu. `icon`: the path of a 24 × 24 line drawing.
pub struct Entry {
    pub href: &'static str,
    pub label: String,
    pub current: bool,
    pub icon: &'static str,
}

const MENU: [(&str, &str, &str); 8] = [
    ("/", "today", "M4 20V9l8-5 8 5v11M9 20v-6h6v6M2 20h20"),
    (
        "/customers",
        "customers",
        "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M16 4a4 4 0 0 1 0 7M18 14.500a6 6 0 0 1 4 5.500v1",
    ),
    (
        "/bookings",
        "bookings",
        "M4 5h16v16H4zM4 10h16M8 3v4M16 3v4M9 15l2 2 4-4",
    ),
    (
        "/site",
        "site",
        "M3 21h18M5 21V4h9v17M14 9h5v12M8 8h3M8 12h3M8 16h3",
    ),
    (
        "/notice",
        "notice",
        "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
    ),
    (
        "/staff",
        "staff",
        "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
    ),
    ("/devices", "devices", "M6 3h12v15H6zM10 21h4M12 18v3"),
    (
        "/floors",
        "floors",
        "M4 5h16v5H4zM4 14h16v5H4zM8 7.500h.01M8 16.500h.01",
    ),
];

impl Frame {
    pub fn menu(&self) -> Vec<Entry> {
        MENU.iter()
            .map(|&(href, name, icon)| Entry {
                href,
                label: self.t.w(&format!("menu_{name}")),
                current: match href {
                    "/" => self.here == "/",
                    _ => self.here.starts_with(href),
                },
                icon,
            })
            .collect()
    }

    /// The languages with their own names.
    pub fn languages(&self) -> Vec<Choice> {
        Language::ALL
            .into_iter()
            .map(|l| Choice {
                value: l.tag().to_owned(),
                label: match l {
                    Language::ZhCn => "简",
                    Language::ZhTw => "繁",
                    Language::En => "EN",
                }
                .to_owned(),
                chosen: l == self.t.language,
            })
            .collect()
    }

    /// The address of a file that belongs to the pages.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
}
