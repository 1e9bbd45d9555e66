//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::Role;

/// 迎宾 Yingbin: the front desk of a showroom.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// A whole house on this machine, to try: centre, floor, kiosk, display and desk.
    Demo(DemoArgs),
    /// The central server.
    Server(ConfigArgs),
    /// The floor node of a showroom.
    Floor(ConfigArgs),
    /// The touch kiosk (also enrolled with a floor of its own beside it).
    Kiosk(ConfigArgs),
    /// The queue display.
    Display(ConfigArgs),
    /// The receptionist's desk.
    Desk(ConfigArgs),
    /// Print the commented example configuration of a role.
    Config {
        /// kiosk, display, desk, floor, server or house-rules.
        role: Role,
    },
}

#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// The configuration file; `yingbin config ROLE` prints one to start from.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What the demonstration is asked to do.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Folder of everything the demonstration keeps; an existing one is resumed. Without it, a new
    /// temporary one, named at the start.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// No windows. Chosen by itself, and said, where there is no display.
    #[arg(long)]
    pub headless: bool,
    /// Port of the central server; 0 for any.
    #[arg(long, default_value_t = 7700)]
    pub central_port: u16,
    /// Port of the floor; 0 for any.
    #[arg(long, default_value_t = 7710)]
    pub floor_port: u16,
    /// Where tickets are printed: `file`, or a network printer as `tcp://HOST:PORT`.
    #[arg(long, default_value = "file", value_parser = parse_printer)]
    pub printer: DemoPrinter,
    /// So many made-up guests check in through the kiosk's own client and sealing.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub visitors: u32,
    /// Who these guests are; the same seed gives the same guests.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The consultants do nothing by themselves: you press the buttons.
    #[arg(long)]
    pub manual: bool,
    /// Stop when the guests are served and the centre has heard everything; exit code 0 only if
    /// nothing was lost.
    #[arg(long)]
    pub exit_when_done: bool,
    /// Language of display and desk.
    #[arg(long, value_enum, default_value_t = StaffLanguage::Zh)]
    pub language: StaffLanguage,
}

/// Where the demonstration prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemoPrinter {
    File,
    /// `HOST:PORT`.
    Network(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StaffLanguage {
    Zh,
    ZhTw,
    En,
}

fn parse_printer(text: &str) -> Result<DemoPrinter, String> {
    if text == "file" {
        return Ok(DemoPrinter::File);
    }
    let address = text.strip_prefix("tcp://").unwrap_or_default();
    match address.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            Ok(DemoPrinter::Network(address.to_owned()))
        }
        _ => Err("give `file` or `tcp://HOST:PORT`, e.g. tcp://192.168.1.50:9100".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_printer_is_a_file_or_an_address() {
        assert_eq!(parse_printer("file"), Ok(DemoPrinter::File));
        let network = parse_printer("tcp://printer.local:9100");
        assert_eq!(
            network,
            Ok(DemoPrinter::Network("printer.local:9100".into()))
        );
        for wrong in ["", "tcp://", "tcp://host", "host:9100", "tcp://:9100"] {
            assert!(parse_printer(wrong).is_err(), "{wrong}");
        }
    }
}
