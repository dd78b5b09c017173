//! A streamed turn of the model, as the test writes it. How it goes over the wire is `sse` and `delivery`.

use serde_json::{Value, json};

use super::{Gate, Usage};

/// One streamed turn: items in order, places where it waits, and how it ends.
///
/// It starts with `response.created` and, unless told otherwise, ends with `response.completed`.
#[derive(Clone, Debug)]
#[must_use = "an answer does nothing until a rule replies with it"]
pub struct Answer {
    pub(super) steps: Vec<Step>,
    pub(super) ending: Ending,
    pub(super) usage: Usage,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Item(Value),
    /// The call's id is made at delivery: a rule may give the same answer to many requests.
    Call {
        name: String,
        arguments: String,
    },
    Hold(Gate),
}

#[derive(Clone, Debug)]
pub(super) enum Ending {
    Completed,
    Failed { code: String, message: String },
    Incomplete { reason: String },
    Dropped,
    Closed,
    Silent,
}

impl Answer {
    pub(super) fn new() -> Self {
        Self {
            steps: Vec::new(),
            ending: Ending::Completed,
            usage: Usage::new(100, 10),
        }
    }

    /// Adds an assistant's message.
    pub fn and_text(self, text: impl Into<String>) -> Self {
        let text: String = text.into();
        self.and_item(json!({
            "type": "message",
            "role": "assistant",
            "content": [{ "type": "output_text", "text": text }],
        }))
    }

    /// Adds a call of the tool `name`. Arguments go over the wire as the text of this JSON.
    ///
    /// Call ids are `call_<arrival>_<n>`, the number of the request and of the call in it, so that they are unique
    /// within a server.
    // By value: it is nearly always a `json!` literal.
    #[expect(clippy::needless_pass_by_value)]
    pub fn and_tool_call(mut self, name: impl Into<String>, arguments: Value) -> Self {
        self.steps.push(Step::Call {
            name: name.into(),
            arguments: arguments.to_string(),
        });
        self
    }

    /// Adds an output item as it is, for item types that have no method here.
    pub fn and_item(mut self, item: Value) -> Self {
        self.steps.push(Step::Item(item));
        self
    }

    /// Waits here, in the middle of the stream, until `gate` is open.
    pub fn hold(mut self, gate: &Gate) -> Self {
        self.steps.push(Step::Hold(gate.clone()));
        self
    }

    /// The token counts in the last event. Without this: 100 in, 10 out.
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Ends without a last event: the connection breaks, in the middle of the body, after what was added
    /// so far.
    pub fn then_drop(mut self) -> Self {
        self.ending = Ending::Dropped;
        self
    }

    /// Ends without a last event too, but in good order: the body is complete, the turn is not.
    pub fn then_close(mut self) -> Self {
        self.ending = Ending::Closed;
        self
    }

    /// Never ends: after what was added so far the stream stays open and says nothing more.
    pub fn then_silence(mut self) -> Self {
        self.ending = Ending::Silent;
        self
    }

    /// Ends with `response.failed`, with an error of this code (`rate_limit_exceeded`, `insufficient_quota`,
    /// `context_length_exceeded`, ...) and message.
    pub fn then_fail(mut self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.ending = Ending::Failed {
            code: code.into(),
            message: message.into(),
        };
        self
    }

    /// Ends with `response.incomplete`, for this reason (`max_output_tokens`, `content_filter`).
    pub fn then_incomplete(mut self, reason: impl Into<String>) -> Self {
        self.ending = Ending::Incomplete {
            reason: reason.into(),
        };
        self
    }
}
