//! Finds the real codex. It looks at two places only: what the environment names, and what `cargo xtask` installed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::cases::{Fate, announce, record};
use super::{HomeConfig, workspace};
use crate::server::Server;

/// Names the native codex binary to test with.
const VARIABLE: &str = "ORCH_CODEX_BIN";

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
    let installed = || workspace::root().and_then(|root| native_binary(&root.join("target/agents/codex")));
    match find(env::var_os(VARIABLE).as_deref(), installed) {
        Ok(bin) => {
            record(case, Fate::Ran);
            Some(Codex { bin })
        }
        Err(reason) => {
            announce(case, &reason);
            record(case, Fate::LeftOut);
            None
        }
    }
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

fn find(named: Option<&OsStr>, installed: impl FnOnce() -> Option<PathBuf>) -> Result<PathBuf, String> {
    match named {
        Some(named) if !named.is_empty() => {
            let bin = PathBuf::from(named);
            if bin.is_file() {
                Ok(bin)
            } else {
                Err(format!(
                    "{VARIABLE} names {}, which is no file; correct or unset it",
                    bin.display()
                ))
            }
        }
        _ => installed().ok_or_else(|| {
            format!("codex is not installed; `cargo xtask test` installs and uses it, or set {VARIABLE}")
        }),
    }
}

/// The native binary of the npm package: npm installs the package of this platform alone, so there is one.
fn native_binary(agents: &Path) -> Option<PathBuf> {
    let folders = |folder: PathBuf| {
        fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
    };
    folders(agents.join("node_modules/@openai"))
        .flat_map(|package| folders(package.join("vendor")))
        .map(|target| target.join("bin/codex"))
        .find(|bin| bin.is_file())
}

#[cfg(test)]
mod tests {
    use super::{find, native_binary};
    use std::ffi::OsStr;
    use std::path::PathBuf;

    #[test]
    fn a_named_binary_that_is_missing_is_not_replaced_by_another() {
        let reason = find(Some(OsStr::new("/nowhere/codex")), || {
            Some(PathBuf::from("/other"))
        })
        .unwrap_err();
        assert!(reason.contains("/nowhere/codex"), "{reason}");
    }

    #[test]
    fn without_a_name_the_installed_one_is_taken_and_without_both_the_reason_says_how_to_get_it() {
        let installed = || Some(PathBuf::from("/installed"));
        assert_eq!(find(None, installed), Ok(PathBuf::from("/installed")));
        assert_eq!(
            find(Some(OsStr::new("")), installed),
            Ok(PathBuf::from("/installed"))
        );
        let reason = find(None, || None).unwrap_err();
        assert!(reason.contains("cargo xtask test"), "{reason}");
    }

    #[test]
    fn the_native_binary_lies_in_the_platform_s_own_package() {
        let agents = tempfile::tempdir().unwrap();
        assert_eq!(native_binary(agents.path()), None);
        let scope = agents.path().join("node_modules/@openai");
        std::fs::create_dir_all(scope.join("codex/bin")).unwrap();
        let bin = scope.join("codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex");
        std::fs::create_dir_all(bin.parent().unwrap()).unwrap();
        std::fs::write(&bin, "").unwrap();
        assert_eq!(native_binary(agents.path()), Some(bin));
    }
}
