//! An HTTP error instead of a turn.

use std::time::Duration;

/// An HTTP response that is no turn: a status, headers, a body.
#[derive(Clone, Debug)]
#[must_use = "a refusal does nothing until a rule replies with it"]
pub struct Refusal {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) code: Option<String>,
    pub(super) message: String,
    /// Instead of the error in the API's own shape.
    pub(super) body: Option<String>,
}

impl Refusal {
    /// An error in the API's own shape.
    pub(super) fn error(status: u16, code: Option<&str>, message: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            code: code.map(str::to_owned),
            message: message.to_owned(),
            body: None,
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
        self.body = Some(body.into());
        self
    }
}
