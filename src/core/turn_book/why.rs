//! "Why not me?" (为什么不是我): what one line of the book meant for one agent. Read off the line and
//! the lines before it, so that it says what was true then, whatever the rules are now.

use super::words::{Reader, snake};
use super::{BookLine, Consequence, PassReason, Reason, Rule};
use crate::core::id::AgentId;
use crate::core::rota::{AwayReason, RotaKind};
use crate::core::ticket::TicketNumber;
use crate::core::time::Millis;
use crate::core::words::say;

/// What the agent was doing just before the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Off,
    Ready,
    /// Offered or called, or serving, with the ticket.
    Offered(Option<TicketNumber>),
    Serving(Option<TicketNumber>),
    Away(AwayReason),
    /// Otherwise ready or away.
    Suspended,
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
    /// An owed turn was paid, which comes before the rota.
    OwedTurn {
        agent: AgentId,
        since: Millis,
        own: Own,
    },
    /// The rota stood at a colleague and did not come as far as the agent.
    NotReached { agent: AgentId },
    /// The guest is a colleague's: by appointment, through a broker, as a returner or by name.
    BelongsWith { agent: AgentId, rule: Rule },
    /// The guest is the agent's own, who could not serve just then; a colleague did, as a courtesy.
    /// `passes`: what the rota's coming by meant.
    YourGuest {
        agent: AgentId,
        passes: Vec<(PassReason, Consequence)>,
    },
    /// A colleague's guest; another, next in turn, served as a courtesy. `paid`: by an owed turn of
    /// this date, which comes before the rota.
    Courtesy {
        agent: AgentId,
        owner: AgentId,
        paid: Option<(Millis, Own)>,
    },
    /// A slip was taken back: the agent who had the visit has it again.
    Again { agent: AgentId },
    /// A person decided otherwise.
    Override { agent: AgentId, why: String },
}

/// The agent's own owed turn beside the one that was paid, as far as today's book says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    None,
    /// The guest had refused the agent, whatever is owed.
    Refused,
    Younger(Millis),
    /// Of the same moment: those rank in the order in which they were booked.
    SameTime,
    /// Older, yet the agent could not be given this visit.
    Older(Millis),
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
    let (before, after) = (&lines[..at], &lines[at + 1..]);
    Some(Answer {
        why: meaning(before, line, after, me),
        then: then(before, me),
    })
}

fn meaning(before: &[BookLine], line: &BookLine, after: &[BookLine], me: &AgentId) -> Why {
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
    let agent = agent.clone();
    match (&line.reason, line.rule) {
        (Reason::OfferedCourtesy { asked_for, .. }, _) if asked_for == me => {
            Why::YourGuest { agent, passes }
        }
        _ if !passes.is_empty() => Why::PassedOver { passes },
        (Reason::OfferedAgain, _) => Why::Again { agent },
        (Reason::OfferedOverride { why }, _) => Why::Override {
            agent,
            why: why.clone(),
        },
        (Reason::OfferedCourtesy { asked_for, .. }, _) => Why::Courtesy {
            paid: paid_for(line, after).map(|since| (since, own_debt(before, line, since, me))),
            owner: asked_for.clone(),
            agent,
        },
        // A reassignment may be paid by the turn returned from the same visit, and stays one.
        (
            Reason::OfferedOwedTurn { since } | Reason::OfferedReturnedTurn { since },
            Rule::OwedTurn,
        ) => Why::OwedTurn {
            own: own_debt(before, line, *since, me),
            since: *since,
            agent,
        },
        (_, rule @ (Rule::Appointment | Rule::Channel | Rule::Owner | Rule::AskedFor)) => {
            Why::BelongsWith { agent, rule }
        }
        _ => Why::NotReached { agent },
    }
}

fn gives_a_visit(line: &BookLine) -> bool {
    line.visit.is_some()
        && matches!(
            line.reason,
            Reason::OfferedInTurn
                | Reason::OfferedOwedTurn { .. }
                | Reason::OfferedReturnedTurn { .. }
                | Reason::OfferedAskedFor { .. }
                | Reason::OfferedAppointment { .. }
                | Reason::OfferedChannel { .. }
                | Reason::OfferedOwner { .. }
                | Reason::OfferedAgain
                | Reason::OfferedCourtesy { .. }
                | Reason::OfferedOverride { .. }
        )
}

