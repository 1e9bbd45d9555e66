//! Bearer tokens: random, shown once, kept only as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::chain::sha256_hex;

/// A new token of 128 random bits for a ticket page: short, for a small QR.
pub fn ticket_token() -> String {
    URL_SAFE_NO_PAD.encode(random::<16>())
}

/// A new token of 256 random bits for a device, a floor or a session.
pub fn secret_token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// Ten characters without the ones that look alike (Crockford's base 32), in two groups: fifty
/// random bits that can be read out and typed.
pub fn spoken() -> String {
    const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut text: String = random::<10>()
        .iter()
        .map(|b| char::from(SIGNS[usize::from(b & 31)]))
        .collect();
    text.insert(5, '-');
    text
}

/// Whether this is written as [`spoken`] writes.
pub fn is_spoken(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_digit() || (b.is_ascii_uppercase() && !b"ILOU".contains(&b));
    let mut bytes = text.bytes().enumerate();
    text.len() == 11 && bytes.all(|(at, b)| if at == 5 { b == b'-' } else { sign(b) })
}

/// Whether this is written as [`ticket_token`] writes.
pub fn is_ticket_token(text: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(text)
        .is_ok_and(|bytes| bytes.len() == 16)
}

/// What is kept of a token. A plain hash suffices: the token itself cannot be guessed.
pub fn hash(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

/// Bytes from the operating system.
///
/// # Panics
/// When the system has no randomness to give: nothing could be done safely then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
