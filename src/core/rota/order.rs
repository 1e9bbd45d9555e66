//! The order of turns and the cursor.

use serde::{Deserialize, Serialize};

use super::RotaKind;
use crate::core::id::AgentId;

/// Whose turn it is: agents in order, and the cursor that points at the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rota {
    pub order: Vec<AgentId>,
    /// `None` only while `order` is empty.
    pub cursor: Option<AgentId>,
}

/// One rota for walk-ins, one for calls by phone (rule 16). Whoever is in one is in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotas {
    pub walk_in: Rota,
    pub phone: Rota,
}

impl Rotas {
    pub const fn of(&self, kind: RotaKind) -> &Rota {
        match kind {
            RotaKind::WalkIn => &self.walk_in,
            RotaKind::Phone => &self.phone,
        }
    }

    pub const fn of_mut(&mut self, kind: RotaKind) -> &mut Rota {
        match kind {
            RotaKind::WalkIn => &mut self.walk_in,
            RotaKind::Phone => &mut self.phone,
        }
    }
}

impl Rota {
    /// The place the cursor reaches last (rule 13), as an index into `order`.
    pub fn last_place(&self) -> usize {
        match self.cursor_index() {
            None | Some(0) => self.order.len(),
            Some(cursor) => cursor,
        }
    }

    pub fn join(&mut self, agent: &AgentId, position: usize) {
        self.order
            .insert(position.min(self.order.len()), agent.clone());
        if self.cursor.is_none() {
            self.cursor = Some(agent.clone());
        }
    }

    /// Gives the place up; a cursor that pointed there points at the one after.
    pub fn leave(&mut self, agent: &AgentId) {
        let Some(at) = self.order.iter().position(|a| a == agent) else {
            return;
        };
        if self.cursor.as_ref() == Some(agent) {
            self.cursor = Some(self.order[(at + 1) % self.order.len()].clone());
        }
        self.order.remove(at);
        if self.order.is_empty() {
            self.cursor = None;
        }
    }

    /// Brings those in the rota into the order of `list`; whoever is not on it comes after, as before.
    pub fn rearrange(&mut self, list: &[AgentId]) {
        let rank = |id: &AgentId| list.iter().position(|l| l == id).unwrap_or(list.len());
        self.order.sort_by_key(rank);
    }

    pub fn cursor_index(&self) -> Option<usize> {
        let cursor = self.cursor.as_ref()?;
        self.order.iter().position(|a| a == cursor)
    }

    /// Place in the order of turns counted from the cursor, from 1.
    pub fn turn_of(&self, agent: &AgentId) -> Option<u32> {
        let cursor = self.cursor_index()?;
        let at = self.order.iter().position(|a| a == agent)?;
        let ahead = (at + self.order.len() - cursor) % self.order.len();
        u32::try_from(ahead + 1).ok()
    }
}
