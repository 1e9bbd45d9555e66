//! The floor as one state machine: a command is decided into events, events evolve the state.
//!
//! `evolve` never decides: everything it needs stands in the event, so that a replay on any
//! machine and under any later rules gives the same state and the same turn book.

pub mod command;
pub mod event;
pub mod state;

pub use command::{Command, Refusal};
pub use event::{Event, Stamped};
pub use state::State;
