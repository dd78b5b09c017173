//! Ends everybody of a run: what is left to do when its orchestrator is dead.

use std::sync::Arc;
use std::time::Duration;

use super::host::hunt;
use super::hunt::Request;
use super::quarry::Quarry;
use super::report::KillReport;
use crate::sys::{Handle, processes};
use crate::tag::RunTag;

/// Children of the dead orchestrator, from whom lineage leads on whatever mark their descendants carry.
#[derive(Debug)]
pub(crate) struct Roots(Vec<Arc<Handle>>);

impl Roots {
    /// Nobody is known: the tag tells.
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    /// By number, and by a moment (in nanoseconds since the system's start) in which the number was its own: whoever was
    /// started later has got the number since.
    pub(crate) fn listed(roots: impl IntoIterator<Item = (u32, u64)>) -> Self {
        let known = roots.into_iter().filter_map(|(pid, alive_at)| {
            let handle = processes::pin(pid).ok()??;
            // Asked about the pinned process: its number is its own as long as it is unreaped.
            let began = processes::place(pid)?.started_since_boot();
            (began <= alive_at && handle.is_unreaped()).then(|| Arc::new(handle))
        });
        Self(known.collect())
    }
}

/// Kills everybody of `run` for at most `limit`. `thorough` when a tag may lie in an environment alone.
pub(crate) fn end_run(run: RunTag, roots: &Roots, thorough: bool, limit: Duration) -> KillReport {
    hunt(Request {
        quarry: Quarry::Run(run),
        roots: roots.0.clone(),
        thorough,
        limit,
    })
}
