//! The floor in memory: the core's state and what must be at hand beside it. Between two batches
//! it is exactly what is committed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::calendar::{Calendar, days_before};
use super::keys::{DayKey, Keys};
use super::known_keys::{KnownKeys, Slot};
use super::log::{
    self, Answered, Batch, CheckInRow, Closing, ClosingSheet, Head, Loaded, LogError, PrintRow,
    Restored, TapRow,
};
use super::scribe::Scribe;
use super::staff::Staff;
use crate::core::floor::event::EVENT_VERSION;
use crate::core::floor::{Command, Event, Refusal, Stamped, State};
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;
use crate::core::time::Millis;
use crate::core::turn_book::{BookLine, Reason, sheet};
use crate::crypto::chain;
use crate::protocol::feed::DeviceGrant;
use crate::protocol::ingest::Envelope;
use crate::protocol::visit::{PrintState, PrintView};

/// Lapsed offers kept at hand for the manager.
const LAPSES_KEPT: usize = 50;

/// The floor itself, as an actor of the log.
pub(super) const FLOOR: &str = "floor";
/// The centre's, whose documents the floor follows.
pub(super) const CENTRE: &str = "centre";
/// Actors that are nobody's person.
pub(super) const OF_ITSELF: [&str; 2] = [FLOOR, CENTRE];

/// Why a step of a batch could not be made; the whole batch then fails.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("an event could not be written as JSON")]
    Unwritable,
    #[error("the key of the day: {0}")]
    Key(#[from] std::io::Error),
}

/// The floor's memory.
pub(super) struct Floor {
    pub state: State,
    /// When the batch at hand began: what pictures show changes with time alone, too.
    pub now: Millis,
    pub calendar: Calendar,
    pub epoch: Uuid,
    pub head: Head,
    /// The centre has everything up to here.
    pub delivered: u64,
    /// When the oldest undelivered event happened.
    pub oldest: Option<String>,
    /// What still has to be done after a restore.
    pub restored: Option<Restored>,
    /// The feed's cursor.
    pub feed: u64,
    pub grants: Vec<DeviceGrant>,
    /// Whose answers were given in the last days.
    pub known: KnownKeys,
    /// Answers of the batch at hand, and those it repeats.
    pub(super) given: HashMap<Slot, Arc<Answered>>,
    /// The state is looked through for what can be put away when it holds so many visits.
    pub(super) rest_at: usize,
    /// Taps of the last days, by person and key.
    pub taps: HashMap<(AgentId, String), Arc<TapRow>>,
    pub staff: Staff,
    /// Today's print jobs.
    pub prints: BTreeMap<VisitId, PrintRow>,
    /// Tickets printed once more, by job, which is in order of time.
    pub reprints: BTreeMap<String, PrintRow>,
    /// The latest sheet signed after today's closing.
    pub closing: Option<ClosingSheet>,
    /// Today's lapsed offers, latest last.
    pub lapses: Vec<BookLine>,
    /// The line that gave a visit to its agent.
    pub(super) offers: BTreeMap<VisitId, BookLine>,
    pub(super) by_visit: HashMap<VisitId, Arc<Answered>>,
    pub(super) by_token: HashMap<String, VisitId>,
    pub(super) forms: BTreeMap<VisitId, Vec<u8>>,
    day_key: Option<DayKey>,
}

impl Floor {
    pub fn new(loaded: Loaded, keys: &Keys) -> std::io::Result<Self> {
        let calendar = Calendar::new(&loaded.state.site.time_zone);
        let day_key = loaded.state.day.as_ref().map(|d| keys.day(d)).transpose()?;
        let mut floor = Self {
            calendar,
            epoch: loaded.epoch,
            head: loaded.head,
            delivered: loaded.delivered,
            oldest: loaded.oldest,
            restored: loaded.restored,
            feed: loaded.feed,
            grants: loaded.grants,
            known: loaded.known,
            given: HashMap::new(),
            rest_at: 0,
            prints: BTreeMap::new(),
            reprints: BTreeMap::new(),
            taps: loaded
                .taps
                .into_iter()
                .map(|t| ((t.staff.clone(), t.key.clone()), Arc::new(t)))
                .collect(),
            staff: Staff::new(loaded.pins, loaded.sessions),
            closing: loaded.closing,
            lapses: Vec::new(),
            offers: BTreeMap::new(),
            by_visit: HashMap::new(),
            by_token: HashMap::new(),
            forms: loaded.forms.into_iter().collect(),
            day_key,
            now: loaded.state.last,
            state: loaded.state,
        };
        for row in loaded.prints {
            if row.again {
                floor.reprints.insert(row.job.clone(), row);
            } else {
                floor.prints.insert(row.visit, row);
            }
        }
        for answered in loaded.answers {
            floor.hold(answered);
        }
        for line in &loaded.lines {
            floor.note(line);
        }
        Ok(floor)
    }

