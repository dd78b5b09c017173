//! How well findings are merged, on labelled data: the figures of `benches/findings/score_findings.py` beside the bars.
//!
//! The merger is the example `merge_findings`, started by the scorer as any program would be; it never sees the labels.
//! With `--leave-one-project-out` the settings are chosen on two projects and scored on the third, for each of the
//! three: what a project that nobody tuned on may expect.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::run;

mod bars;
mod grid;

use bars::{Figures, verdict};

/// What to score.
#[derive(Debug, Args, Default)]
pub(crate) struct Score {
    /// Chooses the settings on two projects and scores the third, for each: some minutes.
    #[arg(long)]
    leave_one_project_out: bool,
    /// Uses a build without optimisation, which the tests have made anyway.
    #[arg(long)]
    debug: bool,
}

impl Score {
    /// With the build that the tests have made.
    pub(crate) fn debug() -> Self {
        Self {
            debug: true,
            ..Self::default()
        }
    }
}

/// Builds the merger, scores it, and fails when a bar is missed.
pub(crate) fn run(root: &Path, asked: &Score) -> Result<()> {
    let scorer = Scorer::built(root, asked.debug)?;
    let missed = if asked.leave_one_project_out {
        grid::leave_one_project_out(&scorer, &root.join("target/score"))?
    } else {
        verdict(&scorer.figures(&scorer.data, &[])?)
    };
    ensure!(missed == 0, "{missed} of the bars are missed");
    Ok(())
}

/// The scorer, the data, and the program that is scored.
struct Scorer {
    script: PathBuf,
    data: PathBuf,
    merger: PathBuf,
}

impl Scorer {
    fn built(root: &Path, debug: bool) -> Result<Self> {
        if !run::is_there(Command::new("python3").arg("--version")) {
            bail!("the scorer needs python3, and there is none: install it");
        }
        let mut build = run::cargo();
        build.args(["build", "--quiet", "--package", "orch-examples"]);
        build.args(["--example", "merge_findings"]).current_dir(root);
        // A folder that the environment names would hide what is built.
        build.env("CARGO_TARGET_DIR", root.join("target"));
        if !debug {
            build.arg("--release");
        }
        run::check(&mut build)?;
        let profile = if debug { "debug" } else { "release" };
        let folder = root.join("benches/findings");
        Ok(Self {
            script: folder.join("score_findings.py"),
            data: folder.join("dev.jsonl"),
            merger: root.join("target").join(profile).join("examples/merge_findings"),
        })
    }

    /// The figures on this data, with these further arguments for the merger.
    fn figures(&self, data: &Path, arguments: &[String]) -> Result<Figures> {
        // The scorer splits the command as a shell does.
        let merger = self.merger.to_str().filter(|path| !path.contains('\''));
        let merger = merger.context("the path of the work tree has a quote in it or is no text")?;
        let output = Command::new("python3")
            .arg(&self.script)
            .arg(data)
            .args(["--run", &format!("'{merger}' {}", arguments.join(" "))])
            .stdin(Stdio::null())
            .output()
            .context("starting python3")?;
        if !output.status.success() {
            bail!(
                "the scorer failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Figures::read(&String::from_utf8_lossy(&output.stdout))
    }

    /// The data of each project in a file of its own, with the project's name.
    fn projects(&self, folder: &Path) -> Result<Vec<(String, PathBuf)>> {
        let data = fs::read_to_string(&self.data).context("reading the labelled findings")?;
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        let mut projects = Vec::new();
        for (name, lines) in grid::by_project(&data)? {
            let path = folder.join(format!("{name}.jsonl"));
            fs::write(&path, lines).with_context(|| format!("writing {}", path.display()))?;
            projects.push((name, path));
        }
        Ok(projects)
    }
}
