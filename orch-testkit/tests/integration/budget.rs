//! Stories of budgets: they bind when a worker wants to start, and the closing step always has its share.

use std::time::Duration;

use orch_patterns::agent::{Claude, Tool};
use orch_patterns::engine::{Job, Usage};
use orch_patterns::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::{BuildError, Estimate, FailClass, NotStarted, Overrun, Price, Resource, RunId, Spending};
use orch_testkit::memory_engine::{MemoryEngine, Play};
use tokio::time::Instant;

use crate::fan::{AGENT, Fan, a_while, ask, builder, fan, questions, refusals};
use crate::stages::Seen;

/// What the run says at its end about its budgets.
fn closed(fan: &Fan) -> (Vec<Overrun>, u64) {
    let ends: Vec<_> = fan
        .kinds()
        .into_iter()
        .filter_map(|kind| match kind {
            EventKind::BudgetClosed { overruns, unknown } => Some((overruns, unknown)),
            _ => None,
        })
        .collect();
    assert_eq!(ends.len(), 1, "a run with a budget closes it once");
    ends.into_iter().next().unwrap()
}

fn is_merge(job: &Job) -> bool {
    job.label.ends_with("Merge")
}

/// Asks all, then merges what there is in the closing step.
fn ask_and_merge() -> impl Pattern<In = Vec<String>, Out = (Covered<Vec<String>>, Result<String>)> {
    step(|cx: Cx, questions: Vec<String>| async move {
        let answers = ask().for_each(64).run(&cx, questions).await?;
        let merge = ask().label("Merge");
        let closing = cx.closing_step();
        let merging = closing.read(&merge, &"all".to_owned());
        let merged = merging.await;
        Ok((answers, merged))
    })
}