    /// Decides a command and puts what happened into `batch`. Gives the lines it left in the book.
    pub fn apply(
        &mut self,
        actor: &str,
        command: Command,
        now: Millis,
        keys: &Keys,
        batch: &mut Batch,
    ) -> Result<(Vec<BookLine>, Result<(), Refusal>), Fault> {
        let before = self.state.day.clone();
        let eve = matches!(command, Command::OpenDay { .. }).then(|| self.state.clone());
        let by = (!OF_ITSELF.contains(&actor)).then_some(actor);
        // What was due, and what follows by the rules, the floor does itself.
        let rest = by.map_or(actor, |_| FLOOR);
        let decision = self.state.decide_by(by, command, now);
        for stamped in &decision.events {
            self.chain(stamped.by.as_deref().unwrap_or(rest), stamped, batch)?;
            self.end_sessions_after(&stamped.event, batch);
        }
        if let (Some(mut eve), Some(ended)) = (eve, &before) {
            let closing = decision.events.iter();
            let closing = closing.take_while(|s| !matches!(s.event, Event::DayOpened { .. }));
            closing.for_each(|stamped| eve.evolve(stamped));
            if self.state.day != before {
                batch.ended.push((ended.clone(), sheet::accounts(&eve)));
            }
        }
        let lines = self.follow(before, keys, batch)?;
        if !decision.events.is_empty() {
            self.sign_when_closed(now, batch);
        }
        Ok((lines, decision.result))
    }

    /// A closed showroom without guests gets its sheet signed with the batch at hand; whatever is
    /// written into the book afterwards, another one.
    fn sign_when_closed(&mut self, now: Millis, batch: &mut Batch) {
        if !sheet::can_be_signed(&self.state) {
            batch.closing = None;
            return;
        }
        let last = self.state.next_book_seq.checked_sub(1);
        let (Some(day), Some(through)) = (self.state.day.clone(), last) else {
            return;
        };
        if self.closing.is_none_or(|signed| signed.through != through) {
            let at = now.max(self.state.last);
            self.closing = Some(ClosingSheet { through, at });
            let accounts = sheet::accounts(&self.state);
            batch.closing = Some(Closing { day, at, accounts });
        }
    }

    /// The sheet signed after the closing, while nothing came after it.
    pub fn closing_sheet(&self) -> Option<ClosingSheet> {
        let last = self.state.next_book_seq.checked_sub(1);
        self.closing.filter(|signed| Some(signed.through) == last)
    }

    /// Takes an event of this very log back from the centre.
    pub fn take_back(
        &mut self,
        event: Envelope,
        keys: &Keys,
        batch: &mut Batch,
    ) -> Result<(), LogError> {
        if event.seq != self.head.seq + 1 || event.prev != self.head.hash {
            return Err(LogError::Broken { seq: event.seq });
        }
        let stamped = log::stamped(&event)?;
        let before = self.state.day.clone();
        if let (Event::DayOpened { .. }, Some(ended)) = (&stamped.event, &before) {
            let accounts = sheet::accounts(&self.state);
            batch.ended.push((ended.clone(), accounts));
        }
        self.state.evolve(&stamped);
        self.follow(before, keys, batch)?;
        self.head = Head {
            seq: event.seq,
            hash: chain::hash(&event),
        };
        if let Event::CheckedIn { check_in, .. } = stamped.event {
            // The words of the answer are lost, but not that it was given.
            let answered = Arc::new(Answered {
                device: check_in.device,
                key: check_in.idempotency_key,
                mac: None,
                visit: check_in.visit,
                day: self.state.day.clone().unwrap_or_default(),
                token_hash: check_in.token_hash,
                answer: String::new(),
            });
            self.remember(answered.clone());
            batch.check_ins.push(CheckInRow {
                answered,
                seq: event.seq,
                profile: None,
                form: None,
            });
        }
        batch.events.push(event);
        Ok(())
    }

    /// What follows from the state that events have left: the new day's page, the book's lines.
    fn follow(
        &mut self,
        before: Option<String>,
        keys: &Keys,
        batch: &mut Batch,
    ) -> Result<Vec<BookLine>, Fault> {
        if self.state.day != before
            && let Some(day) = self.state.day.clone()
        {
            self.turn_page(&day, keys, batch)?;
        }
        if self.calendar.name() != self.state.site.time_zone {
            self.calendar = Calendar::new(&self.state.site.time_zone);
        }
        let lines = std::mem::take(&mut self.state.book);
        let mut day = before
            .or_else(|| self.state.day.clone())
            .unwrap_or_default();
        for line in &lines {
            // What the new day closes still belongs to the day before.
            if let Reason::DayOpened { day: opened } = &line.reason {
                day.clone_from(opened);
            }
            self.note(line);
            batch.lines.push((day.clone(), line.clone()));
        }
        Ok(lines)
    }

    /// Adds an event to the chain.
    fn chain(&mut self, actor: &str, stamped: &Stamped, batch: &mut Batch) -> Result<(), Fault> {
        let body =
            serde_json::value::to_raw_value(&stamped.event).map_err(|_| Fault::Unwritable)?;
        let envelope = Envelope {
            seq: self.head.seq + 1,
            id: Uuid::now_v7(),
            prev: std::mem::take(&mut self.head.hash),
            at: stamped.at.rfc3339(),
            actor: actor.to_owned(),
            v: EVENT_VERSION,
            body,
        };
        self.head = Head {
            seq: envelope.seq,
            hash: chain::hash(&envelope),
        };
        if self.oldest.is_none() {
            self.oldest = Some(envelope.at.clone());
        }
        batch.events.push(envelope);
        Ok(())
    }

