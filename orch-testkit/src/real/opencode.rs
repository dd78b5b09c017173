//! The real opencode, and the home in which it reaches the scripted server alone.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Home;
use super::installed::{Pin, entries};
use crate::server::Server;

const PIN: Pin = Pin {
    name: "opencode",
    variable: "ORCH_OPENCODE_BIN",
    programs,
};

/// A real opencode on this machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Opencode {
    /// The native binary, not the npm shim.
    pub bin: PathBuf,
}

/// The real opencode, for the test case of this name; as [`codex`](super::codex), by `ORCH_OPENCODE_BIN`.
///
/// # Panics
/// When the case cannot be recorded.
pub fn opencode(case: &str) -> Option<Opencode> {
    PIN.program_for(case).map(|bin| Opencode { bin })
}

impl Opencode {
    /// A home in which it talks to `server` and to nobody else. By itself it would install a package from npm's registry
    /// into its configuration folder: the registry is a closed port. Its configuration is a variable,
    /// `OPENCODE_CONFIG_CONTENT`.
    ///
    /// # Errors
    /// The system's error, or `NotFound` when there is no workspace around this test.
    #[expect(
        clippy::unused_self,
        reason = "a home belongs to an agent, and another version may need another one"
    )]
    pub fn home(&self, server: &Server) -> io::Result<Home> {
        let provider = json!({
            "npm": "@ai-sdk/openai-compatible",
            "name": "mock",
            "options": { "baseURL": server.url(), "apiKey": "dummy" },
            "models": { "mock-model": { "name": "mock-model", "limit": { "context": 400_000, "output": 8_192 } } },
        });
        let configuration = json!({
            "provider": { "mock": provider },
            "model": "mock/mock-model",
            "small_model": "mock/mock-model",
            "enabled_providers": ["mock"],
            "autoupdate": false,
            "share": "disabled",
        });
        Ok(Home::create(PIN.name)?
            .file(".npmrc", "registry=http://127.0.0.1:1/\nfetch-retries=0\n")?
            .env("OPENCODE_CONFIG_CONTENT", configuration.to_string())
            .env("NPM_CONFIG_REGISTRY", "http://127.0.0.1:1/")
            .env("NPM_CONFIG_FETCH_RETRIES", "0")
            .env("OPENCODE_DISABLE_AUTOUPDATE", "1")
            .env("OPENCODE_DISABLE_AUTOUPDATER", "1")
            .env("OPENCODE_DISABLE_MODELS_FETCH", "1")
            .env("OPENCODE_DISABLE_LSP_DOWNLOAD", "1")
            .env("OPENCODE_DISABLE_DEFAULT_PLUGINS", "1"))
    }
}

/// npm installs the package of this platform alone, so there is one.
fn programs(modules: &Path) -> Vec<PathBuf> {
    entries(modules)
        .map(|package| package.join("bin/opencode"))
        .collect()
}
