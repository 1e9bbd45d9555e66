//! How a guest is addressed (称谓): made from what the guest chose, the same on every screen.

use serde::{Deserialize, Serialize};

use super::language::Language;
use super::words::say;

/// The title by which a guest wishes to be addressed (称谓).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Title {
    Mr,
    Ms,
    #[default]
    None,
}

/// What staff call out: 李女士, 李贵宾 (no title chosen), “Ms Li”. The given name never appears (P6).
pub fn address_form(language: Language, surname: &str, title: Title) -> String {
    let surname = surname.trim();
    // Between a Latin name and a Chinese title stands a space.
    let spaced;
    let surname = if language.is_chinese() && surname.ends_with(|c: char| c.is_ascii()) {
        spaced = format!("{surname} ");
        &spaced
    } else {
        surname
    };
    let key = match title {
        Title::Mr => "kiosk.address_mr",
        Title::Ms => "kiosk.address_ms",
        Title::None => "kiosk.address_none",
    };
    say(language, key, &[("surname", surname)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_the_address_form_follows_language_and_title() {
        use Language::*;
        for (language, surname, title, want) in [
            (ZhCn, "李", Title::Ms, "李女士"),
            (ZhCn, "欧阳", Title::Mr, "欧阳先生"),
            (ZhCn, "李", Title::None, "李贵宾"),
            (ZhTw, "李", Title::None, "李貴賓"),
            (ZhCn, "Smith", Title::Mr, "Smith 先生"),
            (En, "Li", Title::Ms, "Ms Li"),
            (En, "Li", Title::None, "Guest Li"),
        ] {
            assert_eq!(address_form(language, surname, title), want);
        }
    }
}
