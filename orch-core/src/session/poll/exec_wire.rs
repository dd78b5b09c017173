//! The arguments of codex's `exec_command` tool, as JSON.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::exec::{ExecCommand, What};
use crate::session::command_line::quoted;

/// What a model sends, and what it would have sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Arguments {
    cmd: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workdir: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shell: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tty: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yield_time_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<usize>,
}

impl Serialize for ExecCommand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Arguments::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ExecCommand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Arguments::deserialize(deserializer).map(Self::from)
    }
}

impl From<Arguments> for ExecCommand {
    fn from(arguments: Arguments) -> Self {
        let mut command = Self::new(What::Line {
            line: arguments.cmd,
            shell: arguments.shell.map(Into::into),
            login: arguments.login,
        });
        // As codex does: an empty directory is none.
        command.directory = arguments
            .workdir
            .filter(|directory| !directory.is_empty())
            .map(Into::into);
        command.terminal = arguments.tty;
        command.yield_time = arguments.yield_time_ms.map(Duration::from_millis);
        command.max_output_tokens = arguments.max_output_tokens;
        command
    }
}

impl From<ExecCommand> for Arguments {
    fn from(command: ExecCommand) -> Self {
        let (cmd, shell, login) = match command.what {
            What::Line { line, shell, login } => (
                line,
                shell.map(|shell| shell.to_string_lossy().into_owned()),
                login,
            ),
            What::Program(program, arguments) => {
                let words = std::iter::once(&program).chain(&arguments);
                let line: Vec<String> = words.map(|word| quoted(word)).collect();
                (line.join(" "), None, None)
            }
        };
        Self {
            cmd,
            workdir: command
                .directory
                .map(|directory| directory.to_string_lossy().into_owned()),
            shell,
            login,
            tty: command.terminal,
            yield_time_ms: command.yield_time.map(milliseconds),
            max_output_tokens: command.max_output_tokens,
        }
    }
}

/// A time as the tools count it.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_models_tool_call_is_a_command_and_back() {
        let call = json!({
            "cmd": "cargo test", "workdir": "net", "shell": "/bin/bash", "login": false, "tty": true,
            "yield_time_ms": 1000, "max_output_tokens": 500
        });
        let command: ExecCommand = serde_json::from_value(call.clone()).expect("arguments");
        let same = ExecCommand::shell("cargo test")
            .current_dir("net")
            .in_shell("/bin/bash")
            .login(false)
            .tty(true)
            .yield_time(Duration::from_secs(1))
            .max_output_tokens(500);
        assert_eq!(command, same);
        assert_eq!(serde_json::to_value(&command).expect("JSON"), call);
    }

    #[test]
    fn only_the_command_is_required_and_what_is_unknown_is_passed_over() {
        let call = json!({ "cmd": "ls", "workdir": "", "sandbox_permissions": "use_default", "justification": "to look" });
        let command: ExecCommand = serde_json::from_value(call).expect("arguments");
        assert_eq!(command, ExecCommand::shell("ls"));
        assert_eq!(
            serde_json::to_value(&command).expect("JSON"),
            json!({ "cmd": "ls" })
        );
        assert!(serde_json::from_value::<ExecCommand>(json!({ "workdir": "x" })).is_err());
    }

    #[test]
    fn a_program_is_written_as_a_line_that_runs_it() {
        let program = ExecCommand::program("grep", ["-r", "it's", "src"]);
        assert_eq!(
            serde_json::to_value(&program).expect("JSON"),
            json!({ "cmd": r"grep -r 'it'\''s' src" })
        );
    }
}
