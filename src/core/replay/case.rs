//! A dispute about one ticket: the state before each decision, the rule, the decision.

use crate::core::floor::{Event, Stamped, State};
use crate::core::id::AgentId;
use crate::core::rota::{Debt, RotaKind};
use crate::core::ticket::TicketNumber;
use crate::core::time::Millis;
use crate::core::turn_book::BookLine;

/// How an agent stood when a decision was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub agent: AgentId,
    /// As on the wire, e.g. `serving`.
    pub status: &'static str,
    pub received: u32,
    pub prepaid: u32,
    pub penalties: u32,
    pub owed: Vec<Debt>,
    /// The cursor points here.
    pub at_cursor: bool,
}

/// One step of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub at: Millis,
    /// The rota in its order before the decision; empty where nobody was chosen.
    pub before: Vec<Standing>,
    /// Tickets waiting before this one, in the order they would be served; empty where nobody was
    /// chosen.
    pub ahead: Vec<TicketNumber>,
    /// The lines it left in the book.
    pub lines: Vec<BookLine>,
}

/// Everything that was decided about one ticket on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    pub day: String,
    pub decisions: Vec<Decision>,
    /// The floor at the end of the log: names of agents and the site's words.
    pub state: State,
}

impl Case {
    /// Goes through the log; `day` empty: the last day on which there was such a ticket.
    pub fn of<'a>(
        log: impl IntoIterator<Item = &'a Stamped>,
        day: &str,
        ticket: TicketNumber,
    ) -> Self {
        let mut case = Self::default();
        let mut state = State::default();
        for stamped in log {
            let asked = match &stamped.event {
                Event::Offered(offer) => state.visits.get(&offer.visit),
                _ => None,
            };
            let asked = asked.filter(|v| v.ticket == ticket);
            let before = asked.map(|v| standings(&state, v.rota()));
            let ahead = asked.map(|v| {
                let line = state.line_up();
                let own = line.iter().position(|q| *q == v.id).unwrap_or(0);
                let tickets = line[..own].iter().filter_map(|q| state.visits.get(q));
                tickets.map(|q| q.ticket).collect()
            });
            state.evolve(stamped);
            let lines = std::mem::take(&mut state.book);
            let today = state.day.clone().unwrap_or_default();
            let concerns = stamped
                .event
                .visit()
                .and_then(|id| state.visits.get(&id))
                .is_some_and(|v| v.ticket == ticket);
            if !concerns || (!day.is_empty() && today != day) {
                continue;
            }
            if case.day != today {
                case.decisions.clear();
                case.day = today;
            }
            case.decisions.push(Decision {
                at: stamped.at,
                before: before.unwrap_or_default(),
                ahead: ahead.unwrap_or_default(),
                lines,
            });
        }
        case.state = state;
        case
    }
}

/// In the rota the decision is about (rule 16).
fn standings(state: &State, kind: RotaKind) -> Vec<Standing> {
    let rota = state.rotas.of(kind);
    let agents = rota.order.iter().filter_map(|id| state.agents.get(id));
    agents
        .map(|a| {
            let account = a.accounts.of(kind);
            Standing {
                agent: a.id.clone(),
                status: a.status_code(),
                received: account.received,
                prepaid: account.prepaid,
                penalties: account.penalties,
                owed: account.debts.open.clone(),
                at_cursor: rota.cursor.as_ref() == Some(&a.id),
            }
        })
        .collect()
}
