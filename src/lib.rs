//! Yingbin 迎宾: the front desk of a showroom.
//!
//! The modules are layers: each may use only those named above it in this list.
//! `tests/suite/layers.rs` fails when an import runs the other way.

pub mod core;
pub mod protocol;
pub mod crypto;
pub mod wall_clock;
pub mod config;
pub mod client;
pub mod http;
pub mod store;
pub mod device;
pub mod floor;
pub mod central;
pub mod screens;
pub mod app;
