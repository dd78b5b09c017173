//! An agent under test.

use std::any::Any;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use orch_core::Limits;
use orch_core::agent::Agent;

use super::{Case, Expected};
use crate::server::Server;

/// An agent under test, with the program it drives.
pub trait Candidate: fmt::Debug + Send + Sync {
    /// What it is called in reports.
    fn name(&self) -> &str;

    /// Its program, which says its version when it is asked for `--version`.
    fn program(&self) -> &Path;

    /// Puts it before `server`, in a home of its own, so that it talks to nobody else.
    ///
    /// # Errors
    /// The system's error.
    fn seat(&self, server: &Server) -> io::Result<Seat>;

    /// What is expected of it.
    fn expected(&self, case: Case) -> Expected {
        case.usual()
    }

    /// How long it may take in this case. Where silence is what ends the case, the idle limit still leaves room for the
    /// program's start on a busy machine: a case that ends before the first request is a complaint.
    fn limits(&self, case: Case) -> Limits;
}

/// An agent before a server. Its home goes with this value.
#[derive(Debug)]
#[must_use = "the agent's home goes with this value"]
pub struct Seat {
    pub(super) agent: Arc<dyn Agent>,
    pub(super) mark: String,
    pub(super) paths: Vec<(String, &'static str)>,
    _home: Box<dyn Home>,
}

trait Home: fmt::Debug + Send + Sync {}
impl<T: fmt::Debug + Any + Send + Sync> Home for T {}

impl Seat {
    /// The agent; an entry `NAME=value` that is in the environment of every process below it and of no other; and what
    /// must live as long as it is used.
    pub fn new<H: fmt::Debug + Send + Sync + 'static>(
        agent: impl Agent,
        mark: impl Into<String>,
        home: H,
    ) -> Self {
        Self {
            agent: Arc::new(agent),
            mark: mark.into(),
            paths: Vec::new(),
            _home: Box::new(home),
        }
    }

    /// The agent.
    pub fn agent(&self) -> Arc<dyn Agent> {
        Arc::clone(&self.agent)
    }

    /// What is written instead of this path in recorded streams.
    pub fn hide(mut self, path: &Path, name: &'static str) -> Self {
        self.paths.push((path.display().to_string(), name));
        self
    }
}
