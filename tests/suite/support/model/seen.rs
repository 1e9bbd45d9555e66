//! What everybody on the floor sees, in the same words for the model and for the product.

use std::collections::{BTreeMap, BTreeSet};

use yingbin::core::chore::Chore;
use yingbin::core::floor::{Decision, Event, State};
use yingbin::core::reception::Reception;
use yingbin::core::rota::{AwayReason, RotaKind, Status};
use yingbin::core::ticket::Line;
use yingbin::core::turn_book::{BookLine, Consequence, PassReason, Rule, words};
use yingbin::core::visit::VisitState;

use super::{Doing, Model, Time, Word};

#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub result: Word,
    pub day: Option<String>,
    pub offers: Vec<OfferSeen>,
    pub guests: Vec<GuestSeen>,
    pub people: Vec<PersonSeen>,
    pub rotas: [(Vec<String>, Option<String>); 2],
    pub line_up: Vec<String>,
    pub numbers: BTreeMap<Line, u32>,
    /// Closed for today, and who stays.
    pub closed: Option<BTreeSet<String>>,
    /// Appointments and registrations by id, each with its agent.
    pub arranged: BTreeMap<String, String>,
    pub screens: BTreeMap<String, String>,
    /// The lines that the last command left in the book; in no order.
    pub lines: Vec<LineSeen>,
}

/// A line of the book without its number, time and parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct LineSeen {
    pub visit: Option<String>,
    pub agent: Option<String>,
    pub rule: Rule,
    pub what: String,
    pub passes: Vec<(String, PassReason, Consequence)>,
}

impl LineSeen {
    fn rank(&self) -> (String, Option<String>, Option<String>, Rule) {
        let (visit, agent) = (self.visit.clone(), self.agent.clone());
        (self.what.clone(), visit, agent, self.rule)
    }

    /// `None` for a kind of line that the second rule sheet does not write.
    pub fn of(line: &BookLine) -> Option<Self> {
        Some(Self {
            visit: line.visit.map(|v| v.to_string()),
            agent: line.agent.as_ref().map(|a| a.0.clone()),
            rule: line.rule,
            what: what(&words::code(&line.reason))?,
            passes: line
                .passed_over
                .iter()
                .map(|p| (p.agent.0.clone(), p.why, p.consequence))
                .collect(),
        })
    }
}

pub fn in_order(mut lines: Vec<LineSeen>) -> Vec<LineSeen> {
    lines.sort_by_key(LineSeen::rank);
    lines
}

/// The line's kind; why exactly an offer was made, its rule says.
pub fn what(code: &str) -> Option<String> {
    if code.starts_with("offered_") {
        return Some("offered".to_owned());
    }
    WRITTEN.contains(&code).then(|| code.to_owned())
}

/// Every kind of line that is compared.
pub fn written() -> impl Iterator<Item = &'static str> {
    WRITTEN.into_iter().chain(["offered"])
}

/// What the second rule sheet writes in its book. A line of another kind is not compared.
const WRITTEN: [&str; 57] = [
    "away",
    "away_announced",
    "away_withdrawn",
    "belongs_to",
    "belongs_to_nobody",
    "called",
    "cancelled",
    "channel_judged",
    "checked_in",
    "closed_by_new_day",
    "cursor_moved",
    "day_closed",
    "day_opened",
    "day_reopened",
    "debt_cancelled",
    "debt_expired",
    "debt_granted",
    "debt_paid",
    "debt_taken_as_penalty",
    "debt_withheld",
    "dropped_from_parking",
    "finished",
    "forgot_with_whom",
    "granted_by_manager",
    "joined",
    "lapsed",
    "left",
    "no_such_appointment",
    "not_a_buyer",
    "not_shown",
    "numbers_skipped",
    "off",
    "order_set",
    "parked",
    "parted",
    "penalised",
    "penalty_lifted",
    "prepaid_cancelled",
    "ready",
    "reassigned",
    "recalled",
    "refused",
    "renumbered",
    "resumed",
    "rules_changed",
    "signed_in",
    "started",
    "still_serving",
    "suspended",
    "suspension_ended",
    "taken_by_manager",
    "transferred",
    "turn_returned",
    "undone",
    "wait_ended",
    "waits_for_asked",
    "withdrawn",
];

