//! The pattern as a value: what is said of it before it runs.

use std::fmt;
use std::sync::Arc;

use crate::staff::Staff;
use orch_core::{Check, Isolation, Limits, Plan, Retry};
use orch_prompts::{Brief, Slice, Slices};

use super::lane::Lane;
use super::merge::Merge;

/// How many slices are worked on at once, unless set.
const AT_MOST: usize = 4;

/// Slices, worked on apart, become one result. See the [module](self::super).
///
/// The brief of a slice may be a task and nothing else: the scope, who owns the rest and the form of the answer are
/// added ([`implementer`](orch_prompts::implementer()) for slices with paths,
/// [`section_writer`](orch_prompts::section_writer) for sections). A brief that says something under OUTPUT keeps its
/// own words; writers return a [`Fix`](crate::Fix), sections a [`Section`](crate::Section).
///
/// ```
/// use orch_patterns::prelude::*;
/// use orch_patterns::{Slice, check};
///
/// let port = SplitMerge::new(|slice: &Slice| Brief::new("Port your crate to edition 2024."))
///     .at_most(8)
///     .retry_workers(Retry::transient(2))
///     .check(|slice: &Slice| check("cargo", ["check", "-p", &slice.label]))
///     .check_whole(check("cargo", ["test", "--workspace"]));
/// ```
///
/// And with it, in a program:
///
/// ```no_run
/// use orch_patterns::prelude::*;
/// use orch_patterns::slices_of;
///
/// # async fn program(orch: Orchestrator, port: SplitMerge) -> Result<(), Box<dyn std::error::Error>> {
/// let whole = orch.run(&port, slices_of(".", "crates/*")?).await?.require(Quorum::Majority)?;
/// println!("{whole}");
/// let merged = whole.merger().is_none_or(Outcome::is_done);
/// if merged && whole.verdict() == Verdict::Confirmed && whole.conflicts().is_empty() {
///     whole.patch().apply().await?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// - **Before anything starts**: no slices, equal labels, paths of two slices that overlap, paths that no desk can be
///   had of, and sections without a file to go into are [`Halt::Misuse`](orch_core::Halt::Misuse), which names them.
/// - **The user's tree**: every writer stands at a desk of its own and the merge at another. Nothing comes in before
///   [`Patch::apply`](orch_core::Patch::apply), whatever happens meanwhile.
/// - **Failure**: a slice whose worker does not deliver, or whose own check refutes it, is missing coverage, and an
///   item with its reason and its half-done patch. What a slice changed beside its paths is left out and told.
/// - **No place for the merge** (a full disk): the patch has nothing, [`Whole::left_apart`](super::Whole::left_apart) says
///   why, and what was delivered is in its parts.
/// - **Conflicts** are data: the file is as the user has it, and a [`SliceConflict`](super::SliceConflict) says why.
/// - **Closing**: the merge, the merging worker and the check of the whole run on what there is, with the share of the
///   budget that is set apart for a closing step.
/// - **Step keys**: under `split-merge/slice/<label>` and `split-merge/merge`; the base is what the slices hold as it
///   begins. Writers work again when a run is taken up again; sections that were delivered are not written again.
/// - **Cancel**: dropping it cancels every worker; their desks are given back when they are gone.
/// - **Cost**: one worker for each slice × (1 + retries), and one for a [`Merger`](super::Merger). Every writer's desk
///   is a copy of the work tree, at most `at_most` at once, and the merge's one more.
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct SplitMerge {
    pub(super) lane: Lane,
    pub(super) at_most: usize,
    pub(super) merge: Merge,
    pub(super) check_whole: Option<Check>,
}

impl SplitMerge {
    /// Workers that are told what `brief` makes of their slice.
    pub fn new(brief: impl Fn(&Slice) -> Brief + Send + Sync + 'static) -> Self {
        Self {
            lane: Lane {
                brief: Arc::new(brief),
                check: None,
                isolation: Isolation::Clone,
                retry: None,
                staff: Staff::default(),
            },
            at_most: AT_MOST,
            merge: Merge::git(),
            check_whole: None,
        }
    }

    /// Says where the writers stand: in a clone unless set. [`Isolation::InPlace`] is refused, since half of the work
    /// would be in the user's tree before anybody saw it.
    pub fn isolate(mut self, isolation: Isolation) -> Self {
        self.lane.isolation = isolation;
        self
    }

    /// Sets how many slices are worked on at once; 4 unless set. The orchestrator's own limit holds besides.
    pub fn at_most(mut self, n: usize) -> Self {
        self.at_most = n;
        self
    }

    /// Says when a slice's worker is tried again, in place of the orchestrator's policy. A writer begins anew at a fresh
    /// desk.
    pub fn retry_workers(mut self, retry: Retry) -> Self {
        self.lane.retry = Some(retry);
        self
    }

    /// Chooses the agent of the slices' workers by name.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.lane.staff.agent = Some(name.into());
        self
    }

    /// Chooses the model of the slices' workers, in the agent's own words.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.lane.staff.model = Some(model.into());
        self
    }

    /// Sets the limits of the slices' workers.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.lane.staff.limits = Some(limits);
        self
    }

    /// Runs a check at a slice's desk when its worker has delivered: a [`Check`], or an `Option` where not every slice
    /// has one. A slice that its check refutes is not brought into the whole. A check that could not be run refutes
    /// nothing: the slice is in the whole, unverified. Sections have no desk: they are checked as a whole.
    pub fn check<C: Into<Option<Check>>>(
        mut self,
        check: impl Fn(&Slice) -> C + Send + Sync + 'static,
    ) -> Self {
        self.lane.check = Some(Arc::new(move |slice: &Slice| check(slice).into()));
        self
    }

    /// Says how the slices' results become one; [`Merge::git`] unless set.
    pub fn merge(mut self, merge: Merge) -> Self {
        self.merge = merge;
        self
    }

    /// Runs a check where everything was brought together, before the result is handed out.
    pub fn check_whole(mut self, check: Check) -> Self {
        self.check_whole = Some(check);
        self
    }

    /// The steps of its plan for these slices.
    pub fn plan(&self, slices: &Slices) -> Plan {
        let count = slices.len();
        let at_once = self.at_most.min(count);
        let mut steps = vec![
            "Read what the slices hold and fix it as the base.".to_owned(),
            format!("Let {count} worker(s) do their slices apart, at most {at_once} at once."),
            "Bring their work together in the order of the slices.".to_owned(),
        ];
        if self.merge.merger.is_some() {
            steps.push("Let one more worker make the parts consistent.".to_owned());
        }
        if let Some(check) = &self.check_whole {
            steps.push(format!("Check the whole by {check}."));
        }
        Plan::new(steps)
    }
}

impl fmt::Debug for SplitMerge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitMerge")
            .field("isolation", &self.lane.isolation)
            .field("at_most", &self.at_most)
            .field("merge", &self.merge)
            .field("check_whole", &self.check_whole)
            .finish_non_exhaustive()
    }
}
