//! Printers and the announcer, at the edge of the house.

pub mod announcer;
pub mod printer;
pub mod ticket;
