//! `yingbin backup` and `yingbin restore`.

use super::AppError;
use super::cli::{BackupArgs, RestoreArgs};
use crate::config::{self, FloorConfig};
use crate::floor::{self, Source, Standing};

pub fn backup(args: BackupArgs) -> Result<(), AppError> {
    let config: FloorConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let standing = floor::backup(&config.data, &args.to)?;
    println!("backup: {}, {}", args.to.display(), through(&standing));
    Ok(())
}

pub fn restore(args: RestoreArgs) -> Result<(), AppError> {
    let config: FloorConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let source = match &args.from {
        Some(from) => Source::File(from),
        None => Source::InPlace,
    };
    let standing = floor::restore(&config.data, &source, args.alone)?;
    println!(
        "restored: {}, {}",
        config.data.display(),
        through(&standing)
    );
    if let Some(kept) = &standing.kept {
        println!("kept: what was there before is in {}", kept.display());
    }
    let next = match (&config.centre, args.alone) {
        (Some(_), false) => {
            "start the floor: it takes back from the centre what this copy lacks, and only then \
             gives numbers"
        }
        _ => "start the floor: it gives numbers at once, far behind every one it knows of",
    };
    println!("next: {next}");
    Ok(())
}

fn through(standing: &Standing) -> String {
    match standing.seq {
        0 => "nothing has happened in it".to_owned(),
        seq => format!("through event {seq} of {}", standing.at),
    }
}
