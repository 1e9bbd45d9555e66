//! Which agents' pads are on the line (rule 9). The engine hears only of changes, and each time how
//! it is by then: a pad that comes back before its leaving was noticed never left.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::ask::Engine;
use super::clock::Timekeeper;
use super::memory::FLOOR;
use super::pad_lines::PadLines;
use crate::core::floor::Command;
use crate::core::id::AgentId;
use crate::core::time::Millis;

/// Live pads, by agent.
pub(super) struct Pads {
    engine: Engine,
    lines: Mutex<Timed>,
    /// Something was sent or answered: the next silence may be due at another time.
    moved: watch::Sender<()>,
}

struct Timed {
    keeper: Timekeeper,
    lines: PadLines,
}

impl Timed {
    /// The machine slept or its clock was put forward: nobody was silent for that time.
    fn now(&mut self) -> Millis {
        let jumped = self.keeper.follow().is_some();
        let now = self.keeper.now();
        if jumped {
            self.lines.excuse(now);
        }
        now
    }
}

impl Pads {
    pub fn new(engine: Engine, keeper: Timekeeper) -> Self {
        Self {
            engine,
            lines: Mutex::new(Timed {
                keeper,
                lines: PadLines::default(),
            }),
            moved: watch::channel(()).0,
        }
    }

    /// A pad comes on the line, until the answer is dropped.
    pub async fn enter(self: &Arc<Self>, agent: AgentId) -> PadLine {
        let number = {
            let mut timed = self.timed();
            let now = timed.now();
            timed.lines.enter(&agent, now)
        };
        let line = PadLine {
            pads: self.clone(),
            agent,
            number,
        };
        tell(self, &line.agent).await;
        line
    }

    /// A pad answers what it was sent, by the id that came with it. `false`: that is nothing this
    /// agent was sent, as after a restart.
    pub async fn answered(self: &Arc<Self>, agent: &AgentId, id: &str) -> bool {
        let parsed = id
            .split_once('-')
            .and_then(|(line, seen)| Some((line.parse().ok()?, seen.parse().ok()?)));
        let Some((line, seen)) = parsed else {
            return false;
        };
        let (known, came) = {
            let mut timed = self.timed();
            let now = timed.now();
            let before = timed.lines.standing(agent).connected;
            let known = timed.lines.answers(agent, line, seen, now);
            (known, timed.lines.standing(agent).connected != before)
        };
        self.moved.send_replace(());
        if came {
            tell(self, agent).await;
        }
        known
    }

    fn timed(&self) -> MutexGuard<'_, Timed> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One pad on the line.
pub(super) struct PadLine {
    pads: Arc<Pads>,
    agent: AgentId,
    number: u64,
}

impl PadLine {
    /// Something is being sent: the id to go with it, which the page answers with.
    pub fn sends(&self) -> String {
        let sent = {
            let mut timed = self.pads.timed();
            let now = timed.now();
            timed.lines.sends(&self.agent, self.number, now)
        };
        self.pads.moved.send_replace(());
        format!("{}-{sent}", self.number)
    }
}

impl Drop for PadLine {
    fn drop(&mut self) {
        self.pads.timed().lines.leave(&self.agent, self.number);
        let (pads, agent) = (self.pads.clone(), self.agent.clone());
        // A stream ends inside the runtime; when that is gone, so is the engine.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { tell(&pads, &agent).await });
        }
    }
}

/// Tells the engine how the agent's pads stand. What is not stored now is told with the next change;
/// until then nobody loses a turn by it.
async fn tell(pads: &Arc<Pads>, agent: &AgentId) {
    let (known, agent) = (pads.clone(), agent.clone());
    let told = pads.engine.write(move |floor, now, keys, batch| {
        let standing = known.timed().lines.standing(&agent);
        let command = Command::Pad {
            agent,
            connected: standing.connected,
            since: standing.since,
        };
        let (_, result) = floor.apply(FLOOR, command, now, keys, batch)?;
        Ok(result.map_err(Into::into))
    });
    if let Err(error) = told.await {
        tracing::debug!(%error, "a pad's coming or going could not be noted");
    }
}

/// Notes the lines that fall silent, which by itself nobody tells. Runs until dropped.
pub(super) async fn watch(pads: Arc<Pads>) {
    let mut moved = pads.moved.subscribe();
    loop {
        let (due, keeper) = {
            let timed = pads.timed();
            (timed.lines.next_due(), timed.keeper.clone())
        };
        tokio::select! {
            () = keeper.reached(due) => {}
            _ = moved.changed() => continue,
        }
        let silent = {
            let mut timed = pads.timed();
            let now = timed.now();
            timed.lines.fall_silent(now)
        };
        for agent in silent {
            tell(&pads, &agent).await;
        }
    }
}
