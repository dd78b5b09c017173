//! A run that is taken up again: who is asked again, who is not, and of what a verdict was given.

use std::fs;
use std::sync::Arc;

use orch_core::event::{Event, EventKind};
use orch_core::{MemoryStore, RunId, Store};
use orch_patterns::prelude::*;
use orch_patterns::{Assignment, Delivery, Isolation, Rounds};
use orch_testkit::memory_engine::Play;

use crate::workshop::{Part, Workshop, confirmed, fixed, refuted, said};

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::default())
}

fn rounds(verifier: impl Into<Verifier>) -> Rounds {
    let implementer = Implementer::new().writes(["src"]).isolation(Isolation::Clone);
    Rounds::new(implementer, verifier).at_most(1)
}

/// A workshop on a store of its own, whose implementer writes five.
fn workshop(store: &Arc<dyn Store>) -> Workshop {
    let script = |part: &Part<'_>| match part.role {
        "Implement" => part.writes("src/a.rs", "five\n", &fixed("wrote")),
        other => panic!("{other}"),
    };
    Workshop::with(script, |builder| builder.store(Arc::clone(store)))
}

async fn delivered(shop: &Workshop, run: RunId, rounds: &Rounds) -> Delivery {
    let task = Assignment::new("Write five.");
    shop.orch.run_as(run, rounds, task).await.unwrap()
}

fn attempts(shop: &Workshop) -> Vec<u32> {
    shop.engine.jobs().iter().map(|job| job.id.attempt).collect()
}

/// The next program, which knows what `store` does; the engine of `before` outlived the one before it.
fn outlived(before: &Workshop, store: Arc<dyn Store>) -> Workshop {
    let engine = before.engine.clone();
    let nobody = |part: &Part<'_>| panic!("{}", part.role);
    Workshop::with(nobody, |builder| builder.engine(engine).store(store))
}

/// What was recorded until a program died, as a store of its own.
async fn until(store: &dyn Store, run: RunId, died: impl Fn(&Event) -> bool) -> Arc<dyn Store> {
    let cut = memory();
    for event in store
        .read(run)
        .await
        .unwrap()
        .iter()
        .take_while(|event| !died(event))
    {
        cut.append(event).await.unwrap();
    }
    cut
}

#[tokio::test]
async fn a_writer_that_was_done_writes_again_also_on_an_engine_that_keeps_its_jobs() {
    let shop = workshop(&memory());
    let (run, rounds) = (RunId::fresh(), rounds(check("grep", ["-q", ".", "src/a.rs"])));
    for time in 0..3 {
        let delivery = delivered(&shop, run, &rounds).await;
        assert_eq!(delivery.verdict(), Verdict::Confirmed);
        assert_eq!(delivery.patch().files().count(), 1, "time {time}: {delivery}");
    }
    assert_eq!(attempts(&shop), [0, 1, 2]);
}

#[tokio::test]
async fn a_writer_whose_end_was_not_recorded_writes_again_under_another_name() {
    let whole = memory();
    let shop = workshop(&whole);
    let (run, rounds) = (RunId::fresh(), rounds(check("grep", ["-q", ".", "src/a.rs"])));
    let _ = delivered(&shop, run, &rounds).await;
    let ended = |event: &Event| matches!(event.kind, EventKind::WorkerFinished { .. });
    let next = outlived(&shop, until(&*whole, run, ended).await);
    let delivery = delivered(&next, run, &rounds).await;
    assert_eq!(delivery.patch().files().count(), 1, "{delivery}");
    assert_eq!(attempts(&shop), [0, 1]);
}

#[tokio::test]
async fn a_reader_whose_end_was_not_recorded_is_taken_up_under_the_name_that_it_had() {
    let whole = memory();
    let look: Worker<String, String> = Worker::new(|what: &String| Brief::new(format!("Read {what}.")));
    let shop = Workshop::with(
        |_| Play::answer("seen"),
        |builder| builder.store(Arc::clone(&whole)),
    );
    let run = RunId::fresh();
    let ended = |event: &Event| matches!(event.kind, EventKind::WorkerFinished { .. });
    shop.orch.run_as(run, &look, "it".to_owned()).await.unwrap();
    let next = outlived(&shop, until(&*whole, run, ended).await);
    assert_eq!(
        next.orch.run_as(run, &look, "it".to_owned()).await.unwrap(),
        "seen"
    );
    assert_eq!(attempts(&shop), [0], "its answer is all that is wanted of it");
}

#[tokio::test]
async fn a_verdict_on_one_patch_is_not_taken_for_another_that_differs_where_the_diff_is_cut() {
    let store = memory();
    let run = RunId::fresh();
    let times = [
        ("good", Verdict::Confirmed),
        ("evil", Verdict::Refuted),
        ("good", Verdict::Confirmed),
    ];
    for (time, (word, verdict)) in times.into_iter().enumerate() {
        let script = move |part: &Part<'_>| match part.role {
            "Implement" => {
                // Longer than what is shown of a diff.
                part.leaves("src/a.rs", &"0123456789abcdef\n".repeat(90_000));
                part.writes("src/later.rs", &format!("{word}\n"), &fixed("wrote"))
            }
            "Verify" => {
                let text = fs::read_to_string(part.job.work_tree.join("src/later.rs")).unwrap();
                said(&if text == "good\n" {
                    confirmed()
                } else {
                    refuted("evil")
                })
            }
            other => panic!("{other}"),
        };
        let shop = Workshop::with(script, |builder| builder.store(Arc::clone(&store)));
        let delivery = delivered(&shop, run, &rounds(Verifier::reader())).await;
        assert!(
            !delivery.patch().diff().contains(word),
            "the diff is cut before it"
        );
        assert_eq!(delivery.verdict(), verdict, "{delivery}");
        let asked = shop.roles().iter().filter(|role| *role == "Verify").count();
        assert_eq!(
            asked,
            usize::from(time < 2),
            "{word}: who answered of this very patch is not asked again"
        );
    }
}
