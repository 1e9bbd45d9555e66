//! The sheet over the flow: the other steps of a visit, an agent's attendance, or what a step still
//! needs (a reason, an agent, a line) before it is sent.

use crate::core::id::{AgentId, VisitId};
use crate::core::rota::AwayReason;
use crate::core::ticket::Line;
use crate::core::visit::Action;

use super::flow::{no_show_rests, other_actions};
use super::{Agent, Attend, Desk, Details, Effect, Visit};

/// Reasons for ending a visit by hand; the words stand under `desk.cancel_1` and so on.
const CANCEL_REASONS: usize = 4;
/// Reasons for giving a visit to another agent.
const REASSIGN_REASONS: usize = 4;
/// Reasons for which a guest wishes for somebody else.
const REFUSE_REASONS: usize = 3;
/// Longest reason typed, characters.
const LONGEST_REASON: usize = 120;

/// The open sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sheet {
    Visit(VisitId),
    Agent(AgentId),
    Step(Step),
}

/// A step that waits for its particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub visit: VisitId,
    pub action: Action,
    pub agent: Option<AgentId>,
    pub line: Option<Line>,
    pub reason: String,
}

pub(super) enum Subject {
    Visit(VisitId),
    Agent(AgentId),
}

impl Sheet {
    /// The sheet that `action` needs before it can be sent.
    pub(super) fn needed_by(visit: VisitId, action: Action) -> Option<Self> {
        matches!(
            action,
            Action::Cancel | Action::Reassign | Action::Transfer | Action::Refuse
        )
        .then_some(Self::Step(Step {
            visit,
            action,
            agent: None,
            line: None,
            reason: String::new(),
        }))
    }

    pub(super) fn subject(&self) -> Subject {
        match self {
            Self::Visit(visit) => Subject::Visit(*visit),
            Self::Step(step) => Subject::Visit(step.visit),
            Self::Agent(agent) => Subject::Agent(agent.clone()),
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
            Action::Reassign => reason && self.agent.is_some(),
            Action::Transfer => self.line.is_some(),
            _ => true,
        }
    }
}

/// The steps a visit's sheet offers, and whether each can be taken now.
pub(super) fn visit_options(visit: &Visit) -> Vec<(Action, bool)> {
    let mut options: Vec<_> = super::flow::main_action(visit)
        .into_iter()
        .chain(other_actions(visit))
        .map(|action| (action, true))
        .collect();
    if no_show_rests(visit) {
        options.push((Action::NoShow, false));
    }
    options
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
    /// The agents a visit can be given to: free ones, and not the one who has it.
    pub(super) fn candidates(&self, visit: &Visit) -> Vec<&Agent> {
        let holder = visit.assigned.as_ref().map(|a| &a.agent);
        self.picture
            .iter()
            .flat_map(|p| &p.agents)
            .filter(|a| a.status == "ready" && Some(&a.id) != holder)
            .collect()
    }

    /// The lines a visit can move to.
    pub(super) fn other_lines(visit: &Visit) -> Vec<Line> {
        Line::ALL.into_iter().filter(|l| *l != visit.line).collect()
    }

    pub(super) fn choose(&mut self, index: usize) -> Vec<Effect> {
        match self.sheet.clone() {
            None => Vec::new(),
            Some(Sheet::Visit(id)) => {
                let option = self.visit(id).map(visit_options);
                match option.and_then(|o| o.get(index).copied()) {
                    Some((action, true)) => self.press(id, action),
                    _ => Vec::new(),
                }
            }
            Some(Sheet::Agent(id)) => {
                let option = self.agent(&id).map(agent_options);
                match option.and_then(|o| o.get(index).copied()) {
                    Some(to) => self.attend(id, to),
                    None => Vec::new(),
                }
            }
            Some(Sheet::Step(mut step)) => {
                if let Some(visit) = self.visit(step.visit) {
                    match step.action {
                        Action::Reassign => {
                            step.agent = self.candidates(visit).get(index).map(|a| a.id.clone());
                        }
                        Action::Transfer => {
                            step.line = Self::other_lines(visit).get(index).copied();
                        }
                        _ => {}
                    }
                }
                self.sheet = Some(Sheet::Step(step));
                Vec::new()
            }
        }
    }

    pub(super) fn quick_reason(&mut self, index: usize) {
        let words = match &self.sheet {
            Some(Sheet::Step(step)) => {
                let (name, count) = step.quick_reasons();
                (index < count).then(|| self.say(&format!("{name}_{}", index + 1), &[]))
            }
            _ => None,
        };
        if let Some(words) = words {
            self.type_reason(words);
        }
    }

    pub(super) fn type_reason(&mut self, text: String) {
        if let Some(Sheet::Step(step)) = &mut self.sheet {
            step.reason = text.chars().take(LONGEST_REASON).collect();
        }
    }

    pub(super) fn confirm(&mut self) -> Vec<Effect> {
        let Some(Sheet::Step(step)) = self.sheet.clone() else {
            return Vec::new();
        };
        // An agent chosen a while ago may have a guest by now.
        let agent_is_free = step
            .agent
            .as_ref()
            .is_none_or(|id| self.agent(id).is_some_and(|a| a.status == "ready"));
        if !step.is_complete() || !agent_is_free || self.busy_visits.contains(&step.visit) {
            return Vec::new();
        }
        let reason = step.reason.trim();
        let details = Details {
            agent: step.agent,
            line: step.line,
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
        };
        self.act(step.visit, step.action, details)
    }
}
