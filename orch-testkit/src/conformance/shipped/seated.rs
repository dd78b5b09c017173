//! What the shipped candidates share: an agent in its home, and its limits.

use std::time::Duration;

use orch_core::Limits;
use orch_core::agent::Agent;

use crate::conformance::Seat;
use crate::real::Home;

/// An agent that lives in a home by its variables.
pub(super) fn seated<A: Agent>(agent: A, home: Home, with: impl Fn(A, &str, &str) -> A) -> Seat {
    let variables = home.variables().iter();
    let agent = variables.fold(agent, |agent, (key, value)| with(agent, key, value));
    let path = home.path().to_owned();
    Seat::new(agent, format!("HOME={}", path.display()), home).hide(&path, "/home")
}

/// The idle limit in seconds: what the program takes to start on a busy machine, and some more.
pub(super) fn limits(idle: u64) -> Limits {
    Limits::default()
        .total(Duration::from_secs(150))
        .idle(Duration::from_secs(idle))
        .grace(Duration::from_secs(2))
}
