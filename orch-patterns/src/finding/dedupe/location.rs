//! Where findings are, and what two places say about whether they are one defect.
//!
//! No file is read: paths are compared as text, after lexical clean-up. Symbols are matched as wording, by the
//! identifiers in the texts.

use super::super::Finding;

/// Lines of one file that are further apart than this are never one defect, whatever the words: reviewers differ
/// about the line of a defect by a function, not by a page.
const REACH: u32 = 25;

/// A normalised place. Ordered by path, then line; nowhere is first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) path: Option<String>,
    pub(super) line: Option<u32>,
}

/// What two places say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bearing {
    /// Different files, or lines too far apart: never one defect.
    Apart,
    /// The same file, this many lines apart, within the window.
    Near(u32),
    /// The same file, this many lines beyond the window.
    Far(u32),
    /// One of them does not say: words decide.
    Open,
}

impl Place {
    pub(super) fn of(finding: &Finding) -> Self {
        let Some((path, suffix_line)) = finding.path.as_deref().and_then(normalise) else {
            return Self::default();
        };
        Self {
            path: Some(path),
            line: finding.line.filter(|line| *line > 0).or(suffix_line),
        }
    }

    /// `window`: how many lines apart two reports of one defect may be.
    pub(super) fn bearing(&self, other: &Self, window: u32) -> Bearing {
        match (&self.path, &other.path) {
            (Some(a), Some(b)) if a != b => Bearing::Apart,
            (Some(_), Some(_)) => match (self.line, other.line) {
                (Some(a), Some(b)) if a.abs_diff(b) <= window => Bearing::Near(a.abs_diff(b)),
                (Some(a), Some(b)) if a.abs_diff(b) <= window.saturating_add(REACH) => {
                    Bearing::Far(a.abs_diff(b) - window)
                }
                (Some(_), Some(_)) => Bearing::Apart,
                _ => Bearing::Open,
            },
            _ => Bearing::Open,
        }
    }
}

/// `./a//b/../c.rs:12` to `a/c.rs` and line 12. An absolute path stays absolute, and so differs from a relative one:
/// what it is relative to is not known here. `None` for a path that names nothing.
fn normalise(path: &str) -> Option<(String, Option<u32>)> {
    let (path, line) = split_line(path.trim());
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    (!parts.is_empty()).then(|| (format!("{root}{}", parts.join("/")), line))
}

/// Takes a trailing `:12` or `:12:5` off a path.
fn split_line(path: &str) -> (&str, Option<u32>) {
    let number = |text: &str| text.parse::<u32>().ok().filter(|line| *line > 0);
    let Some((rest, last)) = path.rsplit_once(':') else {
        return (path, None);
    };
    let Some(last) = number(last) else {
        return (path, None);
    };
    match rest
        .rsplit_once(':')
        .and_then(|(file, line)| Some((file, number(line)?)))
    {
        Some((file, line)) => (file, Some(line)),
        None => (rest, Some(last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str, line: u32) -> Place {
        Place::of(&Finding::new("x").at(path, line))
    }

    #[test]
    fn spellings_of_one_path_are_one_place() {
        for path in [
            "src/a.rs",
            "./src/a.rs",
            "src//a.rs",
            "src/./a.rs",
            "src/b/../a.rs",
            " src/a.rs ",
            "src\\a.rs",
        ] {
            assert_eq!(place(path, 7), place("src/a.rs", 7), "{path}");
        }
        assert_ne!(place("/src/a.rs", 7), place("src/a.rs", 7));
        assert_ne!(place("../a.rs", 7), place("a.rs", 7));
        assert_ne!(place("../../a.rs", 7), place("a.rs", 7));
    }

    #[test]
    fn a_line_in_the_path_is_used_when_there_is_no_other() {
        assert_eq!(place("src/a.rs:12", 0), place("src/a.rs", 12));
        assert_eq!(place("src/a.rs:12:5", 0), place("src/a.rs", 12));
        assert_eq!(place("src/a.rs:12", 3), place("src/a.rs", 3));
        assert_eq!(place("C:/a.rs", 0).line, None);
    }

    #[test]
    fn a_path_that_names_nothing_is_no_place() {
        for path in ["", ".", "./", "/", "  "] {
            assert_eq!(place(path, 4), Place::default(), "{path:?}");
        }
    }

    #[test]
    fn bearings() {
        let at = |line| place("a", line);
        assert_eq!(at(10).bearing(&at(13), 3), Bearing::Near(3));
        assert_eq!(at(14).bearing(&at(10), 3), Bearing::Far(1));
        assert_eq!(at(10).bearing(&at(10 + 3 + REACH), 3), Bearing::Far(REACH));
        assert_eq!(at(10).bearing(&at(10 + 4 + REACH), 3), Bearing::Apart);
        assert_eq!(at(10).bearing(&place("b", 10), 3), Bearing::Apart);
        assert_eq!(at(10).bearing(&at(0), 3), Bearing::Open);
        assert_eq!(at(10).bearing(&Place::default(), 3), Bearing::Open);
        assert_eq!(
            at(1).bearing(&at(u32::MAX), u32::MAX),
            Bearing::Near(u32::MAX - 1)
        );
    }
}
