//! The shape of a finding, the same as the scanner's, and what reading any tool's output has in common.

use serde_json::{Value, json};

/// How much a finding matters, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

impl Severity {
    const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// One finding. The order of its fields is the order of findings: the worst first, then by place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    /// Relative to the root, divided by `/`.
    pub(super) path: String,
    /// From 1.
    pub(super) line: Option<u64>,
    pub(super) claim: String,
    pub(super) evidence: String,
    pub(super) recommendation: String,
}

impl Finding {
    /// What stands at the end of a list that was cut: the first place that is not in it.
    pub(super) fn bound(first: &Self, left_out: usize, most: usize) -> Self {
        Self {
            severity: Severity::Info,
            path: first.path.clone(),
            line: first.line,
            claim: format!("{left_out} more findings, the less severe ones, are not listed"),
            evidence: format!("{most} are listed"),
            recommendation: "deal with the listed ones, or name fewer paths, and run it again".to_owned(),
        }
    }

    pub(super) fn json(&self, lens: &str) -> Value {
        json!({
            "path": self.path,
            "line": self.line,
            "severity": self.severity.name(),
            "claim": shown(&self.claim),
            "evidence": shown(&self.evidence),
            "recommendation": shown(&self.recommendation),
            "lens": lens,
            "confidence": null,
        })
    }
}

/// The longest text taken from a tool, in characters.
const SHOWN: usize = 400;

/// Text on one line, without control characters and marks that reverse the direction of writing.
fn shown(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let text: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

/// A text of an object, empty where there is none.
pub(super) fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

/// The lines of an output that are JSON objects. Others are left out: a build may print its own.
pub(super) fn objects(stdout: &[u8]) -> impl Iterator<Item = Value> {
    stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .filter(Value::is_object)
}

/// The whole output as one JSON value.
pub(super) fn whole(tool: &str, stdout: &[u8], exit: Option<i32>) -> Result<Value, String> {
    serde_json::from_slice(stdout).map_err(|error| {
        format!(
            "{tool} printed no report ({error}), {}: see its standard error",
            ended(exit)
        )
    })
}

/// How it ended, in words.
pub(super) fn ended(exit: Option<i32>) -> String {
    exit.map_or_else(
        || "ended by a signal".to_owned(),
        |code| format!("exit status {code}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_short_and_on_one_line() {
        assert_eq!(shown(" a\n\tb\u{1b}[0m\u{202e}c "), "a b [0m c");
        assert_eq!(shown(&"ä".repeat(500)).chars().count(), SHOWN + 1);
    }

    #[test]
    fn lines_that_are_no_objects_are_left_out() {
        assert_eq!(
            objects(b"warning: x\n{\"a\":1}\n[2]\n\xff\n{\"b\"").collect::<Vec<_>>(),
            [json!({"a": 1})]
        );
    }
}
