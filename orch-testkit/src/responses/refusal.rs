//! An HTTP error instead of a turn.

use std::time::Duration;

use serde_json::json;

/// An HTTP response that is no turn: a status, headers, a body.
#[derive(Clone, Debug)]
#[must_use = "a refusal does nothing until a rule replies with it"]
pub struct Refusal {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Refusal {
    /// An error in the API's own shape: `{"error": {"message", "type", "code"}}`, the type by the status.
    pub(super) fn error(status: u16, code: Option<&str>, message: &str) -> Self {
        let kind = match status {
            401 | 403 => "authentication_error",
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        let body = json!({ "error": { "message": message, "type": kind, "code": code } }).to_string();
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body,
        }
    }

    /// Adds `retry-after`, in whole seconds, rounded up.
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.header("retry-after", seconds.to_string())
    }

    /// Adds a header. A name or value that HTTP does not allow is left out when the reply is sent.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Replaces the body by this text, as it is.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }
}
