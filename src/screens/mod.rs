//! The windows: each connects a view model of `core` to its Slint components. Callback to message,
//! view to properties; no rules here.

mod browser;
pub mod desk;
pub mod display;
pub mod enrol;
pub mod kiosk;
mod rows;

use crate::wall_clock::now;

/// Why a window could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("there is no screen to open a window on: {0}")]
    NoScreen(#[from] slint::PlatformError),
    #[error("the window's event loop does not take tasks: {0}")]
    EventLoop(#[from] slint::EventLoopError),
}
