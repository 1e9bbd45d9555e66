//! What the floor says, for the desk's view model.

use crate::client::ClientError;
use crate::client::live::{Live, Silence};
use crate::core::clock;
use crate::core::desk::{
    Agent, Assigned, Booked, Hand, KioskStand, Lapse, Message, Outbox, PhoneCounts, Picture,
    Printer, Private, Registered, Rules, Showroom, Trouble, Visit, Wait,
};
use crate::core::site::StaffRole;
use crate::core::time::Millis;
use crate::core::turn_book::Rule;
use crate::protocol::agent::AgentView;
use crate::protocol::check_in::CheckInAnswer;
use crate::protocol::desk::DeskView;
use crate::protocol::site::SiteView;
use crate::protocol::staff::StaffFace;
use crate::protocol::visit::{PrintState, VisitView};

/// What the live line says.
pub fn message(news: Live<DeskView>) -> Message {
    match news {
        Live::View(view) => Message::News {
            zone: clock::zone_of(&view.at),
            picture: Box::new(picture(view)),
        },
        Live::Stale {
            why: Silence::OtherFloor,
            ..
        } => Message::OtherFloor,
        Live::Stale { why, .. } => Message::Silent {
            refused: matches!(why, Silence::Refused(401 | 403)),
        },
    }
}

/// The showroom; `None` where its time zone is none that is known. `recipient` is the one
/// this desk was enrolled with.
pub fn showroom(site: SiteView, recipient: &str) -> Option<Showroom> {
    Some(Showroom {
        recipient_is_pinned: site.recipient == recipient,
        zone: crate::core::time::zone(&site.time_zone)?,
        name: site.name,
        managers: Vec::new(),
        staff: Vec::new(),
        languages: site.languages,
        notice: site.notice,
        purposes: site.visit_purposes,
        drinks: site.drinks,
    })
}

/// With those who can sign in.
pub fn with_staff(showroom: Showroom, faces: &[StaffFace]) -> Showroom {
    let name = |f: &StaffFace| (f.id.clone(), f.name.clone());
    let managers = faces.iter().filter(|f| f.role == StaffRole::Manager);
    Showroom {
        managers: managers.map(name).collect(),
        staff: faces.iter().map(name).collect(),
        ..showroom
    }
}

pub fn trouble(error: ClientError) -> Trouble {
    if let ClientError::Refused(problem) = &error
        && (!error.is_temporary() || problem.status == 429)
    {
        return Trouble::Refused {
            code: problem.code.clone(),
        };
    }
    match error {
        ClientError::Unreachable | ClientError::OtherFloor => Trouble::Unreachable,
        ClientError::Refused(_) => Trouble::Busy,
        ClientError::Unreadable | ClientError::Settings(_) => Trouble::Broken,
    }
}

pub fn registered(answer: CheckInAnswer) -> Registered {
    Registered {
        visit: answer.visit_id,
        ticket: answer.ticket.number,
        ahead: answer.ticket.ahead,
        wait_s: answer.ticket.wait_s,
        wait_range: answer.ticket.wait_range,
        agent: answer.assignment.map(|a| (a.name, a.place)),
    }
}

