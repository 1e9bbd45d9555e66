//! The turn sheet (轮排表) of one day: every line of the book, and where every agent's account stands
//! at the end.

use serde::{Deserialize, Serialize};

use super::BookLine;
use crate::core::floor::State;
use crate::core::id::AgentId;
use crate::core::rota::RotaKind;
use crate::core::time::Millis;

/// One agent's account of walk-ins and calls at the end of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetAccount {
    pub agent: AgentId,
    pub name: String,
    pub rota: RotaKind,
    pub received: u32,
    pub lost: u32,
    pub prepaid: u32,
    pub penalties: u32,
    /// Dates of the open owed turns, oldest first.
    pub owed: Vec<Millis>,
}

/// One day on one floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnSheet {
    /// `YYYY-MM-DD`.
    pub day: String,
    pub accounts: Vec<SheetAccount>,
    pub lines: Vec<BookLine>,
    /// Signed after the closing, when the last guest had gone: the day as it stood then. `None`:
    /// the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Millis>,
}

/// Everybody has gone from a closed showroom: its sheet can be signed as it stands.
pub fn can_be_signed(state: &State) -> bool {
    state.closed.is_some() && state.visits.values().all(|v| v.state.is_over())
}

/// Where every account stands in `state`; agents without anything to tell are left out.
pub fn accounts(state: &State) -> Vec<SheetAccount> {
    let kinds = RotaKind::ALL.into_iter();
    kinds
        .flat_map(|rota| {
            state.agents.values().map(move |agent| {
                let account = agent.accounts.of(rota);
                SheetAccount {
                    agent: agent.id.clone(),
                    name: agent.name.clone(),
                    rota,
                    received: account.received,
                    lost: account.lost,
                    prepaid: account.prepaid,
                    penalties: account.penalties,
                    owed: account.debts.open.iter().map(|d| d.date).collect(),
                }
            })
        })
        .filter(|a| {
            let counts = [a.received, a.lost, a.prepaid, a.penalties];
            a.rota == RotaKind::WalkIn || counts.iter().any(|n| *n > 0) || !a.owed.is_empty()
        })
        .collect()
}
