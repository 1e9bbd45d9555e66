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
pub(super) const STAYS_SECONDS: i64 = 120;
/// A PIN typed and not entered is forgotten after so long, seconds.
const PIN_SECONDS: i64 = 60;
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

    const ALL: [Self; 7] = [
        Self::Next,
        Self::Grant,
        Self::Take,
        Self::Penalise,
        Self::Lift,
        Self::Suspend,
        Self::EndSuspension,
    ];

    /// Those that make sense for `agent` now, in one rota or the other.
    pub(super) fn for_agent(agent: &Agent) -> Vec<Self> {
        let makes_sense = |kind: &Self| kind.rotas(agent).next().is_some();
        Self::ALL.into_iter().filter(makes_sense).collect()
    }

    /// A suspension is for both rotas; everything else is decided for one of them (rule 16).
    pub(super) const fn is_for_one_rota(self) -> bool {
        !matches!(self, Self::Suspend | Self::EndSuspension)
    }

    /// The rotas in which it makes sense for `agent` now, walk-ins first.
    pub(super) fn rotas(self, agent: &Agent) -> impl Iterator<Item = RotaKind> {
        let (owed, penalties) = match self {
            Self::Take | Self::Lift => (
                [agent.owed, agent.phone.owed],
                [agent.penalties, agent.phone.penalties],
            ),
            _ => ([0; 2], [0; 2]),
        };
        let suspended = agent.suspended_until.is_some();
        let on_duty = agent.turn.is_some();
        let kinds = RotaKind::ALL.into_iter().enumerate();
        kinds.filter_map(move |(at, rota)| {
            let sense = match self {
                Self::Next => on_duty,
                Self::Grant | Self::Penalise => true,
                Self::Take => owed[at] > 0,
                Self::Lift => penalties[at] > 0,
                Self::Suspend => !suspended,
                Self::EndSuspension => suspended,
            };
            sense.then_some(rota)
        })
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
    /// For walk-ins or for calls (rule 16).
    pub rota: RotaKind,
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
        let rota = self.rota;
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

/// Who types a PIN at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// For what only a manager may decide.
    Manager,
    /// To come on duty.
    Agent,
}

/// Somebody's own PIN, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSheet {
    pub signer: Signer,
    pub staff: Option<AgentId>,
    pub pin: Private,
    pub then: Option<Box<Sheet>>,
}

impl SignInSheet {
    /// An agent comes on duty at the desk.
    pub(super) fn of_agent(staff: Option<AgentId>) -> Self {
        Self {
            signer: Signer::Agent,
            staff,
            pin: Private::default(),
            then: None,
        }
    }
}

/// A key of the number pad.
pub(super) enum PadKey {
    Digit(char),
    Delete,
    Enter,
}

impl PadKey {
    /// By its place: 1–9, delete, 0, enter.
    pub(super) fn at(index: usize) -> Self {
        match index {
            9 => Self::Delete,
            10 => Self::Digit('0'),
            11 => Self::Enter,
            digit => Self::Digit(char::from(b'1' + u8::try_from(digit.min(8)).unwrap_or(8))),
        }
    }
}

impl Desk {
    /// Who can be chosen on the sheet: managers, or the agents who are not on duty.
    pub(super) fn signers(&self, signer: Signer) -> Vec<(AgentId, String)> {
        match signer {
            Signer::Manager => self.managers(),
            Signer::Agent => {
                let agents = self.in_turn().into_iter();
                let absent = |a: &&Agent| matches!(a.status.as_str(), "off" | "away");
                let absent = agents.filter(absent);
                absent.map(|a| (a.id.clone(), a.name.clone())).collect()
            }
        }
    }

    /// The sheet, or before it the manager's own sign-in.
    pub(super) fn with_manager(&mut self, sheet: Option<Sheet>) {
        if self.manager.is_some() {
            self.sheet = sheet;
            return;
        }
        let managers = self.managers();
        let only = (managers.len() == 1).then(|| managers[0].0.clone());
        self.sheet = Some(Sheet::SignIn(SignInSheet {
            signer: Signer::Manager,
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
        match PadKey::at(index) {
            PadKey::Delete => {
                pin.pop();
            }
            PadKey::Enter => return self.sign_in(),
            PadKey::Digit(digit) if pin.len() < LONGEST_PIN => pin.push(digit),
            PadKey::Digit(_) => {}
        }
        Vec::new()
    }

    pub(super) fn type_pin(&mut self, text: &str) {
        if let Some(Sheet::SignIn(sign_in)) = &mut self.sheet {
            let digits = text.chars().filter(char::is_ascii_digit);
            sign_in.pin.0 = digits.take(LONGEST_PIN).collect();
        }
    }

    /// Whoever was called away in the middle of it leaves nothing to be finished by another.
    pub(super) fn forget_pin(&mut self, now: Millis) {
        let over = now >= self.typed_at.plus_seconds(PIN_SECONDS);
        if let (true, Some(Sheet::SignIn(sign_in))) = (over, &mut self.sheet) {
            sign_in.pin.0.clear();
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
        match sign_in.signer {
            Signer::Manager => self.deed(Deed::SignIn { staff, pin }),
            Signer::Agent => self.deed(Deed::AgentReady { agent: staff, pin }),
        }
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
