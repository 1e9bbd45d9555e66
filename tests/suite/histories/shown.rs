//! What a real floor shows, and the same of the second rule sheet.

use std::cmp::Reverse;

use serde_json::{Value, json};
use yingbin::core::time::Millis;
use yingbin::core::visit::VisitState;

use crate::support::histories::NAMES;
use crate::support::model::Model;
use crate::support::model::seen::{LineSeen, Seen, in_order, what};

/// Answered calls that the display still shows.
const RECENT: usize = 8;

fn keep(row: &Value, keys: &[&str]) -> Value {
    let pairs = keys.iter().map(|k| ((*k).to_owned(), row[*k].clone()));
    pairs.collect::<serde_json::Map<_, _>>().into()
}

fn time(t: &Value) -> Option<i64> {
    t.as_str().and_then(Millis::parse_rfc3339).map(|t| t.0)
}

fn by_id(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_key(|v| v["id"].as_str().map(str::to_owned));
    rows
}

/// Of the desk's picture: visits, agents, hands, the closing.
pub fn desk(desk: &Value) -> Value {
    json!({
        "visits": visits(&desk["visits"]),
        "agents": agents(&desk["agents"]),
        "hands": desk["hands"].as_array().map(Vec::len),
        "closed": !desk["closed"].is_null(),
        "served": desk["served_today"],
    })
}

pub fn visits(rows: &Value) -> Vec<Value> {
    let rows = rows.as_array().unwrap().iter().map(|row| {
        let mut visit = keep(
            row,
            &[
                "id",
                "ticket",
                "also",
                "line",
                "state",
                "party_size",
                "recalls",
                "learned_owner",
                "co_owners",
                "chores",
            ],
        );
        // The desk counts as of the last event, which nobody outside knows; the order itself is
        // compared in `reference.rs`.
        visit["ahead"] = json!(!row["ahead"].is_null());
        // Who served somebody who has gone is history.
        let with = matches!(
            row["state"].as_str(),
            Some("offered" | "called" | "serving")
        );
        let assignment = if with {
            &row["assignment"]
        } else {
            &Value::Null
        };
        visit["agent"] = assignment["agent"].clone();
        visit["rule"] = assignment["rule"].clone();
        visit["accept_by"] = json!(time(&row["accept_by"]));
        visit["waits_for"] = row["waits_for"]["agent"].clone();
        visit["waits_until"] = json!(time(&row["waits_for"]["until"]));
        visit["wanted"] = row["wanted"]["agent"].clone();
        // What is empty is left out.
        for list in ["co_owners", "chores"] {
            if visit[list].is_null() {
                visit[list] = json!([]);
            }
        }
        visit
    });
    by_id(rows.collect())
}

pub fn agents(rows: &Value) -> Vec<Value> {
    let rows = rows.as_array().unwrap().iter();
    let known = rows.filter(|a| NAMES.contains(&a["id"].as_str().unwrap_or_default()));
    // The desk does not show who is off for good.
    let on_duty = known.filter(|a| a["status"] != "off");
    let keys = [
        "id",
        "status",
        "away_reason",
        "announced",
        "visit",
        "received",
        "served",
        "owed",
        "prepaid",
        "penalties",
    ];
    let rows = on_duty.map(|a| {
        let mut agent = keep(a, &keys);
        agent["suspended"] = json!(time(&a["suspended_until"]));
        agent
    });
    by_id(rows.collect())
}

/// Calls latest first, each with its ticket, consultant, place, time and how often.
pub fn board(board: &Value) -> Value {
    let calls = |calls: &Value| -> Vec<Value> {
        let calls = calls.as_array().unwrap().iter();
        calls
            .map(|c| {
                json!([
                    c["ticket"],
                    c["consultant"],
                    c["place"],
                    time(&c["called_at"]),
                    c["times"]
                ])
            })
            .collect()
    };
    let waiting = board["waiting"].as_array().unwrap().iter();
    let waiting: Vec<Value> = waiting.map(|w| json!([w["ticket"], w["line"]])).collect();
    json!({
        "now_calling": calls(&board["now_calling"]),
        "recent": calls(&board["recent"]),
        "waiting": waiting,
    })
}

