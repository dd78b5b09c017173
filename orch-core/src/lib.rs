//! Workers, sessions, plans, agents and the orchestrator that runs them.
//!
//! A program is the *orchestrator*: it decides the work, hands focused *briefs* to *workers* (coding-agent CLIs or
//! ordinary programs, each in its own pseudo-terminal), and delivers one result. This crate holds what all patterns
//! stand on; the patterns themselves are in `orch-patterns`, which re-exports what a program needs.
//!
//! # Map
//!
//! | module | what it is |
//! | --- | --- |
//! | [`orchestrator`](Orchestrator) | configured once, runs patterns, proves at the end that nothing is left |
//! | [`Cx`], [`Pattern`], [`Needs`] | the handle a pattern gets, what a pattern is, and what it is known to need |
//! | [`Worker`], [`Deliverable`] | one delegated task, and the type it must return |
//! | [`Desk`], [`Isolation`], [`Patch`] | the one writer: a lease of paths, where it stands, and what it did as a value |
//! | [`Check`], [`Evidence`] | a command whose exit says whether something holds |
//! | [`Outcome`], [`Verdict`], [`Verdicts`], [`Error`], [`Covered`] | what became of workers; failure is never an answer, nor a verdict |
//! | [`Refusal`] | what the machine refuses (a full disk), which is nobody's wrong use, and what to do about it |
//! | [`agent`] | one adapter for each CLI: a job in, a command out; bytes in, events and an end out |
//! | [`engine`] | where jobs run: terminals here, a rehearsal, or your own |
//! | [`job`] | a worker's work as plain data: what is asked, what happens meanwhile, how it ended |
//! | [`session`] | background terminals: a table of them with codex's `exec_command` and `write_stdin`, and more |
//! | [`event`], [`Store`], [`Observer`], [`Roster`], [`Spending`] | everything that happens, where it is kept, who sees it, what it came to |
//! | [`doctor()`] | whether this machine is ready: programs, versions, logins, and what to do |
//! | [`Plan`], [`UpdatePlan`], [`PlanTree`] | a few steps with checked moves, their wire form, and those of nested patterns |
//! | [`Limits`], [`Budget`], [`Retry`], [`Quota`] | what one worker, a run and an account may use, and who is tried again |
//! | [`plain`], [`Redactor`] | workers' bytes made harmless, and secrets taken out of what is stored or shown |
//! | [`Snapshot`], [`StepKey`] | what is looked at, the identity of work |
//!
//! # One worker's way
//!
//! input → [`Worker`] makes the brief → [`StepKey`] → known from before? → a place → [`engine::Engine::submit`] →
//! [`engine::Runner`]: the agent's command in a terminal → the session's owner task reads it → events → end from
//! three signals (events, exit status, last message) → validate the deliverable → repair once → [`Outcome`] → store.

#![forbid(unsafe_code)]

#[cfg(windows)]
compile_error!("orch needs Unix pseudo-terminals: on Windows build and run it inside WSL");

pub mod agent;
mod beneath;
mod check;
mod config;
mod covered;
mod cx;
mod deliverable;
mod desk;
mod dirs;
pub mod doctor;
pub mod engine;
mod environment;
mod error;
pub mod event;
mod git;
mod holds;
mod ids;
mod isolation;
pub mod job;
mod lease;
mod limits;
mod needs;
mod observer;
mod orchestrator;
mod outcome;
mod patch;
mod pattern;
pub mod plain;
mod plan;
mod plan_tree;
#[cfg(doctest)]
mod promises;
mod reader_check;
mod redact;
mod refusal;
mod roll;
mod roster;
pub mod session;
mod snapshot;
mod spending;
mod step_key;
mod store;
mod verdict;
mod work_tree;
mod worker;

pub use check::{Check, Evidence, check};
pub use covered::{Coverage, Covered, Missing, Quorum};
pub use cx::{Cx, Desk, DeskRequest, Shown};
pub use deliverable::{Deliverable, SchemaError, strict};
pub use dirs::{PrivateDir, StateDir};
pub use doctor::doctor;
pub use error::{Error, Halt, Result};
pub use ids::{Digest, RunId};
pub use isolation::Isolation;
pub use limits::{
    Budget, Estimate, Limits, Lineage, Overrun, Price, Quota, QuotaPolicy, Resets, Resource, Retry, Tries,
};
pub use needs::Needs;
pub use observer::{Lines, Observer};
pub use orch_pty::{Containment, Exit, Tier, containment};
pub use orchestrator::{BuildError, Builder, Canceller, Orchestrator};
pub use outcome::{FailClass, Failure, NotStarted, Outcome, Unfinished};
pub use patch::{Conflict, Patch, PatchError};
pub use pattern::Pattern;
pub use plan::{Plan, PlanChange, PlanError, PlanLint, PlannedStep, Step, StepId, StepStatus, UpdatePlan};
pub use plan_tree::{PlanNode, PlanTree, Under};
pub use redact::{RedactStream, Redactor, SecretError};
pub use refusal::{Refusal, RefusalKind};
pub use roster::{Entry, Process, Roster};
pub use snapshot::{Snapshot, SnapshotError};
pub use spending::{Charge, Spending, Spent};
pub use step_key::StepKey;
pub use store::{MemoryStore, Store, StoreError};
pub use verdict::{Verdict, Verdicts};
pub use worker::{Reader, Worker, Writer};
