//! What a review fan-out returns: one ranked list, and what to do next.
//!
//! Reviewers' words are hostile bytes: they are made plain here, once, before anybody shows them.

use std::fmt;
use std::path::{Path, PathBuf};

use orch_core::plain;
use serde::{Deserialize, Serialize};

use crate::finding::{Adjudication, Finding, Findings, MergeSettings, Merged, Reported, merge};

/// A ranked list of findings without duplicates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Review {
    /// The findings, the most important first.
    pub items: Vec<Merged>,
    /// The one thing to do next; none when nothing was found.
    pub next_step: Option<String>,
    /// The reviewers that delivered.
    pub reviewers: Vec<String>,
    /// Files that changed while the reviewers read, and that none of them is known to have changed: somebody saved them.
    /// What is said of them may hold for the old text. Made plain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_meanwhile: Vec<String>,
    /// What an adjudicator was asked and said, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjudication: Option<Adjudication>,
}

impl Review {
    /// Joins and ranks what the reviewers found; `work_tree` makes absolute paths relative.
    pub fn merge<S: Into<String>>(
        answers: impl IntoIterator<Item = (S, Findings)>,
        work_tree: &Path,
        settings: &MergeSettings,
    ) -> Self {
        let said = Said::of(answers, work_tree);
        let items = merge(said.reported, &settings.clone().panel(said.panel));
        Self::new(items, said.reviewers, None)
    }

    pub(super) fn new(
        items: Vec<Merged>,
        reviewers: Vec<String>,
        adjudication: Option<Adjudication>,
    ) -> Self {
        Self {
            changed_meanwhile: Vec::new(),
            next_step: items.first().map(next_step),
            items,
            reviewers,
            adjudication,
        }
    }

    /// The same, of a tree in which these files changed meanwhile.
    pub(super) fn changed_meanwhile(mut self, paths: &[PathBuf]) -> Self {
        let plain = |path: &PathBuf| plain::line(&path.to_string_lossy(), 300);
        self.changed_meanwhile = paths.iter().map(plain).collect();
        self
    }
}

/// What reviewers said, ready to be merged.
pub(super) struct Said {
    pub(super) reviewers: Vec<String>,
    pub(super) reported: Vec<Reported>,
    /// How many reviewers delivered.
    pub(super) panel: u32,
}

impl Said {
    pub(super) fn of<S: Into<String>>(
        answers: impl IntoIterator<Item = (S, Findings)>,
        work_tree: &Path,
    ) -> Self {
        let mut reviewers = Vec::new();
        let mut reported = Vec::new();
        for (name, answer) in answers {
            let name: String = name.into();
            for (order, finding) in (0_u32..).zip(answer.findings) {
                let finding = made_plain(&finding, &name, work_tree);
                reported.push(Reported {
                    source: name.clone(),
                    order,
                    finding,
                });
            }
            reviewers.push(name);
        }
        let panel = u32::try_from(reviewers.len()).unwrap_or(u32::MAX);
        Self {
            reviewers,
            reported,
            panel,
        }
    }
}

/// The finding without control characters, under the lens that it was asked for, with a path inside the work tree.
fn made_plain(finding: &Finding, lens: &str, work_tree: &Path) -> Finding {
    Finding {
        path: finding.path.as_deref().and_then(|path| relative(path, work_tree)),
        claim: plain::line(&finding.claim, 1_000),
        evidence: plain::block(&finding.evidence),
        recommendation: plain::line(&finding.recommendation, 2_000),
        lens: lens.to_owned(),
        ..*finding
    }
}

/// The path relative to the work tree; none when it is elsewhere, since then it is no place in what was reviewed.
fn relative(path: &str, work_tree: &Path) -> Option<String> {
    let path = plain::line(path, 1_000);
    let inside = Path::new(&path)
        .strip_prefix(work_tree)
        .unwrap_or(Path::new(&path));
    let ordinary = inside.components().all(|part| {
        use std::path::Component::{CurDir, Normal};
        matches!(part, CurDir | Normal(_))
    });
    let text = inside.to_string_lossy();
    let text = text.strip_prefix("./").unwrap_or(&text);
    (ordinary && !text.is_empty()).then(|| text.to_owned())
}

