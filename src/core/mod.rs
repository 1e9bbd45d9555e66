//! The rules, pure: no IO, no clock, no randomness, no unordered iteration.

pub mod booking;
pub mod chore;
pub mod clock;
pub mod consent;
pub mod desk;
pub mod display;
pub mod enrol;
pub mod floor;
pub mod foretold;
pub mod guest_name;
pub mod house_rules;
pub mod id;
pub mod ime;
pub mod kiosk;
pub mod language;
pub mod place;
pub mod replay;
pub mod reception;
pub mod rota;
pub mod site;
pub mod ticket;
pub mod time;
pub mod turn_book;
pub mod visit;
pub mod words;