/// The date of the owed turn by which the offer in `line` was paid; it stands among the lines the
/// same decision left.
fn paid_for(line: &BookLine, after: &[BookLine]) -> Option<Millis> {
    after
        .iter()
        .take_while(|l| l.visit == line.visit && l.at == line.at && !gives_a_visit(l))
        .filter(|l| l.agent == line.agent)
        .find_map(|l| match l.reason {
            Reason::DebtPaid { date } => Some(date),
            _ => None,
        })
}

fn own_debt(before: &[BookLine], line: &BookLine, paid: Millis, me: &AgentId) -> Own {
    if refused(before, line, me) {
        return Own::Refused;
    }
    match oldest_debt(before, line.rota, me) {
        None => Own::None,
        Some(own) if own > paid => Own::Younger(own),
        Some(own) if own < paid => Own::Older(own),
        Some(_) => Own::SameTime,
    }
}

/// Whether the guest of `line` had refused the agent, and did not belong with them again since.
fn refused(before: &[BookLine], line: &BookLine, me: &AgentId) -> bool {
    let about_both = |l: &&BookLine| l.visit == line.visit && l.agent.as_ref() == Some(me);
    let last = before
        .iter()
        .rev()
        .filter(about_both)
        .find_map(|l| match l.reason {
            Reason::Refused { .. } => Some(true),
            Reason::BelongsTo { .. } => Some(false),
            _ => None,
        });
    last.unwrap_or(false)
}

/// What the agent was doing after these lines.
pub fn then(lines: &[BookLine], me: &AgentId) -> Then {
    let mut then = Then::Off;
    let mut visit = None;
    let mut announced = None;
    let mut suspended = false;
    for line in lines {
        let mine = line.agent.as_ref() == Some(me);
        // Some ends of a visit name nobody: the guest's, or the day's.
        let of_mine = visit.is_some() && line.visit == visit;
        let free = announced.map_or(Then::Ready, Then::Away);
        match &line.reason {
            Reason::DayOpened { .. } => (then, visit, announced) = (Then::Off, None, None),
            _ if mine && gives_a_visit(line) => {
                (then, visit) = (Then::Offered(line.ticket), line.visit);
            }
            Reason::SignedIn { .. } | Reason::Ready if mine => then = Then::Ready,
            Reason::Away { reason } if mine => then = Then::Away(*reason),
            Reason::AwayAnnounced { reason } if mine => announced = Some(*reason),
            Reason::AwayWithdrawn if mine => announced = None,
            Reason::Off if mine => (then, visit, announced) = (Then::Off, None, None),
            Reason::Suspended { .. } if mine => suspended = true,
            Reason::SuspensionEnded { .. } if mine => suspended = false,
            Reason::Started if mine => then = Then::Serving(line.ticket),
            Reason::Undone { .. } if mine => {
                // Only the start was taken back, or else the end of a service.
                then = match then {
                    Then::Serving(_) if of_mine => Then::Offered(line.ticket),
                    // An away that had begun begins when the guest is really done.
                    Then::Away(reason) => {
                        announced = Some(reason);
                        Then::Serving(line.ticket)
                    }
                    _ => Then::Serving(line.ticket),
                };
                visit = line.visit;
            }
            Reason::Lapsed { .. }
            | Reason::Refused { .. }
            | Reason::Finished
            | Reason::NotShown
            | Reason::Parked
            | Reason::Left
            | Reason::Cancelled { .. }
            | Reason::NotABuyer { .. }
            | Reason::Joined { .. }
            | Reason::Withdrawn
            | Reason::Transferred { .. }
            | Reason::Reassigned { .. }
            | Reason::ClosedByNewDay { .. }
                if of_mine =>
            {
                (then, visit, announced) = (free, None, None);
            }
            _ => {}
        }
    }
    match then {
        Then::Ready | Then::Away(_) if suspended => Then::Suspended,
        then => then,
    }
}

