//! The line to the centre, with its two directions: the log up, the feed down. The floor waits for
//! neither.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::lights::Line;
use super::settings::CentreLine;
use crate::core::visit::KnownOwner;
use crate::crypto::token::random;
use crate::protocol::feed::FeedItem;
use crate::protocol::ingest::{Accepted, Batch, History, NewEpoch};
use crate::protocol::problem::Problem;
use crate::protocol::recognition::{RecognitionAnswer, RecognitionRequest};

/// A delivery may take so long.
const DELIVERY: Duration = Duration::from_secs(30);
/// A poll of the feed may take so long; the centre answers sooner.
const POLL: Duration = Duration::from_secs(60);

/// The centre's address and this floor's credential for it.
#[derive(Clone)]
pub(super) struct Centre {
    http: reqwest::Client,
    base: String,
    token: String,
}

/// What a poll of the feed brought.
pub(super) struct Polled {
    pub items: Vec<FeedItem>,
    /// Behind everything seen, also what this program does not know.
    pub cursor: u64,
}

/// Items are read one by one, so that one this program does not know yet blocks none.
#[derive(Deserialize)]
struct RawFeed {
    items: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Position {
    cursor: u64,
}

impl Centre {
    pub fn new(line: &CentreLine) -> Result<Self, reqwest::Error> {
        // A second installation in one process is harmless: both are the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .no_proxy();
        if let Some(pem) = &line.root_pem {
            builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?);
        } else if !line.url.starts_with("https:") {
            builder = builder.tls_certs_only([]);
        }
        let url = line.url.trim_end_matches('/');
        Ok(Self {
            http: builder.build()?,
            base: format!("{url}/api/v1/floors/{}", line.floor),
            token: line.token.clone(),
        })
    }

    /// Delivers a batch; gives the last sequence number the centre has.
    pub async fn deliver(&self, batch: &Batch) -> Result<u64, Line> {
        let request = self
            .http
            .post(format!("{}/events", self.base))
            .timeout(DELIVERY)
            .json(batch);
        let accepted: Accepted = self
            .send(request)
            .await?
            .json()
            .await
            .map_err(|_| Line::Unreachable)?;
        Ok(accepted.accepted_through)
    }

    /// What the centre has of this floor's log behind `after`.
    pub async fn history(&self, after: u64) -> Result<History, Line> {
        let request = self
            .http
            .get(format!("{}/events?after={after}", self.base))
            .timeout(DELIVERY);
        let history = self.send(request).await?.json().await;
        history.map_err(|_| Line::Unreachable)
    }

    /// Lets the log go on in another epoch.
    pub async fn begin_epoch(&self, new: &NewEpoch) -> Result<(), Line> {
        let request = self
            .http
            .post(format!("{}/epochs", self.base))
            .timeout(DELIVERY)
            .json(new);
        self.send(request).await.map(|_| ())
    }

    /// Shows a sealed profile; gives the owner under protection, if there is one. How long it may
    /// take is for the caller to say.
    pub async fn recognise(
        &self,
        request: &RecognitionRequest,
    ) -> Result<Option<KnownOwner>, Line> {
        let request = self
            .http
            .post(format!("{}/recognitions", self.base))
            .json(request);
        let answer: RecognitionAnswer = self
            .send(request)
            .await?
            .json()
            .await
            .map_err(|_| Line::Unreachable)?;
        Ok(answer.owner)
    }

    /// Asks for news behind `after`; with `patient` the centre answers only when there are some, or
    /// after a while.
    pub async fn poll(&self, after: u64, patient: bool) -> Result<Polled, Line> {
        let wait = if patient { "" } else { "&wait=0" };
        let request = self
            .http
            .get(format!("{}/feed?after={after}{wait}", self.base))
            .timeout(POLL);
        let feed: RawFeed = self
            .send(request)
            .await?
            .json()
            .await
            .map_err(|_| Line::Unreachable)?;
        let mut polled = Polled {
            items: Vec::new(),
            cursor: after,
        };
        for raw in feed.items {
            match serde_json::from_str::<FeedItem>(raw.get()) {
                Ok(item) => {
                    polled.cursor = polled.cursor.max(item.cursor);
                    polled.items.push(item);
                }
                Err(_) => {
                    let position: Position =
                        serde_json::from_str(raw.get()).map_err(|_| Line::UnknownVersion)?;
                    tracing::warn!(
                        cursor = position.cursor,
                        "the centre sends something this program does not know"
                    );
                    polled.cursor = polled.cursor.max(position.cursor);
                }
            }
        }
        Ok(polled)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Line> {
        let response = request
            .bearer_auth(&self.token)
            .send()
            .await
            .map_err(|_| Line::Unreachable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let problem: Option<Problem> = response.json().await.ok();
        let code = problem.as_ref().map_or("", |p| p.code.as_str());
        Err(match (status, code) {
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Line::Unauthorised,
            (StatusCode::CONFLICT, "gap") => Line::Gap,
            (StatusCode::CONFLICT, "forked") => Line::Forked,
            (StatusCode::CONFLICT, "unknown_version") => Line::UnknownVersion,
            _ => Line::Unreachable,
        })
    }
}

/// Growing pauses between attempts, so that a centre coming back is not run over.
pub(super) struct BackOff {
    next: Duration,
}

impl BackOff {
    const FIRST: Duration = Duration::from_millis(250);
    const LONGEST: Duration = Duration::from_secs(30);

    pub const fn new() -> Self {
        Self { next: Self::FIRST }
    }

    pub fn reset(&mut self) {
        self.next = Self::FIRST;
    }

    /// The pause before the next attempt: doubled each time, spread by a quarter so that the
    /// floors of a company do not come all at once.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(Self::LONGEST);
        let [spread] = random::<1>();
        pause * (1024 - u32::from(spread)) / 1024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k9_pauses_grow_to_a_cap_and_begin_anew_after_success() {
        let mut back_off = BackOff::new();
        let pauses: Vec<Duration> = (0..20).map(|_| back_off.pause()).collect();
        assert!(pauses[0] <= BackOff::FIRST);
        assert!(pauses[19] <= BackOff::LONGEST && pauses[19] >= BackOff::LONGEST / 2);
        back_off.reset();
        assert!(back_off.pause() <= BackOff::FIRST);
    }
}
