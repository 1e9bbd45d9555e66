//! The standing words of the window, in one language.

use yingbin_ui::{KeyWords, KioskWords};

use crate::core::language::Language;
use crate::core::words::say;

/// Builds the struct from the keys named like its fields: a field without a word does not compile.
macro_rules! words {
    ($language:ident, $of:ident: $($field:ident),* $(,)?) => {
        $of { $($field: say($language, concat!("kiosk.", stringify!($field)), &[]).into()),* }
    };
}

pub(super) fn kiosk(language: Language) -> KioskWords {
    words!(language, KioskWords: welcome, welcome_line, start, start_note, connecting, connecting_note, closed, closed_note, step_visit, step_notice, step_name, step_wish, step_ticket, back, next, leave, before_title, before_note, before_no, before_no_note, before_yes, before_yes_note, before_unsure, before_unsure_note, ask_for, before_by_name, wish_for, another, another_yes, another_no, anyone, notice_consents, notice_consents_note, notice_renewed, agree, disagree, personal_closed, age_title, age_note, age_yes, age_no, under_title, under_note, under_adult, under_anonymous, name_title, surname, given_name, title_mr, title_ms, title_none, we_say, phone_title, phone_note, phone_hint, phone_wrong, phone_skip, visit_title, party, party_more, party_less, party_add, drink, drink_none, get_ticket, sending, sending_note, sending_again, trouble_title, retry, ticket_title, your_number, scan, ticket_gone, idle_title, idle_note, idle_stay, idle_seconds)
}

pub(super) fn keys(language: Language) -> KeyWords {
    let word = |key| say(language, key, &[]).into();
    KeyWords {
        space: word("kiosk.key_space"),
        pick: word("kiosk.key_pick"),
        clear: word("kiosk.key_clear"),
        backspace: word("kiosk.key_backspace"),
        shift: word("kiosk.key_shift"),
        switch: word("kiosk.key_pinyin"),
        switch_label: word("kiosk.key_pinyin_label"),
        hint: word("kiosk.key_hint"),
        hint_latin: word("kiosk.key_hint_latin"),
    }
}

/// On the language's own button, and its name as read aloud.
pub(in crate::screens) const fn label(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::ZhCn => ("简", "简体中文"),
        Language::ZhTw => ("繁", "繁體中文"),
        Language::En => ("EN", "English"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_every_standing_word_is_in_the_word_files() {
        for language in Language::ALL {
            let shown = format!("{:?} {:?}", kiosk(language), keys(language));
            assert!(!shown.contains("\"kiosk."), "{shown}");
        }
    }
}
