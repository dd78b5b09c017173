//! The composition: a review, a gate, and a split-merge that is built from what was approved.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orch_examples::gate;
use orch_examples::within::file_within;
use orch_patterns::prelude::*;
use orch_patterns::{Check, Coverage, Material, Missing};

/// What is asked for. An input of our own, so that a note of the gate's does not get lost: `Revise` says where it goes.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// What is reviewed, and all that may be written: files and folders of the work tree.
    pub(crate) paths: Vec<PathBuf>,
    /// What whoever decides wants to be different, all revisions so far.
    pub(crate) notes: Vec<String>,
}

/// What a person approved: a review, and what they said about it.
#[derive(Debug, Clone)]
pub(crate) struct Agreed {
    pub(crate) review: Review,
    pub(crate) coverage: Coverage,
    pub(crate) missing: Vec<Missing>,
    paths: Vec<PathBuf>,
    notes: Vec<String>,
}

/// What comes out in the end.
#[derive(Debug)]
pub(crate) struct Mended {
    pub(crate) agreed: Agreed,
    /// None when nothing was found in any file, and so nobody was started.
    pub(crate) whole: Option<Covered<Whole>>,
}

/// Who does what.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) reviewers: Vec<Reviewer>,
    pub(crate) writer: String,
    pub(crate) at_most: usize,
    pub(crate) check: Option<Check>,
    pub(crate) asks: bool,
}

impl Revise for Request {
    fn revise(mut self, note: &str) -> Self {
        self.notes.push(note.to_owned());
        self
    }
}

/// Review it; have the review approved; let one writer for each file mend what was found there; check the whole.
pub(crate) fn mend(parts: Parts) -> impl Pattern<In = Request, Out = Mended> {
    let asks = parts.asks;
    review(parts.reviewers.clone())
        .gate(move |_cx: Cx, agreed: Arc<Agreed>| async move {
            Ok(if asks {
                gate::ask(&agreed.review.to_string()).await
            } else {
                Decision::Approve
            })
        })
        .then(step(move |cx: Cx, agreed: Agreed| {
            let parts = parts.clone();
            async move { split(&cx, agreed, &parts).await }
        }))
}

/// The review as a step: a ready-made pattern is run on a part of the input, and the rest goes on beside its output.
fn review(reviewers: Vec<Reviewer>) -> impl Pattern<In = Request, Out = Agreed> {
    let fanout = ReviewFanout::new(reviewers);
    step(move |cx: Cx, request: Request| {
        let fanout = fanout.clone();
        async move {
            let covered = fanout
                .run(&cx, Artefact::paths(request.paths.iter().cloned()))
                .await?;
            let (coverage, missing) = (covered.coverage(), covered.missing().to_vec());
            Ok(Agreed {
                review: covered.require(Quorum::at_least(1))?,
                coverage,
                missing,
                paths: request.paths,
                notes: request.notes,
            })
        }
    })
}

/// A pattern is a value: this one is built when it is known what was found, with one slice for each file.
async fn split(cx: &Cx, agreed: Agreed, parts: &Parts) -> Result<Mended> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in &agreed.review.items {
        let finding = &item.primary;
        let Some(path) = finding
            .path
            .as_deref()
            .and_then(|said| slice(cx, &agreed.paths, said))
        else {
            continue;
        };
        let line = finding
            .line
            .map_or(String::new(), |line| format!("line {line}: "));
        let words = format!("{line}{} {}", finding.claim, finding.recommendation);
        found.entry(path).or_default().push(words);
    }
    if found.is_empty() {
        return Ok(Mended { agreed, whole: None });
    }
    let slices: Slices = found.keys().map(|path| Slice::new(path, [path])).collect();
    let notes = agreed.notes.clone();
    let mut pattern = SplitMerge::new(move |slice: &Slice| {
        // What reviewers said is data and stands in a fence; what the person at the gate said is an instruction.
        let findings = found.get(&slice.label).map(|lines| lines.join("\n"));
        let findings = Material::new("findings", "reviewers", findings.unwrap_or_default());
        let brief = Brief::new(
            "Mend what the findings under MATERIAL name in your file, and leave open what you cannot know.",
        );
        notes.iter().fold(brief.material(findings), Brief::instruct)
    })
    .agent(&parts.writer)
    .at_most(parts.at_most);
    if let Some(check) = &parts.check {
        pattern = pattern.check_whole(check.clone());
    }
    let whole = pattern.run(cx, slices).await?;
    Ok(Mended {
        agreed,
        whole: Some(whole),
    })
}

/// The slice that a reviewer's path is. The path is a worker's word: it chooses among the files that the user gave. One
/// of which no desk can be had stays a finding, and nothing of the review is lost by it.
fn slice(cx: &Cx, given: &[PathBuf], said: &str) -> Option<String> {
    let file = file_within(cx.work_tree(), given, Path::new(said))?;
    cx.desk([&file]).survey().ok()?;
    let label = file.into_os_string().into_string().ok()?;
    (!label.trim().is_empty()).then_some(label)
}
