//! Settings chosen on some projects and scored on another.
//!
//! Three knobs are searched, on a grid that was written down before it was scored; the rest of the merger is as it is.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use anyhow::{Context as _, Result, bail, ensure};

use super::Scorer;
use super::bars::Bar;

/// What a step of the grid is called by the merger, and its values.
const GRID: [(&str, &[&str]); 3] = [
    ("--join-at", &["0.06", "0.08", "0.1", "0.12", "0.14"]),
    ("--few-sources", &["0.1", "0.2", "0.3", "0.4", "0.5"]),
    ("--late", &["0.003", "0.0065", "0.01"]),
];

/// Scores every project with the settings that suit the others best; gives the number of bars that are missed.
pub(super) fn leave_one_project_out(scorer: &Scorer, folder: &Path) -> Result<usize> {
    let projects = scorer.projects(folder)?;
    let settings = settings();
    println!("{} projects, {} settings", projects.len(), settings.len());
    // Scoring waits for the scorer's process: a thread a project keeps a few processors busy.
    let hard: Vec<Vec<f64>> = thread::scope(|scope| {
        let scoring: Vec<_> = projects
            .iter()
            .map(|(name, data)| (name, scope.spawn(|| hard_of_each(scorer, data, &settings))))
            .collect();
        let hard = scoring.into_iter().map(|(name, project)| {
            let figures = project.join().unwrap_or_else(|_| bail!("scoring panicked"));
            figures.with_context(|| format!("scoring {name}"))
        });
        hard.collect::<Result<_>>()
    })?;
    let mut sum = 0.0;
    for (at, (name, _)) in projects.iter().enumerate() {
        let best = best_without(&hard, at).context("there is no setting")?;
        println!(
            "{name:<10} hard F1 {:.3}  with {}",
            hard[at][best],
            settings[best].join(" ")
        );
        sum += hard[at][best];
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of projects")]
    let mean = sum / projects.len() as f64;
    let bar = Bar::at_least("mean hard F1", mean, 0.84);
    println!("\n{}", bar.line());
    Ok(usize::from(!bar.holds()))
}

/// The hard F1 of one project under each setting.
fn hard_of_each(scorer: &Scorer, data: &Path, settings: &[Vec<String>]) -> Result<Vec<f64>> {
    let hard = |setting: &Vec<String>| Ok(scorer.figures(data, setting)?.hard);
    settings.iter().map(hard).collect()
}

/// Every point of the grid, as arguments.
fn settings() -> Vec<Vec<String>> {
    let mut points: Vec<Vec<String>> = vec![Vec::new()];
    for (flag, values) in GRID {
        let with = |point: &Vec<String>, value: &&str| {
            let mut point = point.clone();
            point.extend([flag.to_owned(), (*value).to_owned()]);
            point
        };
        points = points
            .iter()
            .flat_map(|point| values.iter().map(move |value| with(point, value)))
            .collect();
    }
    points
}

/// The setting with the best mean over all projects but one; of equals the first.
fn best_without(hard: &[Vec<f64>], left_out: usize) -> Option<usize> {
    let count = hard.first()?.len();
    let others = |setting: usize| -> f64 {
        let rows = hard.iter().enumerate().filter(|(at, _)| *at != left_out);
        rows.map(|(_, figures)| figures[setting]).sum()
    };
    (0..count).rev().max_by(|a, b| others(*a).total_cmp(&others(*b)))
}

/// The lines of each project. Its name is the value of `repo`, which must be fit for a file's name.
pub(super) fn by_project(data: &str) -> Result<BTreeMap<String, String>> {
    let mut projects: BTreeMap<String, String> = BTreeMap::new();
    for (number, line) in (1..).zip(data.lines()) {
        let name = line
            .split_once("\"repo\": \"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(name, _)| name)
            .with_context(|| format!("line {number} of the data names no project in `repo`"))?;
        let fit = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        ensure!(
            name.chars().all(fit),
            "line {number}: the project's name is no name for a file"
        );
        let lines = projects.entry(name.to_owned()).or_default();
        lines.push_str(line);
        lines.push('\n');
    }
    Ok(projects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_has_every_combination_once() {
        let all = settings();
        assert_eq!(all.len(), 75);
        assert_eq!(all[0].join(" "), "--join-at 0.06 --few-sources 0.1 --late 0.003");
        let different: std::collections::BTreeSet<&Vec<String>> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn what_is_left_out_does_not_choose() {
        let hard = [vec![0.1, 0.9], vec![0.8, 0.2], vec![0.7, 0.6]];
        assert_eq!(best_without(&hard, 0), Some(0));
        assert_eq!(best_without(&hard, 1), Some(1));
        assert_eq!(best_without(&[vec![0.5, 0.5], vec![0.5, 0.5]], 0), Some(0));
        assert_eq!(best_without(&[], 0), None);
    }

    #[test]
    fn lines_go_to_their_projects() {
        let data = "{\"repo\": \"a\", \"n\": 1}\n{\"repo\": \"b\"}\n{\"repo\": \"a\", \"n\": 2}\n";
        let projects = by_project(data).unwrap();
        assert_eq!(
            projects["a"],
            "{\"repo\": \"a\", \"n\": 1}\n{\"repo\": \"a\", \"n\": 2}\n"
        );
        assert_eq!(projects.len(), 2);
        assert!(by_project("{}").is_err());
        assert!(by_project("{\"repo\": \"../a\"}").is_err());
    }
}
