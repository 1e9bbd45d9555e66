//! What staff see without a reveal (S2.4.1).

use super::record::Person;
use crate::crypto::phone::Phone;

/// 李**: the surname, and always two stars, so that the length tells nothing. Of a name in letters
/// only the first.
pub fn name(person: &Person) -> String {
    let surname = person.surname.trim();
    let shown: String = if surname.chars().all(|c| c.is_alphabetic() && !c.is_ascii())
        && surname.chars().count() <= 2
    {
        surname.to_owned()
    } else {
        surname.chars().take(1).collect()
    };
    format!("{shown}**")
}

/// 138****5678; of what is no valid number only stars.
pub fn phone(kept: &str) -> String {
    Phone::parse(kept).map_or_else(|| "****".to_owned(), |p| p.masked())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::profile::Title;

    #[test]
    fn s2_4_1_names_and_phones_are_masked() {
        let person = |surname: &str| Person {
            surname: surname.to_owned(),
            given_name: Some("思雨".to_owned()),
            title: Title::Ms,
        };
        assert_eq!(name(&person("李")), "李**");
        assert_eq!(name(&person("欧阳")), "欧阳**");
        assert_eq!(name(&person("Miller")), "M**");
        assert_eq!(name(&person("欧阳思雨")), "欧**");
        assert_eq!(phone("+8613800135678"), "138****5678");
        assert_eq!(phone("ring the bell"), "****");
    }
}
