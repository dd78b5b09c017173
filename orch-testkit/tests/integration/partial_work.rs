//! The story of work that was lost because not all of it was done.

use std::time::Duration;

use orch_patterns::prelude::*;
use orch_patterns::{Estimate, FailClass, NotStarted};
use orch_testkit::memory_engine::Play;

use crate::fan::{AGENT, ask, fan, questions};

/// Two are done, one breaks, one hangs, and for two the budget does not last: the two answers come back, in their order,
/// with a reason for each of the others, and what closes the run has them to work with.
#[tokio::test(start_paused = true)]
async fn partial_work_comes_back_with_a_reason_for_all_that_is_missing() {
    let script = |job: &orch_patterns::engine::Job| match (0..4)
        .find(|n| job.prompt.contains(&format!("Say q{n}.")))
    {
        Some(1) => Play::fail(FailClass::Crashed, "it broke"),
        Some(2) => Play::silence(),
        Some(n) => Play::answer(format!("answer {n}")),
        None => Play::answer("merged"),
    };
    let fan = fan(script, |b| {
        b.max_parallel(1)
            .limits(Limits::default().total(Duration::from_secs(60)))
            .estimate(AGENT, Estimate::new().tokens(20))
            .budget(Budget::new().tokens(100).reserve_for_closing(20))
    });
    let pattern = step(|cx: Cx, questions: Vec<String>| async move {
        let answers = ask().for_each(1).run(&cx, questions).await?;
        let missing: Vec<Unfinished> = answers
            .missing()
            .iter()
            .map(|missing| missing.why.clone())
            .collect();
        let partial = answers.accept_partial();
        let merge: Worker<String, String> = Worker::new(|all: &String| Brief::new(format!("Merge {all}.")));
        let merged = cx.closing_step().read(&merge, &partial.join(", ")).await?;
        Ok((partial, missing, merged))
    });
    let (partial, missing, merged) = fan.orch.run(&pattern, questions(6)).await.unwrap();
    assert_eq!(partial, ["answer 0", "answer 3"]);
    assert_eq!(merged, "merged");
    assert!(
        fan.engine
            .prompts()
            .last()
            .unwrap()
            .contains("Merge answer 0, answer 3.")
    );
    let failed =
        |why: &Unfinished, class| matches!(why, Unfinished::Failed(failure) if failure.class == class);
    let refused = |why: &Unfinished| matches!(why, Unfinished::NotStarted(NotStarted::OverBudget { .. }));
    assert_eq!(missing.len(), 4, "{missing:?}");
    assert!(failed(&missing[0], FailClass::Crashed), "{missing:?}");
    assert!(failed(&missing[1], FailClass::TotalTimeout), "{missing:?}");
    assert!(missing[2..].iter().all(refused), "{missing:?}");
}
