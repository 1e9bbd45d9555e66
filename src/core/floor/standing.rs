//! Where an agent stands in the order of turns, and who comes before them and why.

use super::state::State;
use crate::core::id::AgentId;
use crate::core::time::Millis;

/// Why somebody receives a new visitor before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Holds the older owed turn (rule 7a).
    Owed { since: Millis },
    /// The cursor comes to them first (rule 7b).
    Cursor,
    /// The cursor comes to them first, but a turn received ahead will be settled then.
    Prepaid,
    /// The cursor comes to them first, but they could not take anybody now.
    NotReady,
}

/// An agent's standing. Would everybody who can take a visitor now receive one after the other, the
/// agent would be number `place`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// From 1, counting only those who receive first.
    pub place: u32,
    /// The date of the owed turn the agent would be paid.
    pub owed_since: Option<Millis>,
    /// In the order of turns; also those who will be passed over.
    pub before: Vec<(AgentId, Before)>,
}

impl State {
    /// `None` for an agent who is not in the rota.
    pub fn standing(&self, me: &AgentId) -> Option<Standing> {
        let own = self.rotas.walk_in.order.iter().position(|a| a == me)?;
        let mut holders: Vec<(Millis, u64, &AgentId)> = self
            .agents
            .values()
            .filter(|a| a.is_ready() || a.id == *me)
            .filter_map(|a| {
                a.accounts
                    .walk_in
                    .debts
                    .oldest()
                    .map(|d| (d.date, d.order, &a.id))
            })
            .collect();
        holders.sort();
        let mut before: Vec<(AgentId, Before)> = Vec::new();
        let mut owed_since = None;
        for (since, _, id) in holders {
            if id == me {
                owed_since = Some(since);
                break;
            }
            before.push((id.clone(), Before::Owed { since }));
        }
        if owed_since.is_none() {
            let cursor = self.rotas.walk_in.cursor_index().unwrap_or(own);
            let count = self.rotas.walk_in.order.len();
            for step in 0..(own + count - cursor) % count {
                let id = &self.rotas.walk_in.order[(cursor + step) % count];
                let Some(agent) = self.agents.get(id) else {
                    continue;
                };
                let why = if agent.accounts.walk_in.prepaid > 0 {
                    Before::Prepaid
                } else if agent.is_ready() && !self.is_blocked(agent) {
                    Before::Cursor
                } else {
                    Before::NotReady
                };
                before.push((id.clone(), why));
            }
        }
        let first = before
            .iter()
            .filter(|(_, why)| matches!(why, Before::Owed { .. } | Before::Cursor))
            .count();
        Some(Standing {
            place: u32::try_from(first + 1).unwrap_or(u32::MAX),
            owed_since,
            before,
        })
    }
}
