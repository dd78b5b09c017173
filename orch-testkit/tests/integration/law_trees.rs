//! Random trees of the combinators, from a text to a text, for what must hold of all of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orch_patterns::combinator::Boxed;
use orch_patterns::prelude::*;
use orch_patterns::{Coverage, Missing};
use proptest::prelude::*;

use crate::fan::ask;

/// A shape of a pattern from a text to a text.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Ask,
    Map(Box<Tree>),
    Tap(Box<Tree>),
    Then(Box<Tree>, Box<Tree>),
    Join(Box<Tree>, Box<Tree>),
    Race(Box<Tree>, Box<Tree>),
    Fallback(Box<Tree>, Box<Tree>),
    Retry(Box<Tree>, usize),
    Timeout(Box<Tree>, u64),
    Repeat(Box<Tree>, usize),
    Gate(Box<Tree>, usize),
    Fan {
        inner: Box<Tree>,
        count: usize,
        width: usize,
        needs: usize,
    },
    Several {
        inner: Vec<Tree>,
        enough: usize,
        width: usize,
    },
    Budgeted(Box<Tree>, u64),
}

/// What a gathering combinator said.
#[derive(Debug)]
pub(crate) struct Seen {
    asked: usize,
    enough: usize,
    missing: Vec<Missing>,
    spared: usize,
    coverage: Coverage,
}

pub(crate) type Coverages = Arc<Mutex<Vec<Seen>>>;

impl Seen {
    fn of<C>(covered: &Covered<C>, asked: usize, enough: usize) -> Self {
        Self {
            asked,
            enough,
            missing: covered.missing().to_vec(),
            spared: covered.spared().len(),
            coverage: covered.coverage(),
        }
    }

    /// Everybody is done, missing or spared, and somebody is spared only when there were enough.
    pub(crate) fn adds_up(&self) {
        let missing = self.missing.len();
        assert_eq!(self.coverage.asked, self.coverage.done + missing);
        assert_eq!(self.coverage.asked + self.spared, self.asked);
        assert!(self.coverage.done <= self.enough, "{self:?}");
        assert!(self.spared == 0 || self.coverage.done == self.enough, "{self:?}");
    }
}

pub(crate) fn trees() -> impl Strategy<Value = Tree> {
    Just(Tree::Ask).prop_recursive(4, 24, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let pair = (boxed.clone(), boxed.clone());
        prop_oneof![
            boxed.clone().prop_map(Tree::Map),
            boxed.clone().prop_map(Tree::Tap),
            pair.clone().prop_map(|(a, b)| Tree::Then(a, b)),
            pair.clone().prop_map(|(a, b)| Tree::Join(a, b)),
            pair.clone().prop_map(|(a, b)| Tree::Race(a, b)),
            pair.prop_map(|(a, b)| Tree::Fallback(a, b)),
            (boxed.clone(), 0..3_usize).prop_map(|(inner, times)| Tree::Retry(inner, times)),
            (boxed.clone(), 0..90_u64).prop_map(|(inner, seconds)| Tree::Timeout(inner, seconds)),
            (boxed.clone(), 1..3_usize).prop_map(|(inner, rounds)| Tree::Repeat(inner, rounds)),
            (boxed.clone(), 1..4_usize).prop_map(|(inner, content)| Tree::Gate(inner, content)),
            (boxed.clone(), 0..4_usize, 1..4_usize, 0..3_usize).prop_map(|(inner, count, width, needs)| {
                Tree::Fan {
                    inner,
                    count,
                    width,
                    needs,
                }
            }),
            (proptest::collection::vec(inner, 0..4), 1..4_usize, 1..4_usize)
                .prop_map(|(inner, enough, width)| Tree::Several { inner, enough, width }),
            (boxed, 0..200_u64).prop_map(|(inner, tokens)| Tree::Budgeted(inner, tokens)),
        ]
    })
}

