//! What the manager decides about the rota, each with a reason that goes in the book: rules 12
//! and 15.

use super::command::{ManagersOrder, Refusal};
use super::decide::Draft;
use super::event::Event;
use super::steps::reason_given;
use crate::core::house_rules::RotaOrder;
use crate::core::id::AgentId;
use crate::core::rota::Agent;

/// Most turns that can be lost by one decision.
const PENALTY_MOST: u32 = 20;

impl Draft<'_> {
    pub fn manager(&mut self, order: ManagersOrder, why: &str) -> Result<(), Refusal> {
        let why = reason_given(why)?;
        let event = match order {
            ManagersOrder::MoveCursor { agent, rota } => {
                let place = &self.state.rotas.of(rota).order;
                if !place.contains(&agent) {
                    return Err(Refusal::NotInRota);
                }
                Event::CursorMoved { agent, rota, why }
            }
            ManagersOrder::SetOrder { agents } => {
                for agent in &agents {
                    self.known(agent)?;
                }
                // It would change nothing, and the book would say that it had.
                if self.state.rules.rota_order != RotaOrder::ManagersList {
                    return Err(Refusal::OrderNotByList);
                }
                Event::OrderSet { agents, why }
            }
            ManagersOrder::GrantTurn { agent, rota } => {
                self.known(&agent)?;
                Event::TurnGranted { agent, rota, why }
            }
            ManagersOrder::TakeTurn { agent, rota } => {
                let account = self.known(&agent)?.accounts.of(rota);
                let debt = *account.debts.oldest().ok_or(Refusal::NothingOpen)?;
                Event::TurnTaken {
                    agent,
                    rota,
                    debt,
                    why,
                }
            }
            ManagersOrder::Penalise { agent, turns, rota } => {
                let penalties = self.known(&agent)?.accounts.of(rota).penalties;
                if turns == 0 || penalties.saturating_add(turns) > PENALTY_MOST {
                    return Err(Refusal::PenaltySize);
                }
                Event::Penalised {
                    agent,
                    rota,
                    turns,
                    why,
                }
            }
            ManagersOrder::LiftPenalty { agent, rota } => {
                let turns = self.known(&agent)?.accounts.of(rota).penalties;
                if turns == 0 {
                    return Err(Refusal::NothingOpen);
                }
                Event::PenaltyLifted {
                    agent,
                    rota,
                    turns,
                    why,
                }
            }
            ManagersOrder::Suspend { agent, until } => {
                self.known(&agent)?;
                if until <= self.at {
                    return Err(Refusal::NotLater);
                }
                Event::Suspended { agent, until, why }
            }
            ManagersOrder::EndSuspension { agent } => {
                if self.known(&agent)?.suspended_until.is_none() {
                    return Err(Refusal::NothingOpen);
                }
                Event::SuspensionEnded {
                    agent,
                    why: Some(why),
                }
            }
        };
        self.emit(event);
        Ok(())
    }

    fn known(&self, agent: &AgentId) -> Result<&Agent, Refusal> {
        self.state.agents.get(agent).ok_or(Refusal::UnknownAgent)
    }
}
