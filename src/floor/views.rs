//! What screens see, made from what is committed.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::check_in::assignment;
use super::live::Picture;
use super::memory::Floor;
use crate::core::house_rules::{HouseRules, RotaOrder};
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{Agent, Status};
use crate::core::time::Millis;
use crate::core::turn_book::Rule;
use crate::core::visit::{Visit, VisitState, WantedBy};
use crate::protocol::agent::{AgentList, AgentView, PhoneAccount};
use crate::protocol::board::{Board, Call, Waiting};
use crate::protocol::booking::RegistrationEntry;
use crate::protocol::desk::{Alarm, DeskView, HandView, LapseView, OutboxView, PrinterView};
use crate::protocol::kiosk::{KioskSeries, KioskView};
use crate::protocol::site::{Consultant, SiteView};
use crate::protocol::steer::{AppointmentView, DeskRules};
use crate::protocol::visit::{PrintState, VisitView, WaitsForView, WantedView};

/// Visits already over that the desk still shows.
pub(super) const OVER_SHOWN: usize = 50;
/// Answered calls that the display still shows.
pub(super) const RECENT_CALLS: usize = 8;

/// `own`: what stands before a ticket's token where the site names no page. `kiosk`: the number of the
/// kiosk that asks.
pub(super) fn site(floor: &Floor, own: &str, kiosk: Option<u32>) -> SiteView {
    let (site, rota) = (&floor.state.site, &floor.state.rotas.walk_in);
    SiteView {
        name: site.name.clone(),
        languages: site.languages.clone(),
        recipient: site.recipient.clone(),
        notice: site.notice.clone(),
        visit_purposes: site.visit_purposes.clone(),
        consultants: site
            .staff
            .iter()
            .filter(|s| rota.order.contains(&s.id))
            .map(|s| Consultant {
                id: s.id.clone(),
                name: s.name.clone(),
                title: s.title.clone(),
            })
            .collect(),
        drinks: site.drinks.clone(),
        time_zone: site.time_zone.clone(),
        closed: floor.state.closed.is_some(),
        ticket_base_url: match site.ticket_base_url.as_str() {
            "" => own.to_owned(),
            base => base.to_owned(),
        },
        kiosk: kiosk.map(|number| KioskSeries {
            number,
            day: floor.state.day.clone().unwrap_or_default(),
            last: floor.state.last_of_kiosk(number),
        }),
    }
}

pub(super) fn visit(floor: &Floor, visit: &Visit) -> VisitView {
    visit_behind(floor, visit, floor.state.ahead_at(visit.id, now(floor)))
}

/// The day's visits in order, all of them or those of one state.
pub(super) fn visits(floor: &Floor, only: Option<VisitState>) -> Vec<VisitView> {
    // Looked up once for all: with thousands waiting, seeking each one's place in the queue would
    // hold the engine up.
    let places = places(floor);
    let ahead = |v: &Visit| places.get(&v.id).and_then(|at| u32::try_from(*at).ok());
    flow(floor, &places, only)
        .into_iter()
        .map(|v| visit_behind(floor, v, ahead(v)))
        .collect()
}

/// As late as the latest event, and the moment of the look.
pub(super) fn now(floor: &Floor) -> Millis {
    floor.now.max(floor.state.last)
}

fn places(floor: &Floor) -> HashMap<VisitId, usize> {
    let line = floor.state.line_up_at(now(floor)).into_iter().enumerate();
    line.map(|(at, v)| (v, at)).collect()
}

