//! Files for their owner only, where the system knows such a thing; on Windows the folder's
//! inherited rights hold.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file readable by its owner alone, as a whole: after a power cut there is the old one
/// or the new one.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    // A left-over keeps the mode it was made with.
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}
