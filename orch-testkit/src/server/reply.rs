//! What a rule replies with: the constructors a test reads best with.

use serde_json::Value;

use super::answer::Answer;
use super::refusal::Refusal;
use super::{Action, Gate, Usage};

/// What the server sends for one request.
#[derive(Clone, Debug)]
#[must_use = "a reply does nothing until a rule replies with it"]
pub struct Reply {
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Answer(Answer),
    Refusal(Refusal),
    Silence,
    After(Gate, Box<Reply>),
}

impl Reply {
    /// A turn of one message.
    pub fn text(text: impl Into<String>) -> Answer {
        Answer::new().and_text(text)
    }

    /// A turn of several messages, in this order.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Answer {
        texts.into_iter().fold(Answer::new(), Answer::and_text)
    }

    /// A turn that answers the request's schema with this; see [`Answer::and_json`].
    pub fn json(value: &Value) -> Answer {
        Answer::new().and_json(value)
    }

    /// A turn that calls a tool; see [`Answer::and_tool_call`].
    pub fn tool_call(name: impl Into<String>, arguments: Value) -> Answer {
        Answer::new().and_tool_call(name, arguments)
    }

    /// A turn that runs a line of shell, by whatever tool the agent has for it.
    pub fn shell(line: impl Into<String>) -> Answer {
        Answer::new().and_act(Action::Shell(line.into()))
    }

    /// A turn that reads a file (an absolute path), by whatever tool the agent has for it.
    pub fn read(path: impl Into<String>) -> Answer {
        Answer::new().and_act(Action::Read(path.into()))
    }

    /// A turn that writes a file (an absolute path), by whatever tool the agent has for it.
    pub fn write(path: impl Into<String>, content: impl Into<String>) -> Answer {
        Answer::new().and_act(Action::Write {
            path: path.into(),
            content: content.into(),
        })
    }

    /// A turn without any item: completed, and nothing said.
    pub fn nothing() -> Answer {
        Answer::new().usage(Usage::new(100, 0))
    }

    /// An HTTP error with this status and message, in the API's own shape.
    pub fn status(status: u16, message: impl AsRef<str>) -> Refusal {
        Refusal::error(status, None, message.as_ref())
    }

    /// Accepts the request and never sends a byte, not even headers.
    pub fn silence() -> Self {
        Self { kind: Kind::Silence }
    }

    /// Sends nothing, not even headers, until `gate` is open; then `reply`.
    pub fn after(gate: &Gate, reply: impl Into<Reply>) -> Self {
        Self {
            kind: Kind::After(gate.clone(), Box::new(reply.into())),
        }
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self {
            kind: Kind::Answer(answer),
        }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self {
            kind: Kind::Refusal(refusal),
        }
    }
}
