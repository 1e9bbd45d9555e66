//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::Role;
use crate::core::language::Language;
use crate::core::ticket::TicketNumber;

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
    /// The touch kiosk.
    Kiosk(ConfigArgs),
    /// The queue display.
    Display(ConfigArgs),
    /// The receptionist's desk.
    Desk(ConfigArgs),
    /// Days of a floor played again: who received whom, how even it is, under these or other rules.
    Replay(ReplayArgs),
    /// Whether a floor's records are whole and unedited.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// A made-up month through the house's rules: how even, how long people wait.
    Simulate(SimulateArgs),
    /// Enrol a screen at its floor with the one-time code the console shows.
    Enrol(EnrolArgs),
    /// Copy a floor's records to a file, also while it runs.
    Backup(BackupArgs),
    /// Bring a floor's records back; the floor must not run.
    Restore(RestoreArgs),
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

/// Which days are played again, and what is shown of them.
#[derive(Clone, Debug, Args)]
pub struct ReplayArgs {
    /// The floor's configuration file, whose data folder is read.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The floor's data folder, instead of the configuration's.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// First day, YYYY-MM-DD; without it the first there is.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub from: Option<String>,
    /// Last day, YYYY-MM-DD; without it the last there is.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub to: Option<String>,
    /// Other rules of the house: what these days would have been under them.
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// Everything that was decided about this ticket: the state before, the rule, the decision. With
    /// `--from` on that day, else on the last day with such a ticket.
    #[arg(long, value_name = "NUMBER")]
    pub ticket: Option<TicketNumber>,
    /// Writes the picture of it, an SVG.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Checks a day's signed turn sheet, saved as JSON, against this floor's log.
    #[arg(long, value_name = "FILE")]
    pub verify: Option<PathBuf>,
    /// Language of what is shown.
    #[arg(long, value_enum, default_value_t = StaffLanguage::Zh)]
    pub language: StaffLanguage,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Checks the chain of events, the turn book and the signed sheets against each other. A floor
    /// that runs is not disturbed.
    Verify(AuditArgs),
}

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// The floor's configuration file, whose data folder is read.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The floor's data folder, instead of the configuration's.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What an earlier check said at its end: finds a log that was cut short or written anew.
    #[arg(long, value_name = "NUMBER:HASH")]
    pub noted: Option<Noted>,
    /// Language of what is shown.
    #[arg(long, value_enum, default_value_t = StaffLanguage::Zh)]
    pub language: StaffLanguage,
}

/// An event of the log by number (from 1) and hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    pub seq: u64,
    /// Lower-case hex SHA-256.
    pub hash: String,
}

impl std::str::FromStr for Noted {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "it is a number, a colon and 64 hexadecimal digits";
        let (seq, hash) = text.trim().split_once(':').ok_or(wrong)?;
        let seq = seq.parse().ok().filter(|seq| *seq > 0).ok_or(wrong)?;
        let hex = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let hash = hash.to_ascii_lowercase();
        hex.then_some(Self { seq, hash }).ok_or(wrong)
    }
}

/// What kind of a month.
#[derive(Clone, Debug, Args)]
pub struct SimulateArgs {
    /// The same seed gives the same month.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub days: u32,
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub agents: u32,
    /// Parties on a weekday; half as many more at weekends.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub parties: u32,
    /// The rules of the house; without it the defaults.
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// Rules to compare with, over the same month.
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
    /// Writes the picture of it, an SVG.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Language of what is shown.
    #[arg(long, value_enum, default_value_t = StaffLanguage::Zh)]
    pub language: StaffLanguage,
}

fn parse_day(text: &str) -> Result<String, String> {
    let day = text.parse::<jiff::civil::Date>();
    day.map(|d| d.to_string())
        .map_err(|_| format!("`{text}` is not a day such as 2026-11-23"))
}

#[derive(Debug, Args)]
pub struct EnrolArgs {
    /// What the screen is.
    #[arg(value_enum)]
    pub role: ScreenRole,
    /// The screen's configuration; the enrolment is kept beside it.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// E.g. 7K3MD-01ZXW; without it the code is read from the keyboard.
    #[arg(long)]
    pub code: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScreenRole {
    Kiosk,
    Display,
    Desk,
}

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The floor's configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The copy; an older one of this name is replaced once the new one is sound.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The floor's configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The copy made by `yingbin backup`.
    #[arg(long, value_name = "FILE", required_unless_present = "in_place")]
    pub from: Option<PathBuf>,
    /// The records in the data folder are an older copy already, put back by hand.
    #[arg(long, conflicts_with = "from")]
    pub in_place: bool,
    /// Go on at once, without taking back from the centre what the copy lacks: only where the centre
    /// cannot be reached for long.
    #[arg(long)]
    pub alone: bool,
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

impl StaffLanguage {
    /// As the texts know it.
    pub const fn language(self) -> Language {
        match self {
            Self::Zh => Language::ZhCn,
            Self::ZhTw => Language::ZhTw,
            Self::En => Language::En,
        }
    }
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
