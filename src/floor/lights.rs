//! How the floor's surroundings are: the ticket printer and the line to the centre. Not part of
//! the history, so it lives beside the engine.

use std::sync::{Mutex, PoisonError};

use super::ask::Engine;

/// The last answer of the centre, as the desk shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Unset,
    Ok,
    Unreachable,
    Unauthorised,
    /// The centre misses events between what it has and what it is sent.
    Gap,
    /// Two histories under one name: a restored or cloned floor or centre.
    Forked,
    UnknownVersion,
}

impl Line {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Unreachable => "unreachable",
            Self::Unauthorised => "unauthorised",
            Self::Gap => "gap",
            Self::Forked => "forked",
            Self::UnknownVersion => "unknown_version",
        }
    }
}

/// Set by the tasks that see it, read when a picture is made.
pub(super) struct Lights {
    engine: Engine,
    now: Mutex<(String, Line)>,
}

impl Lights {
    /// `printer`: as in `protocol::desk::PrinterView`.
    pub fn new(engine: Engine, printer: &str, line: Line) -> Self {
        Self {
            engine,
            now: Mutex::new((printer.to_owned(), line)),
        }
    }

    pub fn now(&self) -> (String, Line) {
        self.now
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn set_printer(&self, state: &str) {
        self.set(|now| now.0 = state.to_owned());
    }

    pub fn set_line(&self, line: Line) {
        self.set(|now| now.1 = line);
    }

    /// The feed speaks for the line too, but cannot know that the log is not taken.
    pub fn feed_heard(&self, line: Line) {
        self.set(|now| {
            if !matches!(now.1, Line::Gap | Line::Forked | Line::UnknownVersion) {
                now.1 = line;
            }
        });
    }

    fn set(&self, change: impl FnOnce(&mut (String, Line))) {
        let changed = {
            let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
            let before = now.clone();
            change(&mut now);
            *now != before
        };
        if changed {
            self.engine.touch();
        }
    }
}
