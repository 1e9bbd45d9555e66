//! `yingbin demo`: a whole house on one machine, set up by the same calls as a real one.

mod access;
mod account;
mod agents;
mod guests;
mod house;
mod pins;
mod visitors;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use self::access::Kept;
use self::account::Served;
use self::agents::Pace;
use super::AppError;
use super::cli::{DemoArgs, DemoPrinter, StaffLanguage};
use super::windows::{self, Pin};
use crate::central::{self, CentralSettings};
use crate::client::FloorClient;
use crate::client::check_in::EffectRunner;
use crate::client::enrol::{EnrolError, enrol};
use crate::client::office::Office;
use crate::config::{self, DeskConfig, DisplayConfig, KioskConfig, PrinterKind, Renderer};
use crate::core::id::VisitId;
use crate::core::language::Language;
use crate::crypto::token;
use crate::floor::{self, CentreLine, FloorSettings, TicketPress};
use crate::http::ready::Readiness;
use crate::http::serve::Transport;
use crate::protocol::feed::DeviceRole;
use crate::protocol::visit::{PrintState, VisitView};
use crate::screens::{desk, display, kiosk};

/// Runs the demonstration to its end.
pub fn run(args: DemoArgs) -> Result<ExitCode, AppError> {
    let runtime = super::runtime()?;
    let windows = !args.headless && windows::possible();
    if !windows && !args.headless {
        println!("There is no display here: running without windows (headless).");
    }
    let demo = Arc::new(runtime.block_on(Demo::start(args))?);
    let playing = {
        let demo = Arc::clone(&demo);
        runtime.spawn(async move {
            tokio::select! {
                done = demo.play() => done.map(Some),
                () = super::asked_to_stop() => Ok(None),
            }
        })
    };
    let ended = if windows {
        let (kiosk, display, desk) = demo.windows(runtime.handle())?;
        let watcher = runtime.spawn(async move {
            let ended = playing.await;
            windows::quit();
            ended
        });
        windows::run()?;
        drop((kiosk, display, desk));
        if watcher.is_finished() {
            runtime
                .block_on(watcher)
                .map_err(|e| AppError::Demo(e.to_string()))?
        } else {
            // The windows were closed by hand.
            watcher.abort();
            Ok(Ok(None))
        }
    } else {
        runtime.block_on(playing)
    };
    let lost = ended.map_err(|e| AppError::Demo(e.to_string()))??;
    runtime.block_on(demo.stop())?;
    Ok(match lost {
        None => ExitCode::SUCCESS,
        Some(lost) if lost.is_empty() => {
            println!("  Everybody was served; every ticket is printed and stands at the centre.");
            ExitCode::SUCCESS
        }
        Some(lost) => {
            lost.iter().for_each(|what| println!("  lost: {what}"));
            ExitCode::FAILURE
        }
    })
}

/// A demonstration under way.
pub struct Demo {
    pub data: PathBuf,
    pub central_url: String,
    pub floor_url: String,
    pub kept: Kept,
    args: DemoArgs,
    office: Office,
    stop: watch::Sender<bool>,
    servers: Mutex<Vec<JoinHandle<Result<(), AppError>>>>,
}

impl Demo {
    /// Starts centre and floor, sets the office up (or finds it set up by an earlier start), signs
    /// the consultants in and says where everything is. Only then do the servers say they are well.
    pub async fn start(args: DemoArgs) -> Result<Self, AppError> {
        let data = folder(args.data.as_deref())?;
        println!(
            "迎宾 Yingbin, the demonstration. Everything is kept in {}",
            data.display()
        );
        let mut kept = Kept::load(&data)?;
        if kept.password.is_empty() {
            kept.user = "admin".to_owned();
            kept.password = token::ticket_token();
            kept.save(&data)?;
        }
        let central_listener = listen(args.central_port, "--central-port")?;
        let floor_listener = listen(args.floor_port, "--floor-port")?;
        let central_url = url(&central_listener)?;
        let floor_url = url(&floor_listener)?;
        let (stop, stopped) = watch::channel(false);
        let ready = Readiness::not_yet();

        let settings = CentralSettings {
            data: data.join("central"),
            public_url: central_url.clone(),
            clock: central::Clock::system(),
            ready: ready.clone(),
        };
        let centre = central::open(settings).await?;
        let setup = centre
            .setup_link()
            .and_then(|l| l.rsplit('/').next())
            .map(str::to_owned);
        let until = stopping(stopped.clone());
        let central_server = tokio::spawn(async move {
            Ok(centre
                .serve(central_listener, Transport::default(), until)
                .await?)
        });

        let mut office = Office::new(&central_url, house::SITE);
        set_up(&mut office, setup.as_deref(), &mut kept, &data).await?;

        let settings = FloorSettings {
            centre: Some(CentreLine {
                url: central_url.clone(),
                floor: kept.floor.clone(),
                token: kept.floor_token.clone(),
                root_pem: None,
                recognise_within: floor::RECOGNISE_WITHIN,
            }),
            data: data.join("floor"),
            warn_free: config::FloorConfig::default().warn_free(),
            public_url: floor_url.clone(),
            rules: None,
            printer: printer(&args.printer, &data)?.map(|press| Arc::new(press) as _),
            clock: floor::Clock::System,
            ready: ready.clone(),
        };
        let until = stopping(stopped);
        let floor_server = tokio::spawn(async move {
            Ok(floor::serve(settings, floor_listener, Transport::default(), until).await?)
        });

        enrol_screens(&mut office, &floor_url, &mut kept, &data).await?;

        let mut demo = Self {
            data,
            central_url,
            floor_url,
            kept,
            args,
            office,
            stop,
            servers: Mutex::new(vec![central_server, floor_server]),
        };
        demo.open_for_business().await?;
        pins::set(&demo.office, &demo.client("")?, &mut demo.kept, &demo.data).await?;
        access::write(&demo.data, &demo.central_url, &demo.floor_url, &demo.kept)?;
        ready.set();
        demo.say_where();
        Ok(demo)
    }

