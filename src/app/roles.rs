//! One subcommand a role: configuration in, a running server or window out.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::cli::ConfigArgs;
use super::joining::{Ending, Looks, Work};
use super::windows::Pin;
use super::{AppError, asked_to_stop, joining, runtime, windows};
use crate::central::{self, CentralSettings};
use crate::client::FloorClient;
use crate::client::check_in::EffectRunner;
use crate::client::cut_off::{CutOff, OwnPaper, OwnTicket, Patience};
use crate::client::membership::Membership;
use crate::client::own_series::OwnSeries;
use crate::config::{
    self, DeskConfig, DisplayConfig, FloorConfig, KioskConfig, Role, ServerConfig, Tls,
};
use crate::core::language::Language;
use crate::floor::{
    self, CentreLine, FloorError, FloorSettings, PrintOrder, Printed, TicketPress, TicketPrinter,
};
use crate::http::ready::Readiness;
use crate::http::serve::{self, ServeError, Transport};
use crate::wall_clock;

/// `yingbin server`.
pub fn server(args: ConfigArgs) -> Result<(), AppError> {
    let config: ServerConfig = config::load(args.config.as_deref(), std::env::vars())?;
    runtime()?.block_on(async {
        let (listener, own_url) = listen(config.listen, config.tls.is_some())?;
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
    let rules = config::house_rules(config.house_rules.as_deref(), std::env::vars())?;
    runtime()?.block_on(async {
        let encrypted = config.tls.is_some() || config.own_certificate;
        let (listener, own_url) = listen(config.listen, encrypted)?;
        let public_url = config
            .public_url
            .as_ref()
            .map_or(own_url.clone(), |a| a.as_str().to_owned());
        let centre = config.centre.as_ref().map(centre_line).transpose()?;
        let settings = FloorSettings {
            centre,
            data: config.data.clone(),
            warn_free: config.warn_free(),
            public_url,
            rules,
            printer: TicketPress::from_config(&config.printer)?.map(|press| Arc::new(press) as _),
            clock: floor::Clock::System,
            ready: Readiness::at_once(),
        };
        println!("floor: {own_url}");
        let mut transport = transport(config.tls.as_ref(), config.insecure)?;
        if config.own_certificate {
            transport.tls = Some(floor::own_certificate(&config.data).map_err(FloorError::from)?);
        }
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
        recognise_within: centre.recognise_within(),
    })
}

/// `yingbin kiosk`.
pub fn kiosk(args: ConfigArgs) -> Result<(), AppError> {
    let config: KioskConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let file = args.config;
    let runtime = runtime()?;
    let handle = runtime.handle().clone();
    let held = config.data.clone();
    joining::run(joining::Settings {
        membership: Membership::new(Role::Kiosk, config.floor_line(), file.as_deref()),
        runtime: handle.clone(),
        renderer: config.renderer,
        language: Language::default(),
        brand: config.brand.clone(),
        large_text: config.large_text,
        fullscreen: config.fullscreen,
        looks: Looks::default(),
        held: Box::new(move || promises(&held)),
        open: Box::new(move |client| {
            let own_series = own_series(&config, client.clone())?;
            let handing_over = own_series.clone();
            let task = handle.spawn(async move { handing_over.run().await });
            let task = Ending(task.abort_handle());
            let effects = EffectRunner::with_own_series(client, own_series);
            let kiosk = windows::kiosk(&config, effects, Pin::beside(file.as_deref()), &handle)?;
            let kiosk = Rc::new(kiosk);
            let seen = Rc::clone(&kiosk);
            Ok(Work {
                is_free: Box::new(move || seen.is_free()),
                window: Box::new((kiosk, task)),
            })
        }),
    })
}

/// `yingbin display`.
pub fn display(args: ConfigArgs) -> Result<(), AppError> {
    let config: DisplayConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let file = args.config;
    let runtime = runtime()?;
    let handle = runtime.handle().clone();
    joining::run(joining::Settings {
        membership: Membership::new(Role::Display, config.floor_line(), file.as_deref()),
        runtime: handle.clone(),
        renderer: config.renderer,
        language: config.language,
        brand: config.brand.clone(),
        large_text: config.large_text,
        fullscreen: config.fullscreen,
        looks: Looks::default(),
        held: Box::new(|| 0),
        open: Box::new(move |client| {
            let display = windows::display(&config, client, &handle)?;
            Ok(Work {
                is_free: Box::new(|| true),
                window: Box::new(display),
            })
        }),
    })
}

/// `yingbin desk`.
pub fn desk(args: ConfigArgs) -> Result<(), AppError> {
    let config: DeskConfig = config::load(args.config.as_deref(), std::env::vars())?;
    let file = args.config;
    let runtime = runtime()?;
    let handle = runtime.handle().clone();
    joining::run(joining::Settings {
        membership: Membership::new(Role::Desk, config.floor_line(), file.as_deref()),
        runtime: handle.clone(),
        renderer: config.renderer,
        language: config.language,
        brand: config.brand.clone(),
        large_text: config.large_text,
        fullscreen: config.fullscreen,
        looks: Looks::default(),
        held: Box::new(|| 0),
        open: Box::new(move |client| {
            let desk = windows::desk(&config, client, Pin::beside(file.as_deref()), &handle)?;
            Ok(Work {
                is_free: Box::new(|| true),
                window: Box::new(desk),
            })
        }),
    })
}

/// How many guests the kiosk of this folder promised a number and has not handed over yet.
fn promises(folder: &Path) -> u32 {
    let backlog = OwnSeries::open(folder).and_then(|series| series.backlog());
    // The kiosk itself says what is wrong with its folder when it opens.
    backlog.map_or(0, |b| b.waiting + b.set_aside)
}

/// What a kiosk goes on with when its floor does not answer.
fn own_series(config: &KioskConfig, client: FloorClient) -> Result<Arc<CutOff>, AppError> {
    let series = OwnSeries::open(&config.data)?;
    let paper = TicketPress::from_config(&config.printer)?
        .map(|press| Arc::new(OwnPress(press)) as Arc<dyn OwnPaper>);
    let patience = Patience::default();
    Ok(CutOff::new(
        client,
        series,
        paper,
        wall_clock::now,
        patience,
    ))
}

/// The kiosk's own printer, once a ticket.
struct OwnPress(TicketPress);

#[async_trait::async_trait]
impl OwnPaper for OwnPress {
    async fn print(&self, ticket: OwnTicket) -> bool {
        let order = PrintOrder {
            visit: ticket.visit,
            job: ticket.visit.to_string(),
            again: false,
            language: ticket.language,
            answer: ticket.answer,
            house: ticket.house,
            local_time: ticket.local_time,
            drink: ticket.drink,
        };
        matches!(self.0.print(order).await, Printed::Printed)
    }
}

/// The listener and the address it can be reached at from this machine.
fn listen(address: SocketAddr, encrypted: bool) -> Result<(TcpListener, String), AppError> {
    let listener = TcpListener::bind(address).map_err(|source| AppError::Listen {
        address,
        option: "listen",
        source,
    })?;
    let scheme = if encrypted { "https" } else { "http" };
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
