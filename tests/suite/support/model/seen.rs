//! What everybody on the floor sees, in the same words for the model and for the product.

use std::collections::BTreeMap;

use yingbin::core::floor::{Decision, Event, State};
use yingbin::core::rota::{AwayReason, RotaKind, Status};
use yingbin::core::ticket::Line;
use yingbin::core::turn_book::{Consequence, PassReason, Rule};
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
}

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
    pub line: Line,
    pub state: VisitState,
    pub size: u32,
    /// Agent, rule, and until when the offer stands.
    pub with: Option<(String, Rule, Option<Time>)>,
    pub waits: Option<(String, Time)>,
    pub parked_until: Option<Time>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PersonSeen {
    pub name: String,
    pub status: &'static str,
    pub visit: Option<String>,
    pub away: Option<(AwayReason, Time)>,
    pub leaving: Option<(AwayReason, Time)>,
    pub suspended: Option<Time>,
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
                line: g.line,
                state: g.state,
                size: g.size,
                with: g.with.as_ref().filter(|_| g.state.has_agent()).map(|w| {
                    let until = (g.state == VisitState::Offered).then_some(w.accept_by);
                    (w.agent.clone(), w.rule, until)
                }),
                waits: g.waits.clone(),
                parked_until: g.parked_until,
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
        }
    }
}

/// The product's floor in the same words.
pub fn floor(state: &State, decision: &Decision) -> Seen {
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
    }
}

fn guest(v: &yingbin::core::visit::Visit) -> GuestSeen {
    let with = v.assignment.as_ref().filter(|_| v.state.has_agent());
    GuestSeen {
        visit: v.id.to_string(),
        line: v.line,
        state: v.state,
        size: v.party_size,
        with: with.map(|a| {
            let until = (v.state == VisitState::Offered).then_some(a.accept_by.0);
            (a.agent.0.clone(), a.rule, until)
        }),
        waits: v.waits_for.as_ref().map(|w| (w.agent.0.clone(), w.until.0)),
        parked_until: v.parked_until.map(|t| t.0),
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
