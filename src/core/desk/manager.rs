//! The manager at the desk: signs in with the own PIN, decides about the rota with a reason, and is
//! signed out again soon (rules 12 and 15).

use crate::core::floor::ManagersOrder;
use crate::core::id::AgentId;
use crate::core::rota::RotaKind;
use crate::core::time::Millis;

use super::deed::Deed;
use super::picture::Private;
use super::sheet::Sheet;
use super::{Agent, Desk, Effect};

/// A manager who does nothing is signed out after so long, seconds.
const STAYS_SECONDS: i64 = 120;
/// Longest PIN typed, digits.
const LONGEST_PIN: usize = 12;

/// Signed in at this desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manager {
    pub name: String,
    pub until: Millis,
}

impl Manager {
    pub fn new(name: String, now: Millis) -> Self {
        let until = now.plus_seconds(STAYS_SECONDS);
        Self { name, until }
    }
}

/// What a manager can decide about one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    Next,
    Grant,
    Take,
    Penalise,
    Lift,
    Suspend,
    EndSuspension,
}

impl OrderKind {
    /// The words' name: `desk.order_<name>`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Next => "order_next",
            Self::Grant => "order_grant",
            Self::Take => "order_take",
            Self::Penalise => "order_penalise",
            Self::Lift => "order_lift",
            Self::Suspend => "order_suspend",
            Self::EndSuspension => "order_end_suspension",
        }
    }

    /// Those that make sense for `agent` now.
    pub(super) fn for_agent(agent: &Agent) -> Vec<Self> {
        let mut kinds = Vec::new();
        if agent.turn.is_some() {
            kinds.push(Self::Next);
        }
        kinds.push(Self::Grant);
        if agent.owed > 0 {
            kinds.push(Self::Take);
        }
        kinds.push(Self::Penalise);
        if agent.penalties > 0 {
            kinds.push(Self::Lift);
        }
        kinds.push(if agent.suspended_until.is_some() {
            Self::EndSuspension
        } else {
            Self::Suspend
        });
        kinds
    }

    /// How many choices of size there are: turns to lose, hours of a suspension.
    pub(super) const fn sizes(self) -> &'static [u32] {
        match self {
            Self::Penalise => &[1, 2, 3],
            Self::Suspend => &[1, 2, 4, 24],
            _ => &[],
        }
    }
}

/// An order that waits for its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSheet {
    pub agent: AgentId,
    pub kind: OrderKind,
    /// Turns or hours.
    pub size: Option<u32>,
    pub reason: String,
}

impl OrderSheet {
    pub(super) fn is_complete(&self) -> bool {
        !self.reason.trim().is_empty() && (self.kind.sizes().is_empty() || self.size.is_some())
    }

    fn order(&self, now: Millis) -> ManagersOrder {
        let agent = self.agent.clone();
        let rota = RotaKind::WalkIn;
        let size = self.size.unwrap_or(1);
        match self.kind {
            OrderKind::Next => ManagersOrder::MoveCursor { agent, rota },
            OrderKind::Grant => ManagersOrder::GrantTurn { agent, rota },
            OrderKind::Take => ManagersOrder::TakeTurn { agent, rota },
            OrderKind::Penalise => ManagersOrder::Penalise {
                agent,
                turns: size,
                rota,
            },
            OrderKind::Lift => ManagersOrder::LiftPenalty { agent, rota },
            OrderKind::Suspend => ManagersOrder::Suspend {
                agent,
                until: now.plus_minutes(i64::from(size) * 60),
            },
            OrderKind::EndSuspension => ManagersOrder::EndSuspension { agent },
        }
    }
}

/// The list of turns, put in order by pressing one agent after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSheet {
    pub chosen: Vec<AgentId>,
    pub reason: String,
}

/// The manager's PIN, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSheet {
    pub staff: Option<AgentId>,
    pub pin: Private,
    pub then: Option<Box<Sheet>>,
}

