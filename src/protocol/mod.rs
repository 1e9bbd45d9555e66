//! What travels between the programs: requests, answers, events. No logic.

pub mod agent;
pub mod board;
pub mod booking;
pub mod central;
pub mod check_in;
pub mod desk;
pub mod enrol;
pub mod feed;
pub mod ingest;
pub mod kiosk;
pub mod pad;
pub mod problem;
pub mod profile;
pub mod recognition;
pub mod site;
pub mod steer;
pub mod staff;
pub mod turn_book;
pub mod visit;
