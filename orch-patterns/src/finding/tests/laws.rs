//! What holds for any input.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Findings from a small world, so that equal places, sources and words are frequent.
fn finding() -> impl Strategy<Value = Finding> {
    let word = prop::sample::select(vec![
        "cache",
        "index",
        "overflow",
        "parseHeader",
        "retry_count",
        "missing",
        "panics",
        "empty",
        "file",
        "lock",
    ]);
    let path = prop::option::of(prop::sample::select(vec!["a.rs", "./a.rs", "b.rs", "c/d.rs"]));
    (
        prop::collection::vec(word, 1..6),
        path,
        prop::option::of(1_u32..40),
        prop::sample::select(Severity::ALL.to_vec()),
        prop_oneof![4 => 0.0..=1.0, 1 => Just(f64::INFINITY)],
    )
        .prop_map(|(words, path, line, severity, confidence)| Finding {
            path: path.map(str::to_owned),
            line,
            confidence,
            ..Finding::new(words.join(" ")).severity(severity)
        })
}

fn reports() -> impl Strategy<Value = Vec<Reported>> {
    let source = prop::sample::select(vec!["a", "b", "c", "d"]);
    let report =
        (source, 0_u32..6, finding()).prop_map(|(source, order, finding)| reported(source, order, finding));
    prop::collection::vec(report, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_input_changes_nothing(
        (one, other) in reports().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        prop_assert_eq!(merged(one), merged(other));
    }

    #[test]
    fn every_report_is_in_exactly_one_item(reports in reports()) {
        let key = |report: &Reported| format!("{report:?}");
        let mut before: Vec<String> = reports.iter().map(key).collect();
        let mut after: Vec<String> = merged(reports).iter().flat_map(|item| &item.members).map(key).collect();
        before.sort_unstable();
        after.sort_unstable();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn no_item_has_two_of_one_source_or_two_files(reports in reports()) {
        for item in merged(reports) {
            let sources: BTreeSet<&str> = item.members.iter().map(|it| it.source.as_str()).collect();
            prop_assert_eq!(sources.len(), item.members.len());
            prop_assert_eq!(sources.into_iter().collect::<Vec<_>>(), item.seen_by);
            let files: BTreeSet<&str> = item.members.iter().filter_map(|it| it.finding.path.as_deref())
                .map(|path| path.trim_start_matches("./")).collect();
            prop_assert!(files.len() <= 1);
            prop_assert!(item.members.iter().any(|it| it.finding == item.primary));
        }
    }

    #[test]
    fn ranks_are_one_to_n_by_falling_score_and_related_points_at_others(reports in reports()) {
        let items = merged(reports);
        let ranks: Vec<usize> = items.iter().map(|item| item.rank as usize).collect();
        prop_assert_eq!(ranks, (1..=items.len()).collect::<Vec<_>>());
        prop_assert!(items.is_sorted_by(|x, y| x.score >= y.score));
        for item in &items {
            prop_assert!(item.related.len() <= 3);
            for related in &item.related {
                prop_assert!(related.rank != item.rank && (1..=items.len()).contains(&(related.rank as usize)));
            }
        }
    }
}
