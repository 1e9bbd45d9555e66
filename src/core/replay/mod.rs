//! Days played again: what happened, what would have been under other rules of the house, and a
//! month that never was. All of it runs through the same `decide` as the floor itself.

pub mod case;
pub mod course;
pub mod driver;
pub mod figures;
pub mod foretold;
pub mod history;
pub mod month;

#[cfg(test)]
mod tests;

pub use case::{Case, Decision, Standing};
pub use driver::{Played, play};
pub use figures::{AgentDay, Day, Figures, Receipt};
pub use foretold::{Accuracy, Outcome};
pub use history::History;
pub use month::{Month, simulate};
