//! A printer that leaves each ticket as a file: the paper's bytes, and beside them the picture.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use super::{Outcome, PrinterStatus, Problem};
use crate::device::ticket::DrawnTicket;

/// Writes `FOLDER/<job>.bin` and `FOLDER/<job>.png`.
#[derive(Clone, Debug)]
pub struct FilePrinter {
    folder: PathBuf,
}

impl FilePrinter {
    /// The folder is made when it is missing.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) async fn print(&self, job_name: &str, ticket: &DrawnTicket) -> Outcome {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if job_name.is_empty() || !job_name.chars().all(plain) {
            return Outcome::Failed(Problem::NotWritten);
        }
        let (folder, ticket) = (self.folder.clone(), ticket.clone());
        let name = job_name.to_owned();
        let written = spawn_blocking(move || {
            fs::create_dir_all(&folder)?;
            // The picture first: whoever sees the job finds the picture beside it.
            write(&folder, &format!("{name}.png"), &ticket.png())?;
            write(&folder, &format!("{name}.bin"), &ticket.bytes())
        });
        match written.await {
            Ok(Ok(())) => Outcome::Printed,
            Ok(Err(e)) => {
                tracing::warn!(kind = %e.kind(), "a ticket's file was not written");
                Outcome::Failed(Problem::NotWritten)
            }
            Err(_) => Outcome::Failed(Problem::NotWritten),
        }
    }

    pub(super) async fn status(&self) -> PrinterStatus {
        match tokio::fs::create_dir_all(&self.folder).await {
            Ok(()) => PrinterStatus::Ready,
            Err(_) => PrinterStatus::Trouble(Problem::NotWritten),
        }
    }
}

/// Writes a file that is there whole or not at all, also when the machine loses power.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(".ticket-", folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name)).map_err(|e| e.error)?;
    // The name itself is on disk only once its folder is; only there can a folder be opened.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}