fn next_step(item: &Merged) -> String {
    let finding = &item.primary;
    let what = if finding.recommendation.is_empty() {
        &finding.claim
    } else {
        &finding.recommendation
    };
    match place(finding) {
        Some(place) => format!("{place}: {what}"),
        None => what.clone(),
    }
}

fn place(finding: &Finding) -> Option<String> {
    let path = finding.path.as_ref()?;
    Some(match finding.line {
        Some(line) => format!("{path}:{line}"),
        None => path.clone(),
    })
}

impl fmt::Display for Review {
    /// A plain list for people: rank, severity, place, claim; what to do; who saw it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.reviewers.len();
        if of == 0 {
            writeln!(f, "No reviewer delivered: nothing is known.")?;
        } else if self.items.is_empty() {
            writeln!(
                f,
                "No findings from {of} reviewer{}.",
                if of == 1 { "" } else { "s" }
            )?;
        }
        for item in &self.items {
            let finding = &item.primary;
            let place = place(finding).unwrap_or_else(|| "no single place".to_owned());
            writeln!(f, "{:>3}. {:<8} {place}", item.rank, item.severity.to_string())?;
            writeln!(f, "     {}", finding.claim)?;
            if !finding.recommendation.is_empty() {
                writeln!(f, "     -> {}", finding.recommendation)?;
            }
            writeln!(
                f,
                "     seen by {} of {of}: {}",
                item.seen_by.len(),
                item.seen_by.join(", ")
            )?;
        }
        if let Some(next) = &self.next_step {
            writeln!(f, "\nNext step: {next}")?;
        }
        if !self.changed_meanwhile.is_empty() {
            let named = self.changed_meanwhile.join(", ");
            writeln!(f, "\nChanged while it was reviewed: {named}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(path: &str, claim: &str) -> Review {
        let finding = Finding {
            path: Some(path.to_owned()),
            line: Some(3),
            ..Finding::new(claim)
        };
        let answer = Findings {
            findings: vec![finding],
        };
        Review::merge([("risks", answer)], Path::new("/tree"), &MergeSettings::default())
    }

    #[test]
    fn a_path_is_inside_the_work_tree_or_none() {
        for (path, expected) in [
            ("src/a.rs", Some("src/a.rs")),
            ("./src/a.rs", Some("src/a.rs")),
            ("/tree/src/a.rs", Some("src/a.rs")),
            ("/etc/passwd", None),
            ("../a.rs", None),
            ("", None),
        ] {
            assert_eq!(
                review(path, "x is wrong").items[0].primary.path.as_deref(),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn hostile_words_are_plain_when_they_are_shown() {
        let text = review(
            "a\x1b[2J.rs",
            "claim\x1b]52;c;eA==\x07 goes\r\n 1. critical elsewhere",
        )
        .to_string();
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        assert!(text.contains("claim goes 1. critical elsewhere"), "{text}");
    }

    #[test]
    fn a_review_is_a_plain_list_for_people() {
        let finding = |claim: &str, line| Finding {
            recommendation: "Say why.".to_owned(),
            ..Finding::new(claim)
                .at("src/a.rs", line)
                .severity(crate::finding::Severity::High)
        };
        let answers = [
            (
                "risks",
                Findings {
                    findings: vec![finding("The retry loop ignores the header.", 3)],
                },
            ),
            (
                "clarity",
                Findings {
                    findings: vec![finding("The header is ignored by the retry loop.", 4)],
                },
            ),
            (
                "security",
                Findings {
                    findings: vec![Finding::new("Nobody checks the token.")],
                },
            ),
        ];
        let review = Review::merge(answers, Path::new("/tree"), &MergeSettings::default());
        insta::assert_snapshot!(review.to_string());
    }

    #[test]
    fn nobody_looked_is_not_nothing_found() {
        let nobody: [(&str, Findings); 0] = [];
        let review = Review::merge(nobody, Path::new("/tree"), &MergeSettings::default());
        assert_eq!(review.to_string(), "No reviewer delivered: nothing is known.\n");
    }

    #[test]
    fn nothing_found_is_said_with_how_many_looked() {
        let review = Review::merge(
            [("risks", Findings::default())],
            Path::new("/tree"),
            &MergeSettings::default(),
        );
        assert_eq!(review.to_string(), "No findings from 1 reviewer.\n");
    }
}
