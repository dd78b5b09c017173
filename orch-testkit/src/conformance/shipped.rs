//! The candidates that are shipped: each real agent in its home, and where its CLI differs from the usual.

use std::io;
use std::path::Path;
use std::time::Duration;

use orch_core::agent::Codex;
use orch_core::{FailClass, Limits};

use super::{Candidate, Case, Ending, Expected, Seat};
use crate::real;
use crate::server::Server;

/// Where a CLI differs from the usual, and why.
type Quirk = (Case, Ending, &'static str);

const CODEX: &[Quirk] = &[(
    Case::LimitedWithoutRetryAfter,
    Ending::Failure(FailClass::Quota),
    "codex does not try again what was refused with 429 and no retry-after: the outcome is `quota used up`",
)];

/// The real codex as a candidate.
pub fn codex(codex: &real::Codex) -> impl Candidate + use<> {
    Shipped {
        real: codex.clone(),
        quirks: CODEX,
    }
}

#[derive(Debug)]
struct Shipped<R> {
    real: R,
    quirks: &'static [Quirk],
}

fn of(quirks: &[Quirk], case: Case) -> Expected {
    quirks.iter().find(|(quirk, ..)| *quirk == case).map_or_else(
        || case.usual(),
        |&(_, ending, reason)| Expected::because(ending, reason),
    )
}

impl Candidate for Shipped<real::Codex> {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn program(&self) -> &Path {
        &self.real.bin
    }

    fn seat(&self, server: &Server) -> io::Result<Seat> {
        let home = self.real.home(server).retries(1, 1).create()?;
        // The user's own shell configuration is no part of the case.
        let mut agent = Codex::new()
            .binary(&self.real.bin)
            .env("HOME", home.path().display().to_string());
        for (key, value) in home.env() {
            agent = agent.env(key, value.to_string_lossy());
        }
        let path = home.path().to_owned();
        Ok(Seat::new(agent, format!("CODEX_HOME={}", path.display()), home).hide(&path, "/home"))
    }

    fn expected(&self, case: Case) -> Expected {
        of(self.quirks, case)
    }

    fn limits(&self) -> Limits {
        native()
    }
}

/// A native program that starts within a second on an idle machine.
fn native() -> Limits {
    Limits::default()
        .total(Duration::from_secs(120))
        .idle(Duration::from_secs(15))
        .grace(Duration::from_secs(2))
}
