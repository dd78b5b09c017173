//! The real codex, and the home in which it reaches the scripted server alone.

use std::path::{Path, PathBuf};

use super::HomeConfig;
use super::installed::{Pin, entries};
use crate::server::Server;

const PIN: Pin = Pin {
    name: "codex",
    variable: "ORCH_CODEX_BIN",
    programs,
};

/// A real codex on this machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Codex {
    /// The native binary, not the npm shim.
    pub bin: PathBuf,
}

/// The real codex, for the test case of this name (letters, digits, `_`, `-`; unique in the workspace).
///
/// It is looked up in `ORCH_CODEX_BIN`, then in the workspace's `target/agents`. The case is recorded as run or as left
/// out in the folder that `ORCH_REAL_CASES` names, if it names one; a case left out says why on standard error.
///
/// # Panics
/// When the case cannot be recorded.
pub fn codex(case: &str) -> Option<Codex> {
    PIN.program_for(case).map(|bin| Codex { bin })
}

impl Codex {
    /// The configuration of a home in which this codex talks to `server` and to nobody else.
    #[expect(
        clippy::unused_self,
        reason = "a home belongs to an agent, and another version may need another one"
    )]
    pub fn home(&self, server: &Server) -> HomeConfig {
        HomeConfig::new(&server.url())
    }
}

/// The native binary of the npm package: npm installs the package of this platform alone, so there is one.
fn programs(modules: &Path) -> Vec<PathBuf> {
    entries(modules.join("@openai"))
        .flat_map(|package| entries(package.join("vendor")))
        .map(|target| target.join("bin/codex"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::programs;

    #[test]
    fn the_native_binary_lies_in_the_platform_s_own_package() {
        let modules = tempfile::tempdir().unwrap();
        assert_eq!(programs(modules.path()), [] as [std::path::PathBuf; 0]);
        let scope = modules.path().join("@openai");
        std::fs::create_dir_all(scope.join("codex/bin")).unwrap();
        let bin = scope.join("codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex");
        std::fs::create_dir_all(bin.parent().unwrap()).unwrap();
        std::fs::write(&bin, "").unwrap();
        assert_eq!(programs(modules.path()), [bin]);
    }
}
