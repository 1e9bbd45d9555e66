//! A value that must not be seen.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::error::Fault;

/// A token. Shown nowhere by itself, wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }
    /// For the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Serde's own words would repeat the value.
        String::deserialize(deserializer)
            .map(|text| Self::new(&Zeroizing::new(text)))
            .map_err(|_| serde::de::Error::custom("must be text in quotes"))
    }
}

/// Fills `token` from `token_file`, already resolved. `key`: that of the token, `token` or `centre.token`.
pub(super) fn read_token(
    token: &mut Option<Secret>,
    token_file: Option<&Path>,
    key: &str,
) -> Result<(), Fault> {
    let Some(file) = token_file else {
        return Ok(());
    };
    let file_key = format!("{key}_file");
    if token.is_some() {
        return Err(Fault::new(
            &file_key,
            format!("stands beside `{key}`; one of them is enough"),
            format!("take `{key}` away"),
        ));
    }
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let text = text.map_err(|e| {
        let what = format!("{} cannot be read ({})", file.display(), e.kind());
        Fault::new(
            &file_key,
            what,
            "put the token, and nothing else, in that file",
        )
    })?;
    *token = Some(Secret::new(&text));
    Ok(())
}

/// # Errors
/// When there is no usable token.
pub(super) fn check_token(token: Option<&Secret>, key: &str) -> Result<(), Fault> {
    let remedy = "set this device up in the console; it shows the token once";
    match token.map(Secret::expose) {
        None => Err(Fault::new(key, "is missing", remedy)),
        Some(text) if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) => {
            Err(Fault::new(key, "is not a token", remedy))
        }
        Some(_) => Ok(()),
    }
}
