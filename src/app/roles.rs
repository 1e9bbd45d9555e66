//! One subcommand a role: configuration in, a running server or window out.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use super::cli::ConfigArgs;
use super::windows::Pin;
use super::{AppError, asked_to_stop, runtime, windows};
use crate::central::{self, CentralSettings};
use crate::client::FloorClient;
use crate::config::{
    self, DeskConfig, DisplayConfig, FloorConfig, FloorLine, KioskConfig, ServerConfig, Tls,
};
use crate::core::house_rules::HouseRules;
use crate::floor::{self, CentreLine, FloorSettings, TicketPress};
use crate::http::ready::Readiness;
use crate::http::serve::{self, ServeError, Transport};

/// `yingbin server`.
pub fn server(args: ConfigArgs) -> Result<(), AppError> {
    let config: ServerConfig = config::load(args.config.as_deref(), std::env::vars())?;
    runtime()?.block_on(async {
        let (listener, own_url) = listen(config.listen, config.tls.as_ref())?;
        let settings = CentralSettings {
            data: config.data,
            public_url: config
                .public_url
                .map_or(own_url.clone(), |a| a.as_str().to_owned()),
            clock: central::Clock::system(),
            ready: Readiness::at_once(),
        };
        let office = central::open(settings).await?;
        println!("centre: {own_url}");
        if let Some(link) = office.setup_link() {
            println!("first start, make the administrator's account here (works once): {link}");
        }
        let transport = transport(config.tls.as_ref(), config.insecure)?;
        Ok(office.serve(listener, transport, asked_to_stop()).await?)
    })
}

/// `yingbin floor`.
pub fn floor(args: ConfigArgs) -> Result<(), AppError> {
    let config: FloorConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let rules: Option<HouseRules> = match &config.house_rules {
        Some(file) => Some(config::load(Some(file), std::env::vars())?),
        None => None,
    };
    runtime()?.block_on(async {
        let (listener, own_url) = listen(config.listen, config.tls.as_ref())?;
        let public_url = config
            .public_url
            .as_ref()
            .map_or(own_url.clone(), |a| a.as_str().to_owned());
        let centre = config.centre.as_ref().map(centre_line).transpose()?;
        let settings = FloorSettings {
            centre,
            data: config.data.clone(),
            public_url,
            rules,
            printer: TicketPress::from_config(&config.printer)?.map(|press| Arc::new(press) as _),
            clock: floor::Clock::System,
            ready: Readiness::at_once(),
        };
        println!("floor: {own_url}");
        let transport = transport(config.tls.as_ref(), config.insecure)?;
        Ok(floor::serve(settings, listener, transport, asked_to_stop()).await?)
    })
}

fn centre_line(centre: &config::Centre) -> Result<CentreLine, AppError> {
    Ok(CentreLine {
        url: centre.url.as_str().to_owned(),
        floor: centre.floor.clone(),
        token: centre
            .token
            .as_ref()
            .map(|t| t.expose().to_owned())
            .unwrap_or_default(),
        root_pem: centre
            .root_certificate
            .as_deref()
            .map(fs::read)
            .transpose()?,
    })
}

/// `yingbin kiosk`.
pub fn kiosk(args: ConfigArgs) -> Result<(), AppError> {
    let config: KioskConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let client = client(config.floor_line())?;
    let runtime = runtime()?;
    windows::choose_renderer(config.renderer)?;
    let _kiosk = windows::kiosk(
        &config,
        client,
        Pin::beside(args.config.as_deref()),
        runtime.handle(),
    )?;
    windows::run()
}

/// `yingbin display`.
pub fn display(args: ConfigArgs) -> Result<(), AppError> {
    let config: DisplayConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let client = client(config.floor_line())?;
    let runtime = runtime()?;
    windows::choose_renderer(config.renderer)?;
    let _display = windows::display(&config, client, runtime.handle())?;
    windows::run()
}

/// `yingbin desk`.
pub fn desk(args: ConfigArgs) -> Result<(), AppError> {
    let config: DeskConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let client = client(config.floor_line())?;
    let runtime = runtime()?;
    windows::choose_renderer(config.renderer)?;
    let _desk = windows::desk(
        &config,
        client,
        Pin::beside(args.config.as_deref()),
        runtime.handle(),
    )?;
    windows::run()
}

fn client(line: FloorLine<'_>) -> Result<FloorClient, AppError> {
    let root = line.root_certificate.map(fs::read).transpose()?;
    let token = line.token.map_or("", |t| t.expose());
    Ok(FloorClient::new(
        line.address.as_str(),
        token,
        root.as_deref(),
    )?)
}

/// The listener and the address it can be reached at from this machine.
fn listen(address: SocketAddr, tls: Option<&Tls>) -> Result<(TcpListener, String), AppError> {
    let listener = TcpListener::bind(address).map_err(|source| AppError::Listen {
        address,
        option: "listen",
        source,
    })?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}", listener.local_addr()?);
    Ok((listener, url))
}

fn transport(tls: Option<&Tls>, insecure: bool) -> Result<Transport, AppError> {
    let read = |path: &Path| {
        fs::read(path).map_err(|e| ServeError::Tls(format!("{}: {e}", path.display())))
    };
    let tls = tls
        .map(|tls| serve::Tls::from_pem(&read(&tls.cert)?, &read(&tls.key)?))
        .transpose();
    let tls = tls.map_err(central::CentralError::from)?;
    Ok(Transport { tls, insecure })
}
