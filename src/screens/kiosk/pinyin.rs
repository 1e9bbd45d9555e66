//! The pinyin engine, read while the first pages show: the lexicon takes longer than a first frame
//! may, and nobody types before the name page.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use crate::core::ime::{Ime, LEXICON};
use crate::core::kiosk::{Candidates, Choice, NamePart};

const AFTER_FIRST_FRAME: Duration = Duration::from_millis(500);

/// An engine that may still be reading. Whoever asks too early waits for it.
#[derive(Clone)]
pub(super) struct Pinyin(Arc<OnceLock<Option<Ime>>>);

impl Pinyin {
    /// Reads on a thread of its own, once the first frame is out.
    pub fn begin() -> Self {
        let pinyin = Self(Arc::new(OnceLock::new()));
        let reading = pinyin.clone();
        slint::Timer::single_shot(AFTER_FIRST_FRAME, move || {
            thread::spawn(move || {
                reading.engine();
            });
        });
        pinyin
    }

    /// `None`: the lexicon in the program cannot be read. Guests then type letters.
    fn engine(&self) -> Option<&Ime> {
        let read = || {
            Ime::load(LEXICON)
                .inspect_err(|error| tracing::error!(%error, "the pinyin lexicon cannot be read"))
                .ok()
        };
        self.0.get_or_init(read).as_ref()
    }
}

impl Candidates for Pinyin {
    fn candidates(&self, pinyin: &str, part: NamePart<'_>) -> Vec<Choice> {
        self.engine()
            .map_or_else(Vec::new, |ime| Candidates::candidates(ime, pinyin, part))
    }

    fn common_surnames(&self) -> Vec<String> {
        self.engine()
            .map_or_else(Vec::new, Candidates::common_surnames)
    }
}
