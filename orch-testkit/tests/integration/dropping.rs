//! A run that is dropped at any of its awaits gives everything back.

use std::pin::pin;

use futures::future::poll_immediate;
use orch_patterns::agent::Tool;
use orch_patterns::{Artefact, Lens, Limits, Orchestrator, ReviewFanout, StateDir};
use orch_testkit::memory_engine::{MemoryEngine, Play};

/// More polls than a run of this pattern takes.
const MOST_POLLS: usize = 400;

#[tokio::test]
async fn a_run_dropped_at_any_await_gives_back_its_places_and_its_private_directory() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    let state = root.path().join("state");
    std::fs::create_dir(&tree).unwrap();
    let engine = MemoryEngine::new(|_| {
        let turn = || async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        };
        Play::answer_after(turn, "rubbish").then_answer(r#"{"findings":[]}"#)
    });
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(&state))
        .agent(Tool::new("scripted", "true"))
        .engine(engine.clone())
        .limits(Limits::default())
        .max_parallel(2)
        .build()
        .unwrap();
    let pattern = ReviewFanout::new([Lens::Risks, Lens::Clarity, Lens::Security]);
    let mut complete = None;
    for polls in 0..MOST_POLLS {
        let mut run = Box::pin(orch.run(&pattern, Artefact::text("t", "text")));
        let mut done = false;
        for _ in 0..polls {
            if let Some(result) = poll_immediate(pin!(&mut run)).await {
                assert!(result.unwrap().coverage().is_full());
                done = true;
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(run);
        assert_eq!(
            std::fs::read_dir(state.join("runs")).map_or(0, Iterator::count),
            0,
            "after {polls} polls"
        );
        // Two places and three workers: a place that was not given back would hold this up for ever.
        let whole = orch.run(&pattern, Artefact::text("t", "text")).await.unwrap();
        assert!(whole.coverage().is_full(), "after {polls} polls");
        if done {
            complete = Some(polls);
            break;
        }
    }
    let polls = complete.expect("the run takes fewer polls");
    assert!(
        polls > 5,
        "a run that is complete after {polls} polls was cut nowhere"
    );
}
