//! Lines of the turn book in words: who received the visit, by which rule, and who was passed over
//! with what consequence.

use serde::Serialize;

use super::{BookLine, Pass, Reason};
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::place::say_place;
use crate::core::time::Millis;
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
    let away = |reason| say(language, &format!("book.why_{}", snake(reason)), &[]);
    let line_name = |line: &crate::core::ticket::Line| {
        say(language, &format!("book.line_{}", line.code()), &[])
    };
    let plain = |kind: &str, code: &str| say(language, &format!("book.{kind}_{code}"), &[]);
    let settled = |prepaid: bool| plain("settle", if prepaid { "prepaid" } else { "free" });
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
        Reason::WaitsForAsked { minutes, .. } | Reason::DroppedFromParking { minutes } => {
            say(&[("minutes", &minutes.to_string())])
        }
        Reason::OfferedOwedTurn { since } | Reason::OfferedReturnedTurn { since } => {
            say(&[("date", &time(since))])
        }
        Reason::OfferedAskedFor { prepaid } => say(&[("settled", &settled(*prepaid))]),
        Reason::OfferedOwner { source, prepaid } => say(&[
            ("source", &plain("source", &snake(source))),
            ("settled", &settled(*prepaid)),
        ]),
        Reason::OfferedAppointment { time: at } => say(&[("time", &time(at))]),
        Reason::OfferedChannel { broker } => say(&[("broker", broker)]),
        Reason::BelongsTo { source } => say(&[("source", &plain("source", &snake(source)))]),
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
        Reason::Joined { into } => say(&[("ticket", &into.to_string())]),
        Reason::Parted { from } => say(&[("ticket", &from.to_string())]),
        Reason::RulesChanged { changed } => say(&[("changed", &changed.join("; "))]),
        Reason::DebtWithheld { why } => say(&[("why", &plain("consequence", &snake(why)))]),
        Reason::Penalised { turns, why } | Reason::PenaltyLifted { turns, why } => {
            say(&[("turns", &turns.to_string()), ("why", why)])
        }
        Reason::Suspended { until, why } => say(&[("until", &time(until)), ("why", why)]),
        Reason::OfferedCourtesy {
            asked_for,
            busy,
            credit,
        } => {
            let key = if *busy {
                "book.state_busy"
            } else {
                "book.state_absent"
            };
            let state = crate::core::words::say(language, key, &[]);
            say(&[
                ("asked_for", &(reader.name)(asked_for)),
                ("state", &state),
                ("credit", &plain("credit", &snake(credit))),
            ])
        }
        Reason::OfferedOverride { why }
        | Reason::Cancelled { why }
        | Reason::Reassigned { why }
        | Reason::CursorMoved { why }
        | Reason::OrderSet { why }
        | Reason::GrantedByManager { why }
        | Reason::TakenByManager { why }
        | Reason::Refused { why: Some(why) } => say(&[("why", why)]),
        Reason::Refused { why: None } => say(&[(
            "why",
            &crate::core::words::say(language, "book.no_reason", &[]),
        )]),
        Reason::Lapsed { seconds } => say(&[("seconds", &seconds.to_string())]),
        Reason::Called { place } => say(&[("place", &say_place(language, place))]),
        Reason::Recalled { times } => say(&[("times", &times.to_string())]),
        Reason::Resumed { position } | Reason::SignedIn { position } => {
            say(&[("position", &position.to_string())])
        }
        Reason::DebtGranted { date }
        | Reason::DebtPaid { date }
        | Reason::DebtCancelled { date }
        | Reason::DebtExpired { date }
        | Reason::DebtTakenAsPenalty { date }
        | Reason::TurnReturned { date } => say(&[("date", &time(date))]),
        Reason::Away { reason } | Reason::AwayAnnounced { reason } => {
            say(&[("reason", &away(reason))])
        }
        Reason::OfferedInTurn
        | Reason::OfferedAgain
        | Reason::NoSuchAppointment
        | Reason::BelongsToNobody
        | Reason::WaitEnded
        | Reason::Withdrawn
        | Reason::Undone
        | Reason::SuspensionEnded
        | Reason::Started
        | Reason::Finished
        | Reason::NotShown
        | Reason::Parked
        | Reason::Left
        | Reason::ClosedByNewDay
        | Reason::PrepaidCancelled
        | Reason::Ready
        | Reason::AwayWithdrawn
        | Reason::StillServing
        | Reason::Off => say(&[]),
    }
}
