//! Staff at the floor: PINs, one-time codes, wrong guesses and sessions. Only hashes are kept, and
//! every change is on disk before it is answered, so that a restart unlocks nobody.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::ask::AskError;
use super::log::Batch;
use super::memory::Floor;
use crate::core::floor::Event;
use crate::core::id::AgentId;
use crate::core::site::StaffRole;
use crate::core::time::Millis;
use crate::crypto::{pin, token};
use crate::protocol::feed::PinCodeGrant;

/// So many wrong guesses in a row lock a PIN.
const GUESSES: u32 = 5;
/// The first lock, minutes; each further one is twice as long.
const LOCK_MINUTES: i64 = 5;
/// The longest lock, minutes.
const LOCK_LONGEST: i64 = 12 * 60;
/// A session without a pad is for one override at a desk that others use too, minutes.
const BRIEF_MINUTES: i64 = 10;

/// One member's PIN and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PinRow {
    pub staff: AgentId,
    /// PHC string; `None`: none is set, or it was taken out of use.
    pub pin: Option<String>,
    /// The one-time code that is open.
    pub code: Option<PinCodeGrant>,
    /// The centre's latest code ever heard of; none before it is taken any more.
    pub last_code: Uuid,
    /// Wrong guesses in a row.
    pub guesses: u32,
    pub locked_until: Millis,
}

impl PinRow {
    fn new(staff: &AgentId) -> Self {
        Self {
            staff: staff.clone(),
            pin: None,
            code: None,
            last_code: Uuid::nil(),
            guesses: 0,
            locked_until: Millis(0),
        }
    }
}

/// A session as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SessionRow {
    /// Of the token.
    pub hash: String,
    pub staff: AgentId,
    pub pad: bool,
    pub expires: Millis,
}

/// Who has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub staff: AgentId,
    pub name: String,
    pub role: StaffRole,
    pub pad: bool,
    pub expires: Millis,
    /// Of the token; names the session.
    pub hash: String,
}

/// All open sessions, as they are published after each change.
#[derive(Default)]
pub(super) struct Sessions(HashMap<String, Signed>);

impl Sessions {
    pub fn find(&self, token: &str, now: Millis) -> Option<&Signed> {
        self.by_hash(&token::hash(token), now)
    }

    pub fn by_hash(&self, hash: &str, now: Millis) -> Option<&Signed> {
        self.0.get(hash).filter(|s| s.expires > now)
    }
}

/// A guess under way: counted before it is checked, so that many at once are no more than one after
/// the other.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    /// What the PIN is compared with.
    pub pin: Option<String>,
    pub code: Option<PinCodeGrant>,
    /// For how long a wrong one locks, seconds.
    pub locks: Option<i64>,
}

/// Everything the floor remembers of its staff's sign-ins.
#[derive(Default)]
pub(super) struct Staff {
    pins: BTreeMap<AgentId, PinRow>,
    sessions: HashMap<String, SessionRow>,
    /// The published sessions are not these any more.
    pub stale: bool,
}

impl Staff {
    pub fn new(pins: Vec<PinRow>, sessions: Vec<SessionRow>) -> Self {
        Self {
            pins: pins.into_iter().map(|p| (p.staff.clone(), p)).collect(),
            sessions: sessions.into_iter().map(|s| (s.hash.clone(), s)).collect(),
            stale: true,
        }
    }
}

impl Floor {
    pub fn sessions(&self) -> Sessions {
        let signed = self.staff.sessions.values().filter_map(|session| {
            let member = self.state.site.member(&session.staff)?;
            let signed = Signed {
                staff: session.staff.clone(),
                name: member.name.clone(),
                role: member.role,
                pad: session.pad,
                expires: session.expires,
                hash: session.hash.clone(),
            };
            Some((session.hash.clone(), signed))
        });
        Sessions(signed.collect())
    }

    /// Begins a guess at the PIN, or at the one-time code, of `staff`.
    pub fn guess(
        &mut self,
        staff: &AgentId,
        by_code: bool,
        now: Millis,
        batch: &mut Batch,
    ) -> Result<Guess, AskError> {
        if self.state.site.member(staff).is_none() {
            return Err(AskError::WrongPin);
        }
        let known = self.staff.pins.get(staff);
        if let Some(row) = known
            && row.locked_until > now
        {
            return Err(AskError::Locked {
                seconds: seconds_until(row.locked_until, now),
            });
        }
        let code = known
            .and_then(|row| row.code.clone())
            .filter(|c| c.expires > now);
        let pin = known.and_then(|row| row.pin.clone());
        if by_code && code.is_none() {
            return Err(AskError::NoCode);
        }
        if !by_code && pin.is_none() {
            return Err(AskError::NoPin);
        }
        let row = self.pin_mut(staff);
        row.guesses += 1;
        if row.guesses.is_multiple_of(GUESSES) {
            let times = (row.guesses / GUESSES - 1).min(16);
            let minutes = (LOCK_MINUTES << times).min(LOCK_LONGEST);
            row.locked_until = now.plus_minutes(minutes);
        }
        let locks = (row.locked_until > now).then(|| seconds_until(row.locked_until, now));
        batch.pins.push(row.clone());
        Ok(Guess { pin, code, locks })
    }

