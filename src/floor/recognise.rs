//! Whose guest a returner is, asked of the centre before the engine decides (ROTATION 4).
//!
//! Nothing to recognise anyone by is kept here: the sealed profile is shown, an agent's id or nothing
//! comes back. A check-in waits for that no longer than the setting says; without an answer the
//! guest's own word counts, and what the centre learns later comes by the feed. A repetition never
//! asks: its answer is given, or its first asking is still under way and is waited for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::ask::{AskError, Engine};
use super::centre::Centre;
use super::check_in::NewCheckIn;
use super::known_keys::Slot;
use crate::core::visit::KnownOwner;
use crate::protocol::recognition::RecognitionRequest;

type Asking = Shared<BoxFuture<'static, Option<KnownOwner>>>;

pub(super) struct Recogniser {
    /// `None`: there is nobody to ask.
    centre: Option<Centre>,
    within: Duration,
    under_way: Mutex<HashMap<Slot, UnderWay>>,
}

/// A check-in that has no answer yet, however often it came.
#[derive(Default)]
struct UnderWay {
    holders: u32,
    asking: Option<Asking>,
}

/// Taken before it is looked up whether the key is known, and held until the check-in has its
/// answer: so nobody finds both the key unknown and its asking forgotten.
pub(super) struct Held<'a> {
    recogniser: &'a Recogniser,
    slot: Slot,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut under_way = self.recogniser.under_way();
        if let Some(one) = under_way.get_mut(&self.slot) {
            one.holders -= 1;
            if one.holders == 0 {
                under_way.remove(&self.slot);
            }
        }
    }
}

impl Recogniser {
    /// `within`: zero asks nobody.
    pub fn new(centre: Option<Centre>, within: Duration) -> Self {
        Self {
            centre: centre.filter(|_| !within.is_zero()),
            within,
            under_way: Mutex::default(),
        }
    }

    /// Lets the check-in know whose guest it is, where there is somebody to ask and to ask about.
    pub async fn introduce(
        &self,
        engine: &Engine,
        new: NewCheckIn,
    ) -> Result<(NewCheckIn, Option<Held<'_>>), AskError> {
        let Some(centre) = &self.centre else {
            return Ok((new, None));
        };
        if new.request.first_visit || new.profile.is_none() {
            return Ok((new, None));
        }
        let held = self.hold((new.device.clone(), new.key.clone()));
        let slot = held.slot.clone();
        let read = engine.read(move |floor| {
            let repeated = floor.known.may_know(&slot.0, &slot.1);
            let question = (!repeated).then(|| new.question(&floor.state)).flatten();
            (new, question)
        });
        let (mut new, question) = read.await?;
        if let Some(question) = question {
            new.owner = self.ask(centre, &held.slot, question).await;
        }
        Ok((new, Some(held)))
    }

    fn hold(&self, slot: Slot) -> Held<'_> {
        let mut under_way = self.under_way();
        under_way.entry(slot.clone()).or_default().holders += 1;
        Held {
            recogniser: self,
            slot,
        }
    }

    /// The one asking of this check-in, begun now or before. It goes on by itself, so that whoever
    /// waits for it waits no longer than `within`, also when the one who began it has gone.
    fn ask(&self, centre: &Centre, slot: &Slot, question: RecognitionRequest) -> Asking {
        let mut under_way = self.under_way();
        let one = under_way.entry(slot.clone()).or_default();
        let begin = || begin(centre.clone(), self.within, question);
        one.asking.get_or_insert_with(begin).clone()
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Slot, UnderWay>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn begin(centre: Centre, within: Duration, question: RecognitionRequest) -> Asking {
    let task = tokio::spawn(async move {
        let answer = in_time(within, centre.recognise(&question)).await;
        let outcome = match &answer {
            Some(Ok(_)) => "answered",
            Some(Err(_)) => "failed",
            None => "silent",
        };
        metrics::counter!("yingbin_floor_recognitions_total", "outcome" => outcome).increment(1);
        answer.and_then(Result::ok).flatten()
    });
    task.map(|done| done.ok().flatten()).boxed().shared()
}

/// What comes within the time; everything counts, also finding the way there.
async fn in_time<T>(within: Duration, answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(within, answer).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn k4_whoever_never_answers_is_waited_for_to_the_deadline_only() {
        let soon = Duration::from_millis(1);
        assert_eq!(in_time(soon, std::future::pending::<()>()).await, None);
        let late = Duration::from_secs(3600);
        assert_eq!(in_time(late, std::future::ready(7)).await, Some(7));
    }
}
