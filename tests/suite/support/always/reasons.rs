//! Every reason is true of the state before it (5), and an offer is one that can be made (1, 8).

use yingbin::core::floor::event::{Offer, TurnBack};
use yingbin::core::floor::{Event, Stamped};
use yingbin::core::house_rules::RotaOrder;
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::rota::{AwayReason, Status, TurnUse};
use yingbin::core::time::Millis;
use yingbin::core::turn_book::{Reason, Rule, Tie};
use yingbin::core::visit::{CheckIn, Visit, VisitState, Wanted, WantedBy};

use super::passes::Passing;
use super::{Finding, Watch, must};

impl Watch {
    pub(super) fn true_of_the_state_before(&self, stamped: &Stamped) -> Finding {
        let (at, event) = (stamped.at, &stamped.event);
        let so = match event {
            Event::Offered(offer) => return self.offer_is_true(offer, at),
            Event::CheckedIn {
                check_in, wanted, ..
            } => self.belongs_so(check_in, wanted.as_ref()),
            Event::TurnReturned {
                visit, agent, back, ..
            } => self.had_the_turn(*visit, agent, *back),
            Event::DebtExpired { agent, rota, debt }
            | Event::TurnTaken {
                agent, rota, debt, ..
            } => {
                let agent = &self.told.agents[agent];
                agent.accounts.of(*rota).debts.open.contains(debt)
            }
            Event::DayOpened { day } => {
                let visits = self.told.visits.values();
                let over = visits.clone().all(|v| v.state.is_over());
                over && self.told.day.as_ref().is_none_or(|open| open < day)
            }
            Event::DayClosed { staying, .. } => {
                let on_duty = self
                    .told
                    .agents
                    .values()
                    .filter(|a| a.status != Status::Off);
                self.told.closed.is_none() && on_duty.map(|a| &a.id).eq(staying)
            }
            Event::DayReopened { .. } => self.told.closed.is_some(),
            event => self.so_of_an_agent(at, event) && self.so_of_a_visit(at, event),
        };
        must(so, || format!("5: not true of the state before: {event:?}"))
    }

    /// What people do, and what is decided about them.
    fn so_of_an_agent(&self, at: Millis, event: &Event) -> bool {
        let status = |a: &AgentId| self.told.agents[a].status;
        let serving = |a| matches!(status(a), Status::Serving { .. });
        let suspended = |a: &AgentId| self.told.agents[a].suspended_until;
        match event {
            Event::SignedIn { agent, .. } => {
                status(agent) == Status::Off && self.told.agents[agent].employed
            }
            Event::BecameReady { agent } => matches!(status(agent), Status::Away { .. }),
            Event::WentAway { agent, reason } => match (status(agent), reason) {
                (Status::Ready, _) => true,
                // Of two lapses at once, or an away that was announced.
                (Status::Away { reason: now, .. }, reason) => now != *reason,
                _ => false,
            },
            Event::AwayAnnounced { agent, reason } => {
                serving(agent) && *reason != AwayReason::Unreachable
            }
            Event::AwayWithdrawn { agent } => self.told.agents[agent].announced.is_some(),
            Event::ServiceVouched { agent } => serving(agent),
            Event::WentOff { agent } => {
                matches!(status(agent), Status::Ready | Status::Away { .. })
            }
            Event::Suspended { until, .. } => *until > at,
            Event::SuspensionEnded { agent, .. } => suspended(agent).is_some(),
            Event::Penalised { turns, .. } => *turns > 0,
            Event::PenaltyLifted {
                agent, rota, turns, ..
            } => self.told.agents[agent].accounts.of(*rota).penalties == *turns,
            Event::CursorMoved { agent, rota, .. } => {
                self.told.rotas.of(*rota).order.contains(agent)
            }
            _ => true,
        }
    }

