//! [`Tree`]: the handle by which a tree is looked at and ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::census::Census;
use super::climb::{Ground, climb};
use super::host::{Host, hunt};
use super::hunt::Request;
use super::kernel::Kernel;
use super::ladder::Ladder;
use super::quarry::Quarry;
use super::report::KillReport;
use super::young::nobody_since;
use crate::hold::Leader;
use crate::signal::Signal;
use crate::sys::{self, Handle};
use crate::tag::Tag;
use crate::watch::Watch;

/// How long a hunt goes on. It ends when nobody is left, some milliseconds as a rule.
const HUNT_LIMIT: Duration = Duration::from_secs(1);
/// How long a look without a hunt may take.
const LOOK_LIMIT: Duration = Duration::from_millis(500);
/// How many ends are waited for at once, a descriptor each; then everybody is looked for again.
const WATCHED_MOST: usize = 64;
/// So many numbers are asked before all processes are looked through instead.
const ASKED_MOST: u32 = 4096;
/// So many are asked on a thread that has other tasks to run: some tens of microseconds.
const ASKED_HERE_MOST: u32 = 128;

/// Whether some child of this process got its tag into its limit only after its program had begun.
static SOME_TAGGED_LATE: AtomicBool = AtomicBool::new(false);

/// From now on a child may have started others before its limit carried the tag: every environment is read.
pub(crate) fn expect_late_tags() {
    SOME_TAGGED_LATE.store(true, Ordering::Relaxed);
}

/// A child and all that descends from it, wherever it has gone: into other process groups, other sessions, or out of
/// the lineage by the death of its parent.
///
/// On Linux, descendants are found by lineage and by [`Tag`]. Elsewhere only the child's own process group is
/// reached, and only until the child's status is taken.
///
/// Not found: a process that changed its limit on purpose, scrubbed its environment *and* left the lineage; one that
/// had the privilege to raise its limit to "unlimited" or to this program's own, or to choose its own number, and left
/// the lineage; and, in a program that is setuid, only what lineage shows.
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
    /// takes about a tenth of a millisecond for a hundred processes, at most half a second; without a free descriptor
    /// it may miss some.
    pub fn members(&self) -> Vec<u32> {
        self.members_alive().iter().map(|pin| pin.pid()).collect()
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
    /// a [`Child`](crate::Child) whose status was not taken, or [`kill_now`](Self::kill_now), finishes them.
    pub async fn stop(&self, ladder: &Ladder) -> KillReport {
        climb(self, ladder).await
    }

    /// Kills all members now. It blocks until they are gone: about a millisecond, at most a second and a quarter when
    /// one of them cannot be killed or they fork themselves on all the while.
    ///
    /// A member that is the warden of an orchestrator of its own (it calls itself `orch-warden`) gets up to 300 ms of
    /// that to finish its own tree.
    pub fn kill_now(&self) -> KillReport {
        if self.is_certainly_empty(ASKED_MOST) {
            return KillReport::nobody();
        }
        hunt(Request {
            quarry: self.quarry(),
            roots: self.leader.handle().into_iter().collect(),
            thorough: self.is_limit_unmarked(),
            limit: HUNT_LIMIT,
        })
    }

    /// Runs work that looks through all processes where it holds up no other task.
    async fn elsewhere<T: Send + 'static>(&self, work: fn(&Self) -> T) -> T {
        let tree = self.clone();
        let (done, is_done) = tokio::sync::oneshot::channel();
        // Not one of tokio's blocking threads: they may all be busy, and where no thread can be made tokio panics.
        let beside = thread::Builder::new()
            .name("orch-hunt".to_owned())
            .spawn(move || {
                // Whoever asked may be gone.
                let _ = done.send(work(&tree));
            });
        match (beside, is_done.await) {
            (Ok(_), Ok(done)) => done,
            // There are as many threads as there may be: a tree is ended all the same.
            (Err(_), _) | (_, Err(_)) => work(self),
        }
    }

    fn members_alive(&self) -> Vec<Arc<Handle>> {
        let census = Census {
            kernel: &Host,
            quarry: self.quarry(),
            roots: self.leader.handle().into_iter().collect(),
            thorough: self.is_limit_unmarked(),
        };
        census.alive(LOOK_LIMIT)
    }

    /// Whether it is known without a look through all processes that nobody is left: the child is reaped and has not
    /// lived for long. At most so many numbers are asked.
    fn is_certainly_empty(&self, asked_most: u32) -> bool {
        let Some(newborn) = self.leader.newborn() else {
            return false;
        };
        let is_empty = self.leader.subject().is_none()
            && !self.is_limit_unmarked()
            && nobody_since(&Host, self.quarry(), newborn, asked_most);
        // What it has used up of the reserve is free again.
        sys::reserve::fill();
        is_empty
    }

    /// Whether `pin` is the first process of the leader's own namespace.
    fn is_first_process(&self, pin: &Handle) -> bool {
        self.leader
            .subject()
            .is_some_and(|hold| hold.is_first_process() && hold.handle().pid() == pin.pid())
    }

    fn quarry(&self) -> Quarry {
        Quarry::Worker(self.leader.tag())
    }

    /// Whether the tag is in the environment alone, for all we know.
    fn is_limit_unmarked(&self) -> bool {
        let tag = self.leader.tag();
        if SOME_TAGGED_LATE.load(Ordering::Relaxed) || sys::limit_for(tag.run(), tag.worker()).is_none() {
            return true;
        }
        // It may have been refused in the child, or the child has changed it.
        let marked = |leader: &Arc<Handle>| {
            let limit = Host.limit(leader.pid()).ok();
            limit.is_some_and(|limit| matches!(limit, sys::Limit::Is([soft, _]) if soft == tag.worker()))
        };
        self.leader
            .handle()
            .is_some_and(|leader| leader.is_unreaped() && !marked(&leader))
    }

    /// Returns when the first [`WATCHED_MOST`] of `members` have ended. When one cannot be watched, it never does:
    /// the grace ends that.
    async fn all_end(&self, members: &[Arc<Handle>]) {
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
}

impl Ground for Tree {
    type Pin = Arc<Handle>;

    fn now(&self) -> Duration {
        Host.now()
    }

    fn number(&self, pin: &Arc<Handle>) -> u32 {
        pin.pid()
    }

    fn is_unreaped(&self, pin: &Arc<Handle>) -> bool {
        pin.is_unreaped()
    }

    fn signal(&self, pin: &Arc<Handle>, signal: Signal) {
        // A first process would pass the signal on to the program, which is asked itself. It is only woken: stopped, it
        // could not tell how the program has ended.
        if signal == Signal::Continue || !self.is_first_process(pin) {
            let _ = Host.signal(pin, signal);
        }
    }

    async fn alive(&self) -> Vec<Arc<Handle>> {
        if self.is_certainly_empty(ASKED_HERE_MOST) {
            return Vec::new();
        }
        self.elsewhere(Self::members_alive).await
    }

    async fn ends(&self, members: &[Arc<Handle>], until: Duration) -> bool {
        let left = until.saturating_sub(Host.now());
        tokio::time::timeout(left, self.all_end(members)).await.is_ok()
    }

    async fn kill(&self) -> KillReport {
        if self.is_certainly_empty(ASKED_HERE_MOST) {
            return KillReport::nobody();
        }
        self.elsewhere(Self::kill_now).await
    }
}
