//! Everything that happens in a run.
//!
//! Live view, report, plan and resume are folds over these, so whatever they show must be in here. Events are
//! versioned and serialisable; they decide nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::check::Evidence;
use crate::ids::{Digest, RunId};
use crate::isolation::Isolation;
use crate::job::{Usage, WorkerEvent};
use crate::limits::Overrun;
use crate::outcome::{Outcome, Unfinished};
use crate::plan::Plan;
use crate::step_key::StepKey;

/// The version that this code writes.
pub const VERSION: u32 = 1;

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The version of the event's form: [`VERSION`] when it was written by this code.
    pub v: u32,
    /// The run.
    pub run: RunId,
    /// Its place in the run, from 0 without gaps.
    pub seq: u64,
    /// When it was recorded, by the wall clock. For people: nothing is decided by it.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What can happen in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// The run began.
    RunStarted {
        /// The work tree.
        work_tree: String,
    },
    /// What is looked at was fixed: results hold for this content and no other.
    BaseTaken {
        /// A short name of what is looked at.
        artefact: String,
        /// The digest of its content.
        digest: Digest,
        /// How many files it has.
        files: u64,
    },
    /// The plan changed.
    PlanChanged {
        /// The labels on the path of the pattern whose plan it is.
        path: Vec<String>,
        /// The whole plan as it is now.
        plan: Plan,
        /// Whether a pattern begins with it: a new plan at this path, and no change of the one before.
        published: bool,
    },
    /// A worker waits for its turn.
    WorkerQueued {
        /// Its number in the run, from 1.
        worker: u32,
        /// What a person calls it: `W3 Review security`.
        label: String,
        /// The labels on the path to it.
        path: Vec<String>,
        /// The identity of its work.
        key: StepKey,
        /// Its agent.
        agent: String,
    },
    /// The result of this worker's work is known from before; it does not run again.
    WorkerReused {
        /// Its number in the run.
        worker: u32,
    },
    /// A worker did something.
    Worker {
        /// Its number in the run.
        worker: u32,
        /// What it did.
        did: WorkerEvent,
    },
    /// A worker did more than is recorded of one worker.
    WorkerEventsOmitted {
        /// Its number in the run.
        worker: u32,
        /// How many events are left out here.
        count: u64,
    },
    /// A worker gets a further turn, because its answer was not to the contract.
    WorkerRepaired {
        /// Its number in the run.
        worker: u32,
        /// What is wrong with its answer.
        complaint: String,
    },
    /// What became of a worker. Its process and everything below it is gone.
    WorkerFinished {
        /// Its number in the run.
        worker: u32,
        /// The identity of its work.
        key: StepKey,
        /// Its final message, validated; or why there is none.
        outcome: Outcome<String>,
        /// What it used, as its agent reported it.
        usage: Option<Usage>,
        /// How its process ended, for a person.
        exit: Option<String>,
        /// Whether a descendant held its terminal after it had ended.
        leaked: bool,
    },
    /// The run ended, and nothing of it runs any more.
    RunFinished {
        /// `None` when it returned its result, else why not.
        error: Option<String>,
    },
    /// A worker failed and is tried again after a pause.
    WorkerRetried {
        /// Its number in the run.
        worker: u32,
        /// The identity of its work.
        key: StepKey,
        /// The attempt that failed: 0 for the first.
        attempt: u32,
        /// How many attempts there are at most, those of an earlier time among them: after the pause comes number
        /// `attempt + 2`. 0 where it was recorded without.
        #[serde(default)]
        of: u32,
        /// Why.
        why: Unfinished,
        /// What that attempt used, as its agent reported it.
        usage: Option<Usage>,
        /// The pause, in milliseconds.
        after_ms: u64,
    },
    /// A step of several workers failed and is tried again after a pause, as a whole.
    StepRetried {
        /// The labels on the path of the step.
        path: Vec<String>,
        /// The attempt that comes next: 2 for the first retry.
        attempt: u32,
        /// How many attempts there are at most.
        of: u32,
        /// Why.
        why: Unfinished,
        /// The pause, in milliseconds.
        after_ms: u64,
    },
    /// An account's quota is used up: no worker of it starts.
    QuotaClosed {
        /// The account.
        account: String,
        /// Until when, where its service said so.
        until: Option<Timestamp>,
    },
    /// Workers of an account may start again.
    QuotaOpened {
        /// The account.
        account: String,
    },
    /// A budget was exceeded by what was in flight.
    BudgetOverrun(Overrun),
    /// What became of the run's budgets; recorded at the end of a run that has one.
    BudgetClosed {
        /// Every budget that was exceeded, and by how much.
        overruns: Vec<Overrun>,
        /// How many workers did not say what they used, and count as their estimate.
        unknown: u64,
    },
    /// Files of the work tree changed while readers were at work, and none of them is known to have done it: somebody
    /// saved them. Told once for each change.
    TreeChanged {
        /// The first of them, relative to the work tree.
        paths: Vec<String>,
        /// How many there are.
        count: u64,
    },
    /// What readers did to the work tree was not looked at. Told once in a run.
    TreeNotCompared {
        /// Why.
        why: String,
    },
    /// A check of the orchestrator's own began.
    CheckStarted {
        /// The labels on the path of the step that asked for it.
        path: Vec<String>,
        /// The command, for a person.
        command: String,
    },
    /// A check ended, and nothing of it runs any more.
    CheckEnded {
        /// The labels on the path of the step that asked for it.
        path: Vec<String>,
        /// What it showed.
        evidence: Evidence,
    },
    /// A desk was taken: from now on nobody else writes these paths.
    DeskTaken {
        /// The labels on the path of the step that took it.
        path: Vec<String>,
        /// What is leased, for a person.
        paths: String,
        /// Where its writers stand.
        isolation: Isolation,
    },
    /// A desk was given back. Where its writer was not yet gone, the lease goes with the writer.
    DeskFreed {
        /// The labels on the path of the step that had it.
        path: Vec<String>,
        /// What was leased, for a person.
        paths: String,
    },
    /// What was done at a desk was made a patch.
    PatchMade {
        /// The labels on the path of the step that has the desk.
        path: Vec<String>,
        /// How many files it changes.
        files: u64,
        /// How many files were changed beside the desk's paths, and are not in it.
        left_out: u64,
    },
    /// A writer of a program that was killed had changed files in a place of its own. The place is removed, and what it
    /// did is kept as a patch that nobody looked at: `git apply` brings it in.
    WorkKept {
        /// The patch.
        patch: String,
        /// How many files it changes.
        files: u64,
    },
    /// Places of a program that was killed stay: what a writer did there cannot be made a patch.
    WorkNotKept {
        /// Where they lie.
        place: String,
        /// Why.
        why: String,
    },
}
