//! Input that no honest reviewer sends.

use super::*;

#[test]
fn nothing_in_gives_nothing_out() {
    assert_eq!(merged([]), []);
}

#[test]
fn numbers_and_texts_of_any_kind_are_survived() {
    let texts = [
        "",
        " ",
        "\0\u{1b}[2J",
        "ß\u{301}\u{200b}İ",
        "____",
        "a_",
        &"x".repeat(100_000),
        "日本語の説明",
    ];
    let numbers = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e308];
    let mut reports = Vec::new();
    for (at, text) in (0..).zip(texts) {
        for (source, confidence) in ["a", "b", "c", "d", "e"].into_iter().zip(numbers) {
            let finding = Finding {
                path: Some(text.into()),
                line: Some(u32::MAX - at),
                evidence: text.into(),
                confidence,
                ..Finding::new(text)
            };
            reports.push(reported(source, u32::MAX, finding));
        }
    }
    let count = reports.len();
    let items = merged(reports);
    assert_eq!(items.iter().map(|item| item.members.len()).sum::<usize>(), count);
    assert!(
        items
            .iter()
            .all(|item| item.score.is_finite() && (0.0..=8.0).contains(&item.score))
    );
}

#[test]
fn only_the_head_of_a_huge_text_counts() {
    let long = |end: &str| {
        format!(
            "{}{end}",
            "the header is ignored by retries and that is bad. ".repeat(100)
        )
    };
    let items = merged([
        reported("a", 0, Finding::new(long("first"))),
        reported("b", 0, Finding::new(long("an entirely different matter"))),
    ]);
    assert_eq!(items.len(), 1);
    assert!(
        items[0]
            .members
            .iter()
            .any(|it| it.finding.claim.ends_with("an entirely different matter"))
    );
}

#[test]
fn ten_thousand_equal_findings_of_many_sources_come_back_complete() {
    let reports = (0..10_000_u32).map(|n| {
        reported(
            &format!("source {}", n % 2_500),
            n / 2_500,
            Finding::new("the same thing is wrong here"),
        )
    });
    let items = merged(reports);
    assert_eq!(items.iter().map(|item| item.members.len()).sum::<usize>(), 10_000);
    assert!(items.len() < 5_000, "{} items", items.len());
}

#[test]
fn thousands_of_findings_still_find_their_partners() {
    let reports = (0..2_000_u32).flat_map(|n| {
        let (file, line) = (format!("src/file{}.rs", n % 3), n * 40 / 3);
        let claim = format!("fn step{n} reads {} past the end", n * 7);
        ["one", "two"]
            .map(|source| reported(source, n, Finding::new(claim.clone()).at(file.clone(), line + 1)))
    });
    let items = merged(reports);
    assert_eq!(items.len(), 2_000);
}
