//! A finding before it is printed, and the text of it that is safe to show.

use serde_json::{Value, json};

use super::lens::ScanLens;
use super::source::Source;

/// How much a finding matters. The order is the order of rank: the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// Act before anything else.
    Critical,
    /// A defect that will be met.
    High,
    /// A defect that may be met.
    Medium,
    /// Worth a change.
    Low,
    /// Worth knowing.
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

/// One finding of one rule at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// The rule that found it: what is counted for the bound, and what makes two hits of one line the same.
    pub(super) rule: &'static str,
    /// Relative to the root, divided by `/`.
    pub(super) path: String,
    /// From 1; `None` where it is about the whole file or tree.
    pub(super) line: Option<usize>,
    pub(super) severity: Severity,
    pub(super) claim: String,
    pub(super) evidence: String,
    pub(super) recommendation: String,
}

impl Hit {
    /// A finding at a line of a file; that line is its evidence.
    pub(super) fn at(source: &Source, line: usize, rule: &'static str, severity: Severity) -> Self {
        Self {
            line: Some(line),
            evidence: source.shown(line),
            ..Self::whole(&source.path, rule, severity)
        }
    }

    /// A finding about a file or the tree as a whole.
    pub(super) fn whole(path: &str, rule: &'static str, severity: Severity) -> Self {
        Self {
            rule,
            path: path.to_owned(),
            line: None,
            severity,
            claim: String::new(),
            evidence: String::new(),
            recommendation: String::new(),
        }
    }

    /// What is wrong.
    pub(super) fn claim(self, claim: impl Into<String>) -> Self {
        Self {
            claim: claim.into(),
            ..self
        }
    }

    /// What shows it, instead of the line itself.
    pub(super) fn evidence(self, evidence: impl Into<String>) -> Self {
        Self {
            evidence: evidence.into(),
            ..self
        }
    }

    /// What to do.
    pub(super) fn advise(self, recommendation: impl Into<String>) -> Self {
        Self {
            recommendation: recommendation.into(),
            ..self
        }
    }

    /// As it is printed. A scanner measures no confidence, so there is none.
    pub(super) fn json(&self, lens: ScanLens) -> Value {
        json!({
            "path": self.path,
            "line": self.line,
            "severity": self.severity.name(),
            "claim": self.claim,
            "evidence": self.evidence,
            "recommendation": self.recommendation,
            "lens": lens.name(),
            "confidence": null,
        })
    }
}

/// The longest text taken from a file into a finding, in characters.
const SHOWN: usize = 160;

/// Text of a reviewed file on one line, without what a terminal or a reader could be deceived by (control
/// characters, and the marks that reverse the direction of writing), at most 160 characters long.
pub(super) fn visible(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let text: String = text
        .trim()
        .chars()
        .take(SHOWN + 1)
        .map(|c| if hidden(c) { ' ' } else { c })
        .collect();
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
        None => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_the_eight_keys() {
        let source = Source::new("a/b.rs".into(), b"one\n\tx.unwrap();\n");
        let hit = Hit::at(&source, 2, "unwrap", Severity::Medium)
            .claim("c")
            .advise("r");
        assert_eq!(
            hit.json(ScanLens::Risks),
            json!({"path": "a/b.rs", "line": 2, "severity": "medium", "claim": "c", "evidence": "x.unwrap();",
                   "recommendation": "r", "lens": "risks", "confidence": null})
        );
    }

    #[test]
    fn what_is_shown_is_short_and_cannot_speak_to_a_terminal() {
        assert_eq!(visible(" a\u{1b}[2Jb\u{9b}c\u{202e}d\r\n"), "a [2Jb c d");
        assert_eq!(visible(&"ä".repeat(500)), format!("{}…", "ä".repeat(160)));
        assert_eq!(visible(&"ä".repeat(160)), "ä".repeat(160));
    }
}
