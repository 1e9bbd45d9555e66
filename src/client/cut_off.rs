//! A kiosk without its floor (K10): it gives numbers of its own series, and hands over what it
//! promised when the floor is back, in order, each with the key of its first attempt, so that a
//! check-in whose answer was lost is not a second visit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex as Turn, Notify};
use tokio::time::timeout;

use super::own_series::{Backlog, OwnSeries, SeriesError};
use super::{ClientError, FloorClient};
use crate::core::clock;
use crate::core::id::VisitId;
use crate::core::language::Language;
use crate::core::time::{Millis, zone_or_utc};
use crate::protocol::check_in::{CheckInAnswer, CheckInRequest};
use crate::protocol::kiosk::KioskStanding;
use crate::protocol::site::SiteView;

/// How long a kiosk waits for its floor.
#[derive(Clone, Debug)]
pub struct Patience {
    /// A guest waits so long for the floor, with as many attempts as fit.
    pub guest: Duration,
    /// The same while the floor is known to be gone.
    pub known_gone: Duration,
    /// Between two attempts.
    pub pause: Duration,
    /// Between two looks at a floor that is there.
    pub look: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            guest: Duration::from_secs(4),
            known_gone: Duration::from_secs(1),
            pause: Duration::from_millis(500),
            look: Duration::from_secs(15),
        }
    }
}

/// A ticket for the kiosk's own printer; nothing of who the guest is.
#[derive(Clone, Debug)]
pub struct OwnTicket {
    pub visit: VisitId,
    pub language: Language,
    pub answer: CheckInAnswer,
    pub house: String,
    /// RFC 3339 with the site's offset.
    pub local_time: String,
    /// In the guest's language.
    pub drink: Option<String>,
}

/// The kiosk's own printer. Tries once: after the first byte nothing is printed again by itself.
#[async_trait]
pub trait OwnPaper: Send + Sync {
    /// Whether the ticket is on paper.
    async fn print(&self, ticket: OwnTicket) -> bool;
}

/// What a kiosk goes on with when its floor does not answer.
pub struct CutOff {
    client: FloorClient,
    series: Arc<OwnSeries>,
    paper: Option<Arc<dyn OwnPaper>>,
    clock: Box<dyn Fn() -> Millis + Send + Sync>,
    patience: Patience,
    gone: AtomicBool,
    /// The ticket of the guest at the kiosk, until it is printed.
    unprinted: Mutex<Option<OwnTicket>>,
    handing: Turn<()>,
    more: Notify,
}

impl CutOff {
    /// `clock`: the kiosk's own, which says the day and the time of a promise.
    pub fn new(
        client: FloorClient,
        series: OwnSeries,
        paper: Option<Arc<dyn OwnPaper>>,
        clock: impl Fn() -> Millis + Send + Sync + 'static,
        patience: Patience,
    ) -> Arc<Self> {
        Arc::new(Self {
            client,
            series: Arc::new(series),
            paper,
            clock: Box::new(clock),
            patience,
            gone: AtomicBool::new(false),
            unprinted: Mutex::new(None),
            handing: Turn::new(()),
            more: Notify::new(),
        })
    }

