//! The one task that owns the floor's state. It decides one by one, gathers everything that waits,
//! commits it in one transaction and only then answers: a linear history, a group commit, no lock.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::ask::{Ask, AskError, CheckedIn, News, Reply, when_stored};
use super::check_in::NewCheckIn;
use super::clock::{Clock, Timekeeper};
use super::enrolment::NewEnrolment;
use super::grants::Grants;
use super::keys::Keys;
use super::known_keys::Slot;
use super::log::{self, Answered, Batch, CheckInRow, FeedRow, Log, LogError, PrintRow, Restored};
use super::memory::{CENTRE, FLOOR, Fault, Floor};
use super::staff::Sessions;
use super::storage::Storage;
use crate::core::booking::Appointment;
use crate::core::floor::Command;
use crate::core::house_rules::HouseRules;
use crate::core::id::VisitId;
use crate::core::rota::RotaKind;
use crate::core::time::Millis;
use crate::core::visit::Issued;
use crate::protocol::enrol::EnrolAnswer;
use crate::protocol::visit::PrintState;

/// Most asks in one transaction.
const BATCH: usize = 256;
/// Events between two snapshots: replaying so many takes a fraction of a second, and writing the
/// state of a busy day more often would cost more than the check-ins themselves.
const SNAPSHOT_EVERY: u64 = 10_000;
/// A start that had to replay more than this leaves a snapshot, so that a floor that is cut off again
/// and again does not start more slowly each time.
const REPLAY_WITHOUT_SNAPSHOT: u64 = 1000;
const HEARTBEAT: Duration = Duration::from_secs(1);
/// The write-ahead log is emptied at most this often, heartbeats.
const TIDY_EVERY: u32 = 60;

/// Where the floor's memory is, and whether it can be trusted.
pub(super) struct Runner {
    log: Log,
    keys: Arc<Keys>,
    keeper: Timekeeper,
    floor: Floor,
    /// A commit failed and the committed state could not be read again yet.
    lost: bool,
    snapshot_at: u64,
    own_url: String,
    prints: bool,
    changes: Arc<watch::Sender<u64>>,
    grants: watch::Sender<Arc<Grants>>,
    sessions: watch::Sender<Arc<Sessions>>,
    storage: watch::Sender<Storage>,
    untidy: bool,
    beats: u32,
}

/// What the engine needs to begin.
pub(super) struct Beginning {
    pub data: PathBuf,
    pub keys: Arc<Keys>,
    pub clock: Clock,
    /// The floor's own address, for tickets.
    pub own_url: String,
    /// There is a ticket printer.
    pub prints: bool,
    /// The house's rules where no centre gives them.
    pub rules: Option<HouseRules>,
    pub changes: Arc<watch::Sender<u64>>,
    pub grants: watch::Sender<Arc<Grants>>,
    pub sessions: watch::Sender<Arc<Sessions>>,
    pub storage: watch::Sender<Storage>,
}

