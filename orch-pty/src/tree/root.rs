//! [`Tree`]: the handle by which a tree is looked at and ended.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::census::Census;
use super::host::Host;
use super::hunt::hunt;
use super::kernel::Kernel;
use super::ladder::Ladder;
use super::report::KillReport;
use crate::leader::Leader;
use crate::signal::Signal;
use crate::sys::Handle;
use crate::tag::Tag;
use crate::watch::Watch;

/// How long a hunt goes on. It ends when nobody is left, some milliseconds as a rule.
const HUNT_LIMIT: Duration = Duration::from_secs(1);
/// How long a look may wait for one of tokio's blocking threads, and take; then it is done here.
const ELSEWHERE_LIMIT: Duration = Duration::from_secs(2);
/// How many ends are waited for at once, a descriptor each; then everybody is looked for again.
const WATCHED_MOST: usize = 64;

/// A child and all that descends from it, wherever it has gone: into other process groups, other sessions, or out of
/// the lineage by the death of its parent.
///
/// On Linux, descendants are found by lineage and by [`Tag`]. Elsewhere only the child's own process group is
/// reached, and only until the child's status is taken.
///
/// Not found: a process that changed its limit on purpose, scrubbed its environment *and* left the lineage; and, in
/// a program that is setuid, only what lineage shows.
#[derive(Clone, Debug)]
pub struct Tree {
    leader: Arc<Leader>,
}

impl Tree {
    pub(crate) fn new(leader: Arc<Leader>) -> Self {
        Self { leader }
    }

    /// The mark that all members carry.
    pub fn tag(&self) -> Tag {
        self.leader.tag()
    }

    /// The numbers of all members that are alive now, in ascending order. It looks through all processes, which
    /// takes some milliseconds.
    pub fn members(&self) -> Vec<u32> {
        self.alive().iter().map(|pin| pin.pid()).collect()
    }

    /// Ends the tree: each step of the ladder signals every member once (and wakes those that are stopped), then
    /// waits until all have ended or the grace is over. Whoever is left is killed, and so are those who appear
    /// meanwhile. Returns as soon as nobody is left.
    ///
    /// The child's status stays to be taken by [`Child::wait`](crate::Child::wait).
    ///
    /// # Panics
    /// Outside of a tokio runtime with time enabled.
    ///
    /// # Cancel safety
    /// Dropping the future stops at the step it is at: nobody else is signalled, and members may be alive. Dropping
    /// the [`Child`](crate::Child), or [`kill_now`](Self::kill_now), finishes them.
    pub async fn stop(&self, ladder: &Ladder) -> KillReport {
        let mut strongest = None;
        for (signal, grace) in ladder.steps() {
            let end = self.step(signal, grace).await;
            if end.signalled {
                strongest = Some(signal);
            }
            if !end.somebody_left {
                break;
            }
        }
        let mut report = self.elsewhere(Self::kill_now).await;
        report.strongest = report.strongest.or(strongest);
        report
    }

    /// Kills all members now. It blocks until they are gone: some milliseconds, at most about a second when one of
    /// them cannot be killed.
    pub fn kill_now(&self) -> KillReport {
        hunt(&self.census(), HUNT_LIMIT)
    }

    /// Signals everybody, those who appear later too, until nobody is left or the grace is over.
    async fn step(&self, signal: Signal, grace: Duration) -> StepEnd {
        // A grace beyond the clock's end is one that never ends.
        let far = Duration::from_secs(30 * 365 * 86_400);
        let deadline = Instant::now() + grace.min(far);
        let mut told = BTreeSet::new();
        loop {
            let alive = self.elsewhere(Self::alive).await;
            if alive.is_empty() {
                return StepEnd {
                    signalled: !told.is_empty(),
                    somebody_left: false,
                };
            }
            for pin in alive.iter().filter(|pin| told.insert(pin.pid())) {
                // Whoever has ended meanwhile needs no signal, and whoever may not be signalled shows in the report.
                let _ = Host.signal(pin, signal);
                let _ = Host.signal(pin, Signal::Continue);
            }
            if tokio::time::timeout_at(deadline, self.ends(&alive))
                .await
                .is_err()
            {
                return StepEnd {
                    signalled: true,
                    somebody_left: true,
                };
            }
        }
    }

    /// Returns when the first [`WATCHED_MOST`] of `members` have ended. When one cannot be watched, it never does:
    /// the grace ends that.
    async fn ends(&self, members: &[Arc<Handle>]) {
        for pin in members.iter().take(WATCHED_MOST).filter(|pin| !pin.has_ended()) {
            let hold = self
                .leader
                .subject()
                .filter(|hold| hold.handle().pid() == pin.pid());
            let ended = match hold.as_ref().and_then(|hold| hold.watch()) {
                // The leader is in the reactor already, and can be there only once.
                Some(watch) => watch.ended().await.is_ok(),
                None => match Watch::new(Arc::clone(pin)) {
                    Ok(watch) => watch.ended().await.is_ok(),
                    Err(_) => false,
                },
            };
            if !ended {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Runs work that looks through all processes where it holds up no other task.
    async fn elsewhere<T: Send + 'static>(&self, work: fn(&Self) -> T) -> T {
        let tree = self.clone();
        let beside = tokio::task::spawn_blocking(move || work(&tree));
        match tokio::time::timeout(ELSEWHERE_LIMIT, beside).await {
            Ok(Ok(done)) => done,
            // The runtime is shutting down and takes no more work, or its blocking threads are all busy: a tree is
            // ended all the same.
            Ok(Err(_)) | Err(_) => work(self),
        }
    }

    fn alive(&self) -> Vec<Arc<Handle>> {
        self.census().alive()
    }

    fn census(&self) -> Census<'static, Host> {
        Census {
            kernel: &Host,
            tag: self.leader.tag(),
            leader: self.leader.subject().map(|hold| Arc::clone(hold.handle())),
        }
    }
}

/// How a step of the ladder ended.
struct StepEnd {
    signalled: bool,
    somebody_left: bool,
}
