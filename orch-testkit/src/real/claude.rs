//! The real Claude Code, and the home in which it reaches the scripted server alone.

use std::io;
use std::path::{Path, PathBuf};

use super::Home;
use super::installed::{Pin, entries};
use crate::server::Server;

const PIN: Pin = Pin {
    name: "claude",
    variable: "ORCH_CLAUDE_BIN",
    programs,
};

/// A real Claude Code on this machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claude {
    /// The native binary, not the npm shim.
    pub bin: PathBuf,
}

/// The real Claude Code, for the test case of this name; as [`codex`](super::codex), by `ORCH_CLAUDE_BIN`.
///
/// # Panics
/// When the case cannot be recorded.
pub fn claude(case: &str) -> Option<Claude> {
    PIN.program_for(case).map(|bin| Claude { bin })
}

impl Claude {
    /// A home in which it talks to `server` and to nobody else, and tries a failed request again `retries` times (by
    /// itself it would ten times, for minutes).
    ///
    /// # Errors
    /// The system's error, or `NotFound` when there is no workspace around this test.
    #[expect(
        clippy::unused_self,
        reason = "a home belongs to an agent, and another version may need another one"
    )]
    pub fn home(&self, server: &Server, retries: u32) -> io::Result<Home> {
        let home = Home::create(PIN.name)?;
        let settings = home.path().join(".claude").display().to_string();
        Ok(home
            .env("CLAUDE_CONFIG_DIR", settings)
            .env("ANTHROPIC_BASE_URL", server.origin())
            .env("ANTHROPIC_API_KEY", "dummy")
            .env("CLAUDE_CODE_MAX_RETRIES", retries.to_string())
            .env("DISABLE_TELEMETRY", "1")
            .env("DISABLE_ERROR_REPORTING", "1")
            .env("DISABLE_AUTOUPDATER", "1")
            .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"))
    }
}

/// npm installs the package of this platform alone, so there is one.
fn programs(modules: &Path) -> Vec<PathBuf> {
    entries(modules.join("@anthropic-ai"))
        .map(|package| package.join("claude"))
        .collect()
}
