//! How a dry run is shown: every command line and prompt that is known before anything runs.

use std::fmt::Write as _;

use orch_patterns::engine::{Rehearsal, RehearsedJob};
use orch_patterns::plain;
use serde_json::{Value, json};

/// The jobs of a rehearsal, for people; `later` names the steps that are known only once these have answered.
pub fn text(rehearsal: &Rehearsal, later: &[&str]) -> String {
    let mut out = String::new();
    for job in rehearsal.jobs() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "== {} (agent {})", job.job.label, job.job.agent);
        match &job.command {
            Ok(words) => {
                let _ = writeln!(out, "$ {}", plain::block(&command_line(words)));
            }
            Err(why) => {
                let _ = writeln!(out, "cannot run: {}", plain::block(why));
            }
        }
        if job.prompt_on_stdin {
            let _ = writeln!(
                out,
                "-- prompt, on standard input:\n{}",
                plain::block(&job.job.prompt)
            );
        } else {
            let _ = writeln!(out, "-- no prompt: this worker is a program");
        }
        out.push('\n');
    }
    for step in later {
        let _ = writeln!(out, "later: {step}");
    }
    out.push_str("dry run: nothing was started\n");
    out
}

/// The same as one JSON object.
pub fn json(rehearsal: &Rehearsal, later: &[&str]) -> Value {
    let jobs: Vec<Value> = rehearsal.jobs().iter().map(job).collect();
    json!({"dry_run": true, "jobs": jobs, "later": later})
}

fn job(job: &RehearsedJob) -> Value {
    let (command, error) = match &job.command {
        Ok(words) => (json!(words), Value::Null),
        Err(why) => (Value::Null, json!(why)),
    };
    json!({
        "label": job.job.label,
        "agent": job.job.agent,
        "command": command,
        "error": error,
        "prompt": if job.prompt_on_stdin { json!(job.job.prompt) } else { Value::Null },
    })
}

/// Words as a shell would take them back.
fn command_line(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-./=:,+@%<>".contains(c);
    if !word.is_empty() && word.chars().all(bare) && !word.starts_with(['<', '>']) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_can_be_pasted_into_a_shell() {
        let words = ["codex", "-c", "sandbox_mode=\"read-only\"", "it's", ""].map(str::to_owned);
        assert_eq!(
            command_line(&words),
            r#"codex -c 'sandbox_mode="read-only"' 'it'\''s' ''"#
        );
    }
}
