//! Lines of the turn book in words: who received the visit, by which rule, and who was passed over
//! with what consequence.

use serde::Serialize;

use super::{BookLine, Pass, Reason, ReturnCause, Tie, switches};
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::rota::AwayReason;
use crate::core::site::{Site, StaffRole};
use crate::core::time::Millis;
use crate::core::visit::VisitState;
use crate::core::words::say;

/// How the names of agents and times of day are written; the zone belongs to the site.
pub struct Reader<'a> {
    pub language: Language,
    pub name: &'a dyn Fn(&AgentId) -> String,
    pub time: &'a dyn Fn(Millis) -> String,
}

/// One line as a fair clerk would write it.
pub fn words(line: &BookLine, reader: &Reader<'_>) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(reader.language, key, params);
    let agent = line.agent.as_ref().map(reader.name).unwrap_or_default();
    let reason = reason_words(&line.reason, &agent, reader);
    if line.passed_over.is_empty() {
        return reason;
    }
    let passes: Vec<String> = line
        .passed_over
        .iter()
        .map(|p| pass_words(p, reader))
        .collect();
    let separator = say("book.separator", &[]);
    say(
        "book.with_passes",
        &[("reason", &reason), ("passes", &passes.join(&separator))],
    )
}

/// The line with the person or screen that decided it before it, where somebody did. `who`: how
/// [`BookLine::by`] is called.
pub fn signed(line: &BookLine, who: Option<&str>, reader: &Reader<'_>) -> String {
    let text = words(line, reader);
    match who.filter(|_| is_a_decision(line)) {
        Some(who) => say(reader.language, "book.by", &[("who", who), ("text", &text)]),
        None => text,
    }
}

/// How a member of staff is called in the book, with the office they hold.
pub fn staff(site: &Site, id: &str, language: Language) -> Option<String> {
    let member = site.staff.iter().find(|s| s.id.as_str() == id)?;
    let key = match member.role {
        StaffRole::Agent => "book.by_agent",
        StaffRole::Reception => "book.by_reception",
        StaffRole::Manager => "book.by_manager",
    };
    Some(say(language, key, &[("name", &member.name)]))
}

/// Somebody decided this, and for somebody else: not the ordinary course of a visit, nor what an
/// agent says of themselves.
fn is_a_decision(line: &BookLine) -> bool {
    let own = line.agent.as_ref().map(AgentId::as_str) == line.by.as_deref();
    let decided = match &line.reason {
        Reason::BelongsTo { learned, .. } => !learned,
        Reason::OfferedOverride { .. }
        | Reason::BelongsToNobody
        | Reason::NotABuyer { .. }
        | Reason::Refused { .. }
        | Reason::NotShown
        | Reason::Parked
        | Reason::Resumed { .. }
        | Reason::Joined { .. }
        | Reason::Parted { .. }
        | Reason::Withdrawn
        | Reason::Undone { .. }
        | Reason::Left
        | Reason::Cancelled { .. }
        | Reason::Transferred { .. }
        | Reason::Reassigned { .. }
        | Reason::Penalised { .. }
        | Reason::PenaltyLifted { .. }
        | Reason::Suspended { .. }
        | Reason::SuspensionEnded { .. }
        | Reason::CursorMoved { .. }
        | Reason::OrderSet { .. }
        | Reason::GrantedByManager { .. }
        | Reason::TakenByManager { .. }
        | Reason::DayClosed
        | Reason::DayReopened
        | Reason::SignedIn { .. }
        | Reason::Ready
        | Reason::Away { .. }
        | Reason::AwayAnnounced { .. }
        | Reason::AwayWithdrawn
        | Reason::Off => true,
        _ => false,
    };
    decided && !own
}

/// The stable name of a serialised code, e.g. `offered_in_turn`.
pub fn code(reason: &Reason) -> String {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::Object(fields)) => fields
            .get("code")
            .and_then(|c| c.as_str())
            .unwrap_or_default()
            .to_owned(),
        _ => String::new(),
    }
}

fn pass_words(pass: &Pass, reader: &Reader<'_>) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(reader.language, key, params);
    let why = say(&format!("book.why_{}", snake(&pass.why)), &[]);
    let consequence = say(
        &format!("book.consequence_{}", snake(&pass.consequence)),
        &[],
    );
    let name = (reader.name)(&pass.agent);
    say(
        "book.pass",
        &[
            ("agent", &name),
            ("why", &why),
            ("consequence", &consequence),
        ],
    )
}