    /// The course of a visit.
    fn so_of_a_visit(&self, at: Millis, event: &Event) -> bool {
        use VisitState::*;
        let Some(visit) = event.visit().and_then(|v| self.told.visits.get(&v)) else {
            return true;
        };
        let rules = &self.told.rules;
        let with = |agent: &AgentId, states: &[VisitState]| {
            let holder = visit.assignment.as_ref().map(|a| &a.agent);
            holder == Some(agent) && states.contains(&visit.state)
        };
        let ready = |a: &AgentId| self.told.agents[a].is_ready();
        let busy = |a: &AgentId| self.told.agents[a].status.visit().is_some();
        match event {
            Event::Lapsed { agent, seconds, .. } => {
                with(agent, &[Offered])
                    && visit.assignment.as_ref().is_some_and(|a| {
                        let stood = at.since(a.offered_at);
                        a.accept_by <= at && stood >= i64::from(*seconds) * 1000
                    })
            }
            Event::WaitsFor {
                agent,
                until,
                minutes,
                ..
            } => {
                visit.wanted_now().is_some_and(|w| w.agent == *agent)
                    && busy(agent)
                    && *minutes == rules.wait_for_owner_minutes
                    && *until == at.plus_minutes(i64::from(*minutes))
            }
            Event::WaitEnded { .. } => visit.waits_for.as_ref().is_some_and(|w| {
                let works = self.told.agents[&w.agent].employed;
                w.until <= at || !works || (!busy(&w.agent) && !ready(&w.agent))
            }),
            Event::Called { agent, .. } => with(agent, &[Offered, Called]),
            Event::Recalled { agent, times, .. } => {
                with(agent, &[Called]) && *times == visit.recalls + 1
            }
            Event::Started { agent, .. } => with(agent, &[Called]),
            Event::Finished { agent, .. } => with(agent, &[Serving]),
            Event::Refused { agent, .. } => with(agent, &[Offered, Called, Serving]),
            Event::Withdrawn { agent, .. } => with(agent, &[Offered, Called]),
            Event::Reception { agent, .. } => with(agent, &[Serving]),
            Event::Parked {
                missed_call: true, ..
            } => visit.state == Called && visit.recalls >= rules.recalls,
            Event::Parked { .. } => matches!(visit.state, Waiting | Offered | Called),
            Event::Requeued { .. } => visit.state == Parked,
            Event::Dropped {
                minutes: Some(minutes),
                ..
            } => {
                let kept = at.since(visit.since) >= i64::from(*minutes) * 60_000;
                let ended = visit.parked_until.is_some_and(|until| until <= at);
                visit.state == Parked && ended && kept
            }
            Event::Dropped { minutes: None, .. } => visit.state == Parked,
            Event::Left { .. } => {
                matches!(visit.state, Waiting | Offered | Called | Parked)
            }
            Event::Cancelled { .. } => visit.state != Finished && visit.state != Cancelled,
            Event::NotABuyer { .. } => !visit.state.is_over(),
            Event::Transferred { line, .. } => line.rota() == visit.rota(),
            Event::Reassigned { from, .. } => {
                let holder = visit.assignment.as_ref().map(|a| &a.agent);
                from.as_ref() == holder && !visit.state.is_over()
            }
            Event::Joined { into, .. } => {
                let host = &self.told.visits[into];
                host.rota() == visit.rota() && !host.state.is_over() && *into != visit.id
            }
            Event::Undone { to, .. } => visit
                .undo
                .as_ref()
                .is_some_and(|u| at < u.until && u.since == to.since),
            Event::ChannelJudged {
                registration,
                verdict,
                ..
            } => {
                use yingbin::core::booking::Verdict;
                let before = registration.registered < visit.checked_in_at;
                let still = registration.expires > visit.checked_in_at;
                *verdict
                    == match (before, still) {
                        (false, _) => Verdict::NotBefore,
                        (true, false) => Verdict::Expired,
                        (true, true) => Verdict::Valid,
                    }
            }
            Event::AppointmentMissing { .. } => !matches!(
                visit.wanted,
                Some(Wanted {
                    by: WantedBy::Appointment { .. },
                    ..
                })
            ),
            Event::ForgotWithWhom { days, .. } => {
                !visit.first_visit && visit.wanted.is_none() && *days == rules.claim_days
            }
            Event::BelongsTo { wanted, .. } => {
                let works = |w: &Wanted| self.told.agents[&w.agent].employed;
                visit.wanted != *wanted && wanted.as_ref().is_none_or(works)
            }
            Event::OwnerLearned { owner, .. } => {
                !visit.state.is_over() && !visit.refused.contains(&owner.agent)
            }
            Event::CourtesyForfeited { agent, debt, .. } => {
                let account = self.told.agents[agent].accounts.of(visit.rota());
                account.debts.open.contains(debt)
            }
            Event::Renumbered { ticket, .. } => {
                let mut others = self.told.visits.values().filter(|v| !v.late);
                others.all(|v| v.ticket != *ticket)
            }
            _ => true,
        }
    }

    /// Rules 3 to 5, of a party that has just come.
    fn belongs_so(&self, said: &CheckIn, wanted: Option<&Wanted>) -> bool {
        let Some(wanted) = wanted else { return true };
        let works = self.told.agents[&wanted.agent].employed;
        let asked = said.asked_for.as_ref() == Some(&wanted.agent);
        let so = match &wanted.by {
            WantedBy::Appointment { id, time } => {
                let known = self.told.appointments.get(id);
                known.is_some_and(|a| a.agent == wanted.agent && a.time == *time)
            }
            WantedBy::Channel { broker } => {
                let shown = said.channel.as_ref();
                shown.is_some_and(|r| r.agent == wanted.agent && r.broker == *broker)
            }
            WantedBy::Owner { source, .. } => {
                use yingbin::core::visit::OwnerSource;
                match source {
                    OwnerSource::Centre => {
                        let known = said.owner.as_ref();
                        known.is_some_and(|o| o.agent == wanted.agent)
                    }
                    OwnerSource::Guest => asked && !said.first_visit,
                    OwnerSource::Desk => false,
                }
            }
            WantedBy::Name => asked && said.first_visit,
        };
        works && so
    }

