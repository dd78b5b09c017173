//! What is run.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long a check may take unless it says otherwise: a build and its tests.
const LIMIT: Duration = Duration::from_secs(600);

/// A command whose exit says whether something holds. It runs where the handle stands that it is asked of:
/// [`Cx::check`](crate::Cx::check).
///
/// Exit code 0 confirms and any other refutes. A command that cannot be started, takes too long or is killed found
/// nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use = "a check does nothing until it is asked of a handle"]
pub struct Check {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) passed: Vec<String>,
    pub(crate) limit: Duration,
}

/// A check by `program`: a path, or a name to look up in `PATH`. No shell is in between.
///
/// ```
/// use orch_core::check;
///
/// assert_eq!(check("cargo", ["test", "-p", "net"]).to_string(), "cargo test -p net");
/// ```
pub fn check<A: Into<String>>(program: impl Into<String>, arguments: impl IntoIterator<Item = A>) -> Check {
    Check {
        program: program.into(),
        arguments: arguments.into_iter().map(Into::into).collect(),
        variables: Vec::new(),
        passed: Vec::new(),
        limit: LIMIT,
    }
}

impl Check {
    /// How long it may take; ten minutes unless set.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Lets a variable of this program's environment through, beside the ordinary ones.
    pub fn pass_env(mut self, name: impl Into<String>) -> Self {
        self.passed.push(name.into());
        self
    }
}

impl fmt::Display for Check {
    /// The command as a person would type it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        for (index, word) in words.enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
            if !word.is_empty() && word.chars().all(plain) {
                f.write_str(word)?;
            } else {
                write!(f, "'{}'", crate::plain::line(word, 300).replace('\'', r"'\''"))?;
            }
        }
        Ok(())
    }
}
