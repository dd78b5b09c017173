//! What an orchestrator was configured with, as its runs see it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use orch_pty::Tier;

use crate::dirs::StateDir;
use crate::engine::Engine;
use crate::holds::Holds;
use crate::limits::{Admission, Budget, Limits, Retry};
use crate::observer::Observer;
use crate::redact::Redactor;
use crate::store::Store;

/// What all runs of one orchestrator share.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) work_tree: PathBuf,
    pub(crate) state: StateDir,
    pub(crate) default_agent: String,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    pub(crate) limits: Limits,
    pub(crate) redactor: Redactor,
    pub(crate) admission: Arc<Admission>,
    pub(crate) budget: Budget,
    pub(crate) retry: Retry,
    /// The registered agents of whose workers nobody knows what they cost.
    pub(crate) costless: Vec<String>,
    /// How strongly each registered agent holds its readers.
    pub(crate) holds: Holds,
    /// What must hold everything that is started, when this program dies.
    pub(crate) tier: Tier,
    /// Whether more than one worker may run at once.
    pub(crate) many: bool,
    /// Whether a run has looked for what killed programs left.
    pub(crate) swept: AtomicBool,
}
