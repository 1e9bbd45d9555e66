//! The sheet over the flow: the other steps of a visit, an agent's attendance, or what a step still
//! needs (a reason, an agent, a line) before it is sent.

use crate::core::chore::Chore;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{AwayReason, RotaKind};
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::visit::{Action, NotABuyer};

use super::broker::{Broker, Chosen};
use super::day::NewAppointment;
use super::deed::Deed;
use super::flow::{no_show_rests, other_actions};
use super::manager::{ListSheet, OrderSheet, SignInSheet};
use super::new_pin::NewPinSheet;
use super::{Agent, Attend, Booked, Desk, Details, Effect, Visit};

/// Reasons for ending a visit by hand; the words stand under `desk.cancel_1` and so on.
const CANCEL_REASONS: usize = 4;
/// Reasons for giving a visit to another agent.
const REASSIGN_REASONS: usize = 4;
/// Reasons for which a guest wishes for somebody else.
const REFUSE_REASONS: usize = 3;
/// A manager's reasons.
const ORDER_REASONS: usize = 4;
/// Longest reason typed, characters.
const LONGEST_REASON: usize = 120;

/// The open sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sheet {
    Visit(VisitId),
    Agent(AgentId),
    Step(Step),
    /// What is rarely needed.
    Menu,
    /// Everything that wants somebody's hand, in full.
    Todo,
    /// Somebody at the door who is no buyer.
    AtTheDoor,
    Appointments,
    NewAppointment(NewAppointment),
    CloseDay,
    SignIn(SignInSheet),
    Order(OrderSheet),
    List(ListSheet),
    NewPin(NewPinSheet),
}

/// A step that waits for its particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub visit: VisitId,
    pub action: Action,
    /// For `owner`: `Some(None)` is nobody.
    pub agent: Option<Option<AgentId>>,
    pub line: Option<Line>,
    pub kind: Option<NotABuyer>,
    /// An appointment's id.
    pub booking: Option<String>,
    pub broker: Broker,
    pub into: Option<VisitId>,
    pub reason: String,
}

pub(super) enum Subject {
    Visit(VisitId),
    Agent(AgentId),
    Nothing,
}

impl Sheet {
    /// The sheet that `action` needs before it can be sent.
    pub(super) fn needed_by(visit: VisitId, action: Action) -> Option<Self> {
        matches!(
            action,
            Action::Cancel
                | Action::Reassign
                | Action::Transfer
                | Action::Refuse
                | Action::NotABuyer
                | Action::Appointment
                | Action::Channel
                | Action::Owner
                | Action::Join
        )
        .then_some(Self::Step(Step {
            visit,
            action,
            agent: None,
            line: None,
            kind: None,
            booking: None,
            broker: Broker::default(),
            into: None,
            reason: String::new(),
        }))
    }

    pub(super) fn subject(&self) -> Subject {
        match self {
            Self::Visit(visit) => Subject::Visit(*visit),
            Self::Step(step) => Subject::Visit(step.visit),
            Self::Agent(agent) => Subject::Agent(agent.clone()),
            Self::Order(order) => Subject::Agent(order.agent.clone()),
            _ => Subject::Nothing,
        }
    }

    /// The line for a reason, where there is one.
    fn reason_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Step(step) => Some(&mut step.reason),
            Self::Order(order) => Some(&mut order.reason),
            Self::List(list) => Some(&mut list.reason),
            _ => None,
        }
    }

    /// The name in `desk.<name>_<n>` and how many ready-made reasons there are.
    pub(super) const fn quick_reasons(&self) -> (&'static str, usize) {
        match self {
            Self::Step(step) => step.quick_reasons(),
            Self::Order(_) | Self::List(_) => ("order_reason", ORDER_REASONS),
            _ => ("", 0),
        }
    }
}

impl Step {
    /// The name in `desk.<name>_<n>` and how many such reasons there are.
    pub(super) const fn quick_reasons(&self) -> (&'static str, usize) {
        match self.action {
            Action::Cancel => ("cancel", CANCEL_REASONS),
            Action::Reassign => ("reassign", REASSIGN_REASONS),
            Action::Refuse => ("refuse", REFUSE_REASONS),
            _ => ("", 0),
        }
    }

