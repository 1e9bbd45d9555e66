//! Staff's PINs and the one-time codes they are set with. A PIN has few digits, so its hash alone
//! would not hold: a pepper, kept apart from the database, goes in before argon2id. Slow by
//! intention; never on an async thread.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{password, token};

/// Digits of a PIN.
pub const DIGITS: usize = 6;
/// How long a one-time code is good for, hours.
pub const CODE_HOURS: i64 = 24;

/// Whether this may be a PIN: six digits, not all equal, not counting up or down, not a pair or
/// triple repeated.
pub fn acceptable(pin: &str) -> bool {
    let digits = pin.as_bytes();
    if digits.len() != DIGITS || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let steps: Vec<i16> = digits
        .windows(2)
        .map(|w| (i16::from(w[1]) - i16::from(w[0])).rem_euclid(10))
        .collect();
    let counts = steps.iter().all(|s| *s == steps[0]) && matches!(steps[0], 0 | 1 | 9);
    let repeats = digits[..3] == digits[3..] || digits.chunks(2).all(|c| c == &digits[..2]);
    !counts && !repeats
}

/// The hash to keep, a PHC string.
pub fn hash(pepper: &[u8; 32], staff: &str, pin: &str) -> String {
    password::hash(&peppered(pepper, staff, pin))
}

/// Whether `pin` is the one of `staff` behind `kept`.
pub fn verify(pepper: &[u8; 32], staff: &str, pin: &str, kept: &str) -> bool {
    password::verify(&peppered(pepper, staff, pin), Some(kept))
}

/// Bound to its owner: the same PIN of two people has nothing in common.
fn peppered(pepper: &[u8; 32], staff: &str, pin: &str) -> Zeroizing<String> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(pepper)
        .expect("HMAC takes a key of any length");
    mac.update(staff.as_bytes());
    mac.update(&[0]);
    mac.update(pin.as_bytes());
    Zeroizing::new(STANDARD_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// A new one-time code: eight characters without the ones that look alike, in two groups, so that
/// it can be read out and typed on a phone.
pub fn code() -> String {
    const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut text: String = token::random::<8>()
        .iter()
        .map(|b| char::from(SIGNS[usize::from(b & 31)]))
        .collect();
    text.insert(4, '-');
    text
}

/// A code as it was meant, however it was typed.
fn meant(code: &str) -> Zeroizing<String> {
    let signs = code.chars().filter(char::is_ascii_alphanumeric);
    Zeroizing::new(
        signs
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .take(32)
            .collect(),
    )
}

/// The hash of a one-time code, a PHC string: it travels to the floors, and forty random bits alone
/// could be searched through.
pub fn hash_code(code: &str) -> String {
    password::hash(&meant(code))
}

pub fn verify_code(code: &str, kept: &str) -> bool {
    password::verify(&meant(code), Some(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k7_a_pin_that_anybody_would_try_first_is_refused() {
        for trivial in [
            "000000",
            "999999",
            "123456",
            "012345",
            "654321",
            "890123",
            "098765",
            "121212",
            "123123",
            "12345",
            "1234567",
            "12345a",
            "",
            "１２３４５６",
        ] {
            assert!(!acceptable(trivial), "{trivial}");
        }
        for fine in ["204719", "135790", "112233", "736251"] {
            assert!(acceptable(fine), "{fine}");
        }
    }

    #[test]
    fn p8_a_pin_opens_only_for_its_owner_and_only_with_the_pepper() {
        let pepper = token::random();
        let kept = hash(&pepper, "chen-jing", "204719");
        assert!(kept.starts_with("$argon2id$"));
        assert!(verify(&pepper, "chen-jing", "204719", &kept));
        assert!(!verify(&pepper, "chen-jing", "204718", &kept));
        assert!(!verify(&pepper, "wu-bo", "204719", &kept));
        assert!(!verify(&token::random(), "chen-jing", "204719", &kept));
        assert!(!password::verify("204719", Some(&kept)));
    }

    #[test]
    fn k7_a_code_is_known_however_it_is_typed() {
        let code = code();
        assert_eq!(code.len(), 9);
        let kept = hash_code(&code);
        assert!(verify_code(&code.to_lowercase().replace('-', " "), &kept));
        assert!(!verify_code("0000-0000", &kept));
        assert_eq!(*meant("ol1-i"), "0111");
    }
}
