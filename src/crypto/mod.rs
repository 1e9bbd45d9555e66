//! Thin words over well-kept crates; no cipher of its own.

pub mod blind;
pub mod chain;
pub mod enrolment;
pub mod field;
pub mod keys;
pub mod password;
pub mod phone;
pub mod pin;
pub mod seal;
pub mod sign;
pub mod token;
