//! What the shipped candidates share: an agent in its home, and its limits.

use std::time::Duration;

use orch_core::agent::Agent;
use orch_core::{FailClass, Limits};

use crate::conformance::{Ending, Expected, Seat};
use crate::real::Home;

/// An agent that lives in a home by its variables.
pub(super) fn seated<A: Agent>(agent: A, home: Home, with: impl Fn(A, &str, &str) -> A) -> Seat {
    let variables = home.variables().iter();
    let agent = variables.fold(agent, |agent, (key, value)| with(agent, key, value));
    let path = home.path().to_owned();
    Seat::new(agent, format!("HOME={}", path.display()), home).hide(&path, "/home")
}

/// The longest time of one case.
const TOTAL: Duration = Duration::from_secs(170);

/// The limits of a case: idle only so long, in seconds, where silence is what ends it.
pub(super) fn limits(expected: Expected, idle: u64) -> Limits {
    let silent = expected.ending == Ending::Failure(FailClass::IdleTimeout);
    let idle = if silent { Duration::from_secs(idle) } else { TOTAL };
    Limits::default()
        .total(TOTAL)
        .idle(idle)
        .grace(Duration::from_secs(2))
}
