//! Figures and cases as text for the terminal.

use comfy_table::{CellAlignment, Table, presets};

use super::Variant;
use super::foretold::foretold;
use crate::core::clock;
use crate::core::language::Language;
use crate::core::replay::figures::percentile;
use crate::core::replay::{Case, Figures, Receipt};
use crate::core::ticket::TicketNumber;
use crate::core::time::{Millis, zone};
use crate::core::turn_book::words::{self, Reader};
use crate::core::words::say;

/// Most parties listed one by one.
const LISTED: usize = 40;

pub(super) fn variants(title: &str, variants: &[Variant], language: Language) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(language, &format!("replay.{key}"), params);
    let mut text = format!("{title}\n");
    for variant in variants {
        let figures = &variant.figures;
        let (Some(first), Some(last)) = (figures.days.first(), figures.days.last()) else {
            text += &format!("\n{}\n{}\n", variant.name, say("nothing", &[]));
            continue;
        };
        let parties: usize = figures.days.iter().map(|d| d.receipts.len()).sum();
        let span = say(
            "span",
            &[
                ("from", &first.day),
                ("to", &last.day),
                ("days", &figures.days.len().to_string()),
                ("parties", &parties.to_string()),
            ],
        );
        let waits = waits(figures);
        let waits = say(
            "waits",
            &[
                ("median", &waits.0),
                ("p90", &waits.1),
                ("longest", &waits.2),
            ],
        );
        let spread = figures.spread().to_string();
        let spread = say("spread", &[("spread", &spread)]);
        let agents = agents(figures, language);
        let foretold = foretold(figures, language);
        text += &format!(
            "\n{} · {span}\n{agents}\n{spread}\n{waits}\n{foretold}",
            variant.name
        );
    }
    if let [was, would] = variants {
        text += &moved(&was.figures, &would.figures, language);
    }
    text
}

/// Median, nine of ten, longest; minutes.
pub(super) fn waits(figures: &Figures) -> (String, String, String) {
    let waits = figures.waits();
    let minutes = |percent| (percentile(&waits, percent).div_ceil(60)).to_string();
    (minutes(50), minutes(90), minutes(100))
}

pub(super) fn table(heads: &[String]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(heads);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn agents(figures: &Figures, language: Language) -> Table {
    let heads = [
        "agent", "received", "served", "own", "courtesy", "owed", "lost", "lapsed",
    ];
    let heads = heads.map(|key| say(language, &format!("replay.{key}"), &[]));
    let mut table = table(&heads);
    for day in figures.totals().values() {
        table.add_row([
            day.name.clone(),
            day.received.to_string(),
            day.served.to_string(),
            day.own.to_string(),
            day.courtesy.to_string(),
            day.owed.to_string(),
            day.lost.to_string(),
            day.lapsed.to_string(),
        ]);
    }
    table
}

/// Who would have received whom: the parties that would have gone to somebody else.
fn moved(was: &Figures, would: &Figures, language: Language) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(language, &format!("replay.{key}"), params);
    let receipts = |f: &Figures| -> Vec<(String, Receipt)> {
        let of_day = |d: &crate::core::replay::Day| {
            let day = d.day.clone();
            let receipts = d.receipts.iter().cloned();
            receipts.map(|r| (day.clone(), r)).collect::<Vec<_>>()
        };
        f.days.iter().flat_map(of_day).collect()
    };
    let names: std::collections::BTreeMap<_, _> = was
        .totals()
        .into_iter()
        .chain(would.totals())
        .map(|(id, day)| (id, day.name))
        .collect();
    let name = |r: &Receipt| match &r.agent {
        Some(id) => names.get(id).cloned().unwrap_or_else(|| id.to_string()),
        None => say("nobody", &[]),
    };
    let before: std::collections::BTreeMap<_, _> = receipts(was)
        .into_iter()
        .map(|(_, r)| (r.visit, r))
        .collect();
    let others: Vec<_> = receipts(would)
        .into_iter()
        .filter_map(|(day, after)| {
            let before = before.get(&after.visit)?;
            (before.agent != after.agent).then(|| (day, before.clone(), after))
        })
        .collect();
    let count = others.len().to_string();
    let mut text = format!("\n{}\n", say("moved", &[("count", &count)]));
    if others.is_empty() {
        return text;
    }
    let heads = ["ticket", "agent_was", "agent_would"].map(|key| say(key, &[]));
    let mut table = table(&heads);
    for (day, before, after) in others.iter().take(LISTED) {
        table.add_row([format!("{day} {}", after.ticket), name(before), name(after)]);
    }
    text += &format!("{table}\n");
    if others.len() > LISTED {
        let rest = (others.len() - LISTED).to_string();
        text += &format!("{}\n", say("more", &[("count", &rest)]));
    }
    text
}

/// The state before each decision, the rule, the decision.
pub(super) fn case(case: &Case, ticket: TicketNumber, language: Language) -> String {
    let say = |key: &str, params: &[(&str, &str)]| say(language, &format!("replay.{key}"), params);
    let number = ticket.to_string();
    if case.decisions.is_empty() {
        return format!("{}\n", say("case_none", &[("ticket", &number)]));
    }
    let zone = zone(&case.state.site.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let name = |id: &crate::core::id::AgentId| {
        let agent = case.state.agents.get(id);
        agent.map_or_else(|| id.to_string(), |a| a.name.clone())
    };
    let title = [("day", case.day.as_str()), ("ticket", number.as_str())];
    let mut text = format!("{}\n", say("case", &title));
    for decision in &case.decisions {
        let time = |at: Millis| clock::moment(language, at, decision.at, &zone);
        let reader = Reader {
            language,
            name: &name,
            time: &time,
        };
        text += &format!("\n{}\n", time(decision.at));
        if !decision.before.is_empty() {
            let ahead: Vec<_> = decision.ahead.iter().map(ToString::to_string).collect();
            let ahead = match ahead.is_empty() {
                true => say("ahead_none", &[]),
                false => say("ahead", &[("tickets", &ahead.join(" "))]),
            };
            let mut heads = vec![say("before", &[])];
            heads.extend(
                ["status", "received", "owed", "prepaid", "penalties"].map(|key| say(key, &[])),
            );
            let mut table = table(&heads);
            for agent in &decision.before {
                let mark = if agent.at_cursor {
                    say("cursor", &[])
                } else {
                    " ".to_owned()
                };
                let owed: Vec<_> = agent.owed.iter().map(|d| time(d.date)).collect();
                table.add_row([
                    format!("{mark} {}", name(&agent.agent)),
                    say(&format!("status_{}", agent.status), &[]),
                    agent.received.to_string(),
                    owed.join(" "),
                    agent.prepaid.to_string(),
                    agent.penalties.to_string(),
                ]);
            }
            text += &format!("{ahead}\n{table}\n");
        }
        for line in &decision.lines {
            let by = line.by.as_deref();
            let who = by.map(|by| {
                words::staff(&case.state.site, by, language).unwrap_or_else(|| by.to_owned())
            });
            text += &format!("  {}\n", words::signed(line, who.as_deref(), &reader));
        }
    }
    text
}
