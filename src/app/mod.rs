//! Composition: what the subcommands of the one program put together.

mod audit;
mod backups;
pub mod cli;
mod demo;
mod replay;
mod enrol;
pub mod joining;
mod roles;
mod windows;

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use cli::{AuditCommand, Cli, Command};

use crate::central::CentralError;
use crate::client::ClientError;
use crate::client::enrol::EnrolError;
use crate::client::membership::{JoinError, NoLine};
use crate::client::office::OfficeError;
use crate::client::own_series::SeriesError;
use crate::config::{self, ConfigError};
use crate::device::ticket::LogoError;
use crate::floor::{BackupError, FloorError};
use crate::screens::OpenError;
use crate::screens::kiosk::ScreenError;

/// Why the program could not start or go on, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error(
        "{address} cannot be used: {source}\n\
         Is another Yingbin running? Choose another port with {option}, or 0 for any."
    )]
    Listen {
        address: SocketAddr,
        option: &'static str,
        source: std::io::Error,
    },
    #[error("{0}")]
    Central(#[from] CentralError),
    #[error("{0}")]
    Floor(#[from] FloorError),
    #[error("{0}")]
    Line(#[from] NoLine),
    #[error("{0}")]
    Join(#[from] JoinError),
    #[error("{0}")]
    Enrol(#[from] EnrolError),
    #[error("{0}")]
    OwnSeries(#[from] SeriesError),
    #[error("{0}")]
    Backup(#[from] BackupError),
    #[error("{0}")]
    Client(#[from] ClientError),
    #[error("setting the office up: {0}")]
    Office(#[from] OfficeError),
    #[error("{0}")]
    Demo(String),
    #[error("{0}")]
    Replay(#[from] replay::ReplayError),
    #[error(transparent)]
    Audit(#[from] audit::AuditError),
    #[error(
        "no window can be opened: {0}\n\
         On Linux an X11 display is needed (DISPLAY), and the libraries named in the README."
    )]
    Window(#[from] slint::PlatformError),
    #[error("{0}")]
    Screen(#[from] OpenError),
    #[error("{0}")]
    Kiosk(#[from] ScreenError),
    #[error("printer.logo: {0}")]
    Logo(#[from] LogoError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Runs the program to its end.
pub fn run(cli: Cli) -> ExitCode {
    if let Command::Config { role } = cli.command {
        let _ = std::io::stdout().write_all(config::example(role).as_bytes());
        return ExitCode::SUCCESS;
    }
    log();
    let done = match cli.command {
        Command::Config { .. } => Ok(ExitCode::SUCCESS),
        Command::Demo(args) => demo::run(args),
        Command::Server(args) => roles::server(args).map(|()| ExitCode::SUCCESS),
        Command::Enrol(args) => enrol::run(args).map(|()| ExitCode::SUCCESS),
        Command::Floor(args) => roles::floor(args).map(|()| ExitCode::SUCCESS),
        Command::Backup(args) => backups::backup(args).map(|()| ExitCode::SUCCESS),
        Command::Restore(args) => backups::restore(args).map(|()| ExitCode::SUCCESS),
        Command::Kiosk(args) => roles::kiosk(args).map(|()| ExitCode::SUCCESS),
        Command::Display(args) => roles::display(args).map(|()| ExitCode::SUCCESS),
        Command::Desk(args) => roles::desk(args).map(|()| ExitCode::SUCCESS),
        Command::Audit(AuditCommand::Verify(args)) => {
            audit::verify(&args).map(|()| ExitCode::SUCCESS)
        }
        Command::Replay(args) => replay::replay(&args).map(|()| ExitCode::SUCCESS),
        Command::Simulate(args) => replay::simulate(&args).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("yingbin: {error}");
        ExitCode::FAILURE
    })
}

/// Logs to standard error; `RUST_LOG` chooses how much. Nothing logged holds personal data.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,yingbin=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// The runtime of everything but the windows, which need the main thread for themselves.
fn runtime() -> Result<tokio::runtime::Runtime, AppError> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Ready when the operating system asks the program to stop.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
