//! The floor node (现场主机): the engine that decides, its log, and what it serves to the showroom.

mod api;
mod ask;
mod calendar;
mod centre;
mod check_in;
mod clock;
mod engine;
mod feed;
mod grants;
mod keys;
mod lights;
mod live;
mod log;
mod memory;
mod outbox;
mod press;
mod printing;
mod serve;
mod settings;
mod views;

pub use clock::Clock;
pub use log::{LogError, recorded};
pub use press::TicketPress;
pub use printing::{PrintOrder, Printed, TicketPrinter};
pub use serve::{FloorError, serve};
pub use settings::{CentreLine, FloorSettings};
