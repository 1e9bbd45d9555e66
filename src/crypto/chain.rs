//! The hash chain of a floor's log: each event names the hash of the one before, so that a fork or
//! an edit shows at the next delivery.

use sha2::{Digest, Sha256};

use crate::protocol::ingest::Envelope;

/// `prev` of the very first event.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Lower-case hex SHA-256 of bytes.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        })
}

/// Hash of one event: over its fields, each on a line of its own, the body to the letter last.
/// No field but the body can hold a line break.
pub fn hash(event: &Envelope) -> String {
    let mut sha = Sha256::new();
    sha.update(format!(
        "{}\n{}\n{}\n{}\n{}\n{}\n",
        event.seq, event.id, event.prev, event.at, event.actor, event.v
    ));
    sha.update(event.body.get());
    hex(&sha.finalize())
}
