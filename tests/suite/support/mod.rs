//! What several tests share: made-up people, real servers on port 0, a floor's log as a floor
//! writes it, what the programs log, windows and their pictures, a printer that misbehaves.

pub mod always;
pub mod browser;
pub mod central;
pub mod centre;
pub mod chromium;
pub mod desk_picture;
pub mod fake_printer;
pub mod floor;
pub mod floor_log;
pub mod histories;
pub mod house;
pub mod joining;
pub mod kiosk;
pub mod line;
pub mod log;
pub mod model;
pub mod office;
pub mod pad;
pub mod paper;
pub mod processes;
pub mod screens;
pub mod showroom;
pub mod site;
pub mod snapshot;
pub mod ticket;
pub mod uplink;
