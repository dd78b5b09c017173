//! What every example does around its pattern: read the call, hear Ctrl-C, run or rehearse, show what came of it.
//!
//! | file | what it is |
//! | --- | --- |
//! | `call` | from the command line to an exit code |
//! | `setting` | where the workers stand: a sample of our own, or the user's work tree |
//! | `run` | one run with the common flags, or its rehearsal |
//! | `show` | the result on standard output, as text or as one JSON object |
//! | `workers` | the workers of a run, as JSON: what became of them, not what they said |
//! | `landing` | what is done with a patch: shown, or brought into the work tree with `--apply` |
//!
//! Nothing here knows any pattern.

mod call;
mod landing;
mod run;
mod setting;
mod show;
mod workers;

pub use call::{Program, main, parse, run};
pub use landing::{Landing, against};
pub use run::{Cast, Ran};
pub use setting::{Setting, work_tree_around};
pub use show::{Shown, printed};
pub use workers::{Worker, seconds, workers};
