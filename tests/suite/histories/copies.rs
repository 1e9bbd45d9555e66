//! Copies of the floor's records within the histories: made while it works, and put back in place of
//! what is there. The second rule sheet goes back to the copy's moment with it, or, where the centre
//! gives back what the copy lacks, stays where it is.

use std::path::PathBuf;

use proptest::prelude::*;
use uuid::Uuid;
use yingbin::core::floor::Command;
use yingbin::core::time::Millis;
use yingbin::core::visit::NotABuyer;
use yingbin::floor::{Source, Standing, backup, restore};
use yingbin::protocol::ingest::Envelope;

use crate::support::model::Model;

use super::Pair;

/// What somebody does with copies.
#[derive(Clone, Copy, Debug)]
pub enum Copying {
    Make,
    /// The last copy takes the place of the records; the floor is down for so many seconds.
    PutBack(Way, u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the program: the floor hears its centre first.
    Joined,
    /// By the program, without waiting for the centre.
    Alone,
    /// By hand, and nobody is told.
    ByHand,
}

pub fn copying() -> impl Strategy<Value = Option<Copying>> {
    let way = prop_oneof![
        2 => Just(Way::Joined),
        1 => Just(Way::Alone),
        1 => Just(Way::ByHand),
    ];
    let down = prop_oneof![2 => Just(0_u32), 2 => 1..90_u32, 1 => 600..4000_u32];
    prop_oneof![
        24 => Just(None),
        2 => Just(Some(Copying::Make)),
        1 => (way, down).prop_map(|(way, down)| Some(Copying::PutBack(way, down))),
    ]
}

/// A copy, and how everything stood when it was made.
pub struct Kept {
    file: PathBuf,
    model: Model,
    /// The last line of the book.
    line: i64,
    /// How far the centre was heard.
    feed: u64,
    epoch: Option<Uuid>,
}

/// The numbers that an event makes known.
fn number(event: &Envelope) -> u32 {
    let body: serde_json::Value = serde_json::from_str(event.body.get()).unwrap();
    let count = match body["kind"].as_str() {
        Some("numbers_skipped") => body["through"].as_u64(),
        // A kiosk counts for itself.
        Some("checked_in") => body["ticket"]
            .as_str()
            .filter(|number| !number.contains('-'))
            .and_then(|number| number[1..].parse().ok()),
        _ => None,
    };
    count.map_or(0, |n| u32::try_from(n).unwrap())
}

impl Pair {
    pub async fn copy(&mut self, copying: Copying) -> Result<(), TestCaseError> {
        match copying {
            Copying::Make => self.make_a_copy().await,
            // How long a floor was down that was stopped by a clock set back, nobody knows.
            Copying::PutBack(..) if self.now() < self.latest => Ok(()),
            Copying::PutBack(way, down) => match self.copy.take() {
                Some(kept) => {
                    self.put_back(way, down, &kept).await?;
                    self.copy = Some(kept);
                    Ok(())
                }
                None => Ok(()),
            },
        }
    }

    /// All that is due is decided, and at the centre.
    async fn settle_down(&mut self) -> Result<(), TestCaseError> {
        self.tick().await;
        self.compare(&[]).await?;
        self.floor.until_delivered().await;
        Ok(())
    }

    async fn make_a_copy(&mut self) -> Result<(), TestCaseError> {
        self.settle_down().await?;
        let file = self.folder.path().join("floor.backup");
        let standing = backup(self.floor.data.path(), &file).unwrap();
        self.story.push(format!("a copy through {}", standing.seq));
        self.copy = Some(Kept {
            file,
            model: self.model.clone(),
            line: self.seq,
            feed: self.floor.centre.cursor(),
            epoch: self.floor.centre.log().0,
        });
        Ok(())
    }

    async fn put_back(&mut self, way: Way, down: u32, kept: &Kept) -> Result<(), TestCaseError> {
        self.settle_down().await?;
        self.floor.stop().await;
        self.floor.let_pass(i64::from(down));
        self.story
            .push(format!("{} the copy put back: {way:?}", self.now()));
        let standing = match way {
            Way::Joined | Way::Alone => {
                let source = Source::File(&kept.file);
                restore(self.floor.data.path(), &source, way == Way::Alone).unwrap()
            }
            Way::ByHand => self.put_back_by_hand(kept),
        };
        let (epoch, log) = self.floor.centre.log();
        // One history goes on where the floor's own way was not left since.
        let whole = way == Way::Joined && epoch == kept.epoch;
        if !whole {
            self.model = kept.model.clone();
            self.seq = kept.line;
        }
        let last = log.last().filter(|_| whole).map_or(&standing.at, |e| &e.at);
        let last = Millis::parse_rfc3339(last).unwrap();
        self.begin_again(last.0).await;
        let foreign = epoch != kept.epoch;
        let seen = numbers_behind(&log, standing.seq, foreign);
        match way {
            Way::Joined => self.skip_numbers(seen),
            Way::Alone => self.skip_numbers(0),
            Way::ByHand => {}
        }
        self.hear_again(kept.feed);
        self.compare(&[]).await?;
        let more = foreign || log.last().is_some_and(|e| e.seq > standing.seq);
        if way == Way::ByHand && more {
            self.stand_apart().await?;
            self.mend(numbers_behind(&log, standing.seq, foreign))
                .await?;
        }
        // Whichever way it went, the centre has all of it in the end.
        self.floor.until_delivered().await;
        Ok(())
    }