    /// The site, as the floor says it or, without the floor, as it was last heard.
    pub async fn site(&self) -> Result<SiteView, ClientError> {
        match self.client.site().await {
            Ok(site) => {
                self.gone.store(false, Ordering::Relaxed);
                let kept = site.clone();
                if let Err(error) = self.on_disk(move |s| s.keep_site(&kept)).await {
                    tracing::error!(%error, "the site cannot be kept for the time without the floor");
                }
                Ok(site)
            }
            Err(error) if error.is_temporary() => {
                self.gone.store(true, Ordering::Relaxed);
                match self.on_disk(OwnSeries::site).await {
                    // Without a number of its own the kiosk could promise nothing.
                    Ok(Some(site)) if site.kiosk.is_some() => Ok(site),
                    _ => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Checks a party in at the floor, or without it. What the kiosk promised before goes first.
    ///
    /// # Errors
    /// What the floor refuses for good; or silence, where the kiosk cannot promise anything.
    pub async fn check_in(
        &self,
        key: &str,
        request: &CheckInRequest,
    ) -> Result<CheckInAnswer, ClientError> {
        let patience = if self.gone.load(Ordering::Relaxed) {
            self.patience.known_gone
        } else {
            self.patience.guest
        };
        match timeout(patience, self.ask_floor(key, request)).await {
            Ok(answer) => {
                self.gone.store(false, Ordering::Relaxed);
                answer
            }
            Err(_) => {
                self.gone.store(true, Ordering::Relaxed);
                self.promise(key, request).await
            }
        }
    }

    /// Until the floor has spoken.
    async fn ask_floor(
        &self,
        key: &str,
        request: &CheckInRequest,
    ) -> Result<CheckInAnswer, ClientError> {
        loop {
            let answer = match self.hand_over().await {
                Ok(()) => self.client.check_in(key, request).await,
                Err(error) => Err(error),
            };
            match answer {
                Err(error) if error.is_temporary() => {
                    tokio::time::sleep(self.patience.pause).await;
                }
                spoken => return spoken,
            }
        }
    }

    async fn promise(
        &self,
        key: &str,
        request: &CheckInRequest,
    ) -> Result<CheckInAnswer, ClientError> {
        let (key, asked, now) = (key.to_owned(), request.clone(), (self.clock)());
        let issued = self
            .on_disk(move |s| {
                let answer = s.issue(&key, &asked, now)?;
                Ok((answer, s.site()?.ok_or(SeriesError::NotKnown)?))
            })
            .await;
        let (mut answer, site) = match issued {
            Ok(issued) => issued,
            Err(error) => {
                tracing::error!(%error, "the kiosk cannot give a number by itself");
                return Err(ClientError::Unreachable);
            }
        };
        tracing::warn!(
            number = answer.ticket.number,
            "the floor does not answer; a number of the kiosk's own"
        );
        self.more.notify_one();
        if self.paper.is_some() {
            answer.print_job = Some(answer.visit_id.to_string());
            let ticket = ticket(&site, request, &answer, now);
            *self.ticket() = Some(ticket);
        }
        Ok(answer)
    }

    /// Prints the promised ticket of this visit; `None` where it is none of the kiosk's own.
    pub async fn print(&self, visit: VisitId) -> Option<bool> {
        let ticket = {
            let mut unprinted = self.ticket();
            match unprinted.as_ref() {
                Some(ticket) if ticket.visit == visit => unprinted.take(),
                _ => None,
            }
        }?;
        let paper = self.paper.as_ref()?;
        Some(paper.print(ticket).await)
    }

    /// The session is over: its ticket is not printed any more.
    pub fn forget_ticket(&self) {
        *self.ticket() = None;
    }

    /// Hands over what was promised, oldest first, and says how the kiosk stands. Runs until
    /// dropped.
    pub async fn run(&self) {
        loop {
            let _ = self.hand_over().await;
            let backlog = self.backlog().await;
            let standing = KioskStanding {
                backlog: backlog.waiting,
                set_aside: backlog.set_aside,
            };
            let heard = self.client.kiosk_standing(&standing).await;
            self.gone.store(heard.is_err(), Ordering::Relaxed);
            let pause = if backlog.waiting > 0 {
                self.patience.look.min(Duration::from_secs(2))
            } else {
                self.patience.look
            };
            // Only while the floor is there is a new promise a reason to come back sooner.
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.more.notified(), if heard.is_ok() => {}
            }
        }
    }

    /// Everything promised, in order; returns early when the floor does not answer.
    pub async fn hand_over(&self) -> Result<(), ClientError> {
        let _turn = self.handing.lock().await;
        while let Some(promised) = self.on_disk(OwnSeries::next).await.unwrap_or_default() {
            let done = match self.client.check_in(&promised.key, &promised.request).await {
                Ok(_) => self.on_disk(move |s| s.handed_over(&promised)).await,
                // Refused for this one alone, and for good.
                Err(ClientError::Refused(problem))
                    if matches!(problem.status, 400 | 409 | 413 | 422) =>
                {
                    tracing::error!(
                        code = problem.code,
                        "the floor does not take a check-in that was promised a number"
                    );
                    self.on_disk(move |s| s.set_aside(&promised, &problem.code))
                        .await
                }
                Err(error) => return Err(error),
            };
            if let Err(error) = done {
                tracing::error!(%error, "what was handed over could not be noted");
                return Err(ClientError::Unreachable);
            }
        }
        Ok(())
    }

    pub async fn backlog(&self) -> Backlog {
        self.on_disk(OwnSeries::backlog).await.unwrap_or_default()
    }

    fn ticket(&self) -> std::sync::MutexGuard<'_, Option<OwnTicket>> {
        self.unprinted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// On a thread that may wait for the disk.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&OwnSeries) -> Result<T, SeriesError> + Send + 'static,
    ) -> Result<T, SeriesError> {
        let series = self.series.clone();
        let done = tokio::task::spawn_blocking(move || work(&series)).await;
        done.map_err(|_| SeriesError::Unreadable)?
    }
}

fn ticket(
    site: &SiteView,
    request: &CheckInRequest,
    answer: &CheckInAnswer,
    now: Millis,
) -> OwnTicket {
    let language = request.language;
    let drink = request.drink.as_ref().and_then(|wanted| {
        let drink = site.drinks.iter().find(|d| d.id == *wanted)?;
        Some(drink.text.get(language).to_owned())
    });
    OwnTicket {
        visit: answer.visit_id,
        language,
        answer: answer.clone(),
        house: site.name.get(language).to_owned(),
        local_time: clock::local(now, &zone_or_utc(&site.time_zone)),
        drink,
    }
}
