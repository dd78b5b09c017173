//! Merging as a whole: what is joined (`joining`), what comes first (`ranking`), and what holds for any input
//! (`laws`, `hostile`).

mod hostile;
mod joining;
mod laws;
mod ranking;

use super::{Finding, MergeSettings, Merged, Reported, Severity, merge};

fn reported(source: &str, order: u32, finding: Finding) -> Reported {
    Reported {
        source: source.into(),
        order,
        finding,
    }
}

fn merged(reports: impl IntoIterator<Item = Reported>) -> Vec<Merged> {
    merge(reports.into_iter().collect(), &MergeSettings::default())
}

/// The claims of each item, sorted: what was joined with what.
fn claims(items: &[Merged]) -> Vec<Vec<&str>> {
    let mut claims: Vec<Vec<&str>> = items
        .iter()
        .map(|item| {
            let mut claims: Vec<&str> = item.members.iter().map(|it| it.finding.claim.as_str()).collect();
            claims.sort_unstable();
            claims
        })
        .collect();
    claims.sort();
    claims
}
