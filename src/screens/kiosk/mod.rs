//! The kiosk's window: draws the state machine's view, hands its touches in, runs its effects.

mod bind;
mod pinyin;
mod show;
mod words;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use self::pinyin::Pinyin;
pub(super) use self::words::label;
use slint::{ComponentHandle, Image};
use yingbin_ui::{KioskState, KioskWindow, Theme};

use crate::client::check_in::EffectRunner;
use crate::config::{Brand, Colour};
use crate::core::kiosk::{Candidates, Effect, Kiosk, Message, Settings, Step, View};
use crate::core::time::Millis;

/// Large type is this much larger.
const LARGE_TEXT: f32 = 1.2;
/// The state machine's beat: short enough for a countdown in seconds.
const BEAT: Duration = Duration::from_millis(250);

/// How a kiosk's window looks and what it works with.
pub struct KioskScreenSettings {
    pub effects: EffectRunner,
    /// Where requests run; never the window's thread.
    pub runtime: tokio::runtime::Handle,
    pub kiosk: Settings,
    pub brand: Brand,
    pub large_text: bool,
    pub fullscreen: bool,
    /// Keeps the recipient pinned at the first contact (P7) for the next start.
    pub on_pin: Box<dyn Fn(&str)>,
}

/// Why the window could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    #[error("no window could be opened: {0}")]
    Window(#[from] slint::PlatformError),
    #[error("the picture {0} cannot be read; it must be a PNG")]
    Picture(PathBuf),
}

/// An open kiosk. Dropping it closes the window.
pub struct KioskHandle {
    screen: Rc<Screen>,
    _beat: slint::Timer,
}

impl KioskHandle {
    pub fn window(&self) -> &slint::Window {
        self.screen.window.window()
    }
    pub fn show(&self) -> Result<(), slint::PlatformError> {
        self.screen.window.show()
    }
    /// Nobody is at the kiosk.
    pub fn is_free(&self) -> bool {
        self.screen.kiosk.borrow().is_free()
    }
}

impl Drop for KioskHandle {
    fn drop(&mut self) {
        // A window that is gone already needs no hiding.
        let _ = self.screen.window.hide();
    }
}

/// Creates the window and wires it, without running the event loop.
///
/// # Errors
/// Where there is no display, or a picture of the brand cannot be read.
pub fn open(settings: KioskScreenSettings) -> Result<KioskHandle, ScreenError> {
    let window = KioskWindow::new()?;
    let state = window.global::<KioskState>();
    dress(
        &window.global::<Theme>(),
        &state,
        &settings.brand,
        settings.large_text,
    )?;
    window.window().set_fullscreen(settings.fullscreen);

    let (news, arrived) = mpsc::channel();
    let runner = Arc::new(settings.effects);
    let (runtime, on_pin, weak) = (settings.runtime, settings.on_pin, window.as_weak());
    let run = move |effect| {
        if let Effect::Pin { recipient } = &effect {
            return on_pin(recipient);
        }
        let (runner, news, weak) = (Arc::clone(&runner), news.clone(), weak.clone());
        runtime.spawn(async move {
            if let Some(message) = runner.run(effect).await
                && news.send(message).is_ok()
            {
                // Without an event loop any more there is nobody to be told.
                let _ = weak.upgrade_in_event_loop(|w| w.global::<KioskState>().invoke_news());
            }
        });
    };
    let started = Instant::now();
    let clock = move || Millis(i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX));
    let ime: Arc<dyn Candidates> = Arc::new(Pinyin::begin());
    let kiosk = Kiosk::new(settings.kiosk, ime);
    let screen = Screen::connect(window, kiosk, Box::new(clock), Box::new(run));

    let weak = Rc::downgrade(&screen);
    screen.window.global::<KioskState>().on_news(move || {
        if let Some(screen) = weak.upgrade() {
            arrived.try_iter().for_each(|message| screen.tell(message));
        }
    });
    let weak = Rc::downgrade(&screen);
    let beat = slint::Timer::default();
    beat.start(slint::TimerMode::Repeated, BEAT, move || {
        if let Some(screen) = weak.upgrade() {
            screen.tell(Message::Tick);
        }
    });
    screen.tell(Message::Tick);
    Ok(KioskHandle {
        screen,
        _beat: beat,
    })
}

/// Colours, pictures and type of the house.
pub(super) fn dress(
    theme: &Theme<'_>,
    state: &KioskState<'_>,
    brand: &Brand,
    large_text: bool,
) -> Result<(), ScreenError> {
    let colour = |c: Colour| slint::Color::from_rgb_u8(c.red, c.green, c.blue);
    theme.set_brand(colour(brand.colours.main));
    theme.set_brand_deep(colour(brand.colours.deep));
    theme.set_brand_light(colour(brand.colours.light));
    theme.set_gold(colour(brand.colours.accent));
    theme.set_gold_soft(colour(brand.colours.accent_soft));
    theme.set_scale(if large_text { LARGE_TEXT } else { 1.0 });

    let load = |path: &Path| {
        Image::load_from_path(path).map_err(|_| ScreenError::Picture(path.to_owned()))
    };
    if let Some(logo) = &brand.logo {
        state.set_logo(load(logo)?);
    }
    if let Some(picture) = &brand.picture {
        state.set_picture(load(picture)?);
    }
    state.set_still(large_text);
    if let Some(name) = &brand.name {
        state.set_brand_name(name.into());
    }
    Ok(())
}

/// The state machine behind one window. Clock and effects are handed in, so that tests go through
/// the very window without a floor.
pub struct Screen {
    pub window: KioskWindow,
    kiosk: RefCell<Kiosk>,
    clock: Box<dyn Fn() -> Millis>,
    run: Box<dyn Fn(Effect)>,
    drawn: RefCell<Option<View>>,
}

impl Screen {
    /// Wires the window's callbacks to the state machine and draws it.
    pub fn connect(
        window: KioskWindow,
        kiosk: Kiosk,
        clock: Box<dyn Fn() -> Millis>,
        run: Box<dyn Fn(Effect)>,
    ) -> Rc<Self> {
        let screen = Rc::new(Self {
            window,
            kiosk: RefCell::new(kiosk),
            clock,
            run,
            drawn: RefCell::default(),
        });
        bind::connect(&screen);
        screen.draw();
        screen
    }

    /// The page shown.
    pub fn step(&self) -> Step {
        self.kiosk.borrow().step()
    }

    /// Hands a message in, runs what follows and draws.
    pub fn tell(&self, message: Message) {
        let effects = self.kiosk.borrow_mut().update(message, (self.clock)());
        self.draw();
        effects.into_iter().for_each(|effect| (self.run)(effect));
    }

    fn draw(&self) {
        let view = self.kiosk.borrow().view((self.clock)());
        let drawn = self.drawn.replace(Some(view.clone()));
        show::show(&self.window.global::<KioskState>(), &view, drawn.as_ref());
    }
}
