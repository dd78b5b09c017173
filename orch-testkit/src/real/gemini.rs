//! The real gemini-cli, and the home in which it reaches the scripted server alone.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Home;
use super::installed::Pin;
use crate::server::Server;

const PIN: Pin = Pin {
    name: "gemini",
    variable: "ORCH_GEMINI_BIN",
    programs,
};

/// A real gemini-cli on this machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Gemini {
    /// The program, a script for node.
    pub bin: PathBuf,
}

/// The real gemini-cli, for the test case of this name; as [`codex`](super::codex), by `ORCH_GEMINI_BIN`.
///
/// # Panics
/// When the case cannot be recorded.
pub fn gemini(case: &str) -> Option<Gemini> {
    PIN.program_for(case).map(|bin| Gemini { bin })
}

impl Gemini {
    /// A home in which it talks to `server` and to nobody else, and makes `attempts` at a request (by itself it would
    /// make ten, for minutes).
    ///
    /// # Errors
    /// The system's error, or `NotFound` when there is no workspace around this test.
    #[expect(
        clippy::unused_self,
        reason = "a home belongs to an agent, and another version may need another one"
    )]
    pub fn home(&self, server: &Server, attempts: u32) -> io::Result<Home> {
        let settings = json!({
            "security": { "auth": { "selectedType": "gemini-api-key" }, "folderTrust": { "enabled": false } },
            "privacy": { "usageStatisticsEnabled": false },
            "telemetry": { "enabled": false },
            "general": {
                "enableAutoUpdate": false, "enableAutoUpdateNotification": false, "maxAttempts": attempts,
            },
        });
        let home = Home::create(PIN.name)?.file(".gemini/settings.json", &settings.to_string())?;
        Ok(home
            .env("GEMINI_API_KEY", "dummy")
            .env("GEMINI_MODEL", "gemini-2.5-pro")
            .env("GOOGLE_GEMINI_BASE_URL", server.origin()))
    }
}

fn programs(modules: &Path) -> Vec<PathBuf> {
    vec![modules.join("@google/gemini-cli/bundle/gemini.js")]
}
