//! What was found of one agent, for people and for programs.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::agent::{Hold, NotInstalled, Question, Reading, Skills};

/// What was found of one agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Checkup {
    /// The agent.
    pub agent: String,
    /// Its program; or, in words, where it was looked for and how to get it.
    #[serde(serialize_with = "program")]
    pub program: Result<PathBuf, NotInstalled>,
    /// What it can do beside answering.
    pub skills: Skills,
    /// What its program said.
    pub findings: Vec<Finding>,
}

/// What a program said to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The question.
    pub asks: Question,
    /// What its answer means.
    pub reading: Reading,
}

impl Checkup {
    /// Whether it can work, as far as is known: it is installed, and nothing bad was found.
    pub fn is_ready(&self) -> bool {
        let bad = |finding: &Finding| matches!(finding.reading, Reading::Bad { .. });
        self.program.is_ok() && !self.findings.iter().any(bad)
    }
}

impl fmt::Display for Checkup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (&self.program, self.is_ready()) {
            (Err(_), _) => "not installed",
            (Ok(_), true) => "ready",
            (Ok(_), false) => "not ready",
        };
        writeln!(f, "{}: {state}", self.agent)?;
        match &self.program {
            Ok(path) => writeln!(f, "  program  {}", path.display())?,
            Err(missing) => writeln!(f, "  program  {missing}")?,
        }
        for finding in &self.findings {
            let asks = finding.asks.to_string();
            match &finding.reading {
                Reading::Good(what) => writeln!(f, "  {asks:<8} {what}")?,
                Reading::Doubtful { what, remedy } => writeln!(f, "  {asks:<8} doubtful: {what}; {remedy}")?,
                Reading::Bad { what, remedy } => writeln!(f, "  {asks:<8} bad: {what}; {remedy}")?,
            }
        }
        let Skills {
            further_turns,
            web_search,
            schema,
            reader,
            ..
        } = self.skills;
        let reader = match reader {
            Hold::Enforced => "a sandbox of its own",
            Hold::ToolsWithheld => "tools that are withheld",
            Hold::Checked => "a look at what it changed",
        };
        let has = |has: bool| if has { "yes" } else { "no" };
        writeln!(
            f,
            "  skills   further turns {}, web search {}, takes a schema {}; readers are held by {reader}",
            has(further_turns),
            has(web_search),
            has(schema)
        )
    }
}

fn program<S: serde::Serializer>(
    program: &Result<PathBuf, NotInstalled>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Shown {
        Path(String),
        Missing(String),
    }
    let shown = match program {
        Ok(path) => Shown::Path(path.display().to_string()),
        Err(missing) => Shown::Missing(missing.to_string()),
    };
    shown.serialize(serializer)
}
