//! What every agent must do, whichever CLI it drives: one set of cases, run with the real program on the scripted
//! server, through the library as a program uses it.
//!
//! A [`Candidate`] is an agent under test: how it is put before a server ([`Seat`]), and where its CLI differs from the
//! usual, said with a reason ([`Expected`]). The four that are shipped are [`codex`], [`claude`], [`opencode`] and [`gemini`]; implement it for an agent of your own and run [`Case::ALL`]:
//!
//! ```no_run
//! # use orch_testkit::conformance::{self, Candidate, Case};
//! # async fn check(mine: &dyn Candidate) {
//! for case in Case::ALL {
//!     match conformance::run(case, mine).await {
//!         Ok(verdict) => eprintln!("{case}: {verdict}"),
//!         Err(complaint) => panic!("{case}: {complaint}"),
//!     }
//! }
//! # }
//! ```
//!
//! Where the variable `ORCH_RECORD` names a folder, what the CLI writes to its standard output is kept there as
//! `AGENT/VERSION/CASE.jsonl`, without the paths of this machine.
//!
//! It does not judge what a model says: there is none. It counts processes and reads files by itself, never by what the
//! library reports.

mod candidate;
mod case;
mod cases;
mod complaint;
mod expected;
mod processes;
mod recorder;
mod shipped;
mod stage;
mod version;

pub use candidate::{Candidate, Seat};
pub use case::Case;
pub use cases::run;
pub use complaint::Complaint;
pub use expected::{Ending, Expected, Verdict};
pub use shipped::{claude, codex, gemini, opencode};
pub use version::version_of;
