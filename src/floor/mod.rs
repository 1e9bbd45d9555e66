//! The floor node (现场主机): the engine that decides, its log, and what it serves to the showroom.

mod api;
mod ask;
mod calendar;
mod centre;
mod certificate;
mod check_in;
mod clock;
mod engine;
mod enrolment;
mod feed;
mod grants;
mod keys;
mod kiosks;
mod lights;
mod live;
mod log;
mod memory;
mod outbox;
mod pad_view;
mod pads;
mod press;
mod printing;
mod serve;
mod settings;
mod staff;
mod taps;
mod views;

pub use certificate::own_certificate;
pub use clock::Clock;
pub use log::{LogError, recorded};
pub use press::TicketPress;
pub use printing::{PrintOrder, Printed, TicketPrinter};
pub use serve::{FloorError, serve};
pub use settings::{CentreLine, FloorSettings};
