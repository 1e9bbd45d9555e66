//! The floor's live pictures (SSE): followed for ever, over every interruption.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::FloorClient;
use crate::core::time::Millis;
use crate::protocol::board::Board;
use crate::protocol::desk::DeskView;
use crate::wall_clock;

/// How patient a follower is.
#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// Without a single byte for this long the line counts as dead; the floor sends a comment
    /// every ten seconds.
    pub quiet: Duration,
    /// The pause before the first new attempt; each further one doubles it.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(25),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
        }
    }
}

/// What a follower is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Live<T> {
    View(T),
    /// The last view is not live any more; a new attempt follows by itself.
    Stale {
        /// When the floor was last heard; `None`: not since the start.
        since: Option<Millis>,
        why: Silence,
    },
}

/// Why nothing is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// No connection, or it ended.
    Unreachable,
    /// Connected, but nothing came for too long.
    Quiet,
    /// The floor answered with this HTTP status: the device is not enrolled, or was revoked.
    Refused(u16),
    /// The floor has another key than the pinned one; nothing was sent.
    OtherFloor,
    /// Something came that is not the picture expected.
    Unreadable,
}

impl FloorClient {
    /// Follows the display's board. Never returns: drop the future to stop.
    pub async fn follow_board(&self, settings: &LiveSettings, tell: impl FnMut(Live<Board>)) -> ! {
        self.follow("/api/v1/board/stream", "board", settings, tell)
            .await
    }

    /// Follows the desk's picture. Never returns: drop the future to stop.
    pub async fn follow_desk(
        &self,
        settings: &LiveSettings,
        tell: impl FnMut(Live<DeskView>),
    ) -> ! {
        self.follow("/api/v1/desk/stream", "desk", settings, tell)
            .await
    }

    async fn follow<T: DeserializeOwned>(
        &self,
        path: &str,
        event: &str,
        settings: &LiveSettings,
        mut tell: impl FnMut(Live<T>),
    ) -> ! {
        let heard = LastHeard::default();
        let mut pause = settings.first_pause;
        loop {
            let why = self
                .listen(path, event, settings.quiet, &heard, |view| {
                    pause = settings.first_pause;
                    tell(Live::View(view));
                })
                .await;
            tell(Live::Stale {
                since: heard.get(),
                why,
            });
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(settings.longest_pause);
        }
    }

    /// One connection, until it ends.
    async fn listen<T: DeserializeOwned>(
        &self,
        path: &str,
        name: &str,
        quiet: Duration,
        heard: &LastHeard,
        mut tell: impl FnMut(T),
    ) -> Silence {
        // Without the deadline of ordinary requests: a stream has no end.
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .header("Accept", "text/event-stream");
        let response = match tokio::time::timeout(quiet, request.send()).await {
            Err(_) => return Silence::Quiet,
            Ok(Err(_)) => {
                return match self.silence() {
                    super::ClientError::OtherFloor => Silence::OtherFloor,
                    _ => Silence::Unreachable,
                };
            }
            Ok(Ok(response)) => response,
        };
        if !response.status().is_success() {
            return Silence::Refused(response.status().as_u16());
        }
        let bytes =
            tokio_stream::StreamExt::timeout(response.bytes_stream(), quiet).map(
                |chunk| match chunk {
                    Err(_) => Err(Silence::Quiet),
                    Ok(Err(_)) => Err(Silence::Unreachable),
                    Ok(Ok(chunk)) => {
                        heard.now();
                        Ok(chunk)
                    }
                },
            );
        let mut events = std::pin::pin!(bytes.eventsource());
        while let Some(event) = events.next().await {
            match event {
                Ok(event) if event.event == name => match serde_json::from_str(&event.data) {
                    Ok(view) => tell(view),
                    Err(_) => return Silence::Unreadable,
                },
                // A kind of event that a later floor may send.
                Ok(_) => {}
                Err(eventsource_stream::EventStreamError::Transport(why)) => return why,
                Err(_) => return Silence::Unreadable,
            }
        }
        Silence::Unreachable
    }
}

/// The moment of the last byte, by this machine's clock.
#[derive(Clone, Default)]
struct LastHeard(Arc<AtomicI64>);

impl LastHeard {
    fn now(&self) {
        self.0.store(wall_clock::now().0, Ordering::Relaxed);
    }
    fn get(&self) -> Option<Millis> {
        Some(self.0.load(Ordering::Relaxed))
            .filter(|at| *at > 0)
            .map(Millis)
    }
}
