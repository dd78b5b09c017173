//! Slices that cannot be handed out as they are.

use orch_core::Isolation;
use orch_core::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::split_merge::Merge;
use orch_testkit::memory_engine::Play;

use super::{Parts, REPORT, pattern};

#[tokio::test]
async fn what_cannot_be_handed_out_is_refused_before_anything_starts() {
    let parts = Parts::new(|slice, _| panic!("{slice} was started"));
    std::os::unix::fs::symlink("a", parts.house.tree.join("link")).unwrap();
    let own = |pairs: &[(&str, &str)]| -> Slices {
        pairs
            .iter()
            .map(|(label, path)| Slice::new(*label, [*path]))
            .collect()
    };
    let text = || pattern().merge(Merge::text("a/guide.md"));
    let rows: Vec<(SplitMerge, Slices, &[&str])> = vec![
        (pattern(), Slices::default(), &["no slice"]),
        (
            pattern(),
            own(&[("n", "a"), ("n", "b")]),
            &["slices 1 and 2 are both labelled n"],
        ),
        (pattern(), own(&[(" ", "a")]), &["slice 1 of 1 has no label"]),
        (
            pattern(),
            own(&[("one", "a"), ("two", "./a/x")]),
            &["slice one and slice two overlap: a and a/x"],
        ),
        (
            pattern(),
            own(&[("one", "a/deep"), ("all", ".")]),
            &["slice one and slice all overlap: a/deep and ."],
        ),
        (
            pattern(),
            own(&[("one", "a"), ("two", "link")]),
            &["slice two", "leads through the link"],
        ),
        (pattern(), own(&[("one", "../x")]), &["slice one", "`..`"]),
        (pattern(), own(&[("one", "/etc")]), &["slice one", "not relative"]),
        (pattern(), own(&[("one", ".git")]), &["slice one", ".git"]),
        (
            pattern(),
            Slices::new([Slice::section("intro"), Slice::section("usage")]),
            &["slices intro, usage own no path", "Merge::text(path)"],
        ),
        (
            text(),
            own(&[("one", "a")]).and(Slice::section("intro")),
            &["the file of the sections, a/guide.md,", "slice one overlap"],
        ),
        (text(), own(&[("one", "b")]), &["no slice is a section"]),
        (
            pattern().merge(Merge::text(".")),
            Slices::new([Slice::section("s")]),
            &["name a file"],
        ),
        (pattern().at_most(0), own(&[("one", "a")]), &["0 slices at once"]),
        (
            pattern().isolate(Isolation::InPlace),
            own(&[("one", "a")]),
            &["in place"],
        ),
    ];
    for (pattern, slices, says) in rows {
        let end = parts.orch.run(&pattern, slices).await;
        let Err(Error::Halt(Halt::Misuse(why))) = end else {
            panic!("{says:?}: {end:?}")
        };
        for say in says {
            assert!(
                why.starts_with("split-merge: ") && why.contains(say),
                "{say}: {why}"
            );
        }
    }
    let begun =
        |kind: &EventKind| matches!(kind, EventKind::DeskTaken { .. } | EventKind::WorkerQueued { .. });
    assert!(!parts.house.seen.all().iter().any(|event| begun(&event.kind)));
    // Neighbours by name are no overlap.
    let fine = own(&[("one", "a"), ("two", "ab"), ("three", "b/x")]);
    let parts = Parts::new(|_, _| Play::answer(REPORT));
    assert!(parts.run(&pattern(), fine).await.coverage().is_full());
}
