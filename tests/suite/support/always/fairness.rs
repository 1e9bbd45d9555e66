//! Nobody receives more than others, oldest debts come first, the cursor leaves nobody out (3).

use std::collections::{BTreeMap, BTreeSet};

use yingbin::core::floor::event::Offer;
use yingbin::core::floor::{Event, State};
use yingbin::core::house_rules::{Courtesy, RotaOrder};
use yingbin::core::id::AgentId;
use yingbin::core::rota::{Debt, RotaKind, TurnUse};
use yingbin::core::turn_book::{Consequence, Pass, Reason, Rule};
use yingbin::core::visit::Visit;

use super::{Finding, Watch, eligible, must};

/// For one rota and day: who is compared, and the measure at the opening.
#[derive(Default)]
pub(super) struct Fair {
    begun: bool,
    compared: BTreeMap<AgentId, i64>,
}

/// Whom the cursor has not reached since it last passed each agent.
pub(super) type Laps = BTreeMap<AgentId, BTreeSet<AgentId>>;

/// Orders, then cursors, of both rotas.
pub(super) type Cursors = [(Vec<AgentId>, Option<AgentId>); 2];

impl Watch {
    /// 3: no debt is paid while the holder of an older one is ready and eligible.
    pub(super) fn oldest_first(&self, visit: &Visit, paid: &Debt, passes: &[Pass]) -> Finding {
        let state = &self.told;
        for agent in state.agents.values().filter(|a| eligible(state, a, visit)) {
            let open = &agent.accounts.of(visit.rota()).debts.open;
            let penalties = passes
                .iter()
                .filter(|p| p.agent == agent.id && p.consequence == Consequence::PenaltyFromDebt);
            let oldest = open.get(penalties.count());
            must(
                oldest.is_none_or(|d| (d.date, d.order) >= (paid.date, paid.order)),
                || format!("3: {} holds an older debt", agent.id),
            )?;
        }
        Ok(())
    }

    /// 3: the cursor goes from one to the next and leaves out nobody.
    pub(super) fn cursor_reaches_everybody(&self, visit: &Visit, offer: &Offer) -> Finding {
        let rota = self.told.rotas.of(visit.rota());
        let from = rota.cursor_index().ok_or("7: no cursor")?;
        let round = rota.order.iter().cycle().skip(from);
        let passed = offer
            .passed_over
            .iter()
            .filter(|p| p.consequence != Consequence::PenaltyFromDebt)
            .map(|p| &p.agent);
        let met = passed.chain([&offer.agent]);
        let steps = met.clone().count();
        must(met.zip(round.clone()).all(|(a, b)| a == b), || {
            "3: the cursor left somebody out".into()
        })?;
        must(offer.cursor.as_ref() == round.clone().nth(steps), || {
            "7: the cursor does not stand past the receiver".into()
        })
    }

    /// 3: who can be compared, from the state before `event`.
    pub(super) fn compare(&mut self, event: &Event) {
        let state = &self.told;
        let sign_in = state.rules.rota_order == RotaOrder::SignIn;
        if let Event::CheckedIn { ticket, .. } = event {
            let rota = ticket
                .line()
                .map_or(RotaKind::WalkIn, yingbin::core::ticket::Line::rota);
            let fair = self.fair.entry(rota).or_default();
            if !fair.begun {
                fair.begun = true;
                let order = state.rotas.of(rota).order.iter().filter(|_| sign_in);
                let measure = |a: &AgentId| state.agents[a].accounts.of(rota).measure();
                fair.compared = order.map(|a| (a.clone(), measure(a))).collect();
            }
        }
        // What the manager decides is even by nobody's measure; another order is another rule.
        match event {
            Event::CursorMoved { rota, .. } => self.fair.entry(*rota).or_default().compared.clear(),
            Event::RulesChanged { .. } | Event::OrderSet { .. } | Event::SiteChanged { .. } => {
                self.fair.values_mut().for_each(|f| f.compared.clear());
            }
            _ => {}
        }
        let mut out = |agent: &AgentId| {
            for fair in self.fair.values_mut() {
                fair.compared.remove(agent);
            }
        };
        match event {
            Event::WentOff { agent }
            | Event::Lapsed { agent, .. }
            | Event::Penalised { agent, .. }
            | Event::Suspended { agent, .. }
            | Event::TurnGranted { agent, .. }
            | Event::TurnTaken { agent, .. }
            | Event::CourtesyForfeited { agent, .. } => out(agent),
            Event::Offered(offer) => {
                for pass in &offer.passed_over {
                    if pass.consequence.loses_the_turn() {
                        out(&pass.agent);
                    }
                }
                // A courtesy for nothing, or above the cap, is a turn lost; a slip taken back, or the
                // manager's word, follows no turn.
                let lost = offer.turn == TurnUse::Courtesy { granted: None };
                let no_turn = offer.reason == Reason::OfferedAgain;
                if lost || no_turn {
                    out(&offer.agent);
                }
            }
            Event::Undone { to, .. } => {
                if let Some(assignment) = &to.assignment {
                    out(&assignment.agent);
                }
            }
            _ => {}
        }
    }

