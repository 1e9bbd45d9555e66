//! The house's own rules for turns (轮排规则), as settings. Which switch belongs to which rule is
//! said at each field; the numbers are those of the rota's rule sheet in `README.md`.

use serde::{Deserialize, Serialize};

/// A plain yes or no, spelled as the office spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum YesNo {
    Yes,
    No,
}

impl YesNo {
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// What a courtesy service (义务接待) earns the colleague who serves (rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Courtesy {
    OwedTurn,
    Nothing,
}

/// Every switch with its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HouseRules {
    /// Rule 5: how long a guest waits for the busy agent they asked for, minutes.
    pub wait_for_owner_minutes: u32,
    /// Rule 5: does being asked for by name use up the agent's next pass?
    pub named_uses_turn: YesNo,
    /// Rules 4 and 5: what serving a colleague's guest earns.
    pub courtesy: Courtesy,
    /// Rule 7: most owed turns one agent can hold.
    pub owed_cap: u32,
    /// Rule 7: an away set by the agent this long before the check-in or earlier earns a debt, seconds.
    pub reason_lead_seconds: u32,
    /// Rule 7: a service longer than this needs the desk's word to keep earning debts, minutes.
    pub long_service_minutes: u32,
    /// Rule 9: time to accept an offer, seconds.
    pub accept_seconds: u32,
    /// Rule 10: is the turn given back to an agent the guest refused?
    pub refused_agent_regains_turn: YesNo,
    /// Rule 11: recalls before a guest counts as not there.
    pub recalls: u32,
    /// Rule 11: a guest who comes back late stands at least this many places behind the head.
    pub late_return_positions: u32,
    /// Rule 11: how long a parked visit is kept, minutes.
    pub parked_minutes: u32,
    /// Rule 11: is the turn returned when the guest does not show up?
    pub no_show_returns_turn: YesNo,
    /// Rule 14: do owed turns survive the night?
    pub carry_owed_turns: YesNo,
    /// How long one service usually takes, minutes; the waiting time shown is estimated from it.
    pub usual_service_minutes: u32,
}

impl Default for HouseRules {
    fn default() -> Self {
        Self {
            wait_for_owner_minutes: 10,
            named_uses_turn: YesNo::Yes,
            courtesy: Courtesy::OwedTurn,
            owed_cap: 2,
            reason_lead_seconds: 120,
            long_service_minutes: 120,
            accept_seconds: 60,
            refused_agent_regains_turn: YesNo::No,
            recalls: 2,
            late_return_positions: 3,
            parked_minutes: 60,
            no_show_returns_turn: YesNo::Yes,
            carry_owed_turns: YesNo::Yes,
            usual_service_minutes: 40,
        }
    }
}
