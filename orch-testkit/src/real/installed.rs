//! Where a real agent's program is. It looks at two places only: what the environment names, and what `cargo xtask`
//! installed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::cases::{Fate, announce, record};
use super::workspace;

/// An agent that `cargo xtask` installs.
pub(super) struct Pin {
    pub(super) name: &'static str,
    /// Names the program to test with.
    pub(super) variable: &'static str,
    /// Where the program may lie, from the `node_modules` of its installation.
    pub(super) programs: fn(&Path) -> Vec<PathBuf>,
}

impl Pin {
    /// The program for the test case `case`, which is recorded as run or as left out.
    ///
    /// # Panics
    /// When the case cannot be recorded.
    pub(super) fn program_for(&self, case: &str) -> Option<PathBuf> {
        match self.find(env::var_os(self.variable).as_deref(), || self.installed()) {
            Ok(program) => {
                record(case, Fate::Ran);
                Some(program)
            }
            Err(reason) => {
                announce(case, &reason);
                record(case, Fate::LeftOut);
                None
            }
        }
    }

    fn installed(&self) -> Option<PathBuf> {
        let folder = workspace::root()?.join("target/agents").join(self.name);
        (self.programs)(&folder.join("node_modules"))
            .into_iter()
            .find(|program| program.is_file())
    }

    fn find(
        &self,
        named: Option<&OsStr>,
        installed: impl FnOnce() -> Option<PathBuf>,
    ) -> Result<PathBuf, String> {
        let Self { name, variable, .. } = self;
        match named {
            Some(named) if !named.is_empty() => {
                let program = PathBuf::from(named);
                if program.is_file() {
                    Ok(program)
                } else {
                    Err(format!(
                        "{variable} names {}, which is no file; correct or unset it",
                        program.display()
                    ))
                }
            }
            _ => installed().ok_or_else(|| {
                format!("{name} is not installed; `cargo xtask test` installs and uses it, or set {variable}")
            }),
        }
    }
}

/// What lies in a folder; nothing when there is none.
pub(super) fn entries(folder: impl AsRef<Path>) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use super::Pin;
    use std::ffi::OsStr;
    use std::path::PathBuf;

    const PIN: Pin = Pin {
        name: "agent",
        variable: "ORCH_AGENT_BIN",
        programs: |_| Vec::new(),
    };

    #[test]
    fn a_named_binary_that_is_missing_is_not_replaced_by_another() {
        let other = || Some(PathBuf::from("/other"));
        let reason = PIN.find(Some(OsStr::new("/nowhere/agent")), other).unwrap_err();
        assert!(reason.contains("/nowhere/agent"), "{reason}");
    }

    #[test]
    fn without_a_name_the_installed_one_is_taken_and_without_both_the_reason_says_how_to_get_it() {
        let installed = || Some(PathBuf::from("/installed"));
        assert_eq!(PIN.find(None, installed), Ok(PathBuf::from("/installed")));
        assert_eq!(
            PIN.find(Some(OsStr::new("")), installed),
            Ok(PathBuf::from("/installed"))
        );
        let reason = PIN.find(None, || None).unwrap_err();
        assert!(reason.contains("cargo xtask test"), "{reason}");
    }
}
