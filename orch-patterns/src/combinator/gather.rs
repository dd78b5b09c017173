//! Many branches at once: answers in the branches' order, the missing ones with their reasons.
//!
//! Here, and only here, an `Unfinished` becomes data. A `Halt` of one branch ends all of them.

use std::collections::VecDeque;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use orch_core::{Error, Missing, Result};

/// One branch: what to call it, and its work.
#[must_use = "a branch does nothing until it is gathered"]
pub(crate) struct Branch<'a, O> {
    label: String,
    work: BoxFuture<'a, Result<O>>,
}

/// What came out of several branches.
#[derive(Debug)]
pub(crate) struct Gathered<O> {
    /// The outputs of the branches that delivered, each with its branch's index, in order.
    pub(crate) done: Vec<(usize, O)>,
    /// The branches that did not, in order.
    pub(crate) missing: Vec<Missing>,
}

impl<'a, O> Branch<'a, O> {
    pub(crate) fn new(label: impl Into<String>, work: impl Future<Output = Result<O>> + Send + 'a) -> Self {
        Self {
            label: label.into(),
            work: Box::pin(work),
        }
    }
}

/// Polls the branches inside this future, at most `at_most` at a time; dropping it cancels them.
pub(crate) async fn gather<O>(branches: Vec<Branch<'_, O>>, at_most: usize) -> Result<Gathered<O>> {
    let (gathered, _) = gather_until(branches, at_most, usize::MAX).await?;
    Ok(gathered)
}

/// As [`gather`], until `enough` branches have delivered; the others are dropped, and their labels returned beside.
pub(crate) async fn gather_until<O>(
    branches: Vec<Branch<'_, O>>,
    at_most: usize,
    enough: usize,
) -> Result<(Gathered<O>, Vec<String>)> {
    let mut labels: Vec<Option<String>> = Vec::with_capacity(branches.len());
    let mut waiting = VecDeque::with_capacity(branches.len());
    for (index, branch) in branches.into_iter().enumerate() {
        labels.push(Some(branch.label));
        waiting.push_back(async move { (index, branch.work.await) });
    }
    let mut running = FuturesUnordered::new();
    let mut done = Vec::new();
    let mut missing = Vec::new();
    while done.len() < enough {
        // With no more at a time than are needed, nobody begins in vain.
        let at_once = if at_most <= enough {
            at_most.min(enough - done.len())
        } else {
            at_most
        };
        while running.len() < at_once
            && let Some(next) = waiting.pop_front()
        {
            running.push(next);
        }
        let Some((index, result)) = running.next().await else {
            break;
        };
        let label = labels[index].take().unwrap_or_default();
        match result {
            Ok(output) => done.push((index, output)),
            Err(Error::Unfinished(why)) => missing.push((index, Missing { label, why })),
            Err(halt) => return Err(halt),
        }
    }
    done.sort_by_key(|(index, _)| *index);
    missing.sort_by_key(|(index, _)| *index);
    let gathered = Gathered {
        done,
        missing: missing.into_iter().map(|(_, missing)| missing).collect(),
    };
    Ok((gathered, labels.into_iter().flatten().collect()))
}
