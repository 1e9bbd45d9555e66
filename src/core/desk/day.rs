//! The day as the desk sees it: the menu of rare things, appointments, the closing.

use crate::core::clock;
use crate::core::floor::day::Rest;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::RotaKind;
use crate::core::time::Millis;
use crate::core::visit::VisitState;

use super::broker::BrokerLine;
use super::deed::Deed;
use super::manager::{ListSheet, SignInSheet, Signer};
use super::new_pin::NewPinSheet;
use super::sheet::Sheet;
use super::{Desk, Effect};

/// Half-hours offered for an appointment.
const SLOTS: usize = 9;
const SLOT_MINUTES: i64 = 30;

/// An appointment being made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAppointment {
    pub agent: Option<AgentId>,
    /// As typed or chosen, `14:30`.
    pub time: String,
}

/// What is rarely needed, in the order of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rare {
    SignIn,
    AtTheDoor,
    Manager,
    List,
    NewPin,
    SignOut,
    TurnSheet,
    CloseDay,
}

impl Rare {
    /// The words' name: `desk.menu_<name>`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "menu_sign_in",
            Self::AtTheDoor => "menu_at_the_door",
            Self::Manager => "menu_manager",
            Self::List => "menu_list",
            Self::NewPin => "menu_new_pin",
            Self::SignOut => "menu_sign_out",
            Self::TurnSheet => "menu_turn_sheet",
            Self::CloseDay => "menu_close_day",
        }
    }
}

impl Desk {
    pub(super) fn menu(&self) -> Vec<Rare> {
        let manager = if self.manager.is_some() {
            Rare::SignOut
        } else {
            Rare::Manager
        };
        // Under another order of turns the list would change nothing.
        let by_list = self.picture.as_ref().is_some_and(|p| p.rules.by_list);
        let mut menu = vec![Rare::SignIn, Rare::AtTheDoor, manager];
        menu.extend(by_list.then_some(Rare::List));
        menu.extend([Rare::NewPin, Rare::TurnSheet, Rare::CloseDay]);
        menu
    }

    pub(super) fn choose_in_menu(&mut self, index: usize) -> Vec<Effect> {
        let Some(rare) = self.menu().get(index).copied() else {
            return Vec::new();
        };
        self.sheet = None;
        match rare {
            Rare::SignIn => self.sheet = Some(Sheet::SignIn(SignInSheet::of_agent(None))),
            Rare::AtTheDoor => self.sheet = Some(Sheet::AtTheDoor),
            Rare::Manager => self.with_manager(None),
            Rare::List => self.with_manager(Some(Sheet::List(ListSheet::default()))),
            Rare::NewPin => self.with_manager(Some(Sheet::NewPin(NewPinSheet::of(None)))),
            Rare::SignOut => return self.deed(Deed::SignOut),
            Rare::TurnSheet => {
                let language = self.language;
                return self.deed(Deed::TurnSheet { language });
            }
            Rare::CloseDay => self.sheet = Some(Sheet::CloseDay),
        }
        Vec::new()
    }

    /// The next half-hours of today, as read on a clock.
    pub(super) fn slots(&self, now: Millis) -> Vec<String> {
        let slot = SLOT_MINUTES * 60_000;
        let first = Millis((now.0.div_euclid(slot) + 1) * slot);
        (0..SLOTS)
            .map(|n| first.plus_minutes(SLOT_MINUTES * i64::try_from(n).unwrap_or(0)))
            .filter(|at| clock::date_of(*at, &self.zone) == clock::date_of(now, &self.zone))
            .map(|at| clock::hour_minute(at, &self.zone))
            .collect()
    }

    /// The moment of today a clock shows as `14:30`.
    pub(super) fn moment(&self, text: &str, now: Millis) -> Option<Millis> {
        let text = text.trim().replace('：', ":");
        let (hour, minute) = text.split_once(':')?;
        clock::today_at(now, &self.zone, hour.parse().ok()?, minute.parse().ok()?)
    }

    pub(super) fn appoint(&mut self, new: &NewAppointment, now: Millis) -> Vec<Effect> {
        let (Some(agent), Some(time)) = (new.agent.clone(), self.moment(&new.time, now)) else {
            return Vec::new();
        };
        self.sheet = Some(Sheet::Appointments);
        self.deed(Deed::Appoint { agent, time })
    }

