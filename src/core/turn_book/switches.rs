//! A change of the house's rules in the office's own words: each switch by its name, with its unit.

use crate::core::language::Language;
use crate::core::words::{known, say};

/// `changed`: entries as `key: old → new`. One that cannot be read is said as it stands.
pub(super) fn words(changed: &[String], language: Language) -> String {
    let entries: Vec<String> = changed.iter().map(|c| entry(c, language)).collect();
    entries.join(&say(language, "book.separator", &[]))
}

fn entry(changed: &str, language: Language) -> String {
    let parts = changed.split_once(": ");
    let parts = parts.and_then(|(key, values)| Some((key, values.split_once(" → ")?)));
    let Some((key, (old, new))) = parts else {
        return changed.to_owned();
    };
    let value = |value: &str| {
        let key = format!("book.value_{value}");
        if known(&key) {
            say(language, &key, &[])
        } else {
            value.to_owned()
        }
    };
    let params = [
        ("switch", name(key, language)),
        ("old", value(old)),
        ("new", value(new)),
    ];
    let params = params.each_ref().map(|(name, text)| (*name, text.as_str()));
    say(language, "book.switch_changed", &params)
}

/// A switch of one line of the queue is named with its line: `lines.new.weight`.
fn name(key: &str, language: Language) -> String {
    let of_line = key.strip_prefix("lines.").and_then(|k| k.split_once('.'));
    let (text, line) = match of_line {
        Some((line, switch)) => (
            format!("book.switch_line_{switch}"),
            say(language, &format!("book.line_{line}"), &[]),
        ),
        None => (format!("book.switch_{key}"), String::new()),
    };
    if known(&text) {
        say(language, &text, &[("line", &line)])
    } else {
        key.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::house_rules::HouseRules;

    #[test]
    fn r15_every_switch_has_a_name_in_words() {
        fn keys(prefix: &str, value: &serde_json::Value, out: &mut Vec<String>) {
            for (name, inner) in value.as_object().unwrap() {
                match inner {
                    serde_json::Value::Object(_) => keys(&format!("{prefix}{name}."), inner, out),
                    _ => out.push(format!("{prefix}{name}")),
                }
            }
        }
        let mut all = Vec::new();
        let rules = serde_json::to_value(HouseRules::default()).unwrap();
        keys("", &rules, &mut all);
        assert!(all.len() > 30);
        for key in all {
            for language in Language::ALL {
                let said = name(&key, language);
                assert!(said != key && !said.contains('{'), "{key}: {said}");
            }
        }
        let changed = [
            "accept_seconds: 60 → 45".to_owned(),
            "lines.new.weight: 0 → 1".to_owned(),
        ];
        assert_eq!(
            words(&changed, Language::ZhCn),
            "接单时限（秒）：60 → 45；“新客户”队列的优先级：0 → 1"
        );
        let changed = ["named_uses_turn: yes → no".to_owned()];
        assert_eq!(
            words(&changed, Language::En),
            "“asked for by name uses a turn”: yes → no"
        );
    }
}
