//! What one agent has received, is owed and has had ahead: an account, not a pointer.

use serde::{Deserialize, Serialize};

use super::RotaKind;
use crate::core::id::VisitId;
use crate::core::time::Millis;

/// How an offer was paid for, so that it can be given back exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum TurnUse {
    /// The ordinary turn.
    Turn,
    /// An owed turn with this date.
    Debt { date: Millis },
    /// Asked for, booked against the next pass.
    Prepaid,
    /// An appointment, a broker's client, a returner or an asked-for agent where the house lets
    /// that use no turn.
    Free,
    /// A colleague's guest: the turn used came back at once as the debt with this date
    /// (`None`: the house grants nothing, or nothing was granted).
    Courtesy { granted: Option<Millis> },
}

/// An owed turn (补接): a turn missed for a good reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debt {
    /// Oldest first; kept when a turn is returned.
    pub date: Millis,
    /// Ranks debts of equal date in order of passing; names the debt in its account.
    pub order: u64,
    /// The visit whose turn was returned (rule 11).
    pub returned_from: Option<VisitId>,
}

/// The account of one agent's owed turns. Always: `granted − used − expired − cancelled = open`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebtAccount {
    pub granted: u64,
    pub used: u64,
    pub expired: u64,
    pub cancelled: u64,
    /// Sorted by date, then order.
    pub open: Vec<Debt>,
}

/// One agent's turns in one rota. Counts of turns begin anew each day; debts, passes received
/// ahead and penalties stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Turns received today (new, forgotten or named), less those lapsed or returned.
    pub received: u32,
    /// Turns lost today: skipped, withheld, taken by a penalty, lapsed, or given to a courtesy that
    /// earns nothing.
    pub lost: u32,
    /// Under `fewest_received`: what counts as received when the agent joins late (rule 13).
    pub start: u32,
    /// Turns received ahead of one's pass.
    pub prepaid: u32,
    /// Turns still to be lost (rule 12).
    pub penalties: u32,
    pub debts: DebtAccount,
}

/// An agent's two accounts (rule 16).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    pub walk_in: Account,
    pub phone: Account,
}

impl Accounts {
    pub const fn of(&self, kind: RotaKind) -> &Account {
        match kind {
            RotaKind::WalkIn => &self.walk_in,
            RotaKind::Phone => &self.phone,
        }
    }

    pub const fn of_mut(&mut self, kind: RotaKind) -> &mut Account {
        match kind {
            RotaKind::WalkIn => &mut self.walk_in,
            RotaKind::Phone => &mut self.phone,
        }
    }
}

impl Account {
    /// Received + owed − prepaid: the measure of fairness (invariant 3).
    pub fn measure(&self) -> i64 {
        i64::from(self.received) + self.debts.open.len() as i64 - i64::from(self.prepaid)
    }

    /// What `fewest_received` ranks by. A lost turn counts, or losing it would cost nothing.
    pub fn rank(&self) -> i64 {
        self.measure() + i64::from(self.start) + i64::from(self.lost)
    }

    /// Something stays open overnight: owed turns, passes received ahead, turns to be lost.
    pub fn is_open(&self) -> bool {
        !self.debts.open.is_empty() || self.prepaid > 0 || self.penalties > 0
    }

    /// A new day: the counts of turns begin anew.
    pub fn new_day(&mut self) {
        self.received = 0;
        self.lost = 0;
        self.start = 0;
    }
}

impl DebtAccount {
    /// Adds a debt at its rank.
    pub fn grant(&mut self, debt: Debt) {
        self.granted += 1;
        let rank = self
            .open
            .partition_point(|d| (d.date, d.order) <= (debt.date, debt.order));
        self.open.insert(rank, debt);
    }

    /// Takes `debt` out of the open ones; whoever takes it books it as used, expired or cancelled.
    /// `false`: there is no such debt.
    pub fn take(&mut self, debt: &Debt) -> bool {
        let found = self.open.iter().position(|d| d.order == debt.order);
        found.map(|at| self.open.remove(at)).is_some()
    }

    pub fn oldest(&self) -> Option<&Debt> {
        self.open.first()
    }

    /// The account's identity, which holds for ever.
    pub fn balances(&self) -> bool {
        self.granted == self.used + self.expired + self.cancelled + self.open.len() as u64
    }
}
