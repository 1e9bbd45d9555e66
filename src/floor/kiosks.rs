//! How the kiosks are: when each was last heard, and what it still has to hand over. Not part of the
//! history, so it lives beside the engine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ask::Engine;
use super::clock::Timekeeper;
use super::memory::Floor;
use crate::core::id::DeviceId;
use crate::core::time::Millis;
use crate::protocol::feed::DeviceRole;
use crate::protocol::kiosk::{KioskStanding, KioskView};

/// A kiosk speaks several times a minute; silent for longer than this, it is cut off. Milliseconds.
const SILENT_MS: i64 = 45_000;
/// How often the desk's picture is looked at for kiosks that fell silent.
const LOOK: Duration = Duration::from_secs(15);
const MINUTE: i64 = 60_000;

#[derive(Clone, Default)]
struct Heard {
    at: Millis,
    standing: KioskStanding,
}

/// All kiosks heard since the floor started.
pub(super) struct Kiosks {
    engine: Engine,
    keeper: Timekeeper,
    heard: Mutex<BTreeMap<DeviceId, Heard>>,
}

impl Kiosks {
    pub fn new(engine: Engine, keeper: Timekeeper) -> Self {
        Self {
            engine,
            keeper,
            heard: Mutex::default(),
        }
    }

    /// A kiosk called.
    pub fn called(&self, kiosk: &DeviceId) {
        self.note(kiosk, None);
    }

    /// A kiosk said how it stands.
    pub fn told(&self, kiosk: &DeviceId, standing: KioskStanding) {
        self.note(kiosk, Some(standing));
    }

    fn note(&self, kiosk: &DeviceId, standing: Option<KioskStanding>) {
        let now = self.keeper.latest();
        let shows = {
            let mut all = self.all();
            let heard = match all.get_mut(kiosk) {
                Some(heard) => heard,
                None => all.entry(kiosk.clone()).or_default(),
            };
            let silent = now.since(heard.at) > SILENT_MS;
            let minute = now.0 / MINUTE != heard.at.0 / MINUTE;
            let stands = standing.as_ref().is_some_and(|s| *s != heard.standing);
            heard.at = now;
            if let Some(standing) = standing {
                heard.standing = standing;
            }
            silent || minute || stands
        };
        if shows {
            self.engine.touch();
        }
    }

    /// As the desk sees them: the kiosks enrolled now, by id.
    pub fn views(&self) -> impl FnOnce(&Floor) -> Vec<KioskView> + Send + 'static {
        let (all, now) = (self.all().clone(), self.keeper.latest());
        move |floor| {
            let kiosks = floor.grants.iter().filter(|g| g.role == DeviceRole::Kiosk);
            kiosks
                .map(|grant| {
                    let heard = all.get(&grant.id);
                    let local = |at: Millis| floor.calendar.local(Millis(at.0 - at.0 % MINUTE));
                    let silent = heard.filter(|h| now.since(h.at) > SILENT_MS);
                    let standing = heard.map(|h| h.standing.clone()).unwrap_or_default();
                    let own = floor.state.visits.values();
                    let own = own.filter(|v| v.device == grant.id && v.ticket.kiosk().is_some());
                    KioskView {
                        id: grant.id.clone(),
                        series: grant.number.map(|n| format!("K{n}")),
                        last_seen: heard.map(|h| local(h.at)),
                        offline_since: silent.map(|h| local(h.at)),
                        backlog: standing.backlog,
                        set_aside: standing.set_aside,
                        handed_over: u32::try_from(own.count()).unwrap_or(u32::MAX),
                    }
                })
                .collect()
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<DeviceId, Heard>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the desk when a kiosk falls silent, which by itself nobody tells. Runs until dropped.
pub(super) async fn watch(kiosks: Arc<Kiosks>) {
    let mut silent = 0;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = kiosks.keeper.latest();
        let count = |h: &&Heard| now.since(h.at) > SILENT_MS;
        let found = kiosks.all().values().filter(count).count();
        if found != silent {
            silent = found;
            kiosks.engine.touch();
        }
    }
}
