//! One piece of a streamed body.

use serde_json::Value;

use crate::server::Gate;

/// One piece of the body, in the order in which it happens.
#[derive(Debug)]
pub(in crate::server) enum Chunk {
    Event(String),
    Hold(Gate),
    Break,
    Silence,
}

impl Chunk {
    /// An event with its name on a line of its own and inside its data.
    pub(super) fn named(kind: &str, data: Value) -> Self {
        Self::Event(named(kind, data))
    }

    /// An event that is data alone.
    pub(super) fn data(data: &Value) -> Self {
        Self::Event(format!("data: {data}\n\n"))
    }
}

/// The text of a named event.
pub(super) fn named(kind: &str, mut data: Value) -> String {
    data["type"] = kind.into();
    format!("event: {kind}\ndata: {data}\n\n")
}
