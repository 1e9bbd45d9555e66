//! What the engine can be asked, and how it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use super::check_in::NewCheckIn;
use super::enrolment::NewEnrolment;
use super::keys::Keys;
use super::log::{Answered, Batch};
use super::memory::{Fault, Floor};
use crate::core::booking::{Appointment, Registration};
use crate::core::floor::{Command, Refusal};
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, VisitId};
use crate::core::site::Site;
use crate::core::time::Millis;
use crate::core::visit::KnownOwner;
use crate::protocol::enrol::EnrolAnswer;
use crate::protocol::feed::DeviceRole;
use crate::protocol::feed::{DeviceGrant, PinCodeGrant};
use crate::protocol::visit::PrintState;

/// Why the engine did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AskError {
    /// Nothing of it happened; the same may be asked again.
    #[error("it could not be stored")]
    NotStored,
    /// It happened before a restore, which has lost the answer.
    #[error("the answer was lost in a restore")]
    AnswerLost,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the key was used with another body")]
    KeyReused,
    #[error("the ticket is still on its way to paper")]
    StillPrinting,
    #[error("the floor has no printer")]
    NoPrinter,
    /// An enrolment code that is not known, was used or is too old: a stranger is not told which.
    #[error("the code is not accepted")]
    CodeRefused,
    /// The code is another kind of screen's; it is not used up.
    #[error("the code is for a {}", .0.code())]
    CodeForAnother(DeviceRole),
    #[error("not the PIN, or not the code")]
    WrongPin,
    #[error("too many wrong guesses")]
    Locked { seconds: i64 },
    #[error("no PIN is set")]
    NoPin,
    #[error("no one-time code is open")]
    NoCode,
    #[error("{code} at {pointer}")]
    Invalid {
        code: &'static str,
        /// JSON pointer of the field.
        pointer: String,
    },
}

impl AskError {
    pub fn invalid(code: &'static str, pointer: &str) -> Self {
        Self::Invalid {
            code,
            pointer: pointer.to_owned(),
        }
    }
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, AskError>>;

/// A check-in's outcome.
pub(super) struct CheckedIn {
    pub answered: Arc<Answered>,
    /// The key was known, this is the stored first answer.
    pub repeated: bool,
}

/// What the feed brought; one item's kinds are each optional.
#[derive(Default)]
pub(super) struct News {
    pub cursor: u64,
    pub site: Option<Box<Site>>,
    /// With the user in the office who changed them.
    pub rules: Option<(Box<HouseRules>, Option<String>)>,
    pub grants: Option<Vec<DeviceGrant>>,
    pub pin_codes: Option<Vec<PinCodeGrant>>,
    pub appointments: Option<Vec<Appointment>>,
    pub registrations: Option<Vec<Registration>>,
    pub overdue: Option<BTreeMap<AgentId, u32>>,
    /// Whose guests visits are, in the order learned.
    pub owners: Vec<(VisitId, KnownOwner)>,
}

/// A change that is decided where it is asked for; answered when it is stored.
pub(super) type Write =
    Box<dyn FnOnce(&mut Floor, Millis, &Keys, &mut Batch) -> Result<Reply, Fault> + Send>;

/// An answer that waits for the commit; `true`: it is stored.
pub(super) type Reply = Box<dyn FnOnce(bool) + Send>;

/// An answer that is given only when its batch is stored. Who asked may have gone meanwhile.
pub(super) fn when_stored<T: Send + 'static>(
    answer: Answer<T>,
    outcome: Result<T, AskError>,
) -> Reply {
    Box::new(move |stored| {
        let _ = answer.send(if stored {
            outcome
        } else {
            Err(AskError::NotStored)
        });
    })
}

pub(super) enum Ask {
    CheckIn(Box<NewCheckIn>, Answer<CheckedIn>),
    Enrol(Box<NewEnrolment>, Answer<EnrolAnswer>),
    Command {
        actor: String,
        command: Box<Command>,
        answer: Answer<()>,
    },
    Print {
        visit: VisitId,
        job: String,
        state: PrintState,
        problem: Option<String>,
        answer: Answer<()>,
    },
    /// A ticket once more, by staff; answered with the new job.
    Reprint(VisitId, Answer<String>),
    Delivered(u64, Answer<()>),
    /// The centre knows where a restored log goes its own way, if it does.
    Rejoined {
        epoch: Option<Uuid>,
        through: u64,
        answer: Answer<()>,
    },
    News(News, Answer<()>),
    /// With the visits it names.
    Write(Vec<VisitId>, Write),
    /// Sees what is committed; with the visits it names.
    Read(Vec<VisitId>, Box<dyn FnOnce(&Floor) + Send>),
    Stop,
}

impl Ask {
    /// The visits it names, which have to be at hand when it is done.
    pub fn names(&self) -> Vec<VisitId> {
        match self {
            Self::CheckIn(new, _) => new.request.split_from.into_iter().collect(),
            Self::Command { command, .. } => command.names(),
            Self::Reprint(visit, _) => vec![*visit],
            Self::Write(named, _) | Self::Read(named, _) => named.clone(),
            _ => Vec::new(),
        }
    }
}

