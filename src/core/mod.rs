//! The rules, pure: no IO, no clock, no randomness, no unordered iteration.

pub mod consent;
pub mod floor;
pub mod house_rules;
pub mod id;
pub mod ime;
pub mod language;
pub mod rota;
pub mod site;
pub mod ticket;
pub mod time;
pub mod turn_book;
pub mod visit;
pub mod words;
