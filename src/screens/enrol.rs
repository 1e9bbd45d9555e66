//! The window in which a screen is enrolled: draws the state machine's view, hands touches and keys
//! in.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use yingbin_ui::{EnrolState, EnrolTone, EnrolWindow, KioskLanguage, KioskState, Theme};

use super::kiosk::{ScreenError, dress, label};
use crate::client::ClientError;
use crate::client::enrol::EnrolError;
use crate::client::membership::{JoinError, Membership};
use crate::config::Brand;
use crate::core::enrol::{self, Effect, Enrol, Failure, Field, Message, Tone, View, code};
use crate::core::language::Language;
use crate::core::time::Millis;

/// What stands where the house's own name is not configured.
const HOUSE: &str = "迎宾 Yingbin";
const BEAT: Duration = Duration::from_secs(1);

/// How the window looks.
pub struct Look<'a> {
    pub brand: &'a Brand,
    pub large_text: bool,
    pub fullscreen: bool,
}

/// An open page. Dropping it closes the window.
pub struct Handle {
    screen: Rc<Screen>,
    _beat: slint::Timer,
}

impl Handle {
    pub fn screen(&self) -> &Rc<Screen> {
        &self.screen
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // A window that is gone already needs no hiding.
        let _ = self.screen.window.hide();
    }
}

/// Opens the page; the caller runs the event loop. `run` does an effect without waiting for it.
///
/// # Errors
/// Where there is no display, or a picture of the brand cannot be read.
pub fn open(
    enrol: Enrol,
    look: &Look<'_>,
    run: Box<dyn Fn(Effect)>,
) -> Result<Handle, ScreenError> {
    let window = EnrolWindow::new()?;
    let house = window.global::<KioskState>();
    house.set_site_name(HOUSE.into());
    dress(
        &window.global::<Theme>(),
        &house,
        look.brand,
        look.large_text,
    )?;
    window.window().set_fullscreen(look.fullscreen);
    let started = Instant::now();
    let clock = move || Millis(i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX));
    let screen = Screen::connect(window, enrol, Box::new(clock), run);
    screen.window.show()?;
    let beat = slint::Timer::default();
    let weak = Rc::downgrade(&screen);
    beat.start(slint::TimerMode::Repeated, BEAT, move || {
        if let Some(screen) = weak.upgrade() {
            screen.tell(Message::Tick);
        }
    });
    Ok(Handle {
        screen,
        _beat: beat,
    })
}

/// Does what the page asks for.
pub async fn run(membership: &Membership, effect: Effect) -> Message {
    let Effect::Enrol { floor, code } = effect;
    match membership.join(floor.as_deref(), &code).await {
        Ok(enrolled) => Message::Enrolled(enrolled.device),
        Err(error) => {
            tracing::warn!(%error, "this screen was not enrolled");
            Message::Failed(failure(&error))
        }
    }
}

fn failure(error: &JoinError) -> Failure {
    match error {
        JoinError::NotAnAddress(_) => Failure::NotAnAddress,
        JoinError::InClear(_) => Failure::InClear,
        JoinError::NoPlace { .. } => Failure::NoPlace,
        JoinError::NotKept { .. } => Failure::NotKept,
        JoinError::Enrol(error) => match error {
            EnrolError::NotACode | EnrolError::Refused => Failure::Refused,
            EnrolError::TooMany => Failure::TooMany,
            EnrolError::OtherRole(other) => Failure::OtherRole(enrol::Screen::from_name(other)),
            EnrolError::Untrue | EnrolError::Line(ClientError::OtherFloor) => Failure::Untrue,
            EnrolError::Line(ClientError::Unreachable) => Failure::Unreachable,
            EnrolError::Line(ClientError::Settings(_)) => Failure::Tls,
            EnrolError::Line(line) if line.is_temporary() => Failure::Starting,
            EnrolError::Line(_) => Failure::NotAFloor,
        },
    }
}

/// The window with its state machine. Clock and effects are handed in, so that tests go through the
/// very window.
pub struct Screen {
    pub window: EnrolWindow,
    enrol: RefCell<Enrol>,
    clock: Box<dyn Fn() -> Millis>,
    run: Box<dyn Fn(Effect)>,
    drawn: RefCell<Option<View>>,
}

