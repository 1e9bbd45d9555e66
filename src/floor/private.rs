//! Files for their owner only, where the system knows such a thing; on Windows the folder's inherited
//! rights hold.

use std::fs::{File, OpenOptions};
use std::path::Path;

/// A new, empty file; one that is there is emptied.
pub(super) fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