impl Runner {
    /// Reads what is committed and begins where the floor stopped: no timer counts the time in
    /// between, and a job that was being printed is unknown.
    pub async fn start(log: Log, beginning: Beginning) -> Result<Self, LogError> {
        let loaded = log.load().await?;
        let snapshot = loaded.snapshot;
        let floor = Floor::new(loaded, &beginning.keys).map_err(Fault::from)?;
        let mut runner = Self {
            keeper: Timekeeper::new(beginning.clock, floor.state.last),
            snapshot_at: snapshot,
            log,
            keys: beginning.keys,
            floor,
            lost: false,
            own_url: beginning.own_url,
            prints: beginning.prints,
            changes: beginning.changes,
            grants: beginning.grants,
            sessions: beginning.sessions,
            storage: beginning.storage,
            untidy: false,
            beats: 0,
        };
        if runner.floor.head.seq > snapshot + REPLAY_WITHOUT_SNAPSHOT {
            runner.snapshot();
        }
        let now = runner.now();
        // Grows over restarts too, as time does: a display must not take a restart for the past.
        let version = u64::try_from(now.0).unwrap_or(0);
        runner.changes.send_modify(|n| *n = version.max(*n));
        let alive = log::last_beat(&beginning.data).map_or(runner.floor.state.last, Millis);
        let down_ms = now.since(alive);
        let mut batch = Batch::default();
        let unfinished: Vec<PrintRow> = runner
            .floor
            .jobs()
            .filter(|p| p.state == PrintState::Sent)
            .cloned()
            .collect();
        for mut row in unfinished {
            row.state = PrintState::Unknown;
            if let Some(kept) = runner.floor.job_mut(row.visit, &row.job) {
                kept.state = row.state;
            }
            batch.prints.push(row);
        }
        if down_ms > 0 && runner.floor.state.day.is_some() {
            runner.apply(FLOOR, Command::Resume { down_ms }, &mut batch)?;
        }
        if let Some(rules) = beginning.rules {
            let rules = Box::new(rules);
            runner.apply(FLOOR, Command::SetRules { rules }, &mut batch)?;
        }
        runner.open_day(&mut batch)?;
        // Pads come back by themselves; none is on the line yet.
        for agent in runner.floor.live_pads() {
            let (connected, since) = (false, None);
            let off = Command::Pad {
                agent,
                connected,
                since,
            };
            runner.apply(FLOOR, off, &mut batch)?;
        }
        runner.after_a_restore(&mut batch)?;
        runner.commit(batch).await?;
        runner.publish_grants();
        runner.publish_sessions();
        Ok(runner)
    }

    /// Numbers given since the backup are not all known: none of them is given again.
    fn after_a_restore(&mut self, batch: &mut Batch) -> Result<(), Fault> {
        let (seen, next) = match self.floor.restored {
            Some(Restored::Numbers { seen }) => (seen, None),
            // Without a centre there is nobody to find together with.
            Some(Restored::Join) => (0, None),
            Some(Restored::Alone) => (0, Some(Restored::Epoch)),
            Some(Restored::Epoch) | None => return Ok(()),
        };
        self.apply(FLOOR, Command::SkipNumbers { seen }, batch)?;
        self.floor.restored = next;
        batch.restored = Some(next);
        Ok(())
    }

