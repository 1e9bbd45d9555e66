//! What the centre hands down: site, rules, devices, what is arranged, what it has learned.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::ask::{Engine, News};
use super::centre::{BackOff, Centre, Polled};
use super::lights::{Lights, Line};
use crate::core::visit::KnownOwner;
use crate::protocol::feed::FeedBody;

/// An empty answer sooner than this is not a long poll; the next one waits a little.
const TOO_SOON: Duration = Duration::from_secs(1);

/// Runs until the engine is gone.
pub(super) async fn run(engine: Engine, centre: Centre, lights: Arc<Lights>) {
    let mut back_off = BackOff::new();
    // The first answer after a silence comes at once: it shows the staff that the line is well.
    let mut patient = false;
    loop {
        let Ok(after) = engine.read(|floor| floor.feed).await else {
            return;
        };
        let asked = Instant::now();
        match centre.poll(after, patient).await {
            Ok(polled) => {
                lights.feed_heard(Line::Ok);
                let empty = polled.items.is_empty();
                if polled.cursor > after && engine.news(news(polled)).await.is_err() {
                    tokio::time::sleep(back_off.pause()).await;
                    continue;
                }
                back_off.reset();
                if patient && empty && asked.elapsed() < TOO_SOON {
                    tokio::time::sleep(TOO_SOON).await;
                }
                patient = true;
            }
            Err(line) => {
                lights.feed_heard(line);
                patient = false;
                tokio::time::sleep(back_off.pause()).await;
            }
        }
    }
}

/// Those that can be read; the centre has checked them, so there should be no others.
fn readable<T>(entries: impl Iterator<Item = Result<T, (&'static str, &'static str)>>) -> Vec<T> {
    entries
        .filter_map(|entry| {
            entry
                .map_err(|(code, field)| tracing::warn!(code, field, "an entry cannot be read"))
                .ok()
        })
        .collect()
}

/// Each item replaces the one of its kind before, but for what is about one visit.
fn news(polled: Polled) -> News {
    let mut news = News {
        cursor: polled.cursor,
        ..News::default()
    };
    for item in polled.items {
        match item.body {
            FeedBody::Site { site } => news.site = Some(site),
            FeedBody::Rules { rules, by } => news.rules = Some((rules, by)),
            FeedBody::Devices { devices } => news.grants = Some(devices),
            FeedBody::PinCodes { codes } => news.pin_codes = Some(codes),
            FeedBody::Appointments { appointments } => {
                let read = readable(appointments.iter().map(|a| a.read()));
                news.appointments = Some(read);
            }
            FeedBody::Registrations { registrations } => {
                let read = readable(registrations.iter().map(|r| r.read()));
                news.registrations = Some(read);
            }
            FeedBody::Overdue { overdue } => news.overdue = Some(overdue),
            FeedBody::OwnerLearned {
                visit,
                agent,
                bought,
            } => news.owners.push((visit, KnownOwner { agent, bought })),
        }
    }
    news
}