/// A line to the engine.
#[derive(Clone)]
pub(super) struct Engine {
    asks: mpsc::Sender<Ask>,
    changes: Arc<watch::Sender<u64>>,
}

impl Engine {
    pub fn new(asks: mpsc::Sender<Ask>, changes: Arc<watch::Sender<u64>>) -> Self {
        Self { asks, changes }
    }

    pub async fn check_in(&self, new: NewCheckIn) -> Result<CheckedIn, AskError> {
        self.ask(|answer| Ask::CheckIn(Box::new(new), answer)).await
    }

    pub async fn enrol(&self, new: NewEnrolment) -> Result<EnrolAnswer, AskError> {
        self.ask(|answer| Ask::Enrol(Box::new(new), answer)).await
    }

    /// `actor`: the device's id, as it stands in the log.
    pub async fn command(&self, actor: &str, command: Command) -> Result<(), AskError> {
        let actor = actor.to_owned();
        let command = Box::new(command);
        self.ask(|answer| Ask::Command {
            actor,
            command,
            answer,
        })
        .await
    }

    /// What became of a print job.
    pub async fn print(
        &self,
        visit: VisitId,
        job: &str,
        state: PrintState,
        problem: Option<String>,
    ) -> Result<(), AskError> {
        let job = job.to_owned();
        self.ask(|answer| Ask::Print {
            visit,
            job,
            state,
            problem,
            answer,
        })
        .await
    }

    /// Prints a ticket once more; gives the job's id.
    pub async fn reprint(&self, visit: VisitId) -> Result<String, AskError> {
        self.ask(|answer| Ask::Reprint(visit, answer)).await
    }

    /// The centre has everything up to `through`.
    pub async fn delivered(&self, through: u64) -> Result<(), AskError> {
        self.ask(|answer| Ask::Delivered(through, answer)).await
    }

    /// The centre has the log up to `through`, and takes the rest in `epoch` if that is another.
    pub async fn rejoined(&self, epoch: Option<Uuid>, through: u64) -> Result<(), AskError> {
        self.ask(|answer| Ask::Rejoined {
            epoch,
            through,
            answer,
        })
        .await
    }

    pub async fn news(&self, news: News) -> Result<(), AskError> {
        self.ask(|answer| Ask::News(news, answer)).await
    }

    /// Changes the floor's memory together with what is to be stored of it. Kept short.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Floor, Millis, &Keys, &mut Batch) -> Result<Result<T, AskError>, Fault>
        + Send
        + 'static,
    ) -> Result<T, AskError> {
        self.write_about(Vec::new(), change).await
    }

    /// [`Self::write`] of these visits, also those that are over.
    pub async fn write_about<T: Send + 'static>(
        &self,
        visits: Vec<VisitId>,
        change: impl FnOnce(&mut Floor, Millis, &Keys, &mut Batch) -> Result<Result<T, AskError>, Fault>
        + Send
        + 'static,
    ) -> Result<T, AskError> {
        self.ask(|answer| {
            let write: Write = Box::new(move |floor, now, keys, batch| {
                Ok(when_stored(answer, change(floor, now, keys, batch)?))
            });
            Ask::Write(visits, write)
        })
        .await
    }

    /// Reads what is committed. Kept short: the engine does nothing else meanwhile.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Floor) -> T + Send + 'static,
    ) -> Result<T, AskError> {
        self.read_about(Vec::new(), read).await
    }

    /// [`Self::read`] of these visits, also those that are over.
    pub async fn read_about<T: Send + 'static>(
        &self,
        visits: Vec<VisitId>,
        read: impl FnOnce(&Floor) -> T + Send + 'static,
    ) -> Result<T, AskError> {
        let (send, receive) = oneshot::channel();
        let read: Box<dyn FnOnce(&Floor) + Send> = Box::new(move |floor| {
            let _ = send.send(read(floor));
        });
        let ask = Ask::Read(visits, read);
        self.asks.send(ask).await.map_err(|_| AskError::NotStored)?;
        receive.await.map_err(|_| AskError::NotStored)
    }

    /// Ends the engine when everything asked before is done.
    pub async fn stop(&self) {
        // An engine that is gone already has stopped.
        let _ = self.asks.send(Ask::Stop).await;
    }

    /// Grows with everything a screen may show.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Something beside the engine changed that a screen shows.
    pub fn touch(&self) {
        self.changes.send_modify(|n| *n += 1);
    }

    /// An engine that is gone has stored nothing.
    async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Ask) -> Result<T, AskError> {
        let (send, receive) = oneshot::channel();
        self.asks
            .send(ask(send))
            .await
            .map_err(|_| AskError::NotStored)?;
        receive.await.map_err(|_| AskError::NotStored)?
    }
}
