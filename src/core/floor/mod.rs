//! The floor as one state machine: a command is decided into events, events evolve the state.
//!
//! `evolve` never decides: everything it needs stands in the event, so that a replay on any
//! machine and under any later rules gives the same state and the same turn book.

mod attendance;
pub mod command;
pub mod day;
mod decide;
pub mod devices;
pub mod event;
mod evolve;
mod guests;
mod kiosk_series;
mod manager;
mod own;
mod party;
mod places;
mod queue;
mod reckoning;
pub mod rest;
mod standing;
pub mod state;
mod steps;
mod turns;
pub mod undo;
pub mod wait;

#[cfg(test)]
mod tests;

pub use command::{Attendance, Command, Deed, ManagersOrder, Refusal, Step};
pub use decide::Decision;
pub use event::{Event, Stamped};
pub use guests::PHONE_CALL;
pub use queue::InLine;
pub use standing::{Before, ByTurn, Standing};
pub use state::State;
pub use wait::RANGE_HOLDS_PERCENT;
