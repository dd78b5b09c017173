//! A finding of codex's own review, read as one of ours.
//!
//! `codex exec review` asks its model for `{"findings":[{"title","body","confidence_score","priority",
//! "code_location":{"absolute_file_path","line_range":{"start","end"}}}],"overall_correctness",...}`; priority 0 to 3
//! is optional, and stands in the title as `[P1]` besides. The text that codex makes of it for people is not read
//! here, and what the review says as a whole is no finding and is left out.

use serde::Deserialize;
use serde_json::Value;

use super::numbers::{line, number};
use super::{Finding, Severity};

/// The keys that only codex's findings have, of any type: in one of ours they are ignored.
#[derive(Deserialize)]
pub(super) struct CodexFinding {
    #[serde(default)]
    title: Option<Value>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    confidence_score: Option<Value>,
    #[serde(default)]
    priority: Option<Value>,
    #[serde(default)]
    code_location: Option<Value>,
}

/// The finding; none when it has no title that claims something.
///
/// The priority is the severity: 0 critical, 1 high, 2 medium, 3 low; without one, here and in the title, it is
/// medium. The path stays absolute, as codex gives it: only who knows the work tree can make it relative.
pub(super) fn finding(codex: &CodexFinding) -> Option<Finding> {
    let (tag, claim) = tagged(codex.title.as_ref()?.as_str()?);
    if claim.is_empty() {
        return None;
    }
    let place = codex.code_location.as_ref();
    let path = place
        .and_then(|place| place.get("absolute_file_path"))
        .and_then(Value::as_str);
    let start = place.and_then(|place| place.pointer("/line_range/start"));
    let path = path.map(str::trim).filter(|path| !path.is_empty());
    let read = Finding {
        path: path.map(str::to_owned),
        line: start.and_then(line).filter(|_| path.is_some()),
        severity: codex
            .priority
            .as_ref()
            .and_then(priority)
            .or(tag)
            .unwrap_or_default(),
        evidence: codex
            .body
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        confidence: codex.confidence_score.as_ref().and_then(number).unwrap_or(0.5),
        ..Finding::new(claim)
    };
    Some(Finding {
        confidence: read.certainty(),
        ..read
    })
}

/// `[P1] A title` as its priority and the title itself.
fn tagged(title: &str) -> (Option<Severity>, &str) {
    let title = title.trim();
    let tag = title.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match tag.and_then(|(tag, rest)| Some((level(tag)?, rest.trim()))) {
        Some((severity, rest)) => (Some(severity), rest),
        None => (None, title),
    }
}

fn priority(value: &Value) -> Option<Severity> {
    match value {
        Value::String(text) => level(text),
        other => level(&other.to_string()),
    }
}

/// `P1`, `p1` or `1`.
fn level(text: &str) -> Option<Severity> {
    match text.trim().trim_start_matches(['P', 'p']) {
        "0" | "0.0" => Some(Severity::Critical),
        "1" | "1.0" => Some(Severity::High),
        "2" | "2.0" => Some(Severity::Medium),
        "3" | "3.0" => Some(Severity::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Findings;
    use super::*;

    /// As codex asks its model for it.
    fn review() -> Value {
        json!({
            "findings": [
                {
                    "title": "[P1] Keep the header of a 429",
                    "body": "`retry` drops it, so that the client waits too short.",
                    "confidence_score": 0.8,
                    "priority": 1,
                    "code_location": {
                        "absolute_file_path": "/tree/net/src/retry.rs",
                        "line_range": {"start": 41, "end": 44}
                    }
                }
            ],
            "overall_correctness": "patch is incorrect",
            "overall_explanation": "One defect that callers meet.",
            "overall_confidence_score": 0.9
        })
    }

    fn read(review: Value) -> Finding {
        let findings: Findings = serde_json::from_value(review).unwrap();
        assert_eq!(findings.findings.len(), 1);
        findings.findings[0].clone()
    }

    #[test]
    fn a_review_of_codex_is_findings() {
        let expected = Finding {
            evidence: "`retry` drops it, so that the client waits too short.".into(),
            confidence: 0.8,
            ..Finding::new("Keep the header of a 429")
                .at("/tree/net/src/retry.rs", 41)
                .severity(Severity::High)
        };
        assert_eq!(read(review()), expected);
    }

    #[test]
    fn without_a_priority_the_title_tells_it_and_without_both_it_is_medium() {
        for absent in [json!(null), json!({"a": 1}), json!(17), json!("soon")] {
            let mut review = review();
            review["findings"][0]["priority"] = absent;
            assert_eq!(read(review.clone()).severity, Severity::High);
            review["findings"][0]["title"] = json!("[tests] Keep the header");
            let read = read(review);
            assert_eq!(read.severity, Severity::Medium);
            assert_eq!(read.claim, "[tests] Keep the header");
        }
        let mut review = review();
        review["findings"][0].as_object_mut().unwrap().remove("priority");
        assert_eq!(read(review).severity, Severity::High);
    }

    #[test]
    fn each_priority_is_a_severity() {
        for (priority, severity) in [
            (json!(0), Severity::Critical),
            (json!(2.0), Severity::Medium),
            (json!("P3"), Severity::Low),
        ] {
            let mut review = review();
            review["findings"][0]["priority"] = priority;
            assert_eq!(read(review).severity, severity);
        }
    }

    #[test]
    fn what_is_of_the_wrong_kind_is_left_out() {
        let mut review = review();
        review["findings"][0]["code_location"] = json!([1]);
        review["findings"][0]["confidence_score"] = json!("very");
        review["findings"][0]["body"] = json!(3);
        let expected = Finding::new("Keep the header of a 429").severity(Severity::High);
        assert_eq!(read(review), expected);
    }

    #[test]
    fn a_title_that_claims_nothing_is_no_finding() {
        for title in [json!("[P1] "), json!(" "), json!(3), json!(null)] {
            let error = serde_json::from_value::<Finding>(json!({"title": title})).unwrap_err();
            assert!(error.to_string().contains("missing field `claim`"), "{error}");
        }
    }

    #[test]
    fn a_finding_of_ours_is_not_changed_by_keys_of_codex() {
        let ours = json!({"claim": "x", "title": "[P0] y", "priority": 0, "confidence_score": 1, "code_location": 3});
        assert_eq!(
            serde_json::from_value::<Finding>(ours).unwrap(),
            Finding::new("x")
        );
    }
}