    /// Parties not over, those not served yet first.
    pub(super) fn still_here(&self) -> Vec<VisitId> {
        let open = self.picture.iter().flat_map(|p| &p.visits);
        let mut open: Vec<_> = open.filter(|v| !v.state.is_over()).collect();
        open.sort_by_key(|v| v.state == VisitState::Serving);
        open.into_iter().map(|v| v.id).collect()
    }

    /// What the sheet of the closing offers.
    pub(super) fn closings(&self) -> Vec<Option<Rest>> {
        let picture = self.picture.as_ref();
        if picture.is_some_and(|p| p.closed.is_some()) {
            return vec![None];
        }
        let waits = |p: &&super::Picture| {
            let mut open = p.visits.iter().filter(|v| !v.state.is_over());
            open.any(|v| v.state != VisitState::Serving)
        };
        if picture.filter(waits).is_some() {
            vec![Some(Rest::Serve), Some(Rest::Leave)]
        } else {
            vec![Some(Rest::Serve)]
        }
    }

    pub(super) fn choose_about_day(&mut self, index: usize) -> Vec<Effect> {
        let Some(choice) = self.closings().get(index).copied() else {
            return Vec::new();
        };
        self.sheet = None;
        self.deed(match choice {
            Some(rest) => Deed::CloseDay { rest },
            None => Deed::ReopenDay,
        })
    }

    /// A press in a further list of the open sheet.
    pub(super) fn pick(&mut self, group: usize, index: usize, now: Millis) -> Vec<Effect> {
        match (self.sheet.clone(), group) {
            (Some(Sheet::Agent(agent)), 0) => {
                let kinds = self.agent(&agent).map(super::OrderKind::for_agent);
                let kind = kinds.and_then(|k| k.get(index).copied());
                let rota = |k: super::OrderKind| k.rotas(self.agent(&agent)?).next();
                if let Some((kind, rota)) = kind.and_then(|k| Some((k, rota(k)?))) {
                    self.with_manager(Some(Sheet::Order(super::OrderSheet {
                        agent,
                        kind,
                        rota,
                        size: None,
                        reason: String::new(),
                    })));
                }
            }
            (Some(Sheet::Appointments), 0) => {
                self.sheet = Some(Sheet::NewAppointment(NewAppointment::default()));
            }
            (Some(Sheet::NewAppointment(mut new)), 0) => {
                if let Some(slot) = self.slots(now).get(index) {
                    new.time.clone_from(slot);
                }
                self.sheet = Some(Sheet::NewAppointment(new));
            }
            (Some(Sheet::SignIn(_)), 0) => return self.pin_key(index),
            (Some(Sheet::NewPin(new)), 0) if new.code.is_some() => {
                return self.new_pin_key(index);
            }
            // Whoever has forgotten the PIN, or never had one.
            (Some(Sheet::SignIn(sign_in)), 1) if sign_in.signer == Signer::Agent => {
                self.with_manager(Some(Sheet::NewPin(NewPinSheet::of(sign_in.staff))));
            }
            (Some(Sheet::Order(mut order)), 0) => {
                let agent = self.agent(&order.agent);
                let rota = RotaKind::ALL.get(index).copied();
                let sense =
                    |r: &RotaKind| agent.is_some_and(|a| order.kind.rotas(a).any(|k| k == *r));
                if let Some(rota) = rota.filter(sense) {
                    order.rota = rota;
                }
                self.sheet = Some(Sheet::Order(order));
            }
            (Some(Sheet::Step(mut step)), 0) => {
                step.broker.agent = self.in_turn().get(index).map(|a| a.id.clone());
                self.sheet = Some(Sheet::Step(step));
            }
            (Some(Sheet::CloseDay), 0) => {
                if let Some(visit) = self.still_here().get(index) {
                    self.sheet = Some(Sheet::Visit(*visit));
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// A further line of the open sheet.
    pub(super) fn type_text(&mut self, field: usize, text: &str) {
        match &mut self.sheet {
            Some(Sheet::Step(step)) => {
                if let Some(line) = BrokerLine::ALL.get(field) {
                    step.broker.write(*line, text);
                }
            }
            Some(Sheet::NewAppointment(new)) => new.time = text.chars().take(5).collect(),
            Some(Sheet::SignIn(_)) => self.type_pin(text),
            Some(Sheet::NewPin(new)) => new.write(field, text),
            _ => {}
        }
    }
}