    /// Whether everything the floor insists on is there.
    pub(super) fn is_complete(&self) -> bool {
        let reason = !self.reason.trim().is_empty();
        match self.action {
            Action::Cancel => reason,
            Action::Reassign => reason && matches!(self.agent, Some(Some(_))),
            Action::Owner => self.agent.is_some(),
            Action::Transfer => self.line.is_some(),
            Action::NotABuyer => self.kind.is_some(),
            Action::Appointment => self.booking.is_some(),
            Action::Channel => self.broker.chosen != Chosen::None,
            Action::Join => self.into.is_some(),
            _ => true,
        }
    }
}

/// What a visit's sheet offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    Step(Action),
    DrinkServed,
    /// A part of the party goes by itself.
    Split,
    Reprint,
}

/// The things a visit's sheet offers, and whether each can be done now.
pub(super) fn visit_options(visit: &Visit) -> Vec<(Offer, bool)> {
    let mut options: Vec<_> = super::flow::main_action(visit)
        .into_iter()
        .chain(other_actions(visit))
        .map(|action| (Offer::Step(action), true))
        .collect();
    if drink_waits(visit) {
        options.push((Offer::DrinkServed, true));
    }
    let open = !visit.state.is_over();
    if open && visit.party_size > 1 && visit.line.rota() == RotaKind::WalkIn {
        options.push((Offer::Split, true));
    }
    if open && matches!(visit.paper.as_str(), "printed" | "unknown" | "failed") {
        options.push((Offer::Reprint, true));
    }
    if no_show_rests(visit) {
        options.push((Offer::Step(Action::NoShow), false));
    }
    options
}

/// The drink is still to be served.
pub(super) fn drink_waits(visit: &Visit) -> bool {
    visit.drink.is_some() && !visit.state.is_over() && !visit.chores.contains(&Chore::Drink)
}

/// What an agent's sheet offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AgentOffer {
    /// On duty by the own PIN.
    SignIn,
    /// By the desk's word.
    Set(Attend),
}

/// What an agent can be set to from the present status.
pub(super) fn agent_options(agent: &Agent) -> Vec<Attend> {
    let away = AwayReason::ALL
        .into_iter()
        // Only the floor finds somebody unreachable (rule 9).
        .filter(|r| *r != AwayReason::Unreachable)
        .filter(|r| agent.away != Some(*r) && agent.announced != Some(*r))
        .map(Attend::Away);
    match agent.status.as_str() {
        "off" => vec![Attend::Ready],
        "away" => std::iter::once(Attend::Ready)
            .chain(away)
            .chain([Attend::Off])
            .collect(),
        "ready" => away.chain([Attend::Off]).collect(),
        // With a guest an away is announced for afterwards; `ready` takes an announcement back.
        "suspended" => away.chain([Attend::Off]).collect(),
        _ => agent
            .announced
            .map(|_| Attend::Ready)
            .into_iter()
            .chain((agent.status == "serving").then_some(Attend::StillServing))
            .chain(away)
            .collect(),
    }
}

impl Desk {
    /// What `agent`'s sheet offers: the own PIN first, then the desk's word where the house takes it.
    pub(super) fn agent_offers(&self, agent: &Agent) -> Vec<AgentOffer> {
        let absent = matches!(agent.status.as_str(), "off" | "away");
        let needs_pin = self.needs_pin(&agent.id);
        let set = agent_options(agent).into_iter();
        let set = set.filter(|to| !(needs_pin && *to == Attend::Ready));
        let own = absent.then_some(AgentOffer::SignIn);
        own.into_iter().chain(set.map(AgentOffer::Set)).collect()
    }

    /// The agents a visit can be given to: free ones, and not the one who has it; whoever owns a part
    /// of the party first (rule 8).
    pub(super) fn candidates(&self, visit: &Visit) -> Vec<&Agent> {
        let holder = visit.assigned.as_ref().map(|a| &a.agent);
        let agents = self.picture.iter().flat_map(|p| &p.agents);
        let free = agents.filter(|a| a.status == "ready" && Some(&a.id) != holder);
        let mut free: Vec<&Agent> = free.collect();
        let owners = visit.owners();
        free.sort_by_key(|a| !owners.contains(&&a.id));
        free
    }

