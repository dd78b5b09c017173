//! Whether this machine is ready: the agents' programs, their logins, and how workers are held.

mod checkup;
mod diagnosis;
mod examine;

pub use checkup::{Checkup, Finding};
pub use diagnosis::{Diagnosis, doctor};
