//! Where the workers stand.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use orch_patterns::orch_core::PrivateDir;
use orch_patterns::{RunId, StateDir};

use crate::unpack;

/// A work tree: a sample of our own, which goes with the program, or the user's.
#[derive(Debug)]
pub struct Setting {
    work_tree: PathBuf,
    is_sample: bool,
    /// Private; removed at the end.
    private: PrivateDir,
}

impl Setting {
    /// A sample: these files in a private directory.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sample(files: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::unpacked(|into| unpack::unpack(into, files))
    }

    /// A sample that `unpack` writes into the directory that it is given.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn unpacked(unpack: impl FnOnce(&Path) -> io::Result<()>) -> anyhow::Result<Self> {
        let private = private()?;
        let work_tree = private.path().join("sample");
        unpack(&work_tree)?;
        Ok(Self {
            work_tree: work_tree.canonicalize()?,
            is_sample: true,
            private,
        })
    }

    /// The git work tree around the current directory, or that directory itself.
    ///
    /// # Errors
    /// When there is none, or no private directory can be made.
    pub fn here() -> anyhow::Result<Self> {
        let here = env::current_dir().context("the current directory cannot be used")?;
        Ok(Self {
            work_tree: work_tree_around(&here)?,
            is_sample: false,
            private: private()?,
        })
    }

    /// The sample as a git repository with one commit, so that writers can work in clones of it.
    ///
    /// # Errors
    /// When git fails.
    pub fn repository(self) -> anyhow::Result<Self> {
        for words in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "--all"],
            &["commit", "--quiet", "--message=the sample"],
        ] {
            git(&self.work_tree, words)?;
        }
        Ok(self)
    }

    /// Where the workers stand; an absolute path.
    pub fn work_tree(&self) -> &Path {
        &self.work_tree
    }

    /// Whether it is a sample, so that whatever is changed in it is nobody's.
    pub fn is_sample(&self) -> bool {
        self.is_sample
    }

    /// A private directory outside the work tree that goes with the program.
    pub fn private(&self) -> &Path {
        self.private.path()
    }
}

/// The git work tree around `here`, or `here` itself.
///
/// # Errors
/// When `here` is no directory that can be read.
pub fn work_tree_around(here: &Path) -> anyhow::Result<PathBuf> {
    let here = here
        .canonicalize()
        .context("the current directory cannot be used")?;
    let root = here.ancestors().find(|above| above.join(".git").exists());
    Ok(root.unwrap_or(&here).to_owned())
}

fn private() -> anyhow::Result<PrivateDir> {
    let state = StateDir::of_user()?;
    let fresh = state.fresh("examples", &RunId::fresh().to_string());
    fresh.with_context(|| {
        let place = state.path().display();
        format!("making a private directory in {place} failed (XDG_STATE_HOME names another place)")
    })
}

/// git in a directory of ours, without the user's configuration: no hooks, no signing, no templates.
fn git(directory: &Path, words: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("git");
    for key in ["name", "email"] {
        command.args(["-c", &format!("user.{key}=sample")]);
    }
    let done = command
        .args(words)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TEMPLATE_DIR", "")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .output()
        .context("git cannot be run; the sample of this example is a git repository")?;
    if !done.status.success() {
        let why = String::from_utf8_lossy(&done.stderr);
        bail!("git {} in the sample failed: {}", words[0], why.trim());
    }
    Ok(())
}
