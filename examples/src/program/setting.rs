//! Where the workers stand.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use orch_patterns::orch_core::PrivateDir;
use orch_patterns::{Refusal, RunId, StateDir};

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

    /// Paths that were given in the current directory, as they are called in the work tree; the tree itself is `.`.
    ///
    /// # Errors
    /// When one of them is not there or lies outside the work tree.
    pub fn inside(&self, given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
        let here = env::current_dir().context("the current directory cannot be used")?;
        let inside = |given: &PathBuf| {
            let path = here.join(given).canonicalize();
            let path = path.with_context(|| format!("{} cannot be read", given.display()))?;
            match path.strip_prefix(&self.work_tree) {
                Ok(root) if root.as_os_str().is_empty() => Ok(PathBuf::from(".")),
                Ok(inside) => Ok(inside.to_owned()),
                Err(_) => bail!("{} lies outside the work tree", given.display()),
            }
        };
        given.iter().map(inside).collect()
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
    fresh.map_err(|error| {
        let place = state.path();
        let doing = format!(
            "making a private directory in {} failed (XDG_STATE_HOME names another place)",
            place.display()
        );
        match Refusal::of(&doing, place, &error) {
            Some(refusal) => refusal.into(),
            None => anyhow::Error::new(error).context(doing),
        }
    })
}
