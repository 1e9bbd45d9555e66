//! The house's rules as a file of their own, in the office's words.

use std::path::Path;

use crate::core::house_rules::HouseRules;

use super::error::{ConfigError, Fault};
use super::load::{Config, load};
use super::role::Role;

impl Config for HouseRules {
    const ROLE: Role = Role::HouseRules;

    fn resolve(&mut self, _folder: &Path) -> Result<(), Fault> {
        Ok(())
    }

    fn check(&self) -> Result<(), Fault> {
        HouseRules::check(self).map_err(|(key, what, remedy)| Fault::new(key, what, remedy))
    }
}

/// The house's rules as a floor is configured with them: a file, variables of the environment, or
/// both; `None`: neither, so that what the centre or the floor's own log says is in force.
///
/// # Errors
/// As [`load`].
pub fn house_rules(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Option<HouseRules>, ConfigError> {
    let prefix = Role::HouseRules.variable_prefix();
    let own: Vec<_> = environment
        .into_iter()
        .filter(|(variable, _)| variable.starts_with(&prefix))
        .collect();
    if file.is_none() && own.is_empty() {
        return Ok(None);
    }
    load(file, own).map(Some)
}
