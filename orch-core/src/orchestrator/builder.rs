//! How an orchestrator is configured. Everything is checked in [`Builder::build`], before any worker is paid for.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use orch_pty::Tier;

use super::Orchestrator;
use super::build_error::BuildError;
use super::door::Door;
use crate::agent::{Agent, Hold};
use crate::config::Config;
use crate::dirs::StateDir;
use crate::engine::{Engine, LocalEngine};
use crate::holds::Holds;
use crate::limits::Limits;
use crate::observer::Observer;
use crate::redact::{Redactor, SecretError, trimmed};
use crate::store::{MemoryStore, Store};

/// How many workers run at once unless the builder says otherwise.
const PARALLEL: usize = 4;

/// Configures an [`Orchestrator`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    work_tree: PathBuf,
    agents: Vec<Arc<dyn Agent>>,
    engine: Option<Arc<dyn Engine>>,
    store: Option<Arc<dyn Store>>,
    state: Option<StateDir>,
    observers: Vec<Arc<dyn Observer>>,
    limits: Limits,
    max_parallel: usize,
    pass_env: Vec<String>,
    secrets: Vec<(String, String)>,
    required: Option<Tier>,
    hold: Hold,
    door: Door,
}

impl Builder {
    pub(super) fn new(work_tree: impl Into<PathBuf>) -> Self {
        Self {
            work_tree: work_tree.into(),
            agents: Vec::new(),
            engine: None,
            store: None,
            state: None,
            observers: Vec::new(),
            limits: Limits::default(),
            max_parallel: PARALLEL,
            pass_env: Vec::new(),
            secrets: Vec::new(),
            required: None,
            hold: Hold::default(),
            door: Door::default(),
        }
    }

    /// Registers an agent. The first one does the work of workers that name none.
    pub fn agent(self, agent: impl Agent) -> Self {
        self.agent_arc(Arc::new(agent))
    }

    /// Registers an agent that is shared already.
    pub fn agent_arc(mut self, agent: Arc<dyn Agent>) -> Self {
        self.agents.push(agent);
        self
    }

    /// Runs workers there instead of in terminals of this machine.
    pub fn engine(mut self, engine: impl Engine) -> Self {
        self.engine = Some(Arc::new(engine));
        self
    }

    /// Keeps events there instead of in this process's memory.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Keeps private files there instead of in the user's state directory.
    pub fn state_dir(mut self, state: StateDir) -> Self {
        self.state = Some(state);
        self
    }

    /// Shows every event to `observer`.
    pub fn observe(mut self, observer: impl Observer) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Sets the limits of workers that have none of their own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How many workers run at once, at most; 4 unless set.
    pub fn max_parallel(mut self, workers: usize) -> Self {
        self.max_parallel = workers;
        self
    }

    /// Lets a variable of this process's environment through to every worker.
    pub fn pass_env(mut self, name: impl Into<String>) -> Self {
        self.pass_env.push(name.into());
        self
    }

    /// Takes `secret` out of everything that is stored or shown, and out of what workers answer: `[redacted NAME]`
    /// stands in its place, also of its usual encodings. The credentials of the registered agents are secrets without
    /// being named, where this process's environment has them.
    pub fn secret(mut self, name: impl Into<String>, secret: impl Into<String>) -> Self {
        self.secrets.push((name.into(), secret.into()));
        self
    }

    /// The same for a variable of this process's environment, if it is set.
    pub fn secret_env(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if let Ok(secret) = std::env::var(&name)
            && !secret.is_empty()
        {
            self.secrets.push((name, secret));
        }
        self
    }

    /// The least containment that is good enough: what holds workers when this program is killed. By default any will
    /// do; what there is can be read by [`containment`](crate::containment). For workers in terminals of this machine.
    pub fn require_containment(mut self, tier: Tier) -> Self {
        self.required = Some(tier);
        self
    }

    /// How strongly readers must be held, at least: a worker of an agent that holds them less does not start. By default
    /// any will do; what there is can be read by [`Orchestrator::hold`].
    pub fn require_hold(mut self, hold: Hold) -> Self {
        self.hold = hold;
        self
    }

    pub(super) fn door(&mut self) -> &mut Door {
        &mut self.door
    }

