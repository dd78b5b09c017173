//! [`Tally`]: what was done so far, how many times, and what went wrong.

use std::fmt::Write as _;

use anyhow::Error;
use serde_json::json;

use crate::report::machine;

/// The count of a soak.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(super) rounds: u64,
    pub(super) seconds: u64,
    rows: Vec<Row>,
    left_out: Vec<String>,
}

#[derive(Debug)]
struct Row {
    what: String,
    count: u64,
    failures: u64,
    /// Of the last failure.
    why: Option<String>,
}

impl Tally {
    /// `count` more of `what`, of which `failures` failed.
    pub(super) fn add(&mut self, what: &str, count: u64, failures: u64) {
        let row = self.row(what);
        row.count += count;
        row.failures += failures;
    }

    /// One failure more of `what`, and why.
    pub(super) fn failed(&mut self, what: &str, why: impl Into<String>) {
        let why = why.into();
        eprintln!("failure: {what}: {why}");
        let row = self.row(what);
        row.failures += 1;
        row.why = Some(why);
    }

    /// A trial could not be done.
    pub(super) fn broke_off(&mut self, name: &str, error: &Error) {
        self.failed(&format!("rounds of {name} that broke off"), format!("{error:#}"));
    }

    /// This machine does not allow it; it is no failure, and is said.
    pub(super) fn leave_out(&mut self, what: String) {
        if !self.left_out.contains(&what) {
            eprintln!("left out: {what}");
            self.left_out.push(what);
        }
    }

    fn row(&mut self, what: &str) -> &mut Row {
        let at = self.rows.iter().position(|row| row.what == what);
        let at = at.unwrap_or_else(|| {
            self.rows.push(Row {
                what: what.to_owned(),
                count: 0,
                failures: 0,
                why: None,
            });
            self.rows.len() - 1
        });
        &mut self.rows[at]
    }

    pub(crate) fn failures(&self) -> u64 {
        self.rows.iter().map(|row| row.failures).sum()
    }

    /// One table.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "Soak: {} rounds in {} min {} s. {}\n\n| what | how many | failures |\n| --- | ---: | ---: |\n",
            self.rounds,
            self.seconds / 60,
            self.seconds % 60,
            machine::described()
        );
        for row in &self.rows {
            // Writing to a String cannot fail.
            let _infallible = writeln!(
                text,
                "| {} | {} | {} |",
                row.what,
                grouped(row.count),
                grouped(row.failures)
            );
        }
        for row in &self.rows {
            if let Some(why) = &row.why {
                let _infallible = write!(text, "\nLast failure of \"{}\": {why}\n", row.what);
            }
        }
        for what in &self.left_out {
            let _infallible = write!(text, "\nLeft out: {what}\n");
        }
        text
    }

    /// The same on one line.
    pub(crate) fn json(&self) -> String {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(
                |row| json!({"what": row.what, "count": row.count, "failures": row.failures, "why": row.why}),
            )
            .collect();
        json!({
            "rounds": self.rounds,
            "seconds": self.seconds,
            "failures": self.failures(),
            "rows": rows,
            "left_out": self.left_out,
        })
        .to_string()
    }
}

/// With a comma at every thousand.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Tally, grouped};

    #[test]
    fn thousands_are_grouped() {
        let texts = [0, 999, 1_000, 12_345_678].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "12,345,678"]);
    }

    #[test]
    fn counts_add_up_and_failures_are_told() {
        let mut tally = Tally::default();
        tally.add("streams", 1_000, 0);
        tally.add("streams", 500, 1);
        assert_eq!(tally.failures(), 1);
        tally.failed("streams", "it differs");
        tally.broke_off("trees", &anyhow::anyhow!("no room"));
        tally.leave_out("numbers, for no reason".to_owned());
        assert_eq!(tally.failures(), 3);
        let text = tally.markdown();
        assert!(text.contains("| streams | 1,500 | 2 |"), "{text}");
        assert!(text.contains("Last failure of \"streams\": it differs"), "{text}");
        assert!(
            text.contains("| rounds of trees that broke off | 0 | 1 |"),
            "{text}"
        );
        assert!(text.contains("Left out: numbers"), "{text}");
        assert!(tally.json().contains("\"failures\":3"), "{}", tally.json());
    }
}
