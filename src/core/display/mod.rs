//! The queue display (叫号屏): which ticket is called to whom and where. It knows tickets,
//! consultants and places only, so no guest's name can ever appear on it (P6).

mod view;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::language::{Language, Text};
use super::time::Millis;

pub use view::{BigCall, Pair, RecentCall, View};

/// How long a call keeps its highlight, seconds.
const FRESH_SECONDS: i64 = 20;

/// The board as the floor tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// Called and not yet served, latest call first.
    pub now_calling: Vec<Call>,
    /// Calls already answered, latest first.
    pub recent: Vec<Call>,
    /// Ticket numbers in order of turn.
    pub waiting: Vec<String>,
}

/// One ticket called to one consultant's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub ticket: String,
    pub consultant: String,
    pub place: String,
    pub called_at: Millis,
    /// 1 for the first call, one more for each recall.
    pub times: u32,
}

/// What the display hears.
#[derive(Clone, Debug)]
pub enum Message {
    /// The showroom's name and time zone.
    Site { name: Text, zone: TimeZone },
    /// The board as it is now; `zone`: the offset the floor's times carry, if they were readable.
    News {
        board: Board,
        zone: Option<TimeZone>,
    },
    /// Nothing is heard of the floor any more.
    Silent,
    /// The floor is not the one this display was enrolled at; nothing was asked of it.
    OtherFloor,
}

/// What the display asks its surroundings to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Sounds the chime once, however many calls came together.
    Chime,
}

/// The state of one display.
pub struct Display {
    language: Language,
    name: Text,
    zone: TimeZone,
    zone_is_sites: bool,
    board: Option<Board>,
    heard_at: Option<Millis>,
    silent: bool,
    other_floor: bool,
    /// When each call still shown was heard first, or heard again.
    announced: BTreeMap<String, Millis>,
}

impl Display {
    /// `language` is the one written large; the other of Chinese and English stands below it.
    pub fn new(language: Language, name: Text) -> Self {
        Self {
            language,
            name,
            zone: TimeZone::UTC,
            zone_is_sites: false,
            board: None,
            heard_at: None,
            silent: true,
            other_floor: false,
            announced: BTreeMap::new(),
        }
    }

    pub fn update(&mut self, message: Message, now: Millis) -> Vec<Effect> {
        match message {
            Message::Site { name, zone } => {
                self.name = name;
                self.zone = zone;
                self.zone_is_sites = true;
                Vec::new()
            }
            Message::News { board, zone } => {
                if let Some(zone) = zone.filter(|_| !self.zone_is_sites) {
                    self.zone = zone;
                }
                self.silent = false;
                self.other_floor = false;
                self.heard_at = Some(now);
                self.take(board, now)
            }
            Message::Silent | Message::OtherFloor => {
                self.other_floor = matches!(message, Message::OtherFloor);
                self.silent = true;
                Vec::new()
            }
        }
    }

    /// Chimes for calls that were not there before, or were made again. The first board after
    /// the start is no news: its calls were announced before this display was switched on.
    fn take(&mut self, board: Board, now: Millis) -> Vec<Effect> {
        let mut chime = false;
        if let Some(before) = &self.board {
            for call in &board.now_calling {
                let known = before.now_calling.iter().find(|c| c.ticket == call.ticket);
                if known.is_none_or(|k| call.times > k.times || call.called_at != k.called_at) {
                    self.announced.insert(call.ticket.clone(), now);
                    chime = true;
                }
            }
        }
        self.announced
            .retain(|ticket, _| board.now_calling.iter().any(|c| c.ticket == *ticket));
        self.board = Some(board);
        if chime {
            vec![Effect::Chime]
        } else {
            Vec::new()
        }
    }

    fn is_fresh(&self, ticket: &str, now: Millis) -> bool {
        self.announced
            .get(ticket)
            .is_some_and(|at| now < at.plus_seconds(FRESH_SECONDS))
    }
}

#[cfg(test)]
mod tests;
