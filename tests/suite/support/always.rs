//! What must always hold (the nine sentences at the end of the rule sheet), looked at from outside
//! after every step: at the events, the book, and the state they leave.

use std::collections::{BTreeMap, BTreeSet};

use yingbin::core::floor::event::{Offer, TurnBack};
use yingbin::core::floor::{Command, Decision, Event, Stamped, State};
use yingbin::core::house_rules::{Courtesy, RotaOrder};
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::rota::{Agent, AwayReason, Debt, RotaKind, Status, TurnUse};
use yingbin::core::turn_book::{Consequence, Pass, PassReason, Rule};
use yingbin::core::visit::{Visit, VisitState};

type Finding = Result<(), String>;

fn must(holds: bool, what: impl FnOnce() -> String) -> Finding {
    if holds { Ok(()) } else { Err(what()) }
}

/// Watches one floor from its first command on.
#[derive(Default)]
pub struct Watch {
    /// The floor as the events alone tell it.
    told: State,
    log: Vec<Stamped>,
    /// Everybody who checked in today.
    came: BTreeSet<VisitId>,
    /// Turns used and not yet ended: has the service begun?
    turns: BTreeMap<VisitId, bool>,
    fair: BTreeMap<RotaKind, Fair>,
    book_lines: usize,
}

/// Invariant 3 for one rota and day: who is compared, and the measure at the opening.
#[derive(Default)]
struct Fair {
    begun: bool,
    compared: BTreeMap<AgentId, i64>,
}

impl Watch {
    /// After each step.
    pub fn look(&mut self, command: &Command, decision: &Decision, state: &State) -> Finding {
        let before = self.told.clone();
        for stamped in &decision.events {
            self.true_of_the_state_before(stamped)?;
            self.account_for_turns(&stamped.event)?;
            self.compare(&stamped.event);
            self.told.evolve(stamped);
            self.log.push(stamped.clone());
            self.attend(&stamped.event);
        }
        self.nothing_used_stays_open()?;
        must(self.told == *state, || {
            "2: the events tell another state".into()
        })?;
        self.in_the_book(decision, state)?;
        self.nobody_is_lost(state)?;
        balances(state)?;
        nobody_waits_in_vain(state)?;
        self.evenly(state)?;
        if let Command::Resume { down_ms } = command {
            promises_are_kept(&before, state, *down_ms)?;
        }
        must(
            decision.result.is_ok() || decision.events.is_empty() || due(&before, state),
            || "a refused command changed something that was not due".into(),
        )
    }

    /// Invariant 2, at the end: read back from what is stored, the same state and book.
    pub fn replays(&self, state: &State) -> Finding {
        let stored = serde_json::to_string(&self.log).map_err(|e| e.to_string())?;
        let log: Vec<Stamped> = serde_json::from_str(&stored).map_err(|e| e.to_string())?;
        let mut again = State::default();
        for stamped in &log {
            again.evolve(stamped);
        }
        must(again == *state, || {
            "2: a replay gives another state or book".into()
        })?;
        let gapless = state
            .book
            .iter()
            .zip(0..)
            .all(|(l, n)| l.seq == state.book[0].seq + n);
        must(gapless, || "the book has gaps".into())
    }

    /// 1: every event about a visit or an agent's turn stands in the book, at its time.
    fn in_the_book(&mut self, decision: &Decision, state: &State) -> Finding {
        let lines = &state.book[self.book_lines..];
        self.book_lines = state.book.len();
        for stamped in &decision.events {
            if let Some(visit) = stamped.event.visit() {
                let line = |l: &yingbin::core::turn_book::BookLine| {
                    l.visit == Some(visit) && l.at == stamped.at
                };
                // A series' number and the like belong to their check-in's line.
                must(lines.iter().any(line), || {
                    format!("1: not in the book: {:?}", stamped.event)
                })?;
            }
        }
        Ok(())
    }

    fn attend(&mut self, event: &Event) {
        match event {
            Event::DayOpened { .. } => {
                self.came.clear();
                self.fair.clear();
            }
            Event::CheckedIn { check_in, .. } => {
                self.came.insert(check_in.visit);
            }
            _ => {}
        }
    }

