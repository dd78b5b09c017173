//! The server from outside: over a socket, by a client written here.

mod client;
mod failing;
mod lifetime;
mod scripting;
mod streaming;
mod wires;

use std::io;

use serde_json::{Value, json};

use super::{Script, Server};

/// The body of a first request with this prompt.
fn prompt(text: &str) -> Value {
    json!({
        "model": "mock-model",
        "stream": true,
        "input": [{ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": text }] }],
    })
}

fn start(script: Script) -> Server {
    Server::start(script).unwrap()
}

fn is_broken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
    )
}
