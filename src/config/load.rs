//! File and environment to a checked configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::error::{ConfigError, Fault};
use super::role::Role;

/// A role's configuration. Its `Default` is what its example says.
pub trait Config: Default + DeserializeOwned {
    const ROLE: Role;

    /// Counts relative paths from `folder`, and reads what stands in files of its own.
    ///
    /// # Errors
    /// The key whose file cannot be read.
    fn resolve(&mut self, folder: &Path) -> Result<(), Fault>;

    /// What no single key can tell: keys that need or exclude each other, and what is unsafe.
    ///
    /// # Errors
    /// The first finding.
    fn check(&self) -> Result<(), Fault>;
}

/// Reads, resolves and checks a role's configuration.
///
/// `file`: without one the defaults count, and relative paths are left as they are. `environment`:
/// names and values, as `std::env::vars` gives them; those beginning `YINGBIN_<ROLE>_` override the
/// file, tables and keys joined by two underscores.
///
/// # Errors
/// The first thing wrong: an unreadable file, a key unknown or of a wrong kind, a failed check.
pub fn load<C: Config>(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<C, ConfigError> {
    let role = C::ROLE;
    let table = file.map_or(Ok(Table::new()), |file| read(file, role))?;
    let overrides = overrides(role, environment);
    // A variable may also have made the table that nobody knows.
    let origin = |key: &str| {
        let inside = || {
            let mut all = overrides.iter();
            all.find(|(k, _)| k.strip_prefix(key).is_some_and(|r| r.starts_with('.')))
        };
        overrides.get(key).or_else(|| inside().map(|(_, o)| o))
    };
    let place = |key: &str| match (origin(key), file) {
        (Some(o), _) => format!("environment variable {}", o.variable),
        (None, Some(file)) => file.display().to_string(),
        (None, None) => format!("the {role}'s configuration"),
    };
    let wrong = |fault: Fault| {
        let place = place(&fault.key);
        fault.at(place, role)
    };

    let mut config: C = deserialize(table, &overrides).map_err(wrong)?;
    let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
    config.resolve(folder).map_err(wrong)?;
    config.check().map_err(wrong)?;
    Ok(config)
}

fn read(file: &Path, role: Role) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|e| ConfigError::Unreadable {
        file: file.to_owned(),
        role,
        why: e.kind(),
    })?;
    text.parse().map_err(|e: toml::de::Error| {
        let before = &text.as_bytes()[..e.span().map_or(0, |s| s.start.min(text.len()))];
        ConfigError::Syntax {
            file: file.to_owned(),
            role,
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            what: e.message().to_owned(),
        }
    })
}

struct Override {
    variable: String,
    text: String,
}

/// By key with its tables, joined by dots.
fn overrides(
    role: Role,
    environment: impl IntoIterator<Item = (String, String)>,
) -> BTreeMap<String, Override> {
    let prefix = role.variable_prefix();
    environment
        .into_iter()
        .filter_map(|(variable, text)| {
            let key = variable.strip_prefix(&prefix)?;
            let key = key.to_lowercase().replace("__", ".");
            Some((key, Override { variable, text }))
        })
        .collect()
}

/// An override is taken as text first; where its key wants a number, a yes or no or a list, as that.
fn deserialize<C: Config>(
    table: Table,
    overrides: &BTreeMap<String, Override>,
) -> Result<C, Fault> {
    let mut as_value = BTreeSet::new();
    loop {
        let mut merged = table.clone();
        for (key, o) in overrides {
            let value = if as_value.contains(key) {
                literal(&o.text)
            } else {
                None
            };
            set(
                &mut merged,
                key,
                value.unwrap_or_else(|| Value::String(o.text.clone())),
            )?;
        }
        let error = match serde_path_to_error::deserialize::<_, C>(Value::Table(merged)) {
            Ok(config) => return Ok(config),
            Err(error) => error,
        };
        let key = error.path().to_string();
        let retry = overrides
            .get(&key)
            .is_some_and(|o| literal(&o.text).is_some());
        if retry && as_value.insert(key.clone()) {
            continue;
        }
        return Err(fault::<C>(key, error.inner().message()));
    }
}

/// `58`, `true`, `["aplay"]`, but not text without quotes.
fn literal(text: &str) -> Option<Value> {
    format!("value = {text}")
        .parse::<Table>()
        .ok()
        .filter(|t| t.len() == 1)?
        .remove("value")
}

fn set(table: &mut Table, key: &str, value: Value) -> Result<(), Fault> {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
            Ok(())
        }
        Some((first, rest)) => {
            let inner = table
                .entry(first)
                .or_insert_with(|| Value::Table(Table::new()));
            match inner {
                Value::Table(inner) => set(inner, rest, value),
                _ => Err(Fault::new(
                    first,
                    "is no table, but a variable wants to set a key in it",
                    "take the variable or the value away",
                )),
            }
        }
    }
}

fn fault<C: Config>(path: String, message: &str) -> Fault {
    // A key that is not known, or not there, is named in the message alone; the path ends at its table.
    let named = ["unknown field `", "missing field `"]
        .iter()
        .find_map(|start| message.strip_prefix(start)?.split_once('`'))
        .map(|(name, _)| name);
    let key = match (path.as_str(), named) {
        (".", Some(name)) => name.to_owned(),
        (_, Some(name)) if path.rsplit('.').next() != Some(name) => format!("{path}.{name}"),
        _ => path,
    };
    Fault {
        key,
        what: message.trim_end().to_owned(),
        remedy: format!("compare with `yingbin config {}`", C::ROLE),
    }
}
