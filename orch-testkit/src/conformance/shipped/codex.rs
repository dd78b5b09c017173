//! codex as a candidate.

use std::io;
use std::path::Path;

use orch_core::agent::Codex;
use orch_core::{FailClass, Limits};

use super::quirk::{self, Quirk};
use super::seated::limits;
use crate::conformance::{Candidate, Case, Ending, Expected, Seat};
use crate::real;
use crate::server::Server;

/// The quirks of 0.169.0.
const QUIRKS: &[Quirk] = &[(
    Case::LimitedWithoutRetryAfter,
    Ending::Failure(FailClass::Quota),
    "codex does not try again what was refused with 429 and no retry-after: the outcome is `quota used up`",
)];

/// The real codex as a candidate.
pub fn codex(codex: &real::Codex) -> impl Candidate + use<> {
    Shipped(codex.clone())
}

#[derive(Debug)]
struct Shipped(real::Codex);

impl Candidate for Shipped {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn program(&self) -> &Path {
        &self.0.bin
    }

    fn seat(&self, server: &Server) -> io::Result<Seat> {
        let home = self.0.home(server).retries(1, 1).create()?;
        // The user's own shell configuration is no part of the case.
        let mut agent = Codex::new()
            .binary(&self.0.bin)
            .env("HOME", home.path().display().to_string());
        for (key, value) in home.env() {
            agent = agent.env(key, value.to_string_lossy());
        }
        let path = home.path().to_owned();
        let mark = format!("CODEX_HOME={}", path.display());
        Ok(Seat::new(agent, mark, home).hide(&path, "/home"))
    }

    fn expected(&self, case: Case) -> Expected {
        quirk::expected(QUIRKS, case)
    }

    fn limits(&self, case: Case) -> Limits {
        limits(self.expected(case), 20)
    }
}
