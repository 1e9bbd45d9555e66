//! A kiosk that is to be enrolled: its folder, and its program but for the event loop.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString};
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedReceiver;
use yingbin::app::joining::{Joining, Looks, News, Settings, Work};
use yingbin::client::FloorClient;
use yingbin::client::check_in::EffectRunner;
use yingbin::client::membership::Membership;
use yingbin::client::own_series::OwnSeries;
use yingbin::config::{self, Brand, KioskConfig, Renderer, Role};
use yingbin::core::enrol::standing::Shown;
use yingbin::core::enrol::{Tone, View};
use yingbin::core::kiosk;
use yingbin::core::language::Language;
use yingbin::core::words::say;
use yingbin::screens::kiosk::{KioskScreenSettings, open};

use super::snapshot::{in_memory, settle};

/// A kiosk's folder with its configuration.
pub struct Place {
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn new(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kiosk.toml"), configuration).unwrap();
        Self { folder }
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("kiosk.toml")
    }

    pub fn membership(&self) -> Membership {
        membership(&self.config())
    }

    pub fn kept(&self) -> Option<toml::Table> {
        let text = std::fs::read_to_string(self.folder.path().join("kiosk.enrolment")).ok()?;
        Some(text.parse().unwrap())
    }

    pub fn held(&self) -> u32 {
        let series = OwnSeries::open(self.folder.path()).unwrap();
        series.backlog().unwrap().waiting
    }
}

fn membership(file: &Path) -> Membership {
    let config: KioskConfig = config::load(Some(file), []).unwrap();
    Membership::new(Role::Kiosk, config.floor_line(), Some(file))
}

/// The kiosk's program but for the event loop.
pub struct Program {
    pub joining: Rc<Joining>,
    told: UnboundedReceiver<News>,
    /// The lines with which the kiosk was opened.
    opened: Rc<RefCell<Vec<FloorClient>>>,
    pub free: Rc<Cell<bool>>,
}

impl Program {
    pub fn start(place: &Place) -> Self {
        in_memory();
        let opened = Rc::new(RefCell::new(Vec::new()));
        let free = Rc::new(Cell::new(true));
        let (noted, nobody) = (Rc::clone(&opened), Rc::clone(&free));
        let folder = place.folder.path().to_owned();
        let (joining, told) = Joining::new(Settings {
            membership: place.membership(),
            runtime: Handle::current(),
            renderer: Renderer::Software,
            language: Language::En,
            brand: Brand::default(),
            large_text: false,
            fullscreen: false,
            looks: Looks {
                at_work: Duration::from_millis(10),
                at_page: Duration::from_millis(10),
            },
            held: Box::new(move || OwnSeries::open(&folder).unwrap().backlog().unwrap().waiting),
            open: Box::new(move |client| {
                noted.borrow_mut().push(client.clone());
                let kiosk = open(KioskScreenSettings {
                    effects: EffectRunner::new(client),
                    runtime: Handle::current(),
                    kiosk: kiosk::Settings::default(),
                    brand: Brand::default(),
                    large_text: false,
                    fullscreen: false,
                    on_pin: Box::new(|_| {}),
                })?;
                kiosk.show()?;
                let nobody = Rc::clone(&nobody);
                Ok(Work {
                    is_free: Box::new(move || nobody.get()),
                    window: Box::new(kiosk),
                })
            }),
        });
        joining.begin().unwrap();
        Self {
            joining,
            told,
            opened,
            free,
        }
    }

    pub async fn hear(&mut self) {
        let news = self.told.recv().await.unwrap();
        self.joining.hear(news).unwrap();
    }

    pub async fn until(&mut self, shown: Shown) {
        while self.joining.shown() != Some(shown) {
            self.hear().await;
        }
    }

    pub fn key(&self, key: impl Into<SharedString>) {
        let page = self.joining.open_page().expect("the page");
        let (window, text) = (page.window.window(), key.into());
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
        settle();
    }

    pub fn types(&self, text: &str) {
        text.chars().for_each(|key| self.key(key));
    }

    pub fn view(&self) -> View {
        self.joining.open_page().expect("the page").view()
    }

    /// Presses Enter; what the page says of it.
    pub async fn refused(&mut self) -> String {
        self.key(Key::Return);
        assert_eq!(self.view().tone, Tone::Busy, "{}", self.view().status);
        while self.view().busy {
            self.hear().await;
        }
        assert_eq!(self.view().tone, Tone::Bad);
        self.view().status
    }

    pub async fn enrols(&mut self) {
        self.key(Key::Return);
        self.until(Shown::Work).await;
    }

    /// The line of the kiosk now open.
    pub fn client(&self) -> FloorClient {
        self.opened.borrow().last().expect("a kiosk").clone()
    }
}

pub fn words(key: &str) -> String {
    say(Language::En, &format!("enrol.{key}"), &[])
}
