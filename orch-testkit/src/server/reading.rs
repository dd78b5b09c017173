//! What a request says, whatever API it came by. The wires fill it; it decides nothing.

use serde_json::Value;

/// A request's body, read once at its arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// What the agent's own rules say to the model.
    pub(super) rules: Vec<String>,
    /// What the user said, oldest first.
    pub(super) user: Vec<String>,
    /// What the model said before, oldest first; empty texts are left out.
    pub(super) model: Vec<String>,
    pub(super) outputs: Vec<CallOutput>,
    /// The names of the tools that are offered.
    pub(super) tools: Vec<String>,
    pub(super) schema: Option<Value>,
}

/// What a tool call returned, as the agent reported it to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOutput {
    /// The id of the call that it answers; where the API has none, the tool's name.
    pub call_id: String,
    /// The tool's output, as text.
    pub output: String,
}

impl CallOutput {
    pub(super) fn new(call_id: &Value, output: impl Into<String>) -> Self {
        Self {
            call_id: call_id.as_str().unwrap_or_default().to_owned(),
            output: output.into(),
        }
    }
}

/// The entries of a list; none when it is no list.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The text of a content that is a string, or a list of parts of which some carry text.
pub(super) fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}

/// The strings under `key` in a list of objects.
pub(super) fn names(list: &Value, key: &str) -> Vec<String> {
    self::list(list)
        .filter_map(|entry| entry[key].as_str())
        .map(str::to_owned)
        .collect()
}
