//! A pattern under a label.

use async_trait::async_trait;
use orch_core::{Cx, Needs, Pattern, Result};

/// The pattern under a label. See [`PatternExt::labelled`](crate::PatternExt::labelled).
///
/// When to use it: to find a part of a program again, in what was spent, in the plans, in the step keys; and to keep
/// the keys of two equal parts apart by name and not by their order.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let ask: Worker<String, String> = Worker::new(|question: &String| Brief::new(question.clone()));
/// let twice = ask.clone().labelled("first opinion").join(ask.labelled("second opinion"));
/// ```
///
/// - **Step keys**: everything beneath stands under the label.
/// - **Failure, cancel, cost**: as the pattern alone.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Labelled<P> {
    inner: P,
    label: String,
}

impl<P> Labelled<P> {
    pub(crate) fn new(inner: P, label: String) -> Self {
        Self { inner, label }
    }
}

#[async_trait]
impl<P: Pattern> Pattern for Labelled<P> {
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        self.inner.run(&cx.child(&self.label), input).await
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}