impl Screen {
    /// Wires the window to the state machine and draws it.
    pub fn connect(
        window: EnrolWindow,
        enrol: Enrol,
        clock: Box<dyn Fn() -> Millis>,
        run: Box<dyn Fn(Effect)>,
    ) -> Rc<Self> {
        let screen = Rc::new(Self {
            window,
            enrol: RefCell::new(enrol),
            clock,
            run,
            drawn: RefCell::default(),
        });
        connect(&screen);
        // The page's age counts from here.
        screen.tell(Message::Tick);
        screen
    }

    /// Hands a message in, draws, and runs what follows.
    pub fn tell(&self, message: Message) {
        let effect = self.enrol.borrow_mut().update(message, (self.clock)());
        self.draw();
        if let Some(effect) = effect {
            (self.run)(effect);
        }
    }

    pub fn view(&self) -> View {
        self.enrol.borrow().view()
    }

    /// Nobody is in the midst of typing a code, and none is on its way.
    pub fn is_free(&self) -> bool {
        self.enrol.borrow().is_free()
    }

    fn draw(&self) {
        let view = self.view();
        if self.drawn.borrow().as_ref() == Some(&view) {
            return;
        }
        show(&self.window, &view);
        *self.drawn.borrow_mut() = Some(view);
    }
}

fn connect(screen: &Rc<Screen>) {
    let tell = |message: fn() -> Message| {
        let weak = Rc::downgrade(screen);
        move || {
            if let Some(screen) = weak.upgrade() {
                screen.tell(message());
            }
        }
    };
    let tell_text = |message: fn(SharedString) -> Option<Message>| {
        let weak = Rc::downgrade(screen);
        move |text| {
            if let (Some(screen), Some(message)) = (weak.upgrade(), message(text)) {
                screen.tell(message);
            }
        }
    };
    let state = screen.window.global::<EnrolState>();
    state.on_key(tell_text(|key| key.chars().next().map(Message::Key)));
    state.on_paste(tell_text(|text| Some(Message::Paste(text.into()))));
    state.on_backspace(tell(|| Message::Backspace));
    state.on_clear(tell(|| Message::Clear));
    state.on_focus_address(tell(|| Message::Focus(Field::Address)));
    state.on_focus_code(tell(|| Message::Focus(Field::Code)));
    state.on_other_field(tell(|| Message::OtherField));
    state.on_next_language(tell(|| Message::NextLanguage));
    state.on_enrol(tell(|| Message::Enrol));
    let house = screen.window.global::<KioskState>();
    house.on_choose_language(tell_text(|tag| {
        Language::from_tag(&tag).map(Message::Language)
    }));
}

fn show(window: &EnrolWindow, view: &View) {
    let languages = Language::ALL.map(|language| {
        let (short, name) = label(language);
        KioskLanguage {
            tag: language.tag().into(),
            label: short.into(),
            name: name.into(),
            chosen: language == view.language,
        }
    });
    let house = window.global::<KioskState>();
    house.set_languages(ModelRc::new(VecModel::from_slice(&languages)));

    let state = window.global::<EnrolState>();
    let text = |text: &String| SharedString::from(text);
    state.set_title(text(&view.title));
    state.set_reason(text(&view.reason));
    state.set_note(text(&view.note));
    state.set_guests(text(&view.guests));
    state.set_command(text(&view.command));
    state.set_keys(text(&view.keys));
    state.set_address_label(text(&view.address_label));
    state.set_address(text(&view.address));
    state.set_address_hint(text(&view.address_hint));
    state.set_understood(text(&view.understood));
    state.set_asks_for_address(view.asks_for_address);
    state.set_at_address(view.field == Field::Address);
    state.set_code_label(text(&view.code_label));
    let signs: String = view.signs.iter().collect();
    state.set_code(code::grouped(&signs).into());
    let signs: Vec<SharedString> = view.signs.iter().map(|s| s.to_string().into()).collect();
    state.set_signs(ModelRc::new(VecModel::from(signs)));
    state.set_status(text(&view.status));
    state.set_tone(match view.tone {
        Tone::Quiet => EnrolTone::Quiet,
        Tone::Busy => EnrolTone::Busy,
        Tone::Bad => EnrolTone::Bad,
        Tone::Good => EnrolTone::Good,
    });
    state.set_button(text(&view.button));
    state.set_can_enrol(view.can_enrol);
    state.set_busy(view.busy);
    state.set_key_clear(text(&view.key_clear));
    state.set_key_backspace(text(&view.key_backspace));
}
