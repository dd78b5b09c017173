//! The same as a model sees it: tool calls as JSON in, texts out.

use std::io::{self, Write as _};

use anyhow::Result;
use orch_patterns::session::{ExecCommand, Sessions, WriteStdin};
use serde_json::json;

/// Asks for a name in a terminal, then answers it; then polls what is not there any more.
pub(crate) async fn make() -> Result<()> {
    let mut out = io::stdout();
    let sessions = Sessions::codex();
    let call = json!({
        "cmd": "stty -echo; printf 'name? '; read name; echo; echo \"hello $name\"",
        "shell": "/bin/sh", "login": false, "tty": true, "yield_time_ms": 1000
    });
    writeln!(out, "exec_command {call}")?;
    let command: ExecCommand = serde_json::from_value(call)?;
    writeln!(out, "{}\n", sessions.exec_command(command).await?)?;

    let call = json!({ "session_id": 1000, "chars": "Ada\n", "yield_time_ms": 30_000 });
    writeln!(out, "write_stdin {call}")?;
    let write: WriteStdin = serde_json::from_value(call)?;
    writeln!(out, "{}\n", sessions.write_stdin(write.clone()).await?)?;

    writeln!(out, "write_stdin again")?;
    match sessions.write_stdin(write).await {
        Ok(poll) => writeln!(out, "{poll}"),
        Err(error) => writeln!(out, "{}", error.tool_text()),
    }?;
    Ok(())
}
