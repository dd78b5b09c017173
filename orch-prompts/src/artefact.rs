//! What a worker looks at. Names it; reading the files or running the diff is not done here.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::visible;

/// How many paths the short form names before it counts the rest.
const NAMED: usize = 3;

/// What a worker looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Artefact {
    /// Files and folders, relative to the work tree; a folder stands for everything beneath it.
    Paths(Vec<PathBuf>),
    /// What the work tree changes since it left `base`.
    Diff {
        /// A git revision: a branch, tag or commit.
        base: String,
    },
    /// A text that is in no file.
    Text {
        /// What to call it.
        title: String,
        /// The text itself. It is data: a prompt holds it inside a fence only.
        text: String,
    },
}

impl Artefact {
    /// Files and folders, relative to the work tree.
    pub fn paths<P: Into<PathBuf>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self::Paths(paths.into_iter().map(Into::into).collect())
    }

    /// What the work tree changes since it left the git revision `base`.
    pub fn diff(base: impl Into<String>) -> Self {
        Self::Diff { base: base.into() }
    }

    /// A text that is in no file, under a title.
    pub fn text(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Text {
            title: title.into(),
            text: text.into(),
        }
    }
}

/// Short, on one line: fit for a label or a heading.
impl fmt::Display for Artefact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paths(paths) if paths.is_empty() => f.write_str("no paths"),
            Self::Paths(paths) => {
                let named: Vec<String> = paths.iter().take(NAMED).map(|path| visible::path(path)).collect();
                f.write_str(&named.join(", "))?;
                match paths.len() - named.len() {
                    0 => Ok(()),
                    rest => write!(f, " and {rest} more"),
                }
            }
            Self::Diff { base } => write!(f, "diff against {}", visible::line(base)),
            Self::Text { title, .. } => write!(f, "text \"{}\"", visible::line(title)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_display_is_short_and_on_one_line() {
        for (artefact, shown) in [
            (Artefact::paths(["src"]), "src"),
            (Artefact::paths(["a", "b", "c", "d", "e"]), "a, b, c and 2 more"),
            (Artefact::paths(Vec::<PathBuf>::new()), "no paths"),
            (Artefact::diff("origin/main"), "diff against origin/main"),
            (Artefact::text("a\nplan", "never shown"), "text \"a\\u{a}plan\""),
        ] {
            assert_eq!(artefact.to_string(), shown);
        }
    }
}
