//! Split-merge with scripted workers at real desks of real repositories.

mod apart;
mod failing;
mod real;
mod refused;
mod story;
mod text;

use std::fs;
use std::path::PathBuf;

use orch_core::agent::Tool;
use orch_patterns::engine::Job;
use orch_patterns::prelude::*;
use orch_patterns::{Builder, Part, StateDir};
use orch_testkit::memory_engine::{MemoryEngine, Play};

use crate::house::House;

/// A writer's report.
pub(crate) const REPORT: &str =
    r#"{"summary":"It is done.","changes":[],"checks":[],"left_open":["a word for the others"]}"#;

/// A repository with the folders `a`, `b` and `c`, and workers that play.
pub(crate) struct Parts {
    pub(crate) house: House,
    pub(crate) orch: Orchestrator,
    pub(crate) engine: MemoryEngine,
}

impl Parts {
    pub(crate) fn new(script: impl Fn(&str, &Job) -> Play + Send + Sync + 'static) -> Self {
        Self::with(House::new(), script, |builder| builder)
    }

    pub(crate) fn with(
        house: House,
        script: impl Fn(&str, &Job) -> Play + Send + Sync + 'static,
        configure: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        for folder in ["a", "b", "c"] {
            fs::create_dir(house.tree.join(folder)).unwrap();
            fs::write(house.tree.join(folder).join("x"), "1\n2\n3\n4\n5\n").unwrap();
        }
        if house.tree.join(".git").exists() {
            house.commit_all();
        }
        let engine = MemoryEngine::new(move |job| script(&slice_of(job), job));
        let builder = Orchestrator::builder(&house.tree)
            .agent(Tool::new("scripted", "true"))
            .engine(engine.clone())
            .max_parallel(8)
            .state_dir(StateDir::at(house.root.path().join("state")))
            .observe(house.seen.clone());
        let orch = configure(builder).build().unwrap();
        Self { house, orch, engine }
    }

    pub(crate) async fn run(&self, pattern: &SplitMerge, slices: Slices) -> Covered<Whole> {
        let covered = self.orch.run(pattern, slices).await.unwrap();
        assert_eq!(
            self.house.status(),
            "",
            "the user's tree is clean until the patch is applied"
        );
        covered
    }

    pub(crate) fn prompt_of(&self, slice: &str) -> String {
        let jobs = self.engine.jobs();
        let job = jobs.iter().find(|job| slice_of(job) == slice).unwrap();
        job.prompt.clone()
    }

    fn is_clear(&self) {
        let state = self.house.root.path().join("state");
        for kind in ["runs", "patches"] {
            let left = fs::read_dir(state.join(kind)).map_or(0, Iterator::count);
            assert_eq!(left, 0, "{kind}: nothing private is left");
        }
    }
}

/// The slice that a job is about; `merge` for the merging worker.
pub(crate) fn slice_of(job: &Job) -> String {
    if job.label.ends_with("Merge") {
        return "merge".to_owned();
    }
    let told = job.prompt.split("Your slice is ").nth(1).unwrap();
    let end = told.find([' ', '.']).unwrap();
    told[..end].to_owned()
}

/// A worker that writes these files where it stands, then reports.
pub(crate) fn writes(job: &Job, files: &[(&str, &str)]) -> Play {
    answers_and_writes(job, files, REPORT)
}

pub(crate) fn answers_and_writes(job: &Job, files: &[(&str, &str)], report: &str) -> Play {
    let own = |(name, text): &(&str, &str)| (job.work_tree.join(name), (*text).to_owned());
    let files: Vec<(PathBuf, String)> = files.iter().map(own).collect();
    let write = move || {
        for (path, text) in &files {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        std::future::ready(())
    };
    Play::answer_after(write, report)
}

pub(crate) fn slices(labels: &[&str]) -> Slices {
    labels.iter().map(|label| Slice::new(*label, [*label])).collect()
}

pub(crate) fn pattern() -> SplitMerge {
    SplitMerge::new(|_: &Slice| Brief::new("Port your folder."))
}

pub(crate) fn files(whole: &Whole) -> Vec<String> {
    let files = whole.patch().files();
    files.map(|path| path.display().to_string()).collect()
}

fn part<'w>(whole: &'w Whole, label: &str) -> &'w Part {
    let mut items = whole.items();
    items.find(|(slice, _)| slice.label == label).unwrap().1
}

fn why(part: &Part) -> &Unfinished {
    match &part.outcome {
        Outcome::Unfinished(why) => why,
        Outcome::Done(report) => panic!("{report:?}"),
    }
}
