//! Figures as a picture: turns of each agent, waits, one column a variant.

use askama::Template;

use super::{Variant, table};
use crate::core::language::Language;
use crate::core::replay::Figures;
use crate::core::words::say;

const COLUMN: u32 = 560;
const LEFT: u32 = 150;
const BAR: u32 = 30;
const WIDEST: u32 = 340;
const TALLEST: u32 = 120;
/// Minutes of one bar of the waits.
const STEP: u32 = 5;
const STEPS: usize = 12;

#[derive(Template)]
#[template(path = "figures.svg", escape = "xml")]
struct Picture<'a> {
    title: &'a str,
    turns: String,
    waits: String,
    width: u32,
    height: u32,
    columns: Vec<Column>,
}

struct Column {
    x: u32,
    name: String,
    spread: String,
    waited: String,
    rows: Vec<Row>,
    waits_y: u32,
    axis_y: u32,
    bars: Vec<Bar>,
}

struct Row {
    y: u32,
    text_y: u32,
    name: String,
    received: u32,
    owed: u32,
    owed_x: u32,
    figures_x: u32,
    figures: String,
}

struct Bar {
    x: u32,
    y: u32,
    height: u32,
    label: String,
}

pub(super) fn draw(
    title: &str,
    variants: &[Variant],
    language: Language,
) -> Result<String, askama::Error> {
    let say = |key: &str| say(language, &format!("replay.{key}"), &[]);
    let most = |f: &Figures| {
        let each = f.totals().into_values().map(|a| a.received + a.owed);
        each.max().unwrap_or(1)
    };
    let most = variants.iter().map(|v| most(&v.figures)).max().unwrap_or(1);
    let agents = variants.iter().map(|v| v.figures.totals().len());
    let rows = u32::try_from(agents.max().unwrap_or(0)).unwrap_or(0);
    let waits_y = 170 + rows * (BAR + 10);
    let columns = variants
        .iter()
        .zip(0..)
        .map(|(variant, n)| column(variant, n * COLUMN, most.max(1), waits_y, language));
    let columns: Vec<_> = columns.collect();
    let picture = Picture {
        title,
        turns: say("turns_title"),
        waits: say("waits_title"),
        width: COLUMN * u32::try_from(columns.len()).unwrap_or(1) + 40,
        height: waits_y + TALLEST + 90,
        columns,
    };
    picture.render()
}

fn column(variant: &Variant, x: u32, most: u32, waits_y: u32, language: Language) -> Column {
    let figures = &variant.figures;
    let say = |key: &str, params: &[(&str, &str)]| say(language, &format!("replay.{key}"), params);
    let rows = figures.totals().into_values().zip(0u32..);
    let rows = rows.map(|(agent, n)| {
        let y = 150 + n * (BAR + 10);
        let received = agent.received * WIDEST / most;
        let owed = agent.owed * WIDEST / most;
        Row {
            y,
            text_y: y + BAR - 9,
            name: agent.name,
            received,
            owed,
            owed_x: x + LEFT + received,
            figures_x: x + LEFT + received + owed + 8,
            figures: match agent.owed {
                0 => agent.received.to_string(),
                owed => format!("{} + {owed}", agent.received),
            },
        }
    });
    let waited = table::waits(figures);
    let mut counts = [0u32; STEPS];
    for wait in figures.waits() {
        let step = (wait / 60 / STEP) as usize;
        counts[step.min(STEPS - 1)] += 1;
    }
    let tallest = counts.iter().copied().max().unwrap_or(1).max(1);
    let axis_y = waits_y + 30 + TALLEST;
    let bars = counts.iter().zip(0u32..).map(|(count, n)| {
        let height = count * TALLEST / tallest;
        Bar {
            x: x + 40 + n * 38,
            y: axis_y - height,
            height,
            // The last takes in all that is longer.
            label: match n as usize + 1 == STEPS {
                true => format!("{}+", n * STEP),
                false => (n * STEP).to_string(),
            },
        }
    });
    Column {
        x: x + 20,
        name: variant.name.clone(),
        spread: say("spread", &[("spread", &figures.spread().to_string())]),
        waited: say(
            "waits",
            &[
                ("median", &waited.0),
                ("p90", &waited.1),
                ("longest", &waited.2),
            ],
        ),
        rows: rows.collect(),
        waits_y,
        axis_y,
        bars: bars.collect(),
    }
}
