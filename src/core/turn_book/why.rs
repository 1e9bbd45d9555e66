//! "Why not me?" (为什么不是我): what one line of the book meant for one agent. Read off the line and
//! the lines before it, so that it says what was true then, whatever the rules are now.

use super::words::{Reader, code, snake};
use super::{BookLine, Consequence, PassReason, Reason, Rule};
use crate::core::id::AgentId;
use crate::core::rota::AwayReason;
use crate::core::ticket::TicketNumber;
use crate::core::time::Millis;
use crate::core::words::{known, say};

/// What the agent was doing just before the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Off,
    Ready,
    /// Offered or called, or serving, with the ticket.
    Offered(Option<TicketNumber>),
    Serving(Option<TicketNumber>),
    Away(AwayReason),
}

/// Why the visit came, or did not come, to the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The line gives nobody a visit.
    NoDecision,
    /// It did come to the agent.
    You,
    /// The rota came to the agent and went on, with this consequence.
    PassedOver {
        passes: Vec<(PassReason, Consequence)>,
    },
    /// An owed turn was paid, which comes before the rota. `own`: the oldest owed turn the agent
    /// held, as far as today's book says.
    OwedTurn {
        agent: AgentId,
        since: Millis,
        own: Option<Millis>,
    },
    /// The guest asked for a colleague.
    AskedFor { agent: AgentId },
    /// A person decided otherwise.
    Override { agent: AgentId, why: String },
    /// The rota stood at a colleague and did not come as far as the agent.
    NotReached { agent: AgentId },
    /// By another rule, which names its receiver.
    ByRule { agent: AgentId, rule: Rule },
}

/// The answer for one agent and one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub why: Why,
    pub then: Then,
}

/// What the line at `at` meant for `me`. `lines`: the day's book in order.
pub fn why(lines: &[BookLine], at: usize, me: &AgentId) -> Option<Answer> {
    let line = lines.get(at)?;
    let before = &lines[..at];
    Some(Answer {
        why: meaning(before, line, me),
        then: then(before, me),
    })
}

fn meaning(before: &[BookLine], line: &BookLine, me: &AgentId) -> Why {
    let (Some(agent), true) = (&line.agent, gives_a_visit(line)) else {
        return Why::NoDecision;
    };
    if agent == me {
        return Why::You;
    }
    let passes: Vec<_> = line
        .passed_over
        .iter()
        .filter(|p| p.agent == *me)
        .map(|p| (p.why, p.consequence))
        .collect();
    if !passes.is_empty() {
        return Why::PassedOver { passes };
    }
    let agent = agent.clone();
    match &line.reason {
        Reason::OfferedOwedTurn { since } | Reason::OfferedReturnedTurn { since } => {
            Why::OwedTurn {
                agent,
                since: *since,
                own: oldest_debt(before, me),
            }
        }
        Reason::OfferedAskedFor { .. } => Why::AskedFor { agent },
        Reason::OfferedOverride { why } => Why::Override {
            agent,
            why: why.clone(),
        },
        Reason::OfferedInTurn | Reason::OfferedCourtesy { .. } => Why::NotReached { agent },
        _ => Why::ByRule {
            agent,
            rule: line.rule,
        },
    }
}

fn gives_a_visit(line: &BookLine) -> bool {
    line.visit.is_some() && code(&line.reason).starts_with("offered")
}

/// What the agent was doing after these lines.
pub fn then(lines: &[BookLine], me: &AgentId) -> Then {
    let mut then = Then::Off;
    let mut visit = None;
    let mut announced = None;
    for line in lines {
        if let Reason::DayOpened { .. } = line.reason {
            (then, visit, announced) = (Then::Off, None, None);
            continue;
        }
        let mine = line.agent.as_ref() == Some(me);
        // Some ends of a visit name nobody: the guest's, or the day's.
        let of_mine = visit.is_some() && line.visit == visit;
        if !mine && !of_mine {
            continue;
        }
        let free = announced.map_or(Then::Ready, Then::Away);
        match &line.reason {
            _ if mine && gives_a_visit(line) => {
                (then, visit) = (Then::Offered(line.ticket), line.visit);
            }
            _ if !mine && gives_a_visit(line) => (then, visit) = (free, None),
            Reason::SignedIn { .. } | Reason::Ready => then = Then::Ready,
            Reason::Away { reason } => (then, announced) = (Then::Away(*reason), None),
            Reason::AwayAnnounced { reason } => announced = Some(*reason),
            Reason::AwayWithdrawn => announced = None,
            Reason::Off => (then, visit, announced) = (Then::Off, None, None),
            Reason::Started => then = Then::Serving(line.ticket),
            Reason::Lapsed { .. }
            | Reason::Refused { .. }
            | Reason::Finished
            | Reason::NotShown
            | Reason::Parked
            | Reason::Left
            | Reason::Cancelled { .. }
            | Reason::Transferred { .. }
            | Reason::Reassigned { .. }
            | Reason::ClosedByNewDay => {
                (then, visit, announced) = (free, None, None);
            }
            _ => {}
        }
    }
    then
}

