//! One TOML a role, parsed strictly.
