//! What a scripted model does with its agent's tools, in words that all agents share. Which tool that is, and what
//! its arguments are called, is decided at delivery, by what the request offers.

use serde_json::{Value, json};

use super::{Request, Wire};

/// A use of a tool that every agent has under some name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Runs a line of shell.
    Shell(String),
    /// Writes a file: an absolute path, and the content.
    Write {
        /// Where.
        path: String,
        /// What.
        content: String,
    },
}

/// One agent's tools, as measured with the versions that are pinned.
struct Kit {
    wire: Wire,
    shell: &'static str,
    /// codex has no tool that writes: it writes by its shell.
    write: Option<&'static str>,
}

const KITS: [Kit; 4] = [
    Kit {
        wire: Wire::Responses,
        shell: "exec_command",
        write: None,
    },
    Kit {
        wire: Wire::Messages,
        shell: "Bash",
        write: Some("Write"),
    },
    Kit {
        wire: Wire::Chat,
        shell: "bash",
        write: Some("write"),
    },
    Kit {
        wire: Wire::Gemini,
        shell: "run_shell_command",
        write: Some("write_file"),
    },
];

impl Action {
    /// The tool's name and its arguments. An agent that offers none of its tools for it gets a call of the usual one
    /// all the same: a model may try what it was not given.
    pub(super) fn call(&self, request: &Request) -> (String, Value) {
        let offered = request.tools();
        let kit = KITS
            .iter()
            .find(|kit| offered.contains(&kit.shell))
            .or_else(|| KITS.iter().find(|kit| Some(kit.wire) == request.wire))
            .unwrap_or(&KITS[0]);
        match (self, kit.write) {
            (Self::Shell(line), _) => (kit.shell.to_owned(), kit.shell_arguments(line)),
            (Self::Write { path, content }, Some(tool)) => {
                (tool.to_owned(), kit.write_arguments(path, content))
            }
            (Self::Write { path, content }, None) => {
                let line = format!("printf %s {} > {}", quoted(content), quoted(path));
                (kit.shell.to_owned(), kit.shell_arguments(&line))
            }
        }
    }
}

impl Kit {
    fn shell_arguments(&self, line: &str) -> Value {
        match self.wire {
            Wire::Responses => json!({ "cmd": line, "yield_time_ms": 30_000 }),
            Wire::Messages | Wire::Chat | Wire::Gemini => {
                json!({ "command": line, "description": "does what the script says" })
            }
        }
    }

    fn write_arguments(&self, path: &str, content: &str) -> Value {
        match self.wire {
            Wire::Chat => json!({ "filePath": path, "content": content }),
            Wire::Responses | Wire::Messages | Wire::Gemini => {
                json!({ "file_path": path, "content": content })
            }
        }
    }
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_quote_stays_a_quote() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