    /// 1: no visit is lost or served twice at once.
    fn nobody_is_lost(&self, state: &State) -> Finding {
        let known: BTreeSet<VisitId> = state.visits.keys().copied().collect();
        must(known == self.came, || "1: a visit is lost".into())?;
        for visit in state.visits.values() {
            let bound = state
                .agents
                .values()
                .filter(|a| a.status.visit() == Some(visit.id));
            let bound: Vec<&Agent> = bound.collect();
            let queued = state.queue.iter().filter(|q| **q == visit.id).count();
            let lined = state.line_up().iter().filter(|q| **q == visit.id).count();
            let waits = usize::from(visit.state == VisitState::Waiting);
            must(queued == waits && lined == waits, || {
                format!("1: {} stands {queued} times in line", visit.ticket)
            })?;
            let status = bound.first().map(|a| a.status);
            let right = match visit.state {
                VisitState::Offered | VisitState::Called => {
                    bound.len() == 1 && matches!(status, Some(Status::Offered { .. }))
                }
                VisitState::Serving => {
                    bound.len() == 1 && matches!(status, Some(Status::Serving { .. }))
                }
                _ => bound.is_empty(),
            };
            let served_by = visit.assignment.as_ref().map(|a| &a.agent);
            let same = bound.first().map(|a| &a.id) == served_by;
            must(right && (same || !visit.state.has_agent()), || {
                format!("1: {} is with {bound:?}", visit.ticket)
            })?;
        }
        for agent in state.agents.values() {
            let visit = agent.status.visit();
            must(visit.is_none_or(|v| self.came.contains(&v)), || {
                format!("1: {} has a guest who is not here", agent.id)
            })?;
        }
        Ok(())
    }

    /// 5: every reason is true of the state before it.
    fn true_of_the_state_before(&self, stamped: &Stamped) -> Finding {
        let state = &self.told;
        match &stamped.event {
            Event::Offered(offer) => self.offer_is_true(offer),
            Event::Lapsed { visit, agent, .. } => {
                let visit = &state.visits[visit];
                let offered = visit.state == VisitState::Offered;
                let theirs = visit.assignment.as_ref().filter(|a| a.agent == *agent);
                must(
                    offered && theirs.is_some_and(|a| a.accept_by <= stamped.at),
                    || format!("5: {} has not lapsed", visit.ticket),
                )
            }
            Event::WaitsFor { agent, .. } => {
                let busy = state.agents[agent].status.visit().is_some();
                must(busy, || format!("5: waits for {agent}, who is not busy"))
            }
            Event::Dropped { visit, .. } => {
                let parked = state.visits[visit].state == VisitState::Parked;
                must(parked, || "5: dropped and not parked".into())
            }
            Event::DebtExpired { agent, rota, debt }
            | Event::TurnTaken {
                agent, rota, debt, ..
            } => {
                let open = &state.agents[agent].accounts.of(*rota).debts.open;
                must(open.contains(debt), || {
                    format!("5: {agent} has no such debt")
                })
            }
            Event::TurnReturned {
                visit, agent, back, ..
            } => {
                let page = state.agents[agent].accounts.of(state.visits[visit].rota());
                let held = match back {
                    TurnBack::Debt { received, .. } => !received || page.received > 0,
                    TurnBack::PrepaidCancelled => page.prepaid > 0 && page.received > 0,
                };
                must(held, || format!("5: {agent} had no such turn to return"))
            }
            _ => Ok(()),
        }
    }

    fn offer_is_true(&self, offer: &Offer) -> Finding {
        let state = &self.told;
        let visit = &state.visits[&offer.visit];
        let agent = &state.agents[&offer.agent];
        must(visit.state == VisitState::Waiting, || {
            format!("1: {} is offered while {:?}", visit.ticket, visit.state)
        })?;
        let free =
            agent.is_ready() || (offer.rule == Rule::Override && agent.status == Status::Ready);
        must(free, || format!("5: {} is not free", agent.id))?;
        let wanted = visit.wanted_now().map(|w| &w.agent);
        let again = offer.reason == yingbin::core::turn_book::Reason::OfferedAgain;
        let true_rule = match offer.rule {
            Rule::Appointment | Rule::Channel | Rule::Owner | Rule::AskedFor => {
                wanted == Some(&offer.agent)
            }
            Rule::Courtesy => wanted.is_some_and(|w| !state.agents[w].is_ready()),
            Rule::OwedTurn => offer.debt.is_some() && wanted.is_none(),
            Rule::InTurn => offer.debt.is_none() && wanted.is_none(),
            Rule::Override => true,
            _ => false,
        };
        must(true_rule || again, || {
            format!("5: {:?} is not so", offer.rule)
        })?;
        let by_turn =
            !again && matches!(offer.rule, Rule::Courtesy | Rule::OwedTurn | Rule::InTurn);
        if let Some(taken) = &offer.debt {
            let open = &agent.accounts.of(visit.rota()).debts.open;
            must(open.contains(&taken.debt), || "5: no such debt".into())?;
            if by_turn && !taken.cancelled {
                self.oldest_first(visit, &taken.debt, &offer.passed_over)?;
            }
        }
        must(by_turn || offer.passed_over.is_empty(), || {
            "5: passes out of turn".into()
        })?;
        if by_turn && offer.debt.is_none() && state.rules.rota_order != RotaOrder::FewestReceived {
            self.cursor_reaches_everybody(visit, offer)?;
        }
        offer
            .passed_over
            .iter()
            .try_for_each(|pass| self.pass_is_true(visit, pass))
    }