    fn put_back_by_hand(&self, kept: &Kept) -> Standing {
        let data = self.floor.data.path();
        for name in ["floor.db-wal", "floor.db-shm", "heartbeat"] {
            let _ = std::fs::remove_file(data.join(name));
        }
        std::fs::copy(&kept.file, data.join("floor.db")).unwrap();
        let last = yingbin::floor::recorded(data).unwrap().events;
        Standing {
            seq: last.len() as u64,
            at: last.last().unwrap().at.rfc3339(),
            kept: None,
        }
    }

    /// No timer counts the time since the floor's last event, as far as its records know.
    async fn begin_again(&mut self, last: i64) {
        self.lines.clear();
        self.floor.centre.forget_polls();
        self.floor.begin();
        let down_ms = (self.now() - last).max(0);
        let _ = self.obey(&Command::Resume { down_ms }, self.now());
        // It polls once it works, whatever it waited for.
        self.floor.centre.heard(self.floor.centre.cursor()).await;
        self.pass_midnight().await;
    }

    fn skip_numbers(&mut self, seen: u32) {
        let _ = self.obey(&Command::SkipNumbers { seen }, self.now());
    }

    /// What the centre handed down since the copy, it hands down once more: of each kind the last,
    /// in the order in which a floor reads them.
    fn hear_again(&mut self, feed: u64) {
        let place = |command: &Command| match command {
            Command::SetSite { .. } => 0,
            Command::SetRules { .. } | Command::OfficeRules { .. } => 1,
            Command::SetAppointments { .. } => 2,
            Command::SetRegistrations { .. } => 3,
            Command::SetOverdue { .. } => 4,
            _ => 5,
        };
        let new: Vec<Command> = self
            .handed
            .iter()
            .filter(|(cursor, _)| *cursor > feed)
            .map(|(_, command)| command.clone())
            .collect();
        for kind in 0..6 {
            let of_it: Vec<&Command> = new.iter().filter(|c| place(c) == kind).collect();
            // News about visits do not replace each other.
            let from = if kind == 5 {
                0
            } else {
                of_it.len().saturating_sub(1)
            };
            for command in &of_it[from..] {
                let word = self.obey(command, self.now());
                self.story
                    .push(format!("heard again {command:?}: {word:?}"));
            }
        }
    }

    /// The floor goes on serving, and says loudly that its record is another one.
    async fn stand_apart(&mut self) -> Result<(), TestCaseError> {
        let kind = NotABuyer::Courier;
        let own = Command::NotABuyer { kind };
        self.ask(&own).await.map_err(TestCaseError::fail)?;
        let _ = self.obey(&own, self.now());
        self.floor
            .desk_until(|desk| desk.outbox.state == "forked")
            .await;
        self.compare(&[]).await
    }

    /// `yingbin restore --in-place`.
    async fn mend(&mut self, seen: u32) -> Result<(), TestCaseError> {
        self.floor.stop().await;
        let standing = restore(self.floor.data.path(), &Source::InPlace, false).unwrap();
        self.story.push("the fork is told to the floor".into());
        let last = Millis::parse_rfc3339(&standing.at).unwrap();
        self.begin_again(last.0).await;
        self.skip_numbers(seen);
        self.compare(&[]).await
    }
}

/// The highest number that the centre can tell of: behind what it has in common with the floor, or of
/// its whole present epoch where that is not the floor's.
fn numbers_behind(log: &[Envelope], common: u64, foreign: bool) -> u32 {
    let known = log.iter().filter(|e| foreign || e.seq > common);
    known.map(number).max().unwrap_or(0)
}

/// Every way is tried.
#[test]
fn r_the_histories_put_copies_back_in_every_way() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut ways = Vec::new();
    for _ in 0..12 {
        let drawn = super::moments().new_tree(&mut runner).unwrap().current();
        let mut copied = false;
        for moment in drawn {
            match moment.before {
                Some(Copying::Make) => copied = true,
                Some(Copying::PutBack(way, _)) if copied => ways.push(way),
                _ => {}
            }
        }
    }
    for way in [Way::Joined, Way::Alone, Way::ByHand] {
        assert!(ways.contains(&way), "{way:?}");
    }
}
