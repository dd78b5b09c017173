//! Random trees of the combinators with random faults, some of them dropped half-way: all places come back, coverage
//! adds up, no failure becomes an answer, and what was used adds up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::poll_immediate;
use orch_patterns::agent::Tool;
use orch_patterns::combinator::Boxed;
use orch_patterns::engine::{Job, JobId, Usage};
use orch_patterns::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::{Coverage, Estimate, FailClass, NotStarted, Spending, Spent};
use orch_testkit::memory_engine::Play;
use proptest::prelude::*;
use tokio::sync::Barrier;

use crate::fan::{AGENT, Fan, ask, fan, questions};

const PLACES: usize = 3;

/// An agent whose workers wait for each other.
const PROBE: &str = "probe";

/// A shape of a pattern from a text to a text.
#[derive(Debug, Clone)]
enum Tree {
    Ask,
    Map(Box<Tree>),
    Then(Box<Tree>, Box<Tree>),
    Fan {
        inner: Box<Tree>,
        count: usize,
        width: usize,
        needs: usize,
    },
    Budgeted(Box<Tree>, u64),
}

/// What one attempt was scripted to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Lost,
    Limited,
    Refused,
    Crashed,
    Silent,
}

fn trees() -> impl Strategy<Value = Tree> {
    Just(Tree::Ask).prop_recursive(4, 24, 3, |inner| {
        let boxed = inner.prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Tree::Map),
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Tree::Then(a, b)),
            (boxed.clone(), 0..4_usize, 1..4_usize, 0..3_usize).prop_map(|(inner, count, width, needs)| {
                Tree::Fan {
                    inner,
                    count,
                    width,
                    needs,
                }
            }),
            (boxed, 0..200_u64).prop_map(|(inner, tokens)| Tree::Budgeted(inner, tokens)),
        ]
    })
}

/// The faults, in the order in which attempts are submitted.
fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let fault = prop_oneof![
        5 => Just(Fault::None),
        1 => Just(Fault::Lost),
        1 => Just(Fault::Limited),
        1 => Just(Fault::Refused),
        1 => Just(Fault::Crashed),
        1 => Just(Fault::Silent),
    ];
    proptest::collection::vec(fault, 1..30)
}

type Coverages = Arc<Mutex<Vec<(usize, usize, Coverage)>>>;

fn grow(tree: &Tree, seen: &Coverages) -> Boxed<'static, String, String> {
    match tree {
        Tree::Ask => ask().boxed(),
        Tree::Map(inner) => grow(inner, seen).map(|text: String| format!("{text}!")).boxed(),
        Tree::Then(first, second) => grow(first, seen).then(grow(second, seen)).boxed(),
        Tree::Fan {
            inner,
            count,
            width,
            needs,
        } => {
            let (count, needs, seen_here) = (*count, *needs, Arc::clone(seen));
            let split = step(move |_cx: Cx, text: String| async move {
                Ok((0..count)
                    .map(|index| format!("{text}{index}"))
                    .collect::<Vec<_>>())
            });
            let look = move |covered: Covered<Vec<String>>| {
                let coverage = covered.coverage();
                let missing = covered.missing().len();
                seen_here.lock().unwrap().push((count, missing, coverage));
                let answers = covered.require(Quorum::at_least(needs))?;
                assert_eq!(answers.len(), coverage.done);
                Ok(answers.concat())
            };
            split
                .then(grow(inner, seen).for_each(*width))
                .try_map(look)
                .boxed()
        }
        Tree::Budgeted(inner, tokens) => {
            let (inner, tokens) = (Arc::new(grow(inner, seen)), *tokens);
            step(move |cx: Cx, text: String| {
                let inner = Arc::clone(&inner);
                async move {
                    inner
                        .run(&cx.with_budget(Budget::new().tokens(tokens))?, text)
                        .await
                }
            })
            .boxed()
        }
    }
}

type Scripted = Arc<Mutex<BTreeMap<JobId, Fault>>>;

