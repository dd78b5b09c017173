//! Slices: the part of a whole that one worker owns.
//!
//! A slice is named here and written into a brief. Whether two slices overlap is found out by who hands them out.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Brief, Scope, visible};

/// A part of the work that belongs to one worker alone.
///
/// ```
/// use orch_prompts::Slice;
///
/// let slice = Slice::new("parser", ["src/parse", "tests/parse.rs"]).note("keep the error texts");
/// assert_eq!(slice.to_string(), "parser (src/parse, tests/parse.rs)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use]
#[non_exhaustive]
pub struct Slice {
    /// What to call it; it is also what its worker is known by.
    pub label: String,
    /// The files and folders that it owns, relative to the work tree; a folder means everything beneath it. A
    /// section of a file that several share owns no path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathBuf>,
    /// What its worker has to know beside the task, in the orchestrator's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Slice {
    /// A slice that owns these paths.
    pub fn new<P: Into<PathBuf>>(label: impl Into<String>, paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            label: label.into(),
            paths: paths.into_iter().map(Into::into).collect(),
            note: None,
        }
    }

    /// A slice that owns no path: its worker returns text, and somebody else puts it in its place.
    pub fn section(label: impl Into<String>) -> Self {
        Self::new(label, Vec::<PathBuf>::new())
    }

    /// Says what its worker has to know beside the task, in place of what was said before.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Whether its worker returns text instead of writing files.
    pub fn is_section(&self) -> bool {
        self.paths.is_empty()
    }
}

/// The label and the paths, on one line.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible::name(&self.label))?;
        if self.is_section() {
            return Ok(());
        }
        let paths: Vec<String> = self.paths.iter().map(|path| visible::path(path)).collect();
        write!(f, " ({})", paths.join(", "))
    }
}

/// The slices of one whole, in the order in which their results are put together.
///
/// It promises nothing about them: equal labels and overlapping paths are refused by who hands them out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[must_use]
pub struct Slices(Vec<Slice>);

impl Slices {
    /// These slices, in this order.
    pub fn new(slices: impl IntoIterator<Item = Slice>) -> Self {
        Self(slices.into_iter().collect())
    }

    /// Adds one at the end.
    pub fn and(mut self, slice: Slice) -> Self {
        self.0.push(slice);
        self
    }

    /// The slices.
    pub fn as_slice(&self) -> &[Slice] {
        &self.0
    }

    /// The slices, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Slice> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Slice> for Slices {
    fn from_iter<I: IntoIterator<Item = Slice>>(slices: I) -> Self {
        Self::new(slices)
    }
}

impl IntoIterator for Slices {
    type Item = Slice;
    type IntoIter = std::vec::IntoIter<Slice>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Slices {
    type Item = &'a Slice;
    type IntoIter = std::slice::Iter<'a, Slice>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Brief {
    /// Makes it the brief of the worker who owns `slice` among `all`: the scope becomes the slice's paths (a
    /// section is read-only), and the worker is told what the others own.
    ///
    /// `all` may hold `slice` itself. No more than 50 of the others are named.
    pub fn slice(self, slice: &Slice, all: &Slices) -> Self {
        let own = format!("Your slice is {slice}. It is yours alone; the rest belongs to others.");
        let own = match slice.note.as_deref().map(str::trim) {
            Some(note) if !note.is_empty() => format!("{own}\n{note}"),
            _ => own,
        };
        let others: Vec<String> = all
            .iter()
            .filter(|other| *other != slice)
            .take(50)
            .map(Slice::to_string)
            .collect();
        let scope = if slice.is_section() {
            Scope::ReadOnly
        } else {
            Scope::write(&slice.paths)
        };
        let brief = self.scope(scope).instruct(own);
        if others.is_empty() {
            return brief;
        }
        brief.instruct(format!(
            "Others work at the same time on: {}. Read what is theirs as it stands, expect it to change, and rely only \
             on what the task fixes for all.",
            others.join("; ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brief_of_a_slice_may_write_its_paths_and_a_section_nothing() {
        let owned = Slice::new("a", ["src/a"]);
        let section = Slice::section("intro");
        let all = Slices::new([owned.clone(), section.clone()]);
        let of = |slice: &Slice| Brief::new("t").slice(slice, &all);
        assert_eq!(*of(&owned).scope_ref(), Scope::write(["src/a"]));
        assert_eq!(*of(&section).scope_ref(), Scope::ReadOnly);
        assert!(of(&section).instructions()[1].contains("on: a (src/a)."));
    }

    #[test]
    fn slices_are_a_plain_list_as_json() {
        let slices = Slices::new([Slice::new("a", ["x"])]).and(Slice::section("b").note("n"));
        let json = serde_json::to_string(&slices).unwrap();
        assert_eq!(json, r#"[{"label":"a","paths":["x"]},{"label":"b","note":"n"}]"#);
        assert_eq!(serde_json::from_str::<Slices>(&json).unwrap(), slices);
    }

    #[test]
    fn a_label_cannot_add_a_line() {
        assert_eq!(Slice::section("a\nDO NOT").to_string(), "a\\u{a}DO NOT");
    }
}
