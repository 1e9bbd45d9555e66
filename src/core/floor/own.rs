//! What an agent does at the pad with the visit they are bound to. Whose visit it is, is decided
//! here, in the order of all commands: a tap that comes late meets the visit as it is by then.

use super::command::{Deed, Refusal, Step};
use super::decide::Draft;
use super::event::Event;
use crate::core::id::{AgentId, VisitId};
use crate::core::reception::{Fact, HandKind, UNDO_MS};
use crate::core::time::Millis;
use crate::core::visit::{Visit, VisitState};

impl Draft<'_> {
    pub fn own(&mut self, agent: &AgentId, id: VisitId, deed: Deed) -> Result<(), Refusal> {
        let visit = self.state.visits.get(&id).ok_or(Refusal::UnknownVisit)?;
        let bound = visit.assignment.as_ref().filter(|a| a.agent == *agent);
        let accepts = matches!(deed, Deed::Accept { .. });
        let Some(bound) = bound else {
            return Err(match accepts {
                true => Refusal::OfferOver,
                false => Refusal::NotYours,
            });
        };
        match deed {
            Deed::Accept { offered_at, place } => {
                if offered_at.is_some_and(|at| at != bound.offered_at) {
                    return Err(Refusal::OfferOver);
                }
                // The desk may have accepted for the agent meanwhile.
                if matches!(visit.state, VisitState::Called | VisitState::Serving) {
                    return Ok(());
                }
                self.step(id, Step::Accept { place })
            }
            Deed::Call { place } => self.step(id, Step::Call { place }),
            Deed::Recall => self.step(id, Step::Recall),
            Deed::Start if visit.state == VisitState::Serving => Ok(()),
            Deed::Start => self.step(id, Step::Start),
            Deed::NoShow => self.step(id, Step::NoShow),
            while_serving => {
                if visit.state != VisitState::Serving {
                    return Err(Refusal::NotServing);
                }
                let visit = visit.clone();
                self.receive(agent, &visit, while_serving)
            }
        }
    }

    /// What is possible only while the party is being served.
    fn receive(&mut self, agent: &AgentId, visit: &Visit, deed: Deed) -> Result<(), Refusal> {
        let known = &visit.reception;
        match deed {
            Deed::Done { step, ago_ms } => {
                // Once done it stays done, at its first time.
                if known.marks.get(&step).is_none_or(|m| m.skipped.is_some()) {
                    let done_at = crate::core::time::Millis(self.at.0 - ago_ms.max(0));
                    let done_at = done_at.max(visit.since);
                    self.fact(agent, visit.id, Fact::StepDone { step, done_at });
                }
            }
            Deed::Undo { step } => {
                if let Some(mark) = known.marks.get(&step) {
                    if self.at.since(mark.heard_at) > UNDO_MS {
                        return Err(Refusal::TooLate);
                    }
                    self.fact(agent, visit.id, Fact::StepUndone { step });
                }
            }
            Deed::AskHand { kind } => {
                if !known.hands.contains_key(&kind) {
                    self.fact(agent, visit.id, Fact::HandAsked { hand: kind });
                }
            }
            Deed::WithdrawHand { kind } => {
                if known.hands.contains_key(&kind) {
                    let (hand, given) = (kind, false);
                    self.fact(agent, visit.id, Fact::HandEnded { hand, given });
                }
            }
            Deed::Needs { needs, note } => {
                self.fact(agent, visit.id, Fact::NeedsNoted { needs, note });
            }
            Deed::Finish { skipped, next } => {
                let without_reason = known.open_steps().filter(|s| !skipped.contains_key(s));
                let left = u32::try_from(without_reason.count()).unwrap_or(u32::MAX);
                if left > 0 {
                    return Err(Refusal::StepsOpen { left });
                }
                for step in known.open_steps() {
                    let reason = skipped[&step];
                    self.fact(agent, visit.id, Fact::StepSkipped { step, reason });
                }
                self.fact(agent, visit.id, Fact::NextAgreed { next });
                return self.step(visit.id, Step::Finish);
            }
            Deed::Accept { .. } | Deed::Call { .. } | Deed::Recall | Deed::Start | Deed::NoShow => {
            }
        }
        Ok(())
    }

    /// Somebody came to the agent.
    pub fn hand_given(&mut self, id: VisitId, kind: HandKind) -> Result<(), Refusal> {
        let visit = self.state.visits.get(&id).ok_or(Refusal::UnknownVisit)?;
        let asked = visit.state == VisitState::Serving && visit.reception.hands.contains_key(&kind);
        let Some(agent) = self.agent_of(id).filter(|_| asked) else {
            return Err(Refusal::NoSuchHand);
        };
        let fact = Fact::HandEnded {
            hand: kind,
            given: true,
        };
        self.fact(&agent, id, fact);
        Ok(())
    }

    /// Rule 9: who uses a pad today is known by it. Going off the line says nothing of an agent who
    /// used none.
    pub fn pad(
        &mut self,
        agent: AgentId,
        connected: bool,
        since: Option<Millis>,
    ) -> Result<(), Refusal> {
        let known = self.state.agents.get(&agent).ok_or(Refusal::UnknownAgent)?;
        if known.pad.is_some_and(|p| p.connected) != connected {
            let before = known.pad.map_or(Millis::default(), |p| p.since);
            // Neither in the future nor before the change that came before.
            let since = since.filter(|s| (before..self.at).contains(s));
            self.emit(Event::Pad {
                agent,
                connected,
                since,
            });
        }
        Ok(())
    }

    fn fact(&mut self, agent: &AgentId, visit: VisitId, fact: Fact) {
        self.emit(Event::Reception {
            visit,
            agent: agent.clone(),
            fact,
        });
    }
}
