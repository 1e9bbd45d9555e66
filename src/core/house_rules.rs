//! The house's own rules for turns (轮排规则), as settings. Which switch belongs to which rule is
//! said at each field; the numbers are those of the rota's rule sheet in `README.md`.

use serde::{Deserialize, Serialize};

use super::ticket::Line;

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

/// In which order new guests come to the agents (rule 7b).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotaOrder {
    /// 签到顺序
    SignIn,
    /// 接待最少者先: by received + owed − prepaid, then by sign-in. Turns lost today count as
    /// received (7b, 12: else losing one would cost nothing), and so does the average at which
    /// somebody joined late (13).
    FewestReceived,
    /// 经理排序: the manager's list, the staff list until there is one.
    ManagersList,
}

/// Whether a returner uses a turn of the owner's (rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnerTurn {
    No,
    IfNotBought,
    Yes,
}

/// What a courtesy service (义务接待) earns the colleague who serves (rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Courtesy {
    OwedTurn,
    Nothing,
}

/// Whose the deal is after a courtesy service (rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CourtesyCredit {
    Owner,
    HalfIfClosedToday,
}

/// How one line of the queue is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRule {
    /// 0: an ordinary line. Above: a priority line, heavier ones first.
    pub weight: u32,
    /// Whoever has waited this long outranks every line, minutes. The guest's own wait, also while
    /// the floor was down.
    pub max_wait_minutes: u32,
}

/// Every line of the queue with its rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LineRules {
    pub new: LineRule,
    pub returning: LineRule,
    pub appointment: LineRule,
    pub signing: LineRule,
    pub after_sales: LineRule,
    pub phone: LineRule,
}

impl LineRules {
    pub const fn of(&self, line: Line) -> LineRule {
        match line {
            Line::New => self.new,
            Line::Returning => self.returning,
            Line::Appointment => self.appointment,
            Line::Signing => self.signing,
            Line::AfterSales => self.after_sales,
            Line::Phone => self.phone,
        }
    }
}

impl Default for LineRules {
    fn default() -> Self {
        let rule = |weight, max_wait_minutes| LineRule {
            weight,
            max_wait_minutes,
        };
        Self {
            new: rule(0, 40),
            returning: rule(0, 40),
            appointment: rule(2, 15),
            signing: rule(1, 20),
            after_sales: rule(1, 20),
            phone: rule(3, 2),
        }
    }
}

/// Every switch with its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HouseRules {
    /// Rule 4: does a guest of one's own use a turn?
    pub returner_uses_turn: ReturnerTurn,
    /// Rules 3 to 5: how long a guest waits for the busy agent they belong with, minutes.
    pub wait_for_owner_minutes: u32,
    /// Rule 4: an owner is protected this long after the last effective contact, days; the centre
    /// knows when that was.
    pub protection_days: u32,
    /// Rules 3 to 5: what serving a colleague's guest earns.
    pub courtesy: Courtesy,
    /// Rule 4: whose the deal is after a courtesy service.
    pub courtesy_credit: CourtesyCredit,
    /// Rule 5: does being asked for by name use up the agent's next pass?
    pub named_uses_turn: YesNo,
    /// Rule 6: how long an agent may claim a guest who had forgotten with whom, days.
    pub claim_days: u32,
    /// Rule 7b: the order of turns.
    pub rota_order: RotaOrder,
    /// Rule 7: most owed turns one agent can hold.
    pub owed_cap: u32,
    /// Rule 7: an away set by the agent this long before the check-in or earlier earns a debt, seconds.
    pub reason_lead_seconds: u32,
    /// Rule 7: a service longer than this needs the desk's word to keep earning debts, minutes; time
    /// in which the floor was down does not count (9).
    pub long_service_minutes: u32,
    /// Rule 9: time to accept an offer, seconds.
    pub accept_seconds: u32,
    /// Rule 10: is the turn given back to an agent the guest refused before the service began?
    pub refused_agent_regains_turn: YesNo,
    /// Rule 11: recalls before a guest counts as not there.
    pub recalls: u32,
    /// Rule 11: a guest who comes back late stands at least this many places behind the head.
    pub late_return_positions: u32,
    /// Rule 11: how long a parked visit is kept, minutes.
    pub parked_minutes: u32,
    /// Rule 11: is the turn returned when the guest does not show up?
    pub no_show_returns_turn: YesNo,
    /// Rule 12: an agent with more overdue follow-ups is passed over; 0: never.
    pub overdue_followups_block: u32,
    /// Rule 13: may the desk put an agent on duty, or back on duty, without the agent's PIN?
    pub desk_sets_ready: YesNo,
    /// Rule 14: do owed turns survive the night?
    pub carry_owed_turns: YesNo,
    /// Priority guests before one ordinary guest while both wait; 0: in order of arrival alone.
    pub priority_ratio: u32,
    /// How long one service usually takes until the floor has learned it, minutes.
    pub usual_service_minutes: u32,
    /// Weight and longest wait of each line.
    pub lines: LineRules,
}

impl Default for HouseRules {
    fn default() -> Self {
        Self {
            returner_uses_turn: ReturnerTurn::No,
            wait_for_owner_minutes: 10,
            protection_days: 15,
            courtesy: Courtesy::OwedTurn,
            courtesy_credit: CourtesyCredit::Owner,
            named_uses_turn: YesNo::Yes,
            claim_days: 2,
            rota_order: RotaOrder::SignIn,
            owed_cap: 2,
            reason_lead_seconds: 120,
            long_service_minutes: 120,
            accept_seconds: 60,
            refused_agent_regains_turn: YesNo::No,
            recalls: 2,
            late_return_positions: 3,
            parked_minutes: 60,
            no_show_returns_turn: YesNo::Yes,
            overdue_followups_block: 0,
            desk_sets_ready: YesNo::Yes,
            carry_owed_turns: YesNo::Yes,
            priority_ratio: 2,
            usual_service_minutes: 40,
            lines: LineRules::default(),
        }
    }
}

impl HouseRules {
    /// Values no house can work with: key, what is wrong, what would do.
    ///
    /// # Errors
    /// The first finding.
    pub fn check(&self) -> Result<(), (&'static str, &'static str, &'static str)> {
        for (key, value) in [
            ("accept_seconds", self.accept_seconds),
            ("usual_service_minutes", self.usual_service_minutes),
            ("parked_minutes", self.parked_minutes),
            (
                "lines.new.max_wait_minutes",
                self.lines.new.max_wait_minutes,
            ),
            (
                "lines.returning.max_wait_minutes",
                self.lines.returning.max_wait_minutes,
            ),
            (
                "lines.appointment.max_wait_minutes",
                self.lines.appointment.max_wait_minutes,
            ),
            (
                "lines.signing.max_wait_minutes",
                self.lines.signing.max_wait_minutes,
            ),
            (
                "lines.after_sales.max_wait_minutes",
                self.lines.after_sales.max_wait_minutes,
            ),
            (
                "lines.phone.max_wait_minutes",
                self.lines.phone.max_wait_minutes,
            ),
        ] {
            if value == 0 {
                return Err((key, "0 leaves no time", "give at least 1"));
            }
        }
        if self.owed_cap > 20 {
            return Err(("owed_cap", "nobody can be owed so much", "give at most 20"));
        }
        Ok(())
    }
}