    /// Checks everything and builds the orchestrator. With terminals of this machine it starts the warden, some
    /// milliseconds once for each process, and ends what a killed orchestrator of this user has left behind.
    ///
    /// # Errors
    /// [`BuildError`] names what is wrong and what to do.
    pub fn build(self) -> Result<Orchestrator, BuildError> {
        let Some(first) = self.agents.first() else {
            return Err(BuildError::NoAgent);
        };
        let default_agent = first.name().to_owned();
        for (index, agent) in self.agents.iter().enumerate() {
            if self.agents[..index]
                .iter()
                .any(|other| other.name() == agent.name())
            {
                return Err(BuildError::SameName {
                    name: agent.name().to_owned(),
                });
            }
        }
        if self.max_parallel == 0 {
            return Err(BuildError::NoPlaces);
        }
        let work_tree = work_tree_of(&self.work_tree)?;
        let state = match self.state {
            Some(state) => state,
            None => StateDir::of_user()?,
        };
        if lies_in(state.path(), &work_tree) {
            return Err(BuildError::StateInWorkTree {
                path: state.path().to_owned(),
            });
        }
        let redactor = redactor(&self.agents, self.secrets)?;
        let costless = self.door.check(&self.agents)?;
        let holds = Holds::of(&self.agents, self.hold);
        let admission = self.door.admission(&self.agents, self.max_parallel);
        let tier = self.required.unwrap_or(Tier::ProcessGroup);
        let engine = match (self.engine, self.required) {
            (Some(_), Some(required)) => return Err(BuildError::OwnEngine { required }),
            (Some(engine), None) => engine,
            (None, required) => {
                let tier = contained(required)?;
                let engine = LocalEngine::new(self.agents, state.clone(), self.pass_env).require(tier);
                Arc::new(engine.redact(redactor.clone()))
            }
        };
        let (budget, retry) = (self.door.budget, self.door.retry);
        Ok(Orchestrator::new(Config {
            work_tree,
            state,
            default_agent,
            engine,
            store: self.store.unwrap_or_else(|| Arc::new(MemoryStore::default())),
            observers: self.observers,
            limits: self.limits,
            redactor,
            admission: Arc::new(admission),
            budget,
            retry,
            costless,
            holds,
            tier,
            many: self.max_parallel > 1,
            swept: AtomicBool::new(false),
        }))
    }
}

/// The secrets that were named, and the agents' credentials that are there. A credential too short to be looked for is
/// none that a service gave out.
fn redactor(agents: &[Arc<dyn Agent>], named: Vec<(String, String)>) -> Result<Redactor, SecretError> {
    Redactor::new(named.iter().cloned())?;
    let credentials = agents.iter().flat_map(|agent| agent.secrets());
    let credentials = credentials.filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
    let credentials = credentials.filter(|(_, secret)| trimmed(secret).len() >= Redactor::SHORTEST);
    Redactor::new(named.into_iter().chain(credentials.collect::<BTreeMap<_, _>>()))
}

/// The tier that every worker must have, which there is. Starts the warden, before there is a worker to be held.
fn contained(required: Option<Tier>) -> Result<Tier, BuildError> {
    let containment = orch_pty::containment();
    // Where nothing is on record, or it cannot be read, there is nobody to end.
    let _ = orch_pty::janitor();
    let required = required.unwrap_or(Tier::ProcessGroup);
    // Whether there are namespaces shows at the birth of the first worker.
    if containment.tier < required && required != Tier::PidNamespace {
        return Err(BuildError::NotContained {
            required,
            containment,
        });
    }
    Ok(required)
}

fn work_tree_of(path: &Path) -> Result<PathBuf, BuildError> {
    let failed = |source| BuildError::WorkTree {
        path: path.to_owned(),
        source,
    };
    let real = path.canonicalize().map_err(failed)?;
    if real.is_dir() {
        Ok(real)
    } else {
        Err(failed(io::ErrorKind::NotADirectory.into()))
    }
}

/// Whether `path`, which may not exist yet, lies in `tree` once its links are resolved.
fn lies_in(path: &Path, tree: &Path) -> bool {
    let known = path
        .ancestors()
        .find_map(|above| Some((above, above.canonicalize().ok()?)));
    let Some((above, real)) = known else { return false };
    let rest = path.strip_prefix(above).unwrap_or(path);
    real.join(rest).starts_with(tree)
}
