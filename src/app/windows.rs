//! Windows: which renderer draws them, what they are told, and the one event loop they share.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::AppError;
use crate::client::FloorClient;
use crate::client::check_in::EffectRunner;
use crate::client::live::LiveSettings;
use crate::config::{Brand, DeskConfig, DisplayConfig, KioskConfig, Renderer};
use crate::core::kiosk::Settings;
use crate::core::language::{Language, Text};
use crate::device::announcer::{Announcer, Player};
use crate::screens::{desk, display, kiosk};

/// How often screens ask for the showroom's settings again.
const SITE_EVERY: Duration = Duration::from_secs(60);

/// Whether windows can be opened here.
pub fn possible() -> bool {
    if cfg!(all(unix, not(target_os = "macos"))) {
        std::env::var_os("DISPLAY").is_some_and(|d| !d.is_empty())
    } else {
        true
    }
}

/// To be called before the first window. The software renderer is the default: without a graphics
/// card it is the quicker one by far.
pub fn choose_renderer(renderer: Renderer) -> Result<(), AppError> {
    let name = match renderer {
        Renderer::Software => "software",
        Renderer::Femtovg => "femtovg",
    };
    Ok(slint::BackendSelector::new()
        .renderer_name(name.to_owned())
        .select()?)
}

/// Runs the windows until all are closed or [`quit`].
pub fn run() -> Result<(), AppError> {
    Ok(slint::run_event_loop()?)
}

/// Ends [`run`], from any thread.
pub fn quit() {
    // Without an event loop there is nothing to end.
    let _ = slint::quit_event_loop();
}

pub fn kiosk(
    config: &KioskConfig,
    effects: EffectRunner,
    pin: Pin,
    runtime: &Handle,
) -> Result<kiosk::KioskHandle, AppError> {
    let pinned_recipient = config.recipient.clone().or_else(|| pin.read());
    let handle = kiosk::open(kiosk::KioskScreenSettings {
        effects,
        runtime: runtime.clone(),
        kiosk: Settings {
            idle_seconds: config.idle_seconds,
            countdown_seconds: config.countdown_seconds,
            pinned_recipient,
            ..Settings::default()
        },
        brand: config.brand.clone(),
        large_text: config.large_text,
        fullscreen: config.fullscreen,
        on_pin: Box::new(move |recipient| pin.keep(recipient)),
    })?;
    handle.show()?;
    Ok(handle)
}

pub fn display(
    config: &DisplayConfig,
    client: FloorClient,
    runtime: &Handle,
) -> Result<display::Handle, AppError> {
    let player = Player::from_config(&config.chime, std::env::var_os("PATH").as_deref());
    let announcer = Announcer::start(player, runtime);
    Ok(display::open(display::Settings {
        client,
        runtime: runtime.clone(),
        live: LiveSettings::default(),
        language: config.language,
        name: name(&config.brand),
        fullscreen: config.fullscreen,
        on_chime: Box::new(move || announcer.announce(Instant::now())),
    })?)
}

pub fn desk(
    config: &DeskConfig,
    client: FloorClient,
    pin: Pin,
    runtime: &Handle,
) -> Result<desk::Handle, AppError> {
    let recipient = pin
        .read()
        .or_else(|| first_recipient(&client, &pin, runtime));
    Ok(desk::open(desk::Settings {
        client,
        runtime: runtime.clone(),
        live: LiveSettings::default(),
        language: config.language,
        // Without one the desk registers guests without personal fields.
        recipient: recipient.unwrap_or_default(),
        site_every: SITE_EVERY,
        fullscreen: config.fullscreen,
    })?)
}

/// The first contact pins whom this desk seals to (P7).
fn first_recipient(client: &FloorClient, pin: &Pin, runtime: &Handle) -> Option<String> {
    let recipient = runtime.block_on(client.site()).ok()?.recipient;
    pin.keep(&recipient);
    Some(recipient)
}

fn name(brand: &Brand) -> Text {
    brand.name.as_ref().map_or_else(Text::default, |name| {
        Language::ALL
            .into_iter()
            .fold(Text::default(), |text, l| text.and(l, name))
    })
}

/// Where a screen keeps the recipient it pinned at its first contact with the floor.
#[derive(Clone, Debug)]
pub struct Pin(Option<PathBuf>);

impl Pin {
    /// Beside the configuration file; without one nothing is kept over a restart.
    pub fn beside(config: Option<&Path>) -> Self {
        Self(config.map(|file| file.with_extension("recipient")))
    }

    fn read(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.0.as_ref()?).ok()?;
        Some(text.trim().to_owned()).filter(|recipient| !recipient.is_empty())
    }

    fn keep(&self, recipient: &str) {
        let Some(file) = &self.0 else { return };
        if let Err(error) = std::fs::write(file, recipient) {
            tracing::error!(
                file = %file.display(),
                %error,
                "the centre's recipient cannot be kept: the next start pins anew"
            );
        }
    }
}