/// The oldest owed turn the agent holds by these lines.
fn oldest_debt(lines: &[BookLine], me: &AgentId) -> Option<Millis> {
    let mut open = Vec::new();
    for line in lines.iter().filter(|l| l.agent.as_ref() == Some(me)) {
        match line.reason {
            Reason::DebtGranted { date } | Reason::TurnReturned { date } => open.push(date),
            Reason::DebtPaid { date }
            | Reason::DebtCancelled { date }
            | Reason::DebtExpired { date } => {
                if let Some(at) = open.iter().position(|d| *d == date) {
                    open.remove(at);
                }
            }
            _ => {}
        }
    }
    open.into_iter().min()
}

/// The answer as a fair clerk would give it to the agent.
pub fn words(answer: &Answer, reader: &Reader<'_>) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(reader.language, key, params);
    let name = |id: &AgentId| (reader.name)(id);
    let state = then_words(answer.then, reader);
    let idle = answer.then == Then::Ready;
    let with_state = |text: String| {
        if idle {
            text
        } else {
            say("pad.why_and_then", &[("why", &text), ("then", &state)])
        }
    };
    match &answer.why {
        Why::NoDecision => say("pad.why_no_decision", &[]),
        Why::You => say("pad.why_you", &[]),
        Why::PassedOver { passes } => {
            let passes: Vec<String> = passes
                .iter()
                .map(|(why, consequence)| {
                    let why = say(&format!("book.why_{}", snake(why)), &[]);
                    let key = format!("book.consequence_{}", snake(consequence));
                    let consequence = say(&key, &[]);
                    say("pad.pass", &[("why", &why), ("consequence", &consequence)])
                })
                .collect();
            let passes = passes.join(&say("book.separator", &[]));
            say("pad.why_passed_over", &[("passes", &passes)])
        }
        Why::OwedTurn { agent, since, own } => {
            let (agent, since) = (name(agent), (reader.time)(*since));
            let text = say("pad.why_owed", &[("agent", &agent), ("date", &since)]);
            match own {
                Some(own) if idle => {
                    let own = (reader.time)(*own);
                    say("pad.why_owed_younger", &[("why", &text), ("date", &own)])
                }
                _ => with_state(text),
            }
        }
        Why::AskedFor { agent } => with_state(say("pad.why_asked_for", &[("agent", &name(agent))])),
        Why::Override { agent, why } => {
            say("pad.why_override", &[("agent", &name(agent)), ("why", why)])
        }
        Why::NotReached { agent } => {
            with_state(say("pad.why_not_reached", &[("agent", &name(agent))]))
        }
        Why::ByRule { agent, rule } => {
            let key = format!("pad.rule_{}", snake(rule));
            let rule = if known(&key) {
                say(&key, &[])
            } else {
                snake(rule)
            };
            let agent = name(agent);
            with_state(say("pad.why_rule", &[("agent", &agent), ("rule", &rule)]))
        }
    }
}

fn then_words(then: Then, reader: &Reader<'_>) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(reader.language, key, params);
    let ticket = |ticket: Option<TicketNumber>| ticket.map(|t| t.to_string()).unwrap_or_default();
    match then {
        Then::Off => say("pad.then_off", &[]),
        Then::Ready => String::new(),
        Then::Offered(t) => say("pad.then_offered", &[("ticket", &ticket(t))]),
        Then::Serving(t) => say("pad.then_serving", &[("ticket", &ticket(t))]),
        Then::Away(reason) => {
            let reason = say(&format!("book.why_{}", reason.code()), &[]);
            say("pad.then_away", &[("reason", &reason)])
        }
    }
}