/// `ahead`: parties served before it.
fn visit_behind(floor: &Floor, visit: &Visit, ahead: Option<u32>) -> VisitView {
    let state = &floor.state;
    let offered = visit.state == VisitState::Offered;
    let waiting = visit.state == VisitState::Waiting;
    VisitView {
        id: visit.id,
        ticket: visit.ticket.to_string(),
        also: visit.also.as_ref().map(|o| o.number.to_string()),
        line: visit.line,
        state: visit.state,
        checked_in_at: visit.checked_in_at.rfc3339(),
        since: visit.since.rfc3339(),
        waits_since: waiting.then(|| visit.waits_since().rfc3339()),
        patience_ends: waiting.then(|| state.patience_ends(visit).rfc3339()),
        language: visit.language,
        first_visit: visit.first_visit,
        purpose: visit.purpose.clone(),
        party_size: visit.party_size,
        drink: visit.drink.clone(),
        address_form: floor.form(visit.id),
        asked_for: visit.asked_for.clone(),
        wanted: wanted(visit),
        learned_owner: visit.learned_owner.as_ref().map(|o| o.agent.clone()),
        co_owners: visit.co_owners.iter().cloned().collect(),
        assignment: assignment(floor, visit),
        waits_for: visit.waits_for.as_ref().map(|w| WaitsForView {
            agent: w.agent.clone(),
            until: w.until.rfc3339(),
        }),
        accept_by: visit
            .assignment
            .as_ref()
            .filter(|_| offered)
            .map(|a| a.accept_by.rfc3339()),
        recalls: visit.recalls,
        ahead,
        actions: state.actions(visit),
        print: floor.print(visit.id),
        courtesy: visit
            .assignment
            .as_ref()
            .is_some_and(|a| a.rule == Rule::Courtesy),
        chores: visit.chores.iter().copied().collect(),
        wait_range: state.told(visit.id).map(|told| told.range),
    }
}

/// Whose guest the party is, and who says so.
fn wanted(visit: &Visit) -> Option<WantedView> {
    let wanted = visit.wanted.as_ref()?;
    let mut view = WantedView {
        agent: wanted.agent.clone(),
        rule: Rule::AskedFor,
        source: None,
        time: None,
        broker: None,
        refused: visit.refused.contains(&wanted.agent),
    };
    match &wanted.by {
        WantedBy::Appointment { time, .. } => {
            view.rule = Rule::Appointment;
            view.time = Some(time.rfc3339());
        }
        WantedBy::Channel { broker } => {
            view.rule = Rule::Channel;
            view.broker = Some(broker.clone());
        }
        WantedBy::Owner { source, .. } => {
            view.rule = Rule::Owner;
            view.source = Some(*source);
        }
        WantedBy::Name => {}
    }
    Some(view)
}

/// The day's visits: those with an agent, the waiting and the parked, each in order of turn, then
/// the ones that are over, latest first. `only`: all of that one state, however many.
fn flow<'a>(
    floor: &'a Floor,
    places: &HashMap<VisitId, usize>,
    only: Option<VisitState>,
) -> Vec<&'a Visit> {
    let state = &floor.state;
    let mut open: Vec<&Visit> = Vec::new();
    let mut over: Vec<&Visit> = Vec::new();
    let wanted = |v: &&Visit| only.is_none_or(|state| v.state == state);
    for visit in state.visits.values().filter(wanted) {
        if visit.state.is_over() {
            over.push(visit);
        } else {
            open.push(visit);
        }
    }
    let rank = |v: &Visit| match v.state {
        VisitState::Waiting => 1,
        VisitState::Parked => 2,
        _ => 0,
    };
    open.sort_by_key(|v| {
        let place = places.get(&v.id).copied().unwrap_or(0);
        (rank(v), place, v.came())
    });
    over.sort_by_key(|v| Reverse((v.since, v.came())));
    if only.is_none() {
        over.truncate(OVER_SHOWN);
    }
    open.extend(over);
    open
}

