//! What one person's pad shows. Of a guest it holds nothing but the ticket's number until the agent
//! has accepted (rule 7).

use super::live::Picture;
use super::memory::Floor;
use super::staff::Signed;
use super::views;
use crate::core::floor::{Before, ByTurn, Standing};
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::reception::{ReceptionStep, UNDO_MS};
use crate::core::rota::{Agent, Missed, RotaKind, Status};
use crate::core::site::StaffRole;
use crate::core::time::Millis;
use crate::core::turn_book::{Consequence, PassReason};
use crate::core::visit::{Visit, VisitState};
use crate::core::words::say;
use crate::protocol::pad::{
    PadBefore, PadDuty, PadLapse, PadOffer, PadPerson, PadRota, PadStep, PadView, PadVisit,
};

/// The pad offers to take a slip back for so long, milliseconds; a little less than the floor
/// allows.
const UNDO_SHOWN_MS: i64 = UNDO_MS - 5000;

impl Picture for PadView {
    fn stamp(&mut self, version: u64, at: String) {
        (self.version, self.at) = (version, at);
    }
}

/// The picture without its version and time.
pub(super) fn pad(floor: &Floor, signed: &Signed, language: Language) -> PadView {
    let state = &floor.state;
    let agent = (signed.role == StaffRole::Agent)
        .then(|| state.agents.get(&signed.staff))
        .flatten();
    let bound = agent
        .and_then(|a| a.status.visit())
        .and_then(|id| state.visits.get(&id));
    let offered = |v: &&Visit| v.state == VisitState::Offered;
    PadView {
        version: 0,
        at: String::new(),
        day: state.day.clone().unwrap_or_default(),
        me: PadPerson {
            id: signed.staff.clone(),
            name: signed.name.clone(),
            role: signed.role,
        },
        duty: agent.map(|a| duty(floor, a, language)),
        offer: bound.filter(offered).and_then(|v| offer(floor, v)),
        visit: bound
            .filter(|v| !offered(v))
            .map(|v| visit(floor, v, language)),
        hands: match signed.role {
            StaffRole::Agent => Vec::new(),
            StaffRole::Reception | StaffRole::Manager => {
                let mut hands = views::hands(floor);
                for hand in &mut hands {
                    hand.place = say_place(language, &hand.place);
                    if let Some(since) = Millis::parse_rfc3339(&hand.since) {
                        hand.since = floor.calendar.local(since);
                    }
                }
                hands
            }
        },
        lapses: match signed.role {
            StaffRole::Agent => Vec::new(),
            StaffRole::Reception | StaffRole::Manager => lapses(floor),
        },
        book_seq: state.next_book_seq,
    }
}

/// Rule 9: who did not accept in time is told to the manager, wherever the manager is.
fn lapses(floor: &Floor) -> Vec<PadLapse> {
    let latest_first = floor.lapses.iter().rev();
    latest_first
        .filter_map(|line| {
            Some(PadLapse {
                ticket: line.ticket?.to_string(),
                name: floor.agent_name(line.agent.as_ref()?),
                at: floor.calendar.local(line.at),
            })
        })
        .collect()
}