    /// A new day: what belonged to the one before goes.
    fn turn_page(&mut self, day: &str, keys: &Keys, batch: &mut Batch) -> Result<(), Fault> {
        self.day_key = Some(keys.day(day)?);
        self.forms.clear();
        self.prints.clear();
        self.reprints.clear();
        self.offers.clear();
        self.lapses.clear();
        self.closing = None;
        self.by_visit.clear();
        self.by_token.clear();
        let kept_from = days_before(day, super::log::ANSWERS_KEPT_DAYS);
        self.known.keep_from(&kept_from);
        self.rest_at = 0;
        self.taps.retain(|_, t| t.day >= kept_from);
        batch.opened = Some(day.to_owned());
        Ok(())
    }

    fn note(&mut self, line: &BookLine) {
        let Some(visit) = line.visit else { return };
        match line.reason {
            Reason::OfferedInTurn
            | Reason::OfferedOwedTurn { .. }
            | Reason::OfferedReturnedTurn { .. }
            | Reason::OfferedAskedFor { .. }
            | Reason::OfferedCourtesy { .. }
            | Reason::OfferedOverride { .. }
                if self.state.visits.contains_key(&visit) =>
            {
                self.offers.insert(visit, line.clone());
            }
            Reason::Lapsed { .. } => {
                self.lapses.push(line.clone());
                if self.lapses.len() > LAPSES_KEPT {
                    self.lapses.remove(0);
                }
            }
            _ => {}
        }
    }

    /// Agents whose pads are on the line, as far as the log says.
    pub fn live_pads(&self) -> Vec<AgentId> {
        let agents = self.state.agents.values();
        agents
            .filter(|a| a.pad.is_some_and(|p| p.connected))
            .map(|a| a.id.clone())
            .collect()
    }

    /// Keeps an answer for repetitions.
    pub fn remember(&mut self, answered: Arc<Answered>) {
        let (device, key) = (&answered.device, &answered.key);
        self.known.add(&answered.day, device, key);
        self.given
            .insert((device.clone(), key.clone()), answered.clone());
        self.hold(answered);
    }

    /// Has the visit's ticket at hand while the visit is.
    pub(super) fn hold(&mut self, answered: Arc<Answered>) {
        if self.state.visits.contains_key(&answered.visit) {
            self.by_visit.insert(answered.visit, answered.clone());
            self.by_token
                .insert(answered.token_hash.clone(), answered.visit);
        }
    }

    /// Encrypts how to address a guest; gives what is to be stored.
    pub fn keep_form(&mut self, visit: VisitId, form: &str) -> Option<Vec<u8>> {
        let sealed = self.day_key.as_ref()?.seal(visit, form);
        self.forms.insert(visit, sealed.clone());
        Some(sealed)
    }

    /// How to address the guest, where they agreed and the day is not over.
    pub fn form(&self, visit: VisitId) -> Option<String> {
        self.day_key.as_ref()?.open(visit, self.forms.get(&visit)?)
    }

    /// The check-in's first answer.
    pub fn answered(&self, visit: VisitId) -> Option<&Arc<Answered>> {
        self.by_visit.get(&visit)
    }

    pub fn by_token(&self, token_hash: &str) -> Option<VisitId> {
        let other = || {
            let mut visits = self.state.visits.values();
            visits.find(|v| v.also.as_ref().is_some_and(|o| o.token_hash == token_hash))
        };
        self.by_token
            .get(token_hash)
            .copied()
            .or_else(|| other().map(|v| v.id))
    }

    /// What became of the ticket's paper, the last time it was printed.
    pub fn print(&self, visit: VisitId) -> PrintView {
        self.last_print(visit).map_or(
            PrintView {
                state: PrintState::None,
                problem: None,
            },
            |row| PrintView {
                state: row.state,
                problem: row.problem.clone(),
            },
        )
    }

    /// Why the visit came to its agent, in words.
    pub fn offer_reason(&self, visit: VisitId, language: Language) -> Option<String> {
        let line = self.offers.get(&visit)?;
        Some(Scribe::of(self).words(line, language))
    }

    pub fn agent_name(&self, id: &AgentId) -> String {
        Scribe::of(self).agent_name(id)
    }

    /// The next moment after `now` at which the floor does something by itself.
    pub fn next_due(&self, now: Millis) -> Option<Millis> {
        // Before the site is known there are no days.
        let midnight =
            (!self.state.site.time_zone.is_empty()).then(|| self.calendar.next_midnight(now));
        self.state.next_due().into_iter().chain(midnight).min()
    }

    /// The day to be opened now, if it is not open yet.
    pub fn day_due(&self, now: Millis) -> Option<String> {
        if self.state.site.time_zone.is_empty() {
            return None;
        }
        let today = self.calendar.day(now);
        self.state
            .day
            .as_ref()
            .is_none_or(|open| *open < today)
            .then_some(today)
    }
}
