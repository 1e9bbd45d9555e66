//! What is wrong with a configuration, said so that it can be put right without looking elsewhere.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::role::{Role, example_line};

/// Why a role cannot start with its configuration. Secrets are never repeated in it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "{}: cannot be read ({why})\n  remedy 办法: make one with `yingbin config {role} > {}`",
        file.display(), file.display()
    )]
    Unreadable {
        file: PathBuf,
        role: Role,
        why: io::ErrorKind,
    },
    /// The line itself is not shown: it may hold a token.
    #[error(
        "{}, line {line}: not TOML: {what}\n  remedy 办法: compare with `yingbin config {role}`",
        file.display()
    )]
    Syntax {
        file: PathBuf,
        role: Role,
        line: usize,
        what: String,
    },
    #[error("{0}")]
    Key(Box<KeyError>),
}

/// One key with a value that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The file, or the environment variable where the value is from there.
    pub place: String,
    /// With its table: `printer.kind`.
    pub key: String,
    pub what: String,
    pub remedy: String,
    /// A line that would do, where the role's example has one.
    pub example: Option<&'static str>,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            key,
            what,
            remedy,
            example,
        } = self;
        write!(f, "{place}: `{key}`: {what}")?;
        if let Some(example) = example {
            write!(f, "\n  example 例: {example}")?;
        }
        write!(f, "\n  remedy 办法: {remedy}")
    }
}

/// A finding of a role's own check, before it is known where the value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub key: String,
    pub what: String,
    pub remedy: String,
}

impl Fault {
    pub fn new(key: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn at(self, place: String, role: Role) -> ConfigError {
        ConfigError::Key(Box::new(KeyError {
            place,
            example: example_line(role, &self.key),
            key: self.key,
            what: self.what,
            remedy: self.remedy,
        }))
    }
}