    /// 3: no debt is paid while the holder of an older one is ready and eligible.
    fn oldest_first(&self, visit: &Visit, paid: &Debt, passes: &[Pass]) -> Finding {
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
    fn cursor_reaches_everybody(&self, visit: &Visit, offer: &Offer) -> Finding {
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

    fn pass_is_true(&self, visit: &Visit, pass: &Pass) -> Finding {
        let state = &self.told;
        let agent = &state.agents[&pass.agent];
        let page = agent.accounts.of(visit.rota());
        let away = |wanted| matches!(agent.status, Status::Away { reason, .. } if reason == wanted);
        let so = match pass.why {
            PassReason::Prepaid => page.prepaid > 0,
            PassReason::Suspended => agent.suspended_until.is_some(),
            PassReason::Serving => matches!(agent.status, Status::Serving { .. }),
            PassReason::Offered => matches!(agent.status, Status::Offered { .. }),
            PassReason::Errand => away(AwayReason::Errand),
            PassReason::Lunch => away(AwayReason::Lunch),
            PassReason::Toilet => away(AwayReason::Toilet),
            PassReason::Leave => away(AwayReason::Leave),
            PassReason::Private => away(AwayReason::Private),
            PassReason::Late => away(AwayReason::Late),
            PassReason::Unreachable => away(AwayReason::Unreachable),
            PassReason::Overdue => agent.overdue > state.rules.overdue_followups_block,
            PassReason::Refused => visit.refused.contains(&agent.id),
            PassReason::Penalty => page.penalties > 0,
        };
        let fits = match pass.consequence {
            Consequence::PrepaidUsed => pass.why == PassReason::Prepaid,
            Consequence::PenaltyTaken | Consequence::PenaltyFromDebt => {
                pass.why == PassReason::Penalty
            }
            Consequence::OwedTurn | Consequence::WithheldCap => matches!(
                pass.why,
                PassReason::Serving
                    | PassReason::Offered
                    | PassReason::Errand
                    | PassReason::Lunch
                    | PassReason::Toilet
            ),
            Consequence::WithheldLong => pass.why == PassReason::Serving,
            Consequence::WithheldLate => matches!(
                pass.why,
                PassReason::Errand | PassReason::Lunch | PassReason::Toilet
            ),
            Consequence::Skip => true,
        };
        must(so && fits, || {
            format!("5: {pass:?} is not true of {:?}", agent.status)
        })
    }

    /// 9: every turn used ends in service, lapse, refusal or return.
    fn account_for_turns(&mut self, event: &Event) -> Finding {
        match event {
            Event::Offered(offer) => {
                let open = self.turns.remove(&offer.visit);
                must(open != Some(false), || "9: a turn ended in nothing".into())?;
                // A courtesy's turn came back when it was offered.
                let came_back = matches!(offer.turn, TurnUse::Courtesy { granted: Some(_) });
                if offer.turn != TurnUse::Free && !came_back {
                    self.turns.insert(offer.visit, false);
                }
            }
            Event::Started { visit, .. } => {
                if let Some(begun) = self.turns.get_mut(visit) {
                    *begun = true;
                }
            }
            Event::Finished { visit, .. }
            | Event::Lapsed { visit, .. }
            | Event::Refused { visit, .. }
            | Event::TurnReturned { visit, .. } => {
                self.turns.remove(visit);
            }
            Event::Parked {
                visit,
                missed_call: true,
                ..
            } if !self.told.rules.no_show_returns_turn.is_yes() => {
                self.turns.remove(visit);
            }
            Event::Undone { visit, to, .. } => {
                let turn = to.assignment.as_ref().map(|a| a.turn);
                let uses = turn.is_some_and(|t| {
                    t != TurnUse::Free && !matches!(t, TurnUse::Courtesy { granted: Some(_) })
                });
                if uses {
                    self.turns.insert(*visit, to.back_to == VisitState::Serving);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn nothing_used_stays_open(&mut self) -> Finding {
        let visits = &self.told.visits;
        let with_agent = |v: &VisitId| visits.get(v).is_some_and(|v| v.state.has_agent());
        let over: Vec<(VisitId, bool)> = self
            .turns
            .iter()
            .filter(|(v, _)| !with_agent(v))
            .map(|(v, begun)| (*v, *begun))
            .collect();
        for (visit, begun) in over {
            must(begun, || format!("9: the turn of {visit} ended in nothing"))?;
            self.turns.remove(&visit);
        }
        Ok(())
    }

    /// 3: who can be compared, from the state before `event`.
    fn compare(&mut self, event: &Event) {
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
                let no_turn = offer.reason == yingbin::core::turn_book::Reason::OfferedAgain;
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
    fn evenly(&self, state: &State) -> Finding {
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
}

fn eligible(state: &State, agent: &Agent, visit: &Visit) -> bool {
    let block = state.rules.overdue_followups_block;
    let in_rota = state.rotas.of(visit.rota()).order.contains(&agent.id);
    let blocked = block > 0 && agent.overdue > block;
    in_rota && agent.is_ready() && !blocked && !visit.refused.contains(&agent.id)
}

/// 4: debts balance for each agent.
fn balances(state: &State) -> Finding {
    for agent in state.agents.values() {
        for rota in RotaKind::ALL {
            let d = &agent.accounts.of(rota).debts;
            let open = d.open.len() as u64;
            let even = d.granted == d.used + d.expired + d.cancelled + open;
            must(even, || format!("4: {} does not balance: {d:?}", agent.id))?;
        }
    }
    Ok(())
}

/// 8: no offer outlives its time; nobody waits while somebody eligible stands free, unless for
/// their own agent.
fn nobody_waits_in_vain(state: &State) -> Finding {
    for visit in state.visits.values() {
        if visit.state == VisitState::Offered {
            let by = visit.assignment.as_ref().map(|a| a.accept_by);
            must(by.is_some_and(|by| by > state.last), || {
                format!("8: the offer of {} outlived its time", visit.ticket)
            })?;
        }
        if visit.state != VisitState::Waiting {
            continue;
        }
        match &visit.waits_for {
            Some(waits) => {
                let busy = state.agents[&waits.agent].status.visit().is_some();
                must(busy && waits.until > state.last, || {
                    format!("8: {} waits for {} in vain", visit.ticket, waits.agent)
                })?;
            }
            None => {
                let free = state.agents.values().find(|a| eligible(state, a, visit));
                must(free.is_none(), || {
                    format!(
                        "8: {} waits, and {} is free",
                        visit.ticket,
                        free.unwrap().id
                    )
                })?;
                let own = visit.wanted_now().and_then(|w| state.agents.get(&w.agent));
                must(own.is_none_or(|a| !a.is_ready()), || {
                    format!("8: {} waits, and its own agent is free", visit.ticket)
                })?;
            }
        }
    }
    Ok(())
}

/// 6: nobody loses by the floor having been down what had not run out before.
fn promises_are_kept(before: &State, after: &State, down_ms: i64) -> Finding {
    let ran_out = |v: &Visit| {
        let by = v.due().filter(|_| v.state == VisitState::Offered);
        by.is_some_and(|by| by.0 + down_ms <= after.last.0)
    };
    let bound = before.visits.values().filter(|v| v.state.has_agent());
    for visit in bound.filter(|v| !ran_out(v)) {
        let with = |v: &Visit| v.assignment.as_ref().map(|a| a.agent.clone());
        let now = &after.visits[&visit.id];
        must(with(now) == with(visit), || {
            format!(
                "6: {} lost its agent while the floor was down",
                visit.ticket
            )
        })?;
    }
    Ok(())
}

/// Whether something was due.
fn due(before: &State, after: &State) -> bool {
    before.next_due().is_some_and(|at| at <= after.last)
}
