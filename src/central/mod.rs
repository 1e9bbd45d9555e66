//! The central server: knows the customer, hears the floors, hands the office's settings down.

pub mod access;
pub mod bookings;
pub mod console;
pub mod customers;
pub mod enrol;
mod error;
pub mod feed;
pub mod ingest;
mod openapi;
pub mod recognition;
pub mod sites;
pub mod state;
pub mod visits;

use std::future::Future;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;

use crate::crypto::keys::{Keys, KeysError};
use crate::crypto::token;
use crate::http::limit::Limits;
use crate::http::ready::Readiness;
use crate::http::serve::{Closer, ServeError, Transport};
use crate::http::{ApiError, figures, serve as http, shell};
use crate::store::central::{MIGRATIONS, accounts};
use crate::store::sqlite::Sqlite;
use crate::store::{Db, StoreError, migrate};
pub use state::{Central, Clock};

/// Why a centre did not start.
#[derive(Debug, thiserror::Error)]
pub enum CentralError {
    #[error("the data folder {0}: {1}")]
    Data(PathBuf, std::io::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// What a centre needs to know before it starts.
#[derive(Clone)]
pub struct CentralSettings {
    /// Holds the database and, in `keys/`, the keys.
    pub data: PathBuf,
    /// How people's browsers reach this server, e.g. `https://office.example`; no slash at the end.
    pub public_url: String,
    /// The time it is; [`Clock::system`] but in tests.
    pub clock: Clock,
    /// What `/healthz` waits for.
    pub ready: Readiness,
}

/// A centre that is open and not yet served.
pub struct Office {
    central: Arc<Central>,
    closer: Closer,
    setup_link: Option<String>,
}

/// Opens the data folder: makes keys and database at the first start, brings an older database up to
/// date, and issues a new administrator link as long as there is no account.
pub async fn open(settings: CentralSettings) -> Result<Office, CentralError> {
    std::fs::create_dir_all(&settings.data)
        .map_err(|e| CentralError::Data(settings.data.clone(), e))?;
    let file = settings.data.join("central.db");
    let keys = Keys::open(&settings.data.join("keys"), !file.exists())?;
    let db = Sqlite::open(&file)?;
    let now = settings.clock.now();
    migrate::run(&db, MIGRATIONS, now).await?;

    let mut tx = db.write().await?;
    let setup_link = if accounts::any(&mut *tx).await? {
        None
    } else {
        let code = token::secret_token();
        accounts::put_setup_code(&mut *tx, &token::hash(&code), now).await?;
        let home = settings.public_url.trim_end_matches('/');
        Some(format!("{home}/setup/{code}"))
    };
    tx.commit().await?;

    let (closer, closing) = http::closing();
    let central = Central::new(
        Arc::new(db),
        keys,
        Limits::default(),
        settings.clock,
        settings.public_url,
        closing,
        settings.ready,
    );
    Ok(Office {
        central: Arc::new(central),
        closer,
        setup_link,
    })
}

impl Office {
    /// The one-time link that makes the first account; none when there is one.
    pub fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref()
    }

    pub fn central(&self) -> &Arc<Central> {
        &self.central
    }

    /// Serves until `shutdown` is ready.
    pub async fn serve(
        self,
        listener: TcpListener,
        transport: Transport,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), CentralError> {
        figures::start();
        let router = router(self.central);
        Ok(http::serve(listener, transport, router, self.closer, shutdown).await?)
    }
}

/// Opens and serves; the administrator link, if there is one, is handed to `first_start`.
pub async fn serve(
    settings: CentralSettings,
    listener: TcpListener,
    transport: Transport,
    first_start: impl FnOnce(&str),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CentralError> {
    let office = open(settings).await?;
    if let Some(link) = office.setup_link() {
        first_start(link);
    }
    office.serve(listener, transport, shutdown).await
}

/// All of the centre's addresses.
fn router(central: Arc<Central>) -> Router {
    let routes = Router::new()
        .route("/healthz", get(healthy))
        .route("/metrics", get(figures::page))
        .route("/openapi.json", get(openapi::document))
        .merge(access::api::routes())
        .merge(bookings::api::routes())
        .merge(console::routes())
        .merge(customers::api::routes())
        .merge(enrol::api::routes())
        .merge(feed::api::routes())
        .merge(ingest::api::routes())
        .merge(recognition::api::routes())
        .merge(sites::api::routes())
        .merge(visits::api::routes());
    shell::around(routes).with_state(central)
}

/// `GET /healthz`: 200 when the database answers.
async fn healthy(State(central): State<Arc<Central>>) -> Result<&'static str, ApiError> {
    central.ready.check()?;
    let mut tx = central.db.read().await?;
    accounts::any(&mut *tx).await?;
    Ok("ok")
}