/// The oldest owed turn of this rota the agent holds by these lines.
fn oldest_debt(lines: &[BookLine], rota: RotaKind, me: &AgentId) -> Option<Millis> {
    let mut open = Vec::new();
    let about = |l: &&BookLine| l.agent.as_ref() == Some(me) && l.rota == rota;
    for line in lines.iter().filter(about) {
        let gone = match line.reason {
            Reason::DebtGranted { date } | Reason::TurnReturned { date, .. } => {
                open.push(date);
                None
            }
            Reason::DebtPaid { date }
            | Reason::DebtCancelled { date, .. }
            | Reason::DebtTakenAsPenalty { date }
            | Reason::DebtExpired { date } => Some(date),
            // The manager takes the oldest.
            Reason::TakenByManager { .. } => open.iter().min().copied(),
            _ => None,
        };
        if let Some(at) = gone.and_then(|gone| open.iter().position(|d| *d == gone)) {
            open.remove(at);
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
    let passes = |passes: &[(PassReason, Consequence)]| {
        let passes = passes.iter().map(|(why, consequence)| {
            let key = format!("book.consequence_{}", snake(consequence));
            let consequence = say(&key, &[]);
            // A turn lost by a penalty says so itself.
            if *why == PassReason::Penalty {
                return consequence;
            }
            let why = say(&format!("book.why_{}", snake(why)), &[]);
            say("pad.pass", &[("why", &why), ("consequence", &consequence)])
        });
        let passes: Vec<String> = passes.collect();
        let passes = passes.join(&say("book.separator", &[]));
        say("pad.why_passed_over", &[("passes", &passes)])
    };
    // What is said of the agent's own owed turn is true only of one who was free.
    let beside = |text: String, own: Own| {
        let (key, date) = match own {
            Own::Refused => ("pad.why_owed_refused", None),
            _ if !idle => return with_state(text),
            Own::None => return text,
            Own::Younger(own) => ("pad.why_owed_younger", Some(own)),
            Own::SameTime => ("pad.why_owed_same_time", None),
            Own::Older(own) => ("pad.why_owed_not_able", Some(own)),
        };
        let date = date.map(reader.time).unwrap_or_default();
        say(key, &[("why", &text), ("date", &date)])
    };
    match &answer.why {
        Why::NoDecision => say("pad.why_no_decision", &[]),
        Why::You => say("pad.why_you", &[]),
        Why::PassedOver { passes: all } => passes(all),
        Why::OwedTurn { agent, since, own } => {
            let (agent, since) = (name(agent), (reader.time)(*since));
            let text = say("pad.why_owed", &[("agent", &agent), ("date", &since)]);
            beside(text, *own)
        }
        Why::NotReached { agent } => {
            with_state(say("pad.why_not_reached", &[("agent", &name(agent))]))
        }
        Why::BelongsWith { agent, rule } => {
            let key = format!("pad.why_{}", snake(rule));
            with_state(say(&key, &[("agent", &name(agent))]))
        }
        Why::YourGuest { agent, passes: all } => {
            let text = with_state(say("pad.why_your_guest", &[("agent", &name(agent))]));
            if all.is_empty() {
                return text;
            }
            format!("{text}{}{}", say("book.separator", &[]), passes(all))
        }
        Why::Courtesy { agent, owner, paid } => {
            let (agent, owner) = (name(agent), name(owner));
            match paid {
                None => with_state(say(
                    "pad.why_courtesy",
                    &[("agent", &agent), ("owner", &owner)],
                )),
                Some((since, own)) => {
                    let since = (reader.time)(*since);
                    let params = [("agent", &*agent), ("owner", &owner), ("date", &since)];
                    beside(say("pad.why_courtesy_owed", &params), *own)
                }
            }
        }
        Why::Again { agent } => with_state(say("pad.why_again", &[("agent", &name(agent))])),
        Why::Override { agent, why } => {
            say("pad.why_override", &[("agent", &name(agent)), ("why", why)])
        }
    }
}

fn then_words(then: Then, reader: &Reader<'_>) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(reader.language, key, params);
    let ticket = |ticket: Option<TicketNumber>| ticket.map(|t| t.to_string()).unwrap_or_default();
    match then {
        Then::Off => say("pad.then_off", &[]),
        Then::Ready => String::new(),
        Then::Suspended => say("pad.then_suspended", &[]),
        Then::Offered(t) => say("pad.then_offered", &[("ticket", &ticket(t))]),
        Then::Serving(t) => say("pad.then_serving", &[("ticket", &ticket(t))]),
        Then::Away(reason) => {
            let reason = say(&format!("book.why_{}", reason.code()), &[]);
            say("pad.then_away", &[("reason", &reason)])
        }
    }
}
