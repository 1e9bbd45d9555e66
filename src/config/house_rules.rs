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
        for (key, value) in [
            ("accept_seconds", self.accept_seconds),
            ("usual_service_minutes", self.usual_service_minutes),
        ] {
            if value == 0 {
                return Err(Fault::new(key, "0 leaves no time", "give at least 1"));
            }
        }
        Ok(())
    }
}
