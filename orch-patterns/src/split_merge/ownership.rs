//! Who owns which paths: found out, and refused where two would own one, before anything starts.

use std::path::{Path, PathBuf};

use orch_core::{Cx, Error, Halt, Result, plain};
use orch_prompts::{Slice, Slices};

use super::conflict::path_line;
use super::merge::Merge;

/// The paths of a split-merge, each owned once. Its root is the empty path.
#[derive(Debug)]
pub(super) struct Ownership {
    /// Everything that may be written: the slices' paths, and the file that sections go into.
    pub(super) paths: Vec<PathBuf>,
}

impl Ownership {
    /// Finds out who owns what.
    ///
    /// # Errors
    /// [`Halt::Misuse`] names the slices that cannot be handed out as they are.
    pub(super) fn survey(cx: &Cx, slices: &Slices, merge: &Merge) -> Result<Self> {
        if slices.is_empty() {
            return Err(misuse("it has no slice: name at least one"));
        }
        labels_differ(slices)?;
        let mut owned: Vec<(String, PathBuf)> = Vec::new();
        let sections: Vec<&Slice> = slices.iter().filter(|slice| slice.is_section()).collect();
        match (&merge.text, sections.as_slice()) {
            (None, []) => {}
            (None, [first, ..]) => {
                let named = sections
                    .iter()
                    .map(|slice| name(slice))
                    .collect::<Vec<_>>()
                    .join(", ");
                let what = if sections.len() == 1 { "slice" } else { "slices" };
                return Err(misuse(&format!(
                    "{what} {named} own no path, and nothing says into which file their text goes: give {} paths, or \
                     merge with Merge::text(path)",
                    name(first)
                )));
            }
            (Some(text), []) => {
                return Err(misuse(&format!(
                    "no slice is a section that could go into {}: add one with Slice::section, or merge with Merge::git()",
                    path_line(&text.path)
                )));
            }
            (Some(text), _) => {
                let who = format!("the file of the sections, {},", path_line(&text.path));
                let paths = surveyed(cx, &who, std::slice::from_ref(&text.path))?;
                if paths.iter().any(|path| path.as_os_str().is_empty()) {
                    return Err(misuse(&format!("{who} is the work tree itself: name a file")));
                }
                owned.extend(paths.into_iter().map(|path| (who.clone(), path)));
            }
        }
        for slice in slices.iter().filter(|slice| !slice.is_section()) {
            let who = format!("slice {}", name(slice));
            let paths = surveyed(cx, &who, &slice.paths)?;
            let taken = paths.iter().find_map(|path| {
                let other = owned.iter().find(|(_, other)| overlap(path, other))?;
                Some((path, other))
            });
            if let Some((path, (other, theirs))) = taken {
                return Err(misuse(&format!(
                    "{other} and {who} overlap: {} and {} would both be written; give every path to one slice",
                    shown(theirs),
                    shown(path)
                )));
            }
            owned.extend(paths.into_iter().map(|path| (who.clone(), path)));
        }
        let mut paths: Vec<PathBuf> = owned.into_iter().map(|(_, path)| path).collect();
        paths.sort();
        Ok(Self { paths })
    }

    /// The paths as a desk and a worker are asked for them.
    pub(super) fn named(&self) -> Vec<PathBuf> {
        let named = |path: &PathBuf| match path.as_os_str() {
            root if root.is_empty() => PathBuf::from("."),
            _ => path.clone(),
        };
        self.paths.iter().map(named).collect()
    }
}

fn labels_differ(slices: &Slices) -> Result<()> {
    for (index, slice) in slices.iter().enumerate() {
        if slice.label.trim().is_empty() {
            return Err(misuse(&format!(
                "slice {} of {} has no label: name it, so that it can be told from the others",
                index + 1,
                slices.len()
            )));
        }
        let before = &slices.as_slice()[..index];
        if let Some(first) = before.iter().position(|other| other.label == slice.label) {
            return Err(misuse(&format!(
                "slices {} and {} are both labelled {}: give each a label of its own",
                first + 1,
                index + 1,
                name(slice)
            )));
        }
    }
    Ok(())
}

/// What a desk of these paths would lease. The handle's own reasons, with the slice's name before them.
fn surveyed(cx: &Cx, who: &str, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    cx.desk(paths).survey().map_err(|error| match error {
        Error::Halt(Halt::Misuse(why)) => misuse(&format!("{who} cannot be handed out: {why}")),
        other => other,
    })
}

fn overlap(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn shown(path: &Path) -> String {
    if path.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        path_line(path)
    }
}

fn name(slice: &Slice) -> String {
    plain::line(&slice.label, 200)
}

pub(super) fn misuse(why: &str) -> Error {
    Halt::Misuse(format!("split-merge: {why}")).into()
}
