//! Orchestration patterns as composable async values.
//!
//! A [`Pattern`] is a value with an async `run`, from an input to an output. Patterns compose ([`PatternExt`]), a
//! closure becomes one ([`step`]), a reading [`Worker`] is one, and ready-made ones come with this crate. This crate
//! re-exports what a program needs, so one dependency is enough.
//!
//! # Map
//!
//! | module | what it is |
//! | --- | --- |
//! | [`guide`] | one page for each pattern: when to use it and when not, its cost; and how to compose your own |
//! | [`review_fanout`] | several reviewers with different lenses, in parallel; one ranked list |
//! | [`split_merge`] | each worker owns a slice, apart from the others; one patch for everything |
//! | [`funnel`] | an artefact, its most important findings fixed by one writer, verified by evidence |
//! | [`context_pack`] | a task, what scouts found condensed to a pack, the work done by that pack, verified |
//! | [`delivery`] | who writes and who verifies, round by round: what the patterns that change something share |
//! | [`research`] | researchers from several angles, in parallel; one list of sources, one synthesis |
//! | [`options_selection`] | proposals from several stances, checks, a judge asked in both orders; one refined choice |
//! | [`finding`] | findings, and how many reviewers' findings become one list |
//! | [`PatternExt`] | the combinators as methods, in a table: `then`, `join`, `race`, `for_each`, `retry`, `gate` ... |
//! | [`combinator`] | their types, each with when to use it; [`step`], [`several`] and `race` begin a pattern |
//! | [`deliverable`] | what other workers return: fixes, verifications, notes, sources, syntheses, proposals, choices |
//!
//! # A program
//!
//! ```no_run
//! use orch_patterns::prelude::*;
//!
//! # async fn program() -> Result<(), Box<dyn std::error::Error>> {
//! let orch = Orchestrator::builder(".").agent(Codex::new()).observe(Lines::stderr()).build()?;
//! let review = ReviewFanout::new([Lens::Correctness, Lens::Security]);
//! let review = orch.run(&review, Artefact::diff("origin/main")).await?.require(Quorum::at_least(1))?;
//! println!("{review}");
//! # Ok(())
//! # }
//! ```
//!
//! # Composing
//!
//! Any program is a worker, so this one runs as it stands. A closure's own failure is [`Error::failed`]: it ends that
//! branch, as a worker's failure does, and `for_each` turns it into a missing item. An [`Error::Halt`] ends the run.
//!
//! ```
//! use orch_patterns::prelude::*;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let orch = Orchestrator::builder(".")
//!     .agent(Tool::new("count", "sh").args(["-c", "echo 12"]))
//! #   .state_dir(orch_patterns::StateDir::at(std::env::temp_dir().join(format!("orch-doc-{}", std::process::id()))))
//!     .build()?;
//! let count: Worker<String, String> = Worker::new(|path: &String| Brief::new(format!("Count the lines of {path}.")));
//! let counts = count
//!     .then(step(|_cx: Cx, text: String| async move { text.trim().parse::<u32>().map_err(Error::failed) }))
//!     .for_each(4)
//!     .require(Quorum::All)
//!     .map(|counts: Vec<u32>| counts.iter().sum::<u32>());
//! let paths = ["a.rs", "b.rs"].map(str::to_owned).to_vec();
//!
//! let canceller: Canceller = orch.canceller(); // give it to whoever hears Ctrl-C: `cancel` asks, `kill` does not
//! # drop(canceller);
//! assert_eq!(orch.run(&counts, paths).await?, 24);
//! # std::fs::remove_dir_all(std::env::temp_dir().join(format!("orch-doc-{}", std::process::id())))?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

pub mod combinator;
pub mod context_pack;
pub mod deliverable;
mod deliverables;
pub mod delivery;
mod ext;
pub mod finding;
pub mod funnel;
pub mod guide;
pub mod options_selection;
pub mod research;
pub mod review_fanout;
pub mod split_merge;
mod staff;

/// For a [`Pattern`] of your own: `#[async_trait] impl Pattern for ..`.
pub use async_trait::async_trait;
pub use combinator::{Decision, Repeated, Revise, several, step};
pub use context_pack::{ContextPack, Executed, PackByRule, PackByWorker, Scout, Scouted, Task};
pub use deliverable::{
    Change, Choice, Condensed, ContextNotes, Fact, Fix, KeySource, Lowered, Observation, Point, Pointer,
    Proposal, ResearchNotes, Section, Source, Sources, Support, Synthesis, Verification, Winner, canonical,
};
pub use deliverables::{Shipped, shipped};
pub use delivery::{
    Assignment, Delivery, Examination, Examined, Implementer, Round, Rounds, Verifier, VerifyingReader,
};
pub use ext::PatternExt;
pub use finding::{Finding, Findings, Severity};
pub use funnel::{Fixed, Funnel};
pub use options_selection::{OptionsSelection, Proposer, Question, Selection};
pub use orch_core::{
    self, Budget, BuildError, Builder, Canceller, Check, Containment, Coverage, Covered, Cx, Deliverable,
    Desk, Entry, Error, Estimate, Evidence, Exit, FailClass, Failure, Halt, Isolation, Limits, Lines,
    MemoryStore, Missing, Needs, NotStarted, Observer, Orchestrator, Outcome, Overrun, Patch, PatchError,
    Pattern, Plan, PlanChange, PlanError, PlanTree, PlannedStep, Price, Quorum, Quota, QuotaPolicy, Reader,
    Redactor, Refusal, RefusalKind, Resource, Result, Retry, Roster, RunId, Spending, Spent, StateDir, Step,
    StepStatus, Store, Tier, Unfinished, UpdatePlan, Verdict, Verdicts, Worker, Writer, agent, check,
    containment, doctor, engine, event, plain, session,
};
pub use orch_prompts::{
    self, Artefact, Brief, Lens, Material, Pack, PackRule, Scope, Skipped, Slice, Slices, Stance, Style,
    Undertaking,
};
pub use research::{Dossier, Research, Researched, Researcher, Topic};
pub use review_fanout::{Review, ReviewFanout, Reviewer};
pub use split_merge::{Merge, Merger, Part, Report, SliceConflict, SplitMerge, Whole, slices_of};

/// Everything that most programs name.
pub mod prelude {
    pub use crate::agent::{Claude, Codex, Gemini, Opencode, Tool};
    pub use crate::session::{ExecCommand, Sessions, Status, WriteStdin};
    pub use crate::{
        Artefact, Brief, Budget, Canceller, ContextPack, Covered, Cx, Decision, Error, Finding, Findings,
        Funnel, Halt, Implementer, Isolation, Lens, Limits, Lines, Needs, OptionsSelection, Orchestrator,
        Outcome, Patch, Pattern, PatternExt, Plan, Question, Quorum, Repeated, Research, Result, Retry,
        Review, ReviewFanout, Reviewer, Revise, Roster, RunId, Severity, Slice, Slices, SplitMerge, Task,
        Topic, Unfinished, Verdict, Verifier, Whole, Worker, async_trait, check, several, step,
    };
}
