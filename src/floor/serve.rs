//! The floor put together: engine, background tasks, API.

use std::fs::File;
use std::future::Future;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::api::{self, Api};
use super::ask::Engine;
use super::centre::Centre;
use super::clock::Timekeeper;
use super::engine::{Beginning, Runner};
use super::grants::Grants;
use super::keys::Keys;
use super::kiosks::Kiosks;
use super::lights::{Lights, Line};
use super::live::Live;
use super::log::{Log, LogError, Restored};
use super::pads::Pads;
use super::recognise::Recogniser;
use super::settings::FloorSettings;
use super::staff::Sessions;
use super::storage::Storage;
use super::waiting::Room;
use super::{feed, join, kiosks, outbox, pads, printing, room};
use crate::core::time::Millis;
use crate::crypto::enrolment::IN_CLEAR;
use crate::http::figures;
use crate::http::limit::Limits;
use crate::http::serve::{self, ServeError, Tls, Transport};

/// Asks that may wait for the engine before callers wait to ask.
const WAITING: usize = 1024;

/// Why a floor did not start or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum FloorError {
    #[error("{folder} cannot be used as the floor's data folder: {error}")]
    Folder {
        folder: String,
        error: std::io::Error,
    },
    #[error("another floor is running on {folder}; stop it first")]
    InUse { folder: String },
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("the centre's certificate or address cannot be used: {0}")]
    Centre(reqwest::Error),
    #[error("the floor's engine has ended; see the log above")]
    EngineEnded,
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Runs a floor on `listener` until `shutdown` is ready. Everything it promised is on disk when
/// this returns.
pub async fn serve(
    settings: FloorSettings,
    listener: TcpListener,
    transport: Transport,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), FloorError> {
    figures::start();
    let _lock = lock(&settings.data)?;
    let keys = Keys::open(&settings.data).map_err(|e| folder(&settings.data, e))?;
    let keys = Arc::new(keys);
    let centre = settings.centre.as_ref().map(Centre::new).transpose();
    let centre = centre.map_err(FloorError::Centre)?;

    let (changes, _) = watch::channel(0);
    let changes = Arc::new(changes);
    let (grants, known) = watch::channel(Arc::new(Grants::default()));
    let (own, clock) = (settings.public_url, settings.clock.clone());
    let (sessions, signed) = watch::channel(Arc::new(Sessions::default()));
    let secure = transport.tls.is_some();
    let (storage, stored) = watch::channel(Storage::default());
    let log = Log::open(&settings.data)?;
    let reader = log.reader()?;
    let shutdown = shutdown.boxed().shared();
    if let Some(centre) = &centre
        && reader.restored().await? == Some(Restored::Join)
    {
        let room = Room::open(&listener, transport.clone())?;
        let joined = tokio::select! {
            joined = join::before_the_start(&log, &reader, &keys, centre) => Some(joined),
            () = shutdown.clone() => None,
        };
        room.close().await;
        match joined {
            Some(joined) => joined?,
            None => return Ok(()),
        }
    }
    let runner = Runner::start(
        log,
        Beginning {
            data: settings.data.clone(),
            keys: keys.clone(),
            clock: settings.clock,
            own_url: own.clone(),
            prints: settings.printer.is_some(),
            rules: settings.rules.filter(|_| centre.is_none()),
            changes: changes.clone(),
            grants,
            sessions,
            storage,
        },
    )
    .await?;
    let own_url = own.clone();
    let key_hash = transport.tls.as_ref().map_or(IN_CLEAR, Tls::key_hash);
    let (asks, inbox) = mpsc::channel(WAITING);
    let engine = Engine::new(asks, changes);
    let mut running = tokio::spawn(runner.run(inbox));

    let line = match &centre {
        Some(_) => Line::Unreachable,
        None => Line::Unset,
    };
    // A printer's own state is seen at the first look.
    let lamp = match settings.printer {
        Some(_) => "unreachable",
        None => "none",
    };
    let lights = Arc::new(Lights::new(engine.clone(), lamp, line));
    let within = settings.centre.as_ref().map(|c| c.recognise_within);
    let recogniser = Recogniser::new(centre.clone(), within.unwrap_or_default());
    let keeper = Timekeeper::new(clock, Millis::default());
    let kiosks = Arc::new(Kiosks::new(engine.clone(), keeper.clone()));
    let mut tasks = JoinSet::new();
    tasks.spawn(kiosks::watch(kiosks.clone()));
    let room = Arc::new(room::Room::new(
        settings.data,
        settings.warn_free,
        engine.clone(),
        keeper.clone(),
    ));
    tasks.spawn(room::watch(room.clone()));
    let pads = Arc::new(Pads::new(engine.clone(), keeper.clone()));
    tasks.spawn(pads::watch(pads.clone()));
    if let Some(centre) = centre {
        tasks.spawn(outbox::run(
            engine.clone(),
            reader.clone(),
            centre.clone(),
            lights.clone(),
        ));
        tasks.spawn(feed::run(engine.clone(), centre, lights.clone()));
    }

    if let Some(printer) = settings.printer {
        tasks.spawn(printing::run(engine.clone(), printer, lights.clone()));
    }

    let (closer, closing) = serve::closing();
    let api = Arc::new(Api {
        board: Live::new(engine.changes()),
        desk: Live::new(engine.changes()),
        engine: engine.clone(),
        keys,
        reader,
        grants: known,
        sessions: signed,
        pads,
        hashing: Semaphore::new(api::HASHING),
        keeper,
        secure,
        lights,
        recogniser,
        kiosks,
        key_hash,
        own_url,
        storage: stored,
        room,
        limits: Limits::default(),
        closing,
        ready: settings.ready,
    });
    tasks.spawn(api::show(api.clone()));
    let router = api::router(api);
    let served = tokio::select! {
        served = serve::serve(listener, transport, router, closer, shutdown) => {
            served.map_err(FloorError::from)
        }
        _ = &mut running => return Err(FloorError::EngineEnded),
    };
    tasks.shutdown().await;
    engine.stop().await;
    running.await.map_err(|_| FloorError::EngineEnded)?;
    served
}

/// Two floors on one folder would make two histories.
pub(super) fn lock(data: &Path) -> Result<File, FloorError> {
    std::fs::create_dir_all(data).map_err(|e| folder(data, e))?;
    let file = File::create(data.join("floor.lock")).map_err(|e| folder(data, e))?;
    // A floor that is just ending, or a process started by another thread that has not let go of
    // its parent's files yet, holds it for a moment longer.
    for _ in 0..25 {
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(FloorError::InUse {
            folder: data.display().to_string(),
        }),
        Err(std::fs::TryLockError::Error(e)) => Err(folder(data, e)),
    }
}

fn folder(data: &Path, error: std::io::Error) -> FloorError {
    FloorError::Folder {
        folder: data.display().to_string(),
        error,
    }
}
