//! The rows of the table and the figures of the object.

use std::fmt::Write as _;

use anyhow::Error;
use serde_json::Value;

use super::shown::{number, time};
use super::{Bar, Key, machine};
use crate::statistics::{Ratio, median, min};

/// What was measured so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 6]>,
    figures: Vec<(Key, f64)>,
    failures: Vec<String>,
}

impl Report {
    /// The limit of `what`: the one row of it with absolute times.
    pub(crate) fn limit(&mut self, what: &str, nanoseconds: &[f64]) {
        self.reference(what, "raw", nanoseconds);
    }

    /// What the others of `what` are compared with: the one row of it with absolute times.
    pub(crate) fn reference(&mut self, what: &str, who: &str, nanoseconds: &[f64]) {
        let cells = [what, who].map(str::to_owned);
        let times = [min(nanoseconds), median(nanoseconds)].map(|value| format!("1 ({})", time(value)));
        self.push(
            cells,
            times,
            format!("{} rounds", nanoseconds.len()),
            String::new(),
        );
    }

    /// How `who` compares with the limit.
    pub(crate) fn ratio(&mut self, what: &str, who: &str, ratio: Ratio, bar: Option<Bar>, key: Option<Key>) {
        let interval = format!("{} to {}", number(ratio.low), number(ratio.high));
        let bar = bar.map_or_else(String::new, |bar| bar.shown(bar.holds(&ratio)));
        let cells = [what, who].map(str::to_owned);
        self.push(cells, [ratio.min, ratio.median].map(number), interval, bar);
        self.figures.extend(key.map(|key| (key, ratio.median)));
    }

    /// What was counted.
    pub(crate) fn count(&mut self, what: &str, who: &str, count: f64, bar: Option<Bar>, key: Option<Key>) {
        let bar = bar.map_or_else(String::new, |bar| bar.shown(bar.holds_exactly(count)));
        let cells = [what, who].map(str::to_owned);
        self.push(cells, [String::new(), number(count)], "counted".to_owned(), bar);
        self.figures.extend(key.map(|key| (key, count)));
    }

    /// A measurement that could not be made.
    pub(crate) fn failed(&mut self, measurement: &str, error: &Error) {
        self.failures.push(format!("{measurement}: {error:#}"));
    }

    /// What could not be measured, and why.
    pub(crate) fn failures(&self) -> &[String] {
        &self.failures
    }

    fn push(&mut self, [what, who]: [String; 2], [min, median]: [String; 2], interval: String, bar: String) {
        self.rows.push([what, who, min, median, interval, bar]);
    }

    /// The machine, and the table in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("{}.\n\n", machine::described());
        text.push_str("| what | who | min | median | 95 % interval of the median | bar |\n");
        text.push_str("| --- | --- | --- | --- | --- | --- |\n");
        for row in &self.rows {
            // Writing to a String cannot fail.
            let _infallible = writeln!(text, "| {} |", row.join(" | "));
        }
        text
    }

    /// One object with exactly these keys; null where nothing was measured.
    pub(crate) fn json(&self, keys: &[(Key, &str)]) -> String {
        let figure = |wanted| {
            let found = self.figures.iter().find(|(key, _)| *key == wanted);
            found.map_or(Value::Null, |(_, value)| rounded(*value))
        };
        // In the order of the table, which a map would not keep.
        let pairs: Vec<String> = keys
            .iter()
            .map(|(key, name)| format!("\"{name}\":{}", figure(*key)))
            .collect();
        format!("{{{}}}", pairs.join(","))
    }
}

/// To four places; a whole number as one.
#[allow(clippy::cast_possible_truncation, reason = "it is small and whole")]
fn rounded(value: f64) -> Value {
    let value = (value * 1e4).round() / 1e4;
    if value.fract() == 0.0 && value.abs() < 1e15 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_has_every_key_in_order_and_null_for_what_is_missing() {
        let mut report = Report::default();
        report.count(
            "calls",
            "ours",
            23.0,
            Some(Bar::AtMost(24.0)),
            Some(Key::SpawnSyscalls),
        );
        let ratio = Ratio {
            min: 1.0,
            median: 1.036_58,
            low: 1.0,
            high: 1.1,
        };
        report.ratio("wall", "ours", ratio, None, Some(Key::SpawnWall));
        let json = report.json(&Key::PTY);
        assert!(
            json.starts_with(r#"{"spawn_syscalls":23,"spawn_wall":1.0366,"spawn_wall_async":null,"#),
            "{json}"
        );
        assert!(json.ends_with(r#""leaked_fds":null}"#), "{json}");
        assert_eq!(json.matches(':').count(), Key::PTY.len());
        assert!(!json.contains('\n'));
    }

    #[test]
    fn the_table_says_what_holds_and_what_does_not() {
        let mut report = Report::default();
        report.limit("wall", &[1_000_000.0, 1_200_000.0, 1_100_000.0]);
        report.count("left", "ours", 4.0, Some(Bar::AtMost(0.0)), None);
        let text = report.markdown();
        assert!(
            text.contains("| wall | raw | 1 (1.000 ms) | 1 (1.100 ms) | 3 rounds |  |"),
            "{text}"
        );
        assert!(
            text.contains("| left | ours |  | 4 | counted | ≤ 0: **missed** |"),
            "{text}"
        );
    }
}