    pub fn client(&self, token: &str) -> Result<FloorClient, AppError> {
        Ok(FloorClient::new(&self.floor_url, token, None)?)
    }

    /// Waits until the feed has brought site and devices to the floor, and signs everybody in.
    async fn open_for_business(&self) -> Result<(), AppError> {
        let desk = self.client(&self.kept.desk_token)?;
        let mut look = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..1000 {
            look.tick().await;
            if desk
                .agents()
                .await
                .is_ok_and(|list| !list.agents.is_empty())
            {
                agents::sign_in(&desk).await?;
                return Ok(());
            }
        }
        Err(AppError::Demo(
            "the floor heard nothing from the centre within 20 s".to_owned(),
        ))
    }

    fn say_where(&self) {
        println!(
            "  centre   {}  (user {}, password {})",
            self.central_url, self.kept.user, self.kept.password
        );
        println!("  floor    {}", self.floor_url);
        let staff = house::staff().staff;
        let first = staff.iter().find_map(|s| {
            let pin = self.kept.pins.get(s.id.as_str())?;
            Some((&s.name, pin))
        });
        if let Some((name, pin)) = first {
            println!("  pad      {}/pad  ({name}, PIN {pin})", self.floor_url);
        }
        println!("  tickets  {}", self.data.join("tickets").display());
        println!("  tokens   {}", self.data.join("access.toml").display());
        if self.args.manual {
            println!("  The consultants wait for you to press the buttons on the desk.");
        }
        // Whoever reads this through a pipe sees it at once.
        let _ = io::stdout().flush();
    }

    /// Consultants at work and guests arriving; returns when the guests are served, or with no
    /// guests never by itself. The answer: what was lost, in words.
    pub async fn play(&self) -> Result<Vec<String>, AppError> {
        let desk = self.client(&self.kept.desk_token)?;
        let brisk = self.args.visitors > 0;
        let pace = if brisk { Pace::BRISK } else { Pace::WATCHED };
        let _agents = (!self.args.manual)
            .then(|| AbortOnDrop(tokio::spawn(agents::work(desk.clone(), pace))));
        let kiosk = self.client(&self.kept.kiosk_token)?;
        let guests = guests::guests(self.args.seed, self.args.visitors);
        let served = visitors::check_in_all(&kiosk, guests).await?;
        if !served.is_empty() {
            println!("  {} guests have checked in.", served.len());
        }
        if !self.args.exit_when_done {
            return std::future::pending().await;
        }
        let on_floor = self.until_done(&desk, &served).await?;
        let day = desk.desk().await?.day;
        Ok(account::differences(&day, &served, &on_floor, &self.office).await?)
    }

    /// Waits until everybody is served, every ticket's fate is known and the outbox is empty.
    async fn until_done(
        &self,
        desk: &FloorClient,
        served: &[Served],
    ) -> Result<BTreeMap<VisitId, VisitView>, AppError> {
        let mut views = BTreeMap::new();
        let mut look = tokio::time::interval(Duration::from_millis(100));
        loop {
            look.tick().await;
            for Served { answer, .. } in served {
                let settled = views.get(&answer.visit_id).is_some_and(is_settled);
                if !settled {
                    views.insert(answer.visit_id, desk.visit(answer.visit_id).await?);
                }
            }
            if views.values().all(is_settled) && desk.desk().await?.outbox.backlog == 0 {
                return Ok(views);
            }
        }
    }

