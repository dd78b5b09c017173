//! Starts a program and waits for it. Nothing it starts reads standard input.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Prints the command, runs it, and fails when it fails.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    if !succeeds(command)? {
        bail!("failed: {}", line(command));
    }
    Ok(())
}

/// Prints the command, runs it, and says whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    let line = line(command);
    println!("$ {line}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("starting {line}"))?;
    Ok(status.success())
}

/// Whether the command can be started and succeeds; it prints nothing.
pub(crate) fn is_there(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The command as one reads it: the program's name, not its path, and its arguments.
pub(crate) fn line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut line = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        // Writing to a String cannot fail.
        let _infallible = write!(line, " {}", arg.to_string_lossy());
    }
    line
}
