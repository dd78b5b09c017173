//! gemini-cli as a candidate.

use std::io;
use std::path::Path;

use orch_core::agent::Gemini;
use orch_core::{FailClass, Limits};

use super::quirk::{self, Quirk};
use super::seated::{limits, seated};
use crate::conformance::{Candidate, Case, Ending, Expected, Seat};
use crate::real;
use crate::server::Server;

/// The quirks of 0.61.0.
const QUIRKS: &[Quirk] = &[(
    Case::DroppedStream,
    Ending::Failure(FailClass::Transport),
    "gemini-cli does not try again a stream that was dropped after its first words: the outcome is `transport failure`",
)];

/// The real gemini-cli as a candidate.
pub fn gemini(gemini: &real::Gemini) -> impl Candidate + use<> {
    Shipped(gemini.clone())
}

#[derive(Debug)]
struct Shipped(real::Gemini);

impl Candidate for Shipped {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn program(&self) -> &Path {
        &self.0.bin
    }

    fn seat(&self, server: &Server) -> io::Result<Seat> {
        let agent = Gemini::new().binary(&self.0.bin);
        let home = self.0.home(server, 2)?;
        Ok(seated(agent, home, |agent, key, value| agent.env(key, value)))
    }

    fn expected(&self, case: Case) -> Expected {
        quirk::expected(QUIRKS, case)
    }

    fn limits(&self, case: Case) -> Limits {
        limits(self.expected(case), 60)
    }
}
