//! A screen from its start on: what it is for, or the page that asks for its code, in one event
//! loop. `core::enrol::standing` says which; here the windows are opened and closed.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::{AppError, windows};
use crate::client::membership::{Membership, NoLine};
use crate::client::{ClientError, FloorClient};
use crate::config::{Brand, Renderer, Role};
use crate::core::enrol::standing::{Heard, Next, Shown, next};
use crate::core::enrol::{self, Effect, Enrol, Message, Screen, Why};
use crate::core::language::Language;
use crate::screens::enrol::{self as page, Look};

/// How often the floor is asked whether it knows this screen.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// While the screen works.
    pub at_work: Duration,
    /// While the page is shown: the code may have been given by `yingbin enrol` instead.
    pub at_page: Duration,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            at_work: Duration::from_secs(15),
            at_page: Duration::from_secs(5),
        }
    }
}

/// What is asked when the page is opened.
pub type Held = Box<dyn Fn() -> u32>;
/// Opens what the screen is for.
pub type Open = Box<dyn Fn(FloorClient) -> Result<Work, AppError>>;

/// A screen and what it works with.
pub struct Settings {
    pub membership: Membership,
    /// Where the network's work is done.
    pub runtime: Handle,
    pub renderer: Renderer,
    pub language: Language,
    pub brand: Brand,
    pub large_text: bool,
    pub fullscreen: bool,
    pub looks: Looks,
    /// Guests whom a kiosk promised a number and has not handed over yet.
    pub held: Held,
    pub open: Open,
}

/// What the screen is for, open. Dropping it closes the window and ends its tasks.
pub struct Work {
    /// Nobody is in the midst of something.
    pub is_free: Box<dyn Fn() -> bool>,
    pub window: Box<dyn Any>,
}

/// A task that ends with whoever holds this.
pub struct Ending(pub AbortHandle);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the network says.
#[derive(Debug)]
pub enum News {
    /// About the enrolment, from the look-out of that window.
    Heard(u64, Heard),
    /// What became of the code typed at that window's page.
    Page(u64, Message),
}

