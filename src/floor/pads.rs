//! Which agents' pads are on the line (rule 9). The engine hears only of changes, and each time how
//! it is by then: a pad that comes back before its leaving was noticed never left.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::ask::Engine;
use crate::core::floor::Command;
use crate::core::id::AgentId;

/// Who did it, when a pad came or went by itself.
const FLOOR: &str = "floor";

/// Live pads, counted by agent.
#[derive(Default)]
pub(super) struct Pads {
    live: Mutex<BTreeMap<AgentId, u32>>,
}

impl Pads {
    /// Whether at least one pad of the agent is on the line.
    pub fn connected(&self, agent: &AgentId) -> bool {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.contains_key(agent)
    }

    /// A pad comes on the line, until the answer is dropped.
    pub async fn enter(self: &Arc<Self>, agent: AgentId, engine: Engine) -> PadLine {
        {
            let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
            *live.entry(agent.clone()).or_default() += 1;
        }
        let line = PadLine {
            pads: self.clone(),
            agent,
            engine,
        };
        tell(&line.pads, &line.agent, &line.engine).await;
        line
    }
}

/// One pad on the line.
pub(super) struct PadLine {
    pads: Arc<Pads>,
    agent: AgentId,
    engine: Engine,
}

impl Drop for PadLine {
    fn drop(&mut self) {
        {
            let mut live = self
                .pads
                .live
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = live.get_mut(&self.agent) {
                *count -= 1;
                if *count == 0 {
                    live.remove(&self.agent);
                }
            }
        }
        let (pads, agent, engine) = (self.pads.clone(), self.agent.clone(), self.engine.clone());
        // A stream ends inside the runtime; when that is gone, so is the engine.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { tell(&pads, &agent, &engine).await });
        }
    }
}

/// What is not stored now is told with the next change; until then nobody loses a turn by it.
async fn tell(pads: &Arc<Pads>, agent: &AgentId, engine: &Engine) {
    let (pads, agent) = (pads.clone(), agent.clone());
    let told = engine.write(move |floor, now, keys, batch| {
        let connected = pads.connected(&agent);
        let command = Command::Pad { agent, connected };
        let (_, result) = floor.apply(FLOOR, command, now, keys, batch)?;
        Ok(result.map_err(Into::into))
    });
    if let Err(error) = told.await {
        tracing::debug!(%error, "a pad's coming or going could not be noted");
    }
}
