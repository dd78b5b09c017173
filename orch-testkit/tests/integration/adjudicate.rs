//! Merging with somebody who is asked about the pairs that words cannot decide.

use orch_patterns::engine::Job;
use orch_patterns::finding::{
    Adjudication, Doubt, MergeSettings, Merged, Pairwise, Reported, Ruled, Ruling, adjudicator, merge,
    merge_with,
};
use orch_patterns::prelude::*;
use orch_patterns::{FailClass, Quorum};
use orch_testkit::memory_engine::Play;

use crate::fan::{Fan, fan};

/// Between these settings' "just joined" and "just apart" every pair of two sources is in doubt.
fn alike(likeness: f64) -> MergeSettings {
    MergeSettings::default().similarity(Pairwise(move |_: &Finding, _: &Finding| likeness))
}

const JUST_APART: f64 = 0.24;
const JUST_JOINED: f64 = 0.26;

fn reports() -> Vec<Reported> {
    ["one", "two"]
        .map(|source| Reported {
            source: source.to_owned(),
            order: 0,
            finding: Finding::new(format!("the loop is wrong, says {source}")),
        })
        .into()
}

fn nobody() -> Fan {
    fan(
        |_: &Job| Play::fail(FailClass::Other, "no worker was expected"),
        |builder| builder,
    )
}

/// Merges with an adjudicator that says this of every pair that it is asked about.
async fn ruled(reports: Vec<Reported>, likeness: f64, say: &[(u32, Ruling)]) -> (Vec<Merged>, Adjudication) {
    let say: Vec<Ruled> = say.iter().map(|&(pair, ruling)| Ruled { pair, ruling }).collect();
    let merging = step(move |cx: Cx, reports: Vec<Reported>| {
        let say = say.clone();
        async move {
            let judge = step(move |_cx: Cx, _doubts: Vec<Doubt>| {
                let say = say.clone();
                async move { Ok(say) }
            });
            merge_with(&cx, reports, &alike(likeness), &judge).await
        }
    });
    nobody().orch.run(&merging, reports).await.unwrap()
}

#[tokio::test]
async fn a_ruling_joins_what_words_keep_apart_and_parts_what_they_join() {
    assert_eq!(merge(reports(), &alike(JUST_APART)).len(), 2);
    let (items, adjudication) = ruled(reports(), JUST_APART, &[(1, Ruling::Same)]).await;
    assert_eq!(items.len(), 1);
    let asked: Vec<(u32, &str, &str)> = adjudication
        .doubts
        .iter()
        .map(|doubt| (doubt.pair, doubt.one.source.as_str(), doubt.other.source.as_str()))
        .collect();
    assert_eq!(asked, [(1, "one", "two")]);

    assert_eq!(merge(reports(), &alike(JUST_JOINED)).len(), 1);
    let (items, _) = ruled(reports(), JUST_JOINED, &[(1, Ruling::Different)]).await;
    assert_eq!(items.len(), 2);
}

#[tokio::test]
async fn an_unsure_a_contradicting_and_a_stray_ruling_change_nothing() {
    for say in [
        &[(1, Ruling::Unsure)][..],
        &[(1, Ruling::Same), (1, Ruling::Different)],
        &[(0, Ruling::Same), (2, Ruling::Same), (u32::MAX, Ruling::Same)],
        &[],
    ] {
        let (items, _) = ruled(reports(), JUST_APART, say).await;
        assert_eq!(items, merge(reports(), &alike(JUST_APART)), "{say:?}");
    }
}

#[tokio::test]
async fn who_is_not_in_doubt_is_not_asked_about() {
    for likeness in [0.0, 0.1, 0.9] {
        let (items, adjudication) =
            ruled(reports(), likeness, &[(1, Ruling::Same), (1, Ruling::Different)]).await;
        assert_eq!(items, merge(reports(), &alike(likeness)));
        assert_eq!(adjudication, Adjudication::default());
    }
    let twins = || {
        reports().into_iter().map(|report| Reported {
            source: "one".to_owned(),
            ..report
        })
    };
    let (items, adjudication) = ruled(twins().collect(), 0.4, &[(1, Ruling::Same)]).await;
    assert_eq!(items.len(), 2, "one source's findings are never joined");
    assert_eq!(adjudication.doubts, []);
}

#[tokio::test]
async fn at_most_sixteen_pairs_are_asked_about_in_any_order_of_the_input() {
    let many = || {
        (0..40_u32).map(|n| Reported {
            source: format!("source {}", n % 2),
            order: 0,
            finding: Finding::new(format!("number {n}")),
        })
    };
    let (_, one) = ruled(many().collect(), JUST_APART, &[]).await;
    let (_, other) = ruled(many().rev().collect(), JUST_APART, &[]).await;
    assert_eq!(one.doubts.len(), 16);
    assert_eq!(one, other);
}

const ONE: &str = r#"{"findings":[{"path":null,"line":null,"severity":"high","claim":"the loop is wrong","evidence":"","recommendation":"","lens":"x","confidence":0.5}]}"#;

/// Two reviewers who say one thing, and an adjudicating worker that plays this.
async fn reviewed(adjudicating: impl Fn() -> Play + Send + Sync + 'static) -> (Review, Vec<String>) {
    let fan = fan(
        move |job: &Job| {
            if job.label.ends_with("Adjudicate") {
                adjudicating()
            } else {
                Play::answer(ONE)
            }
        },
        |builder| builder,
    );
    let pattern = ReviewFanout::new([Lens::Correctness, Lens::Security])
        .merging(alike(JUST_APART))
        .adjudicate(adjudicator());
    let review = fan
        .orch
        .run(&pattern, Artefact::text("a note", "text"))
        .await
        .unwrap();
    (review.require(Quorum::All).unwrap(), fan.engine.prompts())
}

#[tokio::test]
async fn a_worker_adjudicates_a_review() {
    let (review, prompts) = reviewed(|| Play::answer(r#"{"value":[{"pair":1,"ruling":"same"}]}"#)).await;
    assert_eq!(review.items.len(), 1);
    assert_eq!(review.items[0].seen_by, ["correctness", "security"]);
    assert_eq!(review.adjudication.unwrap().failure, None);
    assert_eq!(prompts.len(), 3);
    assert_eq!(
        prompts[2].matches("the loop is wrong").count(),
        2,
        "{}",
        prompts[2]
    );
}

#[tokio::test]
async fn an_adjudicator_that_fails_changes_nothing_and_its_failure_is_kept() {
    let (review, _) = reviewed(|| Play::fail(FailClass::Refused, "I had rather not")).await;
    assert_eq!(review.items.len(), 2);
    let adjudication = review.adjudication.unwrap();
    assert_eq!(adjudication.doubts.len(), 1);
    let failure = adjudication.failure.unwrap();
    assert!(failure.to_string().contains("rather not"), "{failure}");
}