    /// The lines a visit can move to.
    pub(super) fn other_lines(visit: &Visit) -> Vec<Line> {
        let same_rota = |l: &Line| l.rota() == visit.line.rota();
        let others = Line::ALL.into_iter().filter(|l| *l != visit.line);
        others.filter(same_rota).collect()
    }

    /// Parties that `visit` can join: here, in the same rota, another one.
    pub(super) fn hosts(&self, visit: &Visit) -> Vec<&Visit> {
        self.picture
            .iter()
            .flat_map(|p| &p.visits)
            .filter(|v| v.id != visit.id && !v.state.is_over())
            .filter(|v| v.line.rota() == visit.line.rota())
            .collect()
    }

    /// Today's appointments nobody has come for yet.
    pub(super) fn open_appointments(&self) -> Vec<&Booked> {
        self.picture
            .iter()
            .flat_map(|p| &p.appointments)
            .filter(|a| a.visit.is_none())
            .collect()
    }

    /// A press in the first list of the open sheet.
    pub(super) fn choose(&mut self, index: usize, now: Millis) -> Vec<Effect> {
        match self.sheet.clone() {
            None => Vec::new(),
            Some(Sheet::Visit(id)) => self.choose_for_visit(id, index, now),
            Some(Sheet::Agent(id)) => {
                let option = self.agent(&id).map(|a| self.agent_offers(a));
                match option.and_then(|o| o.get(index).copied()) {
                    Some(AgentOffer::Set(to)) => self.attend(id, to),
                    Some(AgentOffer::SignIn) => {
                        let sheet = SignInSheet::of_agent(Some(id));
                        self.sheet = Some(Sheet::SignIn(sheet));
                        Vec::new()
                    }
                    None => Vec::new(),
                }
            }
            Some(Sheet::Step(step)) => {
                self.choose_in_step(step, index);
                Vec::new()
            }
            Some(Sheet::Menu) => self.choose_in_menu(index),
            Some(Sheet::Todo) => {
                // As it was last shown: time alone may have added something since.
                let key = self.todos(self.shown_at).get(index).map(|t| t.key.clone());
                key.map_or_else(Vec::new, |key| self.answer_todo(&key, now))
            }
            Some(Sheet::AtTheDoor) => match NotABuyer::ALL.get(index) {
                Some(kind) => {
                    self.sheet = None;
                    self.deed(Deed::NotABuyer { kind: *kind })
                }
                None => Vec::new(),
            },
            Some(Sheet::Appointments) => {
                let booked = self.open_appointments().get(index).map(|b| (*b).clone());
                if let (Some(booked), Some(showroom)) = (booked, &self.showroom) {
                    let form = super::register::Form::appointed(showroom, self.language, &booked);
                    self.form = Some(form);
                    self.sheet = None;
                }
                Vec::new()
            }
            Some(Sheet::NewAppointment(mut new)) => {
                new.agent = self.in_turn().get(index).map(|a| a.id.clone());
                self.sheet = Some(Sheet::NewAppointment(new));
                Vec::new()
            }
            Some(Sheet::CloseDay) => self.choose_about_day(index),
            Some(Sheet::SignIn(mut sign_in)) => {
                let signers = self.signers(sign_in.signer);
                sign_in.staff = signers.get(index).map(|(id, _)| id.clone());
                sign_in.pin.0.clear();
                self.sheet = Some(Sheet::SignIn(sign_in));
                Vec::new()
            }
            Some(Sheet::Order(mut order)) => {
                order.size = order.kind.sizes().get(index).copied();
                self.sheet = Some(Sheet::Order(order));
                Vec::new()
            }
            Some(Sheet::NewPin(new)) => {
                self.choose_for_new_pin(new, index);
                Vec::new()
            }
            Some(Sheet::List(mut list)) => {
                if let Some(agent) = self.in_turn().get(index).map(|a| a.id.clone()) {
                    match list.chosen.iter().position(|c| *c == agent) {
                        Some(at) => list.chosen.truncate(at),
                        None => list.chosen.push(agent),
                    }
                }
                self.sheet = Some(Sheet::List(list));
                Vec::new()
            }
        }
    }

