//! Laws of the combinators, on random patterns: what may be written in another way is the same work, order is kept,
//! and nothing takes a halt for a failure. That nothing is left behind is `permits_law`'s.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orch_patterns::FailClass;
use orch_patterns::combinator::{Boxed, race};
use orch_patterns::engine::Job;
use orch_patterns::prelude::*;
use orch_testkit::memory_engine::Play;
use proptest::prelude::*;

use crate::fan::{ask, ask_as, asked, fan};
use crate::law_trees::{Coverages, Tree, grow, settled, trees};
use crate::permits_law::on_paused_time;

/// A chain of patterns in one of its bracketings: the numbers say where to cut.
fn bracketed(parts: &[Tree], cuts: &[usize]) -> Boxed<'static, String, String> {
    let seen = Coverages::default();
    match parts {
        [] => step(|_cx: Cx, text: String| async move { Ok(text) }).boxed(),
        [one] => grow(one, &seen),
        many => {
            let (cut, cuts) = cuts.split_first().unwrap_or((&0, &[]));
            let (left, right) = many.split_at(1 + cut % (many.len() - 1));
            bracketed(left, cuts).then(bracketed(right, cuts)).boxed()
        }
    }
}

/// What a pattern makes of a text and the keys of its work, sorted, when every worker answers at once.
async fn work_of(pattern: &Boxed<'_, String, String>) -> (Result<String, String>, Vec<String>) {
    let fan = fan(
        |job: &Job| Play::answer(format!("<{}>", asked(job))),
        |b| b.max_parallel(1),
    );
    let result = fan.orch.run(pattern, "x".to_owned()).await;
    // Branches that go on at once may begin in any order.
    let mut keys = fan.keys();
    keys.sort();
    (result.map_err(|error| error.to_string()), keys)
}

/// What a halt is wrapped in.
#[derive(Debug, Clone, Copy)]
enum Wrap {
    Retried,
    FallenBack,
    Timed,
    Raced,
    RacedOf,
    Joined,
    Gathered,
    Fanned,
    Repeated,
    Gated,
    Labelled,
}

fn wraps() -> impl Strategy<Value = Vec<Wrap>> {
    use Wrap::*;
    let one = proptest::sample::select(vec![
        Retried, FallenBack, Timed, Raced, RacedOf, Joined, Gathered, Fanned, Repeated, Gated, Labelled,
    ]);
    proptest::collection::vec(one, 0..8)
}

fn wrap(inner: Boxed<'static, String, String>, how: Wrap) -> Boxed<'static, String, String> {
    let silent = || ask_as("silent ");
    let first = |covered: Covered<Vec<String>>| covered.accept_partial().concat();
    match how {
        Wrap::Retried => inner
            .retry_when(Retry::transient(3), |_: &Unfinished| true)
            .boxed(),
        Wrap::FallenBack => inner.fallback(ask()).boxed(),
        Wrap::Timed => inner.timeout(Duration::from_secs(3600)).boxed(),
        Wrap::Raced => silent().race(inner).boxed(),
        Wrap::RacedOf => race([inner, silent().boxed()]).boxed(),
        Wrap::Joined => inner.join(silent()).map(|(one, _): (String, String)| one).boxed(),
        Wrap::Gathered => several([silent().boxed(), inner]).quorum(1).map(first).boxed(),
        Wrap::Fanned => {
            let split = step(|_cx: Cx, text: String| async move { Ok(vec![text]) });
            split.then(inner.for_each(2)).map(first).boxed()
        }
        Wrap::Repeated => {
            let repeated = inner.repeat_until(3, |_: &String| false);
            repeated.map(Repeated::accept_either).boxed()
        }
        Wrap::Gated => inner
            .gate(|_cx: Cx, _: Arc<String>| async { Ok(Decision::Approve) })
            .boxed(),
        Wrap::Labelled => inner.labelled("here").boxed(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn then_is_associative_in_what_it_makes_and_in_its_keys(
        parts in proptest::collection::vec(trees().prop_map(settled), 2..6),
        one in proptest::collection::vec(0..8_usize, 0..8),
        other in proptest::collection::vec(0..8_usize, 0..8),
    ) {
        on_paused_time(async {
            let one = work_of(&bracketed(&parts, &one)).await;
            let other = work_of(&bracketed(&parts, &other)).await;
            assert_eq!(one, other);
        });
    }

    #[test]
    fn a_step_that_does_nothing_is_the_identity_on_both_sides(tree in trees().prop_map(settled)) {
        on_paused_time(async {
            let id = || step(|_cx: Cx, text: String| async move { Ok(text) });
            let grown = || grow(&tree, &Coverages::default());
            let alone = work_of(&grown()).await;
            assert_eq!(work_of(&id().then(grown()).boxed()).await, alone);
            assert_eq!(work_of(&grown().then(id()).boxed()).await, alone);
        });
    }

    #[test]
    fn for_each_keeps_the_order_of_its_inputs_whoever_is_first(
        seconds in proptest::collection::vec(proptest::option::weighted(0.8, 0..50_u64), 0..12),
        width in 1..6_usize,
    ) {
        on_paused_time(async {
            let inputs: Vec<String> = (0..seconds.len()).map(|index| index.to_string()).collect();
            let expected: Vec<String> =
                inputs.iter().zip(&seconds).filter(|(_, time)| time.is_some()).map(|(input, _)| input.clone()).collect();
            let script = move |job: &Job| {
                let word = asked(job);
                match seconds[word.parse::<usize>().unwrap()] {
                    Some(time) => {
                        Play::answer_after(move || tokio::time::sleep(Duration::from_secs(time)), word)
                    }
                    None => Play::fail(FailClass::Crashed, "it broke"),
                }
            };
            let fan = fan(script, |b| b.max_parallel(6));
            let covered = fan.orch.run(&ask().for_each(width), inputs.clone()).await.unwrap();
            assert_eq!(covered.coverage().asked, inputs.len());
            assert_eq!(covered.accept_partial(), expected);
        });
    }

    #[test]
    fn a_halt_comes_through_whatever_is_around_it_and_is_met_once(wraps in wraps()) {
        on_paused_time(async {
            let met = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&met);
            let halt = step(move |_cx: Cx, _: String| {
                count.fetch_add(1, Ordering::SeqCst);
                async { Err::<String, _>(Halt::Rejected("no".to_owned()).into()) }
            });
            let pattern = wraps.iter().fold(halt.boxed(), |inner, how| wrap(inner, *how));
            let script = |job: &Job| {
                assert!(asked(job).starts_with("silent "), "nothing runs after a halt");
                Play::silence()
            };
            let fan = fan(script, |b| b.max_parallel(8));
            let result = fan.orch.run(&pattern, "x".to_owned()).await;
            assert!(matches!(result, Err(Error::Halt(Halt::Rejected(_)))), "{result:?}");
            assert_eq!(met.load(Ordering::SeqCst), 1);
            assert_eq!(fan.orch.free_places(), 8);
        });
    }

    #[test]
    fn a_failure_never_becomes_an_answer(tree in trees()) {
        on_paused_time(async {
            let fan = fan(|_| Play::fail(FailClass::Crashed, "it broke"), |b| b.max_parallel(4));
            let result = fan.orch.run(&grow(&tree, &Coverages::default()), "x".to_owned()).await;
            // Only who asks for no answers at all gets along without any.
            if let Ok(text) = result {
                assert!(text.starts_with('|') && !fan.outcomes().iter().any(Outcome::is_done), "{text}");
            }
        });
    }
}