fn duty(floor: &Floor, agent: &Agent, language: Language) -> PadDuty {
    let state = &floor.state;
    let lapses = floor.lapses.iter();
    let walk_in = rota(floor, agent, RotaKind::WalkIn, language);
    let phone = state.uses_phone_rota() && !matches!(agent.status, Status::Off);
    PadDuty {
        status: agent.status_code().to_owned(),
        away_reason: match agent.status {
            Status::Away { reason, .. } => Some(reason),
            _ => None,
        },
        announced: agent.announced.map(|a| a.reason),
        since: agent.since.rfc3339(),
        received: walk_in.received,
        served: agent.served,
        owed: walk_in.owed,
        prepaid: walk_in.prepaid,
        penalties: walk_in.penalties,
        place: walk_in.place,
        why: walk_in.why,
        before: walk_in.before,
        phone: phone.then(|| rota(floor, agent, RotaKind::Phone, language)),
        lapses: count(
            lapses
                .filter(|l| l.agent.as_ref() == Some(&agent.id))
                .count(),
        ),
        waiting: count(state.queue.len()),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The agent's standing and account in one rota (rule 16: both by the same rules).
fn rota(floor: &Floor, agent: &Agent, kind: RotaKind, language: Language) -> PadRota {
    let account = agent.accounts.of(kind);
    let standing = floor.state.standing(&agent.id, kind);
    PadRota {
        received: account.received,
        owed: count(account.debts.open.len()),
        prepaid: account.prepaid,
        penalties: account.penalties,
        place: standing.as_ref().map(|s| s.place),
        why: standing_words(floor, agent, kind, standing.as_ref(), language),
        before: standing
            .map(|s| before(floor, s, language))
            .unwrap_or_default(),
    }
}

fn standing_words(
    floor: &Floor,
    agent: &Agent,
    kind: RotaKind,
    standing: Option<&Standing>,
    language: Language,
) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(language, key, params);
    let rules = &floor.state.rules;
    if matches!(agent.status, Status::Off) {
        return String::new();
    }
    if let Some(until) = agent.suspended_until {
        let until = floor.calendar.moment(language, until, floor.state.last);
        return say("pad.place_suspended", &[("time", &until)]);
    }
    if floor.state.is_blocked(agent) {
        let overdue = agent.overdue.to_string();
        return say("pad.place_overdue", &[("n", &overdue)]);
    }
    if let Status::Away { reason, .. } = agent.status {
        let owed = count(agent.accounts.of(kind).debts.open.len());
        return match Missed::while_away(reason, owed, rules) {
            Missed::Owed { lead_seconds: 0 } => say("pad.place_away_owed", &[]),
            Missed::Owed { lead_seconds } => {
                let seconds = lead_seconds.to_string();
                say("pad.place_away_owed_later", &[("seconds", &seconds)])
            }
            Missed::CapReached { cap } => say("pad.place_away_cap", &[("cap", &cap.to_string())]),
            Missed::Lost => say("pad.place_away_lost", &[]),
        };
    }
    let Some(standing) = standing else {
        return String::new();
    };
    let mut words = vec![match standing.by {
        ByTurn::Owed { since } => {
            let since = floor.calendar.moment(language, since, floor.state.last);
            say("pad.place_owed", &[("date", &since)])
        }
        ByTurn::Cursor => say("pad.place_cursor", &[]),
        ByTurn::Rank => say("pad.place_rank", &[]),
    }];
    let prepaid = |c: &&Consequence| **c == Consequence::PrepaidUsed;
    let prepaid = standing.settled.iter().filter(prepaid).count();
    for (key, n) in [
        ("pad.place_prepaid", prepaid),
        ("pad.place_penalty", standing.settled.len() - prepaid),
    ] {
        if n > 0 {
            words.push(say(key, &[("n", &n.to_string())]));
        }
    }
    words.join(&say("book.separator", &[]))
}

fn before(floor: &Floor, standing: Standing, language: Language) -> Vec<PadBefore> {
    let rows = standing.before.into_iter().map(|(id, why)| {
        let (key, what) = match why {
            Before::Receives(ByTurn::Owed { since }) => (
                "pad.before_owed",
                floor.calendar.moment(language, since, floor.state.last),
            ),
            Before::Receives(ByTurn::Cursor) => ("pad.before_cursor", String::new()),
            Before::Receives(ByTurn::Rank) => ("pad.before_rank", String::new()),
            Before::Passed {
                why: PassReason::Prepaid,
                ..
            } => ("pad.before_prepaid", String::new()),
            Before::Passed {
                why: PassReason::Penalty,
                ..
            } => ("pad.before_penalty", String::new()),
            Before::Passed { why, .. } => {
                let key = format!("book.why_{}", why.code());
                ("pad.before_not_ready", say(language, &key, &[]))
            }
        };
        PadBefore {
            name: floor.agent_name(&id),
            why: say(language, key, &[("what", &what)]),
            passed: matches!(why, Before::Passed { .. }),
        }
    });
    rows.collect()
}

fn offer(floor: &Floor, visit: &Visit) -> Option<PadOffer> {
    let assignment = visit.assignment.as_ref()?;
    Some(PadOffer {
        visit: visit.id,
        ticket: visit.ticket.to_string(),
        offered_at: assignment.offered_at.0,
        accept_by: assignment.accept_by.rfc3339(),
        seconds: floor.state.rules.accept_seconds,
    })
}

fn visit(floor: &Floor, visit: &Visit, language: Language) -> PadVisit {
    let (site, known) = (&floor.state.site, &visit.reception);
    let purpose = site.visit_purposes.iter().find(|p| p.id == visit.purpose);
    let drink = visit.drink.as_ref().map(|id| {
        let drink = site.drinks.iter().find(|d| d.id == *id);
        drink.map_or_else(|| id.clone(), |d| d.text.get(language).to_owned())
    });
    let assignment = visit.assignment.as_ref();
    PadVisit {
        visit: visit.id,
        ticket: visit.ticket.to_string(),
        state: visit.state,
        since: visit.since.rfc3339(),
        address_form: floor.form(visit.id),
        party_size: visit.party_size,
        language: visit.language,
        purpose: purpose.map_or_else(
            || visit.purpose.clone(),
            |p| p.text.get(language).to_owned(),
        ),
        drink,
        first_visit: visit.first_visit,
        asked_for_me: assignment.is_some_and(|a| visit.asked_for.as_ref() == Some(&a.agent)),
        place: assignment
            .map(|a| say_place(language, &a.place))
            .unwrap_or_default(),
        recalls: visit.recalls,
        actions: floor.state.actions(visit),
        steps: ReceptionStep::ALL
            .iter()
            .map(|step| {
                let mark = known.marks.get(step);
                PadStep {
                    step: *step,
                    at: mark
                        .filter(|m| m.skipped.is_none())
                        .map(|m| floor.calendar.clock(m.at)),
                    skipped: mark.and_then(|m| m.skipped),
                    undo_by: mark.map(|m| Millis(m.heard_at.0 + UNDO_SHOWN_MS).rfc3339()),
                }
            })
            .collect(),
        needs: known.needs,
        has_note: known.has_note,
        hands: known.hands.keys().copied().collect(),
    }
}