    fn choose_for_visit(&mut self, id: VisitId, index: usize, now: Millis) -> Vec<Effect> {
        let Some(visit) = self.visit(id) else {
            return Vec::new();
        };
        let Some((offer, true)) = visit_options(visit).get(index).copied() else {
            return Vec::new();
        };
        let visit = id;
        match offer {
            Offer::Step(action) => self.press(visit, action, now),
            Offer::DrinkServed => {
                self.sheet = None;
                let chore = Chore::Drink;
                self.deed(Deed::Chore { visit, chore })
            }
            Offer::Reprint => {
                self.sheet = None;
                self.deed(Deed::Reprint { visit })
            }
            Offer::Split => {
                if let (Some(whole), Some(showroom)) = (self.visit(visit), &self.showroom) {
                    self.form = Some(super::register::Form::parted(showroom, whole));
                    self.sheet = None;
                }
                Vec::new()
            }
        }
    }

    fn choose_in_step(&mut self, mut step: Step, index: usize) {
        if let Some(visit) = self.visit(step.visit) {
            match step.action {
                Action::Reassign => {
                    let agent = self.candidates(visit).get(index).map(|a| a.id.clone());
                    step.agent = agent.map(Some);
                }
                Action::Owner => {
                    let agents = self.in_turn();
                    step.agent = match agents.get(index) {
                        Some(agent) => Some(Some(agent.id.clone())),
                        None => (index == agents.len()).then_some(None),
                    };
                }
                Action::Transfer => step.line = Self::other_lines(visit).get(index).copied(),
                Action::NotABuyer => step.kind = NotABuyer::ALL.get(index).copied(),
                Action::Appointment => {
                    step.booking = self.open_appointments().get(index).map(|b| b.id.clone());
                }
                Action::Channel => step.broker.choose(index, &self.registrations()),
                Action::Join => step.into = self.hosts(visit).get(index).map(|v| v.id),
                _ => {}
            }
        }
        self.sheet = Some(Sheet::Step(step));
    }

    pub(super) fn quick_reason(&mut self, index: usize) {
        let words = self.sheet.as_ref().and_then(|sheet| {
            let (name, count) = sheet.quick_reasons();
            (index < count).then(|| self.say(&format!("{name}_{}", index + 1), &[]))
        });
        if let Some(words) = words {
            self.type_reason(&words);
        }
    }

    pub(super) fn type_reason(&mut self, text: &str) {
        if let Some(reason) = self.sheet.as_mut().and_then(Sheet::reason_mut) {
            *reason = text.chars().take(LONGEST_REASON).collect();
        }
    }

    pub(super) fn confirm(&mut self, now: Millis) -> Vec<Effect> {
        let step = match self.sheet.clone() {
            Some(Sheet::Step(step)) => step,
            Some(Sheet::Order(_) | Sheet::List(_)) => return self.give_order(now),
            Some(Sheet::SignIn(_)) => return self.sign_in(),
            Some(Sheet::NewPin(new)) => return self.confirm_new_pin(new),
            Some(Sheet::NewAppointment(new)) => return self.appoint(&new, now),
            _ => return Vec::new(),
        };
        // An agent chosen a while ago may have a guest by now.
        let agent_is_free = step.action != Action::Reassign
            || step
                .agent
                .as_ref()
                .and_then(Option::as_ref)
                .is_some_and(|id| self.agent(id).is_some_and(|a| a.status == "ready"));
        if !step.is_complete() || !agent_is_free || self.busy_visits.contains(&step.visit) {
            return Vec::new();
        }
        let reason = step.reason.trim();
        let registration = if step.action == Action::Channel {
            let registrations = self.registrations();
            let complete = step.broker.registration(&registrations, &self.zone, now);
            if complete.is_none() {
                return Vec::new();
            }
            complete
        } else {
            None
        };
        let details = Details {
            agent: step.agent.flatten(),
            line: step.line,
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
            kind: step.kind,
            appointment: step.booking.filter(|_| step.action == Action::Appointment),
            registration,
            into: step.into,
        };
        self.act(step.visit, step.action, details, now)
    }
}
