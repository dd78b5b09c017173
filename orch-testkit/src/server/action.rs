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
    /// Reads a file: an absolute path.
    Read(String),
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
    /// The tools that read and write a file; codex has none and does both by its shell.
    files: Option<(&'static str, &'static str)>,
}

const KITS: [Kit; 4] = [
    Kit {
        wire: Wire::Responses,
        shell: "exec_command",
        files: None,
    },
    Kit {
        wire: Wire::Messages,
        shell: "Bash",
        files: Some(("Read", "Write")),
    },
    Kit {
        wire: Wire::Chat,
        shell: "bash",
        files: Some(("read", "write")),
    },
    Kit {
        wire: Wire::Gemini,
        shell: "run_shell_command",
        files: Some(("read_file", "write_file")),
    },
];

impl Action {
    /// The tool's name and its arguments. An agent that offers none of its tools for it gets a call of the usual one
    /// all the same: a model may try what it was not given.
    pub(super) fn call(&self, request: &Request) -> (String, Value) {
        let offered = request.tools();
        let known = |kit: &&Kit| {
            let reads = kit.files.is_some_and(|(read, _)| offered.contains(&read));
            reads || offered.contains(&kit.shell)
        };
        let kit = KITS
            .iter()
            .find(known)
            .or_else(|| KITS.iter().find(|kit| Some(kit.wire) == request.wire))
            .unwrap_or(&KITS[0]);
        match (self, kit.files) {
            (Self::Shell(line), _) => kit.shell(line),
            (Self::Read(path), Some((read, _))) => (read.to_owned(), kit.file(path)),
            (Self::Read(path), None) => kit.shell(&format!("cat {}", quoted(path))),
            (Self::Write { path, content }, Some((_, write))) => {
                let mut arguments = kit.file(path);
                arguments["content"] = content.as_str().into();
                (write.to_owned(), arguments)
            }
            (Self::Write { path, content }, None) => {
                kit.shell(&format!("printf %s {} > {}", quoted(content), quoted(path)))
            }
        }
    }
}

impl Kit {
    fn shell(&self, line: &str) -> (String, Value) {
        let arguments = match self.wire {
            Wire::Responses => json!({ "cmd": line, "yield_time_ms": 30_000 }),
            Wire::Messages | Wire::Chat | Wire::Gemini => {
                json!({ "command": line, "description": "does what the script says" })
            }
        };
        (self.shell.to_owned(), arguments)
    }

    fn file(&self, path: &str) -> Value {
        match self.wire {
            Wire::Chat => json!({ "filePath": path }),
            Wire::Responses | Wire::Messages | Wire::Gemini => json!({ "file_path": path }),
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
