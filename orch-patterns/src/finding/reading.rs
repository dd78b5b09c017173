//! How a finding is read from JSON: what is forgiven and what is not.
//!
//! The schema that workers are given is strict; this reader is wider, because an answer that is clear should not
//! cost a second turn. It never guesses a claim or a severity. What codex's own review says is read as well, in
//! `codex_review`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::codex_review::{self, CodexFinding};
use super::numbers::{line, number};
use super::{Finding, Findings, Severity};
use crate::deliverable::ENTRIES;

#[derive(Deserialize)]
struct Loose {
    #[serde(default)]
    claim: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    line: Option<Value>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(default)]
    evidence: Option<String>,
    #[serde(default)]
    recommendation: Option<String>,
    #[serde(default)]
    lens: Option<String>,
    #[serde(default)]
    confidence: Option<Value>,
    #[serde(flatten)]
    codex: CodexFinding,
}

impl<'de> Deserialize<'de> for Finding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let loose = Loose::deserialize(deserializer)?;
        let Some(claim) = loose.claim else {
            return codex_review::finding(&loose.codex).ok_or_else(|| D::Error::missing_field("claim"));
        };
        if claim.trim().is_empty() {
            return Err(D::Error::custom(
                "claim is blank: say in one sentence what is wrong",
            ));
        }
        let finding = Self {
            path: loose.path.filter(|path| !path.trim().is_empty()),
            line: loose.line.as_ref().and_then(line),
            severity: loose.severity.unwrap_or_default(),
            claim,
            evidence: loose.evidence.unwrap_or_default(),
            recommendation: loose.recommendation.unwrap_or_default(),
            lens: loose.lens.unwrap_or_default(),
            confidence: loose.confidence.as_ref().and_then(number).unwrap_or(0.5),
        };
        Ok(Self {
            confidence: finding.certainty(),
            ..finding
        })
    }
}

#[derive(Deserialize)]
struct List {
    findings: Vec<Finding>,
}

impl<'de> Deserialize<'de> for Findings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let List { findings } = List::deserialize(deserializer)?;
        if findings.len() > ENTRIES {
            return Err(D::Error::custom(format_args!(
                "findings has {} entries: keep the {ENTRIES} that matter most, or fewer",
                findings.len()
            )));
        }
        Ok(Self { findings })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Finding {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_full_finding_survives_the_round_trip() {
        let finding = Finding {
            path: Some("src/a.rs".into()),
            line: Some(12),
            severity: Severity::High,
            claim: "`parse` panics on an empty line".into(),
            evidence: "line.split(' ').next().unwrap()".into(),
            recommendation: "return an error".into(),
            lens: "correctness".into(),
            confidence: 0.75,
        };
        let text = serde_json::to_string(&finding).unwrap();
        assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), finding);
        assert!(text.contains(r#""severity":"high""#), "{text}");
    }

    #[test]
    fn a_claim_alone_is_enough_and_unknown_keys_are_ignored() {
        assert_eq!(read(json!({"claim": "x", "mood": [1, 2]})), Finding::new("x"));
        assert_eq!(
            read(
                json!({"claim": "x", "path": null, "line": null, "severity": null, "evidence": null,
                "recommendation": null, "lens": null, "confidence": null})
            ),
            Finding::new("x")
        );
    }

    #[test]
    fn a_line_that_is_no_line_is_none() {
        for value in [
            json!(0),
            json!(-3),
            json!(1e300),
            json!("top"),
            json!([1]),
            json!(0.4),
            json!("-2"),
        ] {
            assert_eq!(read(json!({"claim": "x", "line": value})).line, None, "{value}");
        }
        for value in [json!(12), json!(12.0), json!("12"), json!("12-15"), json!("L12")] {
            assert_eq!(
                read(json!({"claim": "x", "line": value})).line,
                Some(12),
                "{value}"
            );
        }
    }

    #[test]
    fn confidence_is_clamped() {
        let confidence = |value: Value| {
            read(json!({"claim": "x", "confidence": value}))
                .confidence
                .to_bits()
        };
        assert_eq!(confidence(json!(7)), 1.0_f64.to_bits());
        assert_eq!(confidence(json!(-1)), 0.0_f64.to_bits());
        assert_eq!(confidence(json!("0.25")), 0.25_f64.to_bits());
        assert_eq!(confidence(json!("NaN")), 0.5_f64.to_bits());
    }

    #[test]
    fn a_missing_or_blank_claim_and_an_unknown_severity_are_errors() {
        let error = |value: Value| serde_json::from_value::<Finding>(value).unwrap_err().to_string();
        assert!(error(json!({"path": "a"})).contains("missing field `claim`"));
        assert!(error(json!({"claim": " \n"})).contains("claim is blank"));
        assert!(error(json!({"claim": "x", "severity": "spicy"})).contains("severity \"spicy\" is unknown"));
    }

    #[test]
    fn one_bad_finding_makes_the_list_invalid_and_no_list_is_no_empty_list() {
        assert!(
            serde_json::from_value::<Findings>(json!({"findings": [{"claim": "x"}, {"claim": ""}]})).is_err()
        );
        assert!(serde_json::from_value::<Findings>(json!({})).is_err());
        assert_eq!(
            serde_json::from_value::<Findings>(json!({"findings": []})).unwrap(),
            Findings::default()
        );
    }

    #[test]
    fn more_findings_than_anybody_reads_are_a_complaint_and_not_cut() {
        let list = |count: usize| json!({"findings": vec![json!({"claim": "x"}); count]});
        let most = serde_json::from_value::<Findings>(list(1_000)).unwrap();
        assert_eq!(most.findings.len(), 1_000);
        let error = serde_json::from_value::<Findings>(list(1_001)).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("findings has 1001 entries: keep the 1000"),
            "{error}"
        );
    }

    #[test]
    fn the_schema_asks_for_every_field_and_describes_it() {
        let schema = schemars::schema_for!(Findings).to_value();
        let finding = &schema["$defs"]["Finding"]["properties"];
        let names: Vec<&String> = finding.as_object().unwrap().keys().collect();
        assert_eq!(names.len(), 8, "{names:?}");
        for name in names {
            let described = finding[name].get("description").and_then(Value::as_str);
            assert!(described.is_some_and(|text| text.len() > 10), "{name}");
        }
    }
}
