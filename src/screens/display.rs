//! The display's window.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, ModelRc, SharedString, Timer, TimerMode, VecModel};
use tokio::sync::mpsc;
use yingbin_ui::{BigCallRow, DisplayData, DisplayWindow, RecentRow, Said};

use super::rows::sync;
use super::{OpenError, now};
use crate::client::FloorClient;
use crate::client::live::{Live, LiveSettings, Silence};
use crate::core::clock;
use crate::core::display::{Board, Call, Display, Effect, Message, Pair, View};
use crate::core::language::{Language, Text};
use crate::core::time::Millis;
use crate::protocol::board;

/// What a display needs.
pub struct Settings {
    pub client: FloorClient,
    /// Where the network's work is done.
    pub runtime: tokio::runtime::Handle,
    pub live: LiveSettings,
    /// The language written large.
    pub language: Language,
    /// Shown until the floor says the showroom's name.
    pub name: Text,
    pub fullscreen: bool,
    /// Sounds the chime; must return at once.
    pub on_chime: Box<dyn Fn()>,
}

/// An open display. Dropping it closes the window and ends its tasks.
pub struct Handle {
    screen: Rc<Screen>,
    _tick: Timer,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Handle {
    pub fn window(&self) -> &DisplayWindow {
        &self.screen.window
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        // A window that is gone already needs no hiding.
        let _ = self.screen.window.hide();
    }
}

/// Opens the display; the caller runs the event loop.
pub fn open(settings: Settings) -> Result<Handle, OpenError> {
    let display = Display::new(settings.language, settings.name);
    let screen = Rc::new(Screen::new(display, settings.on_chime)?);
    screen.draw(now());
    screen.window.window().set_fullscreen(settings.fullscreen);
    screen.window.show()?;

    let (tell, mut told) = mpsc::unbounded_channel();
    let listener = Rc::clone(&screen);
    slint::spawn_local(async move {
        while let Some(message) = told.recv().await {
            listener.receive(message, now());
        }
    })?;

    let tick = Timer::default();
    let ticking = Rc::clone(&screen);
    tick.start(TimerMode::Repeated, Duration::from_secs(1), move || {
        ticking.draw(now());
    });

    let (client, live) = (settings.client, settings.live);
    let site = settings.runtime.spawn(name_of_site(
        client.clone(),
        live.longest_pause,
        tell.clone(),
    ));
    let follow = settings.runtime.spawn(async move {
        client
            .follow_board(&live, |news| {
                // Nobody listens any more: the window is closing.
                let _ = tell.send(message(news));
            })
            .await
    });
    Ok(Handle {
        screen,
        _tick: tick,
        tasks: vec![site, follow],
    })
}

/// Asks for the showroom's name and zone until the floor says them.
async fn name_of_site(client: FloorClient, pause: Duration, tell: mpsc::UnboundedSender<Message>) {
    loop {
        if let Ok(site) = client.site().await
            && let Some(zone) = crate::core::time::zone(&site.time_zone)
        {
            let name = site.name;
            let _ = tell.send(Message::Site { name, zone });
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

/// What the live line says, for the view model.
pub fn message(news: Live<board::Board>) -> Message {
    match news {
        Live::Stale { why, .. } => match why {
            Silence::OtherFloor => Message::OtherFloor,
            _ => Message::Silent,
        },
        Live::View(board) => Message::News {
            zone: clock::zone_of(&board.at),
            board: Board {
                now_calling: board.now_calling.into_iter().map(call).collect(),
                recent: board.recent.into_iter().map(call).collect(),
                waiting: board.waiting.into_iter().map(|w| w.ticket).collect(),
            },
        },
    }
}

fn call(call: board::Call) -> Call {
    Call {
        called_at: Millis::parse_rfc3339(&call.called_at).unwrap_or_default(),
        ticket: call.ticket,
        consultant: call.consultant,
        place: call.place,
        times: call.times,
    }
}

/// The window with its view model.
pub struct Screen {
    pub window: DisplayWindow,
    display: RefCell<Display>,
    on_chime: Box<dyn Fn()>,
    calling: Rc<VecModel<BigCallRow>>,
    recent: Rc<VecModel<RecentRow>>,
    waiting: Rc<VecModel<SharedString>>,
}

impl Screen {
    /// Makes the window without showing it.
    pub fn new(display: Display, on_chime: Box<dyn Fn()>) -> Result<Self, slint::PlatformError> {
        let screen = Self {
            window: DisplayWindow::new()?,
            display: RefCell::new(display),
            on_chime,
            calling: Rc::default(),
            recent: Rc::default(),
            waiting: Rc::default(),
        };
        let data = screen.window.global::<DisplayData>();
        data.set_calling(ModelRc::from(Rc::clone(&screen.calling)));
        data.set_recent(ModelRc::from(Rc::clone(&screen.recent)));
        data.set_waiting(ModelRc::from(Rc::clone(&screen.waiting)));
        Ok(screen)
    }

    pub fn receive(&self, message: Message, now: Millis) {
        let effects = self.display.borrow_mut().update(message, now);
        for effect in effects {
            match effect {
                Effect::Chime => (self.on_chime)(),
            }
        }
        self.draw(now);
    }

    pub fn draw(&self, now: Millis) {
        let view = self.display.borrow().view(now);
        self.show(view);
    }

    fn show(&self, view: View) {
        let data = self.window.global::<DisplayData>();
        data.set_name(said(view.name));
        data.set_clock(view.clock.into());
        data.set_date(said(view.date));
        data.set_calling_title(said(view.calling_title));
        data.set_recent_title(said(view.recent_title));
        data.set_waiting_title(said(view.waiting_title));
        data.set_welcome(said(view.welcome));
        data.set_welcome_hint(said(view.welcome_hint));
        data.set_nobody_waits(said(view.nobody_waits));
        data.set_stale(said(view.stale));
        data.set_waiting_more(view.waiting_more.into());
        let calling = view.calling.into_iter().map(|c| BigCallRow {
            ticket: c.ticket.into(),
            place: said(c.place),
            consultant: said(c.consultant),
            fresh: c.fresh,
        });
        sync(&self.calling, calling.collect(), |c| c.ticket.clone());
        let recent = view.recent.into_iter().map(|c| RecentRow {
            ticket: c.ticket.into(),
            place: c.place.into(),
            consultant: c.consultant.into(),
            time: c.time.into(),
        });
        sync(&self.recent, recent.collect(), |c| c.ticket.clone());
        let waiting = view.waiting.into_iter().map(SharedString::from);
        sync(&self.waiting, waiting.collect(), SharedString::clone);
    }
}

fn said(pair: Pair) -> Said {
    Said {
        large: pair.large.into(),
        small: pair.small.into(),
    }
}
