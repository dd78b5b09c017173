//! A streamed turn of the model, as the test writes it. How it goes over the wire is `wire` and `delivery`.

use serde_json::Value;

use super::{Action, Gate, Usage};

/// One streamed turn: what the model says and does in order, places where it waits, and how it ends.
///
/// Unless told otherwise it ends as the API ends a complete turn.
#[derive(Clone, Debug)]
#[must_use = "an answer does nothing until a rule replies with it"]
pub struct Answer {
    pub(super) steps: Vec<Step>,
    pub(super) ending: Ending,
    pub(super) usage: Usage,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Text(String),
    /// The answer to a schema: a text, or the value for the tool that takes it.
    Structured {
        text: String,
        value: Value,
    },
    /// The call's id is made at delivery: a rule may give the same answer to many requests.
    Call {
        name: String,
        arguments: Value,
    },
    Act(Action),
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

    /// Adds a message of the model.
    pub fn and_text(mut self, text: impl Into<String>) -> Self {
        self.steps.push(Step::Text(text.into()));
        self
    }

    /// Adds the answer to the schema that the request asks for: the JSON's text, or a call of the tool by which the
    /// agent takes it (`StructuredOutput` of Claude Code).
    pub fn and_json(mut self, value: &Value) -> Self {
        self.steps.push(Step::Structured {
            text: value.to_string(),
            value: value.clone(),
        });
        self
    }

    /// Adds a call of the tool `name`.
    ///
    /// Call ids are `call_<arrival>_<n>` (`toolu_…` in the Messages API), the number of the request and of the call
    /// in it, so that they are unique within a server.
    pub fn and_tool_call(mut self, name: impl Into<String>, arguments: Value) -> Self {
        self.steps.push(Step::Call {
            name: name.into(),
            arguments,
        });
        self
    }

    /// Adds a use of whatever tool the agent has for this.
    pub fn and_act(mut self, action: Action) -> Self {
        self.steps.push(Step::Act(action));
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

    /// Ends with an error inside the stream, of this code in the API's own words and message: `response.failed` with
    /// `rate_limit_exceeded`, `insufficient_quota`, `context_length_exceeded`, ... in the Responses API, `error` with
    /// `overloaded_error`, ... in the Messages API.
    pub fn then_fail(mut self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.ending = Ending::Failed {
            code: code.into(),
            message: message.into(),
        };
        self
    }

    /// Ends incomplete, for this reason (`max_output_tokens`, `content_filter`). The reason goes over the wire of the
    /// Responses API; the others say that the tokens ran out.
    pub fn then_incomplete(mut self, reason: impl Into<String>) -> Self {
        self.ending = Ending::Incomplete {
            reason: reason.into(),
        };
        self
    }
}