    /// The guess was right: opens a session. `pin`: what the guess was compared with, which may have
    /// been taken out of use meanwhile.
    pub fn open_session(
        &mut self,
        staff: &AgentId,
        pin: &str,
        hash: String,
        pad: bool,
        now: Millis,
        batch: &mut Batch,
    ) -> Result<Signed, AskError> {
        let member = self.state.site.member(staff).ok_or(AskError::WrongPin)?;
        let (name, role) = (member.name.clone(), member.role);
        let row = self.pin_mut(staff);
        if row.pin.as_deref() != Some(pin) {
            return Err(AskError::WrongPin);
        }
        forgive(row);
        batch.pins.push(row.clone());
        let midnight = self.calendar.next_midnight(now);
        let expires = if pad {
            midnight
        } else {
            midnight.min(now.plus_minutes(BRIEF_MINUTES))
        };
        let gone: Vec<String> = self
            .staff
            .sessions
            .values()
            .filter(|s| s.expires <= now)
            .map(|s| s.hash.clone())
            .collect();
        for hash in gone {
            self.close_session(&hash, batch);
        }
        let session = SessionRow {
            hash: hash.clone(),
            staff: staff.clone(),
            pad,
            expires,
        };
        batch.sessions.push(session.clone());
        self.staff.sessions.insert(hash.clone(), session);
        self.staff.stale = true;
        Ok(Signed {
            staff: staff.clone(),
            name,
            role,
            pad,
            expires,
            hash,
        })
    }

    pub fn close_session(&mut self, hash: &str, batch: &mut Batch) {
        if self.staff.sessions.remove(hash).is_some() {
            batch.sessions.retain(|s| s.hash != hash);
            batch.closed.push(hash.to_owned());
            self.staff.stale = true;
        }
    }

    /// The code was right: the PIN is set, and every session before it ends.
    pub fn set_pin(
        &mut self,
        staff: &AgentId,
        code: Uuid,
        hash: String,
        batch: &mut Batch,
    ) -> Result<(), AskError> {
        let row = self.pin_mut(staff);
        if row.code.as_ref().map(|c| c.id) != Some(code) {
            return Err(AskError::NoCode);
        }
        row.code = None;
        row.pin = Some(hash);
        forgive(row);
        batch.pins.push(row.clone());
        self.close_sessions(batch, |s| s.staff == *staff);
        Ok(())
    }

    /// A one-time code arrives, from the centre or from a manager at this floor. The PIN before it is
    /// out of use at once: somebody has forgotten it, or somebody else has learnt it.
    pub fn take_code(&mut self, code: PinCodeGrant, from_centre: bool, batch: &mut Batch) {
        let staff = code.staff.clone();
        let row = self.pin_mut(&staff);
        if from_centre {
            // The feed repeats what was heard before; ids of two machines are not compared.
            if code.id <= row.last_code {
                return;
            }
            row.last_code = code.id;
        }
        row.code = Some(code);
        row.pin = None;
        forgive(row);
        batch.pins.push(row.clone());
        self.close_sessions(batch, |s| s.staff == staff);
    }

    /// Sessions end with the day, and with signing off or leaving the staff.
    pub fn end_sessions_after(&mut self, event: &Event, batch: &mut Batch) {
        match event {
            Event::DayOpened { .. } => self.close_sessions(batch, |_| true),
            Event::WentOff { agent } => self.close_sessions(batch, |s| s.staff == *agent),
            Event::SiteChanged { site } => {
                self.close_sessions(batch, |s| site.member(&s.staff).is_none());
                // Names and roles may be others now.
                self.staff.stale = true;
            }
            _ => {}
        }
    }

    fn close_sessions(&mut self, batch: &mut Batch, which: impl Fn(&SessionRow) -> bool) {
        let open = self.staff.sessions.values();
        let ended: Vec<String> = open.filter(|s| which(s)).map(|s| s.hash.clone()).collect();
        for hash in ended {
            self.close_session(&hash, batch);
        }
    }

    fn pin_mut(&mut self, staff: &AgentId) -> &mut PinRow {
        self.staff
            .pins
            .entry(staff.clone())
            .or_insert_with(|| PinRow::new(staff))
    }
}

fn forgive(row: &mut PinRow) {
    row.guesses = 0;
    row.locked_until = Millis(0);
}

fn seconds_until(until: Millis, now: Millis) -> i64 {
    (until.since(now) + 999) / 1000
}

/// A new one-time code for `staff`, with what is kept of it. Slow: hashes.
pub(super) fn new_code(staff: &AgentId, now: Millis) -> (String, PinCodeGrant) {
    let code = pin::code();
    let grant = PinCodeGrant {
        staff: staff.clone(),
        id: Uuid::now_v7(),
        hash: pin::hash_code(&code),
        expires: now.plus_minutes(pin::CODE_HOURS * 60),
    };
    (code, grant)
}
