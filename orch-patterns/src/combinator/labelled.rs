//! A pattern under a label.

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result};

/// See [`PatternExt::labelled`](crate::PatternExt::labelled).
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
}