/// Runs the screen to its end.
///
/// # Errors
/// Where the screen is not enrolled and there is no display to ask on, with what to do instead.
pub fn run(settings: Settings) -> Result<(), AppError> {
    // Nobody can be asked for a code here.
    let reason = settings.membership.client().err();
    if let Some(reason) = reason
        && (!asks(&reason) || !windows::possible())
    {
        return Err(reason.into());
    }
    windows::choose_renderer(settings.renderer)?;
    let (joining, mut told) = Joining::new(settings);
    joining.begin()?;
    let listener = Rc::clone(&joining);
    slint::spawn_local(async move {
        while let Some(news) = told.recv().await {
            if let Err(error) = listener.hear(news) {
                listener.failed.set(Some(error));
                windows::quit();
            }
        }
    })
    .map_err(crate::screens::OpenError::from)?;
    windows::run()?;
    match joining.failed.take() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Whether a code helps.
fn asks(reason: &NoLine) -> bool {
    matches!(reason, NoLine::Enrolment(_))
}

enum Window {
    None,
    Work(Work),
    Page(page::Handle),
}

/// The window of one screen. Lives on the event loop's thread; hears by [`Joining::hear`].
pub struct Joining {
    settings: Settings,
    window: RefCell<Window>,
    /// Counts the windows: news of an earlier one is no news.
    count: Cell<u64>,
    look_out: RefCell<Option<Ending>>,
    tell: mpsc::UnboundedSender<News>,
    failed: Cell<Option<AppError>>,
}

impl Joining {
    /// Opens nothing yet; what comes out of the receiver goes into [`Joining::hear`].
    pub fn new(settings: Settings) -> (Rc<Self>, mpsc::UnboundedReceiver<News>) {
        let (tell, told) = mpsc::unbounded_channel();
        let joining = Self {
            settings,
            window: RefCell::new(Window::None),
            count: Cell::new(0),
            look_out: RefCell::default(),
            tell,
            failed: Cell::default(),
        };
        (Rc::new(joining), told)
    }

    /// Opens the first window.
    pub fn begin(&self) -> Result<(), AppError> {
        match self.settings.membership.client() {
            Ok(client) => self.work(client),
            Err(NoLine::Enrolment(error)) => {
                let why = match error {
                    crate::config::EnrolmentError::None { .. } => Why::New,
                    _ => Why::Unusable,
                };
                tracing::warn!("{error}");
                self.page(why)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// What is shown; `None` before the beginning.
    pub fn shown(&self) -> Option<Shown> {
        match &*self.window.borrow() {
            Window::None => None,
            Window::Work(_) => Some(Shown::Work),
            Window::Page(_) => Some(Shown::Page),
        }
    }

    /// The page, where it is shown.
    pub fn open_page(&self) -> Option<Rc<page::Screen>> {
        match &*self.window.borrow() {
            Window::Page(page) => Some(Rc::clone(page.screen())),
            Window::None | Window::Work(_) => None,
        }
    }

    /// # Errors
    /// Where a window cannot be opened: the screen cannot go on.
    pub fn hear(&self, news: News) -> Result<(), AppError> {
        match news {
            News::Heard(of, heard) if of == self.count.get() => self.heard(heard),
            News::Page(of, message) if of == self.count.get() => {
                let enrolled = matches!(message, Message::Enrolled(_));
                if let Some(page) = self.open_page() {
                    page.tell(message);
                }
                if enrolled {
                    return self.work(self.settings.membership.client()?);
                }
                Ok(())
            }
            News::Heard(..) | News::Page(..) => Ok(()),
        }
    }

    fn heard(&self, heard: Heard) -> Result<(), AppError> {
        let (shown, free) = match &*self.window.borrow() {
            Window::None => return Ok(()),
            Window::Work(work) => (Shown::Work, (work.is_free)()),
            Window::Page(page) => (Shown::Page, page.screen().is_free()),
        };
        match next(shown, heard, free) {
            Next::Stay => Ok(()),
            Next::Work => self.work(self.settings.membership.client()?),
            Next::Page(why) => {
                tracing::warn!(?why, "this screen has to be enrolled again");
                self.page(why)
            }
        }
    }

    fn work(&self, client: FloorClient) -> Result<(), AppError> {
        let work = (self.settings.open)(client.clone())?;
        self.replace(Window::Work(work));
        if self.settings.membership.is_by_code() {
            let every = self.settings.looks.at_work;
            self.look_out(every, move || Some(client.clone()));
        }
        Ok(())
    }

    fn page(&self, why: Why) -> Result<(), AppError> {
        let settings = &self.settings;
        let membership = settings.membership.clone();
        let of = self.count.get() + 1;
        let (tell, runtime, joined) = (
            self.tell.clone(),
            settings.runtime.clone(),
            membership.clone(),
        );
        let run = move |effect: Effect| {
            let (tell, membership) = (tell.clone(), joined.clone());
            runtime.spawn(async move {
                let message = page::run(&membership, effect).await;
                // Nobody listens any more: the window is closing.
                let _ = tell.send(News::Page(of, message));
            });
        };
        let config = membership.config().display();
        let screen = match membership.role() {
            Role::Display => Screen::Display,
            Role::Desk => Screen::Desk,
            _ => Screen::Kiosk,
        };
        let enrol = Enrol::new(enrol::Settings {
            screen,
            why,
            language: settings.language,
            floor: membership.floor().map(|floor| floor.as_str().to_owned()),
            last_floor: membership
                .last_floor()
                .map(|floor| floor.as_str().to_owned()),
            in_clear: membership.insecure(),
            held: (settings.held)(),
            command: format!("yingbin enrol {} --config {config}", screen.name()),
        });
        let look = Look {
            brand: &settings.brand,
            large_text: settings.large_text,
            fullscreen: settings.fullscreen,
        };
        let page = page::open(enrol, &look, Box::new(run))?;
        self.replace(Window::Page(page));
        // What is kept may have become another one, or be good again.
        self.look_out(settings.looks.at_page, move || membership.client().ok());
        Ok(())
    }

    /// The new window stands before the old one goes: without any the event loop would end.
    fn replace(&self, window: Window) {
        self.count.set(self.count.get() + 1);
        let before = self.window.replace(window);
        drop(before);
    }

    /// Asks the floor again and again whether it knows this screen.
    fn look_out(
        &self,
        every: Duration,
        client: impl Fn() -> Option<FloorClient> + Send + Sync + 'static,
    ) {
        let (of, tell) = (self.count.get(), self.tell.clone());
        let task = self.settings.runtime.spawn(async move {
            loop {
                let heard = match client() {
                    Some(client) => hear(&client).await,
                    None => Heard::Nothing,
                };
                if tell.send(News::Heard(of, heard)).is_err() {
                    return;
                }
                tokio::time::sleep(every).await;
            }
        });
        *self.look_out.borrow_mut() = Some(Ending(task.abort_handle()));
    }
}

async fn hear(client: &FloorClient) -> Heard {
    match client.site().await {
        Ok(_) => Heard::Known,
        Err(ClientError::Refused(problem)) if problem.status == 401 => Heard::Unknown,
        Err(ClientError::OtherFloor) => Heard::OtherFloor,
        Err(_) => Heard::Nothing,
    }
}
