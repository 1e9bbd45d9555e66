//! The desk's window.

mod deeds;
mod errands;
mod form;
mod keys;
pub mod intake;
mod show;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slint::{ComponentHandle, Timer, TimerMode};
use tokio::sync::mpsc;
use uuid::Uuid;
use yingbin_ui::{DeskFlow, DeskSheet, DeskWindow, DeskWords};

use super::{OpenError, now};
use crate::client::FloorClient;
use crate::client::live::LiveSettings;
use crate::core::desk::{Attend, Desk, Effect, Message};
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;
use crate::core::time::Millis;
use crate::core::visit::Action;
use crate::core::words::say;

pub use deeds::Pages;
pub use errands::{Errands, check_in};
pub use show::Rows;

/// What a desk needs.
pub struct Settings {
    pub client: FloorClient,
    /// Where the network's work is done.
    pub runtime: tokio::runtime::Handle,
    pub live: LiveSettings,
    pub language: Language,
    /// The centre's `age` recipient this desk was enrolled with (P7).
    pub recipient: String,
    /// How often the showroom's settings are asked for again.
    pub site_every: Duration,
    pub fullscreen: bool,
}

/// An open desk. Dropping it closes the window and ends its tasks.
pub struct Handle {
    screen: Rc<Screen>,
    _tick: Timer,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Handle {
    pub fn window(&self) -> &DeskWindow {
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

/// Opens the desk; the caller runs the event loop.
pub fn open(settings: Settings) -> Result<Handle, OpenError> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let errands = Arc::new(Errands::new(
        settings.client.clone(),
        settings.recipient.clone(),
        tell.clone(),
    ));
    let runtime = settings.runtime.clone();
    let run = Box::new(move |effect| {
        let errands = Arc::clone(&errands);
        runtime.spawn(async move { errands.run(effect).await });
    });
    let screen = Screen::new(Desk::new(settings.language), run, Box::new(now))?;
    screen.draw();
    screen.window.window().set_fullscreen(settings.fullscreen);
    screen.window.show()?;

    let listener = Rc::clone(&screen);
    slint::spawn_local(async move {
        while let Some(message) = told.recv().await {
            listener.receive(message);
        }
    })?;
    let tick = Timer::default();
    let ticking = Rc::clone(&screen);
    tick.start(TimerMode::Repeated, Duration::from_secs(1), move || {
        ticking.receive(Message::Tick);
    });

    let (client, live) = (settings.client, settings.live);
    let site = settings.runtime.spawn(follow_site(
        client.clone(),
        settings.recipient,
        live.longest_pause,
        settings.site_every,
        tell.clone(),
    ));
    let follow = settings.runtime.spawn(async move {
        client
            .follow_desk(&live, |news| {
                // Nobody listens any more: the window is closing.
                let _ = tell.send(intake::message(news));
            })
            .await
    });
    Ok(Handle {
        screen,
        _tick: tick,
        tasks: vec![site, follow],
    })
}

/// Asks for the showroom's settings again and again: notice and purposes change in the day.
async fn follow_site(
    client: FloorClient,
    recipient: String,
    pause: Duration,
    every: Duration,
    tell: mpsc::UnboundedSender<Message>,
) {
    loop {
        let showroom = match client.site().await {
            Ok(site) => {
                let showroom = intake::showroom(site, &recipient);
                let faces = client.staff().await.map(|s| s.staff).unwrap_or_default();
                showroom.map(|s| intake::with_staff(s, &faces))
            }
            Err(_) => None,
        };
        let wait = if showroom.is_some() { every } else { pause };
        if let Some(showroom) = showroom {
            let _ = tell.send(Message::Site(Box::new(showroom)));
        }
        tokio::time::sleep(wait).await;
    }
}

/// The window with its view model.
pub struct Screen {
    pub window: DeskWindow,
    desk: RefCell<Desk>,
    rows: Rows,
    run: Box<dyn Fn(Effect)>,
    clock: Box<dyn Fn() -> Millis>,
}

impl Screen {
    /// Makes the window without showing it. `run` does an effect without waiting for it; `clock`
    /// says what time it is.
    pub fn new(
        desk: Desk,
        run: Box<dyn Fn(Effect)>,
        clock: Box<dyn Fn() -> Millis>,
    ) -> Result<Rc<Self>, slint::PlatformError> {
        let window = DeskWindow::new()?;
        let rows = Rows::connect(&window);
        let screen = Rc::new(Self {
            window,
            desk: RefCell::new(desk),
            rows,
            run,
            clock,
        });
        connect_words(&screen);
        connect_flow(&screen);
        connect_sheet(&screen);
        keys::connect(&screen);
        form::connect(&screen);
        Ok(screen)
    }

    pub fn receive(&self, message: Message) {
        let effects = self.desk.borrow_mut().update(message, (self.clock)());
        for effect in effects {
            (self.run)(effect);
        }
        self.draw();
    }

    pub fn draw(&self) {
        let desk = self.desk.borrow();
        let view = desk.view((self.clock)());
        let words = self.window.global::<DeskWords>();
        words.set_language(desk.language().tag().into());
        drop(desk);
        self.rows.show(&self.window, view);
    }
}

/// The window's callbacks hold the screen weakly, so that the two do not keep each other alive.
macro_rules! on {
    ($screen:expr, |$s:ident $(, $arg:ident)*| $body:expr) => {{
        let weak = Rc::downgrade($screen);
        move |$($arg),*| {
            if let Some($s) = weak.upgrade() {
                $body
            }
        }
    }};
}
pub(crate) use on;

fn connect_words(screen: &Rc<Screen>) {
    let words = screen.window.global::<DeskWords>();
    words.on_say(|language, name| {
        let language = Language::from_tag(&language).unwrap_or_default();
        say(language, &format!("desk.{name}"), &[]).into()
    });
}

fn connect_flow(screen: &Rc<Screen>) {
    let flow = screen.window.global::<DeskFlow>();
    flow.on_press(on!(screen, |s, id, action| {
        let action = usize::try_from(action)
            .ok()
            .and_then(|a| Action::ALL.get(a));
        if let (Some(visit), Some(action)) = (visit_id(&id), action) {
            s.receive(Message::Press {
                visit,
                action: *action,
            });
        }
    }));
    flow.on_open_visit(on!(screen, |s, id| {
        if let Some(visit) = visit_id(&id) {
            s.receive(Message::OpenVisit(visit));
        }
    }));
    flow.on_open_agent(on!(screen, |s, id| {
        s.receive(Message::OpenAgent(AgentId::new(id.as_str())));
    }));
    flow.on_make_ready(on!(screen, |s, id| {
        s.receive(Message::Attend {
            agent: AgentId::new(id.as_str()),
            to: Attend::Ready,
        });
    }));
    flow.on_open_sign_in(on!(screen, |s| s.receive(Message::OpenSignIn)));
    flow.on_open_menu(on!(screen, |s| s.receive(Message::OpenMenu)));
    flow.on_open_todo(on!(screen, |s| s.receive(Message::OpenTodo)));
    flow.on_open_appointments(on!(screen, |s| s.receive(Message::OpenAppointments)));
    flow.on_open_close_day(on!(screen, |s| s.receive(Message::OpenCloseDay)));
    flow.on_answer_todo(on!(screen, |s, key| {
        s.receive(Message::AnswerTodo(key.into()));
    }));
    flow.on_undo(on!(screen, |s| s.receive(Message::Undo)));
    flow.on_phone_call(on!(screen, |s| {
        s.receive(Message::PhoneCall {
            fresh_key: Uuid::now_v7().to_string(),
        });
    }));
    flow.on_open_form(on!(screen, |s| s.receive(Message::OpenForm)));
    flow.on_dismiss_note(on!(screen, |s| s.receive(Message::DismissNote)));
    flow.on_set_language(on!(screen, |s, tag| {
        if let Some(language) = Language::from_tag(&tag) {
            s.receive(Message::SetLanguage(language));
        }
    }));
}

fn connect_sheet(screen: &Rc<Screen>) {
    let sheet = screen.window.global::<DeskSheet>();
    sheet.on_choose(on!(screen, |s, i| s.receive(Message::Choose(index(i)))));
    sheet.on_quick_reason(on!(screen, |s, i| {
        s.receive(Message::QuickReason(index(i)));
    }));
    sheet.on_type_reason(on!(screen, |s, text| {
        s.receive(Message::TypeReason(text.into()));
    }));
    sheet.on_pick(on!(screen, |s, group, i| {
        s.receive(Message::Pick {
            group: index(group),
            index: index(i),
        });
    }));
    sheet.on_type_text(on!(screen, |s, field, text| {
        s.receive(Message::TypeText {
            field: index(field),
            text: text.into(),
        });
    }));
    sheet.on_confirm(on!(screen, |s| s.receive(Message::Confirm)));
    sheet.on_close(on!(screen, |s| s.receive(Message::CloseSheet)));
}

fn visit_id(id: &str) -> Option<VisitId> {
    id.parse::<Uuid>().ok().map(VisitId)
}

/// An index from Slint; one that cannot be is beyond every list.
fn index(i: i32) -> usize {
    usize::try_from(i).unwrap_or(usize::MAX)
}
