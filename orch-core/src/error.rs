//! The two ways in which a step does not return its value.
//!
//! [`Error::Unfinished`] is about one worker: `retry`, `fallback`, `race` and `quorum` may act on it.
//! [`Error::Halt`] ends the run: nothing retries it. There is no third way, and no path from either to an empty
//! success.

use crate::engine::EngineError;
use crate::outcome::{FailClass, Failure, Unfinished};
use crate::refusal::Refusal;
use crate::store::StoreError;

/// What a pattern's step returns.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a step has no value.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// One worker did not finish its work; others may have.
    #[error(transparent)]
    Unfinished(#[from] Unfinished),
    /// The run is over.
    #[error(transparent)]
    Halt(#[from] Halt),
}

/// What ends a whole run.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Halt {
    /// The user, or the program around the run, cancelled it.
    #[error("run cancelled")]
    Cancelled,
    /// A gate said no.
    #[error("rejected: {0}")]
    Rejected(String),
    /// The engine could not be reached or gave up: says nothing about any worker's work.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What happened could not be recorded, so no result may be handed out.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine refused what the whole run needs: a full disk, missing rights. What one worker or desk alone needs is
    /// [`NotStarted::MachineRefused`](crate::NotStarted::MachineRefused), and ends no other work.
    #[error(transparent)]
    MachineRefused(#[from] Refusal),
    /// The program asked for something that cannot be: a bug in the caller, named. What the machine refuses is none.
    #[error("misuse: {0}")]
    Misuse(String),
    /// Processes of the run are alive after everything was done to end them.
    #[error("run left {} process(es) behind: {pids:?}; end them by hand and report this", pids.len())]
    LeftBehind {
        /// Their process ids.
        pids: Vec<u32>,
    },
}

impl Error {
    /// A failure of one step, in your own words: what a closure in a pattern returns when it cannot go on. It ends
    /// that branch and not the run, as a worker's failure does.
    pub fn failed(why: impl std::fmt::Display) -> Self {
        Self::Unfinished(Unfinished::Failed(Failure::new(
            FailClass::Other,
            why.to_string(),
        )))
    }

    /// What the machine refused, where that is why there is no value. What a worker that had begun was refused is told by
    /// [`FailClass::MachineRefused`] and its words.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Halt(Halt::MachineRefused(refusal)) => Some(refusal),
            Self::Unfinished(why) => why.refusal(),
            Self::Halt(_) => None,
        }
    }

    /// Whether the run as a whole is over.
    pub fn is_halt(&self) -> bool {
        matches!(self, Self::Halt(_))
    }
}

impl From<EngineError> for Error {
    fn from(source: EngineError) -> Self {
        Self::Halt(Halt::Engine(source))
    }
}

impl From<StoreError> for Error {
    fn from(source: StoreError) -> Self {
        Self::Halt(Halt::Store(source))
    }
}