impl Desk {
    /// The sheet, or before it the manager's own sign-in.
    pub(super) fn with_manager(&mut self, sheet: Option<Sheet>) {
        if self.manager.is_some() {
            self.sheet = sheet;
            return;
        }
        let managers = self.managers();
        let only = (managers.len() == 1).then(|| managers[0].0.clone());
        self.sheet = Some(Sheet::SignIn(SignInSheet {
            staff: only,
            pin: Private::default(),
            then: sheet.map(Box::new),
        }));
    }

    /// Who can sign in as a manager.
    pub(super) fn managers(&self) -> Vec<(AgentId, String)> {
        self.showroom
            .as_ref()
            .map(|s| s.managers.clone())
            .unwrap_or_default()
    }

    pub(super) fn after_sign_in(&mut self) {
        if let Some(Sheet::SignIn(sign_in)) = self.sheet.take() {
            self.sheet = sign_in.then.map(|next| *next);
        }
    }

    /// A key of the number pad: 1–9, delete, 0, enter.
    pub(super) fn pin_key(&mut self, index: usize) -> Vec<Effect> {
        let Some(Sheet::SignIn(sign_in)) = &mut self.sheet else {
            return Vec::new();
        };
        let pin = &mut sign_in.pin.0;
        match index {
            9 => {
                pin.pop();
            }
            11 => return self.sign_in(),
            digit => {
                let digit = if digit == 10 { 0 } else { digit + 1 };
                if pin.len() < LONGEST_PIN {
                    pin.push_str(&digit.to_string());
                }
            }
        }
        Vec::new()
    }

    pub(super) fn type_pin(&mut self, text: &str) {
        if let Some(Sheet::SignIn(sign_in)) = &mut self.sheet {
            let digits = text.chars().filter(char::is_ascii_digit);
            sign_in.pin.0 = digits.take(LONGEST_PIN).collect();
        }
    }

    pub(super) fn sign_in(&mut self) -> Vec<Effect> {
        let Some(Sheet::SignIn(sign_in)) = &self.sheet else {
            return Vec::new();
        };
        let (Some(staff), pin) = (sign_in.staff.clone(), sign_in.pin.clone()) else {
            return Vec::new();
        };
        if pin.0.is_empty() {
            return Vec::new();
        }
        self.deed(Deed::SignIn { staff, pin })
    }

    /// Sends the open order.
    pub(super) fn give_order(&mut self, now: Millis) -> Vec<Effect> {
        let (order, reason) = match &self.sheet {
            Some(Sheet::Order(sheet)) if sheet.is_complete() => {
                (sheet.order(now), sheet.reason.trim().to_owned())
            }
            Some(Sheet::List(list)) if !list.reason.trim().is_empty() => {
                let mut agents = list.chosen.clone();
                let rest = self.in_turn().into_iter().map(|a| a.id.clone());
                let rest: Vec<AgentId> = rest.filter(|id| !agents.contains(id)).collect();
                agents.extend(rest);
                let order = ManagersOrder::SetOrder { agents };
                (order, list.reason.trim().to_owned())
            }
            _ => return Vec::new(),
        };
        let Some(manager) = &mut self.manager else {
            let sheet = self.sheet.take();
            self.with_manager(sheet);
            return Vec::new();
        };
        manager.until = now.plus_seconds(STAYS_SECONDS);
        self.sheet = None;
        self.deed(Deed::Order { order, reason })
    }

    /// Agents in the order of turns, then the others.
    pub(super) fn in_turn(&self) -> Vec<&Agent> {
        let mut agents: Vec<&Agent> = self.picture.iter().flat_map(|p| &p.agents).collect();
        agents.sort_by_key(|a| a.turn.unwrap_or(u32::MAX));
        agents
    }

    /// Nobody stays signed in by forgetting.
    pub(super) fn watch_manager(&mut self, now: Millis) -> Vec<Effect> {
        if self.manager.take_if(|m| now >= m.until).is_some() {
            return self.deed(Deed::SignOut);
        }
        Vec::new()
    }
}
