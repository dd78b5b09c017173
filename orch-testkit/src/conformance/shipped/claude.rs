//! Claude Code as a candidate.

use std::io;
use std::path::Path;

use orch_core::Limits;
use orch_core::agent::Claude;

use super::quirk::{self, Quirk};
use super::seated::{limits, seated};
use crate::conformance::{Candidate, Case, Expected, Seat};
use crate::real;
use crate::server::Server;

/// The quirks of 2.1.330.
const QUIRKS: &[Quirk] = &[];

/// The real Claude Code as a candidate.
pub fn claude(claude: &real::Claude) -> impl Candidate + use<> {
    Shipped(claude.clone())
}

#[derive(Debug)]
struct Shipped(real::Claude);

impl Candidate for Shipped {
    fn name(&self) -> &'static str {
        "claude"
    }

    fn program(&self) -> &Path {
        &self.0.bin
    }

    fn seat(&self, server: &Server) -> io::Result<Seat> {
        let agent = Claude::new().binary(&self.0.bin);
        let home = self.0.home(server, 1)?;
        Ok(seated(agent, home, |agent, key, value| agent.env(key, value)))
    }

    fn expected(&self, case: Case) -> Expected {
        quirk::expected(QUIRKS, case)
    }

    fn limits(&self, case: Case) -> Limits {
        limits(self.expected(case), 30)
    }
}
