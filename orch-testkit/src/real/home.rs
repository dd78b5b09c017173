//! A home for a real agent: a private folder under the workspace's `target`, and the variables that keep the agent in
//! it. What lies in it is the agent's own affair.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::{fs, io};

use tempfile::TempDir;

use super::workspace;

/// A private folder, removed when this is dropped, in which an agent lives.
#[derive(Debug)]
#[must_use = "the home is removed when this is dropped"]
pub struct Home {
    folder: TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    /// A home of its own with a folder for temporary files, from which nobody but the scripted server is reached: the
    /// user's own configuration is elsewhere, and no proxy stands before 127.0.0.1.
    pub(super) fn create(agent: &str) -> io::Result<Self> {
        let folder = fresh(agent)?;
        let mut home = Self {
            folder,
            env: Vec::new(),
        };
        home.folder("tmp", "TMPDIR")?;
        for (variable, name) in [
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_STATE_HOME", ".local/state"),
            ("XDG_CACHE_HOME", ".cache"),
        ] {
            home.folder(name, variable)?;
        }
        let path = home.shown("");
        Ok(home
            .env("HOME", path.trim_end_matches('/'))
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1"))
    }

    pub(super) fn env(mut self, key: &str, value: impl Into<String>) -> Self {
        self.env.push((key.to_owned(), value.into()));
        self
    }

    /// Writes a file in the home.
    pub(super) fn file(self, name: &str, content: &str) -> io::Result<Self> {
        let path = self.path().join(name);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        fs::write(path, content)?;
        Ok(self)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The variables with which an agent lives in this home, beside those it is started with.
    pub fn variables(&self) -> &[(String, String)] {
        &self.env
    }

    /// Makes a folder in the home and names it in a variable.
    fn folder(&mut self, name: &str, variable: &str) -> io::Result<()> {
        fs::create_dir_all(self.path().join(name))?;
        self.env.push((variable.to_owned(), self.shown(name)));
        Ok(())
    }

    fn shown(&self, name: &str) -> String {
        self.path().join(name).display().to_string()
    }
}

/// A fresh private folder under the workspace's `target/real-homes`.
pub(super) fn fresh(agent: &str) -> io::Result<TempDir> {
    let missing = || {
        io::Error::new(
            io::ErrorKind::NotFound,
            "an agent's home needs a Cargo workspace around it",
        )
    };
    let homes = workspace::root().ok_or_else(missing)?.join("target/real-homes");
    fs::create_dir_all(&homes)?;
    tempfile::Builder::new()
        .prefix(&format!("{agent}-"))
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(homes)
}

#[cfg(test)]
mod tests {
    use super::Home;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_home_is_private_and_goes_with_its_value() {
        let home = Home::create("agent")
            .unwrap()
            .file("a/settings.json", "{}")
            .unwrap()
            .env("KEY", "value");
        let path = home.path().to_owned();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(path.join("a/settings.json").is_file());
        let value = |key: &str| {
            let mut all = home.variables().iter();
            all.find(|(name, _)| name == key).map(|(_, value)| value.clone())
        };
        assert_eq!(value("HOME"), Some(path.display().to_string()));
        assert_eq!(value("KEY").as_deref(), Some("value"));
        assert!(path.join("tmp").is_dir() && value("TMPDIR").unwrap().ends_with("/tmp"));
        drop(home);
        assert!(!path.exists());
    }
}
