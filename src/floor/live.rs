//! Pictures for screens that watch: built at most once per change and not more often than a person
//! could see, however many screens there are; then handed to all of them at once.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{Mutex, watch};

use super::ask::AskError;
use crate::http::serve::Closing;

/// Shortest time between two pictures of one kind.
const PACE: Duration = Duration::from_millis(80);
/// A comment is sent when nothing else was for so long; a screen that hears nothing for twice as
/// long knows that it is stale.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The latest picture of one kind, shared by all who watch.
pub(super) struct Live<T> {
    changes: watch::Receiver<u64>,
    latest: Mutex<Option<Latest<T>>>,
    /// What the streams show, with its version.
    shown: watch::Sender<(u64, Arc<str>)>,
}

struct Latest<T> {
    /// The change it was built after.
    change: u64,
    version: u64,
    picture: T,
    json: Arc<str>,
}

/// A picture that carries its version and time; both are set only when something else changed.
pub(super) trait Picture: Clone + PartialEq + serde::Serialize {
    fn stamp(&mut self, version: u64, at: String);
}

impl<T: Picture> Live<T> {
    pub fn new(changes: watch::Receiver<u64>) -> Self {
        Self {
            changes,
            latest: Mutex::new(None),
            shown: watch::channel((0, Arc::from(""))).0,
        }
    }

    /// The picture of what is committed now as JSON, with its version. `build` gives it without
    /// version, and the time to stamp it with.
    pub async fn now<F>(&self, build: impl FnOnce() -> F) -> Result<(u64, Arc<str>), AskError>
    where
        F: Future<Output = Result<(T, String), AskError>>,
    {
        // Read before building: a change during it makes one more picture, never one less.
        let change = *self.changes.borrow();
        let mut latest = self.latest.lock().await;
        if let Some(known) = latest.as_mut().filter(|l| l.change >= change) {
            return Ok((known.version, known.json.clone()));
        }
        let (picture, at) = build().await?;
        if let Some(known) = latest.as_mut().filter(|l| l.picture == picture) {
            known.change = change;
            return Ok((known.version, known.json.clone()));
        }
        let mut stamped = picture.clone();
        stamped.stamp(change, at);
        let json: Arc<str> = serde_json::to_string(&stamped)
            .map_err(|_| AskError::NotStored)?
            .into();
        *latest = Some(Latest {
            change,
            version: change,
            picture,
            json: json.clone(),
        });
        Ok((change, json))
    }

    /// Shows the streams each picture that differs, until the engine is gone. While nobody watches
    /// nothing is built.
    pub async fn show<F>(&self, picture: impl Fn() -> F)
    where
        F: Future<Output = Result<(u64, Arc<str>), AskError>>,
    {
        let mut changes = self.changes.clone();
        while changes.changed().await.is_ok() {
            if self.shown.receiver_count() == 0 {
                continue;
            }
            // A picture that cannot be made is made at the next change; the screens see by the
            // keep-alive that the floor is there.
            if let Ok(picture) = picture().await {
                self.shown.send_if_modified(|shown| {
                    let differs = shown.0 != picture.0;
                    if differs {
                        *shown = picture;
                    }
                    differs
                });
            }
            tokio::time::sleep(PACE).await;
        }
    }

    /// A stream of pictures as server-sent events: the first at once, then each that is shown,
    /// until `end`.
    pub fn events<E, F>(
        &self,
        name: &'static str,
        closing: Closing,
        end: E,
        first: F,
    ) -> Sse<impl Stream<Item = Result<Event, std::convert::Infallible>> + use<T, E, F>>
    where
        E: Future<Output = ()> + Send + 'static,
        F: Future<Output = Result<(u64, Arc<str>), AskError>> + Send + 'static,
    {
        // Subscribed before the first is made: what changes meanwhile comes after it.
        let start = (self.shown.subscribe(), closing, Some(first), 0);
        let stream = stream::unfold(
            start,
            move |(mut shown, mut closing, first, sent)| async move {
                let (version, json) = match first {
                    // Without a picture the screen reconnects, and shows meanwhile that it is stale.
                    Some(first) => first.await.ok()?,
                    None => loop {
                        tokio::select! {
                            () = closing.wait() => return None,
                            changed = shown.changed() => changed.ok()?,
                        }
                        let (version, json) = shown.borrow_and_update().clone();
                        if version > sent {
                            break (version, json);
                        }
                    },
                };
                let event = Event::default().event(name).data(&*json);
                Some((Ok(event), (shown, closing, None, version)))
            },
        );
        let stream = stream.take_until(Box::pin(end));
        Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
    }
}
