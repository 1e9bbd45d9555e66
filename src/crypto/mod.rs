//! Thin words over well-kept crates; no cipher of its own.

pub mod chain;
pub mod seal;
pub mod token;
