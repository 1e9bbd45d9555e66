//! One commented TOML a role, parsed strictly, with overrides from the environment.
//!
//! `load` is handed file and environment; nothing here looks for either by itself.

mod enrolment;
mod error;
mod floor;
mod house_rules;
mod load;
mod parts;
pub mod private;
mod role;
mod screen;
mod secret;
mod server;
#[cfg(test)]
mod tests;

pub use enrolment::{Enrolment, EnrolmentError};
pub use error::{ConfigError, Fault};
pub use floor::{Centre, FloorConfig, PaperWidth, Printer, PrinterKind, RECOGNISE_MS};
pub use house_rules::house_rules;
pub use load::{Config, load};
pub use parts::{Address, Tls, safe_to_listen};
pub use role::{Role, example};
pub use screen::{
    Brand, Chime, Colour, Colours, DeskConfig, DisplayConfig, FloorLine, KioskConfig, Renderer,
};
pub use secret::Secret;
pub use server::ServerConfig;
