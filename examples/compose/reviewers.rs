//! Reviewers that are programs: a POSIX shell and awk. They print lines, and the findings are made of them here.

use orch_patterns::agent::{Tool, ToolOutput};
use orch_patterns::{Exit, Finding, Findings, Severity};

/// The name of the one that looks for words that stand twice.
pub(crate) const TWICE: &str = "twice";

/// The name of the one that looks for what somebody meant to come back to.
pub(crate) const UNFINISHED: &str = "unfinished";

/// Looks for words that stand twice.
pub(crate) fn twice() -> Tool {
    tool(TWICE, include_str!("twice.sh"), |seen| Finding {
        recommendation: "Take one of them out.".to_owned(),
        confidence: 0.9,
        ..Finding::new(format!("A word stands twice: {seen}")).severity(Severity::Low)
    })
}

/// Looks for what somebody meant to come back to.
pub(crate) fn unfinished() -> Tool {
    tool(UNFINISHED, include_str!("unfinished.sh"), |_| Finding {
        recommendation: "Decide it, and write it down.".to_owned(),
        confidence: 0.8,
        ..Finding::new("Something is not decided yet.").severity(Severity::Medium)
    })
}

/// The reviewer that a script is; `finding` says what the third field of a line of its output means.
fn tool(name: &'static str, script: &str, finding: fn(&str) -> Finding) -> Tool {
    Tool::new(name, "sh")
        .args(["-c", script, name])
        .prompt_on_stdin()
        .read(move |output: ToolOutput<'_>| {
            if output.exit != Exit::Code(0) {
                return Err(format!("{name} ended with {}", output.exit));
            }
            let found = |line: &str| {
                let mut fields = line.splitn(3, '\t');
                let (path, line, seen) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?);
                Some(Finding {
                    evidence: seen.to_owned(),
                    lens: name.to_owned(),
                    ..finding(seen).at(path, line)
                })
            };
            let findings = output.text().lines().filter_map(found).collect();
            serde_json::to_string(&Findings { findings }).map_err(|error| error.to_string())
        })
}
