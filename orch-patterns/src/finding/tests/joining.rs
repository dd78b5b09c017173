//! Which findings become one item.

use super::super::{Pairwise, Relation};
use super::*;

const DIVISION: &str = "`average` divides by zero when the list is empty";
const DIVISION_TOO: &str = "Empty input makes average() panic with a division by zero";
const NAME: &str = "the variable `x` should have a telling name";
const LEAK: &str = "The file opened by load_config is never closed";

fn two(a: Finding, b: Finding) -> Vec<Merged> {
    merged([reported("one", 0, a), reported("two", 0, b)])
}

#[test]
fn the_same_defect_in_other_words_within_three_lines_is_joined() {
    for line in 7..=13 {
        let items = two(
            Finding::new(DIVISION).at("src/a.rs", 10),
            Finding::new(DIVISION_TOO).at("src/a.rs", line),
        );
        assert_eq!(items.len(), 1, "line {line}: {items:#?}");
        assert_eq!(items[0].seen_by, ["one", "two"]);
    }
}

#[test]
fn a_place_in_common_lets_looser_wording_join() {
    let loose = "average(&[]) panics: the length is not checked before the division";
    let at = |line| {
        two(
            Finding::new(DIVISION).at("src/a.rs", 10),
            Finding::new(loose).at("src/a.rs", line),
        )
        .len()
    };
    assert_eq!(at(10), 1);
    assert_eq!(at(20), 2);
}

#[test]
fn another_defect_on_a_near_line_stays_apart() {
    for other in [NAME, LEAK, "Missing documentation for a public function"] {
        for line in [10, 12] {
            let items = two(
                Finding::new(DIVISION).at("src/a.rs", 10),
                Finding::new(other).at("src/a.rs", line),
            );
            assert_eq!(items.len(), 2, "{other}, line {line}");
        }
    }
}

#[test]
fn the_same_wording_in_different_files_stays_apart() {
    assert_eq!(
        two(
            Finding::new(LEAK).at("a.rs", 10),
            Finding::new(LEAK).at("b.rs", 10)
        )
        .len(),
        2
    );
}

#[test]
fn the_same_rule_at_another_line_of_the_file_stays_apart() {
    assert_eq!(
        two(
            Finding::new(LEAK).at("a.rs", 10),
            Finding::new(LEAK).at("a.rs", 20)
        )
        .len(),
        2
    );
    assert_eq!(
        two(
            Finding::new(DIVISION).at("a.rs", 10),
            Finding::new(DIVISION_TOO).at("a.rs", 400)
        )
        .len(),
        2
    );
}

#[test]
fn spellings_of_one_path_are_one_file() {
    for path in ["./src/a.rs", "src//a.rs", "src/a.rs:10"] {
        assert_eq!(
            two(
                Finding::new(LEAK).at("src/a.rs", 10),
                Finding::new(LEAK).at(path, 10)
            )
            .len(),
            1,
            "{path}"
        );
    }
}

#[test]
fn a_finding_without_a_place_is_joined_by_its_words() {
    assert_eq!(
        two(
            Finding::new(DIVISION).at("src/a.rs", 10),
            Finding::new(DIVISION_TOO)
        )
        .len(),
        1
    );
    assert_eq!(two(Finding::new(DIVISION), Finding::new(DIVISION_TOO)).len(), 1);
    assert_eq!(two(Finding::new(DIVISION), Finding::new(LEAK)).len(), 2);
}

#[test]
fn a_finding_without_a_place_does_not_bridge_two_files() {
    let items = merged([
        reported("one", 0, Finding::new(LEAK).at("a.rs", 1)),
        reported("two", 0, Finding::new(LEAK)),
        reported("three", 0, Finding::new(LEAK).at("b.rs", 1)),
    ]);
    assert_eq!(items.len(), 2);
    for item in items {
        let mut paths: Vec<_> = item
            .members
            .iter()
            .filter_map(|it| it.finding.path.clone())
            .collect();
        paths.dedup();
        assert_eq!(paths.len(), 1);
    }
}

#[test]
fn two_findings_of_one_source_are_never_joined_but_related() {
    let items = merged([
        reported("one", 0, Finding::new(LEAK).at("a.rs", 10)),
        reported("one", 1, Finding::new(LEAK).at("a.rs", 10)),
        reported("two", 0, Finding::new(DIVISION).at("b.rs", 1)),
    ]);
    assert_eq!(items.len(), 3);
    let twins: Vec<_> = items.iter().filter(|item| item.primary.claim == LEAK).collect();
    for (item, other) in [(twins[0], twins[1]), (twins[1], twins[0])] {
        let related: Vec<_> = item
            .related
            .iter()
            .map(|related| (related.rank, related.why))
            .collect();
        assert_eq!(related, [(other.rank, Relation::SameSource)]);
    }
}

#[test]
fn each_report_finds_its_own_partner_among_neighbours() {
    let overflow = "`average` adds up in i32, so the sum overflows for large inputs";
    let overflow_too = "i32 overflow of the sum in average() with large values";
    let items = merged([
        reported("one", 0, Finding::new(DIVISION).at("a.rs", 10)),
        reported("one", 1, Finding::new(overflow).at("a.rs", 10)),
        reported("two", 0, Finding::new(overflow_too).at("a.rs", 11)),
        reported("two", 1, Finding::new(DIVISION_TOO).at("a.rs", 11)),
    ]);
    let mut expected = [vec![DIVISION_TOO, DIVISION], vec![overflow, overflow_too]];
    for pair in &mut expected {
        pair.sort_unstable();
    }
    expected.sort();
    assert_eq!(claims(&items), expected);
}

#[test]
fn a_measure_of_your_own_decides_about_wording() {
    let by_lens = Pairwise(|a: &Finding, b: &Finding| if a.lens == b.lens { 1.0 } else { f64::NAN });
    let settings = MergeSettings::default().similarity(by_lens);
    let say = |source: &str, lens: &str, claim: &str| {
        reported(
            source,
            0,
            Finding {
                lens: lens.into(),
                ..Finding::new(claim)
            },
        )
    };
    let items = merge(
        vec![
            say("one", "x", LEAK),
            say("two", "x", NAME),
            say("three", "y", LEAK),
        ],
        &settings,
    );
    assert_eq!(
        items.iter().map(|item| item.members.len()).collect::<Vec<_>>(),
        [2, 1]
    );
}

#[test]
fn a_higher_bar_joins_less_and_the_nearly_joined_are_related() {
    let pair = || {
        vec![
            reported("one", 0, Finding::new(DIVISION)),
            reported("two", 0, Finding::new(DIVISION_TOO)),
        ]
    };
    assert_eq!(merge(pair(), &MergeSettings::default()).len(), 1);
    assert_eq!(merge(pair(), &MergeSettings::default().join_at(0.9)).len(), 2);
    let likeness = 0.5;
    let fixed = MergeSettings::default().similarity(Pairwise(move |_: &Finding, _: &Finding| likeness));
    let items = merge(pair(), &fixed.join_at(0.38));
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].related.len(), 1);
    assert_eq!(
        (items[0].related[0].rank, items[0].related[0].why),
        (2, Relation::Uncertain)
    );
}
