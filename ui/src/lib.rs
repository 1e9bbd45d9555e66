//! The screens, generated from the Slint sources beside this crate. Kept apart so that a change of
//! Rust code elsewhere never compiles them again.

slint::include_modules!();
