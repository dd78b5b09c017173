//! A program that tidies Markdown, as a worker: it writes only what its brief says is its own.

use orch_patterns::agent::Tool;

/// The name of the worker.
pub const NAME: &str = "tidy";

/// The worker: a POSIX shell, awk and find. No model is asked.
pub fn tidy() -> Tool {
    Tool::new(NAME, "sh")
        .args(["-c", include_str!("tidy.sh"), NAME])
        .prompt_on_stdin()
        .install("a POSIX shell is part of every system")
}
