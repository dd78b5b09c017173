//! A work tree as it is looked at: which files there are, which were touched, and which are nobody's work.
//!
//! It reads and decides nothing.

use std::path::{Path, PathBuf};

mod extent;
mod git_places;
mod rules;
mod traces;

pub(crate) use extent::Extent;
pub(crate) use git_places::{GitPlaces, is_obeyed_within, nested_git_of, obeyed_in};
pub(crate) use rules::Rules;
pub(crate) use traces::{Look, NotLooked, Trace, Traces};

/// Folders that are nobody's work: versions, dependencies and build output.
pub(crate) const NOT_WORK: [&str; 5] = [".git", ".hg", ".svn", "node_modules", "target"];

/// Whether `folder` has the name of what is nobody's work.
pub(crate) fn is_not_work(folder: &Path) -> bool {
    let name = folder.file_name();
    name.is_some_and(|name| NOT_WORK.iter().any(|other| name == *other))
}

/// The most paths that a person is told at once.
const NAMED: usize = 12;

/// `paths` for a person: the first of them, and how many more there are.
pub(crate) fn named(paths: &[PathBuf]) -> String {
    let shown = paths.iter().take(NAMED);
    let shown: Vec<String> = shown
        .map(|path| crate::plain::line(&path.to_string_lossy(), 200))
        .collect();
    let more = match paths.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}
