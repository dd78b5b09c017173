//! What a proposer returns: one answer to a question, concrete enough to begin with.
//!
//! It does not say who made it or from which stance, so that it can be judged without that.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{said, sheet};

/// One option.
///
/// A blank `title` or `approach` is an error when read; everything else may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proposal {
    /// What it is, in at most ten words.
    pub title: String,
    /// Two or three sentences: the idea, and why it answers the question.
    pub summary: String,
    /// How it is carried out, step by step, so that somebody else could begin.
    pub approach: String,
    /// What it costs and what it gives up, each in one sentence.
    pub trade_offs: Vec<String>,
    /// What could go wrong, each with the sign by which one would notice.
    pub risks: Vec<String>,
    /// How to see that it works: a command, or something that can be observed. Null when there is none.
    pub check: Option<String>,
}

impl Proposal {
    /// A proposal with a title and an approach.
    pub fn new(title: impl Into<String>, approach: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            approach: approach.into(),
            ..Self::default()
        }
    }
}

impl<'de> Deserialize<'de> for Proposal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            Ok(Self {
                title: said.needed("title", "say in at most ten words what it is")?,
                summary: said.text("summary"),
                approach: said.needed_text("approach", "say how it is carried out, step by step")?,
                trade_offs: said.lines("trade_offs")?,
                risks: said.lines("risks")?,
                check: said.some_line("check"),
            })
        })
    }
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        if !self.summary.is_empty() {
            writeln!(f, "{}", self.summary)?;
        }
        writeln!(f, "Approach:\n{}", self.approach)?;
        sheet::list(f, "Trade-offs", &self.trade_offs)?;
        sheet::list(f, "Risks", &self.risks)?;
        sheet::list(f, "Check", &self.check)
    }
}
