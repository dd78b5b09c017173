//! opencode as a candidate.

use std::io;
use std::path::Path;

use orch_core::Limits;
use orch_core::agent::Opencode;

use super::quirk;
use super::seated::{limits, seated};
use crate::conformance::{Candidate, Case, Expected, Seat};
use crate::real;
use crate::server::Server;

/// The real opencode as a candidate.
pub fn opencode(opencode: &real::Opencode) -> impl Candidate + use<> {
    Shipped(opencode.clone())
}

#[derive(Debug)]
struct Shipped(real::Opencode);

impl Candidate for Shipped {
    fn name(&self) -> &'static str {
        "opencode"
    }

    fn program(&self) -> &Path {
        &self.0.bin
    }

    fn seat(&self, server: &Server) -> io::Result<Seat> {
        let agent = Opencode::new().binary(&self.0.bin);
        let home = self.0.home(server)?;
        Ok(seated(agent, home, |agent, key, value| agent.env(key, value)))
    }

    fn expected(&self, case: Case) -> Expected {
        quirk::expected(&[], case)
    }

    fn limits(&self, case: Case) -> Limits {
        limits(self.expected(case), 90)
    }
}