/// The shape with everything taken out of it that is decided by who is first, or that fails by itself. What is left
/// does the same work whenever every worker answers.
pub(crate) fn settled(tree: Tree) -> Tree {
    let one = |tree: Box<Tree>| Box::new(settled(*tree));
    match tree {
        Tree::Map(inner) => Tree::Map(one(inner)),
        Tree::Tap(inner) | Tree::Gate(inner, _) | Tree::Timeout(inner, _) | Tree::Budgeted(inner, _) => {
            Tree::Tap(one(inner))
        }
        Tree::Then(a, b) => Tree::Then(one(a), one(b)),
        Tree::Join(a, b) | Tree::Race(a, b) => Tree::Join(one(a), one(b)),
        Tree::Fallback(a, b) => Tree::Fallback(one(a), one(b)),
        Tree::Retry(inner, times) => Tree::Retry(one(inner), times),
        Tree::Repeat(inner, rounds) => Tree::Repeat(one(inner), rounds),
        Tree::Fan {
            inner, count, width, ..
        } => Tree::Fan {
            inner: one(inner),
            count,
            width,
            needs: 0,
        },
        Tree::Several { inner, width, .. } if !inner.is_empty() => Tree::Several {
            enough: inner.len(),
            inner: inner.into_iter().map(settled).collect(),
            width,
        },
        Tree::Ask | Tree::Several { .. } => Tree::Ask,
    }
}

/// The pattern of a shape; what its gathering combinators say is kept in `seen`.
pub(crate) fn grow(tree: &Tree, seen: &Coverages) -> Boxed<'static, String, String> {
    let grow = |tree: &Tree| grow(tree, seen);
    match tree {
        Tree::Ask => ask().boxed(),
        Tree::Map(inner) => grow(inner).map(|text: String| format!("{text}!")).boxed(),
        Tree::Tap(inner) => grow(inner).tap(|text: &String| assert!(!text.is_empty())).boxed(),
        Tree::Then(first, second) => grow(first).then(grow(second)).boxed(),
        Tree::Join(one, other) => {
            let both = grow(one).join(grow(other));
            both.map(|(one, other): (String, String)| one + &other).boxed()
        }
        Tree::Race(one, other) => grow(one).race(grow(other)).boxed(),
        Tree::Fallback(first, other) => grow(first).fallback(grow(other)).boxed(),
        Tree::Retry(inner, times) => grow(inner).retry(Retry::transient(*times)).boxed(),
        Tree::Timeout(inner, seconds) => grow(inner).timeout(Duration::from_secs(*seconds)).boxed(),
        Tree::Repeat(inner, rounds) => {
            let repeated = grow(inner).repeat_until(*rounds, |text: &String| text.ends_with('!'));
            repeated.map(Repeated::accept_either).boxed()
        }
        Tree::Gate(inner, content) => {
            // Whether it is content depends on nothing but what it is shown; with 1 it never is.
            let content = *content;
            let decide = move |_cx: Cx, output: Arc<String>| async move {
                tokio::task::yield_now().await;
                Ok(match output.len() % content {
                    0 => Decision::revise("again"),
                    _ => Decision::Approve,
                })
            };
            grow(inner).gate(decide).boxed()
        }
        Tree::Fan {
            inner,
            count,
            width,
            needs,
        } => {
            let count = *count;
            let split = step(move |_cx: Cx, text: String| async move {
                Ok((0..count)
                    .map(|index| format!("{text}{index}"))
                    .collect::<Vec<_>>())
            });
            let fan = split.then(grow(inner).for_each(*width));
            fan.try_map(opened(count, usize::MAX, *needs, seen)).boxed()
        }
        Tree::Several { inner, enough, width } => {
            let count = inner.len();
            let gathered = several(inner.iter().map(grow)).quorum(*enough).at_most(*width);
            gathered.try_map(opened(count, *enough, 1, seen)).boxed()
        }
        Tree::Budgeted(inner, tokens) => {
            let (inner, tokens) = (Arc::new(grow(inner)), *tokens);
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

/// Looks at a coverage, and opens it when at least `needs` are there.
fn opened(
    asked: usize,
    enough: usize,
    needs: usize,
    seen: &Coverages,
) -> impl Fn(Covered<Vec<String>>) -> Result<String> + Send + Sync + 'static {
    let seen = Arc::clone(seen);
    move |covered| {
        let coverage = covered.coverage();
        seen.lock().unwrap().push(Seen::of(&covered, asked, enough));
        let answers = covered.require(Quorum::at_least(needs))?;
        assert_eq!(answers.len(), coverage.done);
        Ok(format!("|{}", answers.concat()))
    }
}
