//! What is reviewed, and where: the work tree, the artefact, and a private place for build output.

use std::env;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use anyhow::Context as _;
use orch_examples::flags::AgentChoice;
use orch_examples::program::Setting;
use orch_examples::sample;
use orch_patterns::Artefact;
use orch_patterns::orch_core::{Digest, Snapshot, StateDir};

use crate::args::Args;

/// What is reviewed.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where the reviewers stand.
    pub(crate) setting: Setting,
    /// What they look at.
    pub(crate) artefact: Artefact,
    /// The files and folders to look at, relative to the work tree: the changed ones of a diff.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether there is a diff with any text in it.
    diff_says_something: bool,
}

impl Target {
    pub(crate) async fn of(args: &Args) -> anyhow::Result<Self> {
        if args.paths.is_empty() && args.diff.is_none() {
            let paths = vec![PathBuf::from(".")];
            return Ok(Self {
                setting: Setting::unpacked(sample::unpack)?,
                artefact: Artefact::paths(paths.clone()),
                paths,
                diff_says_something: false,
            });
        }
        let here = env::current_dir().context("the current directory cannot be used")?;
        let setting = Setting::here()?;
        let artefact = match &args.diff {
            Some(base) => Artefact::diff(base),
            None => Artefact::paths(args.paths.iter().map(|path| here.join(path))),
        };
        let snapshot = Snapshot::take(setting.work_tree(), &artefact).await?;
        let paths = match &snapshot.artefact {
            Artefact::Paths(paths) => paths.clone(),
            _ => snapshot.changed.clone(),
        };
        if snapshot.files == 0 && args.diff.is_none() {
            anyhow::bail!("{artefact} holds no file to review");
        }
        Ok(Self {
            setting,
            artefact: snapshot.artefact,
            paths,
            diff_says_something: snapshot.diff.is_some_and(|diff| !diff.is_empty()),
        })
    }

    /// Whether there is nothing to look at: programs need files, a model can also weigh what a diff takes away.
    pub(crate) fn is_empty(&self, agent: AgentChoice) -> bool {
        self.paths.is_empty() && (agent == AgentChoice::Tools || !self.diff_says_something)
    }

    /// Where tools may build, outside the work tree. The sample's goes with it; a user's own tree keeps its place in the
    /// state directory, so that the next review does not compile everything again.
    pub(crate) fn build_dir(&self) -> anyhow::Result<PathBuf> {
        if self.setting.is_sample() {
            return Ok(self.setting.private().join("build"));
        }
        let tree = Digest::of(self.setting.work_tree().as_os_str().as_encoded_bytes());
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
