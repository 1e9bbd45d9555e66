//! Where a guest is asked to come, in words.

use super::language::Language;
use super::words::say;

/// `3` becomes `3号洽谈桌` or `Table 3`; a place that is not a bare number is said as the staff
/// list has it (`二楼签约室`), and no place stays empty.
pub fn say_place(language: Language, place: &str) -> String {
    let place = place.trim();
    if !place.is_empty() && place.bytes().all(|b| b.is_ascii_digit()) {
        say(language, "display.table", &[("number", place)])
    } else {
        place.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k5_a_place_is_said_in_words() {
        assert_eq!(say_place(Language::ZhCn, "3"), "3号洽谈桌");
        assert_eq!(say_place(Language::En, " 12 "), "Table 12");
        assert_eq!(say_place(Language::En, "签约室"), "签约室");
        assert_eq!(say_place(Language::ZhTw, ""), "");
    }
}