fn picture(view: DeskView) -> Picture {
    Picture {
        visits: view.visits.into_iter().map(visit).collect(),
        agents: view.agents.into_iter().map(agent).collect(),
        next: view.next,
        printer: Printer {
            state: view.printer.state,
            queued: view.printer.queued,
            failed_today: view.printer.failed_today,
            unknown_today: view.printer.unknown_today,
        },
        outbox: Outbox {
            backlog: view.outbox.backlog,
            oldest: view
                .outbox
                .oldest
                .as_deref()
                .and_then(Millis::parse_rfc3339),
            state: view.outbox.state,
        },
        served_today: view.served_today,
        lapses: view
            .lapses
            .into_iter()
            .map(|l| Lapse {
                at: time(&l.at),
                ticket: l.ticket,
                agent: l.agent,
            })
            .collect(),
        appointments: view
            .appointments
            .into_iter()
            .map(|a| Booked {
                time: time(&a.time),
                id: a.id,
                agent: a.agent,
                visit: a.visit,
            })
            .collect(),
        // One that cannot be read is none that could be chosen.
        registrations: view
            .registrations
            .iter()
            .filter_map(|r| r.read().ok())
            .collect(),
        hands: view
            .hands
            .into_iter()
            .map(|h| Hand {
                visit: h.visit,
                name: h.name,
                place: h.place,
                kind: h.kind,
            })
            .collect(),
        alarms: view
            .alarms
            .into_iter()
            .map(|a| (a.code, time(&a.since)))
            .collect(),
        kiosks: view
            .kiosks
            .into_iter()
            .map(|k| KioskStand {
                name: k.series.unwrap_or_else(|| k.id.to_string()),
                silent_since: k.offline_since.as_deref().and_then(Millis::parse_rfc3339),
                set_aside: k.set_aside,
            })
            .collect(),
        closed: view.closed.as_deref().and_then(Millis::parse_rfc3339),
        sheet_signed: view.sheet_signed.as_deref().and_then(Millis::parse_rfc3339),
        acknowledged: view.acknowledged.into_iter().collect(),
        rules: Rules {
            ready_needs_pin: view.rules.ready_needs_pin,
            reason_lead_seconds: view.rules.reason_lead_seconds,
            owed_cap: view.rules.owed_cap,
            by_list: view.rules.by_list,
        },
    }
}

fn visit(view: VisitView) -> Visit {
    Visit {
        id: view.id,
        ticket: view.ticket,
        also: view.also,
        line: view.line,
        state: view.state,
        checked_in_at: time(&view.checked_in_at),
        since: time(&view.since),
        wait: view
            .waits_since
            .as_deref()
            .zip(view.patience_ends.as_deref())
            .map(|(since, ends)| Wait {
                since: time(since),
                patience_ends: time(ends),
            }),
        language: view.language,
        first_visit: view.first_visit,
        purpose: view.purpose,
        party_size: view.party_size,
        drink: view.drink,
        address_form: Private(view.address_form.unwrap_or_default()),
        asked_for: view.asked_for,
        assigned: view.assignment.map(|a| Assigned {
            agent: a.agent,
            name: a.name,
            place: a.place,
            reason: a.reason,
        }),
        waits_for: view.waits_for.map(|w| (w.agent, time(&w.until))),
        accept_by: view.accept_by.as_deref().and_then(Millis::parse_rfc3339),
        recalls: view.recalls,
        actions: view.actions,
        paper: match view.print.state {
            PrintState::Queued => "queued",
            PrintState::Sent => "sent",
            PrintState::Printed => "printed",
            PrintState::Unknown => "unknown",
            PrintState::Failed => "failed",
            PrintState::None => "none",
        }
        .to_owned(),
        paper_problem: view.print.problem,
        belongs_to: view
            .wanted
            .map(|w| (w.agent, belongs_by(w.rule).to_owned())),
        co_owners: view.co_owners,
        courtesy: view.courtesy,
        learned_owner: view.learned_owner,
        chores: view.chores,
        wait_range: view.wait_range,
    }
}

/// The name in `desk.belongs_by_<name>`.
const fn belongs_by(rule: Rule) -> &'static str {
    match rule {
        Rule::Appointment => "appointment",
        Rule::Channel => "channel",
        Rule::Owner => "owner",
        _ => "name",
    }
}

fn agent(view: AgentView) -> Agent {
    Agent {
        id: view.id,
        name: view.name,
        place: view.place,
        status: view.status,
        away: view.away_reason,
        announced: view.announced,
        since: time(&view.since),
        ticket: view.ticket,
        received: view.received,
        served: view.served,
        owed: view.owed,
        prepaid: view.prepaid,
        phone: PhoneCounts {
            received: view.phone.received,
            owed: view.phone.owed,
            prepaid: view.phone.prepaid,
            penalties: view.phone.penalties,
        },
        turn: view.turn,
        penalties: view.penalties,
        suspended_until: view
            .suspended_until
            .as_deref()
            .and_then(Millis::parse_rfc3339),
    }
}

fn time(rfc3339: &str) -> Millis {
    Millis::parse_rfc3339(rfc3339).unwrap_or_default()
}