#[tokio::test]
async fn budget_with_usage_at_three_times_the_estimate_and_four_in_flight() {
    let script = |job: &Job| {
        if is_merge(job) {
            Play::answer("merged").usage(Usage::new(50, 0, 10))
        } else {
            Play::answer_after(a_while, "yes").usage(Usage::new(600, 0, 75))
        }
    };
    let budget = Budget::new().tokens(1_000).reserve_for_closing(10);
    let fan = fan(script, |b| {
        b.max_parallel(16)
            .budget(budget)
            .estimate(AGENT, Estimate::new().tokens(225))
    });
    let (answers, merged) = fan.orch.run(&ask_and_merge(), questions(20)).await.unwrap();
    // Four estimates fill what is not set apart; nobody starts after them.
    assert_eq!(answers.coverage().to_string(), "4 of 20");
    assert_eq!(fan.starts(), 4 + 1);
    let refused = refusals(&answers);
    assert_eq!(refused.len(), 16);
    for why in &refused {
        let NotStarted::OverBudget {
            what: Resource::Tokens,
            spent,
            reserved,
            estimate,
            limit: 900,
        } = why
        else {
            panic!("{why}")
        };
        assert!(spent + reserved + estimate > 900, "{why}");
    }
    // The closing step ran, on its share.
    assert_eq!(merged.unwrap(), "merged");
    let (overruns, unknown) = closed(&fan);
    assert_eq!((overruns.len(), unknown), (1, 0));
    assert_eq!(
        overruns[0].excess(),
        4 * (675 - 225),
        "what was in flight, beyond its estimates"
    );
    assert_eq!((overruns[0].spent, overruns[0].limit), (4 * 675, 900));
    assert_eq!(Spending::of(&fan.seen.all()).overruns, overruns);
    // It was told while it happened, too: the last time as it is at the end.
    let told = fan.kinds().into_iter().filter_map(|kind| match kind {
        EventKind::BudgetOverrun(overrun) => Some(overrun),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>().pop(), Some(overruns[0].clone()));
}

#[tokio::test]
async fn budget_in_money_is_refused_where_nobody_knows_what_an_agent_costs() {
    let root = tempfile::tempdir().unwrap();
    let costs = Budget::new().cost_usd(1.0);
    let built = builder(&root).budget(costs).build();
    let Err(BuildError::UnknownCost { agent }) = built else {
        panic!("{built:?}")
    };
    assert_eq!(agent, AGENT);

    let part = step(|cx: Cx, (): ()| async move { cx.with_budget(Budget::new().cost_usd(1.0)).map(drop) });
    let fan = fan(|_| unreachable!("nobody starts"), |b| b);
    let error = fan.orch.run(&part, ()).await.unwrap_err();
    assert!(
        error.is_halt() && error.to_string().contains("give it a price"),
        "{error}"
    );
}

#[tokio::test]
async fn budget_in_money_binds_on_prices_and_on_what_agents_say() {
    // A thousand tokens out at ten dollars a million are one cent.
    let script = |_: &_| Play::answer("yes").usage(Usage::new(0, 0, 1_000));
    let priced = fan(script, |b| {
        b.max_parallel(1)
            .price(AGENT, Price::per_million(1.0, 0.1, 10.0))
            .estimate(AGENT, Estimate::new().cost_usd(0.01))
            .budget(Budget::new().cost_usd(0.05))
    });
    assert_eq!(priced.ask_all(9, 9).await.coverage().done, 5);

    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let says = |_: &_| Play::answer("yes").usage(Usage::new(1, 0, 1).cost_usd(0.02));
    let orch = Orchestrator::builder(&tree)
        .state_dir(orch_patterns::StateDir::at(root.path().join("state")))
        .agent(Claude::new())
        .engine(MemoryEngine::new(says))
        .max_parallel(1)
        .estimate("claude", Estimate::new().cost_usd(0.01))
        .budget(Budget::new().cost_usd(0.05))
        .build()
        .unwrap();
    // One cent is expected of the first; it shows that they cost two.
    let covered = orch.run(&ask().for_each(9), questions(9)).await.unwrap();
    assert_eq!(covered.coverage().done, 2);
}

#[tokio::test]
async fn budget_counts_the_estimate_where_usage_is_unknown_and_says_so() {
    let fan = fan(
        |_| Play::answer_after(a_while, "yes"),
        |b| {
            b.budget(Budget::new().tokens(100))
                .estimate(AGENT, Estimate::new().tokens(30))
        },
    );
    assert_eq!(fan.ask_all(9, 9).await.coverage().done, 3);
    assert_eq!(closed(&fan), (vec![], 3));
}

#[tokio::test(start_paused = true)]
async fn budget_in_time_ends_running_workers_hard_and_keeps_the_closing_steps_share() {
    let script = |job: &Job| {
        if is_merge(job) {
            Play::answer("merged")
        } else {
            Play::silence()
        }
    };
    let minute = Duration::from_secs(60);
    let fan = fan(script, |b| {
        b.max_parallel(2)
            .budget(Budget::new().wall(minute).reserve_for_closing(25))
    });
    let begun = Instant::now();
    let (answers, merged) = fan.orch.run(&ask_and_merge(), questions(5)).await.unwrap();
    assert_eq!(merged.unwrap(), "merged");
    assert!(
        begun.elapsed() >= minute * 3 / 4 && begun.elapsed() < minute,
        "{:?}",
        begun.elapsed()
    );
    let late = |why: &Unfinished| matches!(why, Unfinished::Failed(f) if f.class == FailClass::TotalTimeout);
    assert_eq!(
        answers
            .missing()
            .iter()
            .filter(|missing| late(&missing.why))
            .count(),
        2
    );
    let never = |why: &NotStarted| {
        matches!(
            why,
            NotStarted::OverBudget {
                what: Resource::Wall,
                ..
            }
        )
    };
    assert_eq!(refusals(&answers).iter().filter(|why| never(why)).count(), 3);
}

#[tokio::test]
async fn budget_in_workers_counts_every_start() {
    let fan = fan(
        |_| Play::answer("yes"),
        |b| b.budget(Budget::new().workers(7).reserve_for_closing(1)),
    );
    let (answers, merged) = fan.orch.run(&ask_and_merge(), questions(20)).await.unwrap();
    assert_eq!(
        (answers.coverage().done, merged.unwrap().as_str(), fan.starts()),
        (6, "yes", 7)
    );
}

#[tokio::test]
async fn budget_of_a_part_lies_in_the_whole() {
    let script = |_: &_| Play::answer("yes").usage(Usage::new(10, 0, 0));
    let fan = fan(script, |b| {
        b.max_parallel(1)
            .budget(Budget::new().tokens(100))
            .estimate(AGENT, Estimate::new().tokens(10))
    });
    let parts = step(|cx: Cx, sizes: Vec<u64>| async move {
        let mut done = Vec::new();
        for (index, size) in sizes.into_iter().enumerate() {
            let part = cx
                .child(format!("part {index}"))
                .with_budget(Budget::new().tokens(size))?;
            done.push(ask().for_each(9).run(&part, questions(9)).await?.coverage().done);
        }
        Ok(done)
    });
    let done = fan.orch.run(&parts, vec![30, 60, 60]).await.unwrap();
    assert_eq!(done, [3, 6, 1]);
}

#[tokio::test]
async fn budget_of_a_run_that_is_taken_up_again_knows_what_was_spent() {
    let script = |_: &_| Play::answer("yes").usage(Usage::new(10, 0, 0));
    let fan = fan(script, |b| {
        b.budget(Budget::new().tokens(50))
            .estimate(AGENT, Estimate::new().tokens(10))
    });
    let id = RunId::fresh();
    for (count, done) in [(3, 3), (9, 5)] {
        let covered = fan
            .orch
            .run_as(id, &ask().for_each(1), questions(count))
            .await
            .unwrap();
        assert_eq!(covered.coverage().done, done);
    }
    assert_eq!(fan.starts(), 5);
}

#[tokio::test]
async fn cost_of_every_attempt_is_told_by_part_and_adds_up() {
    let script = |job: &Job| match (job.prompt.contains("Say q1."), job.id.attempt) {
        (true, 0) => Play::fail(FailClass::Transport, "lost").usage(Usage::new(5, 0, 2)),
        (true, _) => Play::answer("yes"),
        _ => Play::answer("yes").usage(Usage::new(10, 0, 1).cost_usd(0.5)),
    };
    let fan = fan(script, |b| {
        b.retry(Retry::transient(1).first_pause(Duration::from_millis(1)))
    });
    let pattern = ask().for_each(2).labelled("outer");
    fan.orch
        .run(&pattern, questions(3))
        .await
        .unwrap()
        .require(Quorum::All)
        .unwrap();
    let spending = Spending::of(&fan.seen.all());
    let total = spending.total();
    assert_eq!(
        (total.attempts, total.tokens, total.unknown_tokens),
        (4, 7 + 22, 1)
    );
    assert_eq!(
        (total.micro_usd, total.unknown_cost),
        (1_000_000, 2),
        "unknown is not zero"
    );
    let parts = spending.parts(&[]);
    assert_eq!(parts.len(), 1);
    let outer = parts.into_iter().next().unwrap();
    assert_eq!(spending.parts(&outer).len(), 3);
    let sum = spending
        .parts(&outer)
        .into_iter()
        .map(|part| spending.under(&part));
    assert_eq!(sum.fold(spending.at(&outer), orch_patterns::Spent::plus), total);
}

#[tokio::test]
async fn budget_in_time_kills_a_real_process() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let seen = Seen::default();
    let orch = Orchestrator::builder(&tree)
        .state_dir(orch_patterns::StateDir::at(root.path().join("state")))
        .agent(Tool::new(AGENT, "sh").args(["-c", "trap '' INT TERM; while :; do sleep 1; done"]))
        .budget(Budget::new().wall(Duration::from_millis(300)))
        .observe(seen.clone())
        .build()
        .unwrap();
    let error = orch.run(&ask(), "x".to_owned()).await.unwrap_err();
    let Error::Unfinished(why) = error else {
        panic!("{error}")
    };
    // A slow machine may not even have started it.
    match why {
        Unfinished::Failed(failure) => {
            assert_eq!(failure.class, FailClass::TotalTimeout);
            let killed = |event: &orch_patterns::event::Event| matches!(&event.kind, EventKind::WorkerFinished { exit: Some(exit), .. } if exit.contains("KILL"));
            assert!(seen.all().iter().any(killed), "{:?}", seen.all());
        }
        Unfinished::NotStarted(why) => {
            assert!(
                matches!(
                    why,
                    NotStarted::OverBudget {
                        what: Resource::Wall,
                        ..
                    }
                ),
                "{why}"
            );
        }
        other => panic!("{other}"),
    }
}
