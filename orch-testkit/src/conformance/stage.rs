//! What one case stands on: a server, an agent before it, a work tree, and the library around them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use orch_core::agent::Agent;
use orch_core::engine::LocalEngine;
use orch_core::job::{Job, JobId};
use orch_core::{Deliverable, Error, Limits, Orchestrator, RunId, StateDir, StepKey, Unfinished, Worker};
use orch_prompts::Brief;
use serde_json::Value;
use tempfile::TempDir;

use super::complaint::{check, setting_up};
use super::processes::{self, Process};
use super::recorder::recorded;
use super::{Candidate, Case, Complaint, Ending, Seat};
use crate::server::{Reply, Request, Rule, Script, Server};

/// What lies in the file of every work tree.
pub(super) const NOTE: &str = "the note says heliotrope";

pub(super) struct Stage {
    pub(super) server: Server,
    pub(super) tree: PathBuf,
    pub(super) limits: Limits,
    agent: Arc<dyn Agent>,
    seat: Seat,
    state: StateDir,
    _root: TempDir,
}

/// A work tree for one case, before there is a server: scripts name its files.
pub(super) struct Ground {
    root: TempDir,
    pub(super) tree: PathBuf,
}

impl Ground {
    /// A tree that is no repository, with a space and an umlaut in its path, and one file.
    pub(super) fn new() -> Result<Self, Complaint> {
        let root = tempfile::tempdir().map_err(setting_up("making a folder"))?;
        let tree = root.path().join("Bücher und mehr");
        std::fs::create_dir(&tree)
            .and_then(|()| std::fs::write(tree.join("note.txt"), format!("{NOTE}\n")))
            .map_err(setting_up("making a work tree"))?;
        let tree = tree
            .canonicalize()
            .map_err(setting_up("resolving the work tree"))?;
        Ok(Self { root, tree })
    }

    pub(super) fn file(&self, name: &str) -> String {
        self.tree.join(name).display().to_string()
    }

    /// Starts the server with `script` behind a rule for errands, and puts the candidate before it.
    pub(super) fn stage(
        self,
        case: Case,
        candidate: &dyn Candidate,
        rules: impl IntoIterator<Item = Rule>,
    ) -> Result<Stage, Complaint> {
        let errands = Script::new().rule(Rule::errands().reply(Reply::text("A title")));
        let script = rules.into_iter().fold(errands, Script::rule);
        let server = Server::start(script).map_err(setting_up("starting the server"))?;
        let mut seat = candidate
            .seat(&server)
            .map_err(setting_up("making the agent's home"))?;
        let mut hidden = vec![(self.tree.display().to_string(), "/tree")];
        hidden.append(&mut seat.paths);
        hidden.push((self.root.path().display().to_string(), "/private"));
        let agent = recorded(
            Arc::clone(&seat.agent),
            candidate.name(),
            candidate.program(),
            case.name(),
            hidden,
        )
        .map_err(setting_up("preparing the record"))?;
        Ok(Stage {
            server,
            tree: self.tree,
            limits: candidate.limits(case),
            agent,
            seat,
            state: StateDir::at(self.root.path().join("state")),
            _root: self.root,
        })
    }
}

impl Stage {
    pub(super) fn orchestrator(&self) -> Result<Orchestrator, Complaint> {
        Orchestrator::builder(&self.tree)
            .agent_arc(Arc::clone(&self.agent))
            .state_dir(self.state.clone())
            .limits(self.limits)
            .build()
            .map_err(setting_up("building the orchestrator"))
    }

    /// One worker with this task, as a program runs it.
    pub(super) async fn ask<T: Deliverable>(&self, task: &str) -> Result<Result<T, Unfinished>, Complaint> {
        let worker: Worker<String, T> = Worker::new(|task: &String| Brief::new(task.clone()));
        match self.orchestrator()?.run(&worker, task.to_owned()).await {
            Ok(value) => Ok(Ok(value)),
            Err(Error::Unfinished(why)) => Ok(Err(why)),
            Err(halt) => Err(Complaint::new(format!("the run was halted: {halt}"))),
        }
    }

    /// An engine, and a job for it, for what an orchestrator does not offer.
    pub(super) fn job(&self, prompt: &str) -> Result<(LocalEngine, Job), Complaint> {
        let step: StepKey =
            serde_json::from_value(Value::String("0".repeat(64))).map_err(setting_up("making a step key"))?;
        let id = JobId {
            run: RunId::fresh(),
            step,
            attempt: 0,
        };
        let mut job = Job::new(id, "W1", self.agent.name(), &self.tree, prompt);
        job.limits = self.limits;
        let engine = LocalEngine::new([Arc::clone(&self.agent)], self.state.clone(), []);
        Ok((engine, job))
    }

    pub(super) fn agent(&self) -> &dyn Agent {
        &*self.agent
    }

    /// The requests of the task, without errands.
    pub(super) fn requests(&self) -> Vec<Arc<Request>> {
        let mut requests = self.server.requests();
        requests.retain(|request| !request.is_errand());
        requests
    }

    pub(super) fn processes(&self) -> Vec<Process> {
        processes::marked(&self.seat.mark)
    }

    pub(super) fn exists(&self, name: impl AsRef<Path>) -> bool {
        self.tree.join(name).exists()
    }

    /// What holds at the end of every case: no process is left, and every request had a rule.
    pub(super) fn check_clean(&self) -> Result<(), Complaint> {
        let left = self.processes();
        check(left.is_empty(), || format!("processes are left: {left:?}"))?;
        let unmatched = self.server.unmatched();
        check(unmatched.is_empty(), || {
            let paths: Vec<_> = unmatched
                .iter()
                .map(|r| format!("{} {}", r.method, r.path))
                .collect();
            format!("it sent requests that the script does not know: {paths:?}")
        })
    }
}

/// Whether a worker came to what is expected, the answer to what it must be.
pub(super) fn check_ending<T: PartialEq + std::fmt::Debug>(
    expected: Ending,
    answer: &T,
    found: &Result<T, Unfinished>,
) -> Result<(), Complaint> {
    let holds = match (expected, found) {
        (Ending::Answer, Ok(found)) => found == answer,
        (Ending::Failure(class), Err(Unfinished::Failed(failure))) => failure.class == class,
        _ => false,
    };
    check(holds, || match expected {
        Ending::Failure(class) => format!("expected the failure `{class}`, found {found:?}"),
        _ => format!("expected the answer {answer:?}, found {found:?}"),
    })
}
