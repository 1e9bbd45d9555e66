//! How well waits were foretold, as text for the terminal.

use comfy_table::Table;

use super::table::table;
use crate::core::floor::RANGE_HOLDS_PERCENT;
use crate::core::language::Language;
use crate::core::replay::{Accuracy, Figures};
use crate::core::words::say;

/// One sentence over all, and a table by line and hour; empty where nobody was foretold a wait.
pub(super) fn foretold(figures: &Figures, language: Language) -> String {
    let all = Accuracy::of(figures.outcomes());
    if all.parties == 0 {
        return String::new();
    }
    let say = |key: &str, params: &[(&str, &str)]| say(language, &format!("replay.{key}"), params);
    let [parties, within] = [all.parties, all.within_percent].map(|n| n.to_string());
    let promised = RANGE_HOLDS_PERCENT.to_string();
    let [median, mean, rule_median, rule_mean] = minutes(&all);
    let sentence = say(
        "foretold",
        &[
            ("parties", &parties),
            ("within", &within),
            ("promised", &promised),
            ("median", &median),
            ("mean", &mean),
            ("rule_median", &rule_median),
            ("rule_mean", &rule_mean),
        ],
    );
    format!("{sentence}\n{}\n", by_line_and_hour(figures, language))
}

fn by_line_and_hour(figures: &Figures, language: Language) -> Table {
    let heads = [
        "foretold_by",
        "foretold_parties",
        "foretold_within",
        "foretold_median",
        "foretold_mean",
        "foretold_rule_median",
        "foretold_rule_mean",
    ];
    let heads = heads.map(|key| say(language, &format!("replay.{key}"), &[]));
    let mut table = table(&heads);
    let mut row = |name: String, accuracy: &Accuracy| {
        let mut cells = vec![
            name,
            accuracy.parties.to_string(),
            format!("{} %", accuracy.within_percent),
        ];
        cells.extend(minutes(accuracy));
        table.add_row(cells);
    };
    for (line, accuracy) in figures.accuracy_by_line() {
        let name = format!("desk.line_{}", line.code());
        row(say(language, &name, &[]), &accuracy);
    }
    for (hour, accuracy) in figures.accuracy_by_hour() {
        row(format!("{hour:02}:00"), &accuracy);
    }
    table
}

/// Median and mean error of what was told, then of the house's rule; minutes with one decimal.
fn minutes(accuracy: &Accuracy) -> [String; 4] {
    [
        accuracy.median_error_s,
        accuracy.mean_error_s,
        accuracy.rule_median_error_s,
        accuracy.rule_mean_error_s,
    ]
    .map(|seconds| format!("{}.{}", seconds / 60, seconds % 60 / 6))
}
