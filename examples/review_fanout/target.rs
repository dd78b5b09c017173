//! What is reviewed, and where: the work tree, the artefact, and a private place for build output.

use std::env;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use orch_examples::flags::AgentChoice;
use orch_examples::sample;
use orch_patterns::orch_core::{Digest, PrivateDir, Snapshot, StateDir};
use orch_patterns::{Artefact, RunId};

use crate::args::Args;

/// What is reviewed.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where the reviewers stand.
    pub(crate) work_tree: PathBuf,
    /// What they look at.
    pub(crate) artefact: Artefact,
    /// The files and folders to look at, relative to the work tree: the changed ones of a diff.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether there is a diff with any text in it.
    diff_says_something: bool,
    /// Whether it is the sample.
    pub(crate) is_sample: bool,
    /// A private place for what the reviewers build; removed at the end.
    private: PrivateDir,
}

impl Target {
    pub(crate) async fn of(args: &Args) -> anyhow::Result<Self> {
        let state = StateDir::of_user()?;
        let private = state
            .fresh("examples", &RunId::fresh().to_string())
            .with_context(|| {
                let place = state.path().display();
                format!("making a private directory in {place} failed (XDG_STATE_HOME names another place)")
            })?;
        if args.paths.is_empty() && args.diff.is_none() {
            let work_tree = private.path().join("sample");
            sample::unpack(&work_tree).context("unpacking the sample failed")?;
            let paths = vec![PathBuf::from(".")];
            return Ok(Self {
                work_tree,
                artefact: Artefact::paths(paths.clone()),
                paths,
                diff_says_something: false,
                is_sample: true,
                private,
            });
        }
        let here = env::current_dir().context("the current directory cannot be used")?;
        let work_tree = work_tree_around(&here)?;
        let artefact = match &args.diff {
            Some(base) => Artefact::diff(base),
            None => Artefact::paths(args.paths.iter().map(|path| here.join(path))),
        };
        let snapshot = Snapshot::take(&work_tree, &artefact).await?;
        let paths = match &snapshot.artefact {
            Artefact::Paths(paths) => paths.clone(),
            _ => snapshot.changed.clone(),
        };
        if snapshot.files == 0 && args.diff.is_none() {
            anyhow::bail!("{artefact} holds no file to review");
        }
        Ok(Self {
            work_tree,
            artefact: snapshot.artefact,
            paths,
            diff_says_something: snapshot.diff.is_some_and(|diff| !diff.is_empty()),
            is_sample: false,
            private,
        })
    }

    /// Whether there is nothing to look at: programs need files, a model can also weigh what a diff takes away.
    pub(crate) fn is_empty(&self, agent: AgentChoice) -> bool {
        self.paths.is_empty() && (agent == AgentChoice::Tools || !self.diff_says_something)
    }

    /// Where tools may build, outside the work tree. The sample's goes with it; a user's own tree keeps its place in the
    /// state directory, so that the next review does not compile everything again.
    pub(crate) fn build_dir(&self) -> anyhow::Result<PathBuf> {
        if self.is_sample {
            return Ok(self.private.path().join("build"));
        }
        let tree = Digest::of(self.work_tree.as_os_str().as_encoded_bytes());
        let path = StateDir::of_user()?.path().join("build").join(tree.short());
        let mut private = DirBuilder::new();
        private
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .context("making the build directory failed")?;
        Ok(path)
    }
}

/// The git work tree around `here`, or `here` itself.
fn work_tree_around(here: &Path) -> anyhow::Result<PathBuf> {
    let here = here
        .canonicalize()
        .context("the current directory cannot be used")?;
    let root = here.ancestors().find(|above| above.join(".git").exists());
    Ok(root.unwrap_or(&here).to_owned())
}
