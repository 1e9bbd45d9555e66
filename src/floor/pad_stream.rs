//! The pad's stream of pictures. Everything in it bears an id which the page answers with, and
//! something is in it every few seconds, so that both ends know whether the line is alive.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures_util::{Stream, stream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::ask::AskError;
use super::pads::PadLine;
use crate::http::serve::Closing;

/// Shortest time between two pictures.
const PACE: Duration = Duration::from_millis(80);
/// A beat is sent when nothing else was for so long. A page that hears nothing for three of them
/// knows that it is stale.
const BEAT: Duration = Duration::from_secs(4);

struct Beginning<P> {
    changes: watch::Receiver<u64>,
    closing: Closing,
    picture: P,
    line: Option<PadLine>,
    sent: Option<u64>,
    beat: Instant,
}

/// Pictures as server-sent events named `pad`, the first at once, then each that differs; between
/// them events named `beat`. Ends with its picture, which ends with the session. `line`: of an
/// agent, who is on the line while the page answers.
pub(super) fn events<P, F>(
    changes: watch::Receiver<u64>,
    closing: Closing,
    line: Option<PadLine>,
    picture: P,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>>
where
    P: Fn() -> F + Send + 'static,
    F: Future<Output = Result<(u64, Arc<str>), AskError>> + Send,
{
    let start = Beginning {
        changes,
        closing,
        picture,
        line,
        sent: None,
        beat: Instant::now(),
    };
    Sse::new(stream::unfold(start, |mut on| async move {
        let event = next(&mut on).await?;
        let event = match &on.line {
            Some(line) => event.id(line.sends()),
            None => event,
        };
        on.beat = Instant::now() + BEAT;
        Some((Ok(event), on))
    }))
}

/// `None`: the stream is over.
async fn next<P, F>(on: &mut Beginning<P>) -> Option<Event>
where
    P: Fn() -> F,
    F: Future<Output = Result<(u64, Arc<str>), AskError>>,
{
    loop {
        if on.sent.is_some() {
            let changed = async {
                sleep(PACE).await;
                on.changes.changed().await
            };
            tokio::select! {
                () = on.closing.wait() => return None,
                changed = changed => changed.ok()?,
                () = sleep_until(on.beat) => return Some(Event::default().event("beat").data("")),
            }
        } else {
            on.changes.borrow_and_update();
        }
        // Without a picture the page looks anew, and shows meanwhile that it is stale.
        let (version, json) = (on.picture)().await.ok()?;
        if on.sent != Some(version) {
            on.sent = Some(version);
            return Some(Event::default().event("pad").data(&*json));
        }
    }
}
