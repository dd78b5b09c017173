//! A rule: which requests it is for, how often, and what it replies.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Reply, Request};

type Predicate = Box<dyn Fn(&Request) -> bool + Send + Sync>;
type Responder = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

/// The first half of a [`Rule`]: when it applies. It becomes a rule by its reply.
#[must_use = "a condition does nothing until it is given a reply"]
pub struct Condition {
    predicate: Predicate,
    times: usize,
}

/// Answers the requests it matches until it is used up. Put together in a [`Script`](super::Script).
#[must_use = "a rule does nothing until it is part of a script"]
pub struct Rule {
    condition: Condition,
    responder: Responder,
    left: AtomicUsize,
}

impl Rule {
    /// Applies to the requests for which `predicate` is true. It runs on the server's thread, while the request is
    /// being kept: it must neither block nor ask the server.
    pub fn when(predicate: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Condition {
        Condition {
            predicate: Box::new(predicate),
            times: usize::MAX,
        }
    }

    /// Applies to every request.
    pub fn always() -> Condition {
        Self::when(|_| true)
    }

    /// Applies to the agent's errands beside its task ([`Request::is_errand`]). Where a later rule counts requests, one
    /// of these belongs before it.
    pub fn errands() -> Condition {
        Self::when(Request::is_errand)
    }

    /// The reply, when this rule applies and is not used up; takes one use.
    pub(super) fn answer(&self, request: &Request) -> Option<Reply> {
        if !(self.condition.predicate)(request) {
            return None;
        }
        let take = |left: usize| {
            if left == usize::MAX {
                Some(left)
            } else {
                left.checked_sub(1)
            }
        };
        self.left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, take)
            .ok()?;
        Some((self.responder)(request))
    }
}

impl Condition {
    /// Applies this many times at most; then the next rule that matches is asked. Without this: without end.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Replies with a copy of `reply` each time.
    pub fn reply(self, reply: impl Into<Reply>) -> Rule {
        let reply = reply.into();
        self.reply_with(move |_| reply.clone())
    }

    /// Replies with what `responder` makes of the request. The same holds for it as for the
    /// predicate of [`Rule::when`].
    pub fn reply_with<R: Into<Reply>>(
        self,
        responder: impl Fn(&Request) -> R + Send + Sync + 'static,
    ) -> Rule {
        let left = AtomicUsize::new(self.times);
        Rule {
            condition: self,
            responder: Box::new(move |request| responder(request).into()),
            left,
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition")
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
