//! Passwords: argon2id with its recommended cost. Slow by intention; never on an async thread.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Fewest characters of a password.
pub const SHORTEST: usize = 10;
/// Most bytes of a password: more would only cost time.
pub const LONGEST_BYTES: usize = 1024;

/// Whether a password may be chosen: long enough, not absurdly long, not the user's own name.
pub fn acceptable(user: &str, password: &str) -> bool {
    password.chars().count() >= SHORTEST
        && password.len() <= LONGEST_BYTES
        && !password.eq_ignore_ascii_case(user)
}

/// The hash to keep, as a PHC string with its own random salt.
pub fn hash(password: &str) -> String {
    Argon2::default()
        .hash_password(password.as_bytes())
        .expect("default costs and a random salt are always accepted")
        .to_string()
}

/// Of nobody's password; checked where there is no account, so that an unknown name takes as long
/// as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody's password"));

/// Whether `password` is the one behind `kept`; without one the answer is no, after the same time.
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    let known = kept.is_some();
    let Ok(parsed) = PasswordHash::new(kept.unwrap_or(&NOBODY)) else {
        return false;
    };
    let right = Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    known && right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_2_only_the_right_password_of_a_known_account_passes() {
        let kept = hash("a long password");
        assert!(kept.starts_with("$argon2id$"));
        assert!(verify("a long password", Some(&kept)));
        assert!(!verify("a long passwore", Some(&kept)));
        assert!(!verify("nobody's password", None));
        assert!(!verify("x", Some("not a hash")));
        assert!(acceptable("admin", "十个字的密码也可以的呀"));
        assert!(!acceptable("admin", "123456789"));
        assert!(!acceptable("administrator", "Administrator"));
    }
}
