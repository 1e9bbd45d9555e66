//! `yingbin`, one program for every role; see [`yingbin::app`].

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    yingbin::app::run(yingbin::app::cli::Cli::parse())
}
