//! No visit is lost, served twice at once, or without its lines in the book (1); none waits in vain (8).

use std::collections::BTreeSet;

use yingbin::core::floor::{Decision, Event, State};
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::rota::{Agent, RotaKind, Status};
use yingbin::core::turn_book::{BookLine, words};
use yingbin::core::visit::VisitState;

use super::{Finding, Watch, eligible, must};

impl Watch {
    /// 1: whatever the rule sheet wants in the book stands there once for each time it happened, at
    /// its time.
    pub(super) fn in_the_book(
        &mut self,
        before: &State,
        decision: &Decision,
        state: &State,
    ) -> Finding {
        let mut lines: Vec<&BookLine> = state.book[self.book_lines..].iter().collect();
        self.book_lines = state.book.len();
        debts_in_the_book(before, decision, state, &lines)?;
        for stamped in &decision.events {
            let (codes, agent) = written(&stamped.event);
            if codes.is_empty() {
                continue;
            }
            let found = lines.iter().position(|l| {
                let code = words::code(&l.reason);
                let fits = |c: &str| code == c || (code.starts_with("offered_") && c == "offered");
                l.at == stamped.at
                    && l.visit == stamped.event.visit()
                    && codes.iter().any(|c| fits(c))
                    && (agent.is_none() || l.agent.as_ref() == agent)
            });
            let Some(found) = found else {
                return Err(format!("1: not in the book: {:?}", stamped.event));
            };
            lines.remove(found);
        }
        Ok(())
    }

    /// 1: no visit is lost or served twice at once.
    pub(super) fn nobody_is_lost(&self, state: &State) -> Finding {
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
}

/// Any of which lines an event leaves in the book, and whom it names.
fn written(event: &Event) -> (&'static [&'static str], Option<&AgentId>) {
    match event {
        Event::CheckedIn { .. } => (&["checked_in"], None),
        Event::Offered(offer) => (&["offered"], Some(&offer.agent)),
        Event::Lapsed { agent, .. } => (&["lapsed"], Some(agent)),
        Event::Refused { agent, .. } => (&["refused"], Some(agent)),
        Event::TurnReturned { agent, .. } => (&["turn_returned", "prepaid_cancelled"], Some(agent)),
        Event::CourtesyForfeited { agent, .. } => (&["debt_cancelled"], Some(agent)),
        Event::Parked { .. } => (&["parked", "not_shown"], None),
        Event::Requeued { .. } => (&["resumed"], None),
        Event::Finished { agent, .. } => (&["finished", "closed_by_new_day"], Some(agent)),
        Event::Dropped { .. } => (&["dropped_from_parking", "closed_by_new_day"], None),
        Event::Left { .. } => (&["left", "closed_by_new_day"], None),
        Event::Cancelled { .. } => (&["cancelled"], None),
        Event::NotABuyer { .. } => (&["not_a_buyer"], None),
        Event::Joined { .. } => (&["joined"], None),
        Event::ChannelJudged { .. } => (&["channel_judged"], None),
        Event::AppointmentMissing { .. } => (&["no_such_appointment"], None),
        Event::ForgotWithWhom { .. } => (&["forgot_with_whom"], None),
        Event::BelongsTo { .. } => (&["belongs_to", "belongs_to_nobody"], None),
        Event::OwnerLearned { .. } => (&["belongs_to"], None),
        Event::WaitsFor { agent, .. } => (&["waits_for_asked"], Some(agent)),
        Event::WaitEnded { .. } => (&["wait_ended"], None),
        Event::Called { agent, .. } => (&["called"], Some(agent)),
        Event::Recalled { agent, .. } => (&["recalled"], Some(agent)),
        Event::Started { agent, .. } => (&["started"], Some(agent)),
        Event::Transferred { .. } => (&["transferred"], None),
        Event::Reassigned { .. } => (&["reassigned"], None),
        Event::Withdrawn { agent, .. } => (&["withdrawn"], Some(agent)),
        Event::Undone { .. } => (&["undone"], None),
        Event::DebtExpired { agent, .. } => (&["debt_expired"], Some(agent)),
        Event::SignedIn { agent, .. } => (&["signed_in"], Some(agent)),
        Event::BecameReady { agent } => (&["ready"], Some(agent)),
        Event::WentAway { agent, .. } => (&["away"], Some(agent)),
        Event::AwayAnnounced { agent, .. } => (&["away_announced"], Some(agent)),
        Event::AwayWithdrawn { agent } => (&["away_withdrawn"], Some(agent)),
        Event::ServiceVouched { agent } => (&["still_serving"], Some(agent)),
        Event::WentOff { agent } => (&["off"], Some(agent)),
        Event::Penalised { agent, .. } => (&["penalised"], Some(agent)),
        Event::PenaltyLifted { agent, .. } => (&["penalty_lifted"], Some(agent)),
        Event::Suspended { agent, .. } => (&["suspended"], Some(agent)),
        Event::SuspensionEnded { agent, .. } => (&["suspension_ended"], Some(agent)),
        Event::CursorMoved { agent, .. } => (&["cursor_moved"], Some(agent)),
        Event::OrderSet { .. } => (&["order_set"], None),
        Event::TurnGranted { agent, .. } => (&["granted_by_manager"], Some(agent)),
        Event::TurnTaken { agent, .. } => (&["taken_by_manager"], Some(agent)),
        Event::DayOpened { .. } => (&["day_opened"], None),
        Event::RulesChanged { .. } => (&["rules_changed"], None),
        Event::NumbersSkipped { .. } => (&["numbers_skipped"], None),
        // What the rule sheet wants no line for.
        _ => (&[], None),
    }
}

