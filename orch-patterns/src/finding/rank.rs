//! Which merged item comes first, which member is shown, and why.
//!
//! The score is the expected harm: what the severity is worth, times the belief that the item is right. Belief
//! combines the members as independent witnesses, `1 - product(1 - trust)`; a witness is trusted by its confidence,
//! by how early it put the finding in its own list, and a little by how short that list is: who says little chose.
//! Measured on labelled findings, votes and own order carry the ranking; length, specificity and alarming words made
//! it worse, so texts are not looked at.

use std::collections::HashMap;

use super::{Finding, Reason, Reported, Severity};

/// How far the first finding of a list is trusted when its source is certain.
const WITNESS: f64 = 0.8;
/// The place in its list at which a finding is trusted half as much as the first.
const FADE: f64 = 12.0;
/// The length of a list whose findings are trusted half as much as those of an endlessly short one.
const LONG: f64 = 30.0;
/// What each place in its own list takes from a member's standing.
const LATE: f64 = 0.005;

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

/// How many findings each source has.
pub(super) struct ListLengths(HashMap<String, u32>);

impl ListLengths {
    pub(super) fn of<'r>(reports: impl IntoIterator<Item = &'r Reported>) -> Self {
        let mut lengths: HashMap<String, u32> = HashMap::new();
        for report in reports {
            let length = lengths.entry(report.source.clone()).or_default();
            *length = length.saturating_add(1);
        }
        Self(lengths)
    }

    fn of_list(&self, report: &Reported) -> f64 {
        f64::from(self.0.get(&report.source).copied().unwrap_or(1))
    }
}

/// How far one report is trusted, 0 to 1.
fn trust(report: &Reported, lengths: &ListLengths) -> f64 {
    let confidence = 0.2 + 0.8 * report.finding.certainty();
    let early = FADE / (FADE + f64::from(report.order));
    let choosy = LONG / (LONG + lengths.of_list(report));
    WITNESS * confidence * early * choosy
}

/// The score of an item with these members. Witnesses are taken in the order of their doubt, so that items with equal
/// witnesses have equal scores to the last bit.
pub(super) fn score(members: &[&Reported], lengths: &ListLengths) -> f64 {
    let mut doubts: Vec<f64> = members
        .iter()
        .map(|report| 1.0 - trust(report, lengths))
        .collect();
    doubts.sort_unstable_by(f64::total_cmp);
    worth(severity(members)) * (1.0 - doubts.iter().product::<f64>())
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

/// The reasons for a rank, the weightiest kind first. `panel`: how many sources were asked.
pub(super) fn reasons(members: &[&Reported], seen_by: &[String], panel: u32) -> Vec<Reason> {
    let mut reasons = vec![Reason::SeenBy {
        sources: seen_by.to_vec(),
        panel,
    }];
    let worst = severity(members);
    let mut others: Vec<Severity> = members.iter().map(|report| report.finding.severity).collect();
    others.sort_unstable_by(|a, b| b.cmp(a));
    others.dedup();
    others.retain(|severity| *severity != worst);
    reasons.push(Reason::Severity { worst, others });
    if let Some(first) = members.iter().min_by_key(|report| report.order) {
        reasons.push(Reason::OwnOrder {
            place: first.order.saturating_add(1),
            source: first.source.clone(),
        });
    }
    let certainties = members.iter().map(|report| report.finding.certainty());
    reasons.push(Reason::Confidence {
        highest: certainties.fold(0.0, f64::max),
    });
    reasons
}
