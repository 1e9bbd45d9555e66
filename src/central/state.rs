//! What every handler has at hand.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::core::time::Millis;
use crate::crypto::keys::Keys;
use crate::http::limit::Limits;
use crate::http::ready::Readiness;
use crate::http::serve::Closing;
use crate::store::Db;
use crate::wall_clock;

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::from_fn(wall_clock::now)
    }
    /// A clock of one's own, for tests.
    pub fn from_fn(now: impl Fn() -> Millis + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }
    pub fn now(&self) -> Millis {
        (self.0)()
    }
}

/// The open centre.
pub struct Central {
    pub db: Arc<dyn Db>,
    pub keys: Keys,
    pub limits: Limits,
    pub clock: Clock,
    /// Without a slash at the end.
    pub public_url: String,
    pub closing: Closing,
    pub ready: Readiness,
    /// Password hashes computed at the same time: each takes a core and 19 MiB.
    pub(super) hashing: Semaphore,
    news: watch::Sender<u64>,
}

impl Central {
    pub(super) fn new(
        db: Arc<dyn Db>,
        keys: Keys,
        limits: Limits,
        clock: Clock,
        public_url: String,
        closing: Closing,
        ready: Readiness,
    ) -> Self {
        Self {
            db,
            keys,
            limits,
            clock,
            public_url: public_url.trim_end_matches('/').to_owned(),
            closing,
            ready,
            hashing: Semaphore::new(2),
            news: watch::channel(0).0,
        }
    }

    /// Says that something was committed which a feed shows.
    pub fn announce(&self) {
        self.news.send_modify(|n| *n = n.wrapping_add(1));
    }
    /// Changes with every announcement. Subscribe first, read the database second: then nothing
    /// slips through between.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }
}