    /// The three windows, with the configuration each would have by default.
    fn windows(
        &self,
        runtime: &Handle,
    ) -> Result<(kiosk::KioskHandle, display::Handle, desk::Handle), AppError> {
        let language = match self.args.language {
            StaffLanguage::Zh => Language::ZhCn,
            StaffLanguage::ZhTw => Language::ZhTw,
            StaffLanguage::En => Language::En,
        };
        windows::choose_renderer(Renderer::Software)?;
        let config = DisplayConfig {
            fullscreen: false,
            language,
            ..DisplayConfig::default()
        };
        let display = windows::display(&config, self.client(&self.kept.display_token)?, runtime)?;
        let config = DeskConfig {
            fullscreen: false,
            language,
            ..DeskConfig::default()
        };
        let client = self.client(&self.kept.desk_token)?;
        let desk = windows::desk(&config, client, Pin::beside(None), runtime)?;
        let config = KioskConfig {
            fullscreen: false,
            ..KioskConfig::default()
        };
        let client = self.client(&self.kept.kiosk_token)?;
        let effects = EffectRunner::new(client);
        let kiosk = windows::kiosk(&config, effects, Pin::beside(None), runtime)?;
        // Desktop screens lie on their side; upright, the window would not fit on most.
        kiosk
            .window()
            .set_size(slint::LogicalSize::new(1920.0, 1080.0));
        Ok((kiosk, display, desk))
    }

    /// Closes both servers in order and waits for them.
    async fn stop(&self) -> Result<(), AppError> {
        let _ = self.stop.send(true);
        for server in std::mem::take(&mut *self.servers.lock().await) {
            server.await.map_err(|e| AppError::Demo(e.to_string()))??;
        }
        Ok(())
    }
}

fn is_settled(visit: &VisitView) -> bool {
    visit.state.is_over() && !matches!(visit.print.state, PrintState::Queued | PrintState::Sent)
}

/// The administrator, the site, notice and staff, the floor and its screens: what is not there yet,
/// so that a demonstration killed half-way through is finished by the next start.
async fn set_up(
    office: &mut Office,
    setup: Option<&str>,
    kept: &mut Kept,
    data: &Path,
) -> Result<(), AppError> {
    if let Some(code) = setup {
        office.set_up(code, &kept.user, &kept.password).await?;
    }
    office.sign_in(&kept.user, &kept.password).await?;
    if kept.floor.is_empty() {
        office.set_site(&house::site()).await?;
        office.set_notice(&house::notice()).await?;
        office.set_staff(&house::staff()).await?;
        let credential = office.enrol_floor().await?;
        kept.floor = credential.floor;
        kept.floor_token = credential.token;
        kept.save(data)?;
    }
    Ok(())
}

/// The screens, each by a one-time code of the centre that the floor takes.
async fn enrol_screens(
    office: &mut Office,
    floor: &str,
    kept: &mut Kept,
    data: &Path,
) -> Result<(), AppError> {
    let devices = [
        ("kiosk-1", DeviceRole::Kiosk, &mut kept.kiosk_token),
        ("display-1", DeviceRole::Display, &mut kept.display_token),
        ("desk-1", DeviceRole::Desk, &mut kept.desk_token),
    ];
    let missing = devices.into_iter().filter(|(_, _, token)| token.is_empty());
    let mut enrolled = Vec::new();
    for (id, role, token) in missing {
        let code = office.add_device(id, role).await?.code;
        enrolled.push((code, role, token));
    }
    for (code, role, token) in enrolled {
        *token = when_heard(floor, &code, role).await?;
    }
    Ok(kept.save(data)?)
}

/// Until the feed has told the floor who there is, it takes no code.
async fn when_heard(floor: &str, code: &str, role: DeviceRole) -> Result<String, AppError> {
    let mut look = tokio::time::interval(Duration::from_millis(100));
    let mut refused = 0;
    for _ in 0..200 {
        look.tick().await;
        match enrol(floor, code, Some(role)).await {
            Ok(enrolled) => return Ok(enrolled.token),
            Err(error) if error.is_temporary() => {}
            // The code was made a moment ago, and travels by the feed.
            Err(EnrolError::Refused) if refused < 5 => {
                refused += 1;
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppError::Demo(
        "the floor heard nothing from the centre within 20 s".to_owned(),
    ))
}

fn folder(named: Option<&Path>) -> Result<PathBuf, AppError> {
    match named {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            Ok(folder.to_owned())
        }
        None => Ok(tempfile::Builder::new()
            .prefix("yingbin-demo-")
            .tempdir()?
            .keep()),
    }
}

fn listen(port: u16, option: &'static str) -> Result<TcpListener, AppError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).map_err(|e| AppError::Listen {
        address,
        option,
        source: e,
    })
}

fn url(listener: &TcpListener) -> Result<String, AppError> {
    Ok(format!("http://{}", listener.local_addr()?))
}

fn printer(chosen: &DemoPrinter, data: &Path) -> Result<Option<TicketPress>, AppError> {
    let kind = match chosen {
        DemoPrinter::File => PrinterKind::File,
        DemoPrinter::Network(_) => PrinterKind::Network,
    };
    let address = match chosen {
        DemoPrinter::File => None,
        DemoPrinter::Network(address) => Some(address.clone()),
    };
    let folder = data.join("tickets");
    let config = config::Printer {
        kind,
        address,
        folder,
        ..config::Printer::default()
    };
    Ok(TicketPress::from_config(&config)?)
}

async fn stopping(mut stopped: watch::Receiver<bool>) {
    // An error means the demonstration is gone, which is the end as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
