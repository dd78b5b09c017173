//! A program that tidies Markdown, as a worker: it writes only what its brief says is its own.

use orch_patterns::Exit;
use orch_patterns::agent::{Tool, ToolOutput};
use serde_json::{Value, json};

/// The name of the worker.
pub const NAME: &str = "tidy";

/// The worker: a POSIX shell, awk and find. No model is asked.
pub fn tidy() -> Tool {
    Tool::new(NAME, "sh")
        .args(["-c", include_str!("tidy.sh"), NAME])
        .prompt_on_stdin()
        .read(answer)
        .install("a POSIX shell is part of every system")
}

/// What it printed as an answer to the contract: a section's text, or the files that were changed.
fn answer(output: ToolOutput<'_>) -> Result<String, String> {
    if output.exit != Exit::Code(0) {
        return Err(format!("{NAME} ended with {}", output.exit));
    }
    let text = output.text();
    let answer = match text.split_once('\n') {
        Some(("section", text)) => json!({"text": text, "notes": []}),
        Some(("fix", files)) => {
            let change = |path: &str| json!({"path": path, "what": "tidied"});
            let changes: Vec<Value> = files.lines().map(change).collect();
            let summary = match changes.len() {
                0 => "Nothing had to be tidied.".to_owned(),
                1 => "1 file was tidied.".to_owned(),
                many => format!("{many} files were tidied."),
            };
            json!({"summary": summary, "changes": changes, "checks": [], "left_open": []})
        }
        _ => return Err(format!("{NAME} printed neither a section nor a fix")),
    };
    Ok(answer.to_string())
}
