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
