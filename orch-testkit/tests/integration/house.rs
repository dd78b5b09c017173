//! A work tree for a test, its orchestrator, and a writer for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use orch_core::agent::Tool;
use orch_core::{Cx, Orchestrator, Result, StateDir, Worker, Writer};
use orch_patterns::step;
use orch_prompts::Brief;

use crate::stages::Seen;

/// A work tree with some files, and an orchestrator whose worker is a shell script.
pub(crate) struct House {
    pub(crate) root: tempfile::TempDir,
    pub(crate) tree: PathBuf,
    pub(crate) seen: Seen,
}

impl House {
    /// A work tree that is no repository.
    pub(crate) fn plain() -> Self {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().canonicalize().unwrap().join("tree");
        fs::create_dir_all(tree.join("src")).unwrap();
        let files = [
            ("src/a.rs", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
            ("src/gone.rs", "gone\n"),
            ("other.txt", "other\n"),
            (".gitignore", "/build\n"),
        ];
        for (name, text) in files {
            fs::write(tree.join(name), text).unwrap();
        }
        let seen = Seen::default();
        Self { root, tree, seen }
    }

    /// A repository with one commit.
    pub(crate) fn new() -> Self {
        let house = Self::plain();
        git(&house.tree, &["init", "-q", "-b", "main"]);
        house.commit_all();
        house
    }

    pub(crate) fn commit_all(&self) {
        git(&self.tree, &["add", "-A"]);
        git(&self.tree, &["commit", "-q", "-m", "all"]);
    }

    /// An orchestrator whose agent `sh` runs `script`.
    pub(crate) fn orch(&self, script: &str) -> Orchestrator {
        self.orch_of(Tool::new("sh", "/bin/sh").args(["-c", script]))
    }

    pub(crate) fn orch_of(&self, agent: impl orch_core::agent::Agent) -> Orchestrator {
        Orchestrator::builder(&self.tree)
            .agent(agent)
            .state_dir(StateDir::at(self.root.path().join("state")))
            .observe(self.seen.clone())
            .build()
            .unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.tree.join(name)).unwrap()
    }

    pub(crate) fn status(&self) -> String {
        git(&self.tree, &["status", "--porcelain"])
    }

    pub(crate) fn private_places(&self) -> usize {
        let count = |kind| fs::read_dir(self.root.path().join("state").join(kind)).map_or(0, Iterator::count);
        count("runs") + count("patches")
    }
}

pub(crate) fn git(tree: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=T", "-c", "user.email=t@localhost"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .current_dir(tree)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn writer(paths: &[&str]) -> Worker<(), String, Writer> {
    Worker::new(|(): &()| Brief::new("Change it.")).writes(paths)
}

/// What `body` returns, run as a pattern.
pub(crate) async fn within<O, F>(orch: &Orchestrator, body: impl Fn(Cx) -> F + Send + Sync) -> Result<O>
where
    O: Send + 'static,
    F: Future<Output = Result<O>> + Send,
{
    orch.run(&step(|cx: Cx, ()| body(cx)), ()).await
}
