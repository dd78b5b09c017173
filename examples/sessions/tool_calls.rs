//! The same as a model sees it: tool calls as JSON in, texts out.

use anyhow::Result;
use orch_patterns::session::{ExecCommand, Sessions, WriteStdin};
use serde_json::json;

/// Asks for a name in a terminal, then answers it; then polls what is not there any more.
pub(crate) async fn make() -> Result<()> {
    let sessions = Sessions::codex();
    let call = json!({
        "cmd": "stty -echo; printf 'name? '; read name; echo; echo \"hello $name\"",
        "shell": "/bin/sh", "login": false, "tty": true, "yield_time_ms": 1000
    });
    println!("exec_command {call}");
    let command: ExecCommand = serde_json::from_value(call)?;
    println!("{}\n", sessions.exec_command(command).await?);

    let call = json!({ "session_id": 1000, "chars": "Ada\n", "yield_time_ms": 30_000 });
    println!("write_stdin {call}");
    let write: WriteStdin = serde_json::from_value(call)?;
    println!("{}\n", sessions.write_stdin(write.clone()).await?);

    println!("write_stdin again");
    match sessions.write_stdin(write).await {
        Ok(poll) => println!("{poll}"),
        Err(error) => println!("{}", error.tool_text()),
    }
    Ok(())
}
