//! Which merged item comes first, which member is shown, and why.
//!
//! The score is the expected harm: what the severity is worth, times the belief that the item is right. Belief
//! combines the members as independent witnesses, `1 - product(1 - trust)`; a witness is trusted by its confidence
//! and by how early it put the finding in its own list. Measured on labelled findings, votes and own order carry the
//! ranking; length, specificity and alarming words made it worse, so texts are not looked at.

use super::{Finding, Reported, Severity};

/// How far the first finding of a list is trusted when its source is certain.
const WITNESS: f64 = 0.8;
/// The place in its list at which a finding is trusted half as much as the first.
const FADE: f64 = 8.0;
/// What each place in its own list takes from a member's standing.
const LATE: f64 = 0.002;

/// What each step of severity is worth: it doubles, so that certainty can outweigh one step but hardly two.
fn worth(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 8.0,
        Severity::High => 4.0,
        Severity::Medium => 2.0,
        Severity::Low => 1.0,
        Severity::Info => 0.5,
    }
}

/// How far one report is trusted, 0 to 1.
fn trust(report: &Reported) -> f64 {
    let confidence = 0.2 + 0.8 * report.finding.certainty();
    WITNESS * confidence * FADE / (FADE + f64::from(report.order))
}

/// The score of an item with these members.
pub(super) fn score(members: &[&Reported]) -> f64 {
    let doubt: f64 = members.iter().map(|report| 1.0 - trust(report)).product();
    worth(severity(members)) * (1.0 - doubt)
}

/// The worst severity of the members.
pub(super) fn severity(members: &[&Reported]) -> Severity {
    members
        .iter()
        .map(|report| report.finding.severity)
        .max()
        .unwrap_or(Severity::Info)
}

/// How well a member stands for the item. `centrality`: its mean likeness to the other members, 0 to 1. `worst`: the
/// severity of the item.
///
/// A reader needs the place, so a member that gives one leads; the item carries its worst severity, so the member
/// that says why leads; being early in its own list and sure of itself counts a little.
pub(super) fn standing(report: &Reported, centrality: f64, worst: Severity) -> f64 {
    let Finding { path, line, .. } = &report.finding;
    let place = match (path, line) {
        (Some(_), Some(_)) => 0.2,
        (Some(_), None) => 0.1,
        _ => 0.0,
    };
    let gravity = if report.finding.severity == worst {
        0.1
    } else {
        0.0
    };
    centrality + place + gravity + 0.05 * report.finding.certainty() - LATE * f64::from(report.order.min(10))
}

/// The reasons for a rank, in words. `panel`: how many sources were asked.
pub(super) fn reasons(members: &[&Reported], seen_by: &[String], panel: u32) -> Vec<String> {
    let mut reasons = vec![format!(
        "seen by {} of {panel}: {}",
        seen_by.len(),
        seen_by.join(", ")
    )];
    let mut severities: Vec<Severity> = members.iter().map(|report| report.finding.severity).collect();
    severities.sort_unstable();
    severities.dedup();
    if let Some((worst, rest)) = severities.split_last() {
        let rest: Vec<&str> = rest.iter().rev().map(|severity| severity.as_str()).collect();
        reasons.push(if rest.is_empty() {
            format!("severity {worst}")
        } else {
            format!("severity {worst}, others say {}", rest.join(", "))
        });
    }
    if let Some(first) = members.iter().min_by_key(|report| report.order) {
        reasons.push(format!(
            "number {} in the list of {}",
            u64::from(first.order) + 1,
            first.source
        ));
    }
    let surest = members
        .iter()
        .map(|report| report.finding.certainty())
        .fold(0.0, f64::max);
    reasons.push(format!("confidence up to {surest:.2}"));
    reasons
}
