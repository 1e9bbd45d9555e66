//! What one person's pad shows. Of a guest it holds nothing but the ticket's number until the agent
//! has accepted (rule 7).

use super::live::Picture;
use super::memory::Floor;
use super::staff::Signed;
use super::views;
use crate::core::floor::{Before, Standing};
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::reception::{ReceptionStep, UNDO_MS};
use crate::core::rota::{Agent, Status};
use crate::core::site::StaffRole;
use crate::core::time::Millis;
use crate::core::visit::{Visit, VisitState};
use crate::core::words::say;
use crate::protocol::pad::{PadBefore, PadDuty, PadOffer, PadPerson, PadStep, PadView, PadVisit};

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
        book_seq: state.next_book_seq,
    }
}

fn duty(floor: &Floor, agent: &Agent, language: Language) -> PadDuty {
    let state = &floor.state;
    let account = &agent.accounts.walk_in;
    let standing = state.standing(&agent.id);
    let lapses = floor.lapses.iter();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    PadDuty {
        status: agent.status_code().to_owned(),
        away_reason: match agent.status {
            Status::Away { reason, .. } => Some(reason),
            _ => None,
        },
        announced: agent.announced.map(|a| a.reason),
        since: agent.since.rfc3339(),
        received: account.received,
        served: agent.served,
        owed: count(account.debts.open.len()),
        prepaid: account.prepaid,
        place: standing.as_ref().map(|s| s.place),
        why: standing
            .as_ref()
            .map(|s| standing_words(floor, agent, s, language))
            .unwrap_or_default(),
        before: standing
            .map(|s| before(floor, s, language))
            .unwrap_or_default(),
        lapses: count(
            lapses
                .filter(|l| l.agent.as_ref() == Some(&agent.id))
                .count(),
        ),
        waiting: count(state.queue.len()),
    }
}

fn standing_words(floor: &Floor, agent: &Agent, standing: &Standing, language: Language) -> String {
    match standing.owed_since {
        _ if matches!(agent.status, Status::Away { .. }) => say(language, "pad.place_away", &[]),
        Some(since) => {
            let since = floor.calendar.clock(since);
            say(language, "pad.place_owed", &[("date", &since)])
        }
        None if agent.accounts.walk_in.prepaid > 0 => {
            let n = agent.accounts.walk_in.prepaid.to_string();
            say(language, "pad.place_prepaid", &[("n", &n)])
        }
        None => say(language, "pad.place_cursor", &[]),
    }
}

fn before(floor: &Floor, standing: Standing, language: Language) -> Vec<PadBefore> {
    let rows = standing.before.into_iter().map(|(id, why)| {
        let (key, params) = match why {
            Before::Owed { since } => ("pad.before_owed", floor.calendar.clock(since)),
            Before::Cursor => ("pad.before_cursor", String::new()),
            Before::Prepaid => ("pad.before_prepaid", String::new()),
            Before::NotReady => {
                let status = floor.state.agents.get(&id).map(|a| a.status);
                let words = match status {
                    Some(Status::Away { reason, .. }) => {
                        say(language, &format!("book.why_{}", reason.code()), &[])
                    }
                    Some(Status::Offered { .. }) => say(language, "book.why_offered", &[]),
                    _ => say(language, "book.why_serving", &[]),
                };
                ("pad.before_not_ready", words)
            }
        };
        PadBefore {
            name: floor.agent_name(&id),
            why: say(language, key, &[("what", &params)]),
            passed: matches!(why, Before::Prepaid | Before::NotReady),
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