pub(super) fn snake(code: &impl Serialize) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn reason_words(reason: &Reason, agent: &str, reader: &Reader<'_>) -> String {
    let language = reader.language;
    let time = |at: &Millis| (reader.time)(*at);
    let line_name = |line: &crate::core::ticket::Line| {
        say(language, &format!("book.line_{}", line.code()), &[])
    };
    let plain = |kind: &str, code: &str| say(language, &format!("book.{kind}_{code}"), &[]);
    let settled = |prepaid: bool, counts: bool| {
        let how = match (prepaid, counts) {
            (true, _) => "prepaid",
            (false, true) => "turn",
            (false, false) => "free",
        };
        plain("settle", how)
    };
    let tied = |tie: &Tie, to: &AgentId| {
        let key = format!("book.tie_{}", snake(tie));
        say(language, &key, &[("name", &(reader.name)(to))])
    };
    let cause = |after: &Option<ReturnCause>| {
        let after = after.as_ref().map(snake);
        plain("cause", after.as_deref().unwrap_or("none"))
    };
    let under = |key: &str, params: &[(&str, &str)]| say(language, key, params);
    let key = format!("book.{}", code(reason));
    let say = |params: &[(&str, &str)]| {
        let mut params = params.to_vec();
        params.push(("agent", agent));
        say(language, &key, &params)
    };
    match reason {
        Reason::DayOpened { day } => say(&[("day", day)]),
        Reason::NumbersSkipped { through } => say(&[("through", &through.to_string())]),
        Reason::CheckedIn { line } | Reason::Transferred { line } => {
            say(&[("line", &line_name(line))])
        }
        Reason::WaitsForAsked {
            agent,
            minutes,
            tie,
        } => say(&[
            ("tie", &tied(tie, agent)),
            ("minutes", &minutes.to_string()),
        ]),
        Reason::DroppedFromParking { minutes } => say(&[("minutes", &minutes.to_string())]),
        Reason::OfferedOwedTurn { since } | Reason::OfferedReturnedTurn { since } => {
            say(&[("date", &time(since))])
        }
        Reason::OfferedAskedFor { prepaid, counts } => {
            say(&[("settled", &settled(*prepaid, *counts))])
        }
        Reason::OfferedOwner {
            source,
            prepaid,
            counts,
        } => say(&[
            ("source", &plain("source", &snake(source))),
            ("settled", &settled(*prepaid, *counts)),
        ]),
        Reason::OfferedAppointment { time: at } => say(&[("time", &time(at))]),
        Reason::OfferedChannel { broker } => say(&[("broker", broker)]),
        Reason::BelongsTo { learned: true, .. } => {
            under("book.belongs_to_learned", &[("agent", agent)])
        }
        Reason::BelongsTo { source, tie, .. } => match tie {
            Tie::Owner | Tie::Name => say(&[("source", &plain("source", &snake(source)))]),
            Tie::Appointment => under("book.belongs_by_appointment", &[("agent", agent)]),
            Tie::Channel => under("book.belongs_by_channel", &[("agent", agent)]),
        },
        Reason::ChannelJudged {
            broker,
            registered,
            expires,
            verdict,
        } => say(&[
            ("broker", broker),
            ("registered", &time(registered)),
            ("expires", &time(expires)),
            ("verdict", &plain("verdict", &snake(verdict))),
        ]),
        Reason::NotABuyer { kind } => say(&[("kind", &plain("kind", kind.code()))]),
        Reason::ForgotWithWhom { days } => say(&[("days", &days.to_string())]),
        Reason::Renumbered { also } => say(&[("also", &also.to_string())]),
        Reason::Joined { into, also: None } => say(&[("ticket", &into.to_string())]),
        Reason::Joined {
            into,
            also: Some(also),
        } => under(
            "book.joined_owner",
            &[
                ("ticket", &into.to_string()),
                ("name", &(reader.name)(also)),
            ],
        ),
        Reason::Parted { from } => say(&[("ticket", &from.to_string())]),
        Reason::RulesChanged { changed, author } => {
            let changed = switches::words(changed, language);
            match author {
                Some(author) => under(
                    "book.rules_changed_by",
                    &[("author", author), ("changed", &changed)],
                ),
                None => say(&[("changed", &changed)]),
            }
        }
        Reason::DebtWithheld { why } => say(&[("why", &plain("no_debt", &snake(why)))]),
        Reason::Penalised { turns, why } | Reason::PenaltyLifted { turns, why } => {
            say(&[("turns", &turns.to_string()), ("why", why)])
        }
        Reason::Suspended { until, why } => say(&[("until", &time(until)), ("why", why)]),
        Reason::OfferedCourtesy {
            asked_for,
            busy,
            credit,
            tie,
        } => {
            let key = if *busy {
                "book.state_busy"
            } else {
                "book.state_absent"
            };
            let state = crate::core::words::say(language, key, &[]);
            say(&[
                ("tie", &tied(tie, asked_for)),
                ("state", &state),
                (
                    "credit",
                    &under(
                        &format!("book.credit_{}", snake(credit)),
                        &[("name", &(reader.name)(asked_for))],
                    ),
                ),
            ])
        }
        Reason::OfferedOverride { why }
        | Reason::Cancelled { why }
        | Reason::Reassigned { why }
        | Reason::CursorMoved { why }
        | Reason::GrantedByManager { why }
        | Reason::TakenByManager { why } => say(&[("why", why)]),
        Reason::OrderSet { why, order } => {
            let names: Vec<String> = order.iter().map(|a| (reader.name)(a)).collect();
            let order = match names.is_empty() {
                true => under("book.order_of_staff_list", &[]),
                false => names.join(&under("book.order_separator", &[])),
            };
            say(&[("order", &order), ("why", why)])
        }
        Reason::SuspensionEnded { why: None } => say(&[]),
        Reason::SuspensionEnded { why: Some(why) } => {
            under("book.suspension_lifted", &[("agent", agent), ("why", why)])
        }
        Reason::Refused { why, turn } => {
            let no_reason = || under("book.no_reason", &[]);
            let refused = say(&[("why", &why.clone().unwrap_or_else(no_reason))]);
            match turn {
                Some(turn) => under(
                    "book.refused_turn",
                    &[
                        ("refused", &refused),
                        ("turn", &plain("refusal", &snake(turn))),
                    ],
                ),
                None => refused,
            }
        }
        Reason::Lapsed { seconds, turn } => say(&[
            ("seconds", &seconds.to_string()),
            ("turn", &plain("lapse", &snake(turn))),
        ]),
        Reason::WaitEnded { agent: None } => say(&[]),
        Reason::WaitEnded { agent: Some(who) } => {
            under("book.wait_ended_for", &[("name", &(reader.name)(who))])
        }
        Reason::Undone { step: None } => say(&[]),
        Reason::Undone { step: Some(step) } => under(
            "book.undone_step",
            &[("step", &plain("slip", &snake(step)))],
        ),
        Reason::ClosedByNewDay { ending } => {
            let ending = ending.map_or("other", VisitState::code);
            say(&[("ending", &plain("ending", ending))])
        }
        Reason::Called { place } => say(&[("place", &say_place(language, place))]),
        Reason::Recalled { times } => say(&[("times", &times.to_string())]),
        Reason::Resumed { position } | Reason::SignedIn { position } => {
            say(&[("position", &position.to_string())])
        }
        Reason::DebtGranted { date }
        | Reason::DebtPaid { date }
        | Reason::DebtExpired { date }
        | Reason::DebtCancelled { date, lost: false }
        | Reason::DebtTakenAsPenalty { date } => say(&[("date", &time(date))]),
        Reason::DebtCancelled { date, lost: true } => under(
            "book.debt_forfeited",
            &[("agent", agent), ("date", &time(date))],
        ),
        Reason::TurnReturned { date, after } => {
            say(&[("date", &time(date)), ("cause", &cause(after))])
        }
        Reason::PrepaidCancelled { after } => say(&[("cause", &cause(after))]),
        Reason::Away {
            reason: AwayReason::Unreachable,
        } => under("book.away_unanswered", &[("agent", agent)]),
        Reason::Away { reason } | Reason::AwayAnnounced { reason } => {
            say(&[("reason", &plain("gone", reason.code()))])
        }
        Reason::OfferedInTurn
        | Reason::OfferedAgain
        | Reason::NoSuchAppointment
        | Reason::BelongsToNobody
        | Reason::Withdrawn
        | Reason::Started
        | Reason::Finished
        | Reason::NotShown
        | Reason::Parked
        | Reason::Left
        | Reason::PrepaidAgain
        | Reason::DayClosed
        | Reason::DayReopened
        | Reason::Ready
        | Reason::AwayWithdrawn
        | Reason::StillServing
        | Reason::Off => say(&[]),
    }
}
