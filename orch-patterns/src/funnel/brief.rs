//! Ranked findings as the material of an implementer: what reviewers said, with its place, and no instruction of ours.

use std::fmt::Write as _;

use orch_prompts::Material;

use crate::deliverable::sheet;
use crate::finding::Merged;

/// The findings, the most important first.
pub(super) fn as_material(items: &[Merged]) -> Material {
    let mut text = String::new();
    for (number, item) in items.iter().enumerate() {
        // Writing to a `String` does not fail.
        let _ = write_one(&mut text, number + 1, item);
    }
    Material::new("findings", "reviewers; merged and ranked by impact", text)
}

fn write_one(text: &mut String, number: usize, item: &Merged) -> std::fmt::Result {
    let finding = &item.primary;
    let place = finding
        .path
        .as_deref()
        .map(|path| sheet::place(path, finding.line));
    let place = place.unwrap_or_else(|| "no single place".to_owned());
    writeln!(text, "{number}. {} at {place}", item.severity)?;
    writeln!(text, "   Claim: {}", finding.claim)?;
    for (name, words) in [
        ("Evidence", &finding.evidence),
        ("Recommendation", &finding.recommendation),
    ] {
        if !words.trim().is_empty() {
            writeln!(text, "   {name}: {}", words.trim().replace('\n', "\n     "))?;
        }
    }
    writeln!(text, "   Seen by: {}", item.seen_by.join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::finding::{Finding, Findings, MergeSettings, Severity};
    use crate::review_fanout::Review;

    #[test]
    fn a_finding_reaches_the_implementer_with_place_evidence_and_recommendation() {
        let finding = Finding {
            evidence: "let n = 0;\nloop {}".to_owned(),
            recommendation: "Count down.".to_owned(),
            ..Finding::new("The loop never ends.").severity(Severity::High)
        };
        let placed = finding.clone().at("src/a.rs", 7);
        let findings = Findings {
            findings: vec![placed, Finding::new("Nobody says why.")],
        };
        let review = Review::merge(
            [("risks", findings)],
            Path::new("/tree"),
            &MergeSettings::default(),
        );
        insta::assert_snapshot!(as_material(&review.items).text);
    }
}