    /// Runs until it is told to stop; then leaves a snapshot.
    pub async fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let due = self.floor.next_due(self.now());
            let shown = self.floor.state.next_out_of_patience(self.floor.now);
            let due = due.into_iter().chain(shown).min().filter(|_| !self.lost);
            let mut waiting = Vec::new();
            let stopped = tokio::select! {
                biased;
                _ = heartbeat.tick() => {
                    self.beat();
                    self.jump().await;
                    self.probe().await;
                    continue;
                }
                ask = asks.recv() => gather(ask, &mut asks, &mut waiting),
                () = self.keeper.reached(due) => false,
            };
            self.work(waiting).await;
            if stopped {
                break;
            }
        }
        self.log.beat(self.now().0);
        if !self.lost && self.floor.head.seq > 0 {
            self.snapshot();
        }
    }

    /// One batch: decide, commit, answer.
    async fn work(&mut self, asks: Vec<Ask>) {
        if self.lost && !self.recover().await {
            return;
        }
        let now = self.now();
        let before = std::mem::replace(&mut self.floor.now, now);
        let out_of_patience = self.floor.state.next_out_of_patience(before);
        if out_of_patience.is_some_and(|end| end <= now) {
            self.changes.send_modify(|n| *n += 1);
        }
        let missing = self.floor.missing(&asks);
        if let Err(error) = self.fetch(missing).await {
            // Who asked is told that nothing was stored.
            tracing::error!(%error, "what is over could not be read");
            self.trouble(error.alarm());
            return;
        }
        let mut batch = Batch::default();
        let mut replies = Vec::new();
        let mut writes = Vec::new();
        for ask in asks {
            match ask {
                // Nothing of this batch is decided yet, so this is what is committed.
                Ask::Read(_, read) => read(&self.floor),
                write => writes.push(write),
            }
        }
        let mut decided = self.pass_time(&mut batch);
        for ask in writes {
            if decided.is_ok() {
                decided = self.decide(ask, &mut batch, &mut replies);
            }
        }
        if !batch.is_empty() {
            self.floor.put_away(&mut batch);
        }
        let stored = match decided {
            Ok(()) => self.commit(batch).await,
            Err(fault) => Err(fault.into()),
        };
        self.floor.forget_given();
        if let Err(error) = &stored {
            tracing::error!(%error, "a batch could not be stored; its effects are undone");
            metrics::counter!("yingbin_floor_failed_commits_total").increment(1);
            self.lost = true;
            self.trouble(error.alarm());
        }
        for reply in replies {
            reply(stored.is_ok());
        }
        if self.lost {
            self.recover().await;
        }
    }

    /// Brings what the asks name and memory does not hold: visits that are over, answers given before.
    async fn fetch(&mut self, missing: (Vec<VisitId>, Vec<Slot>)) -> Result<(), LogError> {
        let (visits, slots) = missing;
        if !visits.is_empty() || !slots.is_empty() {
            self.floor.take(self.log.fetch(visits, slots).await?);
        }
        Ok(())
    }

    /// What is due by itself: the next day, lapses, parked visits, waits.
    fn pass_time(&mut self, batch: &mut Batch) -> Result<(), Fault> {
        self.open_day(batch)?;
        let now = self.now();
        if self.floor.state.next_due().is_some_and(|due| due <= now) {
            self.apply(FLOOR, Command::Tick, batch)?;
        }
        Ok(())
    }

    fn open_day(&mut self, batch: &mut Batch) -> Result<(), Fault> {
        let Some(day) = self.floor.day_due(self.now()) else {
            return Ok(());
        };
        let (calendar, known) = (&self.floor.calendar, &self.floor.state.appointments);
        let ahead = |a: &Appointment| calendar.day(a.time) >= day;
        let left: Vec<Appointment> = known.values().filter(|a| ahead(a)).cloned().collect();
        self.apply(FLOOR, Command::OpenDay { day }, batch)?;
        // Yesterday's appointments are nobody's any more.
        let appointments = left;
        self.apply(FLOOR, Command::SetAppointments { appointments }, batch)
    }

    /// Decides a command of the floor's own or of the feed, where a refusal means that there is
    /// nothing to do.
    fn apply(&mut self, actor: &str, command: Command, batch: &mut Batch) -> Result<(), Fault> {
        let now = self.now();
        let (_, result) = self.floor.apply(actor, command, now, &self.keys, batch)?;
        if let Err(refusal) = result {
            tracing::warn!(actor, code = refusal.code(), "the floor refused itself");
        }
        Ok(())
    }

    fn decide(
        &mut self,
        ask: Ask,
        batch: &mut Batch,
        replies: &mut Vec<Reply>,
    ) -> Result<(), Fault> {
        match ask {
            Ask::CheckIn(new, answer) => {
                let outcome = self.check_in(*new, batch)?;
                replies.push(when_stored(answer, outcome));
            }
            Ask::Enrol(new, answer) => {
                let outcome = self.enrol(&new, batch)?;
                replies.push(when_stored(answer, outcome));
            }
            Ask::Command {
                actor,
                command,
                answer,
            } => {
                let now = self.now();
                let (_, result) = self.floor.apply(&actor, *command, now, &self.keys, batch)?;
                replies.push(when_stored(answer, result.map_err(AskError::from)));
            }
            Ask::Print {
                visit,
                job,
                state,
                problem,
                answer,
            } => {
                if let Some(row) = self.floor.job_mut(visit, &job) {
                    row.state = state;
                    row.problem = problem;
                    batch.prints.push(row.clone());
                }
                replies.push(when_stored(answer, Ok(())));
            }
            Ask::Reprint(visit, answer) => {
                let outcome = if self.prints {
                    self.floor.reprint(visit, batch)
                } else {
                    Err(AskError::NoPrinter)
                };
                replies.push(when_stored(answer, outcome));
            }
            Ask::Delivered(through, answer) => {
                if through > self.floor.delivered && through <= self.floor.head.seq {
                    self.floor.delivered = through;
                    batch.delivered = Some(through);
                    self.untidy = true;
                }
                replies.push(when_stored(answer, Ok(())));
            }
            Ask::Rejoined {
                epoch,
                through,
                answer,
            } => {
                if let Some(epoch) = epoch {
                    self.floor.epoch = epoch;
                    batch.epoch = Some(epoch);
                }
                if through > self.floor.delivered && through <= self.floor.head.seq {
                    self.floor.delivered = through;
                    batch.delivered = Some(through);
                }
                self.floor.restored = None;
                batch.restored = Some(None);
                replies.push(when_stored(answer, Ok(())));
            }
            Ask::News(news, answer) => {
                self.news(news, batch)?;
                replies.push(when_stored(answer, Ok(())));
            }
            Ask::Write(_, write) => {
                let now = self.now();
                replies.push(write(&mut self.floor, now, &self.keys, batch)?);
            }
            Ask::Read(_, read) => read(&self.floor),
            Ask::Stop => {}
        }
        Ok(())
    }

    fn check_in(
        &mut self,
        new: NewCheckIn,
        batch: &mut Batch,
    ) -> Result<Result<CheckedIn, AskError>, Fault> {
        let slot = (new.device.clone(), new.key.clone());
        if let Some(known) = self.floor.given(&slot).cloned() {
            if let Some(issued) = new.issued(&self.floor.calendar) {
                return self.promised_meanwhile(&new, known, issued, batch);
            }
            if known.answer.is_empty() {
                return Ok(Err(AskError::AnswerLost));
            }
            return Ok(if known.mac.is_none_or(|mac| mac == new.mac) {
                Ok(CheckedIn {
                    answered: known,
                    repeated: true,
                })
            } else {
                Err(AskError::KeyReused)
            });
        }
        let fits = new.is_own_number(&self.floor.grants);
        if let Err(invalid) = fits.and_then(|()| new.against(&self.floor.state)) {
            return Ok(Err(invalid));
        }
        let command = new.command(&self.floor.state, &self.floor.calendar);
        let seq = self.floor.head.seq + 1;
        let now = self.now();
        let actor = new.device.as_str();
        let (_, result) = self.floor.apply(actor, command, now, &self.keys, batch)?;
        if let Err(refusal) = result {
            return Ok(Err(refusal.into()));
        }
        let Some(visit) = self.floor.state.visits.get(&new.visit).cloned() else {
            return Ok(Err(AskError::NotStored));
        };
        let day = self.floor.state.day.clone().unwrap_or_default();
        // Rule 16: nobody stands there to take a ticket.
        let printed = self.prints && visit.rota() == RotaKind::WalkIn;
        // A kiosk that gave the number has printed it, if it could.
        let job = (printed && new.promised.is_none()).then(|| Uuid::now_v7().to_string());
        let answer = new.answer(&self.floor, &visit, job.as_deref(), &self.own_url);
        let mut answer = serde_json::to_string(&answer).map_err(|_| Fault::Unwritable)?;
        // It stays in memory as long as the visit; what it grew by on the way need not.
        answer.shrink_to_fit();
        let answered = Arc::new(Answered {
            token_hash: new.token_hash(),
            device: new.device,
            key: new.key,
            mac: Some(new.mac),
            visit: new.visit,
            day: day.clone(),
            answer,
        });
        self.floor.remember(answered.clone());
        let form = new
            .request
            .address_form
            .as_deref()
            .and_then(|form| self.floor.keep_form(new.visit, form));
        if let Some(job) = job {
            let row = PrintRow {
                visit: new.visit,
                job,
                day,
                state: PrintState::Queued,
                problem: None,
                again: false,
            };
            self.floor.prints.insert(new.visit, row.clone());
            batch.prints.push(row);
        }
        batch.check_ins.push(CheckInRow {
            answered: answered.clone(),
            seq,
            profile: new.profile,
            form,
        });
        metrics::counter!("yingbin_floor_check_ins_total").increment(1);
        Ok(Ok(CheckedIn {
            answered,
            repeated: false,
        }))
    }

    /// The kiosk did not hear this answer, and promised its guest a number of its own: the visit is
    /// known by both, and called by the one the guest holds.
    fn promised_meanwhile(
        &mut self,
        new: &NewCheckIn,
        known: Arc<Answered>,
        issued: Issued,
        batch: &mut Batch,
    ) -> Result<Result<CheckedIn, AskError>, Fault> {
        // A visit of a day that is over needs no other number any more.
        if self.floor.state.visits.contains_key(&known.visit) {
            let command = Command::Renumber {
                visit: known.visit,
                issued,
                token_hash: new.token_hash(),
            };
            let (now, actor) = (self.now(), new.device.as_str());
            let (_, result) = self.floor.apply(actor, command, now, &self.keys, batch)?;
            if let Err(refusal) = result {
                return Ok(Err(refusal.into()));
            }
        }
        Ok(Ok(CheckedIn {
            answered: known,
            repeated: true,
        }))
    }

    fn enrol(
        &mut self,
        new: &NewEnrolment,
        batch: &mut Batch,
    ) -> Result<Result<EnrolAnswer, AskError>, Fault> {
        let now = self.now();
        let proven = match new.proven(&self.floor.grants, now) {
            Ok(proven) => proven,
            Err(refused) => return Ok(Err(refused)),
        };
        let (enrolled, answer) = new.answer(proven);
        let device = answer.device.clone();
        let command = Command::EnrolDevice {
            device: device.clone(),
            enrolled,
        };
        let actor = device.as_str();
        let (_, result) = self.floor.apply(actor, command, now, &self.keys, batch)?;
        batch.enrolled |= result.is_ok();
        Ok(result.map(|()| answer).map_err(|_| AskError::CodeRefused))
    }

    fn news(&mut self, mut news: News, batch: &mut Batch) -> Result<(), Fault> {
        if let Some(site) = news.site.take() {
            self.apply(CENTRE, Command::SetSite { site }, batch)?;
            // Before its first site a floor has no zone and therefore no day.
            self.open_day(batch)?;
        }
        if let Some((rules, by)) = news.rules.take() {
            let command = match by {
                Some(author) => Command::OfficeRules { rules, author },
                None => Command::SetRules { rules },
            };
            self.apply(CENTRE, command, batch)?;
        }
        for code in news.pin_codes.take().into_iter().flatten() {
            self.floor.take_code(code, true, batch);
        }
        self.arranged(&mut news, batch)?;
        for (visit, owner) in std::mem::take(&mut news.owners) {
            // A visit of a day that is over is known no more.
            if self.floor.state.visits.contains_key(&visit) {
                self.apply(CENTRE, Command::LearnOwner { visit, owner }, batch)?;
            }
        }
        let grants = news.grants.take().filter(|g| *g != self.floor.grants);
        if let Some(grants) = &grants {
            self.floor.grants.clone_from(grants);
        }
        self.floor.feed = self.floor.feed.max(news.cursor);
        let cursor = self.floor.feed;
        match &mut batch.feed {
            Some(row) => {
                row.cursor = cursor;
                row.grants = grants.or(row.grants.take());
            }
            none => *none = Some(FeedRow { cursor, grants }),
        }
        Ok(())
    }

    /// What is arranged for guests to come, each list in the order of its ids. An appointment made
    /// at the desk comes back with the list as soon as the centre has heard of it.
    fn arranged(&mut self, news: &mut News, batch: &mut Batch) -> Result<(), Fault> {
        if let Some(mut appointments) = news.appointments.take() {
            appointments.sort_by(|a, b| a.id.cmp(&b.id));
            let command = Command::SetAppointments { appointments };
            self.apply(CENTRE, command, batch)?;
        }
        if let Some(mut registrations) = news.registrations.take() {
            registrations.sort_by(|a, b| a.id.cmp(&b.id));
            let command = Command::SetRegistrations { registrations };
            self.apply(CENTRE, command, batch)?;
        }
        if let Some(overdue) = news.overdue.take() {
            self.apply(CENTRE, Command::SetOverdue { overdue }, batch)?;
        }
        Ok(())
    }

    /// Makes the batch true, and known to who watches.
    async fn commit(&mut self, batch: Batch) -> Result<(), LogError> {
        if batch.is_empty() {
            return Ok(());
        }
        let new_grants = batch.enrolled || batch.feed.as_ref().is_some_and(|f| f.grants.is_some());
        let opened = batch.opened.clone();
        let delivered = batch.delivered.is_some();
        let committed = self.log.commit(batch).await?;
        if delivered {
            self.floor.oldest = committed.oldest;
        }
        if new_grants {
            self.publish_grants();
        }
        if self.floor.staff.stale {
            self.publish_sessions();
        }
        if let Some(day) = opened
            && let Err(error) = self.keys.destroy_other_days(&day)
        {
            tracing::error!(%error, "the key of a past day could not be destroyed");
        }
        if self.floor.head.seq >= self.snapshot_at + SNAPSHOT_EVERY {
            self.snapshot();
        }
        self.changes.send_modify(|n| *n += 1);
        Ok(())
    }

    /// Back to the committed state after a failed commit.
    async fn recover(&mut self) -> bool {
        match load(&self.log, &self.keys).await {
            Ok(floor) => {
                self.floor = floor;
                self.lost = false;
                self.publish_sessions();
                self.changes.send_modify(|n| *n += 1);
                true
            }
            Err(error) => {
                tracing::error!(%error, "the committed state cannot be read");
                false
            }
        }
    }

    fn beat(&mut self) {
        self.log.beat(self.now().0);
        self.beats = self.beats.wrapping_add(1);
        if self.untidy && self.beats.is_multiple_of(TIDY_EVERY) {
            self.log.tidy();
            self.untidy = false;
        }
    }

    /// The machine slept or its clock was put forward: no timer counts that time.
    async fn jump(&mut self) {
        if self.lost {
            self.recover().await;
        }
        let Some(down_ms) = self.keeper.follow() else {
            return;
        };
        let mut batch = Batch::default();
        let decided = self.apply(FLOOR, Command::Resume { down_ms }, &mut batch);
        let stored = match decided {
            Ok(()) => self.commit(batch).await,
            Err(fault) => Err(fault.into()),
        };
        if let Err(error) = stored {
            tracing::error!(%error, "the jump of the clock could not be stored");
            self.lost = true;
            self.trouble(error.alarm());
        }
    }

    /// After a failed commit the disk is tried until there is room again, so that the staff see it
    /// without anybody having to try. Only that ends the trouble: something small that still fits
    /// says nothing of the next guest.
    async fn probe(&mut self) {
        if *self.storage.borrow() == Storage::Well {
            return;
        }
        match self.log.probe().await {
            Ok(()) => self.storage_is_well(),
            Err(error) => self.trouble(error.alarm()),
        }
    }

    fn trouble(&self, code: &'static str) {
        let now = self.now();
        self.set_storage(|storage| storage.troubled(code, now));
    }

    fn storage_is_well(&self) {
        self.set_storage(|_| Storage::Well);
    }

    fn set_storage(&self, change: impl FnOnce(Storage) -> Storage) {
        let changed = self.storage.send_if_modified(|storage| {
            let before = *storage;
            *storage = change(before);
            *storage != before
        });
        if changed {
            self.changes.send_modify(|n| *n += 1);
        }
    }

    fn snapshot(&mut self) {
        match serde_json::to_string(&self.floor.state) {
            Ok(state) => {
                let day = self.floor.state.day.clone().unwrap_or_default();
                self.log.snapshot(self.floor.head.seq, day, state);
            }
            Err(error) => tracing::warn!(%error, "the state could not be written as JSON"),
        }
        self.snapshot_at = self.floor.head.seq;
    }

    fn publish_grants(&self) {
        self.grants.send_replace(Arc::new(Grants::new(
            &self.floor.grants,
            &self.floor.state.devices,
        )));
    }

    fn publish_sessions(&mut self) {
        self.floor.staff.stale = false;
        self.sessions.send_replace(Arc::new(self.floor.sessions()));
    }

    /// The engine's time never runs backwards.
    fn now(&self) -> Millis {
        self.keeper.now().max(self.floor.state.last)
    }
}

async fn load(log: &Log, keys: &Keys) -> Result<Floor, LogError> {
    let loaded = log.load().await?;
    Floor::new(loaded, keys).map_err(|e| Fault::from(e).into())
}

/// Takes everything that waits behind `first`. Whether the engine is to stop afterwards.
fn gather(first: Option<Ask>, asks: &mut mpsc::Receiver<Ask>, waiting: &mut Vec<Ask>) -> bool {
    let mut next = first;
    loop {
        match next {
            None | Some(Ask::Stop) => return true,
            Some(ask) => waiting.push(ask),
        }
        if waiting.len() >= BATCH {
            return false;
        }
        match asks.try_recv() {
            Ok(ask) => next = Some(ask),
            Err(_) => return false,
        }
    }
}
