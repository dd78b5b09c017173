//! One pattern, once for each of many inputs.

use std::collections::HashMap;

use async_trait::async_trait;
use orch_core::{Covered, Cx, Digest, Halt, Needs, Pattern, Result, plain};
use serde::Serialize;

use super::{Branch, gather};

/// How many characters of an input are in its label.
const SHOWN: usize = 40;

/// One pattern, once for each of many inputs. See [`PatternExt::for_each`](crate::PatternExt::for_each).
///
/// When to use it: the same work for many files, questions, slices. Several patterns on one input are
/// [`several`](crate::several).
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let explain: Worker<String, String> = Worker::new(|path: &String| Brief::new(format!("What does {path} do?")));
/// let all = explain.for_each(4).require(Quorum::Majority);
/// ```
///
/// - **Order**: the outputs are in the order of the inputs, without those that are missing.
/// - **Step keys**: each input's work stands under the digest of the input's JSON form and its ordinal among equals, so
///   that another order of the inputs is the same work.
/// - **Failure**: an unfinished one is missing coverage, named `item 2: "src/b.rs"` after its place among the inputs and
///   the beginning of its JSON form. A halt ends all of them.
/// - **Cancel**: dropping it cancels those that run.
/// - **Cost**: the workers of the pattern, for each input. `at_most` bounds what is begun at a time; the
///   orchestrator's own limit holds besides.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct ForEach<P> {
    inner: P,
    at_most: usize,
}

impl<P> ForEach<P> {
    pub(crate) fn new(inner: P, at_most: usize) -> Self {
        assert!(at_most > 0, "for_each(0) would never run anything");
        Self { inner, at_most }
    }
}

/// What input number `number` is called where it is missing.
fn label(number: usize, input: &impl Serialize) -> String {
    match serde_json::to_string(input) {
        Ok(json) => format!("item {number}: {}", plain::line(&json, SHOWN)),
        Err(_) => format!("item {number}"),
    }
}

#[async_trait]
impl<P> Pattern for ForEach<P>
where
    P: Pattern,
    P::In: Serialize,
{
    type In = Vec<P::In>;
    type Out = Covered<Vec<P::Out>>;

    async fn run(&self, cx: &Cx, inputs: Vec<P::In>) -> Result<Self::Out> {
        // A child's key holds the digest of its input and its ordinal among equals, so that another order of the
        // inputs is the same work.
        let mut equals: HashMap<Digest, u32> = HashMap::new();
        let mut branches = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.into_iter().enumerate() {
            let digest = Digest::of_json(&input);
            let digest =
                digest.map_err(|error| Halt::Misuse(format!("input {index} has no JSON form: {error}")))?;
            let ordinal = equals.entry(digest).or_default();
            let child = cx.child(format!("{digest}#{ordinal}"));
            *ordinal += 1;
            let label = label(index + 1, &input);
            let work = async move { self.inner.run(&child, input).await };
            branches.push(Branch::new(label, work));
        }
        let gathered = gather(branches, self.at_most).await?;
        let outputs: Vec<P::Out> = gathered.done.into_iter().map(|(_, output)| output).collect();
        let done = outputs.len();
        Ok(Covered::new(outputs, done, gathered.missing))
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}
