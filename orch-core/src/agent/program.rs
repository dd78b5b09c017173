//! How an agent's executable is found: an override in the environment, then `PATH`; a package's launcher script is
//! followed to the native binary behind it.
//!
//! A launcher is one more process that can die alone and leave the real one running, so it is not what we start.

use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// From a launcher script's real path to where its native binary may lie, best first.
type NativeBehind = fn(&Path) -> Vec<PathBuf>;

/// A program to find.
#[derive(Debug, Clone)]
#[must_use = "a program does nothing until it is located"]
pub struct Program {
    name: PathBuf,
    variable: Option<&'static str>,
    native: Option<NativeBehind>,
    install: Option<String>,
}

/// A program that is not on this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is not installed: {looked}{}", install.as_ref().map(|how| format!("; {how}")).unwrap_or_default())]
pub struct NotInstalled {
    /// The program.
    pub name: String,
    /// Where it was looked for.
    pub looked: String,
    /// How to get it.
    pub install: Option<String>,
}

impl Program {
    /// A program by name, looked up in `PATH`, or by path.
    pub fn named(name: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            variable: None,
            native: None,
            install: None,
        }
    }

    /// Names the environment variable that overrides the search.
    pub fn or_variable(mut self, variable: &'static str) -> Self {
        self.variable = Some(variable);
        self
    }

    /// Says where the native binary lies behind a launcher script.
    pub fn native_behind(mut self, native: NativeBehind) -> Self {
        self.native = Some(native);
        self
    }

    /// Says how to get the program.
    pub fn install(mut self, how: impl Into<String>) -> Self {
        self.install = Some(how.into());
        self
    }

    /// The program's name.
    pub fn name(&self) -> String {
        self.name.display().to_string()
    }

    /// Finds the executable on this machine.
    ///
    /// # Errors
    /// [`NotInstalled`] says where it was looked for and how to get it.
    pub fn locate(&self) -> Result<PathBuf, NotInstalled> {
        let path = env::var_os("PATH").unwrap_or_default();
        let over = self
            .variable
            .and_then(env::var_os)
            .filter(|value| !value.is_empty());
        self.locate_in(&path, over.as_deref())
    }

    fn locate_in(&self, path: &OsStr, over: Option<&OsStr>) -> Result<PathBuf, NotInstalled> {
        let not_installed = |looked: String| NotInstalled {
            name: self.name(),
            looked,
            install: self.install.clone(),
        };
        let found = if let Some(over) = over {
            let over = PathBuf::from(over);
            let variable = self.variable.unwrap_or_default();
            is_executable(&over).then_some(over.clone()).ok_or_else(|| {
                not_installed(format!(
                    "{variable} names {}, which is no executable file",
                    over.display()
                ))
            })?
        } else if self.name.components().count() > 1 {
            is_executable(&self.name)
                .then(|| self.name.clone())
                .ok_or_else(|| not_installed("there is no executable file at this path".to_owned()))?
        } else {
            env::split_paths(path)
                .filter(|directory| directory.is_absolute())
                .map(|directory| directory.join(&self.name))
                .find(|candidate| is_executable(candidate))
                .ok_or_else(|| not_installed("no such program in PATH".to_owned()))?
        };
        // Absolute, since the worker stands somewhere else than we do.
        let found = std::path::absolute(&found).unwrap_or(found);
        Ok(self.native_of(found))
    }

    fn native_of(&self, found: PathBuf) -> PathBuf {
        let Some(native) = self.native else { return found };
        let Ok(real) = found.canonicalize() else {
            return found;
        };
        native(&real)
            .into_iter()
            .find(|candidate| is_executable(candidate))
            .unwrap_or(found)
    }
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn executable(path: &Path) {
        fs::create_dir_all(path.parent().expect("a file in a directory")).expect("a temporary directory");
        fs::write(path, "#!/bin/sh\n").expect("a temporary file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("its mode");
    }

    #[test]
    fn a_launcher_is_followed_to_the_native_binary() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let launcher = root.path().join("lib/pkg/bin/cli.js");
        let native = root.path().join("lib/pkg-native/cli");
        executable(&launcher);
        executable(&native);
        fs::create_dir(root.path().join("bin")).expect("a directory");
        std::os::unix::fs::symlink(&launcher, root.path().join("bin/cli")).expect("a link");
        let program = Program::named("cli")
            .native_behind(|real| vec![real.ancestors().nth(3).expect("its depth").join("pkg-native/cli")]);
        let found = program
            .locate_in(root.path().join("bin").as_os_str(), None)
            .expect("it is there");
        assert_eq!(found, native.canonicalize().expect("it is there"));
        fs::remove_file(&native).expect("it was there");
        let found = program
            .locate_in(root.path().join("bin").as_os_str(), None)
            .expect("the launcher is there");
        assert_eq!(found, root.path().join("bin/cli"));
    }

    #[test]
    fn what_is_missing_says_how_to_get_it() {
        let program = Program::named("no-such-cli")
            .or_variable("NO_SUCH")
            .install("get it with `npm install`");
        let text = program
            .locate_in(OsStr::new("/nowhere"), None)
            .expect_err("it is not there")
            .to_string();
        assert_eq!(
            text,
            "no-such-cli is not installed: no such program in PATH; get it with `npm install`"
        );
        let text = program
            .locate_in(OsStr::new(""), Some(OsStr::new("/x")))
            .expect_err("not there")
            .to_string();
        assert!(text.contains("NO_SUCH names /x"), "{text}");
    }
}