/// The lines of the book after `seq`, and the last one's.
pub fn book(book: &Value, seq: i64) -> (Value, i64) {
    let lines = book["lines"].as_array().unwrap().iter();
    let new: Vec<&Value> = lines.filter(|l| l["seq"].as_i64().unwrap() > seq).collect();
    let last = new.last().map_or(seq, |l| l["seq"].as_i64().unwrap());
    let text = |v: &Value| v.as_str().map(str::to_owned);
    let seen = new.iter().filter_map(|l| {
        let passes = l["passed_over"].as_array()?.iter();
        Some(LineSeen {
            visit: text(&l["visit"]),
            agent: text(&l["agent"]),
            rule: serde_json::from_value(l["rule"].clone()).ok()?,
            what: what(l["code"].as_str()?)?,
            passes: passes
                .filter_map(|p| {
                    Some((
                        text(&p["agent"])?,
                        serde_json::from_value(p["why"].clone()).ok()?,
                        serde_json::from_value(p["consequence"].clone()).ok()?,
                    ))
                })
                .collect(),
        })
    });
    (lines_told(seen.collect()), last)
}

/// In no order, since two at once may come in either.
pub fn lines_told(lines: Vec<LineSeen>) -> Value {
    let told = in_order(lines).into_iter().map(|l| format!("{l:?}"));
    told.collect::<Vec<_>>().into()
}

/// Everything of the second rule sheet. `lines`: what it wrote since the last time.
pub fn of_the_model(model: &Model, now: i64, lines: Vec<LineSeen>) -> Value {
    let seen = model.look(Ok(()), now);
    json!({
        "desk": desk_of(&seen),
        "board": board_of(model, now),
        "book": lines_told(lines),
    })
}

fn desk_of(seen: &Seen) -> Value {
    let visits = seen.guests.iter().map(|g| {
        let with = g.with.as_ref().filter(|_| g.state.has_agent());
        json!({
            "id": g.visit,
            "ticket": g.number,
            "also": g.also,
            "line": g.line,
            "state": g.state,
            "party_size": g.size,
            "recalls": g.recalls,
            "learned_owner": g.learned.as_ref().map(|l| &l.0),
            "co_owners": g.co_owners,
            "chores": g.chores,
            "ahead": seen.line_up.contains(&g.visit),
            "agent": with.map(|w| &w.0),
            "rule": with.map(|w| w.1),
            "accept_by": with.and_then(|w| w.2).filter(|_| g.state == VisitState::Offered),
            "waits_for": g.waits.as_ref().map(|w| &w.0),
            "waits_until": g.waits.as_ref().map(|w| w.1),
            "wanted": g.wish.as_ref().map(|w| &w.0),
        })
    });
    let agents = seen.people.iter().filter(|p| p.status != "off").map(|p| {
        json!({
            "id": p.name,
            "status": p.status,
            "away_reason": p.away.map(|a| a.0),
            "announced": p.leaving.map(|a| a.0),
            "visit": p.visit,
            "received": p.pages[0].received,
            "served": p.served,
            "owed": p.pages[0].owed.len(),
            "prepaid": p.pages[0].prepaid,
            "penalties": p.pages[0].penalties,
            "suspended": p.suspended,
        })
    });
    let serving = seen
        .guests
        .iter()
        .filter(|g| g.state == VisitState::Serving);
    let hands: usize = serving.map(|g| g.reception.hands.len()).sum();
    let finished = seen
        .guests
        .iter()
        .filter(|g| g.state == VisitState::Finished);
    json!({
        "visits": by_id(visits.collect()),
        "agents": by_id(agents.collect()),
        "hands": hands,
        "closed": seen.closed.is_some(),
        "served": finished.count(),
    })
}

/// The display, as the rule sheet has it: called and not yet served, answered calls, the waiting.
fn board_of(model: &Model, now: i64) -> Value {
    let calls = |states: &[VisitState], most: usize| -> Vec<Value> {
        let called = model.guests.iter().filter(|g| states.contains(&g.state));
        let mut called: Vec<_> = called
            .filter_map(|g| Some((g.called.as_ref()?, g)))
            .collect();
        called.sort_by_key(|((_, _, at), g)| (Reverse(*at), g.ticket.clone()));
        called.truncate(most);
        called
            .into_iter()
            .map(|((name, place, at), g)| json!([g.number, name, place, at, g.calls]))
            .collect()
    };
    let mut offered: Vec<_> = model
        .guests
        .iter()
        .filter(|g| g.state == VisitState::Offered)
        .collect();
    offered.sort_by_key(|g| (g.came, g.arrival, g.ticket.clone()));
    let queued = model.line_up(now);
    let queued = queued.iter().filter_map(|t| model.guest(t));
    let waiting = offered.into_iter().chain(queued);
    json!({
        "now_calling": calls(&[VisitState::Called], usize::MAX),
        "recent": calls(&[VisitState::Serving, VisitState::Finished], RECENT),
        "waiting": waiting.map(|g| json!([g.number, g.line])).collect::<Vec<_>>(),
    })
}
