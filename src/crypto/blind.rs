//! Blind indexes (P8): a keyed hash finds what only the centre can name. HMAC-SHA256, a word in
//! front keeps the kinds apart.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::chain::hex;
use super::phone::Phone;

/// The key of all blind indexes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct BlindKey([u8; 32]);

impl BlindKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn index(&self, kind: &str, value: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    /// Of a whole number.
    pub fn phone(&self, phone: &Phone) -> String {
        self.index("phone", phone.e164())
    }

    /// Of the last four digits; `None` unless there are exactly four.
    pub fn tail(&self, digits: &str) -> Option<String> {
        (digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| self.index("tail", digits))
    }

    /// Of a name: each of its characters, and each pair that follows one another. Order, doubles and
    /// capitals do not count, nor do spaces and dots.
    pub fn name(&self, name: &str) -> Vec<String> {
        let characters = letters(name);
        let single = characters.iter().map(|c| c.to_string());
        let pairs = characters.windows(2).map(|p| p.iter().collect());
        self.tokens(single.chain(pairs))
    }

    /// What a search for `name` must find: the pairs, or the one character there is. None at all
    /// when nothing is left to look for.
    pub fn name_search(&self, name: &str) -> Vec<String> {
        let characters = letters(name);
        match characters.as_slice() {
            [one] => self.tokens(std::iter::once(one.to_string())),
            more => self.tokens(more.windows(2).map(|p| p.iter().collect())),
        }
    }

    fn tokens(&self, values: impl Iterator<Item = String>) -> Vec<String> {
        let distinct: BTreeSet<String> = values.map(|v| self.index("name", &v)).collect();
        distinct.into_iter().collect()
    }
}

fn letters(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains_all(all: &[String], some: &[String]) -> bool {
        !some.is_empty() && some.iter().all(|t| all.contains(t))
    }

    #[test]
    fn p8_a_name_is_found_by_its_parts_and_by_nothing_else() {
        let key = BlindKey::new([7; 32]);
        let kept = key.name("欧阳 思雨");
        for search in ["欧", "欧阳", "思雨", "欧阳思雨"] {
            assert!(contains_all(&kept, &key.name_search(search)), "{search}");
        }
        for search in ["欧雨", "张", "思雨欧"] {
            assert!(!contains_all(&kept, &key.name_search(search)), "{search}");
        }
        assert!(key.name_search("·  ").is_empty());
        assert_eq!(key.name("Mary Ann"), key.name("MARY·ANN"));
        assert!(!kept.iter().any(|t| t.contains('欧')));
        assert_ne!(BlindKey::new([8; 32]).name("欧阳 思雨"), kept);
    }

    #[test]
    fn p8_phones_and_tails_are_indexed_apart() {
        let key = BlindKey::new([7; 32]);
        let phone = Phone::parse("13800135678").unwrap();
        assert_eq!(
            key.phone(&phone),
            key.phone(&Phone::parse("+8613800135678").unwrap())
        );
        assert_eq!(key.tail("5678"), key.tail(phone.tail()));
        assert_ne!(key.tail("5678"), Some(key.index("phone", "5678")));
        assert_eq!(key.tail("567"), None);
        assert_eq!(key.tail("567a"), None);
    }
}
