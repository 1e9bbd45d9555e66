//! The house's rules as a file of their own, in the office's words.

use std::path::Path;

use crate::core::house_rules::HouseRules;

use super::error::Fault;
use super::load::Config;
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
