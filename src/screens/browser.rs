//! Opens a page in the machine's own browser. What each system has for that is named here alone.

use std::path::Path;
use std::process::{Command, Stdio};

/// # Errors
/// When the system has nothing to open it with.
pub(super) fn open(page: &Path) -> std::io::Result<()> {
    let mut command = if cfg!(target_os = "windows") {
        Command::new("explorer")
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    };
    command
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}