pub(super) fn agent(floor: &Floor, agent: &Agent) -> AgentView {
    let (account, phone) = (&agent.accounts.walk_in, &agent.accounts.phone);
    let visit = agent.status.visit();
    AgentView {
        id: agent.id.clone(),
        name: agent.name.clone(),
        title: agent.title.clone(),
        place: agent.place.clone(),
        status: agent.status_code().to_owned(),
        away_reason: match agent.status {
            Status::Away { reason, .. } => Some(reason),
            _ => None,
        },
        announced: agent.announced.map(|a| a.reason),
        since: agent.since.rfc3339(),
        visit,
        ticket: visit
            .and_then(|v| floor.state.visits.get(&v))
            .map(|v| v.ticket.to_string()),
        received: account.received,
        served: agent.served,
        owed: u32::try_from(account.debts.open.len()).unwrap_or(u32::MAX),
        prepaid: account.prepaid,
        phone: PhoneAccount {
            received: phone.received,
            owed: u32::try_from(phone.debts.open.len()).unwrap_or(u32::MAX),
            prepaid: phone.prepaid,
            penalties: phone.penalties,
        },
        turn: floor.state.turn_of(&agent.id),
        penalties: account.penalties,
        suspended_until: agent.suspended_until.map(Millis::rfc3339),
        pad: agent.pad.map(|p| p.connected),
    }
}

/// Those on the staff list in its order, then whoever left it and still has a guest.
pub(super) fn agents(floor: &Floor) -> AgentList {
    let state = &floor.state;
    let on_list = state.site.agents().filter_map(|s| state.agents.get(&s.id));
    // A newcomer with a guest stands on the list still, and only once.
    let listed = |id: &AgentId| state.site.agents().any(|s| s.id == *id);
    let departed = state
        .agents
        .values()
        .filter(|a| !listed(&a.id) && a.status.visit().is_some());
    AgentList {
        agents: on_list.chain(departed).map(|a| agent(floor, a)).collect(),
        next: state.next_agent(),
    }
}

impl Picture for Board {
    fn stamp(&mut self, version: u64, at: String) {
        (self.version, self.at) = (version, at);
    }
}

impl Picture for DeskView {
    fn stamp(&mut self, version: u64, at: String) {
        (self.version, self.at) = (version, at);
    }
}

/// The board without its version and time, which say nothing new by themselves.
pub(super) fn board(floor: &Floor) -> Board {
    let state = &floor.state;
    let call = |visit: &Visit| {
        let last = visit.last_call.as_ref()?;
        let call = Call {
            ticket: visit.ticket.to_string(),
            consultant: floor.agent_name(&last.agent),
            place: last.place.clone(),
            called_at: floor.calendar.local(last.at),
            times: visit.calls,
        };
        Some((last.at, call))
    };
    let latest_first = |mut calls: Vec<(Millis, Call)>| {
        calls.sort_by_key(|(at, _)| Reverse(*at));
        calls.into_iter().map(|(_, call)| call).collect::<Vec<_>>()
    };
    let in_state = |states: &[VisitState]| {
        latest_first(
            state
                .visits
                .values()
                .filter(|v| states.contains(&v.state))
                .filter_map(call)
                .collect(),
        )
    };
    let mut recent = in_state(&[VisitState::Serving, VisitState::Finished]);
    recent.truncate(RECENT_CALLS);
    // A guest whose agent was not called out yet is still waiting in the lobby.
    let mut offered: Vec<&Visit> = state
        .visits
        .values()
        .filter(|v| v.state == VisitState::Offered)
        .collect();
    offered.sort_by_key(|v| v.came());
    let line = state.line_up_at(now(floor));
    let queued = line.iter().filter_map(|id| state.visits.get(id));
    Board {
        version: 0,
        at: String::new(),
        now_calling: in_state(&[VisitState::Called]),
        recent,
        waiting: offered
            .into_iter()
            .chain(queued)
            .map(|v| Waiting {
                ticket: v.ticket.to_string(),
                line: v.line,
            })
            .collect(),
    }
}