fn stage(faults: Vec<Fault>) -> (Fan, Scripted) {
    let scripted = Scripted::default();
    let book = Arc::clone(&scripted);
    let together = Arc::new(Barrier::new(PLACES));
    let script = move |job: &Job| {
        if job.agent == PROBE {
            let together = Arc::clone(&together);
            let work = move || {
                let together = Arc::clone(&together);
                async move {
                    together.wait().await;
                }
            };
            return Play::answer_after(work, "yes");
        }
        let mut book = book.lock().unwrap();
        let next = faults[book.len() % faults.len()];
        let fault = *book.entry(job.id).or_insert(next);
        let used = Usage::new(7, 0, 3);
        match fault {
            Fault::None => Play::answer_after(tokio::task::yield_now, "a").usage(used),
            Fault::Lost => Play::fail(FailClass::Transport, "lost").usage(used),
            Fault::Limited => Play::fail(FailClass::Quota, "429: try again in 2s"),
            Fault::Refused => Play::fail(FailClass::Refused, "no").usage(used),
            Fault::Crashed => Play::fail(FailClass::Crashed, "it broke"),
            Fault::Silent => Play::silence(),
        }
    };
    let fan = fan(script, |b| {
        b.agent(Tool::new(PROBE, "true"))
            .estimate(PROBE, Estimate::new().tokens(1))
            .max_parallel(PLACES)
            .retry(Retry::transient(1))
            .budget(Budget::new().tokens(2_000).workers(60))
            .estimate(AGENT, Estimate::new().tokens(10))
            .limits(Limits::default().total(Duration::from_secs(60)))
    });
    (fan, scripted)
}

/// All places can be had at once, by workers that wait for each other.
async fn all_places_come_back(fan: &Fan) {
    let probe = ask().agent(PROBE).for_each(PLACES);
    let all = fan.orch.run(&probe, questions(PLACES)).await.unwrap();
    assert!(all.coverage().is_full(), "{:?}", all.missing());
    assert_eq!(fan.orch.free_places(), PLACES);
}

fn laws(fan: &Fan, scripted: &Scripted) {
    let scripted = scripted.lock().unwrap();
    for kind in fan.kinds() {
        let EventKind::WorkerFinished { key, outcome, .. } = kind else {
            continue;
        };
        // The last attempt under this key is the one whose end is told.
        let last = scripted.iter().rfind(|(id, _)| id.step == key);
        let last = last.map(|(_, fault)| *fault);
        match outcome {
            Outcome::Done(_) => assert_eq!(last, Some(Fault::None)),
            Outcome::Unfinished(Unfinished::NotStarted(why)) => {
                assert!(matches!(why, NotStarted::OverBudget { .. }), "{why}");
            }
            Outcome::Unfinished(why) => {
                assert!(matches!(why, Unfinished::Failed(_)), "{why}");
                assert_ne!(last, Some(Fault::None));
            }
        }
    }
    // Every attempt that was started is charged, once, with what it said.
    let told = |fault: &&Fault| matches!(fault, Fault::None | Fault::Lost | Fault::Refused);
    let told = scripted.values().filter(told).count();
    let spending = Spending::of(&fan.seen.all());
    let total = spending.total();
    let charged = (total.attempts, total.tokens, total.unknown_tokens);
    let count = |count: usize| u64::try_from(count).unwrap();
    let expected = (
        count(scripted.len()),
        count(10 * told),
        count(scripted.len() - told),
    );
    assert_eq!(charged, expected);
    adds_up(&spending, &[]);
}

/// What is under a path is what is at it and what is under its parts.
fn adds_up(spending: &Spending, path: &[String]) {
    let parts = spending.parts(path);
    let sum = parts.iter().map(|part| spending.under(part));
    assert_eq!(sum.fold(spending.at(path), Spent::plus), spending.under(path));
    for part in &parts {
        adds_up(spending, part);
    }
}

fn on_paused_time<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn permits_return_and_coverage_and_costs_add_up_whatever_fails(tree in trees(), faults in faults()) {
        on_paused_time(async {
            let (fan, scripted) = stage(faults);
            let coverages = Coverages::default();
            let pattern = grow(&tree, &coverages);
            let result = fan.orch.run(&pattern, "x".to_owned()).await;
            assert!(!matches!(result, Err(Error::Halt(_))), "{result:?}");
            assert_eq!(fan.orch.free_places(), PLACES);
            for (asked, missing, coverage) in coverages.lock().unwrap().iter() {
                assert_eq!((coverage.asked, coverage.done + missing), (*asked, *asked));
            }
            laws(&fan, &scripted);
        });
    }

    #[test]
    fn permits_return_from_a_run_that_is_dropped_anywhere(tree in trees(), faults in faults(), polls in 0_usize..120) {
        on_paused_time(async {
            let (fan, _) = stage(faults);
            let pattern = grow(&tree, &Coverages::default());
            let mut run = Box::pin(fan.orch.run(&pattern, "x".to_owned()));
            for _ in 0..polls {
                if poll_immediate(&mut run).await.is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(run);
            all_places_come_back(&fan).await;
        });
    }
}