    /// 3: turns received + owed − prepaid differ by at most 1.
    pub(super) fn evenly(&self, state: &State) -> Finding {
        if state.rules.courtesy == Courtesy::Nothing {
            return Ok(());
        }
        for (rota, fair) in &self.fair {
            let since = fair
                .compared
                .iter()
                .map(|(agent, opening)| state.agents[agent].accounts.of(*rota).measure() - opening);
            let since: Vec<i64> = since.collect();
            let spread = since
                .iter()
                .max()
                .zip(since.iter().min())
                .map_or(0, |(a, b)| a - b);
            must(spread <= 1, || {
                format!("3: turns differ by {spread}: {:?} {since:?}", fair.compared)
            })?;
        }
        Ok(())
    }

    /// 3: between two passes of one agent the cursor reaches everybody who stayed.
    pub(super) fn cursor_goes_round(&mut self, event: &Event) -> Finding {
        match event {
            Event::Offered(offer) => {
                let by_turn = matches!(offer.rule, Rule::Courtesy | Rule::InTurn);
                let by_cursor = self.told.rules.rota_order != RotaOrder::FewestReceived;
                if !by_turn
                    || !by_cursor
                    || offer.debt.is_some()
                    || offer.reason == Reason::OfferedAgain
                {
                    return Ok(());
                }
                let kind = self.told.visits[&offer.visit].rota();
                let passed = offer.passed_over.iter();
                let passed = passed.filter(|p| p.consequence != Consequence::PenaltyFromDebt);
                let met: Vec<&AgentId> = passed.map(|p| &p.agent).chain([&offer.agent]).collect();
                let everybody = &self.told.rotas.of(kind).order;
                let laps = self.laps.entry(kind).or_default();
                for agent in met {
                    let left_out = laps.get(agent).filter(|l| !l.is_empty());
                    must(left_out.is_none(), || {
                        format!("3: {agent} is passed again before {left_out:?}")
                    })?;
                    laps.values_mut().for_each(|lap| {
                        lap.remove(agent);
                    });
                    let others = everybody.iter().filter(|a| *a != agent).cloned();
                    laps.insert(agent.clone(), others.collect());
                }
            }
            Event::WentOff { agent } => {
                for laps in self.laps.values_mut() {
                    laps.remove(agent);
                    laps.values_mut().for_each(|lap| {
                        lap.remove(agent);
                    });
                }
            }
            // The manager's word, another order.
            Event::CursorMoved { rota, .. } => {
                self.laps.remove(rota);
            }
            Event::RulesChanged { .. } | Event::OrderSet { .. } | Event::SiteChanged { .. } => {
                self.laps.clear();
            }
            // Where the list says, which may be where the cursor has been.
            Event::SignedIn { .. } if self.told.rules.rota_order == RotaOrder::ManagersList => {
                self.laps.clear();
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn cursors(&self) -> Cursors {
        RotaKind::ALL.map(|kind| {
            let rota = self.told.rotas.of(kind);
            (rota.order.clone(), rota.cursor.clone())
        })
    }

    /// The cursor moves past whoever receives by turn, from one who goes off to the one after, and by
    /// the manager's word; whoever joins late comes last (13).
    pub(super) fn cursor_stays(&self, before: &Cursors, event: &Event) -> Finding {
        for (kind, (order, cursor)) in RotaKind::ALL.into_iter().zip(before) {
            let rota = self.told.rotas.of(kind);
            let expected = match event {
                Event::DayOpened { .. } => None,
                Event::CursorMoved { agent, rota, .. } if *rota == kind => Some(agent.clone()),
                Event::Offered(offer) if self.told.visits[&offer.visit].rota() == kind => {
                    offer.cursor.clone()
                }
                Event::WentOff { agent } if cursor.as_ref() == Some(agent) => {
                    let after = order.iter().cycle().skip_while(|a| *a != agent).nth(1);
                    after.filter(|a| *a != agent).cloned()
                }
                Event::SignedIn { agent, .. } => {
                    let last = before_the(rota.cursor.as_ref(), &rota.order);
                    let by_sign_in = self.told.rules.rota_order == RotaOrder::SignIn;
                    must(!by_sign_in || last == Some(agent), || {
                        format!("13: {agent} does not come last")
                    })?;
                    cursor.clone().or(Some(agent.clone()))
                }
                _ => cursor.clone(),
            };
            must(rota.cursor == expected, || {
                format!(
                    "7: the cursor stands at {:?}, not {expected:?}",
                    rota.cursor
                )
            })?;
        }
        Ok(())
    }
}

/// Whom the cursor reaches last.
fn before_the<'a>(cursor: Option<&AgentId>, order: &'a [AgentId]) -> Option<&'a AgentId> {
    let at = order.iter().position(|a| Some(a) == cursor)?;
    order.get((at + order.len() - 1) % order.len())
}