/// The desk's picture without its version and time.
pub(super) fn desk(
    floor: &Floor,
    printer: &str,
    outbox: &str,
    kiosks: Vec<KioskView>,
    alarms: Vec<Alarm>,
) -> DeskView {
    let agents = agents(floor);
    DeskView {
        version: 0,
        at: String::new(),
        day: floor.state.day.clone().unwrap_or_default(),
        visits: visits(floor, None),
        agents: agents.agents,
        next: agents.next,
        printer: self::printer(floor, printer),
        outbox: OutboxView {
            backlog: floor.head.seq - floor.delivered,
            oldest: floor.oldest.clone(),
            state: outbox.to_owned(),
        },
        kiosks,
        alarms,
        served_today: floor.state.served_today(),
        lapses: floor
            .lapses
            .iter()
            .rev()
            .filter_map(|line| {
                Some(LapseView {
                    ticket: line.ticket?.to_string(),
                    agent: line.agent.clone()?,
                    at: line.at.rfc3339(),
                })
            })
            .collect(),
        appointments: appointments(floor),
        registrations: registrations(floor),
        closed: floor.state.closed.as_ref().map(|c| c.at.rfc3339()),
        sheet_signed: floor.closing_sheet().map(|s| s.at.rfc3339()),
        acknowledged: floor.state.acknowledged.iter().cloned().collect(),
        rules: rules(&floor.state.rules),
        hands: hands(floor),
    }
}

/// Today's appointments by time, each with the party that came for it.
fn appointments(floor: &Floor) -> Vec<AppointmentView> {
    let state = &floor.state;
    let came: std::collections::BTreeMap<&str, VisitId> = state
        .visits
        .values()
        .filter_map(|v| match &v.wanted.as_ref()?.by {
            WantedBy::Appointment { id, .. } => Some((id.as_str(), v.id)),
            _ => None,
        })
        .collect();
    let mut today: Vec<_> = state
        .appointments
        .values()
        .filter(|a| Some(floor.calendar.day(a.time)) == state.day)
        .collect();
    today.sort_by_key(|a| (a.time, a.id.clone()));
    today
        .into_iter()
        .map(|a| AppointmentView {
            id: a.id.clone(),
            agent: a.agent.clone(),
            time: floor.calendar.local(a.time),
            visit: came.get(a.id.as_str()).copied(),
        })
        .collect()
}

fn registrations(floor: &Floor) -> Vec<RegistrationEntry> {
    let state = &floor.state;
    let valid = state.registrations.values();
    let valid = valid.filter(|r| r.expires > state.last);
    valid.map(RegistrationEntry::from).collect()
}

fn rules(rules: &HouseRules) -> DeskRules {
    DeskRules {
        reason_lead_seconds: rules.reason_lead_seconds,
        owed_cap: rules.owed_cap,
        long_service_minutes: rules.long_service_minutes,
        by_list: rules.rota_order == RotaOrder::ManagersList,
        ready_needs_pin: !rules.desk_sets_ready.is_yes(),
    }
}

/// Agents who ask for a hand, the longest waiting first.
pub(super) fn hands(floor: &Floor) -> Vec<HandView> {
    let serving = floor.state.visits.values();
    let mut hands: Vec<(Millis, HandView)> = serving
        .filter(|v| v.state == VisitState::Serving)
        .filter_map(|v| Some((v, v.assignment.as_ref()?)))
        .flat_map(|(visit, assignment)| {
            visit.reception.hands.iter().map(move |(kind, since)| {
                let hand = HandView {
                    visit: visit.id,
                    ticket: visit.ticket.to_string(),
                    agent: assignment.agent.clone(),
                    name: floor.agent_name(&assignment.agent),
                    place: assignment.place.clone(),
                    kind: *kind,
                    since: since.rfc3339(),
                };
                (*since, hand)
            })
        })
        .collect();
    hands.sort_by_key(|(since, hand)| (*since, hand.visit, hand.kind));
    hands.into_iter().map(|(_, hand)| hand).collect()
}

fn printer(floor: &Floor, state: &str) -> PrinterView {
    let count = |states: &[PrintState]| {
        let last = floor.prints.keys().filter_map(|v| floor.last_print(*v));
        let found = last.filter(|p| states.contains(&p.state));
        u32::try_from(found.count()).unwrap_or(u32::MAX)
    };
    PrinterView {
        state: state.to_owned(),
        queued: count(&[PrintState::Queued, PrintState::Sent]),
        failed_today: count(&[PrintState::Failed]),
        unknown_today: count(&[PrintState::Unknown]),
    }
}
