//! Random trees of the combinators with random faults, some of them dropped half-way: all places come back, coverage
//! adds up, no failure becomes an answer, and what was used adds up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::poll_immediate;
use orch_patterns::agent::Tool;
use orch_patterns::engine::{Job, JobId, Usage};
use orch_patterns::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::{Estimate, FailClass, NotStarted, Spending, Spent};
use orch_testkit::memory_engine::Play;
use proptest::prelude::*;
use tokio::sync::Barrier;

use crate::fan::{AGENT, Fan, ask, fan, questions};
use crate::law_trees::{Coverages, grow, trees};

const PLACES: usize = 3;

/// An agent whose workers wait for each other.
const PROBE: &str = "probe";

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

/// Whoever was queued has an end.
fn nothing_is_left(fan: &Fan) {
    let kinds = fan.kinds();
    let queued = kinds
        .iter()
        .filter(|kind| matches!(kind, EventKind::WorkerQueued { .. }));
    let finished = kinds
        .iter()
        .filter(|kind| matches!(kind, EventKind::WorkerFinished { .. }));
    assert_eq!(queued.count(), finished.count());
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
                assert!(
                    matches!(why, NotStarted::OverBudget { .. } | NotStarted::LetGo),
                    "{why}"
                );
            }
            // A race, a quorum, a failed join or a time-out let it go: it may have been about to answer.
            Outcome::Unfinished(Unfinished::Cancelled) => {}
            Outcome::Unfinished(why) => {
                assert!(matches!(why, Unfinished::Failed(_)), "{why}");
                assert_ne!(last, Some(Fault::None));
            }
        }
    }
    // Every attempt that was started is charged, once, with what it said; who was let go while it waited, for a place or
    // for its next try, is not.
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

pub(crate) fn on_paused_time<T>(work: impl Future<Output = T>) -> T {
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
            for seen in coverages.lock().unwrap().iter() {
                seen.adds_up();
            }
            nothing_is_left(&fan);
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
