//! Merging what four reviewers said: forty findings, a quarter of them duplicates.

use criterion::{Criterion, criterion_group, criterion_main};
use orch_patterns::finding::{Finding, MergeSettings, Reported, merge};

fn reports() -> Vec<Reported> {
    let subjects = [
        "retry loop",
        "log file",
        "parser",
        "cache entry",
        "token check",
        "date column",
        "socket",
    ];
    let defects = [
        "ignores the header",
        "is never closed",
        "panics on an empty line",
        "is stale after a write",
    ];
    (0..40_u32)
        .map(|number| {
            let what = number % 30;
            let subject = subjects[what as usize % subjects.len()];
            let defect = defects[what as usize % defects.len()];
            let claim = if number < 30 {
                format!("The {subject} {defect}, number {what}.")
            } else {
                format!("It is the {subject} that {defect} here ({what}).")
            };
            Reported {
                source: format!("reviewer{}", number / 10),
                order: number % 10,
                finding: Finding::new(claim).at(format!("src/file{}.rs", what % 5), 10 + what),
            }
        })
        .collect()
}

/// Without places every pair is compared, and words alone decide.
fn unplaced() -> Vec<Reported> {
    reports()
        .into_iter()
        .map(|report| Reported {
            finding: Finding::new(report.finding.claim),
            ..report
        })
        .collect()
}

fn merging(criterion: &mut Criterion) {
    let settings = MergeSettings::default();
    for (name, reports) in [
        ("merge_40_findings", reports()),
        ("merge_40_findings_without_places", unplaced()),
    ] {
        criterion.bench_function(name, |bench| {
            bench.iter(|| merge(reports.clone(), &settings));
        });
    }
}

criterion_group!(benches, merging);
criterion_main!(benches);
