//! Where workers run: the seam that patterns never see.

mod event_log;
mod local;
mod private_place;
mod pulse;
mod rehearsal;
mod runner;
mod seam;
mod stubs;

pub use event_log::{Cursor, EventLog};
pub use local::LocalEngine;
pub use rehearsal::{Rehearsal, RehearsedJob};
pub use runner::Runner;
pub use seam::{Abilities, Admission, Engine, EngineError, JobHandle};

pub use crate::job::{Capture, End, Job, JobEnd, JobId, Usage};
pub use crate::session::Stop;
