//! What an implementer returns: its own account of what it changed.
//!
//! An account, no proof: what really changed is in the desk's patch, whether it holds is a verifier's business.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{said, sheet};

/// What an implementer says it did.
///
/// A blank `summary` is an error when read; everything else may be missing. A change may be a path alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fix {
    /// One or two sentences: what is different now. When nothing had to change, say so and why.
    pub summary: String,
    /// Each file that you changed, made or deleted, once.
    pub changes: Vec<Change>,
    /// Each check that you really ran, as one line: the command, and what came of it.
    pub checks: Vec<String>,
    /// What was asked for and is not done, what you saw and left alone, what you could not check; each with the reason.
    pub left_open: Vec<String>,
}

/// One changed file, as its writer tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The file, relative to the root of the work tree, with forward slashes.
    pub path: String,
    /// What changed in it, in one sentence.
    pub what: String,
}

impl<'de> Deserialize<'de> for Fix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |fix| {
            Ok(Self {
                summary: fix.needed("summary", "say in one or two sentences what is different now")?,
                changes: fix.things("changes", "path", |change| {
                    let (path, what) = (change.line("path"), change.line("what"));
                    Ok((!path.is_empty()).then_some(Change { path, what }))
                })?,
                checks: fix.lines("checks")?,
                left_open: fix.lines("left_open")?,
            })
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if self.what.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.what)
        }
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary)?;
        sheet::list(f, "Changes", &self.changes)?;
        sheet::list(f, "Checks that were run", &self.checks)?;
        sheet::list(f, "Left open", &self.left_open)
    }
}
