//! Scripted workers: shell scripts that stand for a coding agent where no ordinary program can do the work.
//!
//! They really do it, on an example's own sample: they read their brief on standard input, read and change files, and
//! answer to the contract. They know nothing but the sample. Each is called scripted wherever it is named.

use orch_patterns::agent::Tool;

/// The name of the agent, and the label of the worker, of a scripted `role`.
pub fn name(role: &str) -> String {
    format!("scripted {role}")
}

/// The scripted worker of a `role`: `script` is run by a POSIX shell where the worker stands, with the brief on standard
/// input and `words` as its arguments. What it prints is its answer.
pub fn scripted(role: &str, script: &str, words: &[&str]) -> Tool {
    Tool::new(name(role), "sh")
        .args(["-c", script, "scripted"])
        .args(words)
        .prompt_on_stdin()
        .install("a POSIX shell is part of every system")
}