#[derive(Clone, Debug, PartialEq)]
pub struct OfferSeen {
    pub visit: String,
    pub agent: String,
    pub rule: Rule,
    pub passes: Vec<(String, PassReason, Consequence)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GuestSeen {
    pub visit: String,
    pub number: String,
    pub also: Option<String>,
    pub line: Line,
    pub state: VisitState,
    pub size: u32,
    /// Agent, rule, and until when the offer stands.
    pub with: Option<(String, Rule, Option<Time>)>,
    pub waits: Option<(String, Time)>,
    pub parked_until: Option<Time>,
    /// Whose guest, and by which word.
    pub wish: Option<(String, String)>,
    pub learned: Option<(String, bool)>,
    pub co_owners: BTreeSet<String>,
    pub refused: BTreeSet<String>,
    pub recalls: u32,
    pub calls: u32,
    /// Who called last, where to, when.
    pub called: Option<(String, String, Time)>,
    pub reception: Reception,
    pub chores: BTreeSet<Chore>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PersonSeen {
    pub name: String,
    pub status: &'static str,
    pub visit: Option<String>,
    pub away: Option<(AwayReason, Time)>,
    pub leaving: Option<(AwayReason, Time)>,
    pub suspended: Option<Time>,
    pub overdue: u32,
    pub served: u32,
    pub pad: Option<(bool, Time)>,
    pub pages: [PageSeen; 2],
}

#[derive(Clone, Debug, PartialEq)]
pub struct PageSeen {
    pub received: i64,
    pub owed: Vec<Time>,
    pub prepaid: i64,
    pub penalties: i64,
    pub lost: i64,
    pub start: i64,
}

impl Model {
    pub fn look(&self, result: Word, now: Time) -> Seen {
        let mut guests: Vec<GuestSeen> = self
            .guests
            .iter()
            .map(|g| GuestSeen {
                visit: g.ticket.clone(),
                number: g.number.to_string(),
                also: g.also.map(|n| n.to_string()),
                line: g.line,
                state: g.state,
                size: g.size,
                with: g.with.as_ref().filter(|_| g.state.has_agent()).map(|w| {
                    let until = (g.state == VisitState::Offered).then_some(w.accept_by);
                    (w.agent.clone(), w.rule, until)
                }),
                waits: g.waits.clone(),
                parked_until: g.parked_until,
                wish: g
                    .wish
                    .as_ref()
                    .map(|w| (w.agent.clone(), format!("{:?}", w.by))),
                learned: g.learned.clone(),
                co_owners: g.co_owners.clone(),
                refused: g.refused.iter().cloned().collect(),
                recalls: g.recalls,
                calls: g.calls,
                called: g.called.clone(),
                reception: g.reception.clone(),
                chores: g.chores.clone(),
            })
            .collect();
        guests.sort_by(|a, b| a.visit.cmp(&b.visit));
        let mut people: Vec<PersonSeen> = self
            .people
            .iter()
            .map(|p| PersonSeen {
                name: p.name.clone(),
                status: match p.doing {
                    Doing::Off => "off",
                    Doing::Offered(_) => "offered",
                    Doing::Serving(_) => "serving",
                    _ if p.suspended.is_some() => "suspended",
                    Doing::Ready => "ready",
                    Doing::Away(..) => "away",
                },
                visit: match &p.doing {
                    Doing::Offered(ticket) | Doing::Serving(ticket) => Some(ticket.clone()),
                    _ => None,
                },
                away: match p.doing {
                    Doing::Away(reason, set_at) => Some((reason, set_at)),
                    _ => None,
                },
                leaving: p.leaving,
                suspended: p.suspended,
                overdue: p.overdue,
                served: p.served,
                pad: p.pad,
                pages: [0, 1].map(|rota| {
                    let page = &p.pages[rota];
                    PageSeen {
                        received: page.received,
                        owed: page.owed.iter().map(|o| o.date).collect(),
                        prepaid: page.prepaid,
                        penalties: page.penalties,
                        lost: page.lost,
                        start: page.start,
                    }
                }),
            })
            .collect();
        people.sort_by(|a, b| a.name.cmp(&b.name));
        Seen {
            result,
            day: self.day.clone(),
            offers: self.offers.clone(),
            guests,
            people,
            rotas: [0, 1].map(|r| (self.rows[r].names.clone(), self.rows[r].cursor.clone())),
            line_up: self.line_up(now),
            numbers: self.numbers.clone(),
            closed: self.closed.clone(),
            arranged: {
                let with =
                    |id: &String, agent: &yingbin::core::id::AgentId| (id.clone(), agent.0.clone());
                let appointed = self.appointments.iter().map(|(id, a)| with(id, &a.agent));
                let registered = self.registrations.iter().map(|(id, r)| with(id, &r.agent));
                appointed.chain(registered).collect()
            },
            screens: {
                let each = self.screens.iter();
                each.map(|(id, code)| (id.0.clone(), code.clone()))
                    .collect()
            },
            lines: in_order(self.lines.clone()),
        }
    }
}

/// The product's floor in the same words; `lines`: how many the book had before.
pub fn floor(state: &State, decision: &Decision, lines: usize) -> Seen {
    let offers = decision.events.iter().filter_map(|s| match &s.event {
        Event::Offered(offer) => Some(OfferSeen {
            visit: offer.visit.to_string(),
            agent: offer.agent.0.clone(),
            rule: offer.rule,
            passes: offer
                .passed_over
                .iter()
                .map(|p| (p.agent.0.clone(), p.why, p.consequence))
                .collect(),
        }),
        _ => None,
    });
    let result = match &decision.result {
        Ok(()) => Ok(()),
        Err(refusal) => Err(refusal.code()),
    };
    Seen {
        result,
        day: state.day.clone(),
        offers: offers.collect(),
        guests: state.visits.values().map(guest).collect(),
        people: state.agents.values().map(person).collect(),
        rotas: RotaKind::ALL.map(|kind| {
            let rota = state.rotas.of(kind);
            let order = rota.order.iter().map(|a| a.0.clone()).collect();
            (order, rota.cursor.as_ref().map(|a| a.0.clone()))
        }),
        line_up: state.line_up().iter().map(ToString::to_string).collect(),
        numbers: state.counters.clone(),
        closed: state
            .closed
            .as_ref()
            .map(|c| c.staying.iter().map(|a| a.0.clone()).collect()),
        arranged: {
            let appointed = state.appointments.values().map(|a| (&a.id, &a.agent));
            let registered = state.registrations.values().map(|r| (&r.id, &r.agent));
            let all = appointed.chain(registered);
            all.map(|(id, agent)| (id.clone(), agent.0.clone()))
                .collect()
        },
        screens: {
            let each = state.devices.iter();
            each.map(|(id, d)| (id.0.clone(), d.enrolment.clone()))
                .collect()
        },
        lines: in_order(
            state.book[lines..]
                .iter()
                .filter_map(LineSeen::of)
                .collect(),
        ),
    }
}

fn guest(v: &yingbin::core::visit::Visit) -> GuestSeen {
    let with = v.assignment.as_ref().filter(|_| v.state.has_agent());
    GuestSeen {
        visit: v.id.to_string(),
        number: v.ticket.to_string(),
        also: v.also.as_ref().map(|o| o.number.to_string()),
        line: v.line,
        state: v.state,
        size: v.party_size,
        with: with.map(|a| {
            let until = (v.state == VisitState::Offered).then_some(a.accept_by.0);
            (a.agent.0.clone(), a.rule, until)
        }),
        waits: v.waits_for.as_ref().map(|w| (w.agent.0.clone(), w.until.0)),
        parked_until: v.parked_until.map(|t| t.0),
        wish: v
            .wanted
            .as_ref()
            .map(|w| (w.agent.0.clone(), format!("{:?}", w.by))),
        learned: v
            .learned_owner
            .as_ref()
            .map(|o| (o.agent.0.clone(), o.bought)),
        co_owners: v.co_owners.iter().map(|a| a.0.clone()).collect(),
        refused: v.refused.iter().map(|a| a.0.clone()).collect(),
        recalls: v.recalls,
        calls: v.calls,
        called: v
            .last_call
            .as_ref()
            .map(|c| (c.agent.0.clone(), c.place.clone(), c.at.0)),
        reception: v.reception.clone(),
        chores: v.chores.clone(),
    }
}

fn person(a: &yingbin::core::rota::Agent) -> PersonSeen {
    PersonSeen {
        name: a.id.0.clone(),
        status: a.status_code(),
        visit: a.status.visit().map(|v| v.to_string()),
        away: match a.status {
            Status::Away { reason, set_at } => Some((reason, set_at.0)),
            _ => None,
        },
        leaving: a.announced.map(|n| (n.reason, n.set_at.0)),
        suspended: a.suspended_until.map(|t| t.0),
        overdue: a.overdue,
        served: a.served,
        pad: a.pad.map(|p| (p.connected, p.since.0)),
        pages: RotaKind::ALL.map(|kind| {
            let account = a.accounts.of(kind);
            PageSeen {
                received: account.received.into(),
                owed: account.debts.open.iter().map(|d| d.date.0).collect(),
                prepaid: account.prepaid.into(),
                penalties: account.penalties.into(),
                lost: account.lost.into(),
                start: account.start.into(),
            }
        }),
    }
}
