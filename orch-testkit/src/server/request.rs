//! One request as it arrived, and the questions a rule or an assertion asks of it.

use serde_json::Value;

use super::reading::Reading;
use super::{CallOutput, Wire};

/// A request that the server received, kept whole.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// Its place in the order of arrival, counted from 0.
    pub arrival: usize,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// Header names (lowercase) and values, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body as JSON; null when it was none.
    pub body: Value,
    /// The API that it asks; none for a path that no API has.
    pub wire: Option<Wire>,
    reading: Reading,
}

impl Request {
    pub(super) fn new(
        arrival: usize,
        method: &str,
        path: &str,
        headers: Vec<(String, String)>,
        body: Value,
    ) -> Self {
        let wire = Wire::of(method, path);
        let reading = wire.map(|wire| wire.read(&body)).unwrap_or_default();
        Self {
            arrival,
            method: method.to_owned(),
            path: path.to_owned(),
            headers,
            body,
            wire,
            reading,
        }
    }

    /// The value of the first header of this name; case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All that the user said in this thread so far, oldest first, joined by newlines.
    ///
    /// Agents speak as the user too: codex puts the description of its environment there, Claude Code its reminders.
    pub fn prompt(&self) -> String {
        self.reading.user.join("\n")
    }

    /// The last message of the user: in a repair turn, the repair alone.
    pub fn last_prompt(&self) -> String {
        self.reading.user.last().cloned().unwrap_or_default()
    }

    /// The model's own earlier messages that the agent sent back, oldest first. Empty in a thread's first request.
    pub fn answers(&self) -> Vec<String> {
        self.reading.model.clone()
    }

    /// What the agent's own rules say to the model (the system's or developer's messages), oldest first.
    pub fn developer(&self) -> Vec<String> {
        self.reading.rules.clone()
    }

    /// The schema asked for, if any; of Claude Code that of its tool `StructuredOutput`.
    pub fn schema(&self) -> Option<&Value> {
        self.reading.schema.as_ref()
    }

    /// The outputs of tool calls that this request reports, oldest first.
    pub fn call_outputs(&self) -> Vec<CallOutput> {
        self.reading.outputs.clone()
    }

    /// The names of the tools offered to the model.
    pub fn tools(&self) -> Vec<&str> {
        self.reading.tools.iter().map(String::as_str).collect()
    }

    /// Whether this is an errand of the agent beside its task: opencode asks a model without tools for a title.
    pub fn is_errand(&self) -> bool {
        self.wire == Some(Wire::Chat) && self.reading.tools.is_empty()
    }

    /// What codex says about the turn in the header `x-codex-turn-metadata`, a JSON object.
    pub fn codex_turn(&self) -> Option<Value> {
        serde_json::from_str(self.header("x-codex-turn-metadata")?).ok()
    }

    /// A short name of this request for messages: method, path, and how its last prompt begins.
    pub(super) fn summary(&self) -> String {
        let prompt: String = self.last_prompt().chars().take(200).collect();
        format!(
            "request {} ({} {}), whose last prompt begins {prompt:?}",
            self.arrival, self.method, self.path
        )
    }
}
