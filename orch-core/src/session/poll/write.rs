//! [`WriteStdin`]: what to write to a session, and how long to wait for what it says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SessionId;
use super::exec_wire::milliseconds;

/// Something to write to a session, or nothing: a poll. It is read from, and written as, the arguments of codex's
/// `write_stdin` tool: `session_id`, `chars`, `yield_time_ms`, `max_output_tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Arguments", from = "Arguments")]
#[must_use = "nothing is written until a table does it"]
pub struct WriteStdin {
    pub(in crate::session) session_id: SessionId,
    pub(in crate::session) chars: String,
    pub(in crate::session) yield_time: Option<Duration>,
    pub(in crate::session) max_output_tokens: Option<usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Arguments {
    session_id: SessionId,
    #[serde(default)]
    chars: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yield_time_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<usize>,
}

impl WriteStdin {
    /// A poll of this session.
    pub fn new(session_id: SessionId) -> Self {
        Self {
            session_id,
            chars: String::new(),
            yield_time: None,
            max_output_tokens: None,
        }
    }

    /// What to write. Nothing is added: an answer to a prompt ends in `\n`.
    pub fn chars(mut self, chars: impl Into<String>) -> Self {
        self.chars = chars.into();
        self
    }

    /// How long to wait for the session's end afterwards, within what the profile allows.
    pub fn yield_time(mut self, time: Duration) -> Self {
        self.yield_time = Some(time);
        self
    }

    /// How long the text of its output may be, in tokens of 4 bytes, within what the profile allows.
    pub fn max_output_tokens(mut self, tokens: usize) -> Self {
        self.max_output_tokens = Some(tokens);
        self
    }
}

impl From<Arguments> for WriteStdin {
    fn from(arguments: Arguments) -> Self {
        Self {
            session_id: arguments.session_id,
            chars: arguments.chars,
            yield_time: arguments.yield_time_ms.map(Duration::from_millis),
            max_output_tokens: arguments.max_output_tokens,
        }
    }
}

impl From<WriteStdin> for Arguments {
    fn from(write: WriteStdin) -> Self {
        Self {
            session_id: write.session_id,
            chars: write.chars,
            yield_time_ms: write.yield_time.map(milliseconds),
            max_output_tokens: write.max_output_tokens,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_models_tool_call_is_a_write_and_back() {
        let call =
            json!({ "session_id": 1000, "chars": "y\n", "yield_time_ms": 300, "max_output_tokens": 6 });
        let write: WriteStdin = serde_json::from_value(call.clone()).expect("arguments");
        assert_eq!(serde_json::to_value(&write).expect("JSON"), call);
        let poll: WriteStdin = serde_json::from_value(json!({ "session_id": 1000 })).expect("arguments");
        assert_eq!(poll, WriteStdin::new(SessionId::new(1000)));
    }
}
