//! Why an orchestrator cannot be built.

use std::io;
use std::path::PathBuf;

use orch_pty::{Containment, Tier};

use crate::redact::SecretError;

/// Why an orchestrator cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The work tree is not there.
    #[error("work tree {} cannot be used: {source}", path.display())]
    WorkTree {
        /// The path as it was given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nobody to do the work.
    #[error("no agent is registered: add one with `.agent(..)`")]
    NoAgent,
    /// Two agents have one name.
    #[error("two agents are named {name}: names tell them apart")]
    SameName {
        /// The name.
        name: String,
    },
    /// No worker could ever run.
    #[error("max_parallel is 0: no worker could ever run")]
    NoPlaces,
    /// There is no place for private files.
    #[error("state directory cannot be used: {source}")]
    State {
        /// Why.
        #[from]
        source: io::Error,
    },
    /// Private files would lie where a worker may write.
    #[error("state directory {} lies inside the work tree: set XDG_STATE_HOME to a place outside it", path.display())]
    StateInWorkTree {
        /// The state directory.
        path: PathBuf,
    },
    /// Workers would not be held as it was required.
    #[error(
        "workers must be contained by {required}, and there is {containment}; mend that, or require less"
    )]
    NotContained {
        /// What was required.
        required: Tier,
        /// What there is, and why no more.
        containment: Containment,
    },
    /// A secret cannot be looked for.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// An engine of one's own does not say how it holds its workers.
    #[error(
        "workers must be contained by {required}, which an engine of your own cannot be asked for: require it there"
    )]
    OwnEngine {
        /// What was required.
        required: Tier,
    },
    /// A cost budget would bind nothing.
    #[error(
        "budget bounds the cost, and nobody knows what {agent} costs: give it a price, or bound its tokens"
    )]
    UnknownCost {
        /// The agent.
        agent: String,
    },
    /// Something was set for an agent, an account or a pool that cannot be.
    #[error("{what} is set for {name}, {why}")]
    Door {
        /// What was set.
        what: &'static str,
        /// For whom.
        name: String,
        /// Why that cannot be.
        why: &'static str,
    },
}
