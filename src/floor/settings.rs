//! What a floor needs to be told before it starts.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::printing::TicketPrinter;
use crate::core::house_rules::HouseRules;
use crate::http::ready::Readiness;

/// The settings of one floor node.
#[derive(Clone)]
pub struct FloorSettings {
    /// Folder of the log and the keys; made when missing.
    pub data: PathBuf,
    /// The desk has a sign while the disk has less room than this, bytes; 0: never.
    pub warn_free: u64,
    /// The line to the centre; without one the floor works with what it last heard.
    pub centre: Option<CentreLine>,
    /// The floor's own address as guests' phones may reach it, e.g. `http://192.168.1.20:7710`.
    /// A ticket's QR names it where the site has no `ticket_base_url`.
    pub public_url: String,
    /// The house's rules where there is no centre; with one, its feed gives them.
    pub rules: Option<HouseRules>,
    /// `None`: tickets are shown and not printed.
    pub printer: Option<Arc<dyn TicketPrinter>>,
    pub clock: Clock,
    /// What `/healthz` waits for.
    pub ready: Readiness,
}

/// Where the centre is and how this floor shows who it is.
#[derive(Clone)]
pub struct CentreLine {
    /// E.g. `https://office.example`.
    pub url: String,
    /// This floor's id at the centre.
    pub floor: String,
    /// This floor's credential, good for it alone.
    pub token: String,
    /// The certificate to trust instead of the public ones, PEM.
    pub root_pem: Option<Vec<u8>>,
    /// How long a check-in waits to hear whose guest a returner is; zero: it does not ask.
    pub recognise_within: Duration,
}

/// As long as a guest at the kiosk does not notice.
pub const RECOGNISE_WITHIN: Duration = Duration::from_millis(crate::config::RECOGNISE_MS);