    fn had_the_turn(&self, visit: VisitId, agent: &AgentId, back: TurnBack) -> bool {
        let rota = self.told.visits[&visit].rota();
        let page = self.told.agents[agent].accounts.of(rota);
        match back {
            TurnBack::Debt { received: true, .. } => page.received > 0,
            TurnBack::Debt {
                received: false, ..
            } => page.lost > 0,
            TurnBack::PrepaidCancelled => page.prepaid > 0 && page.received > 0,
        }
    }

    fn offer_is_true(&self, offer: &Offer, at: Millis) -> Finding {
        let state = &self.told;
        let visit = &state.visits[&offer.visit];
        let agent = &state.agents[&offer.agent];
        must(visit.state == VisitState::Waiting, || {
            format!("1: {} is offered while {:?}", visit.ticket, visit.state)
        })?;
        let seconds = i64::from(state.rules.accept_seconds);
        must(offer.accept_by == at.plus_seconds(seconds), || {
            format!("8: the offer of {} stands too long", visit.ticket)
        })?;
        let free =
            agent.is_ready() || (offer.rule == Rule::Override && agent.status == Status::Ready);
        must(free, || format!("5: {} is not free", agent.id))?;
        let wanted = visit.wanted_now().map(|w| &w.agent);
        let again = offer.reason == Reason::OfferedAgain;
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
        must(
            (true_rule && self.reason_fits(offer, visit)) || again,
            || format!("5: {:?} {:?} is not so", offer.rule, offer.reason),
        )?;
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
        let mut passing = Passing::new(state, offer, at);
        for pass in &offer.passed_over {
            passing.pass(pass)?;
        }
        if by_turn && offer.debt.is_none() {
            passing.receives(&offer.agent)?;
            if state.rules.rota_order != RotaOrder::FewestReceived {
                self.cursor_reaches_everybody(visit, offer)?;
            }
        }
        Ok(())
    }

    /// The parameters of the reason are those of the guest, the agents and the debt.
    fn reason_fits(&self, offer: &Offer, visit: &Visit) -> bool {
        let wanted = visit.wanted_now();
        let by = wanted.map(|w| &w.by);
        let uses_a_turn = offer.turn != TurnUse::Free;
        let booked = |prepaid, counts| {
            prepaid == (offer.turn == TurnUse::Prepaid) && counts == (offer.turn == TurnUse::Turn)
        };
        let debt = |cancelled: bool, since: Millis| {
            let taken = offer.debt.as_ref();
            taken.is_some_and(|t| t.cancelled == cancelled && t.debt.date == since)
        };
        match &offer.reason {
            Reason::OfferedInTurn => offer.rule == Rule::InTurn && offer.turn == TurnUse::Turn,
            Reason::OfferedOwedTurn { since } => debt(false, *since),
            Reason::OfferedReturnedTurn { since } => {
                let from = offer.debt.as_ref().and_then(|t| t.debt.returned_from);
                debt(true, *since) && from == Some(visit.id)
            }
            Reason::OfferedAskedFor { prepaid, counts } => {
                by == Some(&WantedBy::Name) && booked(*prepaid, *counts)
            }
            Reason::OfferedAppointment { time } => {
                matches!(by, Some(WantedBy::Appointment { time: t, .. }) if t == time)
                    && !uses_a_turn
            }
            Reason::OfferedChannel { broker } => {
                matches!(by, Some(WantedBy::Channel { broker: b }) if b == broker) && !uses_a_turn
            }
            Reason::OfferedOwner {
                source,
                prepaid,
                counts,
            } => {
                matches!(by, Some(WantedBy::Owner { source: s, .. }) if s == source)
                    && booked(*prepaid, *counts)
            }
            Reason::OfferedCourtesy {
                asked_for,
                busy,
                credit,
                tie,
            } => {
                let has_guest = self.told.agents[asked_for].status.visit().is_some();
                wanted.is_some_and(|w| w.agent == *asked_for && Tie::of(&w.by) == *tie)
                    && *busy == has_guest
                    && *credit == self.told.rules.courtesy_credit
            }
            Reason::OfferedOverride { why } => {
                offer.rule == Rule::Override && !why.trim().is_empty()
            }
            _ => false,
        }
    }
}
