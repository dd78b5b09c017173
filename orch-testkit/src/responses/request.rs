//! One request as it arrived, and the questions a rule or an assertion asks of it.

use serde_json::Value;

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
}

/// What a tool call returned, as the agent reported it to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOutput {
    /// The id of the call that it answers.
    pub call_id: String,
    /// The tool's output, as text.
    pub output: String,
}

impl Request {
    /// The value of the first header of this name; case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All that the user said in this thread so far, oldest first, joined by newlines.
    ///
    /// Agents speak as the user too: codex puts the description of its environment there.
    pub fn prompt(&self) -> String {
        self.said_by("user").join("\n")
    }

    /// The last message of the user: in a repair turn, the repair alone.
    pub fn last_prompt(&self) -> String {
        self.said_by("user").pop().unwrap_or_default()
    }

    /// The model's own earlier messages that the agent sent back, oldest first. Empty in a thread's first request.
    pub fn answers(&self) -> Vec<String> {
        self.said_by("assistant")
    }

    /// What the agent's own rules say to the model (messages of the role `developer`), oldest first.
    pub fn developer(&self) -> Vec<String> {
        self.said_by("developer")
    }

    /// The schema asked for under `text.format`, if any.
    pub fn schema(&self) -> Option<&Value> {
        self.body.pointer("/text/format/schema")
    }

    /// The outputs of tool calls that this request reports, oldest first.
    pub fn call_outputs(&self) -> Vec<CallOutput> {
        self.input()
            .filter(|item| item["type"] == "function_call_output")
            .map(|item| CallOutput {
                call_id: item["call_id"].as_str().unwrap_or_default().to_owned(),
                output: text_of(&item["output"]),
            })
            .collect()
    }

    /// The names of the tools offered to the model.
    pub fn tools(&self) -> Vec<&str> {
        let tools = self.body["tools"].as_array();
        tools
            .into_iter()
            .flatten()
            .filter_map(|tool| tool["name"].as_str())
            .collect()
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

    fn input(&self) -> impl Iterator<Item = &Value> {
        self.body["input"].as_array().into_iter().flatten()
    }

    fn said_by(&self, role: &str) -> Vec<String> {
        if let (Some(text), "user") = (self.body["input"].as_str(), role) {
            return vec![text.to_owned()];
        }
        self.input()
            .filter(|item| item["role"] == role)
            .map(|item| text_of(&item["content"]))
            .collect()
    }
}

/// The text of a content that is a string, or a list of parts of which some carry text.
fn text_of(content: &Value) -> String {
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