/// 1: a line at each debt granted, paid, returned, expired or withheld.
fn debts_in_the_book(
    before: &State,
    decision: &Decision,
    state: &State,
    lines: &[&BookLine],
) -> Finding {
    let withheld = |a: &AgentId, r: RotaKind| {
        let offers = decision.events.iter().filter_map(|s| match &s.event {
            Event::Offered(offer) if state.visits.get(&offer.visit)?.rota() == r => Some(offer),
            _ => None,
        });
        let by_courtesy = offers.clone().filter(|o| o.capped && o.agent == *a);
        let passes = offers.flat_map(|o| &o.passed_over);
        let passes = passes.filter(|p| p.agent == *a && p.consequence.is_withheld());
        (passes.count() + by_courtesy.count()) as u64
    };
    let new_day = decision.events.iter();
    let new_day = new_day
        .clone()
        .any(|s| matches!(s.event, Event::DayOpened { .. }));
    for (id, agent) in &state.agents {
        for rota in RotaKind::ALL {
            let now = &agent.accounts.of(rota).debts;
            let nothing = Default::default();
            let then = before
                .agents
                .get(id)
                .map_or(&nothing, |a| &a.accounts.of(rota).debts);
            let count = |codes: &[&str]| {
                let about = lines
                    .iter()
                    .filter(|l| l.agent.as_ref() == Some(id) && l.rota == rota);
                let fits = |l: &&&BookLine| codes.contains(&words::code(&l.reason).as_str());
                about.filter(fits).count() as u64
            };
            let told = [
                count(&["debt_granted", "turn_returned"]) == now.granted - then.granted,
                count(&["debt_paid"]) == now.used - then.used,
                count(&["debt_expired"]) == now.expired - then.expired,
                count(&[
                    "debt_cancelled",
                    "debt_taken_as_penalty",
                    "taken_by_manager",
                ]) == now.cancelled - then.cancelled,
                // The visits of a day that is over are no longer known.
                new_day || count(&["debt_withheld"]) == withheld(id, rota),
            ];
            must(told.iter().all(|t| *t), || {
                format!("1: not every debt of {id} stands in the book: {told:?}")
            })?;
        }
    }
    Ok(())
}

/// 8: no offer outlives its time; nobody waits while somebody eligible stands free, unless for
/// their own agent.
pub(super) fn nobody_waits_in_vain(state: &State) -> Finding {
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
